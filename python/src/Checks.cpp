// Errors that only a GPU's results tell of: looked for when something waits.
#include "Checks.h"
#include "Array.h"
#include "Errors.h"
#include "Module.h"

#include <algorithm>
#include <span>

namespace numloom::python {

namespace {

/// The list of deferred checks, never destroyed: null or a Python list.
PyRef &getDeferred() {
  static auto *checks = new PyRef;
  return *checks;
}

PyObject *deferCheck(PyObject *, PyObject *check) {
  return guard([&] {
    PyRef &checks = getDeferred();
    if (!checks)
      checks = PyRef::steal(PyList_New(0));
    checkStatus(PyList_Append(checks.get(), check));
    return PyLong_FromSsize_t(PyList_GET_SIZE(checks.get()));
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

void runDeferredChecks(Device device) {
  if (!device.isCuda() || !getDeferred())
    return;
  // Reading what a check looks at waits, too.
  PyRef checks = std::exchange(getDeferred(), PyRef());
  Py_DECREF(callHook("check", {checks.get()}));
}

PyMethodDef checkFunctions[] = {
    {"defer_check", deferCheck, METH_O,
     "defer_check(check, /)\n--\n\nAdds what the 'check' hook gets, in a list, "
     "when something waits for a GPU; returns how many wait now."},
    {"find_range", findRange, METH_O,
     "find_range(array, /)\n--\n\nThe least and the greatest element of a few "
     "integers in the host's memory; else None."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
