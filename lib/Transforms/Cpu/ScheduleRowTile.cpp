// The schedule of short rows: several neighbouring ones at a time, each in one
// register, whose lanes meet in whole vectors.

#include "KernelScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

/// Rows of a tile: as many independent sums hide the latency of additions. The
/// lanes of eight rows meet in seven vector additions, those of one in three
/// that a scalar addition follows.
static constexpr int64_t kTileRows = 8;

/// The longest tiled row. From memory, longer ones are as fast by themselves;
/// and one accumulator adds so few elements that a second level of sums would
/// not lower the error.
static constexpr int64_t kMaxTiledElements = 128;

/// Additions per element up to which the code of eight rows stays short.
static constexpr int64_t kMaxTiledCost = 8;

/// How many rows ahead those shorter than a vector are prefetched, as hardware
/// does not do it for loads with masks.
static constexpr int64_t kPrefetchedRows = 64;

bool KernelScheduler::canTileRows() {
  SmallVector<Stage> stages = getStages();
  SmallVector<LoopDim> kept = space.getLoops(false);
  SmallVector<LoopDim> reduced = space.getLoops(true);
  if (stages.size() != 1 || stages.front().reductions.empty() ||
      !stages.front().results.empty() || kept.empty() || reduced.size() != 1)
    return false;
  // Partial vectors of narrow elements are slow on machines without masks.
  constexpr int64_t kMaskedBytes = 4;
  if (getVectorElementBytes().first < kMaskedBytes ||
      getElementCost() > kMaxTiledCost ||
      chooseLanes(1, reduced.front().dim) == 1)
    return false;
  bool readsRows = false;
  unsigned element = reduced.front().dim, row = kept.back().dim;
  for (const Access &access : space.getAccesses()) {
    Monomial stride = access.offset.getCoefficient(element);
    if (!access.indexedDims.empty() ||
        (!stride.isZero() && !isUnitStride(stride)))
      return false;
    readsRows |= isUnitStride(stride) && access.offset.dependsOn(row);
  }
  return readsRows;
}

/// For each run of `size` lanes of `first`, then of `second`, half of it:
/// from lane `offset` of the run on.
static Value takeHalves(ElementBuilder &builder, Value first, Value second,
                        int64_t size, int64_t offset) {
  int64_t lanes = cast<VectorType>(first.getType()).getNumElements();
  int64_t end = first == second ? lanes : 2 * lanes;
  SmallVector<int64_t> taken;
  for (int64_t run = 0; run < end; run += size)
    for (int64_t lane = 0; lane < size / 2; ++lane)
      taken.push_back(run + offset + lane);
  return vector::ShuffleOp::create(builder, first, second, taken);
}

KernelScheduler::States
KernelScheduler::meetLanes(ArrayRef<ReductionOpInterface> reductions,
                           const States &first, const States &second,
                           int64_t size) {
  auto take = [&](int64_t offset) {
    SmallVector<Value> halves;
    for (auto [a, b] : llvm::zip_equal(flatten(first), flatten(second)))
      halves.push_back(takeHalves(builder, a, b, size, offset));
    return unflatten(first, halves);
  };
  return combineStates(reductions, take(0), take(size / 2));
}

KernelScheduler::States
KernelScheduler::joinRows(ArrayRef<ReductionOpInterface> reductions,
                          SmallVector<States> rows, int64_t lanes) {
  int64_t size = lanes;
  for (; rows.size() > 1; size /= 2) {
    SmallVector<States> joined;
    for (size_t i = 0; i < rows.size(); i += 2)
      joined.push_back(meetLanes(reductions, rows[i], rows[i + 1], size));
    rows = std::move(joined);
  }
  for (; size > 1; size /= 2)
    rows.front() = meetLanes(reductions, rows.front(), rows.front(), size);
  return rows.front();
}

void KernelScheduler::prefetchRows(const LoopDim &row, int64_t height,
                                   const KernelSignature &signature) {
  unsigned element = space.getLoops(true).front().dim;
  for (const Access &access : space.getAccesses()) {
    if (access.isStore || !access.offset.dependsOn(element))
      continue;
    LinearExpr start = space.dropCollapsed(access.offset);
    Monomial stride = start.getCoefficient(row.dim);
    llvm::erase_if(start.terms,
                   [&](const auto &term) { return term.first == element; });
    auto tensor = cast<BlockArgument>(access.tensor);
    int64_t parts = isComplex(getDType(tensor.getType())) ? 2 : 1;
    Value buffer = emitter->getFlat(signature.buffers[tensor.getArgNumber()]);
    Value first = emitter->getLaneStarts(start, parts).front();
    for (int64_t y = 0; y < height && !stride.isZero(); ++y) {
      Value ahead = emitter->emitMonomial(
          stride * Monomial(parts * (kPrefetchedRows + y)));
      Value at = arith::AddIOp::create(builder, first, ahead);
      memref::PrefetchOp::create(builder, buffer, at, /*isWrite=*/false,
                                 /*localityHint=*/3, /*isDataCache=*/true);
    }
  }
}

