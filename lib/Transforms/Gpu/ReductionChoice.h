// Chooses the schedule of one kernel with reductions or scans.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_REDUCTIONCHOICE_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_REDUCTIONCHOICE_H

#include "../Schedule/KernelEmitter.h"
#include "ScheduleChoice.h"

namespace numloom::array {

struct PairLoops;
struct PairOperand;
struct PairTile;

class ReductionChoice {
public:
  ReductionChoice(mlir::func::FuncOp kernel, const IterationSpace &space,
                  const SizeHints &hints, const CudaTarget &target);

  ScheduleChoice choose();

private:
  // Facts. The last of the loops that are reduced, or of those that are kept,
  // is the one along which vectors are.
  /// Orders the loops so, and says whether vectors are along a reduced one.
  bool chooseOrder();
  int64_t countContiguousBytes(const LoopDim &loop) const;
  /// Bytes that a thread holds of one step: of what is read, in the widest
  /// dtype, or of the states.
  int64_t countStepBytes() const;
  /// The threads of a block whose states all fit shared memory.
  int64_t getMaxLineThreads() const;
  /// Lanes that divide `dim`, or leave a tail.
  int64_t chooseLanes(const LoopDim &dim, bool hasTail = false);
  /// Whether hints for all sizes are known, and none is 0.
  bool hasElements() const { return rows && length && *rows * *length > 0; }

  // Schedules of reductions (ReductionChoice.cpp).
  bool isSmall() const;
  void chooseSmallRow();
  void chooseSmallColumn(int64_t width);
  bool isWorthSplitting() const;
  void chooseSplit();
  /// Bytes that are read for each point; 0 if any are read for another, too, or
  /// not in the largest accesses, or if something is written for each.
  int64_t countBytesReadOnce() const;
  /// Lets the second-level cache keep the beginning of arrays that it does not
  /// hold as a whole: `option` says how many parts of so many elements are
  /// nearest to `keptBytes`.
  void chooseKept(llvm::StringRef option, int64_t elements, int64_t keptBytes);
  /// The same where each block has a part, and those of the lowest numbers are
  /// the beginning.
  void chooseKeptBlocks(int64_t elements);
  void chooseColumn();
  /// `splits` blocks share a row or column, all blocks at once; `isOneRun`: the
  /// deviations of a thread are one run.
  void setShared(int64_t splits, bool isOneRun);

  // Schedules of rows (RowChoice.cpp).
  void chooseRow();
  /// A row in a block's registers, at most `maxSteps` vectors in those of a
  /// thread.
  void chooseKeptRow(int64_t vectors, int64_t maxSteps);
  /// Short rows of which neighbours share an operand, several for each thread.
  bool chooseRowTile();
  /// A row that several blocks share and keep in registers or walk: only where
  /// there are clusters.
  bool chooseClusterRow(int64_t maxGroup, int64_t maxSteps);
  void keepRow(int64_t vectors, int64_t group, int64_t cluster);

  // Tiles of pairs (PairChoice.cpp).
  bool choosePairs();
  /// The first tile of the table that the kernel fills, if any.
  bool findPairTile(bool hasMirror, const PairLoops &loops,
                    llvm::ArrayRef<PairOperand> operands, bool isWhole,
                    PairTile &found);
  /// Places along the reduced loop that a thread's registers hold; 0 if none.
  int64_t getPairSteps(const PairTile &tile,
                       llvm::ArrayRef<PairOperand> operands,
                       bool isWhole) const;
  /// Neighbours that a thread loads at a time.
  int64_t choosePairLoads(llvm::ArrayRef<PairOperand> operands,
                          const PairLoops &loops);
  /// What is in shared memory of the reduced `loop`, at `placeBytes` for each
  /// place, and how much of it a thread takes at a time: `most` if that
  /// divides the loop.
  void choosePairDepth(const LoopDim &loop, int64_t most, bool isWhole,
                       int64_t placeBytes);

  // Schedules of scans (ScanChoice.cpp).
  void chooseRowScan();
  void chooseTiledScan();
  void chooseColumnScan();
  void chooseCompress();

  void setOption(llvm::StringRef option, int64_t value) {
    choice.options.push_back({option, value});
  }
  void addGuard(const Monomial &size, int64_t minimum, int64_t maximum);
  /// Assumes that `size`, whose hint is `value`, stays between the neighbouring
  /// powers of two; returns the upper one.
  int64_t assumeMagnitude(const Monomial &size, int64_t value);

  mlir::func::FuncOp kernel;
  const IterationSpace &space;
  const SizeHints &hints;
  const CudaTarget &target;
  llvm::SmallVector<LoopDim> kept, reduced;
  bool isStaged;
  /// Iterations after which sums of deviations become states; 0 without any.
  int64_t run = 0;
  int64_t stateBytes;
  std::optional<int64_t> rows, length;
  /// Bytes of the widest dtype in the space or in states.
  int64_t widest = 1;
  int64_t lanes = 1;
  ScheduleChoice choice;
};

/// Threads of a warp, and of a block unless a row needs more.
inline constexpr int64_t kWarp = 32, kThreads = 256;
/// Steps in flight of a thread that walks in a loop.
inline constexpr int64_t kLoopSteps = 4;
/// Blocks that a multiprocessor is to get where rows or columns are split: 1024
/// threads with four steps of 16 bytes each cover the memory's latency, and all
/// blocks run at once.
inline constexpr int64_t kBlocksPerMultiprocessor = 4;
inline constexpr int64_t kUnlimited = std::numeric_limits<int64_t>::max();

inline int64_t ceilPowerOfTwo(int64_t value) {
  return llvm::PowerOf2Ceil(std::max<int64_t>(value, 1));
}

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_REDUCTIONCHOICE_H
