// The parallel sort and selection of unsigned keys: a sample cuts the range of
// keys into buckets that fit a core's cache, and each bucket is sorted there.
#ifndef NUMLOOM_RUNTIME_ALGORITHMS_BUCKETSORT_H
#define NUMLOOM_RUNTIME_ALGORITHMS_BUCKETSORT_H

#include "Classify.h"
#include "VectorSort.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/ThreadPool.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace numloom {

/// Elements that a piece of a parallel loop over elements gets.
inline constexpr int64_t kPieceElements = 1 << 16;

/// Memory of the pool as an array of `T`.
template <typename T>
class Scratch {
public:
  explicit Scratch(int64_t count)
      : buffer(Allocator::get().allocate(size_t(count) * sizeof(T))) {}
  T *data() const { return static_cast<T *>(buffer.data()); }
  T &operator[](int64_t i) const { return data()[i]; }

private:
  Buffer buffer;
};

/// Which places of the sorted sequence are asked for; all without a value.
using Ranks = std::optional<std::span<const int64_t>>;

/// Whether one of the places [begin, end) is.
inline bool isAsked(const Ranks &ranks, int64_t begin, int64_t end) {
  if (!ranks)
    return begin < end;
  auto first = std::ranges::lower_bound(*ranks, begin);
  return first != ranks->end() && *first < end;
}

/// Splits keys into up to 256 ranges at splitters from a sample.
template <typename Key>
class Splitters {
public:
  /// At least `buckets` ranges; `source(i)` is the key of element i.
  template <typename Source>
  Splitters(const Source &source, int64_t count, int64_t buckets) {
    levels =
        std::clamp<int>(std::bit_width(uint64_t(buckets - 1)), 1, kMaxLevels);
    int64_t samples = getNumBuckets() * kSamplesPerBucket;
    std::vector<Key> sample(static_cast<size_t>(samples));
    // A multiplicative hash spreads the places within equal strides.
    for (int64_t i = 0; i < samples; ++i) {
      int64_t begin = count / samples * i;
      uint64_t jump = uint64_t(i) * 0x9E3779B97F4A7C15u >> 32;
      sample[i] = source(begin + int64_t(jump % uint64_t(count / samples)));
    }
    vectorSort(sample.data(), samples);
    fill(1, 0, samples, sample);
    for (int64_t bucket = 1; bucket < getNumBuckets(); ++bucket)
      ascending[bucket - 1] = sample[samples * bucket / getNumBuckets()];
  }

  int64_t getNumBuckets() const { return int64_t(1) << levels; }

  /// The buckets of `count` keys, at most kBatch; the inner loops run over
  /// independent keys.
  void classify(const Key *keys, int count, uint8_t *buckets) const {
    if (sizeof(Key) <= 8 && levels <= kMaxLinearLevels)
      return countLessOrEqual(ascending.data(), int(getNumBuckets()) - 1, keys,
                              count, buckets);
    uint32_t places[kBatch];
    std::fill_n(places, count, 1);
    for (int level = 0; level < levels; ++level)
      for (int i = 0; i < count; ++i)
        places[i] = 2 * places[i] + !(keys[i] < tree[places[i]]);
    for (int i = 0; i < count; ++i)
      buckets[i] = uint8_t(places[i] - getNumBuckets());
  }

  static constexpr int kBatch = kClassifiedKeys;

private:
  static constexpr int kMaxLevels = 8;
  /// Up to here comparing with every splitter, in vectors, beats a search.
  static constexpr int kMaxLinearLevels = 4;
  static constexpr int64_t kSamplesPerBucket = 16;

  /// The node `place` of the search tree, breadth first, halves the samples
  /// [begin, end).
  void fill(int64_t place, int64_t begin, int64_t end,
            const std::vector<Key> &sample) {
    if (place >= getNumBuckets())
      return;
    int64_t middle = (begin + end) / 2;
    tree[place] = sample[middle];
    fill(2 * place, begin, middle, sample);
    fill(2 * place + 1, middle, end, sample);
  }

  int levels;
  std::array<Key, 1 << kMaxLevels> tree, ascending;
};

