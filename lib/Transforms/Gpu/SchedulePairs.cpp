// The schedule of reductions whose operands each lack a row or a column of the
// results: a thread has a tile of results in its registers.

#include "PairScheduler.h"
#include "Schedules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

LogicalResult PairScheduler::verify() {
  std::optional<PairLoops> found = PairLoops::find(space);
  if (!found || getStages().size() != 1 ||
      getReducedResults().size() != kernel.getNumResults() ||
      found->findOperands(space).empty())
    return kernel.emitError(
        "pairs have one stage, one loop that is reduced, two and more that are "
        "kept, an operand on either side, and no results over the rows");
  stage = getStages().front();
  loops = *found;
  for (const PairOperand &operand : loops.findOperands(space))
    operands.push_back({operand, {}, 0});
  threads = getOption("threads", 256);
  across = getOption("across", 16);
  warpAcross = getOption("warp", std::min(across, kWarpThreads));
  lanes = getOption("vector", 1);
  loadLanes = getOption("load", 1);
  depth = getOption("depth", 16);
  together = getOption("steps", 1);
  isWhole = getOption("whole", 0) != 0;
  hasMirror = getOption("mirror", 0) != 0;
  int64_t rows = getOption("rows", 4), columns = getOption("columns", 4);
  count[kRow] = rows;
  count[kColumn] = columns / lanes;
  size[kRow] = threads / across * rows;
  size[kColumn] = across * columns;
  constexpr int64_t kMostNeighbours = 4;
  run = hasMirror ? lanes : std::min(rows, kMostNeighbours);
  auto divides = [](int64_t divisor, int64_t value) {
    return divisor > 0 && value > 0 && value % divisor == 0;
  };
  if (divides(across, threads) && divides(warpAcross, across) &&
      divides(kWarpThreads / warpAcross, threads / across) &&
      divides(lanes, columns) && divides(run, rows) &&
      divides(together, depth) &&
      (!hasMirror ||
       (size[kRow] == size[kColumn] &&
        loops.areMirrored(kernel, space, loops.findOperands(space)))) &&
      llvm::all_of(operands, [&](const Staged &operand) {
        return divides(getLoadLanes(operand), getRun(operand));
      }))
    return success();
  return kernel.emitError("array.schedule: a tile of pairs must be whole "
                          "threads, vectors and steps");
}

LogicalResult PairScheduler::schedule() {
  if (failed(verify()))
    return failure();
  openFunction("", getAllBufferIds(), threads);
  emitter->setHeldElements([&](Value tensor, const LinearExpr &offset) {
    return getHeld(tensor, offset);
  });
  addSharedTiles();
  locateThread();
  if (hasMirror)
    emitIsMirror();
  Value tiles =
      arith::MulIOp::create(builder, countPlaces(kRow), countPlaces(kColumn));
  if (!loops.outer.empty())
    tiles = arith::MulIOp::create(
        builder, tiles, emitter->emitMonomial(getProduct(loops.outer)));
  // As many blocks as the elements fill tiles: where those at the edges make
  // more tiles, the first blocks take a second one.
  Value grid = gpu::GridDimOp::create(builder, gpu::Dimension::x);
  emitCountedLoop(getBlockId(), tiles, grid, {},
                  [&](Value tile, const States &none) {
                    locateTile(tile);
                    storeTile(emitSums());
                    return none;
                  });
  // Where half of the tiles are mirror images, blocks without one would cost
  // time; of two arrays each takes two tiles.
  int64_t each = size[kRow] * size[kColumn] * (hasMirror ? 2 : 1);
  closeFunction(getSize(getProduct(space.getLoops(false)), each));
  return success();
}

void PairScheduler::locateThread() {
  auto divide = [&](Value value, int64_t divisor) {
    Value by = getConstant(divisor);
    return std::pair<Value, Value>(arith::DivUIOp::create(builder, value, by),
                                   arith::RemUIOp::create(builder, value, by));
  };
  auto [warp, lane] = divide(getThreadId(), kWarpThreads);
  auto [warpRow, warpColumn] = divide(warp, across / warpAcross);
  auto [row, column] = divide(lane, warpAcross);
  row = emitMulAdd(warpRow, kWarpThreads / warpAcross, row);
  column = emitMulAdd(warpColumn, warpAcross, column);
  start[kRow] = emitMulAdd(row, run, getConstant(0));
  start[kColumn] = emitMulAdd(column, lanes, getConstant(0));
}

