// What a mask selects: how many elements, and which.
#include "Shapes.h"

#include "numloom/Trace/Recorder.h"

#include <numeric>
#include <vector>

using namespace numloom;

NodeRef numloom::recordCount(const NodeRef &mask) {
  // The axes that are reduced: how many, then which.
  std::vector<int64_t> attrs(mask->getRank() + 1);
  attrs[0] = mask->getRank();
  std::iota(attrs.begin() + 1, attrs.end(), 0);
  NodeRef ones = recordCast(mask, DType::Int64);
  return record(OpCode::Sum, {&ones, 1}, {}, DType::Int64, attrs);
}

bool numloom::isCheapToRepeat(const Node &mask) {
  return mask.getPendingCount() <= 1;
}

NodeRef numloom::recordSelection(const NodeRef &mask, const NodeRef &value,
                                 int64_t count) {
  std::span<const int64_t> rest = value->getShape().subspan(mask->getRank());
  std::vector<int64_t> shape{count};
  shape.insert(shape.end(), rest.begin(), rest.end());
  int64_t elements = countElements(shape);
  if (elements == value->getNumElements())
    return makeReshape(value, shape);
  if (elements == 0)
    return recordConstant(0, shape, value->getDType(), value->getDevice());
  std::vector<int64_t> units(mask->getShape().begin(), mask->getShape().end());
  units.resize(value->getRank(), 1);
  NodeRef operands[] = {
      makeBroadcastTo(makeReshape(mask, units), value->getShape()), value};
  NodeRef selected =
      record(OpCode::Compress, operands, {&elements, 1}, value->getDType());
  return makeReshape(selected, shape);
}
