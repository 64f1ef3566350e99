// Memory for as long as work that is being enqueued needs it.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_STREAMMEMORY_H
#define NUMLOOM_LIB_RUNTIME_CUDA_STREAMMEMORY_H

#include "GraphBuilder.h"

#include "numloom/Runtime/Blas.h"
#include "numloom/Runtime/Cuda/Memory.h"

namespace numloom::cuda {

/// A block of device memory; its next user on the stream runs behind what was
/// enqueued while it was held.
class StreamMemory {
public:
  StreamMemory() = default;
  ~StreamMemory() {
    if (allocation.pointer)
      allocation.release(allocation.owner, allocation.pointer, bytes);
  }
  StreamMemory(const StreamMemory &) = delete;
  StreamMemory &operator=(const StreamMemory &) = delete;

  /// At most once. Throws OutOfMemory, and BlasError within captures: graphs
  /// outlive it.
  char *allocate(size_t size, const Stream &stream) {
    if (GemmCapture::get())
      throw BlasError("this product cannot be part of a CUDA graph");
    allocation = allocateFrom(*getAllocator(), size, stream);
    bytes = size;
    return static_cast<char *>(allocation.pointer);
  }

private:
  Allocation allocation;
  size_t bytes = 0;
};

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_STREAMMEMORY_H