Value PairScheduler::countTiles(PairSide side) {
  return emitCeilDiv(emitter->emitMonomial(loops.sides[side].extent),
                     size[side]);
}

Value PairScheduler::countPlaces(PairSide side) {
  return hasMirror ? countMirrorTiles(side) : countTiles(side);
}

void PairScheduler::locateTile(Value tile) {
  // Neighbouring blocks have neighbouring columns.
  Value place[2];
  for (PairSide side : {kColumn, kRow}) {
    place[side] = tile;
    if (side == kColumn || !loops.outer.empty()) {
      Value places = countPlaces(side);
      place[side] = arith::RemUIOp::create(builder, tile, places);
      tile = arith::DivUIOp::create(builder, tile, places);
    }
  }
  if (hasMirror)
    unfoldTriangle(place);
  // The last tiles begin earlier, and compute once more what others do.
  for (PairSide side : {kColumn, kRow}) {
    Value extent = emitter->emitMonomial(loops.sides[side].extent);
    origin[side] = arith::MinUIOp::create(
        builder, emitMulAdd(place[side], size[side], getConstant(0)),
        arith::SubIOp::create(builder, extent, getConstant(size[side])));
  }
  if (hasMirror)
    isAbove = emitAnd(isMirror, emitLess(place[kRow], place[kColumn]));
  bindDelinearized(tile, loops.outer);
  firstRow = arith::AddIOp::create(builder, origin[kRow], start[kRow]);
  columns.clear();
  Value first = arith::AddIOp::create(builder, origin[kColumn], start[kColumn]);
  for (int64_t i = 0; i < count[kColumn]; ++i)
    columns.push_back(
        arith::AddIOp::create(builder, first, getConstant(i * across * lanes)));
}

PairScheduler::States PairScheduler::getStates(const States &all,
                                               size_t vector) const {
  size_t size = all.size() / (count[kRow] * count[kColumn]);
  return States(ArrayRef(all).slice(vector * size, size));
}

PairScheduler::States PairScheduler::combineAll(const States &lhs,
                                                const States &rhs) {
  States all;
  for (int64_t i = 0; i < count[kRow] * count[kColumn]; ++i)
    llvm::append_range(all, combineStates(stage.reductions, getStates(lhs, i),
                                          getStates(rhs, i)));
  return all;
}

PairScheduler::States PairScheduler::emitSums() {
  if (isWhole) {
    loadTiles(getConstant(0));
    emitBarrier();
    States sums = emitDepth(getConstant(0), getConstant(depth));
    // The next tile overwrites what slower threads still read.
    emitBarrier();
    return sums;
  }
  Value length = emitter->emitMonomial(loops.reduced.extent);
  return emitCountedLoop(
      getConstant(0), length, getConstant(depth), getNoStates(),
      [&](Value first, const States &sums) {
        loadTiles(first);
        emitBarrier();
        Value rest = arith::SubIOp::create(builder, length, first);
        States part = emitDepth(
            first, arith::MinUIOp::create(builder, rest, getConstant(depth)));
        emitBarrier();
        return combineAll(sums, part);
      });
}

PairScheduler::States PairScheduler::emitDepth(Value first, Value end) {
  if (isWhole && depth == together)
    return emitSteps(first, getConstant(0), {});
  return emitCountedLoop(
      getConstant(0), end, getConstant(together), getNoStates(),
      [&](Value at, const States &sums) { return emitSteps(first, at, sums); });
}

PairScheduler::States PairScheduler::getNoStates() {
  States none;
  for (int64_t i = 0; i < count[kRow] * count[kColumn]; ++i)
    llvm::append_range(none, getInitialStates(stage.reductions, lanes));
  return none;
}

PairScheduler::Step PairScheduler::openStep(Value at, Value index) {
  Step step;
  for (const Staged &operand : operands)
    step.elements.push_back(loadElements(operand, at));
  emitter->pushScope();
  emitter->bindIv(loops.reduced.dim, index);
  emitter->bindIv(loops.sides[kRow].dim, firstRow);
  for (Value column : columns) {
    emitter->pushScope();
    emitter->bindIv(loops.sides[kColumn].dim, column);
    step.columns.push_back(emitter->suspendScope());
  }
  step.scope = emitter->suspendScope();
  return step;
}

PairScheduler::States PairScheduler::liftPresent(Step &step) {
  presentStep = &step;
  ElementEmitter::SuspendedScope &column = step.columns[present[kColumn]];
  emitter->resumeScope(std::move(step.scope));
  emitter->resumeScope(std::move(column));
  States lifted = liftElements(stage.reductions);
  column = emitter->suspendScope();
  step.scope = emitter->suspendScope();
  presentStep = nullptr;
  return lifted;
}

