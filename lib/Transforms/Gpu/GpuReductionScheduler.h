// What the GPU's schedules of reductions and scans share: states across
// threads, and walks of threads over elements.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_GPUREDUCTIONSCHEDULER_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_GPUREDUCTIONSCHEDULER_H

#include "GpuKernelScheduler.h"

namespace numloom::array {

/// Threads of a warp.
inline constexpr int64_t kWarpThreads = 32;

/// The bits of a number in pieces of 32, the last one filled up with zeros, and
/// the number of `type` with these bits.
llvm::SmallVector<mlir::Value, 2> toWords(ElementBuilder &builder,
                                          mlir::Value value);
mlir::Value fromWords(ElementBuilder &builder, mlir::Type type,
                      llvm::ArrayRef<mlir::Value> words);

/// Iterations of a walk after which sums of deviations (Moments.h) become
/// states: the more elements there are in a sum, the less accurate it is where
/// the first one is far from the others.
inline constexpr int64_t kRun = 16;

inline bool isDeviations(ReductionOpInterface reduction) {
  return llvm::isa<SquaredDeviationsOp>(reduction);
}

/// A schedule with states. States are combined in a tree that only the schedule
/// and the sizes decide.
class GpuReductionScheduler : public GpuKernelScheduler {
protected:
  using GpuKernelScheduler::GpuKernelScheduler;
  using Reductions = llvm::ArrayRef<ReductionOpInterface>;

  /// The loops that are reduced, or those that are kept; the one that the
  /// option "dim" names, along which vectors are, is the last of them.
  llvm::SmallVector<LoopDim> getLoops(bool reduced) const;

  /// Fails unless the option, a number of threads, divides those of a block.
  mlir::LogicalResult verifyThreads(llvm::StringRef option);
  /// Threads of a block of the open function.
  int64_t getBlockThreads() { return (*getFunction().getKnownBlockSize())[0]; }

  /// Extremes of float32 are one instruction, which orders zeros where NumPy
  /// takes any.
  States combineState(ReductionOpInterface reduction, llvm::ArrayRef<Elem> lhs,
                      llvm::ArrayRef<Elem> rhs) override;

  // States across threads (BlockReduce.cpp).
  /// The states of another thread of the warp, as `mode` and `operand` (i32)
  /// say.
  States shuffle(const States &states, mlir::gpu::ShuffleMode mode,
                 mlir::Value operand);
  States shuffle(const States &states, mlir::gpu::ShuffleMode mode,
                 int64_t operand);
  /// Combines the states of each `threads` neighbouring threads of a warp, a
  /// power of two. All of them get the result.
  States exchange(Reductions reductions, States states, int64_t threads);
  /// The same for groups that may be larger than a warp.
  States reduceGroup(Reductions reductions, States states, int64_t threads);
  /// Combines the states of `blocks` blocks of a cluster, each of which has the
  /// same in all threads; all threads of all of them get the result. Needs
  /// closeCluster() at the function's end.
  States reduceCluster(Reductions reductions, States states, int64_t blocks);
  /// Lets no block end while others of its cluster read its shared memory.
  void closeCluster();
  /// One array of shared memory for each part of states like these.
  llvm::SmallVector<mlir::Value> addSharedStates(const States &like,
                                                 int64_t entries);
  /// `index` is that of an element where the arrays are of single ones.
  void storeStates(const States &states, mlir::ValueRange arrays,
                   mlir::Value index);
  States loadStates(const States &like, mlir::ValueRange arrays,
                    mlir::Value index);

  // Walks (ReductionWalk.cpp).
  /// The points of `dims` in row-major order, `lanes` neighbours along the last
  /// dimension at a time; `lanes` divides its extent.
  struct Walk {
    llvm::SmallVector<LoopDim> dims;
    int64_t lanes = 1;
    /// How many vectors there are.
    mlir::Value end;
  };
  Walk makeWalk(llvm::ArrayRef<LoopDim> dims, int64_t lanes);
  void bindVector(const Walk &walk, mlir::Value index);
  /// Emits elements in the walk's vectors from now on, or one by one.
  void beginVectors(const Walk &walk);
  void endVectors();

  /// One of several steps of a walk that are in flight at once: a vector, or
  /// the last one where there is none (`active` is false then).
  struct WalkStep {
    mlir::Value active;
    ElementEmitter::SuspendedScope scope;
  };
  using WalkSteps = llvm::SmallVector<WalkStep, 8>;
  /// The steps `first`, `first + stride`, ... of a thread.
  WalkSteps openSteps(const Walk &walk, mlir::Value first, int64_t stride,
                      int64_t count);
  /// The states of each step's elements; of no elements where it is none.
  llvm::SmallVector<States> liftSteps(Reductions reductions, WalkSteps &steps);
  /// Computes and stores `results` where a step exists and `writes` (i1, null:
  /// always).
  void storeSteps(llvm::ArrayRef<unsigned> results,
                  llvm::MutableArrayRef<WalkStep> steps, mlir::Value writes);
  /// The same for all results, behind scans whose states are `states`.
  void storeScanned(Reductions scans, WalkStep &step, const States &states,
                    mlir::Value writes);
  /// Computes what `stage` needs of the steps, stores its results, and combines
  /// its states into `states`, if any. What was computed in a step is there for
  /// later stages.
  States emitSteps(const Stage &stage, WalkSteps &steps, const States &states,
                   mlir::Value writes);
  /// A loop of `iterations` over `count` steps that are `stride` apart, the
  /// iterations `iterationStride`, from `first` on, or `backwards` to it. With
  /// deviations there is a loop in it over each `run` (an option) of them; 0:
  /// one run is all.
  States emitWalk(const Stage &stage, const Walk &walk, mlir::Value first,
                  int64_t stride, int64_t count, int64_t iterationStride,
                  mlir::Value iterations, mlir::Value writes,
                  bool backwards = false);

