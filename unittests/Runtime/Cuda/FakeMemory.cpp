// The fake's memory.
#include "FakeDriver.h"

#include <cstdlib>
#include <cstring>

using namespace numloom;
using namespace numloom::cuda;

static Result allocate(DeviceAddress *address, size_t bytes, const char *name) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  int device = enterFake(name);
  if (Result fault = fake.getFault(device); fault != Result::Success)
    return fault;
  if (fake.injectFailure() ||
      bytes > fake.totalBytes[device] - fake.usedBytes[device])
    return Result::OutOfMemory;
  size_t blockBytes = (bytes + 511) / 512 * 512;
  void *pointer = std::aligned_alloc(512, blockBytes);
  // Counts that kernels which do nothing leave there are none.
  std::memset(pointer, 0, blockBytes);
  *address = reinterpret_cast<DeviceAddress>(pointer);
  fake.memory[*address] = {device, bytes};
  fake.usedBytes[device] += bytes;
  return Result::Success;
}

static Result release(DeviceAddress address) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  int device = enterFake("cuMemFree");
  auto place = fake.memory.find(address);
  if (device < 0 || place == fake.memory.end())
    return Result::InvalidValue;
  fake.usedBytes[place->second.device] -= place->second.bytes;
  std::free(reinterpret_cast<void *>(address));
  fake.memory.erase(place);
  return Result::Success;
}

void FakeDriver::dropMemory(int device) {
  std::erase_if(memory, [&](auto &entry) {
    if (entry.second.device != device)
      return false;
    std::free(reinterpret_cast<void *>(entry.first));
    return true;
  });
  usedBytes[device] = 0;
}

bool FakeDriver::isValid(DeviceAddress address, size_t bytes) {
  std::lock_guard lock(mutex);
  auto place = memory.upper_bound(address);
  if (place == memory.begin())
    return false;
  --place;
  return address + bytes <= place->first + place->second.bytes;
}

static Result hostAllocate(void **pointer, size_t bytes, unsigned) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  if (enterFake("cuMemHostAlloc") < 0)
    return FakeDriver::kInvalidContext;
  if (fake.injectFailure())
    return Result::OutOfMemory;
  *pointer = std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  fake.pinned[*pointer] = bytes;
  return Result::Success;
}

static Result hostFree(void *pointer) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  enterFake("cuMemFreeHost");
  if (!fake.pinned.erase(pointer))
    return Result::InvalidValue;
  std::free(pointer);
  return Result::Success;
}

bool FakeDriver::isPinned(const void *pointer) {
  std::lock_guard lock(mutex);
  auto place = pinned.upper_bound(const_cast<void *>(pointer));
  if (place == pinned.begin())
    return false;
  --place;
  return pointer < static_cast<char *>(place->first) + place->second;
}

int FakeDriver::findDevice(DeviceAddress address) {
  std::lock_guard lock(mutex);
  auto place = memory.upper_bound(address);
  if (place == memory.begin())
    return kNoDevice;
  --place;
  return address < place->first + place->second.bytes ? place->second.device
                                                      : kNoDevice;
}

static Result getPointerAttributes(unsigned, PointerAttribute *attributes,
                                   void **values, DeviceAddress address) {
  if (*attributes == PointerAttribute::DeviceOrdinal)
    *static_cast<int *>(values[0]) = FakeDriver::get().findDevice(address);
  else if (FakeDriver::get().isPinned(reinterpret_cast<void *>(address)))
    *static_cast<unsigned *>(values[0]) = kMemoryTypeHost;
  return Result::Success;
}

/// The driver's pools: one handle, whose memory is that of cuMemAlloc.
static void fillPoolFunctions(Driver &table) {
  table.cuDeviceGetMemPool.pointer = [](MemoryPoolHandle *pool, DeviceHandle) {
    *pool = reinterpret_cast<MemoryPoolHandle>(intptr_t(1));
    return Result::Success;
  };
  table.cuDeviceGetDefaultMemPool.pointer = table.cuDeviceGetMemPool.pointer;
  table.cuMemPoolCreate.pointer = [](MemoryPoolHandle *pool,
                                     const MemoryPoolProperties *) {
    enterFake("cuMemPoolCreate");
    *pool = reinterpret_cast<MemoryPoolHandle>(intptr_t(2));
    return Result::Success;
  };
  table.cuMemPoolDestroy.pointer = [](MemoryPoolHandle) {
    enterFake("cuMemPoolDestroy");
    return Result::Success;
  };
  table.cuMemPoolTrimTo.pointer = [](MemoryPoolHandle, size_t) {
    enterFake("cuMemPoolTrimTo");
    return Result::Success;
  };
  table.cuMemPoolSetAttribute.pointer = [](MemoryPoolHandle,
                                           MemoryPoolAttribute,
                                           void *) { return Result::Success; };
  table.cuMemPoolGetAttribute.pointer = [](MemoryPoolHandle,
                                           MemoryPoolAttribute, void *value) {
    uint64_t used = FakeDriver::get().usedBytes[0];
    std::memcpy(value, &used, sizeof(used));
    return Result::Success;
  };
  table.cuMemAllocFromPoolAsync.pointer =
      [](DeviceAddress *address, size_t bytes, MemoryPoolHandle, StreamHandle) {
        return allocate(address, bytes, "cuMemAllocFromPoolAsync");
      };
  table.cuMemFreeAsync.pointer = [](DeviceAddress address, StreamHandle) {
    enterFake("cuMemFreeAsync");
    return release(address);
  };
}

void cuda::fillMemoryFunctions(Driver &table) {
  table.cuMemGetInfo.pointer = [](size_t *free, size_t *total) {
    FakeDriver &fake = FakeDriver::get();
    int device = enterFake("cuMemGetInfo");
    *total = fake.totalBytes[device];
    *free = *total - fake.usedBytes[device];
    return Result::Success;
  };
  table.cuMemAlloc.pointer = [](DeviceAddress *address, size_t bytes) {
    return allocate(address, bytes, "cuMemAlloc");
  };
  table.cuMemAllocManaged.pointer = [](DeviceAddress *address, size_t bytes,
                                       unsigned) {
    return allocate(address, bytes, "cuMemAllocManaged");
  };
  table.cuMemFree.pointer = release;
  table.cuMemHostAlloc.pointer = hostAllocate;
  table.cuMemFreeHost.pointer = hostFree;
  table.cuPointerGetAttributes.pointer = getPointerAttributes;
  fillPoolFunctions(table);
}
