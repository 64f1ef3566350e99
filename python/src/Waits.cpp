// Who made the program wait: reads of values that were not yet computed.
#include "Waits.h"

#include "Module.h"

namespace numloom::python {

PyObject *waitObserver = nullptr;

void WaitTimer::report(double seconds) noexcept {
  // The read may have failed: its error stays the one that is raised.
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  PyObject *observer = Py_NewRef(waitObserver);
  PyObject *result = PyObject_CallFunction(observer, "d", seconds);
  if (!result)
    PyErr_WriteUnraisable(observer);
  Py_XDECREF(result);
  Py_DECREF(observer);
  PyErr_Restore(type, value, traceback);
}

namespace {

PyObject *setWaitObserver(PyObject *, PyObject *function) {
  PyObject *previous = waitObserver ? waitObserver : Py_NewRef(Py_None);
  waitObserver = function == Py_None ? nullptr : Py_NewRef(function);
  return previous;
}

} // namespace

PyMethodDef waitFunctions[] = {
    {"set_wait_observer", setWaitObserver, METH_O,
     "set_wait_observer(function, /)\n--\n\nHas `function(seconds)` called "
     "after each read of a value that had to be computed or copied from a GPU "
     "first; None: no more. Returns the function before."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
