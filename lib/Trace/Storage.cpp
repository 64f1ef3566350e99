// Memory of the runtime's allocator behind a Storage.
#include "numloom/Trace/Storage.h"
#include "numloom/Runtime/Allocator.h"
#include "numloom/Trace/Error.h"

using namespace numloom;

StorageRef StorageRef::allocate(size_t bytes) {
  try {
    auto *buffer = new Buffer(Allocator::get().allocate(bytes));
    auto release = [](void *owner, void *, size_t) {
      delete static_cast<Buffer *>(owner);
    };
    return external(buffer->data(), bytes, release, buffer);
  } catch (const OutOfMemory &error) {
    throw Error(ErrorKind::Memory, error.what());
  }
}
