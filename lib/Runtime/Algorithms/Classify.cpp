// Comparing keys with a few splitters: one loop, compiled for each kind of
// vectors.
#include "Classify.h"

using namespace numloom;

/// Splitter by splitter, so that the loop over keys vectorises.
template <typename Key>
[[gnu::always_inline]] static inline void
compareAll(const Key *splitters, int numSplitters, const Key *keys, int count,
           uint8_t *result) {
  Key counts[kClassifiedKeys] = {};
  // Whole vectors whatever the count: what lies behind it is not used.
  Key all[kClassifiedKeys];
  for (int i = 0; i < kClassifiedKeys; ++i)
    all[i] = i < count ? keys[i] : Key(0);
  for (int k = 0; k < numSplitters; ++k)
    for (int i = 0; i < kClassifiedKeys; ++i)
      counts[i] += splitters[k] <= all[i];
  for (int i = 0; i < count; ++i)
    result[i] = uint8_t(counts[i]);
}

#if defined(__x86_64__)
#define NUMLOOM_VECTORS(name, features)                                        \
  template <typename Key>                                                      \
  [[gnu::target(features)]] static void name(                                  \
      const Key *splitters, int numSplitters, const Key *keys, int count,      \
      uint8_t *result) {                                                       \
    compareAll(splitters, numSplitters, keys, count, result);                  \
  }
NUMLOOM_VECTORS(compareAvx2, "avx2")
NUMLOOM_VECTORS(compareAvx512, "avx512f,avx512bw,avx512dq,avx512vl")
#undef NUMLOOM_VECTORS
#endif

template <typename Key>
static void dispatch(const Key *splitters, int numSplitters, const Key *keys,
                     int count, uint8_t *result) {
#if defined(__x86_64__)
  static const bool hasAvx512 = __builtin_cpu_supports("avx512bw") &&
                                __builtin_cpu_supports("avx512dq") &&
                                __builtin_cpu_supports("avx512vl");
  static const bool hasAvx2 = __builtin_cpu_supports("avx2");
  if (hasAvx512)
    return compareAvx512(splitters, numSplitters, keys, count, result);
  if (hasAvx2)
    return compareAvx2(splitters, numSplitters, keys, count, result);
#endif
  compareAll(splitters, numSplitters, keys, count, result);
}

void numloom::countLessOrEqual(const uint32_t *splitters, int numSplitters,
                               const uint32_t *keys, int count,
                               uint8_t *result) {
  dispatch(splitters, numSplitters, keys, count, result);
}

void numloom::countLessOrEqual(const uint64_t *splitters, int numSplitters,
                               const uint64_t *keys, int count,
                               uint8_t *result) {
  dispatch(splitters, numSplitters, keys, count, result);
}
