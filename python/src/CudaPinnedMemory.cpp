// Page-locked host memory, which NumPy sees through the buffer protocol.
#include "Cuda.h"
#include "CudaMemory.h"

#include "numloom/Runtime/Cuda/PinnedMemory.h"

namespace numloom::python {

namespace {

using cuda::PinnedMemoryPool;

/// An address in a block, which it keeps alive.
struct PinnedPointer {
  std::shared_ptr<OwnedMemory> memory;
  size_t offset = 0;

  char *get() const {
    return static_cast<char *>(memory->getPointer()) + offset;
  }
  size_t getBytes() const { return memory->getBytes() - offset; }
};
using PinnedBox = Box<PinnedPointer>;

PyObject *getPointer(PyObject *self, void *) {
  return PyLong_FromVoidPtr(PinnedBox::get(self).get());
}

PyObject *toInt(PyObject *self) { return getPointer(self, nullptr); }

PyObject *getSize(PyObject *self, PyObject *) {
  return PyLong_FromSize_t(PinnedBox::get(self).getBytes());
}

PyObject *add(PyObject *self, PyObject *offset) {
  if (Py_TYPE(self) != PinnedBox::type || !PyLong_Check(offset))
    Py_RETURN_NOTIMPLEMENTED;
  return guard([&] {
    PinnedPointer pointer = PinnedBox::get(self);
    long long bytes = parseInteger(offset);
    long long moved = static_cast<long long>(pointer.offset) + bytes;
    if (moved < 0 || moved > static_cast<long long>(pointer.memory->getBytes()))
      throwPython(PyExc_ValueError, "the address lies outside the memory");
    pointer.offset = static_cast<size_t>(moved);
    return PinnedBox::make(std::move(pointer));
  });
}

int getBuffer(PyObject *self, Py_buffer *view, int flags) {
  const PinnedPointer &pointer = PinnedBox::get(self);
  return PyBuffer_FillInfo(view, self, pointer.get(), pointer.getBytes(),
                           /*readonly=*/0, flags);
}

PyObject *allocate(PyObject *, PyObject *argument) {
  return guard([&] {
    Py_ssize_t bytes = PyNumber_AsSsize_t(argument, PyExc_OverflowError);
    if (bytes == -1 && PyErr_Occurred())
      throw PythonError();
    if (bytes < 0)
      throwPython(PyExc_ValueError, "negative size");
    PinnedPointer pointer;
    pointer.memory = std::make_shared<OwnedMemory>(bytes, -1);
    {
      GilRelease release;
      pointer.memory->take(PinnedMemoryPool::get().allocate(bytes));
    }
    return PinnedBox::make(std::move(pointer));
  });
}

PyObject *freeAllBlocks(PyObject *, PyObject *) {
  return guard([] {
    {
      GilRelease release;
      PinnedMemoryPool::get().freeAllBlocks();
    }
    Py_RETURN_NONE;
  });
}

PyObject *countFreeBlocks(PyObject *, PyObject *) {
  return guard([] {
    return PyLong_FromSize_t(PinnedMemoryPool::get().countFreeBlocks());
  });
}

PyGetSetDef attributes[] = {
    {"ptr", getPointer, nullptr, "The address, an int.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyMethodDef methods[] = {
    {"size", getSize, METH_NOARGS,
     "size()\n--\n\nBytes from the address to the end of the memory."},
    {nullptr, nullptr, 0, nullptr}};

constexpr const char kDoc[] = "An address in page-locked host memory, which it "
                              "keeps alive; the bytes from "
                              "there on are its buffer.";

PyMethodDef functions[] = {
    {"alloc_pinned", allocate, METH_O,
     "alloc_pinned(bytes, /)\n--\n\nPage-locked memory with the buffer "
     "protocol."},
    {"free_pinned_blocks", freeAllBlocks, METH_NOARGS,
     "free_pinned_blocks()\n--\n\nGives cached blocks back."},
    {"count_pinned_blocks", countFreeBlocks, METH_NOARGS,
     "count_pinned_blocks()\n--\n\nBlocks that are cached."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace

void initCudaPinnedMemory(PyObject *module) {
  checkStatus(PyModule_AddFunctions(module, functions));
  PinnedBox::initType(module, "numloom.cuda.PinnedMemoryPointer",
                      {{Py_tp_doc, const_cast<char *>(kDoc)},
                       {Py_tp_getset, attributes},
                       {Py_tp_methods, methods},
                       slot(Py_nb_int, toInt),
                       slot(Py_nb_add, add),
                       slot(Py_bf_getbuffer, getBuffer)});
}

} // namespace numloom::python
