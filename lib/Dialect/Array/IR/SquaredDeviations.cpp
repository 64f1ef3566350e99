// The state of squared_deviations: moments of parts that combine without
// cancellation.
#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

namespace {
/// How many elements there are, one of them, how far their mean lies from it,
/// and the sum of their squared distances from the mean.
struct Moments {
  Elem count, pivot, offset, sum;

  explicit Moments(ArrayRef<Elem> state)
      : count(state[0]), pivot(state[1]), offset(state[2]), sum(state[3]) {}
};
} // namespace

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
  Elem zero = b.constant(getStateDTypes().front(), 0);
  return {zero, zero, zero, b.neg(zero)};
}

SmallVector<Elem> SquaredDeviationsOp::emitLift(ElementBuilder &b, Elem element,
                                                Elem) {
  Elem zero = b.constant(element.dtype, 0);
  return {b.constant(element.dtype, 1), element, zero, b.neg(zero)};
}

/// part / whole of numbers of elements, 0 for none: weights need no correct
/// rounding.
static Elem divideCounts(ElementBuilder &b, Elem part, Elem whole) {
  Elem parts[] = {part, whole, b.constant(whole.dtype, 1)};
  b.unify(parts);
  Value divisor = arith::MaxNumFOp::create(b, parts[1].re, parts[2].re);
  Value ratio =
      arith::DivFOp::create(b, parts[0].re, divisor, arith::FastMathFlags::afn);
  return {part.dtype, ratio, {}};
}

SmallVector<Elem> SquaredDeviationsOp::emitCombine(ElementBuilder &b,
                                                   ArrayRef<Elem> lhs,
                                                   ArrayRef<Elem> rhs) {
  Moments x(lhs), y(rhs);
  // Without elements a side has no place of its own.
  Elem zero = b.constant(x.count.dtype, 0);
  Elem hasLeft = b.greater(x.count, zero);
  Elem hasRight = b.greater(y.count, zero);
  Elem pivot = b.select(hasLeft, x.pivot, y.pivot);
  Elem offset = b.select(hasLeft, x.offset, y.offset);
  Elem count = b.add(x.count, y.count);
  Elem distance = b.add(b.sub(y.pivot, pivot), b.sub(y.offset, offset));
  distance = b.select(hasRight, distance, zero);
  Elem step = b.mul(distance, divideCounts(b, y.count, count));
  Elem between = b.mul(step, b.mul(distance, x.count));
  return {count, pivot, b.add(offset, step),
          b.add(b.add(x.sum, y.sum), between)};
}

Elem SquaredDeviationsOp::emitFinish(ElementBuilder &b, ArrayRef<Elem> state) {
  Moments moments(state);
  // inf - inf: no number has a distance from infinity.
  Elem isFinite = b.add(b.sub(moments.pivot, moments.pivot),
                        b.sub(moments.offset, moments.offset));
  return b.add(moments.sum, isFinite);
}
