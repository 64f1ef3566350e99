// Devices as Python names and objects, and copies of arrays between them.
#include "Devices.h"
#include "Checks.h"

#include "Array.h"
#include "Convert.h"
#include "Errors.h"
#include "Module.h"

#include "numloom/Trace/DefaultDevice.h"
#include "numloom/Trace/Transfer.h"

#include <array>

namespace numloom::python {

Device parseDevice(PyObject *object) {
  if (isArray(object))
    return getDevice(object);
  if (PyUnicode_Check(object)) {
    const char *name = PyUnicode_AsUTF8(object);
    if (!name)
      throw PythonError();
    Device device = numloom::parseDevice(name);
    checkDevice(device);
    return device;
  }
  // A numloom.cuda.Device, known by the attribute that it has as CuPy's.
  PyObject *id = PyObject_GetAttrString(object, "id");
  if (!id) {
    PyErr_Clear();
    throwPython(PyExc_ValueError,
                "Device not understood. Only \"cpu\", \"cuda\", \"cuda:<n>\" "
                "and numloom.cuda.Device are allowed, but received: %s",
                Py_TYPE(object)->tp_name);
  }
  PyRef owned = PyRef::steal(id);
  long ordinal = PyLong_AsLong(id);
  if (ordinal == -1 && PyErr_Occurred())
    throw PythonError();
  Device device = Device::cuda(static_cast<int>(ordinal));
  checkDevice(device);
  return device;
}

std::optional<Device> parseOptionalDevice(PyObject *object) {
  if (!object || object == Py_None)
    return std::nullopt;
  return parseDevice(object);
}

PyRef makeDevice(Device device) {
  if (device.isCpu())
    return PyRef::steal(PyUnicode_FromString("cpu"));
  // Never dropped: they may be asked for until the interpreter ends.
  static std::array<PyObject *, kMaxCudaDevices> objects{};
  PyObject *&object = objects[device.getOrdinal()];
  if (!object) {
    PyRef module = PyRef::steal(PyImport_ImportModule("numloom.cuda"));
    object = PyRef::steal(PyObject_CallMethod(module.get(), "Device", "i",
                                              device.getOrdinal()))
                 .release();
  }
  return PyRef::borrow(object);
}

std::optional<Device> Home::findArray() const {
  for (PyObject *operand : operands)
    if (isArray(operand) &&
        (getRank(operand) > 0 || !getNode(operand).isScalar()))
      return getDevice(operand);
  return std::nullopt;
}

Device Home::find() const {
  if (device)
    return *device;
  std::optional<Device> found = findArray();
  return found ? *found : getDefaultDevice();
}

namespace {

PyObject *getDefault(PyObject *, PyObject *) {
  return guard([] { return makeDevice(getDefaultDevice()).release(); });
}

PyObject *setDefault(PyObject *, PyObject *argument) {
  return guard([&] {
    setDefaultDevice(parseDevice(argument));
    Py_RETURN_NONE;
  });
}

/// select_device(device or None): the one selected before, or None.
PyObject *select(PyObject *, PyObject *argument) {
  return guard([&] {
    std::optional<Device> previous =
        selectDevice(parseOptionalDevice(argument));
    return previous ? makeDevice(*previous).release() : Py_NewRef(Py_None);
  });
}

PyObject *toDevice(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&] {
    if (count != 2 || !isArray(arguments[0]))
      throwPython(PyExc_TypeError, "expected an ndarray and a device");
    Device device = parseDevice(arguments[1]);
    NodeRef node = getNodeRef(arguments[0]);
    if (node->getDevice() == device)
      return Py_NewRef(arguments[0]);
    NodeRef copy;
    {
      GilRelease release;
      copy = transfer(node, device);
    }
    if (device.isCpu())
      runDeferredChecks(node->getDevice());
    return wrapNode(std::move(copy));
  });
}

/// read_into(array, out): `out`, a C-contiguous numpy.ndarray of the same shape
/// and dtype, gets the array's elements.
PyObject *readInto(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *array, *out;
    if (!PyArg_ParseTuple(args, "O!O!:read_into", arrayType, &array,
                          &PyArray_Type, &out))
      throw PythonError();
    auto *target = reinterpret_cast<PyArrayObject *>(out);
    NodeRef node = getNodeRef(array);
    if (!PyArray_ISCARRAY(target) ||
        PyArray_NBYTES(target) != node->getNumBytes())
      throwPython(PyExc_ValueError, "the output cannot hold the elements");
    {
      GilRelease release;
      copyToHost(node, PyArray_DATA(target));
    }
    runDeferredChecks(node->getDevice());
    Py_RETURN_NONE;
  });
}

} // namespace

PyMethodDef deviceFunctions[] = {
    {"get_default_device", getDefault, METH_NOARGS,
     "get_default_device()\n--\n\nWhere new arrays lie: 'cpu' or a "
     "numloom.cuda.Device."},
    {"set_default_device", setDefault, METH_O,
     "set_default_device(device, /)\n--\n\nSets where new arrays of all "
     "threads "
     "lie: 'cpu', 'cuda', 'cuda:1' or a numloom.cuda.Device."},
    {"select_device", select, METH_O,
     "select_device(device, /)\n--\n\nSets the calling thread's own default, "
     "or "
     "with None ends it; returns the one before."},
    {"to_device", asCFunction(toDevice), METH_FASTCALL,
     "to_device(a, device, /)\n--\n\nThe array on a device; `a` itself if it "
     "lies there."},
    {"read_into", readInto, METH_VARARGS,
     "read_into(a, out, /)\n--\n\nWrites the elements to a C-contiguous "
     "numpy.ndarray of the same shape and dtype."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
