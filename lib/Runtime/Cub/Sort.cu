// Sorting rows.
#include "Counters.cuh"
#include "Functions.h"
#include "Keys.cuh"
#include "ShortRows.cuh"

#include <cub/device/device_scan.cuh>

using namespace numloom;
using namespace numloom::cub_library;

/// All rows in one sort of keys that begin with the row's number.
template <typename Encoding>
static cudaError_t sortJoined(const Call &call,
                              const typename Encoding::Bits *source,
                              typename Encoding::Bits *result, Rows rows) {
  using Bits = typename Encoding::Bits;
  using Joined = JoinedKey<Encoding>;
  constexpr int kKeyBits = 8 * sizeof(Bits);
  auto *joined = allocate<Joined>(call, rows.size());
  auto *sorted = joined ? allocate<Joined>(call, rows.size()) : nullptr;
  if (!sorted)
    return cudaErrorMemoryAllocation;
  int64_t length = rows.length;
  if (cudaError_t error = forEach(call, rows.size(), [=] __device__(int64_t i) {
        joined[i] =
            Joined(i / length) << kKeyBits | Encoding::encode(source[i]);
      }))
    return error;
  if (cudaError_t error = radixSortKeys(call, joined, sorted, rows.size(),
                                        kKeyBits + getBitWidth(rows.count)))
    return error;
  return forEach(call, rows.size(), [=] __device__(int64_t i) {
    result[i] = Encoding::decode(Bits(sorted[i]));
  });
}

/// One row of bytes: runs of the 256 keys.
template <typename Encoding>
static cudaError_t sortBytes(const Call &call, const uint8_t *source,
                             uint8_t *result, int64_t count) {
  constexpr int kKeys = 256;
  auto *counts = allocate<int64_t>(call, kKeys);
  auto *ends = counts ? allocate<int64_t>(call, kKeys) : nullptr;
  if (!ends)
    return cudaErrorMemoryAllocation;
  if (cudaError_t error = countInto(
          call, count, kKeys,
          [=] __device__(int64_t i) {
            return int64_t(Encoding::encode(source[i]));
          },
          counts))
    return error;
  if (cudaError_t error = runCub(call, [&](void *memory, size_t &bytes) {
        return cub::DeviceScan::InclusiveSum(memory, bytes, counts, ends, kKeys,
                                             getStream(call));
      }))
    return error;
  return forEach(call, count, [=] __device__(int64_t i) {
    int key = 0;
    for (int step = kKeys / 2; step; step /= 2)
      if (ends[key + step - 1] <= i)
        key += step;
    result[i] = Encoding::decode(uint8_t(key));
  });
}

/// What CUB sorts elements of 4 or 8 bytes as. It knows the order of integers;
/// the order of floats has NaN last, whatever their sign.
template <typename Encoding, DTypeKind kind>
using DirectKey = std::conditional_t<
    kind == DTypeKind::Float, CubKey<Encoding>,
    std::conditional_t<kind == DTypeKind::Signed,
                       std::make_signed_t<typename Encoding::Bits>,
                       typename Encoding::Bits>>;

/// One row whose keys CUB reads and writes as they are.
template <typename Encoding, DTypeKind kind>
static cudaError_t
sortDirectly(const Call &call, const typename Encoding::Bits *source,
             typename Encoding::Bits *result, int64_t count) {
  using Key = DirectKey<Encoding, kind>;
  return radixSortKeys(call, reinterpret_cast<const Key *>(source),
                       reinterpret_cast<Key *>(result), count);
}

/// One row through keys in memory.
template <typename Encoding>
static cudaError_t
sortThroughKeys(const Call &call, const typename Encoding::Bits *source,
                typename Encoding::Bits *result, int64_t count) {
  using Bits = typename Encoding::Bits;
  auto *keys = allocate<Bits>(call, count);
  if (!keys)
    return cudaErrorMemoryAllocation;
  if (cudaError_t error = forEach(call, count, [=] __device__(int64_t i) {
        keys[i] = Encoding::encode(source[i]);
      }))
    return error;
  if (cudaError_t error = radixSortKeys(call, keys, result, count))
    return error;
  return forEach(call, count, [=] __device__(int64_t i) {
    result[i] = Encoding::decode(result[i]);
  });
}

template <typename Encoding, DTypeKind kind>
static cudaError_t sortRow(const Call &call,
                           const typename Encoding::Bits *source,
                           typename Encoding::Bits *result, int64_t count) {
  constexpr size_t kBytes = sizeof(typename Encoding::Bits);
  if constexpr (kBytes == 1)
    return sortBytes<Encoding>(call, source, result, count);
  else if constexpr (kBytes == 2 || kind == DTypeKind::Complex)
    return sortThroughKeys<Encoding>(call, source, result, count);
  else
    return sortDirectly<Encoding, kind>(call, source, result, count);
}

template <DType dtype, DTypeKind kind>
static cudaError_t sortEncoded(const Call &call, KeyEncoding<dtype, kind>,
                               const void *sourceData, void *resultData,
                               Rows rows) {
  using Encoding = KeyEncoding<dtype, kind>;
  using Bits = typename Encoding::Bits;
  auto *source = static_cast<const Bits *>(sourceData);
  auto *result = static_cast<Bits *>(resultData);
  using Key = WideKey<Encoding>;
  if (rows.length <= kMaxShortRow<Key>)
    return runSortShortRows<Key>(
        call, rows,
        [=] __device__(int64_t i, int) {
          return Key(Encoding::encode(source[i]));
        },
        [=] __device__(int64_t i, Key key) {
          result[i] = Encoding::decode(Bits(key));
        });
  if constexpr (sizeof(Bits) <= 8)
    if (areRowsJoined(rows, sizeof(Bits)))
      return sortJoined<Encoding>(call, source, result, rows);
  for (int64_t first = 0; first < rows.size(); first += rows.length)
    if (cudaError_t error = sortRow<Encoding, kind>(
            call, source + first, result + first, rows.length))
      return error;
  return cudaSuccess;
}

int cub_library::sortRows(const Call &call, DType dtype, const void *source,
                          void *result, Rows rows) {
  return visitKeyEncoding(dtype, [&](auto encoding) {
    return sortEncoded(call, encoding, source, result, rows);
  });
}
