// `__cuda_array_interface__`, version 3: out, and the memory of what has it.
#include "Convert.h"
#include "DTypeConvert.h"
#include "Errors.h"
#include "Interchange.h"
#include "SharedMemory.h"

#include "numloom/Runtime/Cuda/Memory.h"
#include "numloom/Trace/DefaultDevice.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace numloom::python {

namespace {

/// Strides in bytes; None where the elements lie row-major.
PyRef makeStrides(const Node &node) {
  if (node.isContiguous())
    return PyRef::borrow(Py_None);
  std::array<int64_t, kMaxRank> strides;
  std::ranges::transform(node.getStrides(), strides.begin(), [&](int64_t n) {
    return n * static_cast<int64_t>(getBytes(node.getDType()));
  });
  return makeTuple({strides.data(), node.getShape().size()});
}

void releaseObject(void *owner, void *, size_t) {
  dropReference(static_cast<PyObject *>(owner));
}

/// Strides of the interface, in bytes, as elements; empty for None.
std::vector<int64_t> convertStrides(PyObject *object, int64_t bytes) {
  if (object == Py_None)
    return {};
  std::vector<int64_t> strides = parseIntegers(object);
  for (int64_t &stride : strides) {
    if (stride % bytes)
      throwPython(PyExc_ValueError,
                  "strides must be multiples of the elements' size");
    stride /= bytes;
  }
  return strides;
}

/// Arrays of no elements have no memory: they go to the default device.
Device findDeviceOf(const void *pointer) {
  if (!pointer)
    return getDefaultDevice();
  std::optional<int> ordinal = cuda::findOrdinalOf(pointer);
  if (!ordinal)
    throwPython(PyExc_ValueError,
                "the pointer of __cuda_array_interface__ is no memory of CUDA");
  return Device::cuda(*ordinal);
}

/// wrap_memory(owner, ptr, shape, strides, dtype, read_only, stream)
PyObject *wrapCudaMemory(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *owner, *shapeObject, *stridesObject, *dtypeObject, *stream;
    unsigned long long pointer;
    int isReadOnly;
    if (!PyArg_ParseTuple(args, "OKOOOpO:wrap_memory", &owner, &pointer,
                          &shapeObject, &stridesObject, &dtypeObject,
                          &isReadOnly, &stream))
      throw PythonError();
    DType dtype = parseDType(dtypeObject);
    int64_t bytes = getBytes(dtype);
    std::vector<int64_t> shape = parseIntegers(shapeObject);
    std::vector<int64_t> strides = convertStrides(stridesObject, bytes);
    auto *first = reinterpret_cast<void *>(pointer);
    Device device = findDeviceOf(first);
    NodeRef leaf = makeForeignLeaf(dtype, shape, std::move(strides), first,
                                   device, releaseObject, Py_NewRef(owner));
    if (stream != Py_None && pointer) {
      long long number = PyLong_AsLongLong(stream);
      if (number == -1 && PyErr_Occurred())
        throw PythonError();
      orderBehindProducer(device, number);
    }
    return wrapMemory(std::move(leaf), !isReadOnly);
  });
}

} // namespace

PyObject *getCudaArrayInterface(PyObject *self, void *) {
  return guard([&] {
    Device device = getNode(self).getDevice();
    DType dtype = getNode(self).getDType();
    if (device.isCpu() || dtype == DType::BFloat16)
      throwPython(PyExc_AttributeError,
                  "only arrays on a GPU, of a dtype of NumPy's, have "
                  "__cuda_array_interface__");
    ExportedMemory memory = exportMemory(self);
    const Node &node = *memory.node;
    // Nobody says when the address is no longer used.
    if (!node.getStorage()->isShared())
      node.getStorage()->addSharer();
    PyRef type =
        PyRef::steal(PyObject_GetAttrString(getNumPyDType(dtype).get(), "str"));
    void *pointer = node.getNumElements() ? node.getData() : nullptr;
    return Py_BuildValue("{s:N,s:O,s:[(sO)],s:(NO),s:N,s:i,s:L}", "shape",
                         makeTuple(node.getShape()).release(), "typestr",
                         type.get(), "descr", "", type.get(), "data",
                         PyLong_FromVoidPtr(pointer),
                         memory.isWritable ? Py_False : Py_True, "strides",
                         makeStrides(node).release(), "version", 3, "stream",
                         getStreamNumber(device));
  });
}

PyMethodDef cudaInterfaceFunctions[] = {
    {"wrap_memory", wrapCudaMemory, METH_VARARGS,
     "wrap_memory(owner, ptr, shape, strides, dtype, read_only, stream, "
     "/)\n--\n\nAn array on a GPU's memory that `owner` keeps alive; strides "
     "in bytes or None. Work on it waits for `stream`."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
