// How often indices name each place, in counts that stay in a cache.
#include "numloom/Trace/PlaceCounts.h"
#include "numloom/Trace/Recorder.h"

#include <array>

using namespace numloom;

/// A number that kernels know, of the dtype and on the device of `like`.
namespace {

/// The word that a place's count is in, and the bit at which it begins.
struct CountPlace {
  NodeRef word, bit;
};

} // namespace

static CountPlace findCount(const NodeRef &places) {
  NodeRef word = recordWithConstant(OpCode::RightShift, places, 3);
  // Computed from the word, so that kernels find both from the place
  // themselves.
  NodeRef count = recordBinary(OpCode::Subtract, places,
                               recordWithConstant(OpCode::LeftShift, word, 3));
  return {word, recordCast(recordWithConstant(OpCode::LeftShift, count, 2),
                           DType::UInt32)};
}

static NodeRef makeCounts(const NodeRef &flat, int64_t numPlaces) {
  int64_t numWords = (numPlaces + 7) / 8;
  NodeRef nothing =
      recordConstant(0, {&numWords, 1}, DType::UInt32, flat->getDevice());
  auto [word, bit] = findCount(flat);
  NodeRef one = recordBinary(
      OpCode::LeftShift,
      recordConstant(1, {}, bit->getDType(), bit->getDevice()), bit);
  // Along axis 0, added, in any order.
  const int64_t attrs[] = {1, 0, 1, 0};
  return record(OpCode::Scatter, std::array{nothing, one, word},
                nothing->getShape(), DType::UInt32, attrs);
}

/// The sum of all counts, 0-d. A count of sixteen is one in the next count, or
/// nothing behind the last one of a word: then the sum is less than the number
/// of entries.
static NodeRef addCounts(const NodeRef &words) {
  constexpr int64_t kLow = 0x0F0F0F0F, kOnes = 0x01010101;
  NodeRef pairs = recordBinary(
      OpCode::Add, recordWithConstant(OpCode::BitwiseAnd, words, kLow),
      recordWithConstant(OpCode::BitwiseAnd,
                         recordWithConstant(OpCode::RightShift, words, 4),
                         kLow));
  NodeRef sums = recordWithConstant(
      OpCode::RightShift, recordWithConstant(OpCode::Multiply, pairs, kOnes),
      24);
  NodeRef wide = recordCast(sums, DType::Int64);
  const int64_t axes[] = {1, 0};
  return record(OpCode::Sum, {&wide, 1}, {}, DType::Int64, axes);
}

NodeRef numloom::arePlacesSpread(const NodeRef &flat, int64_t sampleSize) {
  // Each of so many counts stands for many places: these overflow if one entry
  // in 250 names the same place. Atomic operations on one word take turns.
  constexpr int64_t kSampleCounts = 1 << 15;
  int64_t count = flat->getNumElements();
  // An odd step meets all columns of entries that lie in rows of a power of
  // two.
  int64_t start = 0, step = count / sampleSize | 1;
  int64_t size = (count + step - 1) / step;
  NodeRef sample = makeSlice(flat, {&start, 1}, {&step, 1}, {&size, 1});
  NodeRef mixed = recordBinary(
      OpCode::Add, sample, recordWithConstant(OpCode::RightShift, sample, 15));
  NodeRef few =
      recordWithConstant(OpCode::BitwiseAnd, mixed, kSampleCounts - 1);
  NodeRef sum = addCounts(makeCounts(few, kSampleCounts));
  return recordBinary(OpCode::Equal, sum, size);
}

PlaceCounts numloom::countPlaces(const CountedPlaces &places) {
  NodeRef flat = places.flat;
  if (places.areFew)
    return {makeCounts(flat, places.numPlaces), {}};
  int64_t count = flat->getNumElements();
  if (count > places.sampleSize)
    flat = recordWhereElse(arePlacesSpread(flat, places.sampleSize), flat, -1);
  NodeRef words = makeCounts(flat, places.numPlaces);
  NodeRef areValid = recordBinary(OpCode::Equal, addCounts(words), count);
  return {std::move(words), std::move(areValid)};
}

NodeRef numloom::readCounts(const PlaceCounts &counts, const NodeRef &places) {
  auto [word, bit] = findCount(places);
  const int64_t axes[] = {1, 0};
  NodeRef words = record(OpCode::Gather, std::array{counts.words, word},
                         places->getShape(), DType::UInt32, axes);
  NodeRef found = recordWithConstant(
      OpCode::BitwiseAnd, recordBinary(OpCode::RightShift, words, bit), 15);
  return counts.areValid ? recordWhereElse(counts.areValid, found, 0) : found;
}
