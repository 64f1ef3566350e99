// Memory of CUDA in Python objects.
#ifndef NUMLOOM_PYTHON_CUDAMEMORY_H
#define NUMLOOM_PYTHON_CUDAMEMORY_H

#include "Box.h"

#include "numloom/Runtime/Cuda/Memory.h"

namespace numloom::python {

/// Memory that is released with its last user.
class OwnedMemory {
public:
  /// Made before the memory is: nothing is lost where that fails.
  OwnedMemory(size_t bytes, int ordinal) : bytes(bytes), ordinal(ordinal) {}
  ~OwnedMemory() {
    if (memory.release)
      memory.release(memory.owner, memory.pointer, bytes);
  }
  OwnedMemory(const OwnedMemory &) = delete;
  OwnedMemory &operator=(const OwnedMemory &) = delete;

  void take(const cuda::Allocation &allocation) { memory = allocation; }
  void *getPointer() const { return memory.pointer; }
  size_t getBytes() const { return bytes; }
  /// Of host memory the device that is current when it is made.
  int getOrdinal() const { return ordinal; }

private:
  cuda::Allocation memory;
  size_t bytes;
  int ordinal;
};

using MemoryBox = Box<std::shared_ptr<OwnedMemory>>;
using AllocatorBox = Box<cuda::MemoryAllocatorPtr>;

/// Memory from `allocator` for the thread's current stream; a new reference.
PyObject *allocateMemory(cuda::MemoryAllocator &allocator, int ordinal,
                         size_t bytes);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_CUDAMEMORY_H
