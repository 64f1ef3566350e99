// Folds of the array dialect: only what is exact in NumPy's arithmetic.
#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "llvm/ADT/APFloat.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult AlongsideOp::fold(FoldAdaptor) { return getOperand(); }

//===----------------------------------------------------------------------===//
// CastOp
//===----------------------------------------------------------------------===//

/// Bits of the significand of a float dtype.
static unsigned getPrecision(DType dtype) {
  switch (getRealDType(dtype)) {
  case DType::BFloat16:
    return 8;
  case DType::Float16:
    return 11;
  case DType::Float32:
    return 24;
  default:
    return 53;
  }
}

/// Whether the integers of `from` are values of the integer dtype `to`.
static bool isLosslessIntegerCast(DType from, DType to) {
  if (getKind(from) == getKind(to))
    return getBytes(from) <= getBytes(to);
  return getKind(from) == DTypeKind::Unsigned && getBytes(from) < getBytes(to);
}

bool array::isLosslessCast(DType from, DType to) {
  if (from == to || from == DType::Bool)
    return true;
  if (to == DType::Bool || (isComplex(from) && !isComplex(to)))
    return false;
  if (isInteger(from) && isInteger(to))
    return isLosslessIntegerCast(from, to);
  if (isInteger(to))
    return false;
  // The least signed integer is a power of two, so the sign takes no digit.
  if (isInteger(from))
    return getBytes(from) * 8 - (getKind(from) == DTypeKind::Signed) <=
           getPrecision(to);
  // The exponents of float16 and bfloat16 contain each other's in neither way.
  return getPrecision(from) < getPrecision(to)
             ? getRealDType(from) != DType::BFloat16 ||
                   getRealDType(to) != DType::Float16
             : getRealDType(from) == getRealDType(to);
}

/// Whether casting `from` to `to` equals doing so by way of `middle`. What a
/// float becomes that no integer equals depends on both dtypes, so casts from
/// float to integer stay as they are.
static bool isCastByWayOf(DType from, DType middle, DType to) {
  bool integers = (from == DType::Bool || isInteger(from)) && isInteger(to);
  // Wrapping to fewer and fewer bits is wrapping once.
  if (integers && isInteger(middle) && getBytes(to) <= getBytes(middle))
    return true;
  if (!isLosslessCast(from, middle))
    return false;
  return !isInteger(to) || isInteger(middle) || isLosslessCast(from, to);
}

/// `value` rounded to (the real part of) `dtype`, in the format of that dtype.
static APFloat roundTo(APFloat value, DType dtype, MLIRContext *context) {
  auto type = cast<FloatType>(getElementType(context, getRealDType(dtype)));
  bool losesInfo;
  value.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value;
}

APFloat array::getFloatValue(Attribute value, DType dtype) {
  return roundTo(cast<FloatAttr>(value).getValue(), dtype, value.getContext());
}

