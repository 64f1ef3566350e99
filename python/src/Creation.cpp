// Functions that make arrays: asarray and empty.
#include "Array.h"
#include "Convert.h"
#include "DTypeConvert.h"
#include "Devices.h"
#include "Errors.h"
#include "Module.h"
#include "SourceLocation.h"

#include "numloom/Trace/Transfer.h"

namespace numloom::python {

namespace {

NodeRef copyToDevice(const NodeRef &node, Device device, CopyMode mode) {
  if (mode == CopyMode::Never)
    throwPython(PyExc_ValueError,
                "Unable to avoid copy while creating an array as requested.");
  GilRelease release;
  return transfer(node, device);
}

PyObject *asarray(PyObject *, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    static const char *names[] = {"obj", "dtype", "copy", "device", nullptr};
    PyObject *object, *dtypeObject = nullptr, *copy = nullptr,
                      *deviceObject = nullptr;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OOO:asarray",
                                     const_cast<char **>(names), &object,
                                     &dtypeObject, &copy, &deviceObject))
      throw PythonError();
    std::optional<DType> dtype = parseOptionalDType(dtypeObject);
    CopyMode mode = parseCopyMode(copy);
    std::optional<Device> device = parseOptionalDevice(deviceObject);
    // Nodes do not tell: a view may have another one each time.
    if (isArray(object) && mode != CopyMode::Always &&
        dtype.value_or(getDType(object)) == getDType(object) &&
        device.value_or(getDevice(object)) == getDevice(object))
      return Py_NewRef(object);
    markSourceLocation();
    NodeRef node = convertFromObject(object, dtype, mode, device);
    if (device && node->getDevice() != *device)
      node = copyToDevice(node, *device, mode);
    return wrapNode(std::move(node));
  });
}

/// Zeros that cost nothing: what is called empty is mostly overwritten.
PyObject *empty(PyObject *, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    static const char *names[] = {"shape", "dtype", "device", nullptr};
    PyObject *shapeObject, *dtypeObject = nullptr, *deviceObject = nullptr;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|OO:empty",
                                     const_cast<char **>(names), &shapeObject,
                                     &dtypeObject, &deviceObject))
      throw PythonError();
    std::vector<int64_t> shape = parseIntegers(shapeObject);
    for (int64_t extent : shape)
      if (extent < 0)
        throwPython(PyExc_ValueError, "negative dimensions are not allowed");
    if (shape.size() > kMaxRank)
      throwPython(PyExc_ValueError,
                  "maximum supported dimension for an ndarray is currently %d, "
                  "found %zu",
                  kMaxRank, shape.size());
    DType dtype = parseOptionalDType(dtypeObject).value_or(DType::Float64);
    std::optional<Device> device = parseOptionalDevice(deviceObject);
    markSourceLocation();
    const int64_t zero = 0;
    return wrapNode(recordCreation(OpCode::Constant, shape, dtype, {&zero, 1},
                                   device ? *device : getDefaultDevice()));
  });
}

} // namespace

PyMethodDef creationFunctions[] = {
    {"asarray", asCFunction(asarray), METH_VARARGS | METH_KEYWORDS,
     "asarray(obj, dtype=None, copy=None, device=None)\n--\n\nAn array of "
     "numbers, sequences, buffers or arrays. NumPy's arrays are copied unless "
     "copy is False; their memory must then not change."},
    {"empty", asCFunction(empty), METH_VARARGS | METH_KEYWORDS,
     "empty(shape, dtype=None, device=None)\n--\n\nAn array to be "
     "overwritten, of float64 by default; of zeros until then."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
