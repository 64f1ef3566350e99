// Arrays of other libraries by DLPack.
#include "DLPackAbi.h"
#include "Errors.h"
#include "Interchange.h"
#include "SharedMemory.h"

#include "numloom/Trace/DefaultDevice.h"

#include <optional>
#include <vector>

namespace numloom::python {

using namespace dlpack;

namespace {

std::optional<DTypeKind> getKindOf(TypeCode code) {
  switch (code) {
  case TypeCode::Bool:
    return DTypeKind::Bool;
  case TypeCode::Int:
    return DTypeKind::Signed;
  case TypeCode::UInt:
    return DTypeKind::Unsigned;
  case TypeCode::Float:
  case TypeCode::BFloat:
    return DTypeKind::Float;
  case TypeCode::Complex:
    return DTypeKind::Complex;
  }
  return std::nullopt;
}

DType convertDType(const DataType &type) {
  std::optional<DTypeKind> kind = getKindOf(type.code);
  bool isBFloat = type.code == TypeCode::BFloat;
  for (size_t i = 0; i < kNumDTypes && type.lanes == 1; ++i) {
    auto dtype = static_cast<DType>(i);
    if (getKind(dtype) == kind && 8 * getBytes(dtype) == type.bits &&
        isBFloat == (dtype == DType::BFloat16))
      return dtype;
  }
  throwPython(PyExc_BufferError,
              "numloom has no dtype for DLPack's (code %d, %d bits, %d lanes)",
              static_cast<int>(type.code), type.bits, type.lanes);
}

Device convertDevice(const DeviceInfo &info) {
  switch (info.type) {
  case DeviceType::Cpu:
  case DeviceType::CudaHost:
    return Device();
  case DeviceType::Cuda:
  case DeviceType::CudaManaged: {
    Device device = Device::cuda(info.id);
    checkDevice(device);
    return device;
  }
  }
  throwPython(PyExc_BufferError, "numloom has no device of DLPack's type %d",
              static_cast<int>(info.type));
}

std::span<const int64_t> getShape(const Tensor &tensor) {
  if (tensor.rank < 0 || tensor.rank > kMaxRank)
    throwPython(PyExc_BufferError,
                "maximum supported dimension for an ndarray is currently %d, "
                "found %d",
                kMaxRank, tensor.rank);
  return {tensor.shape, static_cast<size_t>(tensor.rank)};
}

/// Called on whatever thread drops the last node on the memory.
template <typename Managed>
void releaseTensor(void *owner, void *, size_t) {
  auto *managed = static_cast<Managed *>(owner);
  if (managed->deleter)
    managed->deleter(managed);
}

template <typename Managed>
Managed *getManaged(PyObject *capsule) {
  return static_cast<Managed *>(
      PyCapsule_GetPointer(capsule, kCapsuleName<Managed>));
}

/// Takes the tensor out of the capsule. All that may fail comes before.
template <typename Managed>
NodeRef takeTensor(PyObject *capsule) {
  Managed *managed = getManaged<Managed>(capsule);
  const Tensor &tensor = managed->tensor;
  DType dtype = convertDType(tensor.dtype);
  Device device = convertDevice(tensor.device);
  std::span<const int64_t> shape = getShape(tensor);
  std::vector<int64_t> strides;
  if (tensor.strides)
    strides.assign(tensor.strides, tensor.strides + tensor.rank);
  char *first = static_cast<char *>(tensor.data) + tensor.byteOffset;
  checkStatus(PyCapsule_SetName(capsule, kUsedCapsuleName<Managed>));
  return makeForeignLeaf(dtype, shape, std::move(strides), first, device,
                         releaseTensor<Managed>, managed);
}

uint64_t getFlags(PyObject *capsule) {
  auto *managed = getManaged<VersionedTensor>(capsule);
  if (managed->version.major > kVersion.major)
    throwPython(PyExc_BufferError,
                "DLPack version %u.%u of the tensor is newer than %u.%u",
                managed->version.major, managed->version.minor, kVersion.major,
                kVersion.minor);
  return managed->flags;
}

/// from_capsule(capsule, copy): an array on the capsule's tensor, or on a copy
/// of it that the producer or this function makes.
PyObject *fromCapsule(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *capsule;
    int mustCopy;
    if (!PyArg_ParseTuple(args, "Op:from_capsule", &capsule, &mustCopy))
      throw PythonError();
    NodeRef node;
    uint64_t flags = 0;
    if (PyCapsule_IsValid(capsule, kCapsuleName<VersionedTensor>)) {
      flags = getFlags(capsule);
      node = takeTensor<VersionedTensor>(capsule);
    } else if (PyCapsule_IsValid(capsule, kCapsuleName<ManagedTensor>)) {
      node = takeTensor<ManagedTensor>(capsule);
    } else {
      throwPython(PyExc_ValueError, "expected an unused DLPack capsule, not %s",
                  Py_TYPE(capsule)->tp_name);
    }
    if (mustCopy && !(flags & kCopied))
      return wrapNode(copyElements(node));
    return wrapMemory(std::move(node), !(flags & kReadOnly));
  });
}

PyObject *getCurrentStreamNumber(PyObject *, PyObject *ordinal) {
  return guard([&] {
    long value = PyLong_AsLong(ordinal);
    if (value == -1 && PyErr_Occurred())
      throw PythonError();
    Device device = Device::cuda(static_cast<int>(value));
    checkDevice(device);
    return PyLong_FromLongLong(getStreamNumber(device));
  });
}

} // namespace

PyMethodDef dlpackFunctions[] = {
    {"from_capsule", fromCapsule, METH_VARARGS,
     "from_capsule(capsule, copy, /)\n--\n\nAn array on the memory of a DLPack "
     "capsule, which it uses up, or on a copy."},
    {"stream_number", getCurrentStreamNumber, METH_O,
     "stream_number(ordinal, /)\n--\n\nThe current stream of a GPU as DLPack "
     "names it."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
