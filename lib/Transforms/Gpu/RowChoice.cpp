// The choice of schedules for reduced rows: who keeps or walks them.

#include "ReductionChoice.h"

#include "Schedules.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// A row in the registers of one block, of a short body and of any other: 1024
/// threads have 64 registers each.
static constexpr int64_t kMaxGroup = 1024, kMaxGroupOfLongBody = 512;
static constexpr size_t kShortBody = 16;
/// Steps of a thread, and the bytes that it holds in them: with 128 bytes of a
/// row's operands there are 32 registers left for computing.
/// Softmax of 8192 x 4096 takes 67 us with two or four steps, 69 with eight, 92
/// with one.
static constexpr int64_t kFewSteps = 4, kMaxSteps = 8, kMaxStepBytes = 128;
/// What a thread loads of a row that less than a warp shares: 1M rows of 32
/// float32 are summed in 35 us with 32 bytes, in 40 with 64, in 37 with 16.
static constexpr int64_t kShortRowBytes = 32;
/// The most blocks of a cluster that every device with clusters runs, and the
/// first of these devices. Blocks of a cluster start together or not at all,
/// and wait for each other: smaller blocks leave fewer gaps.
static constexpr int64_t kMaxCluster = 8;
static constexpr int kFirstWithClusters = 90;
/// Rows of a thread that share an operand: 16 of them where the operations of
/// all stay few enough to compile and their results fit registers; threads of a
/// block, and columns that the warps need to lie in one row each.
static constexpr int64_t kLeastTileRows = 4, kMostTileRows = 16;
static constexpr int64_t kMaxTileOperations = 4096, kMaxTileBytes = 64;
static constexpr int64_t kTileThreads = 128, kLeastTileColumns = 64;

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

void ReductionChoice::chooseKeptRow(int64_t vectors, int64_t maxSteps) {
  auto getGroup = [&](int64_t steps) {
    return std::min(
        ceilPowerOfTwo(llvm::divideCeil(vectors, std::min(steps, maxSteps))),
        kMaxGroupOfLongBody);
  };
  auto countLoads = [&](int64_t group) {
    return group * int64_t(llvm::divideCeil(vectors, group));
  };
  int64_t group = getGroup(kFewSteps);
  int64_t other = getGroup(
      std::clamp<int64_t>(kShortRowBytes / countStepBytes(), 2, kMaxSteps));
  // Loads that repeat the last vector cost more.
  if (std::max(group, other) < kWarp && countLoads(other) <= countLoads(group))
    group = other;
  if (vectors > group * maxSteps)
    group = kMaxGroup;
  keepRow(vectors, group, /*cluster=*/1);
}

bool ReductionChoice::chooseRowTile() {
  int64_t vectors = length ? *length / lanes : 0;
  size_t operations = llvm::range_size(kernel.getBody().front());
  if (isStaged || isWrittenInPlace(kernel) || !hasElements() ||
      vectors > kFewSteps || kept.size() != 2 || reduced.size() != 1 ||
      operations > kShortBody)
    return false;
  int64_t outer = *hints.evaluate(kept[0].extent);
  int64_t inner = *hints.evaluate(kept[1].extent);
  if (outer < kLeastBands * kLeastTileRows || inner < kLeastTileColumns)
    return false;
  // A load that rows share, and no results over all of the space.
  bool isShared = false;
  for (const Access &access : space.getAccesses()) {
    bool hasRow = access.offset.dependsOn(reduced.front().dim);
    if (access.isStore && hasRow)
      return false;
    isShared |= !access.isStore && hasRow &&
                access.offset.dependsOn(kept[1].dim) &&
                !access.offset.dependsOn(kept[0].dim);
  }
  if (!isShared)
    return false;
  int64_t height = kMostTileRows, perRow = *length * operations;
  while (height > kLeastTileRows &&
         (outer < kLeastBands * height || height * widest > kMaxTileBytes ||
          height * perRow > kMaxTileOperations))
    height /= 2;
  choice.name = "row_tile";
  setOption("threads", kTileThreads);
  setOption("steps", vectors);
  setOption("rows", height);
  addGuard(reduced.front().extent, (vectors - 1) * lanes + 1, vectors * lanes);
  addGuard(kept[0].extent, kLeastBands * height, kUnlimited);
  addGuard(kept[1].extent, kLeastTileColumns, kUnlimited);
  return true;
}

bool ReductionChoice::chooseClusterRow(int64_t maxGroup, int64_t maxSteps) {
  if (!isStaged || !hasElements() ||
      target.computeCapability < kFirstWithClusters)
    return false;
  int64_t vectors = *length / lanes, perBlock = kThreads * maxSteps;
  if (vectors <= kMaxCluster * perBlock) {
    keepRow(vectors, kThreads,
            ceilPowerOfTwo(llvm::divideCeil(vectors, perBlock)));
    return true;
  }
  // Few rows need all the threads that a multiprocessor has; many rows at a
  // time would not stay in the second-level cache.
  int64_t group =
      *rows < target.multiprocessors ? maxGroup : kMaxGroupOfLongBody;
  setOption("group", group);
  setOption("threads", group);
  setOption("steps", kLoopSteps);
  setOption("cluster", kMaxCluster);
  // As many threads of small blocks as of the largest: 64 registers each.
  setOption("blocks", kMaxGroup / group);
  addGuard(getProduct(reduced), kMaxCluster * perBlock * lanes + 1, kUnlimited);
  return true;
}

void ReductionChoice::keepRow(int64_t vectors, int64_t group, int64_t cluster) {
  int64_t steps = llvm::divideCeil(vectors, group * cluster);
  // A few numbers of steps, so that plans hold for more than one length.
  int64_t fewer = steps - 1;
  if (steps > 4) {
    fewer = steps > 6 ? 6 : 4;
    steps = fewer + 2;
  }
  int64_t threads = std::max(group, group < kWarp ? kThreads : kThreads / 2);
  setOption("group", group);
  setOption("threads", threads);
  setOption("steps", steps);
  setOption("keep", 1);
  if (cluster > 1)
    setOption("cluster", cluster);
  int64_t perStep = group * cluster * lanes;
  addGuard(getProduct(reduced), fewer * perStep + 1, steps * perStep);
  chooseKeptBlocks(llvm::divideCeil(threads / group * *length, cluster));
}

void ReductionChoice::chooseRow() {
  choice.name = "row";
  if (!reduced.empty())
    lanes = chooseLanes(reduced.back());
  setOption("vector", lanes);
  size_t operations = llvm::range_size(kernel.getBody().front());
  int64_t maxGroup = operations <= kShortBody ? kMaxGroup : kMaxGroupOfLongBody;
  int64_t maxSteps =
      std::clamp<int64_t>(kMaxStepBytes / countStepBytes(), 1, kMaxSteps);
  int64_t capacity = maxGroup * maxSteps;
  if (chooseRowTile())
    return;
  if (length && *length > 0 && *length / lanes <= capacity)
    return chooseKeptRow(*length / lanes, maxSteps);
  if (chooseClusterRow(maxGroup, maxSteps))
    return;
  bool fewRows =
      rows && *rows < kBlocksPerMultiprocessor * target.multiprocessors;
  int64_t group = fewRows ? maxGroup : kThreads;
  setOption("group", group);
  setOption("threads", group);
  setOption("steps", kLoopSteps);
  if (length)
    addGuard(getProduct(reduced), *length == 0 ? 0 : capacity * lanes + 1,
             *length == 0 ? 0 : kUnlimited);
  if (length && !isStaged)
    chooseKeptBlocks(*length);
}

} // namespace numloom::array
