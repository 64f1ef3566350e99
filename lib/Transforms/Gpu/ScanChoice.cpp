// The choice of schedules for running reductions.

#include "ReductionChoice.h"

#include "../Compression.h"

using namespace mlir;

namespace numloom::array {

/// A tile of a scan: its states take as many registers as its elements.
static constexpr int64_t kMaxScanGroup = 512, kScanSteps = 4;
/// The most lanes that a vector can have: longer rows have tiles for any.
static constexpr int64_t kMaxVectorLanes = 16;
/// Bytes and steps of a thread where tiles wait for each other: the fewer the
/// tiles, the less they wait, and their states wait in shared memory.
static constexpr int64_t kTileBytes = 128, kMaxTileSteps = 16;
/// Tiles that a multiprocessor is to hold at once. Only those of 32-bit
/// elements and indices behind short bodies fit the registers: others have
/// fewer steps.
static constexpr int64_t kTilesPerMultiprocessor = 4, kLightBytes = 4;
static constexpr size_t kShortBody = 8;
/// Steps of a tile that is compressed: 7 of 16 bytes fit the 64 registers of
/// which four blocks have as many; 8 do not.
static constexpr int64_t kMaxPackSteps = 7;
/// Shared memory for the elements that a tile lets through, of the 48 KiB that
/// a block has without asking.
static constexpr int64_t kMaxPackedBytes = 40 << 10;

void ReductionChoice::chooseTiledScan() {
  choice.name = "tiled_scan";
  auto indexBits = kernel->getAttrOfType<IntegerAttr>(kIndexBitsAttr);
  bool isLight = indexBits && indexBits.getInt() == 32 &&
                 widest == kLightBytes && stateBytes == kLightBytes &&
                 llvm::range_size(kernel.getBody().front()) <= kShortBody;
  int64_t steps = std::min(kTileBytes / (lanes * widest), kMaxTileSteps);
  setOption("threads", kThreads);
  int64_t fewer = lanes == 1 ? 2 * kScanSteps : kScanSteps;
  setOption("steps", isLight ? steps : std::min(steps, fewer));
  if (isLight)
    setOption("blocks", kTilesPerMultiprocessor);
}

void ReductionChoice::chooseRowScan() {
  if (!reduced.empty())
    lanes = chooseLanes(reduced.back());
  int64_t capacity = kMaxScanGroup * kScanSteps;
  // One loop alone may have a tail: its vectors start at multiples anyway.
  if (lanes == 1 && kept.empty() && reduced.size() == 1 && length &&
      *length > capacity * kMaxVectorLanes) {
    lanes = chooseLanes(reduced.back(), /*hasTail=*/true);
    setOption("tail", lanes > 1);
  }
  int64_t vectors = length ? *length / lanes : 0;
  setOption("vector", lanes);
  if (vectors == 0 || vectors > capacity) {
    chooseTiledScan();
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

void ReductionChoice::chooseCompress() {
  choice.name = "compress";
  // The order of the loops is that of the elements.
  if (!reduced.empty())
    lanes = chooseLanes(reduced.back());
  int64_t bytes = 0;
  size_t operations = 0;
  for (Operation &op : kernel.getBody().front()) {
    operations += !isCountedOnTheWay(&op);
    if (auto compress = dyn_cast<CompressOp>(op))
      bytes += getBytes(getDType(compress.getType()));
  }
  int64_t steps = std::min(kTileBytes / (lanes * widest), kMaxPackSteps);
  steps = std::min(steps, kMaxPackedBytes / (kThreads * lanes * bytes));
  setOption("vector", lanes);
  setOption("threads", kThreads);
  setOption("steps", std::max<int64_t>(steps, 1));
  if (widest <= kLightBytes && operations <= kShortBody)
    setOption("blocks", kTilesPerMultiprocessor);
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
