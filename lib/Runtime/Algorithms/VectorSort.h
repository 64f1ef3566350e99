// Sequential sorts of unsigned keys.
#ifndef NUMLOOM_RUNTIME_ALGORITHMS_VECTORSORT_H
#define NUMLOOM_RUNTIME_ALGORITHMS_VECTORSORT_H

#include "numloom/Runtime/KeyEncoding.h"

#include <cstdint>

namespace numloom {

/// Sorts keys in place in the calling thread.
void vectorSort(uint8_t *keys, int64_t count) noexcept;
void vectorSort(uint16_t *keys, int64_t count) noexcept;
void vectorSort(uint32_t *keys, int64_t count) noexcept;
void vectorSort(uint64_t *keys, int64_t count) noexcept;
void vectorSort(UInt128 *keys, int64_t count) noexcept;

} // namespace numloom

#endif // NUMLOOM_RUNTIME_ALGORITHMS_VECTORSORT_H
