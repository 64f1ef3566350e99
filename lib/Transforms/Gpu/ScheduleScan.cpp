// The schedule of running reductions along short contiguous rows: a group of
// threads holds a row.

#include "GpuScanScheduler.h"
#include "Schedules.h"

using namespace mlir;

namespace numloom::array {

namespace {
/// Options:
///   threads  of a block
///   group    threads of a row: a power of two, whole warps above 32
///   vector   elements of a step
///   steps    of a thread: together they are the whole row
class RowScanScheduler : public GpuScanScheduler {
public:
  using GpuScanScheduler::GpuScanScheduler;

  LogicalResult schedule() override {
    return scheduleRows([&](const Walk &walk, const RowGroups &groups) {
      beginVectors(walk);
      ScanTile tile = openTile(walk, getConstant(0), groups.lane,
                               groups.threads, getOption("steps", 4));
      storeTile(tile, getInitialStates(scans, 1), groups.exists);
      endVectors();
    });
  }
};
} // namespace

LogicalResult scheduleGpuScan(func::FuncOp kernel, const IterationSpace &space,
                              const CudaTarget &target) {
  return RowScanScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
