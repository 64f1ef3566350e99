// Running reductions across the lanes of vectors, the threads of a warp, and
// the warps of a group.

#include "GpuScanScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// Lanes
//===----------------------------------------------------------------------===//

SmallVector<GpuScanScheduler::States>
GpuScanScheduler::scanLanes(const States &lifted) {
  int64_t lanes = emitter->getLaneMode().lanes;
  if (lanes == 1)
    return {lifted};
  SmallVector<States> prefixes;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    SmallVector<Value> values;
    for (Value value : flatten(lifted))
      values.push_back(
          vector::ExtractOp::create(builder, value, ArrayRef<int64_t>{lane}));
    States own = unflatten(lifted, values);
    prefixes.push_back(lane == 0 ? own
                                 : combineStates(scans, prefixes.back(), own));
  }
  return prefixes;
}

/// The states of all lanes in vectors.
static SmallVector<Elem> joinLanes(ElementBuilder &builder,
                                   ArrayRef<SmallVector<Elem>> lanes) {
  if (lanes.size() == 1)
    return lanes.front();
  SmallVector<SmallVector<Value>> flat;
  for (const SmallVector<Elem> &lane : lanes)
    flat.push_back(flatten(lane));
  SmallVector<Value> joined;
  for (size_t part = 0; part < flat.front().size(); ++part) {
    SmallVector<Value> values;
    for (const SmallVector<Value> &lane : flat)
      values.push_back(lane[part]);
    auto type = VectorType::get({static_cast<int64_t>(values.size())},
                                values.front().getType());
    joined.push_back(vector::FromElementsOp::create(builder, type, values));
  }
  return unflatten(lanes.front(), joined);
}

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

std::pair<GpuScanScheduler::States, GpuScanScheduler::States>
GpuScanScheduler::scanWarp(const States &own, Value lane, int64_t threads) {
  States inclusive = own;
  for (int64_t offset = 1; offset < threads; offset *= 2) {
    States left = shuffle(inclusive, gpu::ShuffleMode::UP, offset);
    Value hasLeft = arith::CmpIOp::create(builder, arith::CmpIPredicate::uge,
                                          lane, getConstant(offset));
    inclusive =
        selectStates(hasLeft, combineStates(scans, left, inclusive), inclusive);
  }
  States none = getInitialStates(scans, 1);
  if (threads == 1)
    return {none, inclusive};
  States before =
      selectStates(emitEqual(lane, 0), none,
                   shuffle(inclusive, gpu::ShuffleMode::UP, int64_t(1)));
  Value thread =
      arith::RemUIOp::create(builder, getThreadId(), getConstant(kWarpThreads));
  Value last = arith::OrIOp::create(builder, thread, getConstant(threads - 1));
  last = arith::IndexCastOp::create(builder, builder.getI32Type(), last);
  return {before, shuffle(inclusive, gpu::ShuffleMode::IDX, last)};
}

void GpuScanScheduler::scanWarps(ScanTile &tile, const States &own, Value warp,
                                 int64_t warps) {
  tile.before = getInitialStates(scans, 1);
  tile.total = own;
  if (warps == 1)
    return;
  Value warpThreads = getConstant(kWarpThreads);
  Value blockWarp = arith::DivUIOp::create(builder, getThreadId(), warpThreads);
  Value thread = arith::RemUIOp::create(builder, getThreadId(), warpThreads);
  SmallVector<Value> arrays =
      addSharedStates(own, getBlockThreads() / kWarpThreads);
  emitIf(emitEqual(thread, 0), {}, [&](const States &) -> States {
    storeStates(own, arrays, blockWarp);
    return {};
  });
  emitBarrier();
  Value first = arith::SubIOp::create(builder, blockWarp, warp);
  for (int64_t i = 0; i < warps; ++i) {
    States other = loadStates(
        own, arrays, arith::AddIOp::create(builder, first, getConstant(i)));
    tile.total = i == 0 ? other : combineStates(scans, tile.total, other);
    if (i + 1 < warps)
      tile.before =
          selectStates(emitLess(getConstant(i), warp), tile.total, tile.before);
  }
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

GpuScanScheduler::ScanTile GpuScanScheduler::openTile(const Walk &walk,
                                                      Value first, Value lane,
                                                      int64_t threads,
                                                      int64_t steps) {
  int64_t warpThreads = std::min(threads, kWarpThreads);
  Value size = getConstant(warpThreads);
  Value warpLane = arith::RemUIOp::create(builder, lane, size);
  Value warp = arith::DivUIOp::create(builder, lane, size);
  Value start = arith::AddIOp::create(
      builder, first, emitMulAdd(warp, warpThreads * steps, warpLane));
  ScanTile tile;
  tile.steps = openSteps(walk, start, warpThreads, steps);
  States running;
  for (const States &elements : liftSteps(scans, tile.steps)) {
    SmallVector<States> prefixes = scanLanes(elements);
    auto [before, total] = scanWarp(prefixes.back(), warpLane, warpThreads);
    if (!running.empty())
      before = combineStates(scans, running, before);
    running = running.empty() ? total : combineStates(scans, running, total);
    for (States &prefix : prefixes)
      prefix = combineStates(scans, before, prefix);
    tile.prefixes.push_back(joinLanes(builder, prefixes));
  }
  scanWarps(tile, running, warp, threads / warpThreads);
  return tile;
}

void GpuScanScheduler::sharePrefixes(ScanTile &tile) {
  int64_t threads = getBlockThreads();
  tile.sharedPrefixes =
      addSharedStates(tile.prefixes.front(), threads * tile.prefixes.size());
  for (auto [i, prefix] : llvm::enumerate(tile.prefixes))
    storeStates(prefix, tile.sharedPrefixes,
                arith::AddIOp::create(builder, getThreadId(),
                                      getConstant(i * threads)));
}

void GpuScanScheduler::storeTile(ScanTile &tile, const States &before,
                                 Value writes) {
  States outside = combineStates(scans, before, tile.before);
  if (int64_t lanes = emitter->getLaneMode().lanes; lanes > 1)
    for (Elem &elem : outside)
      elem = builder.splat(elem, lanes);
  for (auto [i, step] : llvm::enumerate(tile.steps)) {
    States prefix = tile.prefixes[i];
    if (!tile.sharedPrefixes.empty())
      prefix =
          loadStates(prefix, tile.sharedPrefixes,
                     arith::AddIOp::create(builder, getThreadId(),
                                           getConstant(i * getBlockThreads())));
    storeScanned(scans, step, combineStates(scans, outside, prefix), writes);
  }
}

} // namespace numloom::array
