// The choice between loop and transpose schedules, and of their vectors.

#include "ElementwiseChoice.h"

#include "../Schedule/KernelEmitter.h"
#include "VectorChoice.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// Threads of a block: 256 fill a multiprocessor with 2048 threads for any
/// number of registers up to 32, and leave the last wave short.
static constexpr int64_t kThreads = 256;
/// Bytes that a thread has to have on their way for all threads together to
/// reach the memory's bandwidth: 2048 threads of each of 132 multiprocessors
/// cover 4.2 TB/s for two microseconds. Threads with less take several groups.
static constexpr int64_t kBytesInFlight = 32;
static constexpr int64_t kMaxUnroll = 4;
/// Operations of a kernel's body times elements of a thread: compiling costs
/// time by the operation, and long bodies are not bound by memory.
static constexpr int64_t kMostOperations = 1200;
/// What a function of float64 counts for, and from which cost on an op is one:
/// its code takes so many registers that with more elements a thread too few
/// threads hide its latency.
static constexpr int64_t kDoubleFunctionOperations = 200;
static constexpr unsigned kFunctionCost = 12;
/// Elements of a thread that draws random bits, at least: neighbours share a
/// block, whose rounds take longer than the registers cost (docs/random.md).
static constexpr int64_t kDrawnLanes = 2;
/// Blocks that stay in rows: the fewest threads, and how many times as many
/// elements as a row has its blocks may cover.
static constexpr int64_t kLeastRowThreads = 128;
static constexpr double kMostRowCover = 1.25;
/// What the blocks of kernels that may be called off do one after the other,
/// from how many blocks on: 9766 blocks that do nothing take 8 us.
static constexpr int64_t kTurns = 8, kLeastBlocksOfTurns = 4096;
/// Sides of transposed tiles, and the bytes of one point of all of a kernel's
/// tiles up to which they fit: six blocks of 33 KiB a multiprocessor, or the 48
/// KiB that a block has without opting in.
static constexpr int64_t kLargeTile = 64, kLargeTileBytes = 8;
static constexpr int64_t kSmallTile = 32, kSmallTileBytes = 46;
/// Rows of results below which the lines of transposed operands are found in
/// the caches.
static constexpr int64_t kLeastTransposedColumns = 16;

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

/// Whether `access` is a load, of neighbours along `fast` and apart along the
/// innermost loop.
static bool isTransposedLoad(const Access &access, const IterationSpace &space,
                             unsigned fast) {
  unsigned innermost = space.getLoops().back().dim;
  return !access.isStore && access.indexedDims.empty() &&
         hasUnitStride(access, fast) && !hasUnitStride(access, innermost) &&
         !isUniform(access, innermost);
}

SmallVector<Access> getTransposedLoads(const IterationSpace &space,
                                       unsigned fast) {
  SmallVector<Access> loads;
  for (const Access &access : space.getAccesses()) {
    Access load = access;
    load.offset = space.dropCollapsed(access.offset);
    bool isKnown = llvm::any_of(loads, [&](const Access &known) {
      return known.tensor == load.tensor && known.offset == load.offset;
    });
    if (!isKnown && isTransposedLoad(access, space, fast))
      loads.push_back(load);
  }
  return loads;
}

static int64_t countOperations(Operation &op) {
  auto elementwise = dyn_cast<ElementwiseOpInterface>(op);
  if (!elementwise || elementwise.getElementCost() < kFunctionCost)
    return 1;
  DType dtype = getRealDType(getDType(op.getResultTypes().front()));
  return dtype == DType::Float64 ? kDoubleFunctionOperations : 1;
}

/// Elements that lie apart take the assembler fewer registers than neighbours
/// do where functions of float64 are computed with them.
static bool hasDoubleFunction(func::FuncOp kernel) {
  return llvm::any_of(kernel.getBody().front(), [](Operation &op) {
    return countOperations(op) == kDoubleFunctionOperations;
  });
}

static bool drawsBits(func::FuncOp kernel) {
  return llvm::any_of(kernel.getBody().front(),
                      llvm::IsaPred<PhiloxOuterOp, PhiloxHalfOp, PhiloxWordOp>);
}

