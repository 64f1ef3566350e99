// Element arithmetic: division, powers and bits of integers.
#include "numloom/Dialect/Array/IR/ElementBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

template <typename OpTy>
static Elem createBinary(ElementBuilder &b, Elem x, Elem y) {
  std::array<Elem, 2> operands = {x, y};
  b.unify(operands);
  return {x.dtype, OpTy::create(b, operands[0].re, operands[1].re), {}};
}

static DType getUnsigned(DType dtype) {
  if (getKind(dtype) != DTypeKind::Signed)
    return dtype;
  return static_cast<DType>(static_cast<int>(dtype) +
                            static_cast<int>(DType::UInt8) -
                            static_cast<int>(DType::Int8));
}

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

/// Whether all lanes of a vector `x` are the same.
static bool isShared(Elem x) {
  return !x.isVector() || x.re.getDefiningOp<vector::BroadcastOp>();
}

/// x / y, but for rounding, of integers as floats. A `y` that all lanes share
/// is inverted, which loops do once. Half of one between x and its neighbour
/// away from zero keeps the product as far from integers as its error could
/// carry it: 0.5/|y|, where the error is below 2**-7/|y| for 16 bits in
/// float32 and 2**-19/|y| for 32 in float64. It leaves the quotient rounded
/// down as it is.
static Elem getQuotient(ElementBuilder &b, Elem x, Elem y, DType real,
                        bool roundDown) {
  Elem dividend = b.cast(x, real), divisor = b.cast(y, real);
  if (!roundDown || !x.isVector() || !isShared(y))
    return createBinary<arith::DivFOp>(b, dividend, divisor);
  Elem half = b.select(b.less(y, b.constant(y.dtype, 0)),
                       b.constant(real, -0.5), b.constant(real, 0.5));
  return b.mul(b.add(dividend, half),
               createBinary<arith::DivFOp>(b, b.constant(real, 1), divisor));
}

/// Divides integers of up to 32 bits in floating point, which has vector
/// instructions. The quotient is exact after rounding to an integer: a
/// quotient that is none lies at least 1/|y| from the next one, and the
/// significand is at least 2**8 times finer than that for 16 bits in float32,
/// 2**21 times for 32 bits in float64.
static Elem divideInFloat(ElementBuilder &b, Elem x, Elem y, bool roundDown) {
  bool narrow = getBytes(x.dtype) <= 2;
  DType real = narrow ? DType::Float32 : DType::Float64;
  Elem quotient = getQuotient(b, x, y, real, roundDown);
  // The conversion rounds to zero.
  if (roundDown && getKind(x.dtype) == DTypeKind::Signed)
    quotient = b.floor(quotient);
  Elem isZero = b.equal(y, b.constant(y.dtype, 0));
  quotient = b.select(isZero, b.constant(real, 0), quotient);
  // Wide enough for least / -1, which then wraps.
  DType wide = narrow ? DType::Int32 : DType::Int64;
  Type type = b.getTypeLike(getRegisterType(b.getContext(), wide), quotient.re);
  Elem integer{wide, arith::FPToSIOp::create(b, type, quotient.re), {}};
  return b.cast(integer, x.dtype);
}

/// The quotient less one where the rest's sign is not the divisor's.
static Elem roundQuotientDown(ElementBuilder &b, Elem quotient, Elem rest,
                              Elem divisor) {
  Elem zero = b.constant(rest.dtype, 0);
  Elem tooLarge =
      b.bitAnd(b.notEqual(rest, zero), b.less(b.bitXor(rest, divisor), zero));
  return b.select(tooLarge, b.sub(quotient, b.constant(rest.dtype, 1)),
                  quotient);
}

