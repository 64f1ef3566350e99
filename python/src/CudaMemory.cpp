// Blocks of CUDA memory, copies and fills.
#include "CudaMemory.h"

#include "Array.h"
#include "Cuda.h"

#include "numloom/Runtime/Cuda/Transfer.h"
#include "numloom/Trace/Transfer.h"

namespace numloom::python {

PyObject *allocateMemory(cuda::MemoryAllocator &allocator, int ordinal,
                         size_t bytes) {
  auto memory = std::make_shared<OwnedMemory>(bytes, ordinal);
  {
    GilRelease release;
    memory->take(cuda::allocateFrom(allocator, bytes,
                                    *cuda::Stream::getCurrent(ordinal)));
  }
  return MemoryBox::make(std::move(memory));
}

namespace {

const OwnedMemory &getMemory(PyObject *self) { return *MemoryBox::get(self); }

PyObject *getPointer(PyObject *self, void *) {
  return PyLong_FromVoidPtr(getMemory(self).getPointer());
}
PyObject *getSize(PyObject *self, void *) {
  return PyLong_FromSize_t(getMemory(self).getBytes());
}
PyObject *getOrdinal(PyObject *self, void *) {
  return PyLong_FromLong(getMemory(self).getOrdinal());
}

PyGetSetDef attributes[] = {
    {"ptr", getPointer, nullptr, "The address.", nullptr},
    {"size", getSize, nullptr, "Bytes.", nullptr},
    {"device_id", getOrdinal, nullptr, "The device.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

Device makeDeviceOf(int ordinal) {
  return ordinal < 0 ? Device() : Device::cuda(ordinal);
}

/// copy(to_device, to, from_device, from, bytes): device -1 is the host.
PyObject *copy(PyObject *, PyObject *args) {
  return guard([&] {
    int toOrdinal, fromOrdinal;
    unsigned long long to, from;
    Py_ssize_t bytes;
    if (!PyArg_ParseTuple(args, "iKiKn:copy", &toOrdinal, &to, &fromOrdinal,
                          &from, &bytes))
      throw PythonError();
    for (int ordinal : {toOrdinal, fromOrdinal})
      if (ordinal >= 0)
        submitPending(Device::cuda(ordinal));
    {
      GilRelease release;
      copyBytes(makeDeviceOf(toOrdinal), reinterpret_cast<void *>(to),
                makeDeviceOf(fromOrdinal), reinterpret_cast<void *>(from),
                bytes);
    }
    Py_RETURN_NONE;
  });
}

/// fill(ordinal, pointer, byte, bytes), on the current stream.
PyObject *fill(PyObject *, PyObject *args) {
  return guard([&] {
    int ordinal;
    unsigned long long pointer;
    unsigned char value;
    Py_ssize_t bytes;
    if (!PyArg_ParseTuple(args, "iKbn:fill", &ordinal, &pointer, &value,
                          &bytes))
      throw PythonError();
    submitPending(Device::cuda(ordinal));
    callDriver([&] {
      cuda::enqueueFill(*cuda::Stream::getCurrent(ordinal),
                        reinterpret_cast<void *>(pointer), value, bytes);
    });
    Py_RETURN_NONE;
  });
}

PyMethodDef functions[] = {
    {"copy", copy, METH_VARARGS,
     "copy(to_device, to, from_device, from, bytes, /)\n--\n\nCopies between "
     "addresses; device -1 is the host."},
    {"fill", fill, METH_VARARGS,
     "fill(device, ptr, byte, bytes, /)\n--\n\nSets bytes."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void initCudaMemory(PyObject *module) {
  checkStatus(PyModule_AddFunctions(module, functions));
  MemoryBox::initType(module, "numloom._core.cuda.Memory",
                      {{Py_tp_getset, attributes}});
}

} // namespace numloom::python