int64_t getMaxLanes(func::FuncOp kernel) {
  int64_t operations = 0;
  for (Operation &op : kernel.getBody().front())
    operations += countOperations(op);
  int64_t least = drawsBits(kernel) ? kDrawnLanes : 1;
  return llvm::bit_floor<uint64_t>(
      std::max(least, kMostOperations / operations));
}

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

/// Groups of `lanes` elements that a thread takes. Operands may be views of one
/// array that lie side by side: only one load counts.
static int64_t chooseUnroll(const IterationSpace &space, int64_t lanes,
                            int64_t maxLanes) {
  if (space.getLoops().empty())
    return 1;
  unsigned dim = space.getLoops().back().dim;
  int64_t loaded = 0, stored = 0;
  for (const Access &access : space.getAccesses()) {
    int64_t &widest = access.isStore ? stored : loaded;
    if (!isUniform(access, dim))
      widest = std::max(widest, getElementBytes(access.tensor));
  }
  int64_t unroll = 1;
  while (loaded > 0 && unroll < kMaxUnroll &&
         (loaded + stored) * lanes * unroll < kBytesInFlight &&
         2 * unroll * lanes <= maxLanes)
    unroll *= 2;
  return unroll;
}

/// Lets blocks stay in rows if they are long enough to keep most threads busy.
static void chooseRows(MLIRContext *context, const IterationSpace &space,
                       const SizeHints &hints, int64_t lanes, int64_t unroll,
                       ScheduleChoice &choice) {
  const Monomial &row = space.getLoops().back().extent;
  std::optional<int64_t> hint = hints.evaluate(row);
  if (!hint || *hint == 0)
    return;
  for (int64_t threads = kThreads; threads >= kLeastRowThreads; threads /= 2) {
    int64_t blockElements = threads * lanes * unroll;
    int64_t covered = llvm::alignTo(*hint, blockElements);
    if (covered > *hint * kMostRowCover)
      continue;
    choice.options.push_back({"rows", 1});
    choice.options.push_back({"threads", threads});
    choice.guards.push_back(
        getGuard(context, row, /*multiple=*/1, blockElements / 2));
    return;
  }
}

/// Lets blocks have several turns if the kernel may be called off.
static void chooseTurns(func::FuncOp kernel, const IterationSpace &space,
                        const SizeHints &hints, int64_t blockElements,
                        ScheduleChoice &choice) {
  Monomial size = getProduct(space.getLoops());
  std::optional<int64_t> hint = hints.evaluate(size);
  if (!hint || getConditions(kernel).empty())
    return;
  if (choice.assumeSide(kernel.getContext(), size, *hint,
                        kLeastBlocksOfTurns * blockElements))
    choice.options.push_back({"turns", kTurns});
}

ScheduleChoice chooseLoopSchedule(func::FuncOp kernel,
                                  const IterationSpace &space,
                                  const SizeHints &hints) {
  ScheduleChoice choice{"loop", {}, {}};
  ArrayRef<LoopDim> loops = space.getLoops();
  VectorChoice vectors(kernel, space, hints);
  int64_t maxLanes = getMaxLanes(kernel), lanes = 1;
  if (!loops.empty()) {
    for (const Access &access : space.getAccesses())
      vectors.addAccess(access, loops.back().dim);
    if (loops.size() > 1)
      vectors.addRow(loops.back().extent);
    if (!hasDoubleFunction(kernel) || drawsBits(kernel))
      lanes = vectors.choose(maxLanes, choice.guards);
  }
  int64_t unroll = chooseUnroll(space, lanes, maxLanes);
  choice.options = {{"vector", lanes}, {"unroll", unroll}};
  // With two loops the one division of a thread costs less than blocks that
  // rows leave half empty (docs/Transforms/Gpu/Figures.md).
  if (loops.size() > 2)
    chooseRows(kernel.getContext(), space, hints, lanes, unroll, choice);
  if (choice.options.size() > 2)
    return choice;
  choice.options.push_back({"threads", kThreads});
  chooseTurns(kernel, space, hints, kThreads * lanes * unroll, choice);
  return choice;
}

/// Bytes of one point of all tiles.
static int64_t getTileBytes(ArrayRef<Access> loads) {
  int64_t bytes = 0;
  for (const Access &load : loads)
    bytes += getElementBytes(load.tensor);
  return bytes;
}

namespace {
/// The extents of a tile: along the operands' contiguous dimension and along
/// the results'.
struct Tile {
  int64_t height, width;
};
} // namespace

