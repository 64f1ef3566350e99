// `ndarray.__dlpack__`: arrays for other libraries.
#include "Array.h"
#include "DLPackAbi.h"
#include "Errors.h"
#include "Interchange.h"

#include "numloom/Runtime/Cuda/Context.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace numloom::python {

using namespace dlpack;

namespace {

DataType getDataType(DType dtype) {
  auto bits = static_cast<uint8_t>(8 * getBytes(dtype));
  if (dtype == DType::BFloat16)
    return {TypeCode::BFloat, bits, 1};
  switch (getKind(dtype)) {
  case DTypeKind::Bool:
    return {TypeCode::Bool, bits, 1};
  case DTypeKind::Signed:
    return {TypeCode::Int, bits, 1};
  case DTypeKind::Unsigned:
    return {TypeCode::UInt, bits, 1};
  case DTypeKind::Float:
    return {TypeCode::Float, bits, 1};
  case DTypeKind::Complex:
    return {TypeCode::Complex, bits, 1};
  }
  __builtin_unreachable();
}

DeviceInfo getDeviceInfo(Device device) {
  if (device.isCpu())
    return {DeviceType::Cpu, 0};
  return {DeviceType::Cuda, device.getOrdinal()};
}

/// A tensor for a consumer, with what it points to.
template <typename Managed>
struct Export {
  Managed managed{};
  std::array<int64_t, kMaxRank> shape, strides;
  /// Consumers let go of the node wherever they like.
  UnlockedSection section;
  SharedNode node;

  explicit Export(NodeRef exported) : node(std::move(exported)) {
    std::ranges::copy(node->getShape(), shape.begin());
    std::ranges::copy(node->getStrides(), strides.begin());
    managed.owner = this;
    managed.deleter = [](Managed *self) {
      delete static_cast<Export *>(self->owner);
    };
    managed.tensor = {.data = node->getData(),
                      .device = getDeviceInfo(node->getDevice()),
                      .rank = node->getRank(),
                      .dtype = getDataType(node->getDType()),
                      .shape = shape.data(),
                      .strides = strides.data(),
                      .byteOffset = 0};
  }
};

/// Drops what no consumer took over.
template <typename Managed>
void destroyCapsule(PyObject *capsule) {
  if (!PyCapsule_IsValid(capsule, kCapsuleName<Managed>))
    return;
  auto *managed = static_cast<Managed *>(
      PyCapsule_GetPointer(capsule, kCapsuleName<Managed>));
  managed->deleter(managed);
}

template <typename Managed>
PyObject *makeCapsule(std::unique_ptr<Export<Managed>> owner) {
  PyObject *capsule =
      PyRef::steal(PyCapsule_New(&owner->managed, kCapsuleName<Managed>,
                                 destroyCapsule<Managed>))
          .release();
  owner.release();
  return capsule;
}

/// The arguments of `__dlpack__`.
struct Request {
  PyObject *stream = Py_None, *version = Py_None, *device = Py_None,
           *copy = Py_None;

  Request(PyObject *args, PyObject *kwargs) {
    static const char *names[] = {"stream", "max_version", "dl_device", "copy",
                                  nullptr};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OOOO:__dlpack__",
                                     const_cast<char **>(names), &stream,
                                     &version, &device, &copy))
      throw PythonError();
  }

  bool wantsVersioned() const {
    if (version == Py_None)
      return false;
    int major, minor;
    parsePair(version, "max_version", major, minor);
    return major >= static_cast<int>(kVersion.major);
  }

  /// Where the consumer wants the elements; BufferError for devices of others.
  Device getDevice(Device own) const {
    if (device == Py_None)
      return own;
    int type, id;
    parsePair(device, "dl_device", type, id);
    if (type == static_cast<int>(DeviceType::Cpu) && id == 0)
      return Device();
    if (type == static_cast<int>(DeviceType::Cuda) && isCudaDevice(id))
      return Device::cuda(id);
    throwPython(PyExc_BufferError, "unsupported device requested: (%d, %d)",
                type, id);
  }

  /// Whether to copy; nothing: if need be.
  std::optional<bool> getCopy() const {
    if (copy == Py_None)
      return std::nullopt;
    int truth = PyObject_IsTrue(copy);
    checkStatus(truth);
    return truth != 0;
  }

  /// Makes the consumer's stream wait for what computes the elements.
  void synchronize(Device target) const {
    if (target.isCpu()) {
      if (stream != Py_None)
        throwPython(PyExc_ValueError, "on the CPU the stream must be None");
      return;
    }
    long long number = kLegacyStream;
    if (stream != Py_None) {
      number = PyLong_AsLongLong(stream);
      if (number == -1 && PyErr_Occurred())
        throw PythonError();
    }
    orderConsumer(target, number);
  }

private:
  static bool isCudaDevice(int id) {
    return id >= 0 && cuda::isAvailable() && id < cuda::getDeviceCount();
  }

  static void parsePair(PyObject *pair, const char *name, int &first,
                        int &second) {
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2)
      throwPython(PyExc_TypeError, "%s must be a tuple of two integers or None",
                  name);
    if (!PyArg_ParseTuple(pair, "ii", &first, &second))
      throw PythonError();
  }
};

template <typename Managed>
PyObject *exportAs(ExportedMemory memory) {
  auto owner = std::make_unique<Export<Managed>>(std::move(memory.node));
  if constexpr (isVersioned<Managed>) {
    owner->managed.version = kVersion;
    owner->managed.flags =
        (memory.isWritable ? 0 : kReadOnly) | (memory.isCopied ? kCopied : 0);
  } else if (!memory.isWritable) {
    throwPython(PyExc_BufferError,
                "a read-only array can be exported only to consumers that know "
                "DLPack 1.0 (max_version)");
  }
  return makeCapsule(std::move(owner));
}

} // namespace

PyObject *exportDLPack(PyObject *self, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    Request request(args, kwargs);
    bool versioned = request.wantsVersioned();
    Device own = getNode(self).getDevice();
    Device target = request.getDevice(own);
    std::optional<bool> copy = request.getCopy();
    if (copy == false && target != own)
      throwPython(PyExc_BufferError,
                  "the elements cannot get to another device without a copy");
    bool mustCopy = copy.value_or(false) || target != own;
    ExportedMemory memory =
        mustCopy ? exportCopy(self, target) : exportMemory(self);
    request.synchronize(target);
    return versioned ? exportAs<VersionedTensor>(std::move(memory))
                     : exportAs<ManagedTensor>(std::move(memory));
  });
}

PyObject *getDLPackDevice(PyObject *self, PyObject *) {
  DeviceInfo info = getDeviceInfo(getNode(self).getDevice());
  return Py_BuildValue("ii", static_cast<int>(info.type), info.id);
}

} // namespace numloom::python
