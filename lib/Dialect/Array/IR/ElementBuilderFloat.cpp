// Element arithmetic: division and the representation of floats.
#include "numloom/Dialect/Array/IR/ElementBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

/// How a float dtype lies in an integer of its width.
namespace {
struct FloatLayout {
  DType integer; ///< signed
  int fractionBits;
  int bias;

  explicit FloatLayout(DType dtype) {
    switch (dtype) {
    case DType::Float16:
      integer = DType::Int16, fractionBits = 10, bias = 15;
      return;
    case DType::BFloat16:
      integer = DType::Int16, fractionBits = 7, bias = 127;
      return;
    case DType::Float32:
      integer = DType::Int32, fractionBits = 23, bias = 127;
      return;
    default:
      integer = DType::Int64, fractionBits = 52, bias = 1023;
      return;
    }
  }
  int64_t getSignMask() const {
    return std::numeric_limits<int64_t>::min() >> (64 - 8 * getBytes(integer));
  }
};
} // namespace

static constexpr double kInfinity = std::numeric_limits<double>::infinity();

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

Elem ElementBuilder::divide(Elem x, Elem y) {
  if (isComplex(x.dtype))
    return divideComplex(x, y);
  if (isInteger(x.dtype))
    return divideIntegers(x, y, /*roundDown=*/false);
  return combine<arith::DivFOp, arith::DivSIOp>(x, y);
}

Elem ElementBuilder::reciprocal(Elem x) {
  if (isInteger(x.dtype)) {
    Elem inverse = divide(constant(DType::Float64, 1), cast(x, DType::Float64));
    return cast(inverse, x.dtype);
  }
  if (isComplex(x.dtype))
    return reciprocalOfComplex(x);
  return divide(constant(x.dtype, 1), x);
}

/// The remainder with the divisor's sign; `truncated` is x fmod y.
static Elem alignSign(ElementBuilder &b, Elem truncated, Elem y) {
  Elem zero = b.constant(y.dtype, 0);
  Elem differs = b.bitXor(b.less(y, zero), b.less(truncated, zero));
  Elem aligned = b.select(differs, b.add(truncated, y), truncated);
  Elem isExact = b.equal(truncated, zero);
  return b.select(isExact, b.copySign(zero, y), aligned);
}

Elem ElementBuilder::remainderOfFloats(Elem x, Elem y) {
  DType dtype = x.dtype;
  x = widen(x), y = widen(y);
  Elem truncated = fmod(x, y);
  // fmod by zero is NaN; by definition it stays what it is.
  Elem isZero = equal(y, constant(y.dtype, 0));
  return cast(select(isZero, truncated, alignSign(*this, truncated, y)), dtype);
}

/// NumPy's definition: the quotient of the exact multiple of y, snapped to the
/// integer that it nearly is. `ratio` is x / y.
static Elem floorByDefinition(ElementBuilder &b, Elem x, Elem y, Elem ratio) {
  Elem zero = b.constant(x.dtype, 0), one = b.constant(x.dtype, 1);
  Elem rest = b.fmod(x, y);
  Elem quotient = b.divide(b.sub(x, rest), y);
  Elem differs = b.bitAnd(b.notEqual(rest, zero),
                          b.bitXor(b.less(y, zero), b.less(rest, zero)));
  quotient = b.select(differs, b.sub(quotient, one), quotient);
  Elem down = b.floor(quotient);
  Elem nearlyNext = b.greater(b.sub(quotient, down), b.constant(x.dtype, 0.5));
  Elem result = b.select(nearlyNext, b.add(down, one), down);
  result = b.select(b.equal(quotient, zero), b.copySign(zero, ratio), result);
  return b.select(b.equal(y, zero), ratio, result);
}

/// The same while rounding the ratio is all that can go wrong: if that led to
/// the next integer, the rest, whose sign one rounding keeps, is not y's.
static Elem floorOfRatio(ElementBuilder &b, Elem x, Elem y, Elem ratio) {
  Elem zero = b.constant(x.dtype, 0), down = b.floor(ratio);
  Elem operands[] = {b.neg(down), y, x};
  b.unify(operands);
  Elem rest{
      x.dtype,
      math::FmaOp::create(b, operands[0].re, operands[1].re, operands[2].re),
      {}};
  Elem isNext = b.bitAnd(b.notEqual(rest, zero),
                         b.bitXor(b.less(y, zero), b.less(rest, zero)));
  return b.select(isNext, b.sub(down, b.constant(x.dtype, 1)), down);
}

