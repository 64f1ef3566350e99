// Binary search of many values.
#include "BucketSort.h"

#include "numloom/Runtime/Algorithms.h"

#include <algorithm>

using namespace numloom;

/// Searches that advance together, so that their cache misses overlap.
static constexpr int kSearches = 16;

namespace {
/// `keyOf(place)` are the keys of the sorted elements, in [begin, end).
template <typename Key, bool behindEqual, typename KeyOf>
class Search {
public:
  explicit Search(const KeyOf &keyOf) : keyOf(keyOf) {}

  /// The places of kSearches keys in [begin, end), which is not empty. All
  /// searches take the same steps, without branches.
  void find(const Key *keys, int64_t begin, int64_t end,
            int64_t *result) const {
    int64_t places[kSearches];
    std::fill_n(places, kSearches, begin);
    for (int64_t rest = end - begin; rest > 1; rest -= rest / 2)
      advance(keys, rest / 2, rest / 2 - 1, places);
    advance(keys, 1, 0, places);
    std::copy_n(places, kSearches, result);
  }

private:
  /// Moves each search by `step` if the element `offset` from it is before.
  void advance(const Key *keys, int64_t step, int64_t offset,
               int64_t *places) const {
    for (int i = 0; i < kSearches; ++i) {
      Key element = keyOf(places[i] + offset);
      bool isBefore = behindEqual ? element <= keys[i] : element < keys[i];
      places[i] =
          __builtin_unpredictable(isBefore) ? places[i] + step : places[i];
    }
  }

  const KeyOf &keyOf;
};
} // namespace

/// Values of one piece of the loop.
static constexpr int64_t kPieceValues = 1 << 11;

/// Finds the places of one piece of values. Only the part of the sorted
/// elements among which the piece's least and greatest value lie is searched:
/// little of it where neighbouring values are close.
template <typename Encoding, bool behindEqual, typename KeyOf>
static void searchPiece(const KeyOf &keyOf, int64_t length,
                        const typename Encoding::Bits *values, int64_t count,
                        int64_t *result) {
  using Key = typename Encoding::Bits;
  Key keys[kPieceValues];
  for (int64_t i = 0; i < count; ++i)
    keys[i] = Encoding::encodeMerged(values[i]);
  Search<Key, behindEqual, KeyOf> search(keyOf);
  auto [least, greatest] = std::minmax_element(keys, keys + count);
  Key ends[kSearches] = {*least, *greatest};
  int64_t places[kPieceValues];
  search.find(ends, 0, length, places);
  int64_t begin = places[0], end = places[1];
  if (begin == end) {
    std::fill_n(result, count, begin);
    return;
  }
  // What lies behind the values is searched too, for whole batches.
  int64_t padded = (count + kSearches - 1) / kSearches * kSearches;
  std::fill(keys + count, keys + padded, keys[0]);
  for (int64_t i = 0; i < padded; i += kSearches)
    search.find(keys + i, begin, end, places + i);
  std::copy_n(places, count, result);
}

template <typename Encoding, typename KeyOf>
static void searchAll(const KeyOf &keyOf, int64_t length,
                      const typename Encoding::Bits *values, int64_t count,
                      bool behindEqual, int64_t *result) {
  parallelFor(count, kPieceValues, [&](int64_t begin, int64_t end) noexcept {
    auto search = behindEqual ? searchPiece<Encoding, true, KeyOf>
                              : searchPiece<Encoding, false, KeyOf>;
    search(keyOf, length, values + begin, end - begin, result + begin);
  });
}

template <typename Encoding>
static void search(const void *sortedData, int64_t length,
                   const void *valueData, int64_t count, bool behindEqual,
                   int64_t *result) {
  using Key = typename Encoding::Bits;
  auto *sorted = static_cast<const Key *>(sortedData);
  auto *values = static_cast<const Key *>(valueData);
  auto encode = [=](int64_t place) {
    return Encoding::encodeMerged(sorted[place]);
  };
  if (count < length)
    return searchAll<Encoding>(encode, length, values, count, behindEqual,
                               result);
  // Each element is looked at several times: encoded once.
  Scratch<Key> keys(length);
  parallelFor(length, kPieceElements, [&](int64_t begin, int64_t end) noexcept {
    for (int64_t i = begin; i < end; ++i)
      keys[i] = encode(i);
  });
  const Key *data = keys.data();
  searchAll<Encoding>([=](int64_t place) { return data[place]; }, length,
                      values, count, behindEqual, result);
}

void numloom::searchSorted(DType dtype, const void *sorted, int64_t length,
                           const void *values, int64_t count, bool behindEqual,
                           int64_t *result) {
  if (length == 0) {
    std::fill_n(result, count, 0);
    return;
  }
  visitKeyEncoding(dtype, [&](auto encoding) {
    search<decltype(encoding)>(sorted, length, values, count, behindEqual,
                               result);
  });
}
