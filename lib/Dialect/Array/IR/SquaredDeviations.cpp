// The reduction of squared_deviations, whose state is moments.
#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Dialect/Array/IR/Moments.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

LogicalResult SquaredDeviationsOp::verify() {
  DType dtype = array::getDType(getOperand().getType());
  if (dtype != DType::Float32 && dtype != DType::Float64)
    return emitOpError("expects float32 or float64, got ") << getName(dtype);
  return verifyReduction(getOperation());
}

SmallVector<DType> SquaredDeviationsOp::getStateDTypes() {
  return SmallVector<DType>(4, array::getDType(getOperand().getType()));
}

SmallVector<Elem> SquaredDeviationsOp::emitInitial(ElementBuilder &b) {
  return getNoMoments(b, getStateDTypes().front()).getState();
}

SmallVector<Elem> SquaredDeviationsOp::emitLift(ElementBuilder &b, Elem element,
                                                Elem) {
  Moments moments = getNoMoments(b, element.dtype);
  moments.count = b.constant(element.dtype, 1);
  moments.pivot = element;
  return moments.getState();
}

SmallVector<Elem> SquaredDeviationsOp::emitCombine(ElementBuilder &b,
                                                   ArrayRef<Elem> lhs,
                                                   ArrayRef<Elem> rhs) {
  return combineMoments(b, {Moments(lhs), Moments(rhs)}).getState();
}

Elem SquaredDeviationsOp::emitFinish(ElementBuilder &b, ArrayRef<Elem> state) {
  Moments moments(state);
  // inf - inf: no number has a distance from infinity.
  Elem isFinite = b.add(b.sub(moments.pivot, moments.pivot),
                        b.sub(moments.offset, moments.offset));
  return b.add(moments.sum, isFinite);
}
