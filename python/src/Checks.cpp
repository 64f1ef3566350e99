// Errors that only a GPU's results tell of: looked for when something waits.
#include "Checks.h"
#include "Array.h"
#include "Errors.h"
#include "Module.h"
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"
#include "numloom/Trace/Reports.h"

#include <optional>
#include <span>
#include <vector>

namespace numloom::python {

namespace {

/// The list of deferred checks, never destroyed: null or a Python list.
PyRef &getDeferred() {
  static auto *checks = new PyRef;
  return *checks;
}

constexpr const char *kNoteName = "numloom.check_note";

const CheckNote &getNote(PyObject *capsule) {
  auto *note = PyCapsule_GetPointer(capsule, kNoteName);
  if (!note)
    throw PythonError();
  return *static_cast<const CheckNote *>(note);
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

/// What reports say; none of what is no report, or says nothing yet.
std::vector<std::optional<uint64_t>>
readReports(std::span<const NodeRef> nodes) {
  std::vector<std::optional<uint64_t>> words;
  GilRelease release;
  for (const NodeRef &node : nodes) {
    bool isReport = node->getOp() == OpCode::Report && node->isEvaluated();
    words.push_back(isReport ? readReport(*node) : std::nullopt);
  }
  return words;
}

/// Whether a check found nothing wrong.
bool hasPassed(PyObject *check, std::optional<uint64_t> found) {
  if (PyTuple_GET_SIZE(check) < 3)
    return found == 0;
  return getNote(PyTuple_GET_ITEM(check, 2))(found);
}

/// Those of the deferred checks that have not passed.
PyRef dropPassed(PyObject *checks) {
  std::vector<NodeRef> nodes;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(checks); ++i)
    nodes.push_back(getNodeRef(getChecked(PyList_GET_ITEM(checks, i))));
  std::vector<std::optional<uint64_t>> words = readReports(nodes);
  PyRef rest = PyRef::steal(PyList_New(0));
  for (size_t i = 0; i < nodes.size(); ++i)
    if (PyObject *check = PyList_GET_ITEM(checks, i);
        !hasPassed(check, words[i]))
      checkStatus(PyList_Append(rest.get(), check));
  return rest;
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

} // namespace

PyRef makeNote(CheckNote note) {
  auto *kept = new CheckNote(std::move(note));
  PyObject *capsule = PyCapsule_New(
      kept, kNoteName, [](PyObject *capsule) { delete &getNote(capsule); });
  if (!capsule)
    delete kept;
  return PyRef::steal(capsule);
}

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
    {"defer_check", deferCheckOf, METH_O,
     "defer_check(check, /)\n--\n\nAdds a tuple to what the 'check' hook gets, "
     "in a list, when something waits for a GPU, or many wait: the array that "
     "is looked at, what it is checked for, and perhaps the note of "
     "find_targets(). Reports with nothing in them are left out."},
    {"find_line", findLine, METH_O,
     "find_line(array, /)\n--\n\nThe user's line that recorded the array: "
     "\"file:line\"."},
    {"read_report", readReportOf, METH_O,
     "read_report(array, /)\n--\n\nThe number in an evaluated report; None "
     "while work of another stream may still report. Waits for the current "
     "stream."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
