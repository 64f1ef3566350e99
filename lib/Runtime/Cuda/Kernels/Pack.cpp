// Device code: contiguous copies of matrices. Compiled to PTX when the library
// is built.
#include "Device.h"

namespace {

struct alignas(16) UInt128 {
  uint64_t parts[2];
};

/// One element a thread.
template <typename T>
void pack(Matrix from, char *to, int64_t rows, int64_t cols, int64_t size) {
  int64_t i = getBlock() * kThreads + getThread();
  if (i >= size)
    return;
  int64_t col = i % cols, row = i / cols % rows, index = i / cols / rows;
  reinterpret_cast<T *>(to)[i] = reinterpret_cast<const T *>(
      from.data)[index * from.batchStride + row * from.rowStride +
                 col * from.colStride];
}

} // namespace

#define PACK(NAME, TYPE)                                                       \
  KERNEL NAME(Matrix from, char *to, int64_t rows, int64_t cols,               \
              int64_t size) {                                                  \
    pack<TYPE>(from, to, rows, cols, size);                                    \
  }

PACK(pack2, uint16_t)
PACK(pack4, uint32_t)
PACK(pack8, uint64_t)
PACK(pack16, UInt128)
