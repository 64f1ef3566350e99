// Element arithmetic: types, constants, + - *, sign, bits.
#include "numloom/Dialect/Array/IR/ElementBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

#include <limits>

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static DType getIntegerDType(IntegerType type) {
  if (type.getWidth() == 1)
    return DType::Bool;
  DType first = type.isUnsigned() ? DType::UInt8 : DType::Int8;
  return static_cast<DType>(static_cast<unsigned>(first) +
                            llvm::Log2_32(type.getWidth() / 8));
}

DType array::getDType(Type type) {
  type = getElementTypeOrSelf(type);
  if (auto integer = dyn_cast<IntegerType>(type))
    return getIntegerDType(integer);
  if (auto complex = dyn_cast<ComplexType>(type))
    return complex.getElementType().isF32() ? DType::Complex64
                                            : DType::Complex128;
  if (type.isF16())
    return DType::Float16;
  if (type.isBF16())
    return DType::BFloat16;
  return type.isF32() ? DType::Float32 : DType::Float64;
}

Type array::getRegisterType(MLIRContext *context, DType dtype) {
  switch (getRealDType(dtype)) {
  case DType::Bool:
    return IntegerType::get(context, 1);
  case DType::Float16:
    return Float16Type::get(context);
  case DType::BFloat16:
    // As bits: machine code that moves bfloat16 scalars converts them to
    // float32 and back, which flushes subnormals on x86-64.
    return IntegerType::get(context, 16);
  case DType::Float32:
    return Float32Type::get(context);
  case DType::Float64:
    return Float64Type::get(context);
  default:
    return IntegerType::get(context, 8 * getBytes(dtype));
  }
}

Type array::getElementType(MLIRContext *context, DType dtype) {
  if (dtype == DType::BFloat16)
    return BFloat16Type::get(context);
  Type type = getRegisterType(context, dtype);
  if (isComplex(dtype))
    return ComplexType::get(type);
  if (!isInteger(dtype))
    return type;
  return IntegerType::get(context, type.getIntOrFloatBitWidth(),
                          getKind(dtype) == DTypeKind::Signed
                              ? IntegerType::Signed
                              : IntegerType::Unsigned);
}

Type ElementBuilder::getTypeLike(Type elementType, Value x) {
  if (auto vector = dyn_cast<VectorType>(x.getType()))
    return VectorType::get(vector.getShape(), elementType);
  return elementType;
}

//===----------------------------------------------------------------------===//
// Constants and splats
//===----------------------------------------------------------------------===//

static APFloat getBFloat16(double value) {
  APFloat result(value);
  bool inexact;
  result.convert(APFloat::BFloat(), APFloat::rmNearestTiesToEven, &inexact);
  return result;
}

Elem ElementBuilder::constant(DType dtype, double value) {
  Type type = getRegisterType(getContext(), dtype);
  if (dtype == DType::Bool)
    return integerConstant(dtype, value != 0);
  if (isInteger(dtype))
    return integerConstant(dtype, static_cast<int64_t>(value));
  if (dtype == DType::BFloat16) {
    APFloat nearest = getBFloat16(value);
    return integerConstant(dtype, nearest.bitcastToAPInt().getZExtValue());
  }
  Elem result{
      dtype, arith::ConstantOp::create(*this, getFloatAttr(type, value)), {}};
  if (isComplex(dtype))
    result.im = arith::ConstantOp::create(*this, getFloatAttr(type, 0.0));
  return result;
}

Elem ElementBuilder::integerConstant(DType dtype, int64_t value) {
  Type type = getRegisterType(getContext(), dtype);
  APInt bits(type.getIntOrFloatBitWidth(), value, /*isSigned=*/true,
             /*implicitTrunc=*/true);
  return {
      dtype, arith::ConstantOp::create(*this, getIntegerAttr(type, bits)), {}};
}

/// The least or greatest value of the integer or bool `dtype`.
static int64_t getIntegerLimit(DType dtype, bool greatest) {
  if (getKind(dtype) != DTypeKind::Signed)
    return greatest ? -1 : 0;
  int64_t least =
      std::numeric_limits<int64_t>::min() >> (64 - 8 * getBytes(dtype));
  return greatest ? ~least : least;
}

static Elem getLimit(ElementBuilder &b, DType dtype, bool greatest) {
  if (!isFloat(dtype) && !isComplex(dtype))
    return b.integerConstant(dtype, getIntegerLimit(dtype, greatest));
  double infinity = std::numeric_limits<double>::infinity();
  Elem limit = b.constant(dtype, greatest ? infinity : -infinity);
  if (isComplex(dtype))
    limit.im = limit.re;
  return limit;
}

Elem ElementBuilder::lowest(DType dtype) {
  return getLimit(*this, dtype, /*greatest=*/false);
}

Elem ElementBuilder::highest(DType dtype) {
  return getLimit(*this, dtype, /*greatest=*/true);
}

Elem ElementBuilder::nanOrLowest(DType dtype) {
  if (!isFloat(dtype) && !isComplex(dtype))
    return lowest(dtype);
  return constant(dtype, std::numeric_limits<double>::quiet_NaN());
}

Elem ElementBuilder::nanOrHighest(DType dtype) {
  if (!isFloat(dtype) && !isComplex(dtype))
    return highest(dtype);
  return constant(dtype, std::numeric_limits<double>::quiet_NaN());
}

Elem ElementBuilder::splat(Elem x, int64_t lanes) {
  if (x.isVector())
    return x;
  auto broadcast = [&](Value value) -> Value {
    if (!value)
      return {};
    return vector::BroadcastOp::create(
        *this, VectorType::get({lanes}, value.getType()), value);
  };
  return {x.dtype, broadcast(x.re), broadcast(x.im)};
}

