// Turns one kernel from the array dialect into loops for the CPU.
#ifndef NUMLOOM_LIB_TRANSFORMS_CPU_KERNELSCHEDULER_H
#define NUMLOOM_LIB_TRANSFORMS_CPU_KERNELSCHEDULER_H

#include "../Schedule/KernelEmitter.h"

namespace numloom::array {

/// What the schedules need to know of the machine.
struct CpuTarget {
  int64_t vectorBytes = 64;
};

/// Where a scheduled kernel keeps things of its signature: buffers (rank-0
/// memrefs), run-time parameters, and the range of work items.
struct KernelSignature {
  mlir::func::FuncOp function;
  llvm::SmallVector<mlir::Value> buffers;
  llvm::SmallVector<mlir::Value> params;
  mlir::Value begin, end;
};

/// Schedules `kernel`, a function on tensors whose body is in the array
/// dialect, as one function on buffers (two for "split" kernels, three for
/// "compress"), and erases it. The functions carry what the plan needs:
///   array.work          factors of the number of work items
///   array.work_divisor  their product is divided by this, rounding up
///   array.work_outer    factors of what the quotient is multiplied by
///   array.item_cost     factors of what one item is worth in bytes of the
///                       result of an addition
///   array.buffers       what each buffer argument is: operand i, then result
///                       j, then the k-th array of partial states
///   array.partials      element types of the partial states' arrays
class KernelScheduler : KernelEmitter {
public:
  KernelScheduler(mlir::func::FuncOp kernel, const CpuTarget &target);

  mlir::LogicalResult run();

private:
  mlir::LogicalResult schedule(FusionKind kind);
  mlir::LogicalResult scheduleLoop();
  mlir::LogicalResult scheduleRow();
  mlir::LogicalResult scheduleColumn();
  mlir::LogicalResult scheduleSplit();
  mlir::LogicalResult scheduleScan();
  mlir::LogicalResult scheduleCompress();
  mlir::LogicalResult scheduleScatter();

  // Signature (KernelScheduler.cpp).
  KernelSignature createFunction(llvm::StringRef suffix,
                                 llvm::ArrayRef<int64_t> bufferIds,
                                 llvm::ArrayRef<mlir::Type> partialTypes);
  void openFunction(const KernelSignature &signature,
                    llvm::ArrayRef<int64_t> bufferIds);
  void closeFunction();
  void setWork(mlir::func::FuncOp function, const Monomial &work,
               int64_t divisor, const Monomial &itemCost,
               const Monomial &outer = Monomial(1));
  /// The additions that the elementwise operations on one element are worth.
  int64_t getElementCost();
  /// The bytes of an addition that take as long as one element of this kernel.
  int64_t getElementWeight();
  bool accessesComplex();
  /// The bytes of vectors that an element takes, as far as it is known that
  /// vectors are all that an item consists of.
  int64_t getElementBytes();
  mlir::Value getResultBuffer(const KernelSignature &signature,
                              llvm::ArrayRef<int64_t> bufferIds,
                              unsigned result);
  /// The bytes of the narrowest and the widest element (or part of a complex
  /// one) that the loops' bodies compute with. What is the same at every index
  /// is no vector, and what only follows a reduction runs too seldom to matter.
  std::pair<int64_t, int64_t> getVectorElementBytes();
  /// Elements per operation along `dim`, so that values fill `registers`
  /// vector registers.
  int64_t chooseLanes(int64_t registers, unsigned dim);
  /// Whether a loop along `dim` mostly waits for lines of which it uses one
  /// element each.
  bool isBoundByStrides(unsigned dim);

  // Loops (Loops.cpp).
  /// for item in [begin, end): binds the loops of `dims` (outermost first) to
  /// the item's index.
  void forEachItem(const KernelSignature &signature,
                   llvm::ArrayRef<LoopDim> dims,
                   llvm::function_ref<void(mlir::Value item)> body);
  /// Runs `body` over [lower, upper) of `dim` by single registers under masks.
  void emitRest(unsigned dim, mlir::Value lower, mlir::Value upper,
                int64_t lanes, StepFn body);
  /// A vectorised loop over [lower, upper) of `dim`: whole vectors, then one
  /// partial vector, or where there are no states single registers: short rows
  /// do not wait for registers without elements.
  States emitVectorLoop(unsigned dim, mlir::Value lower, mlir::Value upper,
                        int64_t lanes, const States &states, StepFn body);

