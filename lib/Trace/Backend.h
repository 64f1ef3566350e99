// What recording and evaluation ask of the devices.
#ifndef NUMLOOM_LIB_TRACE_BACKEND_H
#define NUMLOOM_LIB_TRACE_BACKEND_H

#include "numloom/Compiler/Compiler.h"
#include "numloom/Runtime/Cuda/Memory.h"
#include "numloom/Runtime/Executor.h"
#include "numloom/Support/Device.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace numloom::backend {

/// The GPUs that this process can use; 0 without a working driver.
int countCudaDevices();

/// Throws CudaError if the device cannot be used.
void checkDevice(Device device);

/// The GPU as the compiler sees it.
const CudaTarget &getTarget(Device device);

/// How many bytes of the device's arrays pending nodes alone may keep alive;
/// `atMost` bounds it on the CPU, whose memory others want too.
int64_t getHeldBound(Device device, int64_t atMost);

/// Whether the device's memory that the thread allocates can be given back in
/// parts (Storage::shrink), and nobody watches what is allocated.
bool canShrink(Device device);

/// Compiles for the device; null and a message where that fails.
std::shared_ptr<const Plan> compile(Compiler &compiler, const Program &program,
                                    Device device, std::string &error);

/// What executing for a GPU takes from the calling thread.
class ThreadState {
public:
  ThreadState() = default;
  /// The calling thread's.
  explicit ThreadState(Device device);
  /// Makes it the calling thread's, for good.
  void adopt() const;
  /// Whether it is all: memory hooks are called in their thread alone.
  static bool isComplete();

private:
  cuda::StreamPtr stream;
  cuda::MemoryAllocatorPtr allocator;
};

/// While it lives, the thread's arrays come from what its pool has in cache,
/// and where that has nothing NoneCached is thrown: nobody is asked for memory.
struct NoneCached {};
class CachedMemoryScope {
public:
  CachedMemoryScope();
  ~CachedMemoryScope();
  CachedMemoryScope(const CachedMemoryScope &) = delete;
  CachedMemoryScope &operator=(const CachedMemoryScope &) = delete;

private:
  cuda::MemoryAllocatorPtr previous;
};

/// The thread's stream on a GPU; null while nothing may be enqueued there that
/// nobody asked for: a stream that is captured, memory of the user's own.
cuda::StreamPtr getStreamForLaunchAhead(Device device);

/// Calls `release`, which says whether it released memory, when a GPU has none
/// left.
void addMemoryPressureHandler(std::function<bool(Device)> release);

/// Waits for all work on a GPU. Throws CudaError.
void synchronize(Device device);

/// Runs `plan`; on a GPU returns when its work is enqueued.
void execute(Device device, const Plan &plan, const Execution &execution);

} // namespace numloom::backend

#endif // NUMLOOM_LIB_TRACE_BACKEND_H
