// Turns the index maps of views and destinations into offsets and strides.
#include "GemmOperands.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/Destinations.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

static SizeFormula toFormula(const Monomial &product) {
  SizeFormula formula;
  formula.multiplier = product.factor;
  for (int64_t param : product.params)
    formula.factors.push_back(makeParam(param));
  return formula;
}

/// An operand of `rank` dimensions with its elements at `offset`: the
/// coefficient of a dimension is its stride.
static GemmOperand makeOperand(BufferRef buffer, const LinearExpr &offset,
                               size_t rank) {
  auto getStride = [&](unsigned dim) {
    return toFormula(offset.getCoefficient(dim));
  };
  GemmOperand operand{buffer, {}, getStride(rank - 2), getStride(rank - 1)};
  for (unsigned dim = 0; dim + 2 < rank; ++dim)
    operand.batchStrides.push_back(getStride(dim));
  for (const Monomial &part : offset.constants)
    operand.offset.push_back(toFormula(part));
  return operand;
}

static SmallVector<LinearExpr> getPoint(size_t rank) {
  SmallVector<LinearExpr> point;
  for (unsigned dim = 0; dim < rank; ++dim)
    point.push_back(LinearExpr::dim(dim));
  return point;
}

std::optional<GemmOperand>
numloom::getGemmOperand(Value value,
                        const DenseMap<Value, BufferRef> &buffers) {
  size_t rank = getExtents(value.getType()).size();
  SmallVector<LinearExpr> point = getPoint(rank);
  while (!buffers.contains(value)) {
    auto view = cast<ViewOpInterface>(value.getDefiningOp());
    SmallVector<LinearExpr> operandPoint;
    if (failed(view.mapIndex(point, operandPoint)))
      return std::nullopt;
    point = std::move(operandPoint);
    value = view->getOperand(0);
  }
  return makeOperand(buffers.at(value), getBufferOffset(value.getType(), point),
                     rank);
}

GemmOperand numloom::getGemmResult(OpResult result, BufferRef buffer) {
  SmallVector<int64_t> extents = getExtents(result.getType());
  size_t rank = extents.size();
  OpOperand *part = getPlacedOperand(result);
  if (!part)
    return makeOperand(buffer,
                       getBufferOffset(result.getType(), getPoint(rank)), rank);
  auto index = getDestinationIndex(*part, result.getType());
  assert(index && "no place for a product");
  Type whole = getDestinationWhole(*part).getType();
  GemmOperand place = makeOperand(buffer, getBufferOffset(whole, *index), rank);
  // A single row has no stride, and libraries want one.
  if (extents[rank - 2] == 1)
    place.rowStride = toFormula(Monomial(extents.back()));
  return place;
}
