// The schedule of few long rows: several blocks for each, which leave partial
// states to the one that comes last.

#include "GpuReductionScheduler.h"
#include "Schedules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

namespace {
/// Options:
///   threads  of a block
///   splits   blocks of a row
///   vector   elements of a step
///   steps    steps of a thread in flight
///   tail     1: the row is one loop whose length may not be a multiple of
///            `vector`
///   kept     iterations at the row's beginning whose elements stay in the
///            second-level cache; with it, those of others may be dropped
class SplitScheduler : public GpuReductionScheduler {
public:
  SplitScheduler(func::FuncOp kernel, const IterationSpace &space,
                 const CudaTarget &target)
      : GpuReductionScheduler(kernel, space, target), stage(getStages()[0]),
        splits(getOption("splits", 64)), kept(getLoops(false)) {}

  LogicalResult schedule() override {
    if (getStages().size() != 1)
      return kernel.emitError("a split kernel has one stage");
    int64_t threads = getOption("threads", 256);
    openWithPartials(stage.reductions, splits, threads,
                     getSize(getProduct(kept)));
    emitter->pushScope();
    Value numSplits = getConstant(splits);
    Value row = arith::DivUIOp::create(builder, getBlockId(), numSplits);
    Value split = arith::RemUIOp::create(builder, getBlockId(), numSplits);
    bindDelinearized(row, kept);
    States states = emitSplit(split, threads);
    states = reduceGroup(stage.reductions, states, threads);
    Value isFirst = emitEqual(getThreadId(), 0);
    emitIf(isFirst, {}, [&](const States &) -> States {
      storePartials(states, getPartialIndex(split, row));
      return {};
    });
    Value isLast = isLastBlock(row, splits);
    bindReductions(stage.reductions, combineSplits(isLast, row, threads));
    emitIf(emitAnd(isLast, isFirst), {}, [&](const States &) -> States {
      storeResults(getReducedResults());
      return {};
    });
    emitter->popScope();
    closeFunction(getSize(getProduct(kept), 1, splits));
    return success();
  }

private:
  /// The states of the whole row, in its last block.
  States combineSplits(Value isLast, Value row, int64_t threads) {
    return emitIf(
        isLast, getInitialStates(stage.reductions, 1), [&](const States &) {
          resetCounter(row);
          States own = emitPartialSum(
              stage.reductions, splits, {threads, getThreadId()}, 1,
              [&](Value split) { return getPartialIndex(split, row); });
          return reduceGroup(stage.reductions, own, threads);
        });
  }

  /// Blocks take turns along the row, in an order that depends on nothing else:
  /// from its end, so that a kernel which reads the row next finds its
  /// beginning in the second-level cache.
  States emitSplit(Value split, int64_t threads) {
    SmallVector<LoopDim> dims = getLoops(true);
    Walk walk = makeWalk(dims, getOption("vector", 1));
    beginVectors(walk);
    States states = emitTurns(walk, split, threads);
    endVectors();
    states = reduceLanes(stage.reductions, states, walk.lanes);
    if (!getOption("tail", 0))
      return states;
    // The elements behind the last vector: one for each of the first block's
    // first threads.
    Walk rest = makeWalk(dims, 1);
    Value number = emitMulAdd(split, threads, getThreadId());
    Value start =
        arith::MulIOp::create(builder, walk.end, getConstant(walk.lanes));
    WalkSteps last =
        openSteps(rest, arith::AddIOp::create(builder, start, number), 1, 1);
    return emitSteps(stage, last, states, {});
  }

  /// The iterations that are kept come last, in a loop of their own.
  States emitTurns(const Walk &walk, Value split, int64_t threads) {
    int64_t steps = getOption("steps", 4);
    int64_t perBlock = threads * steps, turn = perBlock * splits;
    Value first = emitMulAdd(split, perBlock, getThreadId());
    auto walkFrom = [&](Value start, Value turns) {
      return emitWalk(stage, walk, start, threads, steps, turn, turns, {},
                      /*backwards=*/true);
    };
    Value turns = emitCeilDiv(walk.end, turn);
    int64_t most = getOption("kept", 0);
    if (most == 0)
      return walkFrom(first, turns);
    Value last = arith::MinUIOp::create(builder, turns, getConstant(most));
    emitter->setReadOnce(true);
    States states = walkFrom(emitMulAdd(last, turn, first),
                             arith::SubIOp::create(builder, turns, last));
    emitter->setReadOnce(false);
    return combineStates(stage.reductions, states, walkFrom(first, last));
  }

  Stage stage;
  int64_t splits;
  SmallVector<LoopDim> kept;
};
} // namespace

LogicalResult scheduleGpuSplit(func::FuncOp kernel, const IterationSpace &space,
                               const CudaTarget &target) {
  return SplitScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
