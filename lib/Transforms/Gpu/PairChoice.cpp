// The choice of tiles for reductions over pairs of rows and columns.

#include "PairScheduler.h"
#include "ReductionChoice.h"

#include "VectorChoice.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// Threads of a block, and how many of them lie side by side: their stores, 16
/// bytes each, make two whole lines. While a block stores, others of the
/// multiprocessor compute: four blocks of 128 threads take 139 us for the
/// distances of 8000 points, two of 256 take 151.
static constexpr int64_t kPairThreads = 128, kAcross = 16;
/// Registers of a thread for states and for what it loads of the operands,
/// which leaves some for the body where four blocks share a multiprocessor. Of
/// longer rows a thread has two sets of states: those of what is in shared
/// memory, and those of all before.
static constexpr int64_t kMaxRegisters = 96, kLeastBlocks = 4;

/// Results of a thread, and elements that it adds up at a time: what it loads
/// of one step takes (rows + columns) * steps registers beside the sums.
struct PairTile {
  int64_t rows, columns, steps, threads = kPairThreads, across = kAcross;
  /// Threads of a warp side by side.
  int64_t warp = kAcross;
  int64_t registers = kMaxRegisters;
  int64_t blocks = kLeastBlocks * kPairThreads / threads;
  int64_t getHeight() const { return threads / across * rows; }
  int64_t getWidth() const { return across * columns; }
  int64_t countResults() const { return rows * columns; }
};

/// In the order of preference. The first are for a few bytes of states: six
/// blocks of 128 threads with 80 registers.
static constexpr PairTile kPairTiles[] = {
    {8, 4, 2, 128, 16, 8, 56, 6}, {8, 8, 2}, {8, 4, 4}, {4, 4, 4}};
/// The same of tiles that have mirror images, which are squares: five blocks of
/// 256 threads with 48 registers. A warp that is higher than wide stores whole
/// lines of the image.
static constexpr PairTile kMirrorTiles[] = {{4, 4, 1, 256, 16, 4, 32, 5},
                                            {4, 4, 4, 64, 8, 4}};
/// Registers that are left where the body extends and narrows elements, or
/// computes with pairs of integer registers.
static constexpr int64_t kRegistersOfIntegers = 16;
/// The cost of bodies, in additions, that have registers of their own, and the
/// bytes of the states of all others: smaller tiles, whose operations wait less
/// for loads, and fewer blocks.
static constexpr int64_t kLongBody = 8, kMostResultsOfLongBody = 16;
static constexpr int64_t kLeastBlocksOfLongBody = 3;
static constexpr int64_t kMaxShortStateBytes = 12;
/// Elements that a step of a tile emits at most.
static constexpr int64_t kMaxStepOperations = 4096;
/// Blocks for each multiprocessor from which on a tile is taken; of the last
/// one, which other schedules follow.
static constexpr int64_t kLeastTiles = 4, kLeastOfLast = 2;
/// Rows that are in shared memory as a whole, what longer ones have there, and
/// the bytes of all operands: four blocks fit a multiprocessor.
static constexpr int64_t kMaxDepth = 32, kDepth = 16, kMaxTileBytes = 40 << 10;
/// Elements of an operand's tile at one place, by its side.
static constexpr int64_t kMostLines[] = {kPairThreads / kAcross * 8,
                                         kAcross * 8};
/// Neighbours that are loaded or stored at a time.
static constexpr int64_t kMostNeighbours = 4;

//===----------------------------------------------------------------------===//
// The choice
//===----------------------------------------------------------------------===//

/// The bytes that one place along the reduced loop takes in shared memory.
static int64_t countPlaceBytes(ArrayRef<PairOperand> operands) {
  int64_t bytes = 0;
  for (const PairOperand &operand : operands)
    bytes += getElementBytes(operand.access.tensor) * kMostLines[operand.side] +
             kMaxAccessBytes;
  return bytes;
}

/// What one element costs.
static int64_t getBodyCost(func::FuncOp kernel, const IterationSpace &space) {
  int64_t cost = 0;
  kernel.walk([&](ElementwiseOpInterface op) {
    if (getExtents(op->getResult(0).getType()) == space.getExtents())
      cost += op.getElementCost();
  });
  return cost;
}

/// Whether all operands and states are floats of whole registers.
static bool hasWideFloats(ArrayRef<PairOperand> operands,
                          ArrayRef<ReductionOpInterface> reductions) {
  auto isWide = [](DType dtype) {
    return isComplex(dtype) || dtype == DType::Float32 ||
           dtype == DType::Float64;
  };
  return llvm::all_of(operands,
                      [&](const PairOperand &operand) {
                        return isWide(
                            getDType(operand.access.tensor.getType()));
                      }) &&
         llvm::all_of(reductions, [&](ReductionOpInterface reduction) {
           return llvm::all_of(reduction.getStateDTypes(), isWide);
         });
}

/// Registers of 32 bits.
static int64_t countRegisters(int64_t count, int64_t bytes) {
  return count * int64_t(llvm::divideCeil(bytes, 4));
}

int64_t ReductionChoice::getPairSteps(const PairTile &tile,
                                      ArrayRef<PairOperand> operands,
                                      bool isWhole) const {
  // Narrow states are registers apart and packed in pairs by turns.
  int64_t states =
      countRegisters(tile.countResults(), stateBytes < 4 ? 8 : stateBytes) *
      (isWhole ? 1 : 2);
  int64_t loads = 0;
  for (const PairOperand &operand : operands)
    loads += countRegisters(operand.side == kRow ? tile.rows : tile.columns,
                            getElementBytes(operand.access.tensor));
  int64_t steps = tile.steps;
  int64_t most = tile.registers;
  if (!hasWideFloats(operands, space.getReductions()))
    most -= kRegistersOfIntegers;
  while (steps > 0 && states + steps * loads > most)
    steps /= 2;
  return steps;
}

