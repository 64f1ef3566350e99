// Elements packed by comparisons of their keys, eight at a time where the
// machine can.
#ifndef NUMLOOM_RUNTIME_ALGORITHMS_PACK_H
#define NUMLOOM_RUNTIME_ALGORITHMS_PACK_H

#include <cstdint>
#include <type_traits>

namespace numloom {

/// Whether keys and elements of 64 bits are packed in vectors.
bool packsInVectors();

/// How many keys lie below a range, and in it.
struct RangeCounts {
  int64_t below = 0, within = 0;
};

/// Writes the keys in [low, high] to `result`, which may be `keys`, in their
/// order.
template <typename Key>
RangeCounts packRange(const Key *keys, int64_t count, Key low, Key high,
                      Key *result) {
  RangeCounts counts;
  for (int64_t i = 0; i < count; ++i) {
    Key key = keys[i];
    result[counts.within] = key;
    counts.below += key < low;
    counts.within += !(key < low) && !(high < key);
  }
  return counts;
}
RangeCounts packRange(const uint64_t *keys, int64_t count, uint64_t low,
                      uint64_t high, uint64_t *result);

/// Where the next element with a key less than, equal to or greater than the
/// pivot goes.
struct PartPlaces {
  int64_t less = 0, equal = 0, greater = 0;
};

/// Writes element i, or `i` without `elements`, of each key to its part of
/// `result`, in the order of i from `first` on.
template <typename Key, typename Element>
void packParts(const Key *keys, const Element *elements, int64_t count,
               Key pivot, PartPlaces places, Element *result,
               int64_t first = 0) {
  for (int64_t i = first; i < count; ++i) {
    bool isLess = keys[i] < pivot, isGreater = pivot < keys[i];
    int64_t place = isGreater ? places.greater : places.equal;
    Element &target = result[isLess ? places.less : place];
    if constexpr (std::is_integral_v<Element>)
      target = elements ? elements[i] : Element(i);
    else
      target = elements[i];
    places.less += isLess;
    places.greater += isGreater;
    places.equal += !isLess && !isGreater;
  }
}
void packParts(const uint64_t *keys, const uint64_t *elements, int64_t count,
               uint64_t pivot, PartPlaces places, uint64_t *result);

} // namespace numloom

#endif // NUMLOOM_RUNTIME_ALGORITHMS_PACK_H
