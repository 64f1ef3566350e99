// What is enqueued on a device's memory; Runtime.h has the copies to and from
// it.
#ifndef NUMLOOM_RUNTIME_CUDA_TRANSFER_H
#define NUMLOOM_RUNTIME_CUDA_TRANSFER_H

#include "numloom/Runtime/Cuda/Stream.h"

#include <cstddef>

namespace numloom::cuda {

/// Enqueues a copy within the stream's device.
void enqueueCopy(const Stream &stream, void *destination, const void *source,
                 size_t bytes);
/// Enqueues setting every byte to `value`.
void enqueueFill(const Stream &stream, void *destination, unsigned char value,
                 size_t bytes);

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_TRANSFER_H
