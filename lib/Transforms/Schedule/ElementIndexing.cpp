// Places that are found through elements: gathers, and the targets of scatters.

#include "ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

Elem ElementEmitter::emitGather(GatherOp op, const Point &point) {
  return emit(op.getOperand(),
              bindIndexedPoint(op.getIndices(), op.getAxes(), point));
}

Point ElementEmitter::bindIndexedPoint(ValueRange indices,
                                       ArrayRef<int64_t> axes,
                                       const Point &point) {
  SmallVector<unsigned> dims;
  for (Value index : indices)
    dims.push_back(bindElementDim(index, getIndexPoint(index, axes, point)));
  return getIndexedPoint(indices, axes, dims, point);
}

unsigned ElementEmitter::bindElementDim(Value index, const Point &point) {
  unsigned scope =
      std::max(getScope(point), std::min<unsigned>(scopes.size() - 1, 1));
  for (auto &[knownPoint, dim] : scopes[scope].elementDims[index])
    if (knownPoint == point)
      return dim;
  OpBuilder::InsertionGuard guard(builder);
  Value element = emit(index, point).re;
  moveTo(scope);
  Value iv = arith::IndexCastOp::create(
      builder, builder.getTypeLike(builder.getIndexType(), element), element);
  unsigned dim = space.getFirstElementDim() + numElementDims++;
  ivs[dim] = {scope, iv};
  scopes[scope].elementDims[index].push_back({point, dim});
  return dim;
}

ElementEmitter::Target ElementEmitter::emitTarget(ScatterOp op,
                                                  const Point &point) {
  Target target;
  SmallVector<int64_t> extents = getExtents(op.getType());
  for (auto [index, axis] : llvm::zip_equal(op.getIndices(), op.getAxes())) {
    Value element = emit(index, getIndexPoint(index, op.getAxes(), point)).re;
    Value extent = arith::IndexCastOp::create(
        builder, builder.getI64Type(), emitMonomial(Monomial(extents[axis])));
    if (isa<VectorType>(element.getType()))
      extent = vector::BroadcastOp::create(builder, element.getType(), extent);
    // Before it narrows to the machine's index; negative is large.
    Value isInside = arith::CmpIOp::create(builder, arith::CmpIPredicate::ult,
                                           element, extent);
    target.isInside =
        target.isInside ? joinMasks(target.isInside, isInside) : isInside;
  }
  Point place = bindIndexedPoint(op.getIndices(), op.getAxes(), point);
  target.offset = space.dropCollapsed(getBufferOffset(op.getType(), place));
  return target;
}

Value ElementEmitter::joinMasks(Value a, Value b) {
  SmallVector<Elem> masks{{DType::Bool, a, {}}, {DType::Bool, b, {}}};
  builder.unify(masks);
  return arith::AndIOp::create(builder, masks[0].re, masks[1].re);
}

LinearExpr ElementEmitter::bindPlace(Value offset) {
  unsigned dim = space.getFirstElementDim() + numElementDims++;
  bindIv(dim, offset);
  return LinearExpr::dim(dim);
}

} // namespace numloom::array
