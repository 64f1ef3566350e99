// How often indices name each place, in counts that stay in a cache.
#ifndef NUMLOOM_TRACE_PLACECOUNTS_H
#define NUMLOOM_TRACE_PLACECOUNTS_H

#include "numloom/Trace/Node.h"

#include <cstdint>

namespace numloom {

/// Counts of four bits, so that those of an array that lies in memory are a
/// sixteenth of its bytes, or an eighth: atomic operations on them do not leave
/// a GPU's second-level cache.
struct PlaceCounts {
  /// uint32, eight counts in each.
  NodeRef words;
  /// A 0-d bool array: whether all entries were counted, and no count
  /// overflowed. Null: that is known.
  NodeRef areValid;
};

/// Which indices are counted.
struct CountedPlaces {
  /// int64, a vector; negative entries are left out.
  NodeRef flat;
  /// Above all entries.
  int64_t numPlaces;
  /// So many entries are looked at first, if there are more: nothing is counted
  /// if they name some places very often (arePlacesSpread).
  int64_t sampleSize;
  /// Whether no place is named more than 15 times, nor an entry left out.
  bool areFew = false;
};

PlaceCounts countPlaces(const CountedPlaces &places);

/// The counts at `places`, int64 and in range; 0 unless all are valid.
NodeRef readCounts(const PlaceCounts &counts, const NodeRef &places);

/// Whether no place is named by very many entries, to judge by a sample; a 0-d
/// bool array.
NodeRef arePlacesSpread(const NodeRef &flat, int64_t sampleSize);

} // namespace numloom

#endif // NUMLOOM_TRACE_PLACECOUNTS_H
