// Random bits: Philox4x32-10.
#include "numloom/Dialect/Array/IR/Philox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

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

namespace {

/// Words lie in the lower halves of uint64s, as they are those of products.
/// What lies above them is anything.
struct State {
  Elem words[4], keys[2];

  State(ElementBuilder &b, Elem counter, Elem upper, Elem key)
      : words{counter, getUpper(b, counter), upper, getUpper(b, upper)},
        keys{key, getUpper(b, key)} {}

  Elem getKey(ElementBuilder &b, int round, int i) const {
    return b.add(keys[i], getNumber(b, round * kKeySteps[i]));
  }

  void runRounds(ElementBuilder &b, int rounds);
};

} // namespace

static Elem mix(ElementBuilder &b, Elem product, Elem word, Elem key) {
  return b.bitXor(getUpper(b, product), b.bitXor(word, key));
}

void State::runRounds(ElementBuilder &b, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    Elem products[2];
    for (int i : {0, 1})
      products[i] =
          b.mul(getLower(b, words[2 * i]), getNumber(b, kMultipliers[i]));
    words[0] = mix(b, products[1], words[1], getKey(b, round, 0));
    words[2] = mix(b, products[0], words[3], getKey(b, round, 1));
    words[1] = products[1];
    words[3] = products[0];
  }
}

PhiloxBlock getPhiloxBlock(ElementBuilder &b, Elem counter, Elem upper,
                           Elem key) {
  State state(b, counter, upper, key);
  state.runRounds(b, kRounds);
  auto &words = state.words;
  return {join(b, words[0], words[1]), join(b, words[3], words[2])};
}

/// Each element by itself.
static Elem getHalf(ElementBuilder &b, Elem place, Elem upper, Elem key) {
  Elem one = getNumber(b, 1);
  State state(b, b.shiftRight(place, one), upper, key);
  state.runRounds(b, kRounds - 1);
  auto &words = state.words;
  // Of the last round each half needs one product.
  Elem isInner = b.equal(b.bitAnd(place, one), one);
  Elem factor = b.select(isInner, words[0], words[2]);
  Elem multiplier = b.select(isInner, getNumber(b, kMultipliers[0]),
                             getNumber(b, kMultipliers[1]));
  Elem product = b.mul(getLower(b, factor), multiplier);
  Elem word = b.select(isInner, words[3], words[1]);
  Elem roundKey = b.select(isInner, state.getKey(b, kRounds - 1, 1),
                           state.getKey(b, kRounds - 1, 0));
  return join(b, mix(b, product, word, roundKey), product);
}

static Elem getWord(ElementBuilder &b, Elem place, Elem upper, Elem key) {
  Elem one = getNumber(b, 1);
  Elem half = getHalf(b, b.shiftRight(place, one), upper, key);
  Elem isEven = b.equal(b.bitAnd(place, one), getNumber(b, 0));
  return b.select(isEven, half, shift<arith::ShLIOp>(b, half));
}

/// `first` and what follows.
static Elem getRange(ElementBuilder &b, Value first, int64_t lanes) {
  SmallVector<int64_t> steps = llvm::to_vector(llvm::seq<int64_t>(0, lanes));
  auto type = VectorType::get(lanes, first.getType());
  Value splat = vector::BroadcastOp::create(b, type, first);
  Value range = arith::ConstantOp::create(
      b, DenseElementsAttr::get(type, ArrayRef<int64_t>(steps)));
  return {DType::UInt64, arith::AddIOp::create(b, splat, range), {}};
}

static Elem interleave(ElementBuilder &b, Elem x, Elem y) {
  return {x.dtype, vector::InterleaveOp::create(b, x.re, y.re), {}};
}

/// The parts of whole blocks, `perBlock` of each, in their order.
static Elem getParts(ElementBuilder &b, Elem counters, Elem upper, Elem key,
                     int64_t perBlock) {
  State state(b, counters, upper, key);
  state.runRounds(b, kRounds);
  auto &words = state.words;
  Elem outer = join(b, words[0], words[1]), inner = join(b, words[2], words[3]);
  Elem halves = interleave(b, outer, inner);
  if (perBlock == 2)
    return halves;
  return interleave(b, halves,
                    interleave(b, shift<arith::ShLIOp>(b, outer),
                               shift<arith::ShLIOp>(b, inner)));
}

/// What all lanes of `x` hold, if that can be seen.
static std::optional<Elem> findScalar(Elem x) {
  if (!x.isVector())
    return x;
  auto splat = x.re.getDefiningOp<vector::BroadcastOp>();
  if (!splat || isa<VectorType>(splat.getSource().getType()))
    return std::nullopt;
  return Elem{x.dtype, splat.getSource(), {}};
}

/// Lanes of a processor's vectors are neighbours as a rule, of which the first
/// begins a block: its rounds are then made once, else for each by `getEach`. A
/// GPU's compiler sees as much of a thread's few elements.
static Elem shareBlocks(ElementBuilder &b, Elem place, Elem upper, Elem key,
                        int64_t perBlock,
                        Elem (*getEach)(ElementBuilder &, Elem, Elem, Elem)) {
  // In what is left of a loop two ways would only take longer to compile.
  constexpr int64_t kLeastLanes = 16;
  auto type = dyn_cast<VectorType>(place.re.getType());
  std::optional<Elem> oneUpper = findScalar(upper), oneKey = findScalar(key);
  if (!type || type.getNumElements() < kLeastLanes || !oneUpper || !oneKey)
    return getEach(b, place, upper, key);
  int64_t lanes = type.getNumElements();
  Value first = vector::ExtractOp::create(b, place.re, ArrayRef<int64_t>{0});
  Elem start{place.dtype, first, {}};
  Elem rest = b.bitAnd(start, getNumber(b, perBlock - 1));
  Value areNeighbours =
      vector::ReductionOp::create(b, vector::CombiningKind::AND,
                                  b.equal(place, getRange(b, first, lanes)).re);
  Elem isShared = b.bitAnd(b.equal(rest, getNumber(b, 0)),
                           Elem{DType::Bool, areNeighbours, {}});
  auto choice = scf::IfOp::create(
      b, isShared.re,
      [&](OpBuilder &, Location) {
        Elem block = b.shiftRight(start, getNumber(b, llvm::Log2_64(perBlock)));
        Elem blocks = getRange(b, block.re, lanes / perBlock);
        Elem parts = getParts(b, blocks, *oneUpper, *oneKey, perBlock);
        scf::YieldOp::create(b, parts.re);
      },
      [&](OpBuilder &, Location) {
        scf::YieldOp::create(b, getEach(b, place, upper, key).re);
      });
  return {place.dtype, choice.getResult(0), {}};
}

Elem getPhiloxHalf(ElementBuilder &b, Elem place, Elem upper, Elem key) {
  return shareBlocks(b, place, upper, key, 2, getHalf);
}

Elem getPhiloxWord(ElementBuilder &b, Elem place, Elem upper, Elem key) {
  return shareBlocks(b, place, upper, key, 4, getWord);
}

} // namespace numloom::array
