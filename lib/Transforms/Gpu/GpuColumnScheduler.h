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
  /// Gives the thread `perThread` of its block's columns, in a scope of its
  /// own; `threadsAcross` neighbouring threads have all of them.
  void bindThread(int64_t threadsAcross, int64_t perThread);
  void closeColumns();
  SizeAttr getColumnBlocks(int64_t threadsAcross);

  /// The rows of the block: `rows` ends with them.
  struct Slab {
    Walk rows;
    mlir::Value first, size;
  };
  Slab makeSlab();

  /// Reduces the block's rows. Gives its threads columns anew, each a few, of
  /// which those of line 0 have the result.
  States reduceSlab();
  /// Combines what all slabs have left in memory, for line 0 again.
  States combineSlabs();
  /// The function that leaves the states of each slab in memory.
  void emitPartials();
  /// The entry of the thread's first column in the partial states of `split`.
  mlir::Value getColumnIndex(mlir::Value split);

  Stage stage;
  llvm::SmallVector<LoopDim> outer;
  LoopDim columns;
  int64_t threads, across, lanes, splits;
  /// The block's slab, its row of columns, the number of its columns among
  /// those of all blocks, and the first of them.
  mlir::Value split, item, strip, firstColumn;
  /// The thread's place in the block, how many columns it has, and the first of
  /// them, the last ones where there are none (`exists` is false then).
  mlir::Value thread, line, column, exists;
  int64_t ownLanes = 1;

private:
  /// Combines the states of all lines, after a barrier between the uses of the
  /// shared memory for them.
  States gatherLines(const States &states);
  States combineLines(int64_t lines);
  /// Where the thread's first column lies in shared memory.
  mlir::Value getLineIndex(mlir::Value number);
  /// How many threads are on the same columns.
  int64_t countSharers();
  llvm::SmallVector<mlir::Value> sharedLines;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_GPUCOLUMNSCHEDULER_H
