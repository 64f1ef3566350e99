// Selection of one place of a short row, in the calling thread: the key that
// sorting would put there, and the parts that it separates.
#ifndef NUMLOOM_RUNTIME_ALGORITHMS_SELECT_H
#define NUMLOOM_RUNTIME_ALGORITHMS_SELECT_H

#include "BucketSort.h"
#include "Pack.h"

namespace numloom {

/// Fewer keys than this are sorted.
inline constexpr int64_t kSelectedKeys = 1 << 8;

/// Keys between which a place falls with all but certainty.
template <typename Key>
struct KeyBounds {
  Key low, high;
};

/// By a sorted sample: its element at the same quantile is off by less than
/// twice the square root of the sample's size, four standard deviations; of
/// fewer than 64 samples less, which fails now and then.
template <typename Key>
KeyBounds<Key> guessBounds(const Key *keys, int64_t count, int64_t rank) {
  constexpr int64_t kMostSamples = 256, kKeysPerSample = 16;
  Key sample[kMostSamples];
  int64_t samples = std::min(kMostSamples, count / kKeysPerSample);
  int64_t margin = samples <= 64 ? samples / 4 : kMostSamples / 8;
  int64_t stride = count / samples;
  for (int64_t i = 0; i < samples; ++i) {
    uint64_t jump = uint64_t(i) * 0x9E3779B97F4A7C15u >> 32;
    sample[i] = keys[i * stride + int64_t(jump % uint64_t(stride))];
  }
  vectorSort(sample, samples);
  int64_t place = rank / stride;
  return {place < margin ? Key(0) : sample[place - margin],
          place + margin >= samples ? Key(~Key(0)) : sample[place + margin]};
}

/// The key that sorting puts at a place, and how many keys lie before it.
template <typename Key>
struct SelectedKey {
  Key key;
  int64_t numLess, numEqual;
};

/// The key at `rank` of the sorted keys. `rest` has room for as many.
template <typename Key>
SelectedKey<Key> selectKey(const Key *allKeys, Key *rest, int64_t allCount,
                           int64_t allRank) {
  const Key *keys = allKeys;
  int64_t count = allCount, rank = allRank, numLess = 0;
  while (count > kSelectedKeys) {
    KeyBounds<Key> bounds = guessBounds(keys, count, rank);
    auto [below, within] =
        packRange(keys, count, bounds.low, bounds.high, rest);
    bool isWithin = rank >= below && rank < below + within;
    if (isWithin && bounds.low == bounds.high)
      return {bounds.low, numLess + below, within};
    if (!isWithin) {
      // The keys that were left may be overwritten by those in the range.
      keys = allKeys, count = allCount, rank = allRank, numLess = 0;
      break;
    }
    numLess += below;
    rank -= below;
    // Many keys that are equal do not become fewer.
    bool isSlow = within > count / 4 * 3;
    keys = rest;
    count = within;
    if (isSlow)
      break;
  }
  if (keys != rest)
    std::copy_n(keys, count, rest);
  vectorSort(rest, count);
  auto [first, last] = std::equal_range(rest, rest + count, rest[rank]);
  return {rest[rank], numLess + (first - rest), last - first};
}

/// Writes element i, or `i` without `elements`, of all i in [0, count) to
/// `result`: of keys less than that at `rank` of the sorted ones, of equal
/// keys, of greater ones, each part in the order of i.
template <typename Key, typename KeyOf, typename Element>
void partitionAround(const KeyOf &keyOf, const Element *elements,
                     Element *result, int64_t count, int64_t rank) {
  Scratch<Key> keys(count), rest(count);
  for (int64_t i = 0; i < count; ++i)
    keys[i] = keyOf(i);
  auto [pivot, numLess, numEqual] =
      selectKey(keys.data(), rest.data(), count, rank);
  PartPlaces places{0, numLess, numLess + numEqual};
  const Key *first = keys.data();
  if constexpr (sizeof(Key) == sizeof(uint64_t) &&
                sizeof(Element) == sizeof(uint64_t))
    packParts(first, reinterpret_cast<const uint64_t *>(elements), count, pivot,
              places, reinterpret_cast<uint64_t *>(result));
  else
    packParts<Key, Element>(first, elements, count, pivot, places, result);
}

/// Whether rows of `count` elements are partitioned around one place in the
/// calling thread; longer ones are cut into buckets by all threads.
inline bool isSelected(const Ranks &ranks, int64_t count, int64_t least) {
  return ranks && ranks->size() == 1 && count >= least && count < kParallelKeys;
}

} // namespace numloom

#endif // NUMLOOM_RUNTIME_ALGORITHMS_SELECT_H