Elem ElementBuilder::floorDivideFloats(Elem x, Elem y) {
  DType dtype = x.dtype;
  x = widen(x), y = widen(y);
  Elem ratio = divide(x, y), result = floorOfRatio(*this, x, y, ratio);
  // An integer with three bits left behind it.
  Elem limit = constant(x.dtype, x.dtype == DType::Float32 ? 0x1p21 : 0x1p50);
  Elem isRight = bitAnd(less(absolute(ratio), limit), isFinite(y));
  Value areAll = isRight.re;
  if (isRight.isVector())
    areAll = vector::ReductionOp::create(*this, vector::CombiningKind::AND,
                                         isRight.re);
  auto choice = scf::IfOp::create(
      *this, areAll,
      [&](OpBuilder &, Location) { scf::YieldOp::create(*this, result.re); },
      [&](OpBuilder &, Location) {
        Elem others = floorByDefinition(*this, x, y, ratio);
        scf::YieldOp::create(*this, select(isRight, result, others).re);
      });
  return cast(Elem{x.dtype, choice.getResult(0), {}}, dtype);
}

//===----------------------------------------------------------------------===//
// Classification and sign
//===----------------------------------------------------------------------===//

Elem ElementBuilder::isInf(Elem x) {
  if (isComplex(x.dtype))
    return bitOr(isInf(real(x)), isInf(imag(x)));
  if (!isFloat(x.dtype))
    return notEqual(x, x);
  return equal(absolute(x), constant(x.dtype, kInfinity));
}

Elem ElementBuilder::isFinite(Elem x) {
  if (isComplex(x.dtype))
    return bitAnd(isFinite(real(x)), isFinite(imag(x)));
  if (!isFloat(x.dtype))
    return equal(x, x);
  return less(absolute(x), constant(x.dtype, kInfinity));
}

Elem ElementBuilder::signBit(Elem x) {
  FloatLayout layout(x.dtype);
  return less(bitcast(x, layout.integer), constant(layout.integer, 0));
}

Elem ElementBuilder::copySign(Elem magnitude, Elem sign) {
  FloatLayout layout(magnitude.dtype);
  Elem mask = integerConstant(layout.integer, layout.getSignMask());
  Elem bits = bitOr(bitAnd(bitcast(magnitude, layout.integer), bitNot(mask)),
                    bitAnd(bitcast(sign, layout.integer), mask));
  return bitcast(bits, magnitude.dtype);
}

Elem ElementBuilder::heaviside(Elem x, Elem atZero) {
  Elem zero = constant(x.dtype, 0), one = constant(x.dtype, 1);
  Elem step = select(less(x, zero), zero, one);
  step = select(equal(x, zero), atZero, step);
  return select(isNan(x), x, step);
}

//===----------------------------------------------------------------------===//
// Neighbours
//===----------------------------------------------------------------------===//

Elem ElementBuilder::nextAfter(Elem x, Elem y) {
  FloatLayout layout(x.dtype);
  auto number = [&](int64_t v) { return integerConstant(layout.integer, v); };
  Elem bits = bitcast(x, layout.integer);
  // Floats of one sign are ordered as their bits, away from zero.
  Elem zero = constant(x.dtype, 0);
  Elem outward = equal(less(x, y), greater(x, zero));
  Elem neighbour = add(bits, select(outward, number(1), number(-1)));
  // From zero the way is to the least subnormal of y's sign.
  Elem least = bitcast(number(1), x.dtype);
  Elem result =
      select(equal(x, zero), copySign(least, y), bitcast(neighbour, x.dtype));
  // Equal zeros may differ in sign.
  result = select(equal(x, y), y, result);
  return select(bitOr(isNan(x), isNan(y)), add(x, y), result);
}

