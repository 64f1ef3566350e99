// Comparing keys with a few splitters, in the vectors that the machine has.
#ifndef NUMLOOM_RUNTIME_ALGORITHMS_CLASSIFY_H
#define NUMLOOM_RUNTIME_ALGORITHMS_CLASSIFY_H

#include "numloom/Runtime/KeyEncoding.h"

#include <cstdint>

namespace numloom {

/// At most so many keys are compared in one call.
inline constexpr int kClassifiedKeys = 64;

/// result[i] = how many of the splitters are less than or equal to keys[i].
void countLessOrEqual(const uint32_t *splitters, int numSplitters,
                      const uint32_t *keys, int count, uint8_t *result);
void countLessOrEqual(const uint64_t *splitters, int numSplitters,
                      const uint64_t *keys, int count, uint8_t *result);

/// Keys of other widths are not compared in vectors.
template <typename Key>
void countLessOrEqual(const Key *splitters, int numSplitters, const Key *keys,
                      int count, uint8_t *result) {
  for (int i = 0; i < count; ++i) {
    result[i] = 0;
    for (int k = 0; k < numSplitters; ++k)
      result[i] += splitters[k] <= keys[i];
  }
}

} // namespace numloom

#endif // NUMLOOM_RUNTIME_ALGORITHMS_CLASSIFY_H
