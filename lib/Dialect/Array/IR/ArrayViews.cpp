// Verifiers and index maps of the array dialect's views.
#include "VerifySlice.h"

#include "mlir/IR/TypeUtilities.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

/// Views move elements: operand and result have one dtype.
static LogicalResult verifyView(Operation *op) {
  Type from = getElementTypeOrSelf(op->getOperand(0).getType());
  Type to = getElementTypeOrSelf(op->getResult(0).getType());
  if (from != to)
    return op->emitOpError("expects one element type, got ")
           << from << " and " << to;
  return success();
}

/// Checks that `list` has an entry for each of `rank` axes.
static LogicalResult verifyPerAxis(Operation *op, StringRef name,
                                   ArrayRef<int64_t> list, int64_t rank) {
  if (int64_t(list.size()) != rank)
    return op->emitOpError("expects ")
           << rank << ' ' << name << ", one per axis, got " << list.size();
  return success();
}

//===----------------------------------------------------------------------===//
// BroadcastOp
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::verify() {
  SmallVector<int64_t> from = getExtents(getOperand().getType());
  SmallVector<int64_t> to = getExtents(getType());
  int64_t rank = to.size();
  ArrayRef<int64_t> axes = getAxes();
  if (failed(verifyView(*this)) ||
      failed(verifyPerAxis(*this, "axes", axes, from.size())))
    return failure();
  if (!llvm::is_sorted(axes, std::less_equal<>()) ||
      llvm::any_of(axes, [&](int64_t a) { return a < 0 || a >= rank; }))
    return emitOpError("expects ascending axes below the result's rank ")
           << rank << ", got [" << axes << "]";
  for (auto [i, axis] : llvm::enumerate(axes))
    if (from[i] != 1 && from[i] != to[axis])
      return emitOpError("expects operand axis ")
             << i << " to have extent 1 or that of result axis " << axis;
  return success();
}

LogicalResult BroadcastOp::mapIndex(ArrayRef<LinearExpr> index,
                                    SmallVectorImpl<LinearExpr> &operandIndex) {
  SmallVector<int64_t> extents = getExtents(getOperand().getType());
  for (auto [extent, axis] : llvm::zip(extents, getAxes()))
    operandIndex.push_back(extent == 1 ? LinearExpr() : index[axis]);
  return success();
}

//===----------------------------------------------------------------------===//
// TransposeOp
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::verify() {
  SmallVector<int64_t> from = getExtents(getOperand().getType());
  int64_t rank = from.size();
  ArrayRef<int64_t> axes = getAxes();
  if (failed(verifyView(*this)) ||
      failed(verifyPerAxis(*this, "axes", axes, rank)))
    return failure();
  SmallVector<int64_t> sorted(axes);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, rank)))
    return emitOpError("expects a permutation of the axes, got [")
           << axes << "]";
  auto extents = llvm::map_to_vector(axes, [&](int64_t a) { return from[a]; });
  if (extents != getExtents(getType()))
    return emitOpError("expects the operand's extents permuted by [")
           << axes << "], got " << getType();
  return success();
}

LogicalResult TransposeOp::mapIndex(ArrayRef<LinearExpr> index,
                                    SmallVectorImpl<LinearExpr> &operandIndex) {
  operandIndex.resize(index.size());
  for (auto [expr, axis] : llvm::zip(index, getAxes()))
    operandIndex[axis] = expr;
  return success();
}

//===----------------------------------------------------------------------===//
// SliceOp
//===----------------------------------------------------------------------===//

/// Whether a slice stays within an operand's axis, as far as that is known.
static bool isInBounds(int64_t extent, int64_t start, int64_t step,
                       int64_t count) {
  if (isParam(extent) || isParam(start) || isParam(step) || isParam(count) ||
      count == 0)
    return true;
  int64_t last, span;
  return !llvm::MulOverflow(count - 1, step, span) &&
         !llvm::AddOverflow(start, span, last) && start >= 0 &&
         start < extent && last >= 0 && last < extent;
}

LogicalResult array::verifySlice(Operation *op, ArrayRef<int64_t> whole,
                                 ArrayRef<int64_t> part, ParamsAttr starts,
                                 ParamsAttr steps) {
  size_t rank = whole.size();
  if (failed(verifyPerAxis(op, "starts", starts.getValues(), rank)) ||
      failed(verifyPerAxis(op, "steps", steps.getValues(), rank)))
    return failure();
  if (llvm::is_contained(steps.getValues(), 0))
    return op->emitOpError("expects steps other than 0");
  for (auto [axis, extent] : llvm::enumerate(whole))
    if (!isInBounds(extent, starts[axis], steps[axis], part[axis]))
      return op->emitOpError("expects to stay within axis ")
             << axis << " of extent " << extent;
  return success();
}

