// Positions that sort or partition rows: keys are joined with their positions
// into wider keys, which makes every sort stable.
#include "numloom/Runtime/Algorithms.h"

#include "BucketSort.h"
#include "RowLoops.h"
#include "Select.h"

using namespace numloom;

/// Sorts keys joined with the position of their element in the low bits. Runs
/// through rows that may lie in parallel, so it has its own memory.
template <typename Wide, typename KeyOf>
static void argsortJoined(const KeyOf &keyOf, int positionBits, int64_t *result,
                          int64_t count, const Ranks &ranks) {
  Scratch<Wide> joined(count);
  auto join = [&](int64_t i) {
    return Wide(Wide(keyOf(i)) << positionBits | Wide(i));
  };
  Wide mask = Wide((Wide(1) << positionBits) - 1);
  auto unpack = [=](const Wide *keys, int64_t begin, int64_t n) {
    for (int64_t i = 0; i < n; ++i)
      result[begin + i] = int64_t(keys[i] & mask);
  };
  sortKeys(join, joined.data(), count, ranks, unpack);
}

/// Keys and positions in as few bits as hold both.
template <typename KeyOf>
static void argsortKeys(const KeyOf &keyOf, int keyBits, int64_t *result,
                        int64_t count, const Ranks &ranks) {
  int positionBits = std::bit_width(uint64_t(count - 1));
  if (keyBits + positionBits <= 64)
    argsortJoined<uint64_t>(keyOf, positionBits, result, count, ranks);
  else
    argsortJoined<UInt128>(keyOf, positionBits, result, count, ranks);
}

namespace {
struct KeyRange {
  uint64_t least, greatest;
};
} // namespace

template <typename Encoding>
static KeyRange findRange(const uint64_t *source, int64_t count) {
  std::atomic<uint64_t> least{~uint64_t(0)}, greatest{0};
  parallelFor(count, kPieceElements, [&](int64_t begin, int64_t end) noexcept {
    uint64_t low = ~uint64_t(0), high = 0;
    for (int64_t i = begin; i < end; ++i) {
      uint64_t key = Encoding::encodeMerged(source[i]);
      low = std::min(low, key);
      high = std::max(high, key);
    }
    for (uint64_t old = least; low < old;)
      if (least.compare_exchange_weak(old, low))
        break;
    for (uint64_t old = greatest; high > old;)
      if (greatest.compare_exchange_weak(old, high))
        break;
  });
  return {least, greatest};
}

/// Short rows of 64-bit keys are sorted with the position in the place of the
/// key's lowest bits, then put right where these decide.
static constexpr int64_t kShortRow = 256;

template <typename Encoding>
static void argsortShortRow(const uint64_t *source, int64_t *result,
                            int64_t count) {
  constexpr uint64_t kMask = kShortRow - 1;
  uint64_t keys[kShortRow], joined[kShortRow];
  for (int64_t i = 0; i < count; ++i) {
    keys[i] = Encoding::encodeMerged(source[i]);
    joined[i] = (keys[i] & ~kMask) | uint64_t(i);
  }
  vectorSort(joined, count);
  for (int64_t i = 0; i < count; ++i) {
    int64_t position = int64_t(joined[i] & kMask), place = i;
    uint64_t key = keys[position];
    for (; place > 0 && keys[result[place - 1]] > key; --place)
      result[place] = result[place - 1];
    result[place] = position;
  }
}

/// Up to 64-bit keys. Integers of 64 bits often span few: then they and their
/// positions fit into 64.
template <typename Encoding>
static void argsortRow(const typename Encoding::Bits *source, int64_t *result,
                       int64_t count, const Ranks &ranks) {
  using Bits = typename Encoding::Bits;
  if constexpr (sizeof(Bits) < 8) {
    auto keyOf = [=](int64_t i) { return Encoding::encodeMerged(source[i]); };
    argsortKeys(keyOf, 8 * sizeof(Bits), result, count, ranks);
  } else if (count <= kShortRow) {
    argsortShortRow<Encoding>(source, result, count);
  } else {
    KeyRange range = findRange<Encoding>(source, count);
    auto keyOf = [=](int64_t i) {
      return Encoding::encodeMerged(source[i]) - range.least;
    };
    argsortKeys(keyOf, std::bit_width(range.greatest - range.least), result,
                count, ranks);
  }
}

/// 128-bit keys: by the low halves first, then by the high ones without
/// disturbing that order.
template <typename Encoding>
static void argsortWideRow(const UInt128 *source, int64_t *result,
                           int64_t count) {
  Scratch<int64_t> byLow(count);
  argsortKeys(
      [=](int64_t i) { return uint64_t(Encoding::encodeMerged(source[i])); },
      64, byLow.data(), count, std::nullopt);
  argsortKeys(
      [&](int64_t i) {
        return uint64_t(Encoding::encodeMerged(source[byLow[i]]) >> 64);
      },
      64, result, count, std::nullopt);
  parallelFor(count, kPieceElements, [&](int64_t begin, int64_t end) noexcept {
    for (int64_t i = begin; i < end; ++i)
      result[i] = byLow[result[i]];
  });
}

/// Sorting would carry the positions through keys of twice the width.
template <typename Encoding>
static void argpartitionRow(const typename Encoding::Bits *source,
                            int64_t *result, int64_t count, int64_t rank) {
  partitionAround<typename Encoding::Bits>(
      [=](int64_t i) { return Encoding::encodeMerged(source[i]); },
      static_cast<const int64_t *>(nullptr), result, count, rank);
}

template <typename Encoding>
static void argsortEncoded(const void *data, int64_t *result, Rows rows,
                           const Ranks &ranks) {
  using Bits = typename Encoding::Bits;
  auto *source = static_cast<const Bits *>(data);
  forRows(rows, [&](int64_t row) {
    int64_t first = row * rows.length;
    if (sizeof(Bits) >= 8 && isSelected(ranks, rows.length, kShortRow + 1))
      argpartitionRow<Encoding>(source + first, result + first, rows.length,
                                ranks->front());
    else if constexpr (sizeof(Bits) == 16)
      argsortWideRow<Encoding>(source + first, result + first, rows.length);
    else
      argsortRow<Encoding>(source + first, result + first, rows.length, ranks);
  });
}

void numloom::argsortRows(DType dtype, const void *source, int64_t *result,
                          Rows rows) {
  visitKeyEncoding(dtype, [&](auto encoding) {
    argsortEncoded<decltype(encoding)>(source, result, rows, std::nullopt);
  });
}

void numloom::argpartitionRows(DType dtype, const void *source, int64_t *result,
                               Rows rows, std::span<const int64_t> ranks) {
  visitKeyEncoding(dtype, [&](auto encoding) {
    argsortEncoded<decltype(encoding)>(source, result, rows, ranks);
  });
}
