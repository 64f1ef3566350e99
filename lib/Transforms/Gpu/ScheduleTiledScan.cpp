// The function of a tiled scan, and what its blocks publish on.

#include "Schedules.h"
#include "TiledScanScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

SmallVector<GpuKernelScheduler::Partial>
TiledScanScheduler::getBoards(int64_t tileElements) {
  Type word = builder.getI64Type();
  Monomial length = getProduct(getLoops(true));
  Monomial rows = getProduct(getLoops(false));
  SizeAttr tiles = getSize(length, tileElements, countWords(), rows);
  SizeAttr groups =
      getSize(length, tileElements * kGroupTiles, countWords(), rows);
  return {{word, tiles, Partial::Zeros},
          {word, groups, Partial::Zeros},
          {word, groups, Partial::Zeros}};
}

void TiledScanScheduler::emitTail(const Walk &walk, const TilePlace &at,
                                  const States &states) {
  const LoopDim &loop = walk.dims.back();
  Value next = arith::AddIOp::create(builder, at.tile, getConstant(1));
  Value isLast = arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, next,
                                       at.tilesPerRow);
  emitIf(emitAnd(isLast, emitEqual(getThreadId(), 0)), {},
         [&](const States &) -> States {
           Value start = arith::MulIOp::create(builder, walk.end,
                                               getConstant(walk.lanes));
           emitCountedLoop(
               start, emitter->emitMonomial(loop.extent), getConstant(1),
               states, [&](Value index, const States &running) {
                 emitter->bindIv(loop.dim, index);
                 States all =
                     combineStates(scans, running, liftElements(scans));
                 bindReductions(scans, all);
                 storeResults(llvm::to_vector(
                     llvm::seq<unsigned>(0, kernel.getNumResults())));
                 return all;
               });
           return {};
         });
}

LogicalResult TiledScanScheduler::schedule() {
  int64_t threads = getOption("threads", 256), steps = getOption("steps", 4);
  int64_t lanes = getOption("vector", 1), tileVectors = threads * steps;
  SmallVector<LoopDim> kept = getLoops(false);
  SmallVector<Partial> boards = getBoards(tileVectors * lanes);
  SmallVector<int64_t> ids = getAllBufferIds();
  for (int64_t board = 0; board < NumBoards; ++board)
    ids.push_back(getNumBuffers() + board);
  openFunction("", ids, threads, boards);
  setPartials(boards);
  Walk walk = makeWalk(getLoops(true), lanes);
  TilePlace at;
  // The tile behind the last vector has none where there is a tail alone.
  Value length = emitter->emitMonomial(getProduct(getLoops(true)));
  at.tilesPerRow = emitCeilDiv(length, tileVectors * lanes);
  // The machine starts blocks in the order of their numbers: a tile waits for
  // blocks only that are running or done.
  at.row = arith::DivUIOp::create(builder, getBlockId(), at.tilesPerRow);
  at.tile = arith::RemUIOp::create(builder, getBlockId(), at.tilesPerRow);
  emitter->pushScope();
  bindDelinearized(at.row, kept);
  beginVectors(walk);
  Value first =
      arith::MulIOp::create(builder, at.tile, getConstant(tileVectors));
  ScanTile tile = openTile(walk, first, getThreadId(), threads, steps);
  sharePrefixes(tile);
  States before = lookBack(tile.total, at);
  storeTile(tile, before, {});
  endVectors();
  if (getOption("tail", 0))
    emitTail(walk, at, combineStates(scans, before, tile.total));
  emitter->popScope();
  closeFunction(getSize(getProduct(getLoops(true)), tileVectors * lanes, 1,
                        getProduct(kept)));
  return success();
}

LogicalResult scheduleGpuTiledScan(func::FuncOp kernel,
                                   const IterationSpace &space,
                                   const CudaTarget &target) {
  return TiledScanScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
