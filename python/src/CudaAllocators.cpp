// Allocators of CUDA memory: the driver's, those written in Python, and which
// one is in use.
#include "Cuda.h"
#include "CudaMemory.h"

namespace numloom::python {

namespace {

using cuda::MemoryAllocatorPtr;

/// Asks a Python function (size, device_id) for an object whose `ptr` is the
/// memory, which lives as long as the object.
class PythonAllocator : public cuda::MemoryAllocator {
public:
  explicit PythonAllocator(PyObject *function)
      : function(Py_NewRef(function)) {}
  ~PythonAllocator() override { dropReference(function); }

  cuda::Allocation allocate(size_t bytes, const cuda::Stream &stream) override {
    GilState gil;
    PyRef memory = PyRef::steal(
        PyObject_CallFunction(function, "ni", bytes, stream.getOrdinal()));
    PyRef address = PyRef::steal(PyObject_GetAttrString(memory.get(), "ptr"));
    void *pointer = PyLong_AsVoidPtr(address.get());
    if (PyErr_Occurred())
      throw PythonError();
    if (!pointer && bytes)
      throw OutOfMemory(bytes, {}, Device::cuda(stream.getOrdinal()));
    auto release = [](void *owner, void *, size_t) {
      dropReference(static_cast<PyObject *>(owner));
    };
    return {pointer, release, memory.release()};
  }

private:
  PyObject *function;
};

PyObject *makeDeviceAllocator(PyObject *, PyObject *) {
  return guard([] {
    return AllocatorBox::make(std::make_shared<cuda::DeviceAllocator>());
  });
}

PyObject *makeManagedAllocator(PyObject *, PyObject *) {
  return guard([] {
    return AllocatorBox::make(std::make_shared<cuda::ManagedAllocator>());
  });
}

PyObject *makePythonAllocator(PyObject *, PyObject *function) {
  return guard([&] {
    return AllocatorBox::make(std::make_shared<PythonAllocator>(function));
  });
}

MemoryAllocatorPtr parseOptionalAllocator(PyObject *object) {
  return object == Py_None ? nullptr : AllocatorBox::get(object);
}

PyObject *getAllocator(PyObject *, PyObject *) {
  return guard([] { return AllocatorBox::make(cuda::getAllocator()); });
}

PyObject *setAllocator(PyObject *, PyObject *allocator) {
  return guard([&] {
    cuda::setAllocator(parseOptionalAllocator(allocator));
    Py_RETURN_NONE;
  });
}

PyObject *setThreadAllocator(PyObject *, PyObject *allocator) {
  return guard([&] {
    MemoryAllocatorPtr previous =
        cuda::setThreadAllocator(parseOptionalAllocator(allocator));
    return previous ? AllocatorBox::make(std::move(previous))
                    : Py_NewRef(Py_None);
  });
}

/// malloc(ordinal, bytes)
PyObject *allocate(PyObject *self, PyObject *args) {
  return guard([&] {
    int ordinal;
    Py_ssize_t bytes;
    if (!PyArg_ParseTuple(args, "in:malloc", &ordinal, &bytes))
      throw PythonError();
    MemoryAllocatorPtr allocator = AllocatorBox::get(self);
    return allocateMemory(*allocator, ordinal, bytes);
  });
}

PyMethodDef methods[] = {
    {"malloc", allocate, METH_VARARGS,
     "malloc(device, bytes, /)\n--\n\nUninitialised memory."},
    {nullptr, nullptr, 0, nullptr}};

PyMethodDef functions[] = {
    {"device_allocator", makeDeviceAllocator, METH_NOARGS,
     "device_allocator()\n--\n\nAsks the driver each time."},
    {"managed_allocator", makeManagedAllocator, METH_NOARGS,
     "managed_allocator()\n--\n\nMemory that host and devices reach."},
    {"python_allocator", makePythonAllocator, METH_O,
     "python_allocator(function, /)\n--\n\nfunction(size, device_id) returns "
     "an "
     "object with the attribute `ptr`."},
    {"get_allocator", getAllocator, METH_NOARGS,
     "get_allocator()\n--\n\nWhat the calling thread uses."},
    {"set_allocator", setAllocator, METH_O,
     "set_allocator(allocator, /)\n--\n\nFor all threads; None is the default "
     "pool."},
    {"set_thread_allocator", setThreadAllocator, METH_O,
     "set_thread_allocator(allocator, /)\n--\n\nFor the calling thread; None "
     "is "
     "that of all. Returns the one before."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void initCudaAllocators(PyObject *module) {
  checkStatus(PyModule_AddFunctions(module, functions));
  AllocatorBox::initType(module, "numloom._core.cuda.Allocator",
                         {{Py_tp_methods, methods}});
}

} // namespace numloom::python