/// Divides vectors of int64 by way of float64: machines have vector
/// instructions for that. The first product is off by 2**-51 of itself at most,
/// so it leaves a rest below 2**12 + |y|/2, and the second product one of
/// |y|/2 and a little.
static Elem divideVectorsDown(ElementBuilder &b, Elem x, Elem y) {
  Elem isZero = b.equal(y, b.constant(y.dtype, 0));
  Elem divisor = b.select(isZero, b.constant(y.dtype, 1), y);
  Elem inverse = createBinary<arith::DivFOp>(b, b.constant(DType::Float64, 1),
                                             b.cast(divisor, DType::Float64));
  // The largest float64 that is an int64; least / -1 wraps in the sum.
  Elem largest = b.constant(DType::Float64, 0x1.fffffffffffffp62);
  auto divide = [&](Elem rest) -> Elem {
    Elem part = b.rint(b.mul(b.cast(rest, DType::Float64), inverse));
    part = b.select(b.less(part, largest), part, largest);
    Type type = b.getTypeLike(b.getI64Type(), part.re);
    return {DType::Int64, arith::FPToSIOp::create(b, type, part.re), {}};
  };
  Elem quotient = divide(x);
  Elem rest = b.sub(x, b.mul(quotient, divisor));
  Elem correction = divide(rest);
  quotient =
      roundQuotientDown(b, b.add(quotient, correction),
                        b.sub(rest, b.mul(correction, divisor)), divisor);
  return b.select(isZero, b.constant(x.dtype, 0), quotient);
}

/// Divides 64-bit integers; division by zero and least / -1 would trap.
static Elem divideWide(ElementBuilder &b, Elem x, Elem y, bool roundDown) {
  Elem zero = b.constant(x.dtype, 0), one = b.constant(x.dtype, 1);
  Elem isZero = b.equal(y, zero);
  if (getKind(x.dtype) == DTypeKind::Unsigned) {
    Elem quotient =
        createBinary<arith::DivUIOp>(b, x, b.select(isZero, one, y));
    return b.select(isZero, zero, quotient);
  }
  Elem overflows = b.bitAnd(b.equal(x, b.lowest(x.dtype)),
                            b.equal(y, b.constant(x.dtype, -1)));
  Elem divisor = b.select(b.bitOr(isZero, overflows), one, y);
  Elem quotient = createBinary<arith::DivSIOp>(b, x, divisor);
  if (roundDown)
    quotient = roundQuotientDown(b, quotient,
                                 b.sub(x, b.mul(quotient, divisor)), divisor);
  return b.select(isZero, zero, quotient);
}

Elem ElementBuilder::divideIntegers(Elem x, Elem y, bool roundDown) {
  if (getBytes(x.dtype) < 8)
    return divideInFloat(*this, x, y, roundDown);
  bool hasVectors = x.isVector() || y.isVector();
  if (hasVectors && roundDown && x.dtype == DType::Int64)
    return divideVectorsDown(*this, x, y);
  return divideWide(*this, x, y, roundDown);
}

Elem ElementBuilder::floorDivide(Elem x, Elem y) {
  if (isFloat(x.dtype))
    return floorDivideFloats(x, y);
  return divideIntegers(x, y, /*roundDown=*/true);
}

static Elem getRest(ElementBuilder &b, Elem x, Elem y, Elem quotient) {
  Elem zero = b.constant(x.dtype, 0);
  return b.select(b.equal(y, zero), zero, b.sub(x, b.mul(quotient, y)));
}

Elem ElementBuilder::remainder(Elem x, Elem y) {
  if (isFloat(x.dtype))
    return remainderOfFloats(x, y);
  return getRest(*this, x, y, divideIntegers(x, y, /*roundDown=*/true));
}

