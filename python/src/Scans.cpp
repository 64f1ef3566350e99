// Running sums and products of whole arrays in NumPy's default dtypes, as
// Reductions.cpp has it for those that are not running. What needs more is
// Python's (_scans.py).
#include "Array.h"
#include "Convert.h"
#include "Module.h"
#include "Reductions.h"
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"

#include <bit>
#include <optional>

namespace numloom::python {

namespace {

/// A call whose arguments need no conversion, of an array with elements.
struct Call {
  NodeRef x;
  int64_t axis;
};

/// The arguments `(a, axis)`; empty for what the rules must look at.
std::optional<Call> parseCall(PyObject *const *arguments, Py_ssize_t count) {
  if (count != 2 || !isArray(arguments[0]) ||
      asArray(arguments[0])->selection || !keepsCOrder(arguments[0]) ||
      PyTuple_Check(arguments[1]))
    return std::nullopt;
  std::span<const int64_t> shape = getShape(arguments[0]);
  int rank = getRank(arguments[0]);
  uint64_t axes = parseAxes(arguments[1], rank);
  // All axes are one only where there is one.
  if (!std::has_single_bit(axes) || std::ranges::count(shape, 0))
    return std::nullopt;
  int64_t axis = std::countr_zero(axes);
  if (axis >= rank || shape[axis] == 1)
    return std::nullopt;
  return Call{getNodeRef(arguments[0]), axis};
}

template <OpCode op>
PyObject *scan(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&]() -> PyObject * {
    std::optional<Call> call = parseCall(arguments, count);
    if (!call)
      Py_RETURN_NONE;
    markSourceLocation();
    NodeRef x = convertTo(call->x, getSumDType(call->x->getDType()));
    int64_t axes[] = {1, call->axis};
    return wrapResult(record(op, {&x, 1}, x->getShape(), x->getDType(), axes));
  });
}

} // namespace

PyMethodDef scanFunctions[] = {
    {"cumsum", asCFunction(scan<OpCode::ScanSum>), METH_FASTCALL,
     "cumsum(a, axis, /)\n--\n\nRunning sums along the axis; None for what is "
     "not an array with elements and more than one along it, in C order."},
    {"cumprod", asCFunction(scan<OpCode::ScanProd>), METH_FASTCALL,
     "cumprod(a, axis, /)\n--\n\nRunning products, or None as of cumsum."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