  /// Runs `step` at every point. Items are elements of the only loop, or points
  /// of all loops but the last; or one item is everything.
  void emitElements(const KernelSignature &signature, int64_t lanes,
                    bool isOneItem, StepFn step);
  /// Copies the share of each border that falls to the items.
  void copyBorders(const KernelSignature &signature,
                   llvm::ArrayRef<int64_t> bufferIds);
  void copyBorder(const Border &border, const KernelSignature &signature,
                  llvm::ArrayRef<int64_t> bufferIds);

  // Reductions (Reductions.cpp).
  /// Runs `stage` over the reduced loops `dims`, the last one vectorised over
  /// [lower, upper) (its whole extent when null).
  States emitStage(const Stage &stage, llvm::ArrayRef<LoopDim> dims,
                   const KernelSignature &signature,
                   llvm::ArrayRef<int64_t> bufferIds, int64_t lanes,
                   mlir::Value lower = {}, mlir::Value upper = {});
  // Positions of extreme elements (ArgReductions.cpp).
  /// Whether the kernel reduces to positions alone, along one loop, and
  /// elements are cheap enough to compute some of them again.
  bool findsPositionsLater();
  /// The states of such reductions over [lower, upper) of `dim`.
  States emitArgStage(llvm::ArrayRef<ReductionOpInterface> reductions,
                      unsigned dim, int64_t lanes, mlir::Value lower,
                      mlir::Value upper);
  /// For each reduction, by lanes, the extreme element of [lower, upper) and
  /// the start of the first `block` that has it, which ends at getEnd(start).
  States emitBestBlocks(llvm::ArrayRef<ReductionOpInterface> reductions,
                        unsigned dim, int64_t lanes, mlir::Value lower,
                        mlir::Value upper, mlir::Value block,
                        llvm::function_ref<mlir::Value(mlir::Value)> getEnd);
  /// The extreme elements in each lane of [start, end).
  States emitExtremes(llvm::ArrayRef<ReductionOpInterface> reductions,
                      unsigned dim, mlir::Value start, mlir::Value end,
                      int64_t lanes);
  /// The extreme one of `count` lanes.
  Elem meetInExtreme(ReductionOpInterface reduction, Elem lanes, int64_t count);
  /// An extreme element of a reduction along `dim`.
  struct Sought {
    ReductionOpInterface reduction;
    Elem value;
    unsigned dim;
  };
  /// Where the elements from `index` on are the one sought.
  Elem emitHits(const Sought &sought, mlir::Value index);
  /// Walks whole vectors up to the first with a hit: whether there is one, and
  /// where it begins.
  States walkToHit(const Sought &sought, mlir::Value start, mlir::Value end,
                   mlir::Value width);
  /// The position of the first hit in [start, end), which has one.
  Elem findPosition(const Sought &sought, mlir::Value start, mlir::Value end,
                    int64_t lanes);
  /// The reduction's operand at the present point.
  Elem emitOperand(ReductionOpInterface reduction);

  void storeResults(llvm::ArrayRef<unsigned> results,
                    const KernelSignature &signature,
                    llvm::ArrayRef<int64_t> bufferIds);
  /// Reduces as many columns along `dim` as `mode` has lanes, from `start` on.
  void emitColumns(const Stage &stage, unsigned dim, mlir::Value start,
                   LaneMode mode, const KernelSignature &signature,
                   llvm::ArrayRef<int64_t> bufferIds);
  /// if (count >= lanes) whole() else rest().
  void emitVectorOrRest(mlir::Value count, int64_t lanes,
                        llvm::function_ref<void()> whole,
                        llvm::function_ref<void()> rest);