void ElementBuilder::unify(MutableArrayRef<Elem> elems) {
  auto *vector = llvm::find_if(elems, [](Elem x) { return x.isVector(); });
  if (vector == elems.end())
    return;
  int64_t lanes = cast<VectorType>(vector->re.getType()).getDimSize(0);
  for (Elem &x : elems)
    x = splat(x, lanes);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

static bool isHalf(DType dtype) {
  return dtype == DType::Float16 || dtype == DType::BFloat16;
}

Elem ElementBuilder::widen(Elem x) {
  return isHalf(x.dtype) ? cast(x, DType::Float32) : x;
}

template <typename FloatOp, typename IntOp>
Elem ElementBuilder::combine(Elem x, Elem y) {
  DType dtype = x.dtype;
  std::array<Elem, 2> operands = {widen(x), widen(y)};
  unify(operands);
  auto [a, b] = operands;
  if (!isFloat(dtype) && !isComplex(dtype))
    return {dtype, IntOp::create(*this, a.re, b.re), {}};
  Elem result{a.dtype, FloatOp::create(*this, a.re, b.re), {}};
  if (isComplex(dtype))
    result.im = FloatOp::create(*this, a.im, b.im);
  return cast(result, dtype);
}

Elem ElementBuilder::add(Elem x, Elem y) {
  if (x.dtype == DType::Bool)
    return bitOr(x, y);
  return combine<arith::AddFOp, arith::AddIOp>(x, y);
}

Elem ElementBuilder::sub(Elem x, Elem y) {
  return combine<arith::SubFOp, arith::SubIOp>(x, y);
}

Elem ElementBuilder::mul(Elem x, Elem y) {
  if (x.dtype == DType::Bool)
    return bitAnd(x, y);
  if (!isComplex(x.dtype))
    return combine<arith::MulFOp, arith::MulIOp>(x, y);
  Elem a = real(x), b = imag(x), c = real(y), d = imag(y);
  return makeComplex(sub(mul(a, c), mul(b, d)), add(mul(a, d), mul(b, c)));
}

Elem ElementBuilder::neg(Elem x) {
  if (isInteger(x.dtype))
    return sub(constant(x.dtype, 0), x);
  if (isHalf(x.dtype))
    return bitcast(bitXor(bitcast(x, DType::UInt16),
                          integerConstant(DType::UInt16, 0x8000)),
                   x.dtype);
  Elem result{x.dtype, arith::NegFOp::create(*this, x.re), {}};
  if (isComplex(x.dtype))
    result.im = arith::NegFOp::create(*this, x.im);
  return result;
}

Elem ElementBuilder::absolute(Elem x) {
  if (isComplex(x.dtype))
    return hypot(real(x), imag(x));
  if (getKind(x.dtype) == DTypeKind::Signed)
    return select(less(x, constant(x.dtype, 0)), neg(x), x);
  if (isHalf(x.dtype))
    return bitcast(bitAnd(bitcast(x, DType::UInt16),
                          integerConstant(DType::UInt16, 0x7fff)),
                   x.dtype);
  if (!isFloat(x.dtype))
    return x;
  return {x.dtype, math::AbsFOp::create(*this, x.re), {}};
}

/// x divided by its magnitude. Where that is infinite, the sign of the infinite
/// part, or else of the imaginary one; NaN if both are infinite.
static Elem getComplexSign(ElementBuilder &b, Elem x) {
  Elem re = b.real(x), im = b.imag(x), magnitude = b.absolute(x);
  Elem zero = b.constant(re.dtype, 0), one = b.constant(re.dtype, 1);
  Elem nan = b.nanOrLowest(re.dtype);
  Elem reIsInf = b.isInf(re), imIsInf = b.isInf(im);
  auto getPart = [&](Elem part, Elem decides) {
    Elem ofInfinite = b.select(decides, b.copySign(one, part), zero);
    ofInfinite = b.select(b.bitAnd(reIsInf, imIsInf), nan, ofInfinite);
    Elem result =
        b.select(b.isInf(magnitude), ofInfinite, b.divide(part, magnitude));
    return b.select(b.equal(magnitude, zero), zero, result);
  };
  return b.makeComplex(getPart(re, reIsInf), getPart(im, b.bitNot(reIsInf)));
}

Elem ElementBuilder::sign(Elem x) {
  if (isComplex(x.dtype))
    return getComplexSign(*this, x);
  Elem zero = constant(x.dtype, 0), one = constant(x.dtype, 1);
  Elem result = select(greater(x, zero), one, x);
  // NaN and zeros are their own sign; -0.0 becomes 0.
  result = select(equal(x, zero), zero, result);
  if (getKind(x.dtype) == DTypeKind::Unsigned)
    return result;
  return select(less(x, zero), neg(one), result);
}

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

Elem ElementBuilder::bitAnd(Elem x, Elem y) {
  return combine<arith::AndIOp, arith::AndIOp>(x, y);
}
Elem ElementBuilder::bitOr(Elem x, Elem y) {
  return combine<arith::OrIOp, arith::OrIOp>(x, y);
}
Elem ElementBuilder::bitXor(Elem x, Elem y) {
  return combine<arith::XOrIOp, arith::XOrIOp>(x, y);
}
Elem ElementBuilder::bitNot(Elem x) {
  return bitXor(x, integerConstant(x.dtype, -1));
}

template numloom::array::Elem
    numloom::array::ElementBuilder::combine<arith::DivFOp, arith::DivSIOp>(
        Elem, Elem);
