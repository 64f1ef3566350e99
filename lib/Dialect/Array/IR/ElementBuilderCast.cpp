// Element arithmetic: conversions between dtypes.
#include "numloom/Dialect/Array/IR/ElementBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

Elem ElementBuilder::bitcast(Elem x, DType dtype) {
  Type type = getTypeLike(getRegisterType(getContext(), dtype), x.re);
  return {dtype, arith::BitcastOp::create(*this, type, x.re), {}};
}

template <typename OpTy>
static Elem convert(ElementBuilder &b, Elem x, DType dtype) {
  Type type = b.getTypeLike(getRegisterType(b.getContext(), dtype), x.re);
  return {dtype, OpTy::create(b, type, x.re), {}};
}

//===----------------------------------------------------------------------===//
// Half precision
//===----------------------------------------------------------------------===//

/// A bfloat16 is the upper half of a float32.
static Elem widenBFloat16(ElementBuilder &b, Elem x) {
  Elem bits = b.cast(b.bitcast(x, DType::UInt16), DType::UInt32);
  Elem upper = b.mul(bits, b.integerConstant(DType::UInt32, 1 << 16));
  return b.bitcast(upper, DType::Float32);
}

static Elem getUpperHalf(ElementBuilder &b, Elem bits) {
  std::array<Elem, 2> operands = {bits, b.constant(DType::UInt32, 16)};
  b.unify(operands);
  Value upper = arith::ShRUIOp::create(b, operands[0].re, operands[1].re);
  return {DType::UInt32, upper, {}};
}

/// Rounds to nearest even in integers: the conversion instruction of x86-64
/// flushes subnormals, and there is no library call to rely on.
static Elem roundToBFloat16(ElementBuilder &b, Elem x) {
  auto number = [&](int64_t v) { return b.integerConstant(DType::UInt32, v); };
  Elem bits = b.bitcast(x, DType::UInt32);
  Elem upper = getUpperHalf(b, bits);
  Elem odd = b.bitAnd(upper, number(1));
  Elem rounded = getUpperHalf(b, b.add(bits, b.add(odd, number(0x7fff))));
  Elem quietNan = b.bitOr(upper, number(0x40));
  Elem result = b.select(b.isNan(x), quietNan, rounded);
  return b.bitcast(b.cast(result, DType::UInt16), DType::BFloat16);
}

/// The float64 `x` as a float32 whose last bit says whether it is inexact
/// (round to odd), so that rounding once more to float16 is exact. A direct
/// conversion would be a library call per element.
static Elem roundToOdd(ElementBuilder &b, Elem x) {
  auto number = [&](int64_t v) { return b.integerConstant(DType::Int32, v); };
  Elem nearest = convert<arith::TruncFOp>(b, x, DType::Float32);
  Elem error = b.sub(x, b.cast(nearest, DType::Float64));
  Elem bits = b.bitcast(nearest, DType::Int32);
  Elem zero = b.constant(DType::Float64, 0);
  Elem inexact = b.bitOr(b.less(error, zero), b.greater(error, zero));
  Elem even = b.equal(b.bitAnd(bits, number(1)), number(0));
  Elem outward = b.equal(b.greater(error, zero), b.greater(x, zero));
  Elem neighbour = b.add(bits, b.select(outward, number(1), number(-1)));
  return b.bitcast(b.select(b.bitAnd(inexact, even), neighbour, bits),
                   DType::Float32);
}

