// The positions that sort rows.
#include "Functions.h"
#include "Keys.cuh"
#include "ShortRows.cuh"

using namespace numloom;
using namespace numloom::cub_library;

/// Sorts the positions 0 .. count - 1 by keys, which are used up.
template <typename Key>
static cudaError_t sortPositions(const Call &call, Key *keys,
                                 uint32_t *positions, int64_t count,
                                 int keyBits) {
  auto *initial = allocate<uint32_t>(call, count);
  auto *sortedKeys = initial ? allocate<Key>(call, count) : nullptr;
  if (!sortedKeys)
    return cudaErrorMemoryAllocation;
  if (cudaError_t error = forEach(
          call, count, [=] __device__(int64_t i) { initial[i] = uint32_t(i); }))
    return error;
  return radixSortPairs(call, keys, initial, sortedKeys, positions, count,
                        keyBits);
}

/// Positions of all rows in one sort; they count from the first row's start.
template <typename Encoding>
static cudaError_t argsortJoined(const Call &call,
                                 const typename Encoding::Bits *source,
                                 uint32_t *positions, Rows rows) {
  using Joined = JoinedKey<Encoding>;
  constexpr int kKeyBits = 8 * sizeof(typename Encoding::Bits);
  auto *keys = allocate<Joined>(call, rows.size());
  if (!keys)
    return cudaErrorMemoryAllocation;
  int64_t length = rows.length;
  if (cudaError_t error = forEach(call, rows.size(), [=] __device__(int64_t i) {
        keys[i] =
            Joined(i / length) << kKeyBits | Encoding::encodeMerged(source[i]);
      }))
    return error;
  return sortPositions(call, keys, positions, rows.size(),
                       kKeyBits + getBitWidth(rows.count));
}

/// The positions of one row.
template <typename Encoding>
static cudaError_t argsortRow(const Call &call,
                              const typename Encoding::Bits *source,
                              uint32_t *positions, int64_t count) {
  auto *keys = allocate<WideKey<Encoding>>(call, count);
  if (!keys)
    return cudaErrorMemoryAllocation;
  if (cudaError_t error = forEach(call, count, [=] __device__(int64_t i) {
        keys[i] = Encoding::encodeMerged(source[i]);
      }))
    return error;
  return sortPositions(call, keys, positions, count,
                       8 * sizeof(typename Encoding::Bits));
}

template <typename Encoding>
static cudaError_t argsortEncoded(const Call &call, const void *data,
                                  int64_t *result, Rows rows) {
  using Bits = typename Encoding::Bits;
  auto *source = static_cast<const Bits *>(data);
  if constexpr (sizeof(Bits) <= 8) {
    // The column behind the key makes keys different, and the sort stable.
    using Joined = JoinedKey<Encoding>;
    constexpr int kColumnBits = 4 * sizeof(Joined);
    if (rows.length <= kMaxShortRow<Joined>)
      return runSortShortRows<Joined>(
          call, rows,
          [=] __device__(int64_t i, int column) {
            return Joined(Encoding::encodeMerged(source[i])) << kColumnBits |
                   Joined(column);
          },
          [=] __device__(int64_t i, Joined key) {
            result[i] = int64_t(uint32_t(key));
          });
  }
  auto *positions = allocate<uint32_t>(call, rows.size());
  if (!positions)
    return cudaErrorMemoryAllocation;
  int64_t length = rows.length;
  if constexpr (sizeof(Bits) <= 8)
    if (areRowsJoined(rows, sizeof(Bits))) {
      if (cudaError_t error =
              argsortJoined<Encoding>(call, source, positions, rows))
        return error;
      return forEach(call, rows.size(), [=] __device__(int64_t i) {
        result[i] = int64_t(positions[i]) - i / length * length;
      });
    }
  for (int64_t first = 0; first < rows.size(); first += length)
    if (cudaError_t error = argsortRow<Encoding>(call, source + first,
                                                 positions + first, length))
      return error;
  return forEach(call, rows.size(),
                 [=] __device__(int64_t i) { result[i] = positions[i]; });
}

int cub_library::argsortRows(const Call &call, DType dtype, const void *source,
                             int64_t *result, Rows rows) {
  return visitKeyEncoding(dtype, [&](auto encoding) {
    return argsortEncoded<decltype(encoding)>(call, source, result, rows);
  });
}