/// Square, unless an extent is known to be shorter: then the other is longer.
static Tile chooseTile(int64_t bytes, std::optional<int64_t> rows,
                       std::optional<int64_t> columns) {
  int64_t side = bytes <= kLargeTileBytes ? kLargeTile : kSmallTile;
  auto fit = [](int64_t extent, std::optional<int64_t> hint) -> int64_t {
    return hint ? std::min<int64_t>(extent, llvm::PowerOf2Ceil(*hint)) : extent;
  };
  int64_t height = fit(side, rows);
  int64_t width = fit(side * side / height, columns);
  return {rows ? fit(side * side / width, rows) : height, width};
}

/// The dimension along which most bytes of operands lie contiguous that are
/// apart along the results' innermost dimension.
static std::optional<LoopDim> findTransposedLoop(const IterationSpace &space,
                                                 const SizeHints &hints) {
  ArrayRef<LoopDim> loops = space.getLoops();
  auto isAtLeast = [&](const LoopDim &loop, int64_t least) {
    std::optional<int64_t> extent = hints.evaluate(loop.extent);
    return !extent || *extent >= least;
  };
  if (loops.size() < 2 || !isAtLeast(loops.back(), kLeastTransposedColumns))
    return std::nullopt;
  std::optional<LoopDim> best;
  int64_t mostBytes = 0;
  for (const LoopDim &loop : loops.drop_back()) {
    int64_t bytes = getTileBytes(getTransposedLoads(space, loop.dim));
    if (bytes > mostBytes && bytes <= kSmallTileBytes && isAtLeast(loop, 2)) {
      best = loop;
      mostBytes = bytes;
    }
  }
  return best;
}

/// The guard that tiles stay at least a quarter full and, where they are cut to
/// a short extent, that it stays short.
static GuardAttr getTileGuard(MLIRContext *context, const Monomial &extent,
                              int64_t size) {
  int64_t most =
      size < kSmallTile ? 2 * size : std::numeric_limits<int64_t>::max();
  return getGuard(context, extent, /*multiple=*/1, size / 4, most);
}

static ScheduleChoice chooseTranspose(func::FuncOp kernel,
                                      const IterationSpace &space,
                                      const SizeHints &hints,
                                      const LoopDim &loop) {
  ScheduleChoice choice{"transpose", {}, {}};
  const LoopDim &innermost = space.getLoops().back();
  VectorChoice vectors(kernel, space, hints);
  for (const Access &access : space.getAccesses())
    vectors.addAccess(access, isTransposedLoad(access, space, loop.dim)
                                  ? loop.dim
                                  : innermost.dim);
  std::optional<int64_t> rows = hints.evaluate(loop.extent);
  std::optional<int64_t> columns = hints.evaluate(innermost.extent);
  auto [height, width] = chooseTile(
      getTileBytes(getTransposedLoads(space, loop.dim)), rows, columns);
  vectors.addRow(loop.extent);
  vectors.addRow(innermost.extent);
  // A tile has a vector for each thread.
  int64_t threads = std::min(kThreads, height * width);
  int64_t maxLanes = getMaxLanes(kernel);
  int64_t lanes = vectors.choose(
      std::min({maxLanes, height, width, height * width / threads}),
      choice.guards);
  for (auto [extent, hint, size] :
       {std::tuple(loop.extent, rows, height),
        std::tuple(innermost.extent, columns, width)})
    if (hint)
      choice.guards.push_back(getTileGuard(kernel.getContext(), extent, size));
  choice.options = {
      {"vector", lanes},  {"unroll", std::min(kMaxUnroll, maxLanes / lanes)},
      {"height", height}, {"width", width},
      {"dim", loop.dim},  {"threads", threads}};
  return choice;
}

ScheduleChoice chooseElementwiseSchedule(func::FuncOp kernel,
                                         const IterationSpace &space,
                                         const SizeHints &hints) {
  if (getScatter(kernel))
    return chooseScatterSchedule(kernel, space, hints);
  if (std::optional<LoopDim> loop = findTransposedLoop(space, hints))
    return chooseTranspose(kernel, space, hints, *loop);
  if (std::optional<ScheduleChoice> stencil =
          chooseStencil(kernel, space, hints))
    return std::move(*stencil);
  return chooseLoopSchedule(kernel, space, hints);
}

} // namespace numloom::array
