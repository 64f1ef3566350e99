// The schedule of running reductions along long contiguous rows: a block for
// each tile, which looks back at the tiles before it. One pass over memory.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_TILEDSCANSCHEDULER_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_TILEDSCANSCHEDULER_H

#include "GpuScanScheduler.h"

namespace numloom::array {

/// Tiles whose states are combined into those of a group: one for each thread
/// of a warp.
inline constexpr int64_t kGroupTiles = kWarpThreads;

/// Options:
///   threads  of a block
///   vector   elements of a step
///   steps    of a thread in a tile
///   blocks   that a multiprocessor shall have registers for; 0: any number
///   tail     1: the row is one loop whose length may not be a multiple of
///            `vector`
///
/// A tile publishes its own states, the last tile of a group of 32 the group's,
/// and later those of everything up to the group's end. What comes before a
/// tile is what comes before its group, group by group from the left, and then
/// the tiles of the group: the order never depends on what was found published,
/// so neither do the results.
///
/// States are published in words of 64 bits, 32 of the state and a mark that
/// tells them from the zeros before: they need no order among memory accesses.
class TiledScanScheduler : public GpuScanScheduler {
public:
  using GpuScanScheduler::GpuScanScheduler;

  mlir::LogicalResult schedule() override;

protected:
  enum Board { Tiles, GroupTotals, GroupPrefixes, NumBoards };
  using Words = llvm::SmallVector<mlir::Value>;

  /// A tile's place: its row, its number there, and how many there are.
  struct TilePlace {
    mlir::Value row, tile, tilesPerRow;
  };

  llvm::SmallVector<Partial> getBoards(int64_t tileElements);
  /// The elements behind the last vector, `states` being those up to there: by
  /// one thread of the last tile.
  void emitTail(const Walk &walk, const TilePlace &at, const States &states);
  mlir::Value getBoard(Board board) {
    return getBuffer(getNumBuffers() + board);
  }
  /// Publishes the tile's states and gives all threads those before the tile.
  States lookBack(const States &total, const TilePlace &at);

private:
  States lookBackInWarp(const States &total, const TilePlace &at);
  /// Waits for the tile `peer`, where it exists; returns its words and those of
  /// `group`.
  Words awaitTiles(mlir::Value peer, mlir::Value exists, mlir::Value group);
  /// The prefix of a group and its total.
  Words readGroups(mlir::Value group);
  /// What the thread contributes of its group to the left: the group's states,
  /// those of everything up to its end, or nothing. `first` was read of it.
  States awaitGroups(const Words &first, mlir::Value group, mlir::Value exists);
  /// The first thread of the warp whose group's prefix is known, or 32.
  mlir::Value findNearest(mlir::ValueRange words, mlir::Value exists);
  States foldFromLeft(const States &states);

  int64_t countWords();
  void publish(Board board, mlir::Value index, const States &states);
  Words readWords(Board board, mlir::Value index);
  mlir::Value areMarked(mlir::ValueRange words);
  States fromMarked(llvm::ArrayRef<mlir::Value> words);
  /// words = first; while (goesOn(words)) words = read()
  Words emitWhile(const Words &first,
                  llvm::function_ref<mlir::Value(mlir::ValueRange)> goesOn,
                  llvm::function_ref<Words()> read);
  /// One bit (of i32) for each thread of the warp.
  mlir::Value emitBallot(mlir::Value condition);
  mlir::Value emitNot(mlir::Value condition);
  mlir::Value emitNotZero(mlir::Value bits);
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_TILEDSCANSCHEDULER_H
