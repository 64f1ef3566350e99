// Arrays continued beyond their edges, each element read at a computed place.
//
// One kernel reads each element where it lies, with no copy for each axis and
// part. For GPUs, whose threads read elements one by one at the same speed.
#include "Array.h"
#include "Convert.h"
#include "Errors.h"
#include "Module.h"
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"

#include <array>
#include <numeric>
#include <string_view>
#include <vector>

namespace numloom::python {

namespace {

enum class Continuation { Edge, Reflect, Symmetric, Wrap };

/// How far an axis goes on; a wrapped one is cut where that is negative.
struct Widths {
  int64_t before, after;
};

/// number - x.
NodeRef subtractFrom(int64_t number, const NodeRef &x) {
  return recordBinary(OpCode::Subtract, Operand(number), x);
}

/// `number` where `x` is negative, else 0.
NodeRef whereNegative(const NodeRef &x, int64_t number) {
  return recordBinary(OpCode::BitwiseAnd,
                      recordBinary(OpCode::RightShift, x, 63), number);
}

/// An array of `rank` axes and its continuation.
class Continued {
public:
  Continued(NodeRef array, std::span<const int64_t> flatWidths)
      : array(std::move(array)) {
    std::span<const int64_t> extents = this->array->getShape();
    for (size_t i = 0; i < extents.size(); ++i) {
      widths.push_back({flatWidths[2 * i], flatWidths[2 * i + 1]});
      shape.push_back(extents[i] + widths[i].before + widths[i].after);
    }
  }

  NodeRef read(Continuation mode) const;
  /// `inner` with `value` in place of what continues it.
  NodeRef surround(const NodeRef &inner, const NodeRef &value) const;

private:
  /// Computed for each element, so that the kernel that reads does it.
  NodeRef makeIndex(int64_t axis) const {
    NodeRef index = recordCreation(OpCode::Iota, shape, DType::Int64,
                                   {&axis, 1}, array->getDevice());
    int64_t before = widths[axis].before;
    return before ? recordBinary(OpCode::Subtract, index, before) : index;
  }
  NodeRef findPlaces(int64_t axis, Continuation mode) const;

  NodeRef array;
  std::vector<Widths> widths;
  std::vector<int64_t> shape;
};

NodeRef Continued::findPlaces(int64_t axis, Continuation mode) const {
  NodeRef index = makeIndex(axis);
  int64_t last = array->getShape()[axis] - 1;
  auto [before, after] = widths[axis];
  bool isMirrored =
      mode == Continuation::Reflect || mode == Continuation::Symmetric;
  // What lies between an element and its image.
  int64_t gap = mode == Continuation::Symmetric ? 1 : 0;
  if (before > 0 && isMirrored)
    index =
        gap ? recordBinary(OpCode::Maximum, index, subtractFrom(-gap, index))
            : recordElementwise(OpCode::Absolute, std::array{Operand(index)});
  else if (before > 0)
    index =
        mode == Continuation::Edge
            ? recordBinary(OpCode::Maximum, index, 0)
            : recordBinary(OpCode::Add, index, whereNegative(index, last + 1));
  if (after > 0 && isMirrored)
    index = recordBinary(OpCode::Minimum, index,
                         subtractFrom(2 * last + gap, index));
  else if (after > 0)
    index =
        mode == Continuation::Edge
            ? recordBinary(OpCode::Minimum, index, last)
            : recordBinary(OpCode::Subtract, index,
                           whereNegative(subtractFrom(last, index), last + 1));
  return index;
}

NodeRef Continued::read(Continuation mode) const {
  std::vector<NodeRef> operands = {array};
  for (size_t axis = 0; axis < shape.size(); ++axis)
    operands.push_back(findPlaces(axis, mode));
  std::vector<int64_t> attrs(shape.size() + 1);
  attrs[0] = static_cast<int64_t>(shape.size());
  std::iota(attrs.begin() + 1, attrs.end(), 0);
  return record(OpCode::Gather, operands, shape, array->getDType(), attrs);
}

NodeRef Continued::surround(const NodeRef &inner, const NodeRef &value) const {
  NodeRef isInside;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (widths[axis].before == 0 && widths[axis].after == 0)
      continue;
    // What is negative is beyond all places then.
    NodeRef test =
        recordBinary(OpCode::Less, recordCast(makeIndex(axis), DType::UInt64),
                     array->getShape()[axis]);
    isInside =
        isInside ? recordBinary(OpCode::LogicalAnd, isInside, test) : test;
  }
  if (!isInside)
    return inner;
  return record(OpCode::Where,
                std::array{isInside, inner, makeBroadcastTo(value, shape)},
                shape, inner->getDType());
}

Continuation parseMode(std::string_view mode) {
  if (mode == "edge")
    return Continuation::Edge;
  if (mode == "reflect")
    return Continuation::Reflect;
  if (mode == "symmetric")
    return Continuation::Symmetric;
  if (mode == "wrap")
    return Continuation::Wrap;
  throwPython(PyExc_ValueError, "no mode of continuations");
}

/// continue_at(x, widths, mode, value=None, only_in_memory=False).
PyObject *continueAt(PyObject *, PyObject *args) {
  return guard([&]() -> PyObject * {
    PyObject *array, *widths, *value = Py_None;
    const char *mode;
    int onlyInMemory = 0;
    if (!PyArg_ParseTuple(args, "O!Os|Op:continue_at", arrayType, &array,
                          &widths, &mode, &value, &onlyInMemory))
      throw PythonError();
    std::vector<int64_t> flat = parseIntegers(widths);
    NodeRef node = getNodeRef(array);
    if (flat.size() != 2 * size_t(node->getRank()) ||
        node->getNumElements() == 0 || node->getRank() == 0)
      throwPython(PyExc_ValueError, "expected elements and a pair for an axis");
    if (onlyInMemory && !node->isEvaluated())
      Py_RETURN_NONE;
    markSourceLocation();
    Continued continued(std::move(node), flat);
    NodeRef result = continued.read(parseMode(mode));
    if (isArray(value))
      result = continued.surround(result, getNodeRef(value));
    return wrapResult(std::move(result));
  });
}

} // namespace

PyMethodDef continuationFunctions[] = {
    {"continue_at", continueAt, METH_VARARGS,
     "continue_at(x, widths, mode, value=None, only_in_memory=False, /)\n--\n\n"
     "`x`, not empty, with as many more elements before and after each axis as "
     "`widths` says, as NumPy's pad continues it in the modes \"edge\", "
     "\"reflect\", \"symmetric\" and \"wrap\"; or `value`, a 0-d array. All "
     "but \"edge\" give at most one more time what there is, less one element "
     "to reflect at. None if `x` is not in memory but should be."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
