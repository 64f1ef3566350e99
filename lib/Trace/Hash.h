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

/// Four chains, since each step waits for a multiplication.
inline constexpr uint64_t hashWords(std::span<const int64_t> words) {
  constexpr size_t kChains = 4;
  uint64_t chains[kChains] = {kHashSeed, kHashSeed + 1, kHashSeed + 2,
                              kHashSeed + 3};
  size_t i = 0;
  for (; i + kChains <= words.size(); i += kChains)
    for (size_t c = 0; c < kChains; ++c)
      chains[c] = hashWord(chains[c], static_cast<uint64_t>(words[i + c]));
  uint64_t hash = words.size();
  for (; i < words.size(); ++i)
    hash = hashWord(hash, static_cast<uint64_t>(words[i]));
  for (uint64_t chain : chains)
    hash = hashWord(hash, chain);
  return hash;
}

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_HASH_H
