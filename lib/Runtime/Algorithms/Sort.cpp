// Sorting and partitioning rows of elements.
#include "numloom/Runtime/Algorithms.h"

#include "Bins.h"
#include "RowLoops.h"
#include "Select.h"

#include <numeric>

using namespace numloom;

/// Whether the elements are in order already; stops soon where they are not.
template <typename Encoding>
static bool isSorted(const typename Encoding::Bits *source, int64_t count) {
  std::atomic<bool> sorted{true};
  parallelFor(count, kPieceElements, [&](int64_t begin, int64_t end) noexcept {
    if (!sorted.load(std::memory_order_relaxed))
      return;
    auto previous = Encoding::encode(source[begin ? begin - 1 : 0]);
    for (int64_t i = begin; i < end; ++i) {
      auto key = Encoding::encode(source[i]);
      if (key < previous)
        return sorted.store(false, std::memory_order_relaxed);
      previous = key;
    }
  });
  return sorted;
}

/// Counting sort of keys of up to 16 bits: the sorted row is runs of keys.
template <typename Encoding>
static void countingSort(const typename Encoding::Bits *source,
                         typename Encoding::Bits *result, int64_t count) {
  using Bits = typename Encoding::Bits;
  constexpr int64_t kKeys = int64_t(1) << 8 * sizeof(Bits);
  Scratch<int64_t> ends(kKeys);
  sumPieces(count, ends.data(), kKeys,
            [=](int64_t *totals, int64_t begin, int64_t end) {
              for (int64_t i = begin; i < end; ++i)
                ++totals[Encoding::encode(source[i])];
            });
  std::partial_sum(ends.data(), ends.data() + kKeys, ends.data());
  parallelFor(count, kPieceElements, [&](int64_t begin, int64_t end) noexcept {
    const int64_t *first = ends.data(), *last = first + kKeys;
    while (begin < end) {
      const int64_t *run = std::upper_bound(first, last, begin);
      int64_t runEnd = std::min(*run, end);
      std::fill(result + begin, result + runEnd,
                Encoding::decode(Bits(run - first)));
      begin = runEnd;
    }
  });
}

/// From here on a selection and one pass take less time than a sort: one of
/// 1000 float64 458 us for 675 in 200 rows.
template <typename Bits>
static int64_t getSelectedRow() {
  return sizeof(Bits) == 8 && packsInVectors() ? 1 << 9 : 1 << 14;
}

template <typename Encoding>
static void sortRow(const typename Encoding::Bits *source,
                    typename Encoding::Bits *result, int64_t count,
                    const Ranks &ranks) {
  using Bits = typename Encoding::Bits;
  if constexpr (sizeof(Bits) <= 2)
    if (count >= kParallelKeys)
      return countingSort<Encoding>(source, result, count);
  auto encode = [=](int64_t i) { return Encoding::encode(source[i]); };
  if (isSelected(ranks, count, getSelectedRow<Bits>()))
    return partitionAround<Bits>(encode, source, result, count, ranks->front());
  auto decode = [](Bits *keys, int64_t, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      keys[i] = Encoding::decode(keys[i]);
  };
  sortKeys(encode, result, count, ranks, decode);
}

template <typename Encoding>
static void sortEncoded(const void *sourceData, void *resultData, Rows rows,
                        const Ranks &ranks) {
  using Bits = typename Encoding::Bits;
  auto *source = static_cast<const Bits *>(sourceData);
  auto *result = static_cast<Bits *>(resultData);
  if (rows.length >= kParallelKeys && rows.count == 1 &&
      isSorted<Encoding>(source, rows.length))
    return copyElements(source, result, rows.size());
  forRows(rows, [&](int64_t row) {
    sortRow<Encoding>(source + row * rows.length, result + row * rows.length,
                      rows.length, ranks);
  });
}

void numloom::sortRows(DType dtype, const void *source, void *result,
                       Rows rows) {
  visitKeyEncoding(dtype, [&](auto encoding) {
    sortEncoded<decltype(encoding)>(source, result, rows, std::nullopt);
  });
}

void numloom::selectRows(DType dtype, const void *source, void *result,
                         Rows rows, std::span<const int64_t> ranks) {
  visitKeyEncoding(dtype, [&](auto encoding) {
    using Bits = typename decltype(encoding)::Bits;
    Scratch<Bits> partitioned(rows.size());
    sortEncoded<decltype(encoding)>(source, partitioned.data(), rows, ranks);
    auto *elements = static_cast<Bits *>(result);
    constexpr int64_t kRowsAtOnce = 1 << 12;
    parallelFor(rows.count, kRowsAtOnce,
                [&](int64_t begin, int64_t end) noexcept {
                  Bits *element = elements + begin * int64_t(ranks.size());
                  for (int64_t row = begin; row < end; ++row)
                    for (int64_t rank : ranks)
                      *element++ = partitioned[row * rows.length + rank];
                });
  });
}

void numloom::partitionRows(DType dtype, const void *source, void *result,
                            Rows rows, std::span<const int64_t> ranks) {
  visitKeyEncoding(dtype, [&](auto encoding) {
    sortEncoded<decltype(encoding)>(source, result, rows, ranks);
  });
}
