// The schedule of reduced columns.

#include "GpuColumnScheduler.h"
#include "Schedules.h"

using namespace mlir;

namespace numloom::array {

namespace {
class ColumnScheduler : public GpuColumnScheduler {
public:
  using GpuColumnScheduler::GpuColumnScheduler;

  LogicalResult schedule() override {
    if (failed(verifyThreads("across")))
      return failure();
    if (splits > 1)
      openWithPartials(
          stage.reductions, splits, threads,
          getSize(columns.extent, across * lanes, 1, getProduct(outer)));
    else
      openFunction("", getAllBufferIds(), threads);
    openColumns(across);
    States states = reduceSlab();
    Value writes = emitAnd(emitEqual(line, 0), exists);
    if (splits > 1)
      states = leaveSlab(states, writes);
    bindReductions(stage.reductions, states);
    emitIf(writes, {}, [&](const States &) -> States {
      storeResults(getReducedResults());
      return {};
    });
    closeColumns();
    closeFunction(getColumnBlocks(across));
    return success();
  }

private:
  /// The states of whole columns, in their last block; no other `writes`.
  States leaveSlab(const States &states, Value &writes) {
    emitIf(writes, {}, [&](const States &) -> States {
      storePartials(states, getColumnIndex(split));
      return {};
    });
    Value isLast = isLastBlock(strip, splits);
    writes = emitAnd(writes, isLast);
    return emitIf(isLast, getInitialStates(stage.reductions, ownLanes),
                  [&](const States &) {
                    resetCounter(strip);
                    return combineSlabs();
                  });
  }
};
} // namespace

LogicalResult scheduleGpuColumn(func::FuncOp kernel,
                                const IterationSpace &space,
                                const CudaTarget &target) {
  if (space.getLoops(false).empty())
    return kernel.emitError("columns need a dimension that is kept");
  return ColumnScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
