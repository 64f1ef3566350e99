// The choice of tiles for kernels that read neighbours of their elements.

#include "ElementwiseChoice.h"

#include "Schedules.h"
#include "VectorChoice.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// Loads that lie a few elements apart from which on a tile saves some.
static constexpr int64_t kLeastNeighbours = 3;
/// Threads of a block, and rows and bytes of a row of a thread's tile.
static constexpr int64_t kThreads = 128, kRows = 4, kTileBytes = 16;
/// Tiles one above the other that neighbouring warps take, in arrays of enough
/// of them that groups and warps which are not whole cost little. Narrower
/// tiles gain nothing by it.
static constexpr int64_t kBands = 4;
/// Elements of a row, below which most threads of a warp lie in other rows.
static constexpr int64_t kLeastColumns = 64;

//===----------------------------------------------------------------------===//
// Facts
//===----------------------------------------------------------------------===//

/// Loads that another load of the same array differs from by a constant.
static SmallVector<Access> getNeighbours(const IterationSpace &space) {
  unsigned column = space.getLoops().back().dim;
  SmallVector<Access> loads;
  for (const Access &access : space.getAccesses()) {
    Access load = access;
    load.offset = space.dropCollapsed(access.offset);
    if (!load.isStore && isContiguous(load, column))
      loads.push_back(load);
  }
  SmallVector<Access> neighbours;
  for (const Access &load : loads)
    if (llvm::any_of(loads, [&](const Access &other) {
          return other.tensor == load.tensor && other.offset != load.offset &&
                 other.offset.terms == load.offset.terms;
        }))
      neighbours.push_back(load);
  return neighbours;
}

/// Whether elements are found by other elements.
static bool isIndexed(const IterationSpace &space) {
  return llvm::any_of(space.getAccesses(), [](const Access &access) {
    return !access.indexedDims.empty();
  });
}

//===----------------------------------------------------------------------===//
// The choice
//===----------------------------------------------------------------------===//

/// The columns of a tile: vectors of which each lies at a multiple of its size
/// in every row that is read, but for a constant.
static int64_t chooseColumns(func::FuncOp kernel, const IterationSpace &space,
                             const SizeHints &hints,
                             ArrayRef<Access> neighbours,
                             SmallVectorImpl<GuardAttr> &guards) {
  VectorChoice vectors(kernel, space, hints);
  const LoopDim &column = space.getLoops().back();
  int64_t widest = 1;
  for (Access load : neighbours) {
    widest = std::max(widest, getElementBytes(load.tensor));
    llvm::erase_if(load.offset.constants,
                   [](const Monomial &part) { return part.isConstant(); });
    vectors.addAccess(load, column.dim);
  }
  vectors.addRow(column.extent);
  if (isComplex(getDType(neighbours.front().tensor.getType())))
    return 1;
  int64_t lanes = std::min(kTileBytes / widest, getMaxLanes(kernel) / kRows);
  return vectors.choose(std::max<int64_t>(1, lanes), guards);
}

std::optional<ScheduleChoice> chooseStencil(func::FuncOp kernel,
                                            const IterationSpace &space,
                                            const SizeHints &hints) {
  if (space.getLoops().size() < 2 || isWrittenInPlace(kernel) ||
      isIndexed(space) || getMaxLanes(kernel) < kRows)
    return std::nullopt;
  SmallVector<Access> neighbours = getNeighbours(space);
  const LoopDim &row = space.getLoops().drop_back().back();
  const LoopDim &column = space.getLoops().back();
  std::optional<int64_t> rows = hints.evaluate(row.extent);
  std::optional<int64_t> columns = hints.evaluate(column.extent);
  if (int64_t(neighbours.size()) < kLeastNeighbours || !rows ||
      *rows < kLeastBands * kRows || !columns || *columns < kLeastColumns)
    return std::nullopt;
  ScheduleChoice choice{"stencil", {}, {}};
  int64_t lanes =
      chooseColumns(kernel, space, hints, neighbours, choice.guards);
  MLIRContext *context = kernel.getContext();
  bool isGrouped =
      *rows >= kLeastBands * kRows * kBands &&
      *columns >= kLeastGroupedTiles * lanes &&
      lanes * getElementBytes(neighbours.front().tensor) == kTileBytes;
  choice.guards.push_back(getGuard(
      context, row.extent, 1, kLeastBands * kRows * (isGrouped ? kBands : 1)));
  choice.guards.push_back(
      getGuard(context, column.extent, 1,
               isGrouped ? kLeastGroupedTiles * lanes : kLeastColumns));
  // Rows follow each other in memory and are longer than a tile.
  for (const Access &load : neighbours) {
    Monomial stride = load.offset.getCoefficient(row.dim);
    std::optional<int64_t> distance = hints.evaluate(stride);
    if (stride.isZero())
      continue;
    if (!distance || *distance < kLeastColumns)
      return std::nullopt;
    GuardAttr guard = getGuard(context, stride, 1, kLeastColumns);
    if (!llvm::is_contained(choice.guards, guard))
      choice.guards.push_back(guard);
  }
  choice.options = {{"vector", lanes}, {"rows", kRows}, {"threads", kThreads}};
  if (isGrouped)
    choice.options.push_back({"bands", kBands});
  return choice;
}

} // namespace numloom::array
