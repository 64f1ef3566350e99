// Allocators that ask the driver each time, the choice of one, and what is
// done when it has no room.
#include "numloom/Runtime/Cuda/Memory.h"

#include "ContextTable.h"
#include "PoolRegistry.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

using namespace numloom;
using namespace numloom::cuda;

/// An Allocation's `release` for memory of cuMemAlloc and its like; the owner
/// is the ordinal.
static void freeDeviceMemory(void *owner, void *pointer, size_t) {
  runQuietly(int(reinterpret_cast<intptr_t>(owner)), [&](ContextScope &scope) {
    scope->cuMemFree(reinterpret_cast<DeviceAddress>(pointer));
  });
}

[[noreturn]] static void throwOutOfMemory(size_t bytes, int ordinal) {
  auto [free, total] = getMemoryInfo(ordinal);
  throw OutOfMemory(bytes, {.usedBytes = total - free, .totalBytes = total},
                    Device::cuda(ordinal));
}

/// What `allocate(scope, &address, bytes)`, named `call`, gives.
template <typename Fn>
static Allocation allocateMemory(size_t bytes, int ordinal, const char *call,
                                 Fn &&allocate) {
  ContextScope scope(ordinal);
  DeviceAddress address = 0;
  Result result = allocate(scope, &address, bytes ? bytes : kMemoryGranule);
  if (result == Result::OutOfMemory)
    throwOutOfMemory(bytes, ordinal);
  if (result != Result::Success)
    throwError(result, call);
  return {reinterpret_cast<void *>(address), freeDeviceMemory,
          reinterpret_cast<void *>(intptr_t(ordinal))};
}

Allocation DeviceAllocator::allocate(size_t bytes, const Stream &stream) {
  return allocateMemory(bytes, stream.getOrdinal(), "cuMemAlloc",
                        [](ContextScope &scope, auto *address, size_t bytes) {
                          return scope->cuMemAlloc.attempt(address, bytes);
                        });
}

Allocation ManagedAllocator::allocate(size_t bytes, const Stream &stream) {
  return allocateMemory(bytes, stream.getOrdinal(), "cuMemAllocManaged",
                        [](ContextScope &scope, auto *address, size_t bytes) {
                          return scope->cuMemAllocManaged.attempt(
                              address, bytes, kMemoryAttachGlobal);
                        });
}

static std::mutex settingsMutex;
static std::vector<MemoryPressureHandler> &pressureHandlers =
    *new std::vector<MemoryPressureHandler>;
/// Null means the default pool; guarded by the mutex, which is taken only
/// where `hasAllocator` says that there is something to see.
static MemoryAllocatorPtr &commonAllocator = *new MemoryAllocatorPtr;
static std::atomic<bool> hasCommonAllocator{false};
static thread_local MemoryAllocatorPtr threadAllocator;

MemoryAllocatorPtr cuda::getAllocator() {
  if (threadAllocator)
    return threadAllocator;
  if (hasCommonAllocator.load(std::memory_order_acquire)) {
    std::lock_guard lock(settingsMutex);
    if (commonAllocator)
      return commonAllocator;
  }
  return MemoryPool::getDefault();
}

void cuda::setAllocator(MemoryAllocatorPtr allocator) {
  std::lock_guard lock(settingsMutex);
  hasCommonAllocator = allocator != nullptr;
  // The one before dies after the lock.
  std::swap(commonAllocator, allocator);
}

MemoryAllocatorPtr cuda::setThreadAllocator(MemoryAllocatorPtr allocator) {
  return std::exchange(threadAllocator, std::move(allocator));
}

void cuda::addMemoryPressureHandler(MemoryPressureHandler handler) {
  std::lock_guard lock(settingsMutex);
  pressureHandlers.push_back(std::move(handler));
}

/// The memory, or nothing when there is no room.
static std::optional<Allocation>
tryAllocate(MemoryAllocator &allocator, size_t bytes, const Stream &stream) {
  try {
    return allocator.allocate(bytes, stream);
  } catch (const OutOfMemory &) {
    return std::nullopt;
  }
}

/// The second and later tries of `allocateFrom`.
static Allocation allocateUnderPressure(MemoryAllocator &allocator,
                                        size_t bytes, const Stream &stream) {
  int ordinal = stream.getOrdinal();
  freeAllPools(ordinal);
  allocator.freeCached(ordinal);
  if (auto allocation = tryAllocate(allocator, bytes, stream))
    return *allocation;
  std::vector<MemoryPressureHandler> handlers;
  {
    std::lock_guard lock(settingsMutex);
    handlers = pressureHandlers;
  }
  for (const MemoryPressureHandler &handler : handlers)
    if (handler(ordinal, bytes)) {
      freeAllPools(ordinal);
      if (auto allocation = tryAllocate(allocator, bytes, stream))
        return *allocation;
    }
  return allocator.allocate(bytes, stream);
}

Allocation cuda::allocateFrom(MemoryAllocator &allocator, size_t bytes,
                              const Stream &stream) {
  if (auto allocation = tryAllocate(allocator, bytes, stream))
    return *allocation;
  return allocateUnderPressure(allocator, bytes, stream);
}

Allocation cuda::allocate(int ordinal, size_t bytes) {
  return allocateFrom(*getAllocator(), bytes, *Stream::getCurrent(ordinal));
}

std::optional<int> cuda::findOrdinalOf(const void *pointer) {
  // Any context will do.
  ContextScope scope(0);
  int ordinal = -1;
  void *value = &ordinal;
  PointerAttribute attribute = PointerAttribute::DeviceOrdinal;
  Result result = scope->cuPointerGetAttributes.attempt(
      1, &attribute, &value, reinterpret_cast<DeviceAddress>(pointer));
  if (result != Result::Success || ordinal < 0)
    return std::nullopt;
  return ordinal;
}
