// FNV-1a over 64-bit words.
#ifndef NUMLOOM_LIB_TRACE_HASH_H
#define NUMLOOM_LIB_TRACE_HASH_H

#include <cstdint>
#include <span>

namespace numloom {

inline constexpr uint64_t kHashSeed = 0xcbf29ce484222325;

/// One step of FNV-1a with a word in place of a byte. The fold brings the high
/// bits down, which the multiplication alone never does.
inline constexpr uint64_t hashWord(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x100000001b3;
  return hash ^ (hash >> 32);
}

inline constexpr uint64_t hashWords(std::span<const int64_t> words) {
  uint64_t hash = kHashSeed;
  for (int64_t word : words)
    hash = hashWord(hash, static_cast<uint64_t>(word));
  return hash;
}

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_HASH_H