Elem ElementBuilder::fmod(Elem x, Elem y) {
  if (isFloat(x.dtype))
    return callLibrary("fmod", {x, y});
  return getRest(*this, x, y, divideIntegers(x, y, /*roundDown=*/false));
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

using States = SmallVector<Elem, 3>;

/// Repeats `step` on `states` while `holds` of them in some lane; lanes of
/// which it does not hold `step` leaves alone.
static States repeatWhile(ElementBuilder &b, States states,
                          function_ref<Elem(const States &)> holds,
                          function_ref<States(const States &)> step) {
  b.unify(states);
  auto getStates = [&](ValueRange values) {
    States result = states;
    for (auto [state, value] : llvm::zip_equal(result, values))
      state.re = value;
    return result;
  };
  auto goOn = [&](OpBuilder &, Location, ValueRange values) {
    Elem condition = holds(getStates(values));
    Value some = condition.re;
    if (condition.isVector())
      some = vector::ReductionOp::create(b, vector::CombiningKind::OR, some);
    scf::ConditionOp::create(b, some, values);
  };
  auto getValues = [](const States &states) {
    return llvm::map_to_vector(states, [](const Elem &x) { return x.re; });
  };
  auto body = [&](OpBuilder &, Location, ValueRange values) {
    scf::YieldOp::create(b, getValues(step(getStates(values))));
  };
  SmallVector<Value> initial = getValues(states);
  auto loop = scf::WhileOp::create(b, ValueRange(initial).getTypes(), initial,
                                   goOn, body);
  return getStates(loop.getResults());
}

/// Whether the second of `states` is not zero.
static Elem isSecondNonzero(ElementBuilder &b, const States &states) {
  return b.notEqual(states[1], b.constant(states[1].dtype, 0));
}

/// Euclid's algorithm on floats that hold integers. It is exact with any
/// integer q near x / y: gcd(x, y) = gcd(y, |x - q y|), which one rounding
/// leaves alone.
static Elem gcdOfFloats(ElementBuilder &b, Elem x, Elem y) {
  auto step = [&](const States &s) -> States {
    Elem zero = b.constant(s[1].dtype, 0), done = b.equal(s[1], zero);
    constexpr auto kRough =
        arith::FastMathFlags::afn | arith::FastMathFlags::arcp;
    Elem ratio{
        s[0].dtype, arith::DivFOp::create(b, s[0].re, s[1].re, kRough), {}};
    Elem rest{s[0].dtype,
              math::FmaOp::create(b, b.neg(b.rint(ratio)).re, s[1].re, s[0].re),
              {}};
    return {b.select(done, s[0], s[1]), b.select(done, zero, b.absolute(rest))};
  };
  return repeatWhile(
      b, {x, y}, [&](const States &s) { return isSecondNonzero(b, s); },
      step)[0];
}

/// Divides with rest until both are below 2**53, which float64 holds exactly,
/// or the second is zero.
static States reduceForFloat64(ElementBuilder &b, Elem x, Elem y) {
  auto isLarge = [&](const States &s) {
    Elem limit = b.integerConstant(s[0].dtype, int64_t(1) << 53);
    return b.bitAnd(isSecondNonzero(b, s),
                    b.greaterEqual(b.bitOr(s[0], s[1]), limit));
  };
  auto step = [&](const States &s) -> States {
    Elem large = isLarge(s);
    return {b.select(large, s[1], s[0]),
            b.select(large, b.remainder(s[0], s[1]), s[1])};
  };
  return repeatWhile(b, {x, y}, isLarge, step);
}

Elem ElementBuilder::gcd(Elem x, Elem y) {
  DType dtype = getUnsigned(x.dtype);
  States rest = {cast(absolute(x), dtype), cast(absolute(y), dtype)};
  unsigned bytes = getBytes(dtype);
  DType real = bytes <= 2 ? DType::Float32 : DType::Float64;
  if (bytes == 8)
    rest = reduceForFloat64(*this, rest[0], rest[1]);
  Elem result = gcdOfFloats(*this, cast(rest[0], real), cast(rest[1], real));
  Type type = getTypeLike(getI64Type(), result.re);
  Elem integer{
      DType::Int64, arith::FPToSIOp::create(*this, type, result.re), {}};
  if (bytes < 8)
    return cast(integer, x.dtype);
  // What was left with zero may be more than float64 holds.
  Elem isLast = equal(rest[1], constant(dtype, 0));
  return select(isLast, cast(rest[0], x.dtype), cast(integer, x.dtype));
}

Elem ElementBuilder::lcm(Elem x, Elem y) {
  DType dtype = getUnsigned(x.dtype);
  Elem a = cast(absolute(x), dtype), b = cast(absolute(y), dtype);
  // The quotient by a zero gcd is 0.
  Elem reduced = floorDivide(a, cast(gcd(x, y), dtype));
  return cast(mul(reduced, b), x.dtype);
}

/// What a negative exponent gives: 1 / x**|y| rounded to zero.
static Elem getNegativePower(ElementBuilder &b, Elem x, Elem y) {
  Elem one = b.constant(x.dtype, 1), minusOne = b.constant(x.dtype, -1);
  Elem isOdd = b.equal(b.bitAnd(y, one), one);
  Elem ofMinusOne = b.select(isOdd, minusOne, one);
  Elem zero = b.constant(x.dtype, 0);
  return b.select(b.equal(x, one), one,
                  b.select(b.equal(x, minusOne), ofMinusOne, zero));
}

Elem ElementBuilder::powerOfIntegers(Elem x, Elem y) {
  DType dtype = getUnsigned(x.dtype);
  Elem one = constant(dtype, 1);
  auto isLeft = [&](const States &s) { return isSecondNonzero(*this, s); };
  auto square = [&](const States &s) -> States {
    Elem base = s[0], exponent = s[1], result = s[2];
    Elem isOdd = equal(bitAnd(exponent, one), one);
    return {mul(base, base), createBinary<arith::ShRUIOp>(*this, exponent, one),
            select(isOdd, mul(result, base), result)};
  };
  if (getKind(x.dtype) == DTypeKind::Unsigned)
    return repeatWhile(*this, {x, y, one}, isLeft, square)[2];
  // What a negative exponent's bits give is not used. Bounding them by zero
  // would shorten the loop, but ptxas 13.0 takes the bound of the unused half
  // of a register for that of a 16-bit one when a comparison with zero follows.
  Elem isNegative = less(y, constant(y.dtype, 0));
  Elem power = repeatWhile(*this, {cast(x, dtype), cast(y, dtype), one}, isLeft,
                           square)[2];
  return select(isNegative, getNegativePower(*this, x, y),
                cast(power, x.dtype));
}

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

/// A count as large as the dtype, or negative, shifts everything out.
static Elem isShift(ElementBuilder &b, Elem count) {
  DType dtype = getUnsigned(count.dtype);
  return b.less(b.cast(count, dtype), b.constant(dtype, 8 * getBytes(dtype)));
}

/// At most all bits but one. Shifts are bounded beside the comparison because
/// LLVM's NVPTX target takes the two for PTX's own clamping, which sees but the
/// lower half of 64-bit counts.
static Elem boundShift(ElementBuilder &b, Elem count) {
  Elem most =
      b.constant(getUnsigned(count.dtype), 8 * getBytes(count.dtype) - 1);
  return createBinary<arith::MinUIOp>(b, count, most);
}

Elem ElementBuilder::shiftLeft(Elem x, Elem count) {
  return select(isShift(*this, count),
                createBinary<arith::ShLIOp>(*this, x, boundShift(*this, count)),
                constant(x.dtype, 0));
}

Elem ElementBuilder::shiftRight(Elem x, Elem count) {
  Elem bounded = boundShift(*this, count);
  if (getKind(x.dtype) != DTypeKind::Unsigned)
    return createBinary<arith::ShRSIOp>(*this, x, bounded);
  return select(isShift(*this, count),
                createBinary<arith::ShRUIOp>(*this, x, bounded),
                constant(x.dtype, 0));
}

Elem ElementBuilder::bitCount(Elem x) {
  Elem magnitude = cast(absolute(x), getUnsigned(x.dtype));
  Elem count{magnitude.dtype, math::CtPopOp::create(*this, magnitude.re), {}};
  return cast(count, DType::UInt8);
}
