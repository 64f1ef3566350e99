// Python objects as nodes and nodes as NumPy arrays.
#include "Convert.h"
#include "Checks.h"

#include "Array.h"
#include "DTypeConvert.h"
#include "Errors.h"
#include "Interchange.h"
#include "Lists.h"
#include "Waits.h"

#include "numloom/Trace/Transfer.h"

#include <algorithm>
#include <array>
#include <vector>

namespace numloom::python {

namespace {

using Extents = std::array<npy_intp, kMaxRank>;

std::span<const int64_t> getShape(PyArrayObject *array) {
  static_assert(sizeof(npy_intp) == sizeof(int64_t));
  return {reinterpret_cast<const int64_t *>(PyArray_DIMS(array)),
          static_cast<size_t>(PyArray_NDIM(array))};
}

NodeRef copyFromNumPy(PyArrayObject *array, DType dtype, Device device) {
  auto copy = [&] {
    return copyFromHost(dtype, getShape(array), PyArray_DATA(array), device);
  };
  if (device.isCpu())
    return copy();
  GilRelease release;
  return copy();
}

/// Called on whatever thread drops the last node on the array's memory.
void releaseNumPy(void *owner, void *, size_t) {
  dropReference(static_cast<PyObject *>(owner));
}

NodeRef shareNumPy(PyArrayObject *array, DType dtype) {
  StorageRef storage =
      StorageRef::external(PyArray_DATA(array), PyArray_NBYTES(array),
                           releaseNumPy, Py_NewRef(array));
  return makeLeaf(dtype, getShape(array), std::move(storage));
}

[[noreturn]] void throwCopyNeeded() {
  throwPython(PyExc_ValueError,
              "Unable to avoid copy while creating an array as requested.\nIf "
              "using `np.array(obj, copy=False)` replace it with "
              "`np.asarray(obj)` to allow a copy when needed (no behavior "
              "change in NumPy 1.x).");
}

/// The bytes of NumPy's array for `object`, C-contiguous and native.
PyRef makePlain(PyObject *object, PyArray_Descr *descr) {
  Py_XINCREF(descr);
  return PyRef::steal(
      PyArray_CheckFromAny(object, descr, 0, 0,
                           NPY_ARRAY_CARRAY_RO | NPY_ARRAY_NOTSWAPPED |
                               NPY_ARRAY_ENSUREARRAY | NPY_ARRAY_FORCECAST,
                           nullptr));
}

NodeRef convertArrayObject(PyObject *array, std::optional<DType> dtype,
                           CopyMode mode) {
  const NodeRef &node = getNodeRef(array);
  if (!dtype || *dtype == node->getDType())
    return node;
  if (mode == CopyMode::Never)
    throwCopyNeeded();
  return recordCast(node, *dtype);
}

/// Keeps the memory of `node` alive for NumPy: as an `Owner`.
template <typename Owner>
PyRef makeCapsule(const NodeRef &node) {
  auto *owner = new Owner(node);
  PyObject *capsule = PyCapsule_New(owner, nullptr, [](PyObject *capsule) {
    delete static_cast<Owner *>(PyCapsule_GetPointer(capsule, nullptr));
  });
  if (!capsule)
    delete owner;
  return PyRef::steal(capsule);
}

/// An array of NumPy on the memory of `node`, which `capsule` keeps alive.
PyRef wrapForNumPy(const Node &node, bool isWritable, PyRef capsule) {
  PyRef descr = getNumPyDType(node.getDType());
  Extents shape, strides;
  std::ranges::copy(node.getShape(), shape.begin());
  std::ranges::transform(
      node.getStrides(), strides.begin(),
      [&](int64_t stride) { return stride * getBytes(node.getDType()); });
  PyRef array = PyRef::steal(PyArray_NewFromDescr(
      &PyArray_Type, reinterpret_cast<PyArray_Descr *>(descr.release()),
      node.getRank(), shape.data(), strides.data(), node.getData(),
      isWritable ? NPY_ARRAY_WRITEABLE : 0, nullptr));
  checkStatus(PyArray_SetBaseObject(
      reinterpret_cast<PyArrayObject *>(array.get()), capsule.release()));
  return array;
}

PyRef copyScalarToNumPy(const Node &node, PyRef descr) {
  PyRef array = PyRef::steal(PyArray_NewFromDescr(
      &PyArray_Type, reinterpret_cast<PyArray_Descr *>(descr.release()), 0,
      nullptr, nullptr, nullptr, 0, nullptr));
  auto *numpyArray = reinterpret_cast<PyArrayObject *>(array.get());
  std::copy_n(node.getScalar().bytes, node.getNumBytes(),
              static_cast<unsigned char *>(PyArray_DATA(numpyArray)));
  PyArray_CLEARFLAGS(numpyArray, NPY_ARRAY_WRITEABLE);
  return array;
}

} // namespace

CopyMode parseCopyMode(PyObject *copy) {
  if (!copy || copy == Py_None)
    return CopyMode::IfNeeded;
  int truth = PyObject_IsTrue(copy);
  checkStatus(truth);
  return truth ? CopyMode::Always : CopyMode::Never;
}

NodeRef convertFromNumPy(PyArrayObject *array, CopyMode mode, Device device) {
  DType dtype = getDType(PyArray_DESCR(array));
  bool isPlain = PyArray_ISCARRAY_RO(array);
  if (mode == CopyMode::Never) {
    if (!isPlain || device.isCuda())
      throwCopyNeeded();
    return shareNumPy(array, dtype);
  }
  if (isPlain)
    return copyFromNumPy(array, dtype, device);
  PyRef plain = makePlain(reinterpret_cast<PyObject *>(array), nullptr);
  return copyFromNumPy(reinterpret_cast<PyArrayObject *>(plain.get()), dtype,
                       device);
}

NodeRef convertFromObject(PyObject *object, std::optional<DType> dtype,
                          CopyMode mode, const Home &home) {
  if (isArray(object))
    return convertArrayObject(object, dtype, mode);
  Device device = home.find();
  PyRef descr = dtype ? getNumPyDType(*dtype) : PyRef();
  auto *wanted = reinterpret_cast<PyArray_Descr *>(descr.get());
  if (mode == CopyMode::Never) {
    if (!PyArray_Check(object))
      throwCopyNeeded();
    auto *array = reinterpret_cast<PyArrayObject *>(object);
    if (dtype && !PyArray_EquivTypes(PyArray_DESCR(array), wanted))
      throwCopyNeeded();
    return convertFromNumPy(array, mode, device);
  }
  if (NodeRef node = convertNumbers(object, dtype, device))
    return node;
  PyRef plain = makePlain(object, wanted);
  auto *array = reinterpret_cast<PyArrayObject *>(plain.get());
  return copyFromNumPy(array, getDType(PyArray_DESCR(array)), device);
}

namespace {

/// The node with its value in the host's memory.
NodeRef fetchToHost(const NodeRef &node) {
  if (node->isScalar() || (node->isEvaluated() && node->getDevice().isCpu()))
    return node;
  NodeRef copy;
  {
    WaitTimer timer;
    GilRelease release;
    copy = transfer(node, Device());
  }
  runDeferredChecks(node->getDevice());
  return copy;
}

} // namespace

PyRef convertToNumPy(const NodeRef &source) {
  NodeRef node = fetchToHost(source);
  if (node->isScalar())
    return copyScalarToNumPy(*node, getNumPyDType(node->getDType()));
  return wrapForNumPy(*node, source->getDevice().isCuda(),
                      makeCapsule<NodeRef>(node));
}

PyRef shareWithNumPy(PyObject *array) {
  ExportedMemory memory = exportMemory(array);
  if (memory.isCopied && memory.node->getNumElements() > 0)
    throwCopyNeeded();
  return wrapForNumPy(*memory.node, memory.isWritable,
                      makeCapsule<SharedNode>(memory.node));
}

std::vector<int64_t> parseIntegers(PyObject *object) {
  auto parseOne = [](PyObject *item) {
    Py_ssize_t value = PyNumber_AsSsize_t(item, PyExc_OverflowError);
    if (value == -1 && PyErr_Occurred())
      throw PythonError();
    return static_cast<int64_t>(value);
  };
  // Arrays have __index__ too, but only the zero-dimensional ones succeed.
  if (!PyTuple_Check(object) && !PyList_Check(object) &&
      PyIndex_Check(object)) {
    if (PyObject *index = PyNumber_Index(object))
      return {parseOne(PyRef::steal(index).get())};
    PyErr_Clear();
  }
  PyRef items = PyRef::steal(
      PySequence_Fast(object, "expected a sequence of integers or a single "
                              "integer"));
  std::vector<int64_t> values(PySequence_Fast_GET_SIZE(items.get()));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = parseOne(PySequence_Fast_GET_ITEM(items.get(), i));
  return values;
}

PyRef makeTuple(std::span<const int64_t> values) {
  PyRef tuple = PyRef::steal(PyTuple_New(values.size()));
  for (size_t i = 0; i < values.size(); ++i)
    PyTuple_SET_ITEM(tuple.get(), i,
                     PyRef::steal(PyLong_FromLongLong(values[i])).release());
  return tuple;
}

} // namespace numloom::python
