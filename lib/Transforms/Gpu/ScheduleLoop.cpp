// The schedule of elementwise kernels. A thread computes groups of neighbouring
// elements along the innermost loop: a group is one access of each array.
// Groups are numbered through the whole space, or, if rows are long, within
// each row: then a block stays in one row and divides once.

#include "GpuKernelScheduler.h"
#include "Schedules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {
namespace {

class LoopSchedule : public GpuKernelScheduler {
public:
  using GpuKernelScheduler::GpuKernelScheduler;
  LogicalResult schedule() override;

private:
  LogicalResult verify();
  void countGroups();
  /// Finds the row of a block that stays in one.
  void bindRow();
  void findFirstGroup();
  /// What a block does unless the kernel is called off: several turns, for
  /// blocks that have nothing to do take their time, too.
  void emitTurns();
  /// The number of the thread's group `step`; a block's groups of one step are
  /// neighbours.
  Value getGroup(int64_t step);
  Value isBelow(Value a, Value b);
  void bindGroup(Value group);
  /// What is stored at the present point.
  struct Computed {
    SmallVector<Elem> results;
    ScatterEntry entry;
  };
  Computed compute();
  void store(const Computed &computed);
  bool combinesAtomically() override { return !combinesOnce(getScatter()); }
  /// The thread's groups, with all loads before the first store.
  void emitGroups();
  /// The elements after the last whole group, one for each thread of the block
  /// that would have had that group.
  void emitTail();
  void emitWork();

  int64_t threads, lanes, unroll, turns;
  bool hasRows;
  /// Those through which whole groups are numbered, and how many these are.
  Monomial elements;
  Value numGroups;
  /// The block's place among those of its row, or of the grid, and its thread's
  /// first group.
  Value block, firstGroup;
  SmallVector<unsigned> results;
};

} // namespace

LogicalResult LoopSchedule::verify() {
  threads = getOption("threads", 256);
  lanes = getOption("vector", 1);
  unroll = getOption("unroll", 1);
  turns = getOption("turns", 1);
  hasRows = getOption("rows", 0);
  if (turns > 1 && hasRows)
    return kernel.emitError("blocks that stay in rows have one turn");
  if (getScatter() && failed(verifyScatter()))
    return failure();
  if (!space.getReductions().empty())
    return kernel.emitError("the loop schedule is for kernels without "
                            "reductions");
  if (space.getLoops().empty() && (lanes > 1 || hasRows))
    return kernel.emitError("a single element has no vectors and no rows");
  return success();
}

LogicalResult LoopSchedule::schedule() {
  if (failed(verify()))
    return failure();
  ArrayRef<LoopDim> loops = space.getLoops();
  elements = hasRows ? loops.back().extent : getProduct(loops);
  results = llvm::to_vector(llvm::seq<unsigned>(0, kernel.getNumResults()));

  openFunction("", getAllBufferIds(), threads);
  countGroups();
  block = getBlockId();
  if (hasRows)
    bindRow();
  if (Value condition = emitCondition())
    emitIf(condition, {}, [&](const States &none) {
      emitTurns();
      return none;
    });
  else
    emitTurns();
  copyBorders(threads);
  closeFunction(getSize(elements, threads * lanes * unroll * turns, 1,
                        hasRows ? getProduct(loops.drop_back()) : Monomial(1)));
  return success();
}

void LoopSchedule::emitTurns() {
  if (turns == 1)
    return emitWork();
  Value first = arith::MulIOp::create(builder, block, getConstant(turns));
  emitCountedLoop(getConstant(0), getConstant(turns), getConstant(1), {},
                  [&](Value turn, const States &none) {
                    block = arith::AddIOp::create(builder, first, turn);
                    emitWork();
                    return none;
                  });
}

void LoopSchedule::emitWork() {
  findFirstGroup();
  emitIf(isBelow(firstGroup, numGroups), {}, [&](const States &none) {
    emitGroups();
    return none;
  });
  // Where there are several loops, rows are whole groups.
  if (space.getLoops().size() == 1 && lanes > 1)
    emitTail();
}

void LoopSchedule::countGroups() {
  if (!space.getLoops().empty())
    emitter->setVectorDim(space.getLoops().back().dim);
  numGroups = emitter->emitMonomial(elements);
  if (lanes > 1)
    numGroups = arith::DivUIOp::create(builder, numGroups, getConstant(lanes));
}

