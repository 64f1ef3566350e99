// Highway's vectorised quicksort, and what is faster for few or narrow keys.
#include "VectorSort.h"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>

using namespace numloom;

/// Below this many keys a call of Highway (about 300 ns) costs more than it
/// saves.
static constexpr int64_t kFewKeys = 24;

template <typename Key>
static void insertionSort(Key *keys, int64_t count) {
  for (int64_t i = 1; i < count; ++i) {
    Key key = keys[i];
    int64_t place = i;
    for (; place > 0 && keys[place - 1] > key; --place)
      keys[place] = keys[place - 1];
    keys[place] = key;
  }
}

/// `Lanes` is Highway's name for the key's type.
template <typename Lanes, typename Key>
static void sortWithHighway(Key *keys, int64_t count) {
  if (count <= kFewKeys)
    return insertionSort(keys, count);
  static_assert(sizeof(Lanes) == sizeof(Key));
  // Holds what one sort at a time needs beside the keys.
  static thread_local const hwy::Sorter sorter;
  sorter(reinterpret_cast<Lanes *>(keys), size_t(count), hwy::SortAscending());
}

void numloom::vectorSort(uint8_t *keys, int64_t count) noexcept {
  if (count <= kFewKeys)
    return insertionSort(keys, count);
  int64_t counts[256] = {};
  for (int64_t i = 0; i < count; ++i)
    ++counts[keys[i]];
  for (int key = 0; key < 256; ++key)
    keys = std::fill_n(keys, counts[key], uint8_t(key));
}

void numloom::vectorSort(uint16_t *keys, int64_t count) noexcept {
  sortWithHighway<uint16_t>(keys, count);
}
void numloom::vectorSort(uint32_t *keys, int64_t count) noexcept {
  sortWithHighway<uint32_t>(keys, count);
}
void numloom::vectorSort(uint64_t *keys, int64_t count) noexcept {
  sortWithHighway<uint64_t>(keys, count);
}
void numloom::vectorSort(UInt128 *keys, int64_t count) noexcept {
  sortWithHighway<hwy::uint128_t>(keys, count);
}
