// Walks of threads over the elements of a space, several steps at a time.

#include "GpuReductionScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

SmallVector<LoopDim> GpuReductionScheduler::getLoops(bool reduced) const {
  SmallVector<LoopDim> loops = space.getLoops(reduced);
  int64_t last = getOption("dim", -1);
  auto *it = llvm::find_if(
      loops, [&](const LoopDim &loop) { return loop.dim == last; });
  if (it != loops.end())
    std::rotate(it, it + 1, loops.end());
  return loops;
}

LogicalResult GpuReductionScheduler::verifyThreads(StringRef option) {
  if (getOption("threads", 256) % getOption(option, 1) == 0)
    return success();
  return kernel.emitError("array.schedule: \"")
         << option << "\" must divide \"threads\"";
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

GpuReductionScheduler::States
GpuReductionScheduler::selectStates(Value condition, const States &yes,
                                    const States &no) {
  States selected;
  for (auto [x, y] : llvm::zip_equal(yes, no))
    selected.push_back(builder.selectAll(condition, x, y));
  return selected;
}

Value GpuReductionScheduler::emitEqual(Value lhs, int64_t rhs) {
  return arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, lhs,
                               getConstant(rhs));
}

Value GpuReductionScheduler::emitAnd(Value lhs, Value rhs) {
  if (!lhs || !rhs)
    return lhs ? lhs : rhs;
  return arith::AndIOp::create(builder, lhs, rhs);
}

Value GpuReductionScheduler::emitMulAdd(Value lhs, int64_t factor, Value rhs) {
  if (factor != 1)
    lhs = arith::MulIOp::create(builder, lhs, getConstant(factor));
  return arith::AddIOp::create(builder, lhs, rhs);
}

Value GpuReductionScheduler::emitLess(Value lhs, Value rhs) {
  return arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, lhs, rhs);
}

