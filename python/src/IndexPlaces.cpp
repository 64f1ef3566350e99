// Indices as places along an axis, and reports of those out of bounds.
#include "IndexPlaces.h"

#include "numloom/Trace/Recorder.h"

#include <array>
#include <limits>
#include <numeric>
#include <vector>

namespace numloom::python {

namespace {

/// Over all axes.
NodeRef reduce(OpCode op, const NodeRef &x) {
  std::vector<int64_t> attrs(x->getRank() + 1);
  attrs[0] = x->getRank();
  std::iota(attrs.begin() + 1, attrs.end(), 0);
  return record(op, {&x, 1}, {}, x->getDType(), attrs);
}

/// Negative indices as they count from the end.
NodeRef wrap(const NodeRef &index, IndexBounds bounds) {
  if (!bounds.wraps)
    return index;
  NodeRef sign = recordBinary(OpCode::RightShift, index, 63);
  return recordBinary(OpCode::Add, index,
                      recordBinary(OpCode::BitwiseAnd, sign, bounds.extent));
}

NodeRef clip(const NodeRef &index, int64_t least, IndexBounds bounds) {
  return recordBinary(OpCode::Minimum,
                      recordBinary(OpCode::Maximum, index, least),
                      bounds.extent - 1);
}

NodeRef report(const NodeRef &number) {
  NodeRef bits = recordCast(number, DType::UInt64);
  return record(OpCode::Report, {&bits, 1}, {}, DType::UInt64);
}

/// `places`, whose program reports.
IndexPlaces putTogether(const NodeRef &places, NodeRef report) {
  NodeRef both = record(OpCode::Alongside, std::array{places, report},
                        places->getShape(), DType::Int64);
  return {std::move(both), std::move(report)};
}

} // namespace

IndexPlaces recordPlaces(const NodeRef &index, IndexBounds bounds) {
  NodeRef wrapped = wrap(index, bounds), places = clip(wrapped, 0, bounds);
  return putTogether(places,
                     report(recordBinary(OpCode::Subtract, wrapped, places)));
}

IndexTargets recordTargets(const NodeRef &index, IndexBounds bounds) {
  // Wrapping would change no distance.
  NodeRef inside = clip(index, bounds.getLeast(), bounds);
  NodeRef distance = reduce(
      OpCode::Max,
      recordCast(recordBinary(OpCode::Subtract, index, inside), DType::UInt64));
  NodeRef areInside = recordBinary(OpCode::Equal, distance, 0);
  // Of the least index the sign alone.
  NodeRef sign = recordBinary(OpCode::BitwiseAnd, reduce(OpCode::Min, index),
                              std::numeric_limits<int64_t>::min());
  NodeRef found =
      record(OpCode::Where,
             std::array{areInside, recordCast(sign, DType::UInt64), distance},
             {}, DType::UInt64);
  NodeRef places = clip(wrap(index, bounds), 0, bounds);
  return {putTogether(places, report(found)), std::move(areInside)};
}

NodeRef findPlaces(const NodeRef &index, IndexBounds bounds) {
  std::optional<IntegerRange> range = findKnownRange(*index);
  if (!range || !bounds.hold(*range))
    return {};
  NodeRef wide = recordCast(index, DType::Int64);
  return range->least < 0 ? wrap(wide, bounds) : wide;
}

} // namespace numloom::python
