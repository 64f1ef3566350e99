// The schedule of running reductions along columns: each thread walks down its
// own, from what the slabs above leave.

#include "GpuColumnScheduler.h"
#include "Schedules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

namespace {
/// Options: those of columns. With several splits a first function reduces the
/// slabs; `threads` of a block of the other are all across.
class ColumnScanScheduler : public GpuColumnScheduler {
public:
  ColumnScanScheduler(func::FuncOp kernel, const IterationSpace &space,
                      const CudaTarget &target)
      : GpuColumnScheduler(kernel, space, target) {
    stage.results.clear();
  }

  LogicalResult schedule() override {
    if (failed(verifyThreads("across")))
      return failure();
    SmallVector<Partial> partials;
    if (splits > 1) {
      emitPartials();
      partials = getPartials(stage.reductions, splits);
    }
    SmallVector<unsigned> results =
        llvm::to_vector(llvm::seq<unsigned>(0, kernel.getNumResults()));
    openFunction(splits > 1 ? "_apply" : "",
                 getBufferIds(results, partials.size()), threads, partials);
    openColumns(threads);
    Slab slab = makeSlab();
    walkDown(slab, splits > 1 ? sumSlabsAbove() : getInitial());
    closeColumns();
    closeFunction(getColumnBlocks(threads));
    return success();
  }

private:
  States getInitial() { return getInitialStates(stage.reductions, lanes); }

  States sumSlabsAbove() {
    return emitCountedLoop(
        getConstant(0), split, getConstant(1), getInitial(),
        [&](Value above, const States &states) {
          return combineStates(
              stage.reductions, states,
              loadPartials(getInitial(), getColumnIndex(above)));
        });
  }

  void walkDown(const Slab &slab, const States &above) {
    int64_t count = getOption("steps", 4);
    emitCountedLoop(
        getConstant(0), emitCeilDiv(slab.size, count), getConstant(1), above,
        [&](Value iteration, const States &carried) {
          WalkSteps steps = openSteps(
              slab.rows, emitMulAdd(iteration, count, slab.first), 1, count);
          SmallVector<States> lifted = liftSteps(stage.reductions, steps);
          States states = carried;
          for (auto [step, elements] : llvm::zip_equal(steps, lifted)) {
            states = combineStates(stage.reductions, states, elements);
            storeScanned(stage.reductions, step, states, exists);
          }
          return states;
        });
  }
};
} // namespace

LogicalResult scheduleGpuColumnScan(func::FuncOp kernel,
                                    const IterationSpace &space,
                                    const CudaTarget &target) {
  if (space.getLoops(false).empty())
    return kernel.emitError("columns need a dimension that is kept");
  return ColumnScanScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
