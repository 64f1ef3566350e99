// Threads and blocks on columns, and the states of their rows.

#include "GpuColumnScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

GpuColumnScheduler::GpuColumnScheduler(func::FuncOp kernel,
                                       const IterationSpace &space,
                                       const CudaTarget &target)
    : GpuReductionScheduler(kernel, space, target), stage(getStages()[0]),
      outer(getLoops(false)), columns(outer.pop_back_val()),
      threads(getOption("threads", 256)), across(getOption("across", 32)),
      lanes(getOption("vector", 1)), splits(getOption("splits", 1)) {}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

SizeAttr GpuColumnScheduler::getColumnBlocks(int64_t threadsAcross) {
  return getSize(columns.extent, threadsAcross * lanes, splits,
                 getProduct(outer));
}

void GpuColumnScheduler::openColumns(int64_t threadsAcross) {
  // Neighbouring blocks are on neighbouring columns of the same rows.
  Value extent = emitter->emitMonomial(columns.extent);
  Value numBlocks = emitCeilDiv(extent, threadsAcross * lanes);
  Value block = arith::RemUIOp::create(builder, getBlockId(), numBlocks);
  Value rest = arith::DivUIOp::create(builder, getBlockId(), numBlocks);
  split = arith::RemUIOp::create(builder, rest, getConstant(splits));
  item = arith::DivUIOp::create(builder, rest, getConstant(splits));
  strip = arith::AddIOp::create(
      builder, arith::MulIOp::create(builder, item, numBlocks), block);
  firstColumn =
      arith::MulIOp::create(builder, block, getConstant(threadsAcross * lanes));
  bindThread(threadsAcross, lanes);
}

void GpuColumnScheduler::bindThread(int64_t threadsAcross, int64_t perThread) {
  Value extent = emitter->emitMonomial(columns.extent);
  Value width = getConstant(threadsAcross);
  thread = arith::RemUIOp::create(builder, getThreadId(), width);
  line = arith::DivUIOp::create(builder, getThreadId(), width);
  ownLanes = perThread;

  emitter->pushScope();
  bindDelinearized(item, outer);
  column = emitMulAdd(thread, perThread, firstColumn);
  exists = emitLess(column, extent);
  column = arith::MinUIOp::create(
      builder, column,
      arith::SubIOp::create(builder, extent, getConstant(perThread)));
  emitter->bindIv(columns.dim, column);
  emitter->setVectorDim(columns.dim);
  emitter->setLaneMode({perThread, {}});
}

void GpuColumnScheduler::closeColumns() {
  emitter->setLaneMode({});
  emitter->popScope();
}

Value GpuColumnScheduler::getColumnIndex(Value split) {
  Value extent = emitter->emitMonomial(columns.extent);
  return getPartialIndex(
      split, arith::AddIOp::create(builder,
                                   arith::MulIOp::create(builder, item, extent),
                                   column));
}

GpuColumnScheduler::Slab GpuColumnScheduler::makeSlab() {
  Slab slab{makeWalk(getLoops(true), 1), getConstant(0), {}};
  slab.size = slab.rows.end;
  if (splits == 1)
    return slab;
  slab.size = emitCeilDiv(slab.rows.end, splits);
  slab.first = arith::MulIOp::create(builder, split, slab.size);
  slab.rows.end = arith::MinUIOp::create(
      builder, slab.rows.end,
      arith::AddIOp::create(builder, slab.first, slab.size));
  return slab;
}

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

GpuReductionScheduler::States GpuColumnScheduler::reduceSlab() {
  Slab slab = makeSlab();
  int64_t steps = getOption("steps", 4), lines = threads / across;
  Value first = arith::AddIOp::create(builder, slab.first, line);
  States states = emitWalk(stage, slab.rows, first, lines, steps, lines * steps,
                           emitCeilDiv(slab.size, lines * steps), exists);
  return lines == 1 ? states : gatherLines(states);
}

GpuReductionScheduler::States
GpuColumnScheduler::gatherLines(const States &states) {
  int64_t lines = threads / across, width = across * lanes;
  for (Type type : getStateTypes(stage.reductions))
    sharedLines.push_back(addSharedArray(type, lines * width));
  storeStates(states, sharedLines, getLineIndex(line));
  emitBarrier();
  // The code that follows runs once, so that its length counts: a thread has
  // one column if there are enough threads.
  closeColumns();
  int64_t perThread = llvm::divideCeil(width, threads);
  bindThread(width / perThread, perThread);
  return combineLines(lines);
}

Value GpuColumnScheduler::getLineIndex(Value number) {
  Value own = arith::MulIOp::create(builder, thread, getConstant(ownLanes));
  return emitMulAdd(number, across * lanes, own);
}

int64_t GpuColumnScheduler::countSharers() {
  return threads * ownLanes / (across * lanes);
}

GpuReductionScheduler::States GpuColumnScheduler::combineLines(int64_t lines) {
  States like = getInitialStates(stage.reductions, ownLanes);
  // Every `distance`-th line from `first` on.
  auto combine = [&](Value first, int64_t distance, int64_t count) {
    SmallVector<States> all;
    for (int64_t i = 0; i < count; ++i) {
      Value number =
          arith::AddIOp::create(builder, first, getConstant(i * distance));
      all.push_back(loadStates(like, sharedLines, getLineIndex(number)));
    }
    return combineMany(stage.reductions, all);
  };
  int64_t most = countStatesInFlight(stage.reductions, ownLanes);
  while (lines > most) {
    int64_t left = std::min(lines / most, countSharers());
    emitIf(emitLess(line, getConstant(left)), {},
           [&](const States &) -> States {
             storeStates(combine(line, left, lines / left), sharedLines,
                         getLineIndex(line));
             return {};
           });
    emitBarrier();
    lines = left;
  }
  auto combineAll = [&](const States &) {
    return combine(getConstant(0), 1, lines);
  };
  return countSharers() == 1 ? combineAll({})
                             : emitIf(emitEqual(line, 0), like, combineAll);
}

GpuReductionScheduler::States GpuColumnScheduler::combineSlabs() {
  int64_t sharers = countSharers();
  States states =
      emitPartialSum(stage.reductions, splits, {sharers, line}, ownLanes,
                     [&](Value split) { return getColumnIndex(split); });
  if (sharers == 1)
    return states;
  storeStates(states, sharedLines, getLineIndex(line));
  emitBarrier();
  return combineLines(sharers);
}

void GpuColumnScheduler::emitPartials() {
  SmallVector<Partial> partials = getPartials(stage.reductions, splits);
  openFunction("", getBufferIds(stage.results, partials.size()), threads,
               partials);
  setPartials(partials);
  openColumns(across);
  States states = reduceSlab();
  emitIf(emitAnd(emitEqual(line, 0), exists), {},
         [&](const States &) -> States {
           storePartials(states, getColumnIndex(split));
           return {};
         });
  closeColumns();
  closeFunction(getColumnBlocks(across));
}

} // namespace numloom::array