  // Sums (ReductionSums.cpp).
  /// Combines all of `states`: most reductions by halves.
  States combineMany(Reductions reductions, llvm::ArrayRef<States> states);
  /// Adds the elements of all steps to `sums`, which are states but for
  /// deviations: sums of one thread take fewer operations than states.
  States addSteps(Reductions reductions, WalkSteps &steps, const States &sums);
  /// The states of such sums.
  States closeSums(Reductions reductions, const States &sums);

  // Rows (ReductionWalk.cpp).
  /// Groups of threads with a row each, and what this thread is in its own.
  struct RowGroups {
    int64_t threads; ///< of a group
    int64_t rows;    ///< of a block
    int64_t blocks;  ///< of a group: a cluster if several
    mlir::Value lane;
    mlir::Value row;    ///< the last one where there is none
    mlir::Value exists; ///< i1; null: always
  };
  /// Gives each `threads` neighbouring threads a row, to which it binds `kept`
  /// in a scope of its own. With several `blocks`, all threads of so many
  /// neighbouring blocks have one.
  RowGroups openRows(llvm::ArrayRef<LoopDim> kept, int64_t threads,
                     int64_t blocks = 1);
  /// Combines the states of a row's threads.
  States reduceRow(Reductions reductions, const States &states,
                   const RowGroups &groups);
  /// Stores the results that follow the reductions, once per row.
  void closeRows(const RowGroups &groups);
  /// The function in which each group of `group` threads, or of all threads of
  /// `blocks` blocks, has a row of the reduced loops, which `body` walks.
  mlir::LogicalResult
  scheduleRows(llvm::function_ref<void(const Walk &, const RowGroups &)> body,
               int64_t blocks = 1);

  // Partial states (ReductionPartials.cpp): `splits` entries of each row.
  llvm::SmallVector<Partial> getPartials(Reductions reductions, int64_t splits);
  /// The ids of the operands, of `results` and of the partial states.
  llvm::SmallVector<int64_t> getBufferIds(llvm::ArrayRef<unsigned> results,
                                          size_t numPartials);
  mlir::Value getPartialIndex(mlir::Value split, mlir::Value row);
  void storePartials(const States &states, mlir::Value index);
  States loadPartials(const States &like, mlir::Value index);
  /// Opens the only function of a kernel with partial states, and with
  /// counters for isLastBlock.
  void openWithPartials(Reductions reductions, int64_t splits, int64_t threads,
                        SizeAttr numCounters);
  /// Whether (i1, the same in all threads) the block is the last of `blocks` to
  /// come here, of those with counter `index`: then it sees what the others
  /// stored before, and calls resetCounter.
  mlir::Value isLastBlock(mlir::Value index, int64_t blocks);
  void resetCounter(mlir::Value index);
  /// How many states of other threads or blocks one thread reads at once.
  int64_t countStatesInFlight(Reductions reductions, int64_t lanes);
  /// Threads that combine the same states, and this one's number of them.
  struct Sharers {
    int64_t count;
    mlir::Value number;
  };
  /// What a thread combines of `splits` partial states of `lanes` lanes, which
  /// lie at `getIndex(split)`.
  States emitPartialSum(Reductions reductions, int64_t splits,
                        const Sharers &sharers, int64_t lanes,
                        llvm::function_ref<mlir::Value(mlir::Value)> getIndex);

  // Values.
  States selectStates(mlir::Value condition, const States &yes,
                      const States &no);
  mlir::Value emitEqual(mlir::Value lhs, int64_t rhs);
  mlir::Value emitAnd(mlir::Value lhs, mlir::Value rhs);
  /// lhs * factor + rhs
  mlir::Value emitMulAdd(mlir::Value lhs, int64_t factor, mlir::Value rhs);
  mlir::Value emitLess(mlir::Value lhs, mlir::Value rhs);
  mlir::Value emitCeilDiv(mlir::Value value, int64_t divisor);

private:
  /// What `map` makes of each reduction's own parts of `states`.
  States mapStates(
      Reductions reductions, llvm::ArrayRef<States> states,
      llvm::function_ref<States(Reductions, llvm::MutableArrayRef<States>)>
          map);
  States addDeviations(ReductionOpInterface reduction, WalkSteps &steps,
                       const States &sums);

  mlir::Operation *lastRemoteRead = nullptr;
  mlir::Value counters;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_GPUREDUCTIONSCHEDULER_H
