// The choice of schedules for running reductions.

#include "ReductionChoice.h"

using namespace mlir;

namespace numloom::array {

/// A tile of a scan: its states take as many registers as its elements.
static constexpr int64_t kMaxScanGroup = 512, kScanSteps = 4;
/// Threads and single elements of a thread where tiles wait for each other: 50
/// million elements take 162 us in tiles of 8192, 187 in tiles of 4096.
static constexpr int64_t kTiledScanThreads = 512, kTiledScanScalars = 8;

void ReductionChoice::chooseRowScan() {
  if (!reduced.empty())
    lanes = chooseLanes(reduced.back());
  int64_t vectors = length ? *length / lanes : 0;
  setOption("vector", lanes);
  int64_t capacity = kMaxScanGroup * kScanSteps;
  if (vectors == 0 || vectors > capacity) {
    choice.name = "tiled_scan";
    setOption("threads", kTiledScanThreads);
    setOption("steps", lanes == 1 ? kTiledScanScalars : kScanSteps);
    if (vectors > 0)
      addGuard(getProduct(reduced), capacity * lanes + 1, kUnlimited);
    return;
  }
  choice.name = "scan";
  int64_t group = ceilPowerOfTwo(llvm::divideCeil(vectors, kScanSteps));
  setOption("group", group);
  setOption("threads", std::max(group, kThreads));
  setOption("steps", kScanSteps);
  addGuard(getProduct(reduced),
           group == 1 ? 1 : group / 2 * kScanSteps * lanes + 1,
           group * kScanSteps * lanes);
}

void ReductionChoice::chooseColumnScan() {
  choice.name = "column_scan";
  const LoopDim &columns = kept.back();
  lanes = chooseLanes(columns);
  int64_t threads = kThreads, splits = 1;
  if (hasElements()) {
    int64_t width = *hints.evaluate(columns.extent);
    threads = std::clamp(assumeMagnitude(columns.extent, width) / lanes, kWarp,
                         kThreads);
    int64_t items = assumeMagnitude(getProduct(kept), *rows) / lanes;
    int64_t upperLength = assumeMagnitude(getProduct(reduced), *length);
    splits = ceilPowerOfTwo(kBlocksPerMultiprocessor * target.multiprocessors *
                            kThreads / std::max<int64_t>(1, items));
    // Each slab combines those above it: their number must stay below that of
    // its rows.
    while (splits > 1 && splits * splits * 2 > upperLength)
      splits /= 2;
  }
  setOption("vector", lanes);
  setOption("threads", threads);
  setOption("across", std::min(threads, kWarp));
  setOption("steps", kLoopSteps);
  setOption("splits", splits);
}

} // namespace numloom::array
