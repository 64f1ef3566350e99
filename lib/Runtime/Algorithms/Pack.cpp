// Elements packed by comparisons of their keys: AVX-512 compresses registers.
#include "Pack.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace numloom;

bool numloom::packsInVectors() {
#if defined(__x86_64__)
  static const bool hasAvx512 =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
  return hasAvx512;
#else
  return false;
#endif
}

#if defined(__x86_64__)

/// Stores the lanes of `mask` side by side and returns their number; a whole
/// register, which is faster, where `room` elements may be overwritten. In a
/// register first: compressing into memory is slow on some machines.
[[gnu::target("avx512f,avx512vl"), gnu::always_inline]] static inline int
storeLanes(uint64_t *target, __mmask8 mask, __m512i lanes, int64_t room) {
  int count = std::popcount(uint8_t(mask));
  __m512i packed = _mm512_maskz_compress_epi64(mask, lanes);
  if (room >= 8) [[likely]]
    _mm512_storeu_si512(target, packed);
  else
    _mm512_mask_storeu_epi64(target, __mmask8((1u << count) - 1), packed);
  return count;
}

/// Whole registers alone; returns how many keys these have.
[[gnu::target("avx512f,avx512vl")]] static int64_t
packRangeAvx512(const uint64_t *keys, int64_t count, uint64_t low,
                uint64_t high, uint64_t *result, RangeCounts &counts) {
  __m512i least = _mm512_set1_epi64(int64_t(low));
  __m512i most = _mm512_set1_epi64(int64_t(high));
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m512i lanes = _mm512_loadu_si512(keys + i);
    __mmask8 isBelow = _mm512_cmplt_epu64_mask(lanes, least);
    __mmask8 isAbove = _mm512_cmpgt_epu64_mask(lanes, most);
    auto isWithin = __mmask8(~(isBelow | isAbove));
    counts.below += std::popcount(uint8_t(isBelow));
    // No more is overwritten than was read.
    counts.within +=
        storeLanes(result + counts.within, isWithin, lanes, /*room=*/8);
  }
  return i;
}

/// The same of packParts().
[[gnu::target("avx512f,avx512vl")]] static int64_t
packPartsAvx512(const uint64_t *keys, const uint64_t *elements, int64_t count,
                uint64_t pivot, PartPlaces &places, uint64_t *result) {
  __m512i middle = _mm512_set1_epi64(int64_t(pivot));
  __m512i numbers = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
  int64_t equalBegin = places.equal, greaterBegin = places.greater, i = 0;
  for (; i + 8 <= count; i += 8) {
    __m512i lanes = _mm512_loadu_si512(keys + i);
    __mmask8 isLess = _mm512_cmplt_epu64_mask(lanes, middle);
    __mmask8 isGreater = _mm512_cmpgt_epu64_mask(lanes, middle);
    auto isEqual = __mmask8(~(isLess | isGreater));
    __m512i moved = elements ? _mm512_loadu_si512(elements + i) : numbers;
    places.less += storeLanes(result + places.less, isLess, moved,
                              equalBegin - places.less);
    if (isEqual) [[unlikely]]
      places.equal += storeLanes(result + places.equal, isEqual, moved,
                                 greaterBegin - places.equal);
    places.greater += storeLanes(result + places.greater, isGreater, moved,
                                 count - places.greater);
    numbers = _mm512_add_epi64(numbers, _mm512_set1_epi64(8));
  }
  return i;
}

#endif

RangeCounts numloom::packRange(const uint64_t *keys, int64_t count,
                               uint64_t low, uint64_t high, uint64_t *result) {
  RangeCounts counts;
  int64_t done = 0;
#if defined(__x86_64__)
  if (packsInVectors())
    done = packRangeAvx512(keys, count, low, high, result, counts);
#endif
  RangeCounts rest = packRange<uint64_t>(keys + done, count - done, low, high,
                                         result + counts.within);
  return {counts.below + rest.below, counts.within + rest.within};
}

void numloom::packParts(const uint64_t *keys, const uint64_t *elements,
                        int64_t count, uint64_t pivot, PartPlaces places,
                        uint64_t *result) {
  int64_t first = 0;
#if defined(__x86_64__)
  if (packsInVectors())
    first = packPartsAvx512(keys, elements, count, pivot, places, result);
#endif
  packParts<uint64_t, uint64_t>(keys, elements, count, pivot, places, result,
                                first);
}
