// What the schedules of columns share: neighbouring threads take neighbouring
// columns, a block's other threads, and other blocks, the rows in between.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_GPUCOLUMNSCHEDULER_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_GPUCOLUMNSCHEDULER_H

#include "GpuReductionScheduler.h"

namespace numloom::array {

/// Options:
///   threads  of a block
///   across   those of them that are on one row; the others are on other rows
///   vector   columns of a thread
///   steps    rows of a thread in flight
///   splits   blocks that share a column
class GpuColumnScheduler : public GpuReductionScheduler {
public:
  GpuColumnScheduler(mlir::func::FuncOp kernel, const IterationSpace &space,
                     const CudaTarget &target);

protected:
  /// Binds the block to its place and the thread to its columns, in a scope of
  /// its own; vectors are along the columns from now on.
  void openColumns(int64_t threadsAcross);
  void closeColumns();
  SizeAttr getColumnBlocks(int64_t threadsAcross);

  /// The rows of the block: `rows` ends with them.
  struct Slab {
    Walk rows;
    mlir::Value first, size;
  };
  Slab makeSlab();

  /// Reduces the block's rows; its threads on the same columns all get the
  /// result.
  States reduceSlab();
  /// Combines the states of threads on the same columns, through the same
  /// shared memory each time: a barrier lies between two times.
  States combineLines(const States &states);
  int64_t countLinesPerThread();
  /// The function that leaves the states of each slab in memory.
  void emitPartials();
  /// The entry of the thread's first column in the partial states of `split`.
  mlir::Value getColumnIndex(mlir::Value split);

  Stage stage;
  llvm::SmallVector<LoopDim> outer;
  LoopDim columns;
  int64_t threads, across, lanes, splits;
  llvm::SmallVector<mlir::Value> sharedLines;
  /// The block's slab, its row of columns, and the number of its columns among
  /// those of all blocks; the thread's place in the block,
  /// and its first column, the last ones where there are none (`exists` is
  /// false then).
  mlir::Value split, item, strip, thread, line, column, exists;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_GPUCOLUMNSCHEDULER_H
