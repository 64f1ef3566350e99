// The schedule of reductions over pairs of rows and columns: what their files
// share.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_PAIRSCHEDULER_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_PAIRSCHEDULER_H

#include "GpuReductionScheduler.h"

namespace numloom::array {

/// The last two loops that are kept, in a kernel that reduces one.
enum PairSide { kRow, kColumn };

/// A load that differs along the reduced loop and along one of the two sides:
/// a block keeps a tile of it in shared memory.
struct PairOperand {
  Access access;
  PairSide side;
  /// Whether threads read it along the reduced loop, or along its side; and
  /// whether its elements are neighbours there.
  bool isAlongReduced;
  bool isContiguous;
};

/// The sides of a kernel, if it has them.
struct PairLoops {
  LoopDim sides[2];
  LoopDim reduced;
  llvm::SmallVector<LoopDim, 2> outer;

  static std::optional<PairLoops> find(const IterationSpace &space);
  /// The operands; none if a load differs along all three loops, or where an
  /// index says, or if a side has no operand of its own.
  llvm::SmallVector<PairOperand>
  findOperands(const IterationSpace &space) const;
  /// Whether results are equal to the bit where row and column change places,
  /// if both `operands` are one array (PairMirror.cpp).
  bool areMirrored(mlir::func::FuncOp kernel, const IterationSpace &space,
                   llvm::ArrayRef<PairOperand> operands) const;
};

/// Options:
///   threads  of a block
///   across   of them that have neighbouring columns
///   warp     and of a warp
///   rows     of a thread: up to four neighbours, then those of the other
///            threads lie between
///   columns  of a thread: `vector` neighbours, then those of `across` threads
///            lie between
///   mirror   1: where both operands are one array, tiles, which are squares,
///            are computed once and stored twice
///   load     neighbours that a thread reads at a time of an operand
///   depth    elements along the reduced loop that are in shared memory
///   whole    1: these are all
///   steps    of them that a thread adds up by halves; they divide the depth,
///            and the reduced loop
/// The sides must be at least as long as a block's tile.
class PairScheduler : public GpuReductionScheduler {
public:
  using GpuReductionScheduler::GpuReductionScheduler;
  mlir::LogicalResult schedule() override;

private:
  mlir::LogicalResult verify();

  // The block's tiles (PairOperands.cpp).
  /// An operand, one array for each part of its elements, and how far their
  /// lines lie apart.
  struct Staged : PairOperand {
    llvm::SmallVector<mlir::Value, 2> arrays;
    int64_t pitch;
  };
  /// Neighbours that a thread reads at a time, of how many in the tile.
  int64_t getLoadLanes(const PairOperand &operand) const {
    return operand.isContiguous ? loadLanes : 1;
  }
  int64_t getRun(const PairOperand &operand) const {
    return operand.isAlongReduced ? depth : size[operand.side];
  }
  void addSharedTiles();
  /// Reads the tiles from `first` on along the reduced loop.
  void loadTiles(mlir::Value first);
  /// Where a vector of an operand's tile lies in it.
  struct Place {
    mlir::Value line, depth;
  };
  Place findPlace(const Staged &operand, int64_t step, int64_t lanes);
  void bindPlace(const Staged &operand, const Place &place, mlir::Value first,
                 int64_t lanes);
  void stageVector(const Staged &operand, const Place &place,
                   const Elem &element);
  /// What a thread has of an operand at one place along the reduced loop: an
  /// element for each row, or for each vector of columns.
  using Elements = llvm::SmallVector<Elem>;
  Elements loadElements(const Staged &operand, mlir::Value depth);
  Elem loadShared(const Staged &operand, mlir::Value index, int64_t count);

  // Tiles and their mirror images (PairMirror.cpp).
  void emitIsMirror();
  /// Tiles along a side, where those below the diagonal are mirror images.
  mlir::Value countMirrorTiles(PairSide side);
  /// From a place among so many to that of the tile.
  void unfoldTriangle(mlir::Value (&place)[2]);
  /// Stores the mirror image of `run` rows from `row` on, each of which has the
  /// elements of all results from `column` on.
  void storeMirrored(llvm::ArrayRef<Elem> rows, int64_t row,
                     mlir::Value column);
  Elem gatherLane(llvm::ArrayRef<Elem> elements, int64_t lane);

  // What a thread does (SchedulePairs.cpp).
  /// Where the thread's rows and columns begin in a tile.
  void locateThread();
  mlir::Value countTiles(PairSide side);
  /// The tiles to compute, by their places: all but mirror images.
  mlir::Value countPlaces(PairSide side);
  /// How far one of the thread's rows lies from its first.
  int64_t getRowDistance(int64_t row) const {
    return row / run * (threads / across * run) + row % run;
  }
  void locateTile(mlir::Value tile);
  /// Sums over the whole reduced loop, for each vector of the thread.
  States emitSums();
  /// Adds up what is in shared memory, `count` elements.
  States emitDepth(mlir::Value first, mlir::Value count);
  /// A place along the reduced loop: its scope, with one for each vector of
  /// columns in it, and what the thread has of the operands there.
  struct Step {
    ElementEmitter::SuspendedScope scope;
    llvm::SmallVector<ElementEmitter::SuspendedScope, 0> columns;
    llvm::SmallVector<Elements> elements;
  };
  Step openStep(mlir::Value depth, mlir::Value index);
  /// The states of the elements of the step in the present row and vector.
  States liftPresent(Step &step);
  std::optional<Elem> getHeld(mlir::Value tensor,
                              const LinearExpr &offset) const;
  /// Combines the steps from `depth` on with `sums`, if any.
  States emitSteps(mlir::Value first, mlir::Value depth, const States &sums);
  States getNoStates();
  /// The states of one of the thread's vectors.
  States getStates(const States &all, size_t vector) const;
  States combineAll(const States &lhs, const States &rhs);
  void storeTile(const States &sums);
  /// The elements of `run` rows from `row` on, in the vector that begins at
  /// `column`: all results of a row, then of the next.
  llvm::SmallVector<Elem> emitRows(const States &sums, int64_t row,
                                   int64_t column);
  void storeRows(llvm::ArrayRef<Elem> rows, int64_t row, mlir::Value column);

  Stage stage;
  PairLoops loops;
  int64_t threads, across, warpAcross, lanes, loadLanes, depth, together;
  /// Neighbouring rows of a thread.
  int64_t run;
  bool isWhole, hasMirror;
  /// What a thread has along each side: rows, and vectors of columns.
  int64_t count[2];
  /// What a block has.
  int64_t size[2];
  llvm::SmallVector<Staged> operands;
  /// The tile's first row and column, and where the thread's begin in it.
  mlir::Value origin[2], start[2];
  /// Whether (i1) both operands are one array, if that makes a difference, and
  /// whether the tile has a mirror image.
  mlir::Value isMirror, isAbove;
  /// The thread's first row, and the first columns of its vectors.
  mlir::Value firstRow;
  llvm::SmallVector<mlir::Value> columns;
  /// The step, row and vector whose elements are being emitted.
  const Step *presentStep = nullptr;
  int64_t present[2];
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_PAIRSCHEDULER_H
