// What the schedules of running reductions along contiguous rows share: tiles
// of elements in a group's registers, with the states before each.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_GPUSCANSCHEDULER_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_GPUSCANSCHEDULER_H

#include "GpuReductionScheduler.h"

namespace numloom::array {

class GpuScanScheduler : public GpuReductionScheduler {
public:
  GpuScanScheduler(mlir::func::FuncOp kernel, const IterationSpace &space,
                   const CudaTarget &target)
      : GpuReductionScheduler(kernel, space, target),
        scans(this->space.getReductions()) {}

protected:
  /// The elements that a group of threads holds: each warp has neighbouring
  /// vectors, and each step of a warp neighbouring ones of these.
  struct ScanTile {
    WalkSteps steps;
    /// For each step, in vectors, the states of the warp's elements up to each;
    /// in registers or in shared memory.
    llvm::SmallVector<States> prefixes;
    llvm::SmallVector<mlir::Value> sharedPrefixes;
    /// The states of the group's warps before this one, and of all.
    States before, total;
  };
  /// Loads the `steps` vectors of each of `threads` threads from vector `first`
  /// on; `lane` is the thread's number among them.
  ScanTile openTile(const Walk &walk, mlir::Value first, mlir::Value lane,
                    int64_t threads, int64_t steps);
  /// Moves the prefixes to shared memory: registers are free for other tiles.
  void sharePrefixes(ScanTile &tile);
  /// Stores the results of the tile, `before` being the states of the elements
  /// before it, where `writes` (i1, null: always).
  void storeTile(ScanTile &tile, const States &before, mlir::Value writes);

  /// Fills in the states of the group's warps before this one, the `warp`-th,
  /// whose states are `own`, and of all.
  void scanWarps(ScanTile &tile, const States &own, mlir::Value warp,
                 int64_t warps);

  Reductions scans;

private:
  llvm::SmallVector<States> scanLanes(const States &lifted);
  /// The states of the threads before this one among `threads` neighbours, and
  /// of all of these.
  std::pair<States, States> scanWarp(const States &own, mlir::Value lane,
                                     int64_t threads);
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_GPUSCANSCHEDULER_H
