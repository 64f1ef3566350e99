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
    if (splits > 1) {
      emitPartials();
      emitCombine(stage.reductions, splits, threads, getOption("group", 1));
      return success();
    }
    openFunction("", getAllBufferIds(), threads);
    openColumns(across);
    bindReductions(stage.reductions, reduceSlab());
    emitIf(emitAnd(emitEqual(line, 0), exists), {},
           [&](const States &) -> States {
             storeResults(getReducedResults());
             return {};
           });
    closeColumns();
    closeFunction(getColumnBlocks(across));
    return success();
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
