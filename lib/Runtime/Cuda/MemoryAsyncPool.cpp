// Memory of the driver's own pools.
#include "numloom/Runtime/Cuda/MemoryAsyncPool.h"

#include "ContextTable.h"

#include <memory>

using namespace numloom;
using namespace numloom::cuda;

MemoryAsyncPool::MemoryAsyncPool(Source source) : source(source) {}

MemoryAsyncPool::~MemoryAsyncPool() {
  if (source != Source::Created)
    return;
  for (int ordinal = 0; ordinal < kMaxCudaDevices; ++ordinal)
    if (MemoryPoolHandle handle = handles[ordinal])
      runQuietly(ordinal,
                 [&](ContextScope &scope) { scope->cuMemPoolDestroy(handle); });
}

static MemoryPoolHandle createPool(const ContextScope &scope, int ordinal) {
  MemoryPoolProperties properties;
  properties.locationId = getDeviceHandle(ordinal);
  MemoryPoolHandle handle = nullptr;
  scope->cuMemPoolCreate(&handle, &properties);
  return handle;
}

/// Released memory stays in the pool: by default the driver gives it back at
/// every synchronisation.
static void keepMemory(MemoryPoolHandle handle) {
  uint64_t threshold = UINT64_MAX;
  Driver::get().cuMemPoolSetAttribute(
      handle, MemoryPoolAttribute::ReleaseThreshold, &threshold);
}

static MemoryPoolHandle openPool(MemoryAsyncPool::Source source, int ordinal) {
  if (!getAttribute(ordinal, DeviceAttribute::SupportsMemoryPools))
    throw CudaError(Result::NotSupported,
                    Device::cuda(ordinal).getName() +
                        " does not support the driver's memory pools");
  ContextScope scope(ordinal);
  if (source == MemoryAsyncPool::Source::Created)
    return createPool(scope, ordinal);
  MemoryPoolHandle handle = nullptr;
  DeviceHandle device = getDeviceHandle(ordinal);
  if (source == MemoryAsyncPool::Source::Default)
    scope->cuDeviceGetDefaultMemPool(&handle, device);
  else
    scope->cuDeviceGetMemPool(&handle, device);
  return handle;
}

MemoryPoolHandle MemoryAsyncPool::getHandle(int ordinal) {
  checkOrdinal(ordinal);
  std::call_once(opened[ordinal], [&] {
    // Kept for the destructor if what follows throws; then asked again.
    if (!handles[ordinal])
      handles[ordinal] = openPool(source, ordinal);
    keepMemory(handles[ordinal]);
  });
  return handles[ordinal];
}

/// An Allocation's `release`; the owner is a StreamPtr: the memory goes back in
/// the order of that stream.
static void freeAsync(void *owner, void *pointer, size_t) {
  std::unique_ptr<std::shared_ptr<const Stream>> stream(
      static_cast<std::shared_ptr<const Stream> *>(owner));
  runQuietly((*stream)->getOrdinal(), [&](ContextScope &scope) {
    scope->cuMemFreeAsync(reinterpret_cast<DeviceAddress>(pointer),
                          (*stream)->getHandle());
  });
}

Allocation MemoryAsyncPool::allocate(size_t bytes, const Stream &stream) {
  int ordinal = stream.getOrdinal();
  MemoryPoolHandle pool = getHandle(ordinal);
  auto owner = std::make_unique<std::shared_ptr<const Stream>>(
      stream.shared_from_this());
  ContextScope scope(ordinal);
  DeviceAddress address = 0;
  Result result = scope->cuMemAllocFromPoolAsync.attempt(
      &address, bytes ? bytes : kMemoryGranule, pool, stream.getHandle());
  if (result == Result::OutOfMemory)
    throw OutOfMemory(bytes,
                      {.usedBytes = getUsedBytes(ordinal),
                       .totalBytes = getTotalBytes(ordinal)},
                      Device::cuda(ordinal));
  if (result != Result::Success)
    throwError(result, scope->cuMemAllocFromPoolAsync.name);
  return {reinterpret_cast<void *>(address), freeAsync, owner.release()};
}

void MemoryAsyncPool::freeAllBlocks(int ordinal) {
  MemoryPoolHandle handle = getHandle(ordinal);
  ContextScope scope(ordinal);
  scope->cuMemPoolTrimTo(handle, 0);
}

size_t MemoryAsyncPool::read(int ordinal, MemoryPoolAttribute attribute) {
  MemoryPoolHandle handle = getHandle(ordinal);
  uint64_t value = 0;
  Driver::get().cuMemPoolGetAttribute(handle, attribute, &value);
  return value;
}

size_t MemoryAsyncPool::getUsedBytes(int ordinal) {
  return read(ordinal, MemoryPoolAttribute::UsedBytes);
}

size_t MemoryAsyncPool::getFreeBytes(int ordinal) {
  return getTotalBytes(ordinal) - getUsedBytes(ordinal);
}

size_t MemoryAsyncPool::getTotalBytes(int ordinal) {
  return read(ordinal, MemoryPoolAttribute::ReservedBytes);
}
