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
    return wrapNode(
        recordConstant(0, shape, dtype, device ? *device : getDefaultDevice()));
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

/// The arguments of `join`.
struct Join {
  std::span<PyObject *const> arrays;
  bool isStack; ///< along a new axis
  int64_t rank; ///< the result's
  int64_t axis;

  /// False where the rules need a look: other dtypes, shapes, orders, devices.
  bool parse(PyObject *const *arguments);
  /// The extents of an array, with a one for the new axis.
  std::vector<int64_t> getExtents(PyObject *array) const {
    std::span<const int64_t> own = getShape(array);
    std::vector<int64_t> extents(own.begin(), own.end());
    if (isStack)
      extents.insert(extents.begin() + axis, 1);
    return extents;
  }
  PyObject *run() const;

private:
  bool isAlike(PyObject *array) const;
};

bool Join::parse(PyObject *const *arguments) {
  if (!(PyList_Check(arguments[0]) || PyTuple_Check(arguments[0])) ||
      !PyLong_CheckExact(arguments[1]) || !PyBool_Check(arguments[2]))
    return false;
  arrays = {PySequence_Fast_ITEMS(arguments[0]),
            static_cast<size_t>(PySequence_Fast_GET_SIZE(arguments[0]))};
  if (arrays.size() < 2 || !std::ranges::all_of(arrays, isArray) ||
      !std::ranges::all_of(arrays, keepsCOrder))
    return false;
  isStack = arguments[2] == Py_True;
  rank = getRank(arrays[0]) + isStack;
  int overflow = 0;
  axis = PyLong_AsLongLongAndOverflow(arguments[1], &overflow);
  if (overflow || axis < -rank || axis >= rank || rank > int64_t(kMaxRank))
    return false;
  axis += axis < 0 ? rank : 0;
  return std::ranges::all_of(arrays.subspan(1),
                             [&](PyObject *x) { return isAlike(x); });
}

bool Join::isAlike(PyObject *array) const {
  PyObject *first = arrays[0];
  std::span<const int64_t> a = getShape(first), b = getShape(array);
  if (getDType(array) != getDType(first) ||
      getDevice(array) != getDevice(first) || a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && (isStack || int64_t(i) != axis))
      return false;
  return true;
}

PyObject *Join::run() const {
  std::vector<int64_t> shape = getExtents(arrays[0]);
  shape[axis] = 0;
  std::vector<NodeRef> parts;
  for (PyObject *array : arrays) {
    std::vector<int64_t> extents = getExtents(array);
    shape[axis] += extents[axis];
    parts.push_back(isStack ? makeReshape(getNodeRef(array), extents)
                            : getNodeRef(array));
  }
  return wrapResult(record(OpCode::Concatenate, parts, shape,
                           getDType(arrays[0]), {&axis, 1}));
}

PyObject *join(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&]() -> PyObject * {
    Join join;
    if (count != 3 || !join.parse(arguments))
      Py_RETURN_NONE;
    markSourceLocation();
    return join.run();
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
    {"join", asCFunction(join), METH_FASTCALL,
     "join(arrays, axis, is_stack, /)\n--\n\nTwo or more arrays of one dtype, "
     "device and shape, but for the axis, joined along it or stacked along a "
     "new one; None for others, and for what does not lie in C order."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
