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
  Value width = getConstant(threadsAcross);
  thread = arith::RemUIOp::create(builder, getThreadId(), width);
  line = arith::DivUIOp::create(builder, getThreadId(), width);

  emitter->pushScope();
  bindDelinearized(item, outer);
  Value index = emitMulAdd(block, threadsAcross, thread);
  column = arith::MulIOp::create(builder, index, getConstant(lanes));
  exists = emitLess(column, extent);
  column = arith::MinUIOp::create(
      builder, column,
      arith::SubIOp::create(builder, extent, getConstant(lanes)));
  emitter->bindIv(columns.dim, column);
  emitter->setVectorDim(columns.dim);
  emitter->setLaneMode({lanes, {}});
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
  return combineLines(emitWalk(stage, slab.rows, first, lines, steps,
                               lines * steps,
                               emitCeilDiv(slab.size, lines * steps), exists));
}

/// Lines of a block whose states one thread combines, independent loads of it,
/// and the bytes of them that it has registers for beside the walk's.
static constexpr int64_t kMaxLinesPerThread = 8, kMaxLineStateBytes = 160;

int64_t GpuColumnScheduler::countLinesPerThread() {
  int64_t bytes = 0;
  for (Type type : getStateTypes(stage.reductions))
    bytes += lanes * std::max<int64_t>(4, type.getIntOrFloatBitWidth() / 8);
  int64_t lines = kMaxLinesPerThread;
  while (lines > 2 && lines * bytes > kMaxLineStateBytes)
    lines /= 2;
  return lines;
}

GpuReductionScheduler::States
GpuColumnScheduler::combineLines(const States &states) {
  int64_t lines = threads / across, perThread = countLinesPerThread();
  if (lines == 1)
    return states;
  if (sharedLines.empty())
    sharedLines = addSharedStates(states, threads);
  ArrayRef<Value> arrays = sharedLines;
  // Every `distance`-th line from this thread's, or from the first.
  auto combine = [&](Value first, int64_t distance, int64_t count) {
    SmallVector<States> all;
    for (int64_t i = 0; i < count; ++i)
      all.push_back(
          loadStates(states, arrays,
                     arith::AddIOp::create(
                         builder, first, getConstant(i * distance * across))));
    return combineTree(stage.reductions, all);
  };
  storeStates(states, arrays, getThreadId());
  emitBarrier();
  while (lines > perThread) {
    lines /= perThread;
    emitIf(emitLess(line, getConstant(lines)), {},
           [&](const States &) -> States {
             storeStates(combine(getThreadId(), lines, perThread), arrays,
                         getThreadId());
             return {};
           });
    emitBarrier();
  }
  return combine(thread, 1, lines);
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