LogicalResult SliceOp::verify() {
  SmallVector<int64_t> from = getExtents(getOperand().getType());
  SmallVector<int64_t> to = getExtents(getType());
  if (from.size() != to.size())
    return emitOpError("expects a result of the operand's rank ")
           << from.size() << ", got " << to.size();
  if (failed(verifyView(*this)))
    return failure();
  return verifySlice(*this, from, to, getStarts(), getSteps());
}

LogicalResult SliceOp::mapIndex(ArrayRef<LinearExpr> index,
                                SmallVectorImpl<LinearExpr> &operandIndex) {
  for (auto [expr, start, step] :
       llvm::zip(index, getStarts().getValues(), getSteps().getValues()))
    operandIndex.push_back(LinearExpr::constant(start) + expr * Monomial(step));
  return success();
}

//===----------------------------------------------------------------------===//
// AsStridedOp
//===----------------------------------------------------------------------===//

LogicalResult AsStridedOp::verify() {
  if (failed(verifyView(*this)))
    return failure();
  return verifyPerAxis(*this, "strides", getStrides().getValues(),
                       getType().getRank());
}

LogicalResult AsStridedOp::mapIndex(ArrayRef<LinearExpr> index,
                                    SmallVectorImpl<LinearExpr> &operandIndex) {
  LinearExpr position;
  for (auto [expr, stride] : llvm::zip(index, getStrides().getValues()))
    position = position + expr * Monomial(stride);
  operandIndex.push_back(position);
  return success();
}

//===----------------------------------------------------------------------===//
// ReshapeOp
//===----------------------------------------------------------------------===//

/// The number of elements of a tensor type.
static Monomial getNumElements(Type type) {
  Monomial count(1);
  for (int64_t extent : getExtents(type))
    count = count * Monomial(extent);
  return count;
}

LogicalResult ReshapeOp::verify() {
  if (failed(verifyView(*this)))
    return failure();
  Monomial from = getNumElements(getOperand().getType());
  Monomial to = getNumElements(getType());
  // Different parameters may still have equal products.
  if (from.params == to.params && from.factor != to.factor)
    return emitOpError("expects as many elements as the operand has, ")
           << getOperand().getType() << ", got " << getType();
  return success();
}

/// The axes of extents other than 1.
static SmallVector<int64_t> getNonUnitAxes(ArrayRef<int64_t> extents) {
  SmallVector<int64_t> axes;
  for (auto [axis, extent] : llvm::enumerate(extents))
    if (extent != 1)
      axes.push_back(axis);
  return axes;
}

LogicalResult
array::mapReshapedIndex(ArrayRef<int64_t> from, ArrayRef<int64_t> to,
                        ArrayRef<LinearExpr> index,
                        SmallVectorImpl<LinearExpr> &operandIndex) {
  SmallVector<int64_t> fromAxes = getNonUnitAxes(from);
  SmallVector<int64_t> toAxes = getNonUnitAxes(to);
  ArrayRef<int64_t> fromRest = fromAxes, toRest = toAxes;
  operandIndex.resize(from.size());

  // Equal outer and equal inner axes map to each other: what is between them
  // has as many elements on both sides (where there are any at all).
  while (!fromRest.empty() && !toRest.empty() &&
         from[fromRest.front()] == to[toRest.front()]) {
    operandIndex[fromRest.front()] = index[toRest.front()];
    fromRest = fromRest.drop_front();
    toRest = toRest.drop_front();
  }
  while (!fromRest.empty() && !toRest.empty() &&
         from[fromRest.back()] == to[toRest.back()]) {
    operandIndex[fromRest.back()] = index[toRest.back()];
    fromRest = fromRest.drop_back();
    toRest = toRest.drop_back();
  }
  // Several axes of the result may split one of the operand; the other way
  // round takes divisions.
  if (fromRest.size() > 1)
    return failure();
  if (fromRest.empty())
    return success(toRest.empty());
  auto extents =
      llvm::map_to_vector(toRest, [&](int64_t axis) { return to[axis]; });
  LinearExpr &position = operandIndex[fromRest.front()];
  for (auto [axis, stride] : llvm::zip(toRest, getRowMajorStrides(extents)))
    position = position + index[axis] * stride;
  return success();
}

LogicalResult ReshapeOp::mapIndex(ArrayRef<LinearExpr> index,
                                  SmallVectorImpl<LinearExpr> &operandIndex) {
  return mapReshapedIndex(getExtents(getOperand().getType()),
                          getExtents(getType()), index, operandIndex);
}