PairScheduler::States PairScheduler::emitSteps(Value first, Value at,
                                               const States &sums) {
  SmallVector<Step, 0> steps;
  for (int64_t i = 0; i < together; ++i) {
    Value next = arith::AddIOp::create(builder, at, getConstant(i));
    steps.push_back(
        openStep(next, arith::AddIOp::create(builder, first, next)));
  }
  emitter->setVectorDim(loops.sides[kColumn].dim);
  emitter->setLaneMode({lanes, {}});
  States all;
  for (int64_t row = 0, vector = 0; row < count[kRow]; ++row)
    for (int64_t column = 0; column < count[kColumn]; ++column, ++vector) {
      present[kRow] = row;
      present[kColumn] = column;
      space.setShift(loops.sides[kRow].dim, getRowDistance(row));
      SmallVector<States> lifted;
      for (Step &step : steps)
        lifted.push_back(liftPresent(step));
      States own = combineMany(stage.reductions, lifted);
      if (!sums.empty())
        own = combineStates(stage.reductions, getStates(sums, vector), own);
      llvm::append_range(all, own);
    }
  space.setShift(loops.sides[kRow].dim, 0);
  emitter->setLaneMode({});
  return all;
}

std::optional<Elem> PairScheduler::getHeld(Value tensor,
                                           const LinearExpr &offset) const {
  if (!presentStep)
    return std::nullopt;
  for (auto [operand, elements] :
       llvm::zip_equal(operands, presentStep->elements)) {
    LinearExpr down;
    int64_t distance = getRowDistance(present[kRow]);
    if (operand.side == kRow && distance > 0)
      down.constants.push_back(
          operand.access.offset.getCoefficient(loops.sides[kRow].dim) *
          Monomial(distance));
    if (operand.access.tensor == tensor &&
        operand.access.offset + down == offset)
      return elements[present[operand.side]];
  }
  return std::nullopt;
}

SmallVector<Elem> PairScheduler::emitRows(const States &sums, int64_t row,
                                          int64_t column) {
  SmallVector<unsigned> results = getReducedResults();
  SmallVector<Elem> rows;
  emitter->pushScope();
  emitter->bindIv(loops.sides[kColumn].dim, columns[column]);
  for (int64_t i = row; i < row + run; ++i) {
    emitter->pushScope();
    space.setShift(loops.sides[kRow].dim, getRowDistance(i));
    bindReductions(stage.reductions,
                   getStates(sums, i * count[kColumn] + column));
    llvm::append_range(rows, emitResults(results));
    emitter->popScope();
  }
  emitter->popScope();
  return rows;
}

void PairScheduler::storeRows(ArrayRef<Elem> rows, int64_t row, Value column) {
  SmallVector<unsigned> results = getReducedResults();
  emitter->pushScope();
  emitter->bindIv(loops.sides[kColumn].dim, column);
  for (int64_t i = 0; i < run; ++i) {
    space.setShift(loops.sides[kRow].dim, getRowDistance(row + i));
    storeElements(results, rows.slice(i * results.size(), results.size()));
  }
  space.setShift(loops.sides[kRow].dim, 0);
  emitter->popScope();
}

void PairScheduler::storeTile(const States &sums) {
  emitter->setVectorDim(loops.sides[kColumn].dim);
  emitter->setLaneMode({lanes, {}});
  emitter->pushScope();
  emitter->bindIv(loops.sides[kRow].dim, firstRow);
  struct Piece {
    SmallVector<Elem> rows;
    int64_t row;
    Value column;
  };
  SmallVector<Piece, 0> pieces;
  for (int64_t row = 0; row < count[kRow]; row += run)
    for (auto [i, column] : llvm::enumerate(columns)) {
      pieces.push_back({emitRows(sums, row, i), row, column});
      storeRows(pieces.back().rows, row, column);
    }
  emitter->popScope();
  if (hasMirror)
    emitIf(isAbove, {}, [&](const States &none) {
      for (const Piece &piece : pieces)
        storeMirrored(piece.rows, piece.row, piece.column);
      return none;
    });
  emitter->setLaneMode({});
}

LogicalResult scheduleGpuPairs(func::FuncOp kernel, const IterationSpace &space,
                               const CudaTarget &target) {
  return PairScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
