// Copies that only enqueue; Runtime.h has those that wait.
#ifndef NUMLOOM_RUNTIME_CUDA_TRANSFER_H
#define NUMLOOM_RUNTIME_CUDA_TRANSFER_H

#include "numloom/Runtime/Cuda/Stream.h"

#include <cstddef>

namespace numloom::cuda {

/// Enqueues a copy to the stream's device. Page-locked `source` memory must not
/// change before it is done; other memory has been read when this returns.
void enqueueCopyToDevice(const Stream &stream, void *destination,
                         const void *source, size_t bytes);
/// Enqueues a copy from the stream's device. The bytes are there when it is
/// done; at return already unless `destination` is page-locked.
void enqueueCopyToHost(const Stream &stream, void *destination,
                       const void *source, size_t bytes);
/// Enqueues a copy within the stream's device.
void enqueueCopy(const Stream &stream, void *destination, const void *source,
                 size_t bytes);
/// Enqueues setting every byte to `value`.
void enqueueFill(const Stream &stream, void *destination, unsigned char value,
                 size_t bytes);

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_TRANSFER_H
