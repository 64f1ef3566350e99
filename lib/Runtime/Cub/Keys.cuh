// Elements as keys of CUB's radix sort: it orders them by KeyEncoding on the
// way through memory, so that no pass is spent on that.
#ifndef NUMLOOM_LIB_RUNTIME_CUB_KEYS_CUH
#define NUMLOOM_LIB_RUNTIME_CUB_KEYS_CUH

#include "Device.cuh"

#include <cub/device/device_radix_sort.cuh>

namespace numloom::cub_library {

/// An element of 4 or 8 bytes as CUB sees it.
template <typename Encoding>
struct CubKey {
  typename Encoding::Bits bits;
};

} // namespace numloom::cub_library

CUB_NAMESPACE_BEGIN

template <typename Encoding>
struct NumericTraits<numloom::cub_library::CubKey<Encoding>> {
  using UnsignedBits = typename Encoding::Bits;
  /// The elements, not the keys, that CUB fills up with: the last one when
  /// sorting up. (Nothing here sorts down.)
  static constexpr UnsignedBits LOWEST_KEY = Encoding::decode(UnsignedBits(0));
  static constexpr UnsignedBits MAX_KEY =
      Encoding::decode(UnsignedBits(~UnsignedBits(0)));

  static __host__ __device__ __forceinline__ UnsignedBits
  TwiddleIn(UnsignedBits bits) {
    return Encoding::encode(bits);
  }
  static __host__ __device__ __forceinline__ UnsignedBits
  TwiddleOut(UnsignedBits key) {
    return Encoding::decode(key);
  }

private:
  friend struct detail::is_primitive_impl;
  static constexpr bool is_primitive = true;
};

CUB_NAMESPACE_END

namespace numloom::cub_library {

/// Sorts by the lower `keyBits` bits of unsigned keys, or by all of a CubKey.
template <typename Key>
cudaError_t radixSortKeys(const Call &call, const Key *source, Key *result,
                          int64_t count, int keyBits = 8 * sizeof(Key)) {
  return runCub(call, [&](void *memory, size_t &bytes) {
    return cub::DeviceRadixSort::SortKeys(memory, bytes, source, result, count,
                                          0, keyBits, getStream(call));
  });
}

/// The same, carrying a value along with each key.
template <typename Key, typename Value>
cudaError_t radixSortPairs(const Call &call, const Key *source,
                           const Value *values, Key *keys, Value *result,
                           int64_t count, int keyBits = 8 * sizeof(Key)) {
  return runCub(call, [&](void *memory, size_t &bytes) {
    return cub::DeviceRadixSort::SortPairs(memory, bytes, source, keys, values,
                                           result, count, 0, keyBits,
                                           getStream(call));
  });
}

/// Few widths of keys are compiled: others are widened.
template <typename Encoding>
using WideKey =
    UnsignedOf<std::max<size_t>(sizeof(typename Encoding::Bits), 4)>;

/// Many rows are sorted at once, as keys with the row's number in front.
template <typename Encoding>
using JoinedKey =
    std::conditional_t<sizeof(typename Encoding::Bits) <= 4, uint64_t, UInt128>;

/// Few long rows are faster one by one: fewer digits.
inline bool areRowsJoined(Rows rows, size_t elementBytes) {
  constexpr int64_t kLongRow = 1 << 18;
  return rows.count > 1 && rows.length < kLongRow && elementBytes <= 8;
}

} // namespace numloom::cub_library

#endif // NUMLOOM_LIB_RUNTIME_CUB_KEYS_CUH