  // Tiles of short rows (ScheduleRowTile.cpp).
  /// Whether the kernel reduces rows whose elements lie side by side, in one
  /// stage of little code.
  bool canTileRows();
  mlir::LogicalResult scheduleShortRows();
  /// Combines the halves of each run of `size` lanes, of the runs of `first`
  /// and then, if it is not the same, those of `second`.
  States meetLanes(llvm::ArrayRef<ReductionOpInterface> reductions,
                   const States &first, const States &second, int64_t size);
  /// Combines the `lanes` lanes of each row; a lane is a row afterwards.
  States joinRows(llvm::ArrayRef<ReductionOpInterface> reductions,
                  llvm::SmallVector<States> rows, int64_t lanes);
  /// Prefetches what the loads read some rows behind the first of `height`.
  void prefetchRows(const LoopDim &row, int64_t height,
                    const KernelSignature &signature);
  /// Reduces `height` rows, from the `first` along `row` on.
  void emitRows(const Stage &stage, const LoopDim &row, mlir::Value first,
                int64_t height, int64_t lanes, const KernelSignature &signature,
                llvm::ArrayRef<int64_t> ids);
  void storeRows(const Stage &stage, const LoopDim &row, mlir::Value first,
                 const States &states, int64_t height,
                 const KernelSignature &signature, llvm::ArrayRef<int64_t> ids);
  /// Reduces the rows [first, end) along `row` in tiles, and what is left of a
  /// tile row by row.
  void emitRun(const Stage &stage, const LoopDim &row, mlir::Value first,
               mlir::Value end, const KernelSignature &signature,
               llvm::ArrayRef<int64_t> ids);
  /// The same for all items: runs of rows that differ in the last index alone.
  void emitRowTiles(const Stage &stage, const KernelSignature &signature,
                    llvm::ArrayRef<int64_t> ids);
  /// The same where rows are short, else emitLong().
  void emitShortOrLongRows(const Stage &stage, const KernelSignature &signature,
                           llvm::ArrayRef<int64_t> ids,
                           llvm::function_ref<void()> emitLong);

  /// Binds `loops` to block `item`: so many neighbours along the only loop, or
  /// a step of all but the last. Returns the bounds along the last one.
  std::pair<mlir::Value, mlir::Value> bindBlock(mlir::Value item,
                                                llvm::ArrayRef<LoopDim> loops);
  mlir::Value emitNumBlocks(llvm::ArrayRef<LoopDim> loops);
  /// Says that the items of `function` are the blocks of `loops`.
  void setBlockWork(mlir::func::FuncOp function, llvm::ArrayRef<LoopDim> loops);
  void emitPartials(const KernelSignature &signature, const Stage &stage,
                    llvm::ArrayRef<LoopDim> reducedLoops, int64_t lanes,
                    llvm::ArrayRef<int64_t> bufferIds);
  void emitCombine(const Stage &stage, llvm::ArrayRef<LoopDim> reducedLoops,
                   llvm::ArrayRef<mlir::Type> partialTypes);

  // Scatters (ScheduleScatter.cpp).
  int64_t chooseScatterLanes();

  // Compression (ScheduleCompress.cpp).
  /// An array that compression writes: what of, and where to.
  struct Compressed {
    CompressOp op;
    mlir::Value buffer;
  };
  /// The kernel's "compress" ops share one mask.
  mlir::Value getMask();
  /// Runs `step` over the vectors of block `item`.
  States walkBlock(mlir::Value item, const States &states, StepFn step);
  /// The mask at the present point: i1, or a vector of it; false beyond the
  /// live lanes.
  mlir::Value emitMask();
  void emitBlockCounts();
  void emitBlockOffsets();
  void emitCompression();
  /// Stores the elements that `mask` lets through from `position` on, but not
  /// at `end` and behind it.
  void storeCompressed(llvm::ArrayRef<Compressed> results, mlir::Value mask,
                       mlir::Value position, mlir::Value end);
  void storeIfLet(llvm::ArrayRef<Compressed> results,
                  llvm::ArrayRef<Elem> elements, mlir::Value mask,
                  mlir::Value position, mlir::Value end);
  void storePacked(llvm::ArrayRef<Compressed> results,
                   llvm::ArrayRef<Elem> elements, mlir::Value mask,
                   mlir::Value position, mlir::Value end);

  CpuTarget target;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_CPU_KERNELSCHEDULER_H
