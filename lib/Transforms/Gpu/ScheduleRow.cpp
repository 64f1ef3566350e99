// The schedule of reduced rows: a group of threads for each, which walks it
// once per stage or keeps it in registers.

#include "GpuReductionScheduler.h"
#include "Schedules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

namespace {
/// Options:
///   threads  of a block
///   group    threads of a row: a power of two, whole warps above 32
///   vector   elements of a step
///   steps    steps of a thread in flight
///   keep     1: the steps are the whole row and stay in registers
///   cluster  blocks of a row, which exchange states through shared memory
class RowScheduler : public GpuReductionScheduler {
public:
  using GpuReductionScheduler::GpuReductionScheduler;

  LogicalResult schedule() override {
    auto body = [&](const Walk &walk, const RowGroups &groups) {
      if (getOption("keep", 0))
        emitKept(walk, groups);
      else
        emitRepeatedly(walk, groups);
    };
    return scheduleRows(body, getOption("cluster", 1));
  }

private:
  void emitKept(const Walk &walk, const RowGroups &groups) {
    beginVectors(walk);
    WalkSteps steps =
        openSteps(walk, groups.lane, groups.threads, getOption("steps", 4));
    for (const Stage &stage : getStages()) {
      beginVectors(walk);
      finishStage(stage, walk, groups,
                  emitSteps(stage, steps, {}, groups.exists));
    }
  }

  void emitRepeatedly(const Walk &walk, const RowGroups &groups) {
    int64_t steps = getOption("steps", 4);
    int64_t perIteration = groups.threads * steps;
    Value iterations = emitCeilDiv(walk.end, perIteration);
    for (const Stage &stage : getStages()) {
      beginVectors(walk);
      States states = emitWalk(stage, walk, groups.lane, groups.threads, steps,
                               perIteration, iterations, groups.exists);
      finishStage(stage, walk, groups, states);
    }
  }

  void finishStage(const Stage &stage, const Walk &walk,
                   const RowGroups &groups, const States &states) {
    endVectors();
    if (stage.reductions.empty())
      return;
    States row = reduceLanes(stage.reductions, states, walk.lanes);
    bindReductions(stage.reductions, reduceRow(stage.reductions, row, groups));
  }
};
} // namespace

LogicalResult scheduleGpuRow(func::FuncOp kernel, const IterationSpace &space,
                             const CudaTarget &target) {
  return RowScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