/// One run of the sort: `source(i)` gives key i; `result` has room for `count`
/// keys. `finish(keys, begin, n)` is called for every finished run of n keys,
/// which are the sorted keys from `begin` on.
template <typename Key, typename Source, typename Finish>
class BucketSort {
public:
  BucketSort(const Source &source, Key *result, int64_t count,
             const Ranks &ranks, const Finish &finish)
      : source(source), result(result), count(count), ranks(ranks),
        finish(finish), splitters(source, count, chooseBuckets()),
        pieceKeys(std::max(kPieceElements, count / 1024)),
        numBuckets(splitters.getNumBuckets()),
        offsets((count + pieceKeys - 1) / pieceKeys * numBuckets), ids(count) {}

  void run() {
    forPieces([&](int64_t piece, int64_t begin, int64_t end) {
      classify(&offsets[piece * numBuckets], begin, end);
    });
    sumOffsets();
    forPieces([&](int64_t piece, int64_t begin, int64_t end) {
      scatter(&offsets[piece * numBuckets], begin, end);
    });
    parallelFor(numBuckets, 1, [&](int64_t bucket, int64_t) noexcept {
      int64_t begin = starts[bucket], end = starts[bucket + 1];
      if (isAsked(ranks, begin, end))
        vectorSort(result + begin, end - begin);
      finish(result + begin, begin, end - begin);
    });
  }

private:
  /// Buckets of at most 8 MiB, and enough of them for all threads. In a
  /// selection their number decides how elements that nobody asked for are
  /// arranged, so there it depends on no thread.
  int64_t chooseBuckets() const {
    int64_t bytes = count * int64_t(sizeof(Key));
    return std::max<int64_t>(bytes >> 23, ranks ? 16 : 4 * getNumThreads());
  }

  template <typename Body>
  void forPieces(Body body) {
    parallelFor(count, pieceKeys, [&](int64_t begin, int64_t end) noexcept {
      body(begin / pieceKeys, begin, end);
    });
  }

  /// Notes the bucket of each key, and how many of the piece's keys it has.
  void classify(int64_t *counts, int64_t begin, int64_t end) {
    constexpr int kBatch = Splitters<Key>::kBatch;
    // Neighbours in one bucket count in different places: none waits for the
    // one before it.
    std::array<std::array<int64_t, 256>, 4> partial = {};
    Key keys[kBatch];
    for (int64_t i = begin; i < end; i += kBatch) {
      int n = int(std::min<int64_t>(kBatch, end - i));
      for (int k = 0; k < n; ++k)
        keys[k] = source(i + k);
      splitters.classify(keys, n, &ids[i]);
      for (int k = 0; k < n; ++k)
        ++partial[k % 4][ids[i + k]];
    }
    for (int64_t bucket = 0; bucket < numBuckets; ++bucket)
      counts[bucket] = partial[0][bucket] + partial[1][bucket] +
                       partial[2][bucket] + partial[3][bucket];
  }

  /// Turns counts into the places where each piece writes into each bucket.
  void sumOffsets() {
    int64_t sum = 0, pieces = (count + pieceKeys - 1) / pieceKeys;
    for (int64_t bucket = 0; bucket < numBuckets; ++bucket) {
      starts[bucket] = sum;
      for (int64_t piece = 0; piece < pieces; ++piece)
        sum += std::exchange(offsets[piece * numBuckets + bucket], sum);
    }
    starts[numBuckets] = sum;
  }

  void scatter(int64_t *places, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      result[places[ids[i]]++] = source(i);
  }

  const Source &source;
  Key *result;
  int64_t count;
  const Ranks &ranks;
  const Finish &finish;
  Splitters<Key> splitters;
  int64_t pieceKeys, numBuckets;
  Scratch<int64_t> offsets;
  Scratch<uint8_t> ids;
  std::array<int64_t, 257> starts;
};

/// Fewer keys than this are sorted in one piece.
inline constexpr int64_t kParallelKeys = 1 << 17;

/// Sorts, or where `ranks` are given partitions, the keys `source(i)` into
/// `result` and calls `finish` as BucketSort does.
template <typename Key, typename Source, typename Finish>
void sortKeys(const Source &source, Key *result, int64_t count,
              const Ranks &ranks, const Finish &finish) {
  if (count >= kParallelKeys)
    return BucketSort<Key, Source, Finish>(source, result, count, ranks, finish)
        .run();
  for (int64_t i = 0; i < count; ++i)
    result[i] = source(i);
  vectorSort(result, count);
  finish(result, 0, count);
}

} // namespace numloom

#endif // NUMLOOM_RUNTIME_ALGORITHMS_BUCKETSORT_H