/// The constant `value` of dtype `from` as one of dtype `to`; null where the
/// result is not exact.
static Attribute castConstant(Attribute value, DType from, DType to) {
  MLIRContext *context = value.getContext();
  Builder builder(context);
  auto makeInteger = [&](int64_t v) { return builder.getI64IntegerAttr(v); };
  auto makeFloat = [&](APFloat v) {
    v = roundTo(v, DType::Float64, context);
    return builder.getFloatAttr(builder.getF64Type(), v);
  };
  if (auto integer = dyn_cast<IntegerAttr>(value)) {
    if (to == DType::Bool)
      return makeInteger(integer.getInt() != 0);
    if (isInteger(to))
      return isLosslessCast(from, to) ? makeInteger(integer.getInt()) : nullptr;
    // Beyond 2^53, and for the upper half of uint64, rounding to double first
    // would round twice.
    constexpr int64_t kMaxExact = int64_t(1) << 53;
    int64_t number = integer.getInt();
    if (number > kMaxExact || number < -kMaxExact ||
        (from == DType::UInt64 && number < 0))
      return nullptr;
    return makeFloat(roundTo(APFloat(double(number)), to, context));
  }
  APFloat number = getFloatValue(value, from);
  if (to == DType::Bool)
    return makeInteger(!number.isZero());
  if (isInteger(to))
    return nullptr;
  return makeFloat(roundTo(number, to, context));
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  DType from = array::getDType(getX().getType());
  DType to = array::getDType(getType());
  // Constants of other dialects hold all of their elements.
  if (isa_and_nonnull<IntegerAttr, FloatAttr>(adaptor.getX()))
    return castConstant(adaptor.getX(), from, to);
  auto inner = getX().getDefiningOp<CastOp>();
  if (!inner ||
      !isCastByWayOf(array::getDType(inner.getX().getType()), from, to))
    return {};
  getXMutable().assign(inner.getX());
  return getResult();
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (adaptor.getOperand())
    return adaptor.getOperand();
  // Axes ascend, so equal types leave but the identity.
  if (getOperand().getType() == getType())
    return getOperand();
  auto inner = getOperand().getDefiningOp<BroadcastOp>();
  if (!inner)
    return {};
  setAxes(llvm::map_to_vector(inner.getAxes(),
                              [&](int64_t axis) { return getAxes()[axis]; }));
  getOperandMutable().assign(inner.getOperand());
  return getResult();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (adaptor.getOperand())
    return adaptor.getOperand();
  if (llvm::is_sorted(getAxes()))
    return getOperand();
  auto inner = getOperand().getDefiningOp<TransposeOp>();
  if (!inner)
    return {};
  setAxes(llvm::map_to_vector(
      getAxes(), [&](int64_t axis) { return inner.getAxes()[axis]; }));
  getOperandMutable().assign(inner.getOperand());
  return getResult();
}

/// `value` as an integer that is a constant or a parameter, if it is one.
static std::optional<int64_t> getConstantOrParam(const Monomial &value) {
  if (value.isConstant() && !isParam(value.factor))
    return value.factor;
  if (value.factor == 1 && value.params.size() == 1)
    return makeParam(value.params.front());
  return std::nullopt;
}

/// The start of the slice that begins at `start` of one that begins at
/// `innerStart` and steps by `innerStep`.
static std::optional<int64_t> composeStarts(int64_t start, int64_t innerStart,
                                            int64_t innerStep) {
  LinearExpr sum = LinearExpr::constant(innerStart) +
                   LinearExpr::constant(start) * Monomial(innerStep);
  if (sum.constants.size() > 1)
    return std::nullopt;
  return sum.constants.empty() ? 0 : getConstantOrParam(sum.constants.front());
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  if (adaptor.getOperand())
    return adaptor.getOperand();
  if (getOperand().getType() == getType() && getStarts().isAll(0) &&
      getSteps().isAll(1))
    return getOperand();
  auto inner = getOperand().getDefiningOp<SliceOp>();
  if (!inner)
    return {};
  SmallVector<int64_t> starts, steps;
  for (size_t axis = 0; axis < getStarts().size(); ++axis) {
    int64_t innerStep = inner.getSteps()[axis];
    auto start =
        composeStarts(getStarts()[axis], inner.getStarts()[axis], innerStep);
    auto step =
        getConstantOrParam(Monomial(getSteps()[axis]) * Monomial(innerStep));
    if (!start || !step)
      return {};
    starts.push_back(*start);
    steps.push_back(*step);
  }
  setStartsAttr(ParamsAttr::get(getContext(), starts));
  setStepsAttr(ParamsAttr::get(getContext(), steps));
  getOperandMutable().assign(inner.getOperand());
  return getResult();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (adaptor.getOperand())
    return adaptor.getOperand();
  if (getOperand().getType() == getType())
    return getOperand();
  auto inner = getOperand().getDefiningOp<ReshapeOp>();
  if (!inner)
    return {};
  getOperandMutable().assign(inner.getOperand());
  return getResult();
}
