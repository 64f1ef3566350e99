// What evaluation needs of CUDA: memory, copies, running plans.
#ifndef NUMLOOM_RUNTIME_CUDA_RUNTIME_H
#define NUMLOOM_RUNTIME_CUDA_RUNTIME_H

#include "numloom/Runtime/Executor.h"

#include <cstddef>

namespace numloom::cuda {

/// Device memory and who takes it back.
struct Allocation {
  void *pointer = nullptr;
  /// Called once with the owner, the pointer and the size asked for.
  void (*release)(void *owner, void *pointer, size_t bytes) = nullptr;
  void *owner = nullptr;
};

/// Uninitialised memory of the device from the thread's current allocator, for
/// use on the thread's current stream. Never null, whatever the size. Throws
/// OutOfMemory and CudaError.
Allocation allocate(int ordinal, size_t bytes);

/// The bytes that must be readable where an input taken by value lies.
inline constexpr size_t kValueBytes = 16;

/// Enqueues the steps of `plan` on the thread's current stream of the device.
/// Inputs and outputs are device pointers; those that the plan takes by value
/// are host pointers to kValueBytes. Throws OutOfMemory, CudaError and
/// BlasError.
void execute(int ordinal, const Plan &plan, const Execution &execution);

/// Host to device on the current stream; returns when `source` may change.
void copyToDevice(int ordinal, void *destination, const void *source,
                  size_t bytes);
/// Device to host on the current stream; returns when the bytes are there.
void copyToHost(int ordinal, void *destination, const void *source,
                size_t bytes);
/// Device to device, ordered behind the work enqueued on the source's current
/// stream and before what follows on the destination's.
void copyBetweenDevices(int toOrdinal, void *destination, int fromOrdinal,
                        const void *source, size_t bytes);

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_RUNTIME_H
