// Memory of the runtime's allocators behind a Storage.
#include "numloom/Trace/Storage.h"
#include "FlushPolicy.h"
#include "Foresight.h"
#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Cuda/MemoryPool.h"
#include "numloom/Runtime/Cuda/Runtime.h"
#include "numloom/Trace/Error.h"

using namespace numloom;

void Storage::noteHeld(bool value) {
  int64_t size = static_cast<int64_t>(bytes);
  FlushPolicy::addHeldBytes(device, value ? size : -size);
}

void Storage::noteDeath() { Foresight::get().forget(*this); }

bool Storage::isOfCurrentStream() const {
  return own && device.isCuda() &&
         cuda::isOfStream({data, release, owner},
                          *cuda::Stream::getCurrent(device.getOrdinal()));
}

bool Storage::shrink(size_t size) {
  if (!own || !device.isCuda() ||
      !cuda::shrinkBlock({data, release, owner}, size))
    return false;
  setHeld(false);
  bytes = size;
  return true;
}

static StorageRef allocateOnHost(size_t bytes, Device device) {
  try {
    auto *buffer = new Buffer(Allocator::get().allocate(bytes));
    auto release = [](void *owner, void *, size_t) {
      delete static_cast<Buffer *>(owner);
    };
    return StorageRef::external(buffer->data(), bytes, release, buffer, device);
  } catch (const OutOfMemory &error) {
    throw Error(ErrorKind::Memory, error.what());
  }
}

static StorageRef allocateOnCuda(size_t bytes, Device device) {
  cuda::Allocation memory = cuda::allocate(device.getOrdinal(), bytes);
  return StorageRef::external(memory.pointer, bytes, memory.release,
                              memory.owner, device);
}

StorageRef StorageRef::allocate(size_t bytes, Device device) {
  StorageRef memory = device.isCuda() ? allocateOnCuda(bytes, device)
                                      : allocateOnHost(bytes, device);
  memory->own = true;
  return memory;
}
