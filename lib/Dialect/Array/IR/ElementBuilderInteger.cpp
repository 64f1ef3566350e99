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

/// Divides integers of up to 32 bits in floating point, which has vector
/// instructions. The quotient is exact after rounding to an integer: a
/// quotient that is none lies at least 1/|y| from the next one, and the
/// significand is at least 2**8 times finer than that for 16 bits in float32,
/// 2**21 times for 32 bits in float64.
static Elem divideInFloat(ElementBuilder &b, Elem x, Elem y, bool roundDown) {
  bool narrow = getBytes(x.dtype) <= 2;
  DType real = narrow ? DType::Float32 : DType::Float64;
  Elem quotient =
      createBinary<arith::DivFOp>(b, b.cast(x, real), b.cast(y, real));
  quotient = roundDown ? b.floor(quotient) : b.trunc(quotient);
  Elem isZero = b.equal(y, b.constant(y.dtype, 0));
  quotient = b.select(isZero, b.constant(real, 0), quotient);
  // Wide enough for least / -1, which then wraps.
  DType wide = narrow ? DType::Int32 : DType::Int64;
  Type type = b.getTypeLike(getRegisterType(b.getContext(), wide), quotient.re);
  Elem integer{wide, arith::FPToSIOp::create(b, type, quotient.re), {}};
  return b.cast(integer, x.dtype);
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
  if (roundDown) {
    Elem rest = b.sub(x, b.mul(quotient, divisor));
    Elem tooLarge =
        b.bitAnd(b.notEqual(rest, zero), b.less(b.bitXor(rest, divisor), zero));
    quotient = b.select(tooLarge, b.sub(quotient, one), quotient);
  }
  return b.select(isZero, zero, quotient);
}

Elem ElementBuilder::divideIntegers(Elem x, Elem y, bool roundDown) {
  if (getBytes(x.dtype) < 8)
    return divideInFloat(*this, x, y, roundDown);
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

/// Repeats `step` on two integers while the second is not zero in some lane;
/// `step` leaves lanes alone whose second integer is zero.
static std::array<Elem, 3>
repeatUntilZero(ElementBuilder &b, std::array<Elem, 3> states,
                function_ref<std::array<Elem, 3>(std::array<Elem, 3>)> step) {
  b.unify(states);
  auto getStates = [&](ValueRange values) {
    return std::array<Elem, 3>{Elem{states[0].dtype, values[0], {}},
                               Elem{states[1].dtype, values[1], {}},
                               Elem{states[2].dtype, values[2], {}}};
  };
  auto goOn = [&](OpBuilder &, Location, ValueRange values) {
    Elem y = getStates(values)[1];
    Value some = b.notEqual(y, b.constant(y.dtype, 0)).re;
    if (y.isVector())
      some = vector::ReductionOp::create(b, vector::CombiningKind::OR, some);
    scf::ConditionOp::create(b, some, values);
  };
  auto body = [&](OpBuilder &, Location, ValueRange values) {
    auto [x, y, z] = step(getStates(values));
    scf::YieldOp::create(b, ValueRange{x.re, y.re, z.re});
  };
  Value initial[] = {states[0].re, states[1].re, states[2].re};
  auto loop = scf::WhileOp::create(b, ValueRange(initial).getTypes(), initial,
                                   goOn, body);
  return getStates(loop.getResults());
}

Elem ElementBuilder::gcd(Elem x, Elem y) {
  DType dtype = getUnsigned(x.dtype);
  Elem a = cast(absolute(x), dtype), b = cast(absolute(y), dtype);
  Elem zero = constant(dtype, 0);
  auto euclid = [&](std::array<Elem, 3> s) -> std::array<Elem, 3> {
    Elem done = equal(s[1], zero);
    return {select(done, s[0], s[1]), remainder(s[0], s[1]), s[2]};
  };
  return cast(repeatUntilZero(*this, {a, b, zero}, euclid)[0], x.dtype);
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
  auto square = [&](std::array<Elem, 3> s) -> std::array<Elem, 3> {
    auto [base, exponent, result] = s;
    Elem isOdd = equal(bitAnd(exponent, one), one);
    return {mul(base, base), createBinary<arith::ShRUIOp>(*this, exponent, one),
            select(isOdd, mul(result, base), result)};
  };
  if (getKind(x.dtype) == DTypeKind::Unsigned)
    return repeatUntilZero(*this, {x, y, one}, square)[2];
  // What a negative exponent's bits give is not used. Bounding them by zero
  // would shorten the loop, but ptxas 13.0 takes the bound of the unused half
  // of a register for that of a 16-bit one when a comparison with zero follows.
  Elem isNegative = less(y, constant(y.dtype, 0));
  Elem power =
      repeatUntilZero(*this, {cast(x, dtype), cast(y, dtype), one}, square)[2];
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