Value GpuReductionScheduler::emitCeilDiv(Value value, int64_t divisor) {
  Value last = arith::AddIOp::create(builder, value, getConstant(divisor - 1));
  return arith::DivUIOp::create(builder, last, getConstant(divisor));
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

GpuReductionScheduler::Walk
GpuReductionScheduler::makeWalk(ArrayRef<LoopDim> dims, int64_t lanes) {
  Walk walk{SmallVector<LoopDim>(dims), dims.empty() ? 1 : lanes,
            emitter->emitMonomial(getProduct(dims))};
  if (walk.lanes > 1)
    walk.end = arith::DivUIOp::create(builder, walk.end, getConstant(lanes));
  return walk;
}

void GpuReductionScheduler::bindVector(const Walk &walk, Value index) {
  if (walk.dims.empty())
    return;
  if (walk.lanes == 1)
    return bindDelinearized(index, walk.dims);
  const LoopDim &innermost = walk.dims.back();
  Value lanes = getConstant(walk.lanes);
  if (walk.dims.size() > 1) {
    Value vectors = arith::DivUIOp::create(
        builder, emitter->emitMonomial(innermost.extent), lanes);
    bindDelinearized(arith::DivUIOp::create(builder, index, vectors),
                     ArrayRef(walk.dims).drop_back());
    index = arith::RemUIOp::create(builder, index, vectors);
  }
  emitter->bindIv(innermost.dim, arith::MulIOp::create(builder, index, lanes));
}

void GpuReductionScheduler::beginVectors(const Walk &walk) {
  if (walk.lanes == 1)
    return endVectors();
  emitter->setVectorDim(walk.dims.back().dim);
  emitter->setLaneMode({walk.lanes, {}});
}

void GpuReductionScheduler::endVectors() { emitter->setLaneMode({}); }

GpuReductionScheduler::WalkSteps
GpuReductionScheduler::openSteps(const Walk &walk, Value first, int64_t stride,
                                 int64_t count) {
  // Loads of steps that do not exist repeat the last one: addresses are right
  // without a branch, and the loads of all steps can be in flight together.
  Value last = arith::SubIOp::create(builder, walk.end, getConstant(1));
  WalkSteps steps(count);
  for (auto [i, step] : llvm::enumerate(steps)) {
    emitter->pushScope();
    Value index =
        i == 0 ? first
               : arith::AddIOp::create(builder, first, getConstant(i * stride))
                     .getResult();
    step.active = emitLess(index, walk.end);
    bindVector(walk, arith::MinUIOp::create(builder, index, last));
    step.scope = emitter->suspendScope();
  }
  return steps;
}

SmallVector<GpuReductionScheduler::States>
GpuReductionScheduler::liftSteps(Reductions reductions, WalkSteps &steps) {
  int64_t lanes = emitter->getLaneMode().lanes;
  SmallVector<States> lifted;
  for (WalkStep &step : steps) {
    emitter->resumeScope(std::move(step.scope));
    lifted.push_back(
        maskStates(reductions, step.active, liftElements(reductions), lanes));
    step.scope = emitter->suspendScope();
  }
  return lifted;
}

GpuReductionScheduler::States
GpuReductionScheduler::emitSteps(const Stage &stage, WalkSteps &steps,
                                 const States &states, Value writes) {
  SmallVector<States> lifted = liftSteps(stage.reductions, steps);
  storeSteps(stage.results, steps, writes);
  States own = combineMany(stage.reductions, lifted);
  return states.empty() ? own : combineStates(stage.reductions, states, own);
}

void GpuReductionScheduler::storeSteps(ArrayRef<unsigned> results,
                                       MutableArrayRef<WalkStep> steps,
                                       Value writes) {
  if (results.empty())
    return;
  // All elements first: no load waits for a branch around a store.
  Operation *terminator = kernel.getBody().front().getTerminator();
  for (WalkStep &step : steps) {
    emitter->resumeScope(std::move(step.scope));
    for (unsigned result : results) {
      Value value = terminator->getOperand(result);
      emitter->emit(value, space.getIdentityPoint(value));
    }
    step.scope = emitter->suspendScope();
  }
  for (WalkStep &step : steps) {
    emitter->resumeScope(std::move(step.scope));
    emitIf(emitAnd(step.active, writes), {}, [&](const States &) -> States {
      storeResults(results);
      return {};
    });
    step.scope = emitter->suspendScope();
  }
}

void GpuReductionScheduler::storeScanned(Reductions scans, WalkStep &step,
                                         const States &states, Value writes) {
  bindReductions(scans, states);
  storeSteps(llvm::to_vector(llvm::seq<unsigned>(0, kernel.getNumResults())),
             step, writes);
}

GpuReductionScheduler::States
GpuReductionScheduler::emitWalk(const Stage &stage, const Walk &walk,
                                Value first, int64_t stride, int64_t count,
                                int64_t iterationStride, Value iterations,
                                Value writes, bool backwards) {
  Reductions reductions = stage.reductions;
  States none = getInitialStates(reductions, emitter->getLaneMode().lanes);
  auto walkOn = [&](Value iteration, const States &sums) {
    if (backwards) {
      Value left = arith::SubIOp::create(builder, iterations, iteration);
      iteration = arith::SubIOp::create(builder, left, getConstant(1));
    }
    WalkSteps steps = openSteps(
        walk, emitMulAdd(iteration, iterationStride, first), stride, count);
    States added = addSteps(reductions, steps, sums);
    storeSteps(stage.results, steps, writes);
    return added;
  };
  int64_t run =
      llvm::any_of(reductions, isDeviations) ? getOption("run", kRun) : 0;
  if (run == 0)
    return closeSums(reductions, emitCountedLoop(getConstant(0), iterations,
                                                 getConstant(1), none, walkOn));
  return emitCountedLoop(
      getConstant(0), iterations, getConstant(run), none,
      [&](Value begin, const States &states) {
        Value end = arith::MinUIOp::create(
            builder, iterations,
            arith::AddIOp::create(builder, begin, getConstant(run)));
        States sums = emitCountedLoop(begin, end, getConstant(1), none, walkOn);
        return combineStates(reductions, states, closeSums(reductions, sums));
      });
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

GpuReductionScheduler::RowGroups
GpuReductionScheduler::openRows(ArrayRef<LoopDim> kept, int64_t threads,
                                int64_t blocks) {
  RowGroups groups;
  groups.threads = threads * blocks;
  groups.rows = getBlockThreads() / threads;
  groups.blocks = blocks;
  groups.lane = getThreadId();
  groups.row = getBlockId();
  if (blocks > 1) {
    Value size = getConstant(blocks);
    Value rank = arith::RemUIOp::create(builder, getBlockId(), size);
    groups.lane = emitMulAdd(rank, threads, getThreadId());
    groups.row = arith::DivUIOp::create(builder, getBlockId(), size);
  }
  if (groups.rows > 1) {
    Value size = getConstant(threads);
    groups.lane = arith::RemUIOp::create(builder, getThreadId(), size);
    Value group = arith::DivUIOp::create(builder, getThreadId(), size);
    Value row = emitMulAdd(getBlockId(), groups.rows, group);
    Value count = emitter->emitMonomial(getProduct(kept));
    Value last = arith::SubIOp::create(builder, count, getConstant(1));
    groups.exists = emitLess(row, count);
    groups.row = arith::MinUIOp::create(builder, row, last);
  }
  emitter->pushScope();
  bindDelinearized(groups.row, kept);
  return groups;
}

GpuReductionScheduler::States
GpuReductionScheduler::reduceRow(Reductions reductions, const States &states,
                                 const RowGroups &groups) {
  States reduced =
      reduceGroup(reductions, states, groups.threads / groups.blocks);
  return groups.blocks > 1 ? reduceCluster(reductions, reduced, groups.blocks)
                           : reduced;
}

void GpuReductionScheduler::closeRows(const RowGroups &groups) {
  SmallVector<unsigned> results = getReducedResults();
  if (!results.empty()) {
    Value writes = emitAnd(emitEqual(groups.lane, 0), groups.exists);
    emitIf(writes, {}, [&](const States &) -> States {
      storeResults(results);
      return {};
    });
  }
  emitter->popScope();
}

LogicalResult GpuReductionScheduler::scheduleRows(
    function_ref<void(const Walk &, const RowGroups &)> body, int64_t blocks) {
  int64_t threads = getOption("threads", 256);
  int64_t group = getOption("group", threads);
  if (failed(verifyThreads("group")))
    return failure();
  if (blocks > 1 && group != threads)
    return kernel.emitError("a row of a cluster takes all threads of a block");
  SmallVector<LoopDim> kept = getLoops(false);
  openFunction("", getAllBufferIds(), threads);
  Walk walk = makeWalk(getLoops(true), getOption("vector", 1));
  RowGroups groups = openRows(kept, group, blocks);
  if (blocks > 1)
    getFunction().setKnownClusterSizeAttr(
        builder.getDenseI32ArrayAttr({static_cast<int32_t>(blocks), 1, 1}));
  body(walk, groups);
  closeRows(groups);
  if (blocks > 1)
    closeCluster();
  closeFunction(getSize(getProduct(kept), groups.rows, blocks));
  return success();
}

} // namespace numloom::array
