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
  lanes = getOption("vector", 1);
  loadLanes = getOption("load", 1);
  depth = getOption("depth", 16);
  together = getOption("steps", 1);
  isWhole = getOption("whole", 0) != 0;
  int64_t rows = getOption("rows", 4), columns = getOption("columns", 4);
  count[kRow] = rows;
  count[kColumn] = columns / lanes;
  size[kRow] = threads / across * rows;
  size[kColumn] = across * columns;
  auto divides = [](int64_t divisor, int64_t value) {
    return divisor > 0 && value > 0 && value % divisor == 0;
  };
  if (divides(across, threads) && divides(lanes, columns) &&
      llvm::isPowerOf2_64(rows) && divides(together, depth) &&
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
  Value width = getConstant(across);
  Value row = arith::DivUIOp::create(builder, getThreadId(), width);
  Value column = arith::RemUIOp::create(builder, getThreadId(), width);
  start[kRow] = emitMulAdd(row, count[kRow], getConstant(0));
  start[kColumn] = emitMulAdd(column, lanes, getConstant(0));
  Value tiles =
      arith::MulIOp::create(builder, countTiles(kRow), countTiles(kColumn));
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
  closeFunction(
      getSize(getProduct(space.getLoops(false)), size[kRow] * size[kColumn]));
  return success();
}

Value PairScheduler::countTiles(PairSide side) {
  return emitCeilDiv(emitter->emitMonomial(loops.sides[side].extent),
                     size[side]);
}

void PairScheduler::locateTile(Value tile) {
  // Neighbouring blocks have neighbouring columns. The last tiles begin
  // earlier, and compute once more what others do.
  for (PairSide side : {kColumn, kRow}) {
    Value tiles = countTiles(side);
    Value index = tile;
    if (side == kColumn || !loops.outer.empty()) {
      index = arith::RemUIOp::create(builder, tile, tiles);
      tile = arith::DivUIOp::create(builder, tile, tiles);
    }
    Value extent = emitter->emitMonomial(loops.sides[side].extent);
    origin[side] = arith::MinUIOp::create(
        builder, emitMulAdd(index, size[side], getConstant(0)),
        arith::SubIOp::create(builder, extent, getConstant(size[side])));
  }
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
      space.setShift(loops.sides[kRow].dim, row);
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
    int64_t row = present[kRow];
    if (operand.side == kRow && row > 0)
      down.constants.push_back(
          operand.access.offset.getCoefficient(loops.sides[kRow].dim) *
          Monomial(row));
    if (operand.access.tensor == tensor &&
        operand.access.offset + down == offset)
      return elements[present[operand.side]];
  }
  return std::nullopt;
}

void PairScheduler::storeTile(const States &sums) {
  SmallVector<unsigned> results = getReducedResults();
  emitter->setVectorDim(loops.sides[kColumn].dim);
  emitter->setLaneMode({lanes, {}});
  emitter->pushScope();
  emitter->bindIv(loops.sides[kRow].dim, firstRow);
  for (int64_t row = 0, vector = 0; row < count[kRow]; ++row)
    for (Value column : columns) {
      emitter->pushScope();
      emitter->bindIv(loops.sides[kColumn].dim, column);
      space.setShift(loops.sides[kRow].dim, row);
      bindReductions(stage.reductions, getStates(sums, vector++));
      storeResults(results);
      emitter->popScope();
    }
  emitter->popScope();
  space.setShift(loops.sides[kRow].dim, 0);
  emitter->setLaneMode({});
}

LogicalResult scheduleGpuPairs(func::FuncOp kernel, const IterationSpace &space,
                               const CudaTarget &target) {
  return PairScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
