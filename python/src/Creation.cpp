// Functions that make arrays: asarray and empty.
#include "Array.h"
#include "Convert.h"
#include "DTypeConvert.h"
#include "Devices.h"
#include "Errors.h"
#include "Module.h"
#include "SourceLocation.h"

#include "numloom/Trace/Transfer.h"

#include <algorithm>
#include <span>
#include <vector>

namespace numloom::python {

namespace {

NodeRef copyToDevice(const NodeRef &node, Device device, CopyMode mode) {
  if (mode == CopyMode::Never)
    throwPython(PyExc_ValueError,
                "Unable to avoid copy while creating an array as requested.");
  GilRelease release;
  return transfer(node, device);
}

/// An array of NumPy's with its axes in the order of its copies, which is
/// written to `order` if it is not C order.
PyRef sortByStrides(PyObject *object, AxisOrder &order) {
  auto *array = reinterpret_cast<PyArrayObject *>(object);
  if (!PyArray_Check(object) || PyArray_IS_C_CONTIGUOUS(array) ||
      PyArray_SIZE(array) == 0)
    return PyRef::borrow(object);
  static_assert(sizeof(npy_intp) == sizeof(int64_t));
  size_t rank = PyArray_NDIM(array);
  AxisOrder axes = sortAxes(
      {reinterpret_cast<const int64_t *>(PyArray_DIMS(array)), rank},
      {reinterpret_cast<const int64_t *>(PyArray_STRIDES(array)), rank});
  if (isCOrder(axes))
    return PyRef::borrow(object);
  order = std::move(axes);
  PyArray_Dims permutation = {reinterpret_cast<npy_intp *>(order.data()),
                              static_cast<int>(rank)};
  return PyRef::steal(PyArray_Transpose(array, &permutation));
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
    if (isArray(object) && mode != CopyMode::Never &&
        device.value_or(getDevice(object)) == getDevice(object))
      return copyInOrder(object, dtype.value_or(getDType(object)));
    AxisOrder order;
    PyRef sorted = mode == CopyMode::Never ? PyRef::borrow(object)
                                           : sortByStrides(object, order);
    NodeRef node = convertFromObject(sorted.get(), dtype, mode, device);
    if (device && node->getDevice() != *device)
      node = copyToDevice(node, *device, mode);
    return order.size() ? wrapPermuted(std::move(node), order)
                        : wrapNode(std::move(node));
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

/// Whether the elements of a list or tuple are 0-d arrays that join as they
/// are.
bool areScalars(std::span<PyObject *const> elements) {
  return std::ranges::all_of(elements, [&](PyObject *x) {
    return isArray(x) && getRank(x) == 0 &&
           getDType(x) == getDType(elements[0]) &&
           getDevice(x) == getDevice(elements[0]);
  });
}

/// What programs make of the results for each component.
PyObject *stackScalars(PyObject *, PyObject *sequence) {
  return guard([&]() -> PyObject * {
    bool isSequence = PyList_Check(sequence) || PyTuple_Check(sequence);
    Py_ssize_t count = isSequence ? PySequence_Fast_GET_SIZE(sequence) : 0;
    std::span<PyObject *const> elements(
        isSequence ? PySequence_Fast_ITEMS(sequence) : nullptr, count);
    if (count < 2 || !areScalars(elements))
      Py_RETURN_NONE;
    markSourceLocation();
    std::vector<NodeRef> parts;
    const int64_t one = 1, axis = 0;
    for (PyObject *x : elements)
      parts.push_back(makeReshape(getNodeRef(x), {&one, 1}));
    int64_t shape[] = {count};
    return wrapResult(record(OpCode::Concatenate, parts, shape,
                             getDType(elements[0]), {&axis, 1}));
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
    {"stack_scalars", stackScalars, METH_O,
     "stack_scalars(elements, /)\n--\n\nThe 1-D array of two or more "
     "arrays without axes, of one dtype and device, in a list or tuple; else "
     "None."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
