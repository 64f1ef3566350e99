// Devices: what they are and their primary contexts.
#ifndef NUMLOOM_RUNTIME_CUDA_CONTEXT_H
#define NUMLOOM_RUNTIME_CUDA_CONTEXT_H

#include "numloom/Runtime/Cuda/Driver.h"

#include <string>
#include <utility>

namespace numloom::cuda {

/// Whether a driver and at least one device can be used. Initialises the
/// driver, creates no context; never throws.
bool isAvailable() noexcept;
/// The number of devices that this process sees, at most kMaxCudaDevices.
/// Throws CudaError when there is no driver; without devices it returns 0.
int getDeviceCount();
/// As Driver::version.
int getDriverVersion();

/// Facts about a device; none of these creates a context. They throw CudaError
/// when there is no such device.
DeviceHandle getDeviceHandle(int ordinal);
int getAttribute(int ordinal, DeviceAttribute attribute);
/// Major and minor.
std::pair<int, int> getComputeCapability(int ordinal);
std::string getDeviceName(int ordinal);
/// Such as "0000:04:00.0".
std::string getPciBusId(int ordinal);
/// The ordinal of the device at `busId`.
int getDeviceByPciBusId(const std::string &busId);
size_t getTotalMemory(int ordinal);
bool canAccessPeer(int ordinal, int peer);

/// Free and total bytes of the device's memory.
std::pair<size_t, size_t> getMemoryInfo(int ordinal);
/// Waits for all work on the device; as interruptible as Stream::synchronize.
void synchronize(int ordinal);
/// Lets kernels and copies on `ordinal` reach the memory of `peer` directly,
/// where the hardware can. Returns whether it can.
bool enablePeerAccess(int ordinal, int peer);
/// The lowest and the highest priority of streams: numerically from 0 down.
std::pair<int, int> getStreamPriorityRange(int ordinal);

/// The device's primary context, retained at first use and never released.
ContextHandle getContext(int ordinal);
/// Whether a kernel fault or the like has made the device's context unusable.
bool isContextLost(int ordinal) noexcept;

/// Makes the device's context current for the calling thread, then what was
/// current before: other libraries in the process keep theirs. The context
/// stays current if there was none.
class ContextScope {
public:
  /// Throws CudaError when the device cannot be used, in particular after its
  /// context was lost.
  explicit ContextScope(int ordinal);
  ~ContextScope();
  ContextScope(const ContextScope &) = delete;
  ContextScope &operator=(const ContextScope &) = delete;

  const Driver *operator->() const { return &driver; }

private:
  const Driver &driver;
  /// Null when nothing is to be restored.
  ContextHandle previous = nullptr;
};

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_CONTEXT_H
