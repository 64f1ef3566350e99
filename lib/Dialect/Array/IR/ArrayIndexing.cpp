// The ops that update, gather, scatter and compress.
#include "VerifySlice.h"

#include <array>

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

/// `base` and `result` are one type, and `value` has its dtype.
static LogicalResult verifyReplacement(Operation *op, Type base, Type value,
                                       Type result) {
  if (base != result)
    return op->emitOpError("expects a result of the base's type ")
           << base << ", got " << result;
  if (array::getDType(base) != array::getDType(value))
    return op->emitOpError("expects a value of the base's dtype, got ")
           << value;
  return success();
}

LogicalResult UpdateOp::verify() {
  SmallVector<int64_t> whole = getExtents(getBase().getType());
  SmallVector<int64_t> part = getExtents(getValue().getType());
  if (failed(verifyReplacement(*this, getBase().getType(), getValue().getType(),
                               getType())))
    return failure();
  if (part.size() != whole.size())
    return emitOpError("expects a value of the base's rank ")
           << whole.size() << ", got " << getValue().getType();
  return verifySlice(*this, whole, part, getStarts(), getSteps());
}

/// The extents of `whole` without `axes`, and the indices' in their place.
static FailureOr<SmallVector<int64_t>>
getIndexedExtents(Operation *op, Type whole, OperandRange indices,
                  ArrayRef<int64_t> axes) {
  SmallVector<int64_t> from = getExtents(whole);
  if (indices.empty() || indices.size() != axes.size())
    return op->emitOpError("expects one index for each of its axes");
  if (!llvm::is_sorted(axes, std::less_equal<>()) || axes.front() < 0 ||
      axes.back() >= int64_t(from.size()))
    return op->emitOpError("expects ascending axes of ")
           << whole << ", got [" << axes << "]";
  if (!llvm::all_equal(indices.getTypes()))
    return op->emitOpError("expects indices of one shape");
  SmallVector<int64_t> extents;
  for (auto [axis, extent] : llvm::enumerate(from)) {
    if (int64_t(axis) == axes.front())
      llvm::append_range(extents, getExtents(indices.front().getType()));
    if (!llvm::is_contained(axes, int64_t(axis)))
      extents.push_back(extent);
  }
  return extents;
}

LogicalResult GatherOp::verify() {
  auto extents =
      getIndexedExtents(*this, getOperand().getType(), getIndices(), getAxes());
  if (failed(extents))
    return failure();
  Type expected = getTensorType(
      getContext(), array::getDType(getOperand().getType()), *extents);
  if (getType() != expected)
    return emitOpError("expects result type ")
           << expected << ", got " << getType();
  return success();
}

/// What a scatter combines with must be an op that keeps the base's dtype.
static LogicalResult verifyCombiner(ScatterOp op) {
  if (op.getCombine() == ScatterCombiner::Replace)
    return success();
  std::string_view name = stringifyScatterCombiner(op.getCombine());
  const OpInfo *info = llvm::find_if(
      kOpInfos, [&](const OpInfo &info) { return info.mnemonic == name; });
  char dtype = numloom::getInfo(array::getDType(op.getType())).typeChar;
  std::string signature{dtype, dtype, '-', '>', dtype};
  if (!llvm::is_contained(llvm::split(StringRef(info->loops), ' '), signature))
    return op.emitOpError()
           << name << " does not combine elements of " << op.getType();
  return success();
}

LogicalResult ScatterOp::verify() {
  if (failed(verifyReplacement(*this, getBase().getType(), getValue().getType(),
                               getType())))
    return failure();
  auto extents =
      getIndexedExtents(*this, getBase().getType(), getIndices(), getAxes());
  if (failed(extents))
    return failure();
  if (getExtents(getValue().getType()) != *extents)
    return emitOpError("expects a value of the indices' axes and the base's "
                       "others, got ")
           << getValue().getType();
  return verifyCombiner(*this);
}

//===----------------------------------------------------------------------===//
// Compression
//===----------------------------------------------------------------------===//

/// All axes there can be; NumPy has as many.
static constexpr auto kAllAxes = [] {
  constexpr size_t kMaxRank = 64;
  std::array<int64_t, kMaxRank> axes{};
  for (size_t axis = 0; axis < axes.size(); ++axis)
    axes[axis] = axis;
  return axes;
}();

LogicalResult CompressOp::verify() {
  SmallVector<int64_t> extents = getExtents(getValue().getType());
  if (extents.empty() || extents.size() > kAllAxes.size())
    return emitOpError("expects 1 to ")
           << kAllAxes.size() << " axes to compress, got "
           << getValue().getType();
  if (getExtents(getMask().getType()) != extents)
    return emitOpError("expects a mask of the value's extents, got ")
           << getMask().getType();
  if (getExtents(getType()).size() != 1 ||
      array::getDType(getType()) != array::getDType(getValue().getType()))
    return emitOpError("expects a vector of the value's dtype, got ")
           << getType();
  return success();
}

ArrayRef<int64_t> CompressOp::getReducedAxes() {
  return ArrayRef(kAllAxes).take_front(getMask().getType().getRank());
}

/// Positions are as wide as the indices of the kernel.
SmallVector<DType> CompressOp::getStateDTypes() {
  auto bits =
      (*this)->getParentOp()->getAttrOfType<IntegerAttr>(kIndexBitsAttr);
  return {bits && bits.getInt() == 32 ? DType::Int32 : DType::Int64};
}

SmallVector<Elem> CompressOp::emitInitial(ElementBuilder &builder) {
  return {builder.constant(getStateDTypes().front(), 0)};
}

SmallVector<Elem> CompressOp::emitLift(ElementBuilder &builder, Elem element,
                                       Elem) {
  return {builder.cast(element, getStateDTypes().front())};
}

SmallVector<Elem> CompressOp::emitCombine(ElementBuilder &builder,
                                          ArrayRef<Elem> lhs,
                                          ArrayRef<Elem> rhs) {
  return {builder.add(lhs.front(), rhs.front())};
}