void KernelScheduler::emitRows(const Stage &stage, const LoopDim &row,
                               Value first, int64_t height, int64_t lanes,
                               const KernelSignature &signature,
                               ArrayRef<int64_t> ids) {
  const LoopDim elements = space.getLoops(true).front();
  ArrayRef<ReductionOpInterface> reductions = stage.reductions;
  size_t perRow = getInitialStates(reductions, lanes).size();
  States initial;
  for (int64_t y = 0; y < height; ++y)
    llvm::append_range(initial, getInitialStates(reductions, lanes));
  auto split = [&](const States &states, int64_t y) {
    return States(ArrayRef(states).slice(y * perRow, perRow));
  };
  emitter->bindIv(row.dim, first);
  Value zero = arith::ConstantIndexOp::create(builder, 0);
  Value extent = emitter->emitMonomial(elements.extent);
  if (height > 1)
    emitIf(
        arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, extent,
                              arith::ConstantIndexOp::create(builder, lanes)),
        {}, [&](const States &none) {
          prefetchRows(row, height, signature);
          return none;
        });
  States sums = emitVectorLoop(
      elements.dim, zero, extent, lanes, initial, [&](const States &states) {
        States next;
        for (int64_t y = 0; y < height; ++y) {
          space.setShift(row.dim, y);
          llvm::append_range(next,
                             combineElements(reductions, split(states, y)));
        }
        space.setShift(row.dim, 0);
        return next;
      });
  SmallVector<States> rows;
  for (int64_t y = 0; y < height; ++y)
    rows.push_back(split(sums, y));
  storeRows(stage, row, first, joinRows(reductions, rows, lanes), height,
            signature, ids);
}

void KernelScheduler::storeRows(const Stage &stage, const LoopDim &row,
                                Value first, const States &states,
                                int64_t height,
                                const KernelSignature &signature,
                                ArrayRef<int64_t> ids) {
  States results = states;
  if (height == 1) {
    SmallVector<Value> scalars;
    for (Value value : flatten(states))
      scalars.push_back(
          vector::ExtractOp::create(builder, value, ArrayRef<int64_t>{0}));
    results = unflatten(states, scalars);
  }
  // In a scope of its own: what was the same in the lanes of a row differs in
  // those of the results.
  emitter->pushScope();
  emitter->bindIv(row.dim, first);
  emitter->setVectorDim(row.dim);
  emitter->setLaneMode({height, {}});
  bindReductions(stage.reductions, results);
  storeResults(getReducedResults(), signature, ids);
  emitter->setLaneMode({});
  emitter->popScope();
}

void KernelScheduler::emitRun(const Stage &stage, const LoopDim &row,
                              Value first, Value end,
                              const KernelSignature &signature,
                              ArrayRef<int64_t> ids) {
  int64_t lanes = chooseLanes(1, space.getLoops(true).front().dim);
  int64_t height = std::min(kTileRows, lanes);
  Value tile = arith::ConstantIndexOp::create(builder, height);
  Value one = arith::ConstantIndexOp::create(builder, 1);
  Value rest = arith::RemUIOp::create(
      builder, arith::SubIOp::create(builder, end, first), tile);
  Value tilesEnd = arith::SubIOp::create(builder, end, rest);
  auto emitSome = [&](int64_t count) {
    return [&, count](Value y, const States &none) {
      emitRows(stage, row, y, count, lanes, signature, ids);
      return none;
    };
  };
  emitCountedLoop(first, tilesEnd, tile, {}, emitSome(height));
  emitCountedLoop(tilesEnd, end, one, {}, emitSome(1));
}

void KernelScheduler::emitRowTiles(const Stage &stage,
                                   const KernelSignature &signature,
                                   ArrayRef<int64_t> ids) {
  SmallVector<LoopDim> kept = space.getLoops(false);
  const LoopDim row = kept.pop_back_val();
  if (kept.empty())
    return emitRun(stage, row, signature.begin, signature.end, signature, ids);
  Value extent = emitter->emitMonomial(row.extent), length;
  auto goesOn = [&](Value item) -> Value {
    return arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, item,
                                 signature.end);
  };
  auto emitNext = [&](Value item, const States &none) {
    bindDelinearized(arith::DivUIOp::create(builder, item, extent), kept);
    Value first = arith::RemUIOp::create(builder, item, extent);
    length = arith::MinUIOp::create(
        builder, arith::SubIOp::create(builder, extent, first),
        arith::SubIOp::create(builder, signature.end, item));
    emitRun(stage, row, first, arith::AddIOp::create(builder, first, length),
            signature, ids);
    return none;
  };
  emitWhile(signature.begin, {}, goesOn, emitNext, [&](Value item) -> Value {
    return arith::AddIOp::create(builder, item, length);
  });
}

LogicalResult KernelScheduler::scheduleShortRows() {
  SmallVector<int64_t> ids = getAllBufferIds();
  KernelSignature signature = createFunction("", ids, {});
  openFunction(signature, ids);
  emitRowTiles(getStages().front(), signature, ids);
  setWork(signature.function, getProduct(space.getLoops(false)), 1,
          getProduct(space.getLoops(true)));
  closeFunction();
  return success();
}

void KernelScheduler::emitShortOrLongRows(const Stage &stage,
                                          const KernelSignature &signature,
                                          ArrayRef<int64_t> ids,
                                          function_ref<void()> emitLong) {
  Value isShort = arith::CmpIOp::create(
      builder, arith::CmpIPredicate::ule,
      emitter->emitMonomial(space.getLoops(true).front().extent),
      arith::ConstantIndexOp::create(builder, kMaxTiledElements));
  emitIf(
      isShort, {},
      [&](const States &none) {
        emitRowTiles(stage, signature, ids);
        return none;
      },
      [&](const States &none) {
        emitLong();
        return none;
      });
}

} // namespace numloom::array