Elem ElementBuilder::spacing(Elem x) {
  Elem upward = constant(x.dtype, kInfinity);
  // float16 measures upwards for either sign, the others away from zero;
  // bfloat16 away from -0.0 too.
  Elem isUpward = greaterEqual(x, constant(x.dtype, 0));
  if (x.dtype == DType::Float16)
    isUpward = constant(DType::Bool, 1);
  if (x.dtype == DType::BFloat16)
    isUpward = bitNot(signBit(x));
  Elem target = select(isUpward, upward, neg(upward));
  Elem distance = sub(nextAfter(x, target), x);
  return select(isInf(x), constant(x.dtype, NAN), distance);
}

//===----------------------------------------------------------------------===//
// Exponents
//===----------------------------------------------------------------------===//

/// 2**exponent for exponents of normal numbers.
static Elem getPowerOfTwo(ElementBuilder &b, Elem exponent, DType dtype) {
  FloatLayout layout(dtype);
  auto number = [&](int64_t v) { return b.integerConstant(layout.integer, v); };
  Elem biased = b.add(b.cast(exponent, layout.integer), number(layout.bias));
  return b.bitcast(b.mul(biased, number(int64_t(1) << layout.fractionBits)),
                   dtype);
}

Elem ElementBuilder::ldexp(Elem x, Elem exponent) {
  DType dtype = x.dtype;
  x = widen(x);
  FloatLayout layout(x.dtype);
  auto number = [&](int64_t v) { return integerConstant(exponent.dtype, v); };
  // Two steps reach beyond every finite float from every other. The downward
  // step stays short of the subnormals by the width of the significand, so
  // that only the last multiplication rounds.
  int64_t up = layout.bias, down = layout.bias - 1 - layout.fractionBits - 1;
  for (int step = 0; step < 2; ++step) {
    Elem tooLarge = greater(exponent, number(up));
    Elem tooSmall = less(exponent, number(1 - layout.bias));
    Elem part = select(tooLarge, number(up),
                       select(tooSmall, number(-down), number(0)));
    x = mul(x, getPowerOfTwo(*this, part, x.dtype));
    exponent = sub(exponent, part);
  }
  exponent = minimum(exponent, number(up));
  exponent = maximum(exponent, number(1 - layout.bias));
  return cast(mul(x, getPowerOfTwo(*this, exponent, x.dtype)), dtype);
}

namespace {
struct Decomposed {
  Elem mantissa, exponent;
};
} // namespace

/// x = mantissa * 2**exponent with a mantissa in [0.5, 1); zeros, infinities
/// and NaN keep themselves and 0.
static Decomposed decompose(ElementBuilder &b, Elem x) {
  FloatLayout layout(x.dtype);
  auto number = [&](int64_t v) { return b.integerConstant(layout.integer, v); };
  int64_t least = int64_t(1) << layout.fractionBits;
  int64_t exponentMask = (2 * int64_t(layout.bias) + 1) * least;
  // Subnormals are scaled to normal numbers first.
  Elem smallest = b.bitcast(number(least), x.dtype);
  Elem isSmall = b.less(b.absolute(x), smallest);
  int scale = layout.fractionBits + 2;
  Elem factor = b.constant(x.dtype, std::ldexp(1.0, scale));
  Elem bits = b.bitcast(b.select(isSmall, b.mul(x, factor), x), layout.integer);
  Elem biased = b.shiftRight(b.bitAnd(bits, number(exponentMask)),
                             number(layout.fractionBits));
  Elem offset = b.select(isSmall, number(layout.bias - 1 + scale),
                         number(layout.bias - 1));
  Elem half = number((layout.bias - 1) * least);
  Elem mantissa = b.bitOr(b.bitAnd(bits, number(~exponentMask)), half);
  Elem isOrdinary =
      b.bitAnd(b.isFinite(x), b.notEqual(x, b.constant(x.dtype, 0)));
  return {b.select(isOrdinary, b.bitcast(mantissa, x.dtype), x),
          b.select(isOrdinary, b.sub(biased, offset), number(0))};
}

Elem ElementBuilder::frexpMantissa(Elem x) {
  return cast(decompose(*this, widen(x)).mantissa, x.dtype);
}

Elem ElementBuilder::frexpExponent(Elem x) {
  return cast(decompose(*this, widen(x)).exponent, DType::Int32);
}

Elem ElementBuilder::modfFraction(Elem x) {
  Elem fraction = sub(x, trunc(x));
  Elem zero = constant(x.dtype, 0);
  return copySign(select(isInf(x), zero, fraction), x);
}
