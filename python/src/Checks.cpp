// Errors that only a GPU's results tell of: looked for when something waits.
#include "Checks.h"
#include "Array.h"
#include "Errors.h"
#include "IndexReads.h"
#include "Module.h"
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"
#include "numloom/Trace/Reports.h"

#include <algorithm>
#include <span>
#include <vector>

namespace numloom::python {

namespace {

/// The list of deferred checks, never destroyed: null or a Python list.
PyRef &getDeferred() {
  static auto *checks = new PyRef;
  return *checks;
}

/// Checks that wait before somebody waits for them: they keep their indices
/// alive.
constexpr Py_ssize_t kMostDeferred = 64;

/// What a check looks at.
PyObject *getChecked(PyObject *check) { return PyTuple_GET_ITEM(check, 0); }

/// defer_check((array, ...)).
PyObject *deferCheckOf(PyObject *, PyObject *check) {
  return guard([&] {
    if (!PyTuple_Check(check) || PyTuple_GET_SIZE(check) == 0 ||
        !isArray(getChecked(check)))
      throwPython(PyExc_TypeError, "expected a tuple with an array first");
    deferCheck(PyRef::borrow(check));
    Py_RETURN_NONE;
  });
}

/// Which of the nodes are reports that say nothing.
std::vector<bool> findEmptyReports(std::span<const NodeRef> nodes) {
  std::vector<bool> isEmpty(nodes.size());
  GilRelease release;
  for (size_t i = 0; i < nodes.size(); ++i)
    isEmpty[i] = nodes[i]->getOp() == OpCode::Report &&
                 nodes[i]->isEvaluated() && readReport(*nodes[i]) == 0;
  return isEmpty;
}

/// Those of the deferred checks that have not passed.
PyRef dropPassed(PyObject *checks) {
  std::vector<NodeRef> nodes;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(checks); ++i)
    nodes.push_back(getNodeRef(getChecked(PyList_GET_ITEM(checks, i))));
  std::vector<bool> hasPassed = findEmptyReports(nodes);
  PyRef rest = PyRef::steal(PyList_New(0));
  for (size_t i = 0; i < nodes.size(); ++i)
    if (!hasPassed[i])
      checkStatus(PyList_Append(rest.get(), PyList_GET_ITEM(checks, i)));
  return rest;
}

/// find_places(index, extent, wraps): see recordPlaces.
PyObject *findPlaces(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *index;
    long long extent;
    int wraps;
    if (!PyArg_ParseTuple(args, "O!Lp:find_places", arrayType, &index, &extent,
                          &wraps))
      throw PythonError();
    if (getDType(index) != DType::Int64 || extent < 1)
      throwPython(PyExc_ValueError, "expected int64 and entries");
    markSourceLocation();
    auto [places, report] = recordPlaces(getNodeRef(index), extent, wraps);
    PyRef reported = PyRef::steal(wrapNode(std::move(report)));
    PyRef found = PyRef::steal(wrapNode(std::move(places)));
    return PyTuple_Pack(2, found.get(), reported.get());
  });
}

/// find_line(array): where it was recorded.
PyObject *findLine(PyObject *, PyObject *array) {
  return guard([&] {
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected a numloom.ndarray");
    SourceLine line = resolveLocation(getNodeRef(array)->getLocation());
    return line.file.empty()
               ? PyUnicode_FromString("unknown")
               : PyUnicode_FromFormat("%s:%d", line.file.c_str(), line.line);
  });
}

/// read_report(array): what an array.report says, or None.
PyObject *readReportOf(PyObject *, PyObject *array) {
  return guard([&] {
    NodeRef node = isArray(array) ? getNodeRef(array) : NodeRef();
    if (!node || !node->isEvaluated() || node->getOp() != OpCode::Report)
      throwPython(PyExc_TypeError, "expected an evaluated report");
    std::optional<uint64_t> found;
    {
      GilRelease release;
      found = readReport(*node);
    }
    return found ? PyLong_FromUnsignedLongLong(*found) : Py_NewRef(Py_None);
  });
}

template <typename T>
PyObject *makeRange(const Node &node) {
  std::span elements(static_cast<const T *>(node.getData()),
                     static_cast<size_t>(node.getNumElements()));
  auto [least, most] = std::ranges::minmax_element(elements);
  return Py_BuildValue("LL", static_cast<long long>(*least),
                       static_cast<long long>(*most));
}

/// find_range(array): the least and the greatest element, if that is a matter
/// of looking at a few in the host's memory.
PyObject *findRange(PyObject *, PyObject *array) {
  return guard([&]() -> PyObject * {
    // More are looked at faster by a kernel on all cores.
    constexpr int64_t kMostElements = 1 << 14;
    if (!isArray(array))
      throwPython(PyExc_TypeError, "expected a numloom.ndarray");
    NodeRef node = getNodeRef(array);
    bool isAtHand =
        node->isScalar() || (node->isEvaluated() && node->getDevice().isCpu() &&
                             node->isContiguous());
    int64_t size = node->getNumElements();
    if (isAtHand && size > 0 && size <= kMostElements) {
      if (node->getDType() == DType::Int64)
        return makeRange<int64_t>(*node);
      if (node->getDType() == DType::Int32)
        return makeRange<int32_t>(*node);
    }
    Py_RETURN_NONE;
  });
}

} // namespace

void deferCheck(PyRef check) {
  PyRef &checks = getDeferred();
  if (!checks)
    checks = PyRef::steal(PyList_New(0));
  checkStatus(PyList_Append(checks.get(), check.get()));
  if (PyList_GET_SIZE(checks.get()) >= kMostDeferred)
    runDeferredChecks(getDevice(getChecked(check.get())));
}

void runDeferredChecks(Device device) {
  if (!device.isCuda() || !getDeferred())
    return;
  // Reading what a check looks at waits, too.
  PyRef checks = std::exchange(getDeferred(), PyRef());
  PyRef rest = dropPassed(checks.get());
  if (PyList_GET_SIZE(rest.get()) > 0)
    Py_DECREF(callHook("check", {rest.get()}));
}

PyMethodDef checkFunctions[] = {
    {"find_places", findPlaces, METH_VARARGS,
     "find_places(index, extent, wraps, /)\n--\n\nThe int64 array `index` in "
     "[0, extent), and a report of how far the farthest lies from there."},
    {"defer_check", deferCheckOf, METH_O,
     "defer_check(check, /)\n--\n\nAdds a tuple to what the 'check' hook gets, "
     "in a list, when something waits for a GPU, or many wait: the array that "
     "is looked at, and what it is checked for. Reports with nothing in them "
     "are left out."},
    {"find_line", findLine, METH_O,
     "find_line(array, /)\n--\n\nThe user's line that recorded the array: "
     "\"file:line\"."},
    {"read_report", readReportOf, METH_O,
     "read_report(array, /)\n--\n\nThe number in an evaluated report; None "
     "while work of another stream may still report. Waits for the current "
     "stream."},
    {"find_range", findRange, METH_O,
     "find_range(array, /)\n--\n\nThe least and the greatest element of a few "
     "integers in the host's memory; else None."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
