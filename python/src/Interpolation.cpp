// Linear interpolation between points: one call of the module in place of one
// for each of its 30 nodes or more.
#include "Array.h"
#include "Errors.h"
#include "Module.h"
#include "Reductions.h"
#include "SourceLocation.h"

#include <algorithm>
#include <array>

namespace numloom::python {

namespace {

NodeRef choose(const NodeRef &condition, const NodeRef &x, const NodeRef &y) {
  return settle(record(OpCode::Where, std::array{condition, x, y},
                       condition->getShape(), y->getDType()));
}

NodeRef pick(const NodeRef &values, const NodeRef &index) {
  const int64_t axes[] = {1, 0};
  return settle(record(OpCode::Gather, std::array{values, index},
                       index->getShape(), values->getDType(), axes));
}

/// Points (x, y), and how many of them.
struct Points {
  NodeRef x, y;
  int64_t count;
};

/// Two points next to each other, for each element.
struct Segments {
  NodeRef x0, x1, y0, y1;

  Segments getPart(OpCode part) const {
    return {x0, x1, applyOp(part, y0), applyOp(part, y1)};
  }
};

/// Those that begin at the point `below` - 1, or the first one or the one
/// before the last.
Segments findSegments(const Points &points, const NodeRef &below) {
  NodeRef place = combine(OpCode::Subtract, below, Operand(int64_t(1)));
  NodeRef index = combine(OpCode::Minimum,
                          combine(OpCode::Maximum, place, Operand(int64_t(0))),
                          Operand(std::max<int64_t>(points.count - 2, 0)));
  NodeRef after =
      combine(OpCode::Minimum, combine(OpCode::Add, index, Operand(int64_t(1))),
              Operand(points.count - 1));
  return {pick(points.x, index), pick(points.x, after), pick(points.y, index),
          pick(points.y, after)};
}

/// The parts of complex numbers each for itself, so that an infinity in one is
/// none in the other.
NodeRef interpolateInside(const NodeRef &x, const Segments &segments) {
  const auto &[x0, x1, y0, y1] = segments;
  if (isComplex(y0->getDType()))
    return combine(
        OpCode::MakeComplex,
        interpolateInside(x, segments.getPart(OpCode::Real)),
        Operand(interpolateInside(x, segments.getPart(OpCode::Imag))));
  NodeRef slope = combine(OpCode::Divide, combine(OpCode::Subtract, y1, y0),
                          combine(OpCode::Subtract, x1, x0));
  auto goOn = [&](const NodeRef &fromX, const NodeRef &fromY) {
    NodeRef distance = combine(OpCode::Subtract, x, fromX);
    return combine(OpCode::Add, combine(OpCode::Multiply, slope, distance),
                   fromY);
  };
  NodeRef result = goOn(x0, y0);
  // From the other end where infinite slopes gave NaN, and on the points.
  result = choose(applyOp(OpCode::IsNan, result), goOn(x1, y1), result);
  NodeRef isFlat = combine(OpCode::BitwiseAnd, applyOp(OpCode::IsNan, result),
                           combine(OpCode::Equal, y0, y1));
  result = choose(isFlat, y0, result);
  return choose(combine(OpCode::Equal, x, x0), y0, result);
}

/// interpolate(x, xp, fp, below, first, last, left, right, end).
PyObject *interpolate(PyObject *, PyObject *const *arguments,
                      Py_ssize_t count) {
  return guard([&] {
    constexpr Py_ssize_t kCount = 9;
    if (count != kCount || !std::all_of(arguments, arguments + count, isArray))
      throwPython(PyExc_TypeError, "interpolate takes %zd arrays", kCount);
    auto get = [&](int i) { return getNodeRef(arguments[i]); };
    NodeRef x = get(0), first = get(4), last = get(5);
    Points points{get(1), get(2), getShape(arguments[1]).front()};
    markSourceLocation();
    NodeRef result = interpolateInside(x, findSegments(points, get(3)));
    result = choose(combine(OpCode::Less, x, first), get(6), result);
    result = choose(combine(OpCode::Greater, x, last), get(7), result);
    result = choose(combine(OpCode::Equal, x, last), get(8), result);
    // One point leaves nothing to interpolate: its value is that of NaN, too.
    if (points.count == 1)
      return wrapResult(std::move(result));
    NodeRef itself = convertTo(x, points.y->getDType());
    return wrapResult(choose(applyOp(OpCode::IsNan, x), itself, result));
  });
}

} // namespace

PyMethodDef interpolationFunctions[] = {
    {"interpolate", asCFunction(interpolate), METH_FASTCALL,
     "interpolate(x, xp, fp, below, first, last, left, right, end, /)\n--\n\n"
     "The values at 'x' between the points ('xp', 'fp'), of which 'below' lie "
     "before it or at it; 'left' before 'first', 'right' behind 'last', 'end' "
     "at 'last'."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
