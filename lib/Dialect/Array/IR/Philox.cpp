// Random bits: Philox4x32-10.
#include "numloom/Dialect/Array/IR/Philox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

static constexpr int kRounds = 10;
static constexpr int64_t kMultipliers[] = {0xd2511f53, 0xcd9e8d57};
/// What the two words of the key grow by from round to round.
static constexpr int64_t kKeySteps[] = {0x9e3779b9, 0xbb67ae85};

static Elem getNumber(ElementBuilder &b, int64_t value) {
  return b.integerConstant(DType::UInt64, value);
}

static Elem getLower(ElementBuilder &b, Elem x) {
  return b.bitAnd(x, getNumber(b, 0xffffffff));
}

template <typename OpTy>
static Elem shift(ElementBuilder &b, Elem x) {
  Elem operands[] = {x, getNumber(b, 32)};
  b.unify(operands);
  return {x.dtype, OpTy::create(b, operands[0].re, operands[1].re), {}};
}

static Elem getUpper(ElementBuilder &b, Elem x) {
  return shift<arith::ShRUIOp>(b, x);
}

/// `low` has any bits above its own.
static Elem join(ElementBuilder &b, Elem high, Elem low) {
  return b.bitOr(shift<arith::ShLIOp>(b, high), getLower(b, low));
}

/// Words lie in the lower halves of uint64s, as they are those of products.
/// What lies above them is anything.
PhiloxBlock getPhiloxBlock(ElementBuilder &b, Elem counter, Elem upper,
                           Elem key) {
  Elem words[] = {counter, getUpper(b, counter), upper, getUpper(b, upper)};
  Elem keys[] = {key, getUpper(b, key)};
  for (int round = 0; round < kRounds; ++round) {
    Elem products[2];
    for (int i : {0, 1})
      products[i] =
          b.mul(getLower(b, words[2 * i]), getNumber(b, kMultipliers[i]));
    auto mix = [&](Elem product, Elem word, int i) {
      Elem roundKey = b.add(keys[i], getNumber(b, round * kKeySteps[i]));
      return b.bitXor(getUpper(b, product), b.bitXor(word, roundKey));
    };
    words[0] = mix(products[1], words[1], 0);
    words[2] = mix(products[0], words[3], 1);
    words[1] = products[1];
    words[3] = products[0];
  }
  return {join(b, words[0], words[1]), join(b, words[3], words[2])};
}

} // namespace numloom::array