void LoopSchedule::bindRow() {
  int64_t blockGroups = threads * unroll;
  Value blocks = arith::DivUIOp::create(
      builder,
      arith::AddIOp::create(builder, numGroups, getConstant(blockGroups - 1)),
      getConstant(blockGroups));
  Value row = arith::DivUIOp::create(builder, getBlockId(), blocks);
  block = arith::SubIOp::create(builder, getBlockId(),
                                arith::MulIOp::create(builder, row, blocks));
  bindDelinearized(row, space.getLoops().drop_back());
}

void LoopSchedule::findFirstGroup() {
  Value blockGroups = getConstant(threads * unroll);
  firstGroup = arith::AddIOp::create(
      builder, arith::MulIOp::create(builder, block, blockGroups),
      getThreadId());
}

Value LoopSchedule::getGroup(int64_t step) {
  if (step == 0)
    return firstGroup;
  return arith::AddIOp::create(builder, firstGroup,
                               getConstant(step * threads));
}

Value LoopSchedule::isBelow(Value a, Value b) {
  return arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, a, b);
}

void LoopSchedule::bindGroup(Value group) {
  Value rest = group;
  ArrayRef<LoopDim> loops = space.getLoops();
  if (hasRows)
    loops = loops.take_back();
  for (const LoopDim &loop : llvm::reverse(loops)) {
    bool isInnermost = &loop == &loops.back();
    Value index = rest;
    if (&loop != &loops.front()) {
      Value extent = emitter->emitMonomial(loop.extent);
      if (isInnermost && lanes > 1)
        extent = arith::DivUIOp::create(builder, extent, getConstant(lanes));
      // One division for quotient and remainder.
      rest = arith::DivUIOp::create(builder, index, extent);
      index = arith::SubIOp::create(
          builder, index, arith::MulIOp::create(builder, rest, extent));
    }
    if (isInnermost && lanes > 1)
      index = arith::MulIOp::create(builder, index, getConstant(lanes));
    emitter->bindIv(loop.dim, index);
  }
}

LoopSchedule::Computed LoopSchedule::compute() {
  if (getScatter())
    return {{}, emitScatterEntry()};
  return {emitResults(results), {}};
}

void LoopSchedule::store(const Computed &computed) {
  if (getScatter())
    storeEntry(computed.entry, getResultBuffer(0));
  else
    storeElements(results, computed.results);
}

void LoopSchedule::emitGroups() {
  struct Group {
    Value number;
    Computed computed;
    ElementEmitter::SuspendedScope scope;
  };
  SmallVector<Group, 0> groups;
  emitter->setLaneMode({lanes, {}});
  Value last = unroll == 1
                   ? Value()
                   : arith::SubIOp::create(builder, numGroups, getConstant(1));
  for (int64_t step = 0; step < unroll; ++step) {
    Value number = getGroup(step);
    emitter->pushScope();
    // Without a group the last one is computed once more, and not stored: no
    // load waits for a branch.
    bindGroup(step == 0 ? number
                        : arith::MinUIOp::create(builder, number, last));
    Computed computed = compute();
    groups.push_back({number, std::move(computed), emitter->suspendScope()});
  }
  for (Group &group : groups) {
    auto storeGroup = [&](const States &none) {
      store(group.computed);
      return none;
    };
    emitter->resumeScope(std::move(group.scope));
    if (&group == &groups.front())
      storeGroup({});
    else
      emitIf(isBelow(group.number, numGroups), {}, storeGroup);
    emitter->popScope();
  }
  emitter->setLaneMode({});
}

void LoopSchedule::emitTail() {
  Value width = getConstant(lanes);
  Value count = emitter->emitMonomial(elements);
  Value rest = arith::RemUIOp::create(builder, count, width);
  Value lastBlock =
      arith::DivUIOp::create(builder, numGroups, getConstant(threads * unroll));
  Value isLastBlock = arith::CmpIOp::create(builder, arith::CmpIPredicate::eq,
                                            block, lastBlock);
  Value exists =
      arith::AndIOp::create(builder, isLastBlock, isBelow(getThreadId(), rest));
  emitIf(exists, {}, [&](const States &none) {
    Value start = arith::MulIOp::create(builder, numGroups, width);
    emitter->bindIv(space.getLoops().back().dim,
                    arith::AddIOp::create(builder, start, getThreadId()));
    store(compute());
    return none;
  });
}

LogicalResult scheduleGpuLoop(func::FuncOp kernel, const IterationSpace &space,
                              const CudaTarget &target) {
  return LoopSchedule(kernel, space, target).schedule();
}

} // namespace numloom::array