bool ReductionChoice::findPairTile(bool hasMirror, const PairLoops &loops,
                                   ArrayRef<PairOperand> operands, bool isWhole,
                                   PairTile &found) {
  ArrayRef<PairTile> tiles(kPairTiles);
  if (hasMirror)
    tiles = kMirrorTiles;
  int64_t operations = llvm::range_size(kernel.getBody().front());
  bool isLong = getBodyCost(kernel, space) > kLongBody ||
                stateBytes > kMaxShortStateBytes;
  int64_t outer = *hints.evaluate(loops.sides[kRow].extent);
  int64_t inner = *hints.evaluate(loops.sides[kColumn].extent);
  int64_t most = kUnlimited;
  for (const PairTile &tile : tiles) {
    bool isLast = &tile == &tiles.back();
    int64_t results = tile.countResults();
    int64_t steps = isLong ? 1 : getPairSteps(tile, operands, isWhole);
    int64_t height = tile.getHeight(), width = tile.getWidth();
    bool isTooShort = isLong && (results > kMostResultsOfLongBody ||
                                 tile.registers < kMaxRegisters);
    if (steps == 0 || isTooShort ||
        results * steps * operations > kMaxStepOperations || outer < height ||
        inner < width)
      continue;
    int64_t least = (isLast ? kLeastOfLast : kLeastTiles) *
                    target.multiprocessors * height * width;
    // Half of them are computed.
    if (hasMirror)
      least *= 2;
    if (*rows < least) {
      most = std::min(most, least - 1);
      continue;
    }
    addGuard(getProduct(kept), least, most);
    addGuard(loops.sides[kRow].extent, height, kUnlimited);
    addGuard(loops.sides[kColumn].extent, width, kUnlimited);
    setOption("blocks",
              isLong ? kLeastBlocksOfLongBody * kPairThreads / tile.threads
                     : tile.blocks);
    found = tile;
    found.steps = steps;
    return true;
  }
  return false;
}

int64_t ReductionChoice::choosePairLoads(ArrayRef<PairOperand> operands,
                                         const PairLoops &loops) {
  VectorChoice vectors(kernel, space, hints);
  for (const PairOperand &operand : operands) {
    if (!operand.isContiguous)
      continue;
    const LoopDim &loop =
        operand.isAlongReduced ? loops.reduced : loops.sides[operand.side];
    vectors.addAccess(operand.access, loop.dim);
    vectors.addRow(loop.extent);
  }
  return vectors.choose(kMostNeighbours, choice.guards);
}

void ReductionChoice::choosePairDepth(const LoopDim &loop, int64_t most,
                                      bool isWhole, int64_t placeBytes) {
  // All of a few at once, else as many as divide the length.
  int64_t steps =
      *length <= most && isWhole ? *length : std::min(most, *length & -*length);
  int64_t depth = *length;
  if (!isWhole) {
    depth = kDepth;
    while (depth * placeBytes > kMaxTileBytes)
      depth /= 2;
    if (!loop.extent.isConstant())
      choice.guards.push_back(
          getGuard(kernel.getContext(), loop.extent, steps));
  } else {
    setOption("whole", 1);
    addGuard(loop.extent, depth, depth);
  }
  setOption("depth", depth);
  setOption("steps", steps);
}

bool ReductionChoice::choosePairs() {
  std::optional<PairLoops> loops = PairLoops::find(space);
  if (!loops || isStaged || isWrittenInPlace(kernel) || !hasElements())
    return false;
  SmallVector<PairOperand> operands = loops->findOperands(space);
  VectorChoice stores(kernel, space, hints);
  stores.addRow(loops->sides[kColumn].extent);
  for (const Access &access : space.getAccesses())
    if (access.isStore) {
      if (access.offset.dependsOn(loops->reduced.dim))
        return false;
      stores.addAccess(access, loops->sides[kColumn].dim);
    }
  int64_t placeBytes = countPlaceBytes(operands);
  if (operands.empty() || kMostNeighbours * placeBytes > kMaxTileBytes)
    return false;
  bool isWhole = *length <= kMaxDepth && *length * placeBytes <= kMaxTileBytes;
  SmallVector<GuardAttr> guards;
  int64_t neighbours = stores.choose(kMostNeighbours, guards);
  // Mirror images of narrower vectors would be parts of sectors.
  bool hasMirror = neighbours == kMostNeighbours &&
                   loops->areMirrored(kernel, space, operands);
  PairTile tile;
  if (!findPairTile(hasMirror, *loops, operands, isWhole, tile))
    return false;
  choice.name = "pairs";
  lanes = neighbours;
  llvm::append_range(choice.guards, guards);
  setOption("threads", tile.threads);
  setOption("across", tile.across);
  setOption("warp", tile.warp);
  if (hasMirror)
    setOption("mirror", 1);
  setOption("rows", tile.rows);
  setOption("columns", tile.columns);
  setOption("vector", lanes);
  setOption("load", choosePairLoads(operands, *loops));
  choosePairDepth(loops->reduced, tile.steps, isWhole, placeBytes);
  return true;
}

} // namespace numloom::array