Elem ElementBuilder::roundToHalf(Elem x, DType half) {
  if (half == DType::BFloat16)
    return roundToBFloat16(*this, cast(x, DType::Float32));
  if (x.dtype == DType::Float64)
    x = roundToOdd(*this, x);
  return convert<arith::TruncFOp>(*this, x, DType::Float16);
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

static Elem resizeInteger(ElementBuilder &b, Elem x, DType dtype) {
  unsigned from = x.dtype == DType::Bool ? 1 : 8 * getBytes(x.dtype);
  unsigned to = 8 * getBytes(dtype);
  if (from == to)
    return {dtype, x.re, {}};
  if (from > to)
    return convert<arith::TruncIOp>(b, x, dtype);
  if (getKind(x.dtype) == DTypeKind::Signed)
    return convert<arith::ExtSIOp>(b, x, dtype);
  return convert<arith::ExtUIOp>(b, x, dtype);
}

/// Truncates to int32 or int64 as x86-64 does: what does not fit, and NaN,
/// becomes the least integer. `arith.fptosi` alone is poison there.
static Elem truncateToSigned(ElementBuilder &b, Elem x, DType dtype) {
  Elem magnitude{x.dtype, math::AbsFOp::create(b, x.re), {}};
  double limit = dtype == DType::Int32 ? 0x1p31 : 0x1p63;
  Elem fits = b.less(magnitude, b.constant(x.dtype, limit));
  return b.select(fits, convert<arith::FPToSIOp>(b, x, dtype), b.lowest(dtype));
}

/// From 2**63 on, the upper bit is added after truncating the rest.
static Elem truncateToUInt64(ElementBuilder &b, Elem x) {
  Elem half = b.constant(x.dtype, 0x1p63);
  Elem isLarge = b.greaterEqual(x, half);
  Elem rest =
      truncateToSigned(b, b.select(isLarge, b.sub(x, half), x), DType::Int64);
  Elem flipped = b.bitXor(rest, b.lowest(DType::Int64));
  return {DType::UInt64, b.select(isLarge, flipped, rest).re, {}};
}

Elem ElementBuilder::castToInteger(Elem x, DType dtype) {
  if (!isFloat(x.dtype))
    return resizeInteger(*this, x, dtype);
  if (dtype == DType::UInt64)
    return truncateToUInt64(*this, x);
  bool needs64 = dtype == DType::Int64 || dtype == DType::UInt32;
  Elem truncated =
      truncateToSigned(*this, x, needs64 ? DType::Int64 : DType::Int32);
  return resizeInteger(*this, truncated, dtype);
}

//===----------------------------------------------------------------------===//
// Any to any
//===----------------------------------------------------------------------===//

Elem ElementBuilder::castToFloat(Elem x, DType dtype) {
  if (dtype == DType::Float16 || dtype == DType::BFloat16)
    return roundToHalf(isFloat(x.dtype) ? x : cast(x, DType::Float32), dtype);
  if (x.dtype == DType::Float32 || x.dtype == DType::Float16)
    return convert<arith::ExtFOp>(*this, x, dtype);
  if (x.dtype == DType::Float64)
    return convert<arith::TruncFOp>(*this, x, dtype);
  if (getKind(x.dtype) == DTypeKind::Signed)
    return convert<arith::SIToFPOp>(*this, x, dtype);
  return convert<arith::UIToFPOp>(*this, x, dtype);
}

Elem ElementBuilder::cast(Elem x, DType dtype) {
  if (x.dtype == dtype)
    return x;
  if (dtype == DType::Bool)
    return notEqual(x, constant(x.dtype, 0));
  if (isComplex(dtype)) {
    DType part = getRealDType(dtype);
    Elem real = cast(Elem{getRealDType(x.dtype), x.re, {}}, part);
    Elem imag{getRealDType(x.dtype), x.im, {}};
    imag = x.im ? cast(imag, part) : constant(part, 0);
    std::array<Elem, 2> parts = {real, imag};
    unify(parts);
    return {dtype, parts[0].re, parts[1].re};
  }
  if (isComplex(x.dtype))
    return cast(Elem{getRealDType(x.dtype), x.re, {}}, dtype);
  if (x.dtype == DType::BFloat16)
    return cast(widenBFloat16(*this, x), dtype);
  if (isFloat(dtype))
    return castToFloat(x, dtype);
  // A float16 fits float32, whose conversions are instructions.
  return castToInteger(widen(x), dtype);
}
