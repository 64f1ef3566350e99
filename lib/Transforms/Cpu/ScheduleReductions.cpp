// The schedules of kernels with reductions: rows, columns, split, scans.

#include "KernelScheduler.h"

#include "numloom/Transforms/Attributes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace numloom::array {

/// Vector registers per accumulator along a reduced row: additions have a
/// latency of three to four cycles and two can start per cycle.
static constexpr int64_t kRowRegisters = 4;

/// Vector registers per accumulator across columns: an item reads 256 bytes of
/// each row. Half of that runs at half the speed from memory, the double is no
/// faster and leaves narrow arrays to one thread.
static constexpr int64_t kColumnRegisters = 4;

/// Elements of one item of a split reduction: results depend on it, never on
/// the number of threads.
static constexpr int64_t kSplitElements = 65536;

LogicalResult KernelScheduler::scheduleRow() {
  SmallVector<int64_t> ids = getAllBufferIds();
  KernelSignature signature = createFunction("", ids, {});
  openFunction(signature, ids);
  SmallVector<LoopDim> kept = space.getLoops(false);
  SmallVector<LoopDim> reducedLoops = space.getLoops(true);
  SmallVector<Stage> stages = getStages();
  SmallVector<unsigned> reducedResults = getReducedResults();
  int64_t lanes = reducedLoops.empty()
                      ? 1
                      : chooseLanes(kRowRegisters, reducedLoops.back().dim);
  keepCostlyValues(stages);
  auto emitEachRow = [&] {
    forEachItem(signature, kept, [&](Value) {
      for (const Stage &stage : stages) {
        States states = emitStage(stage, reducedLoops, signature, ids, lanes);
        bindReductions(stage.reductions, states);
        if (stage.kept)
          emitter->bindBuffer(stage.kept,
                              getResultBuffer(signature, ids, stage.keptIn));
      }
      storeResults(reducedResults, signature, ids);
    });
  };
  if (canTileRows())
    emitShortOrLongRows(stages.front(), signature, ids, emitEachRow);
  else
    emitEachRow();
  setWork(signature.function, getProduct(kept), 1, getProduct(reducedLoops));
  closeFunction();
  return success();
}

void KernelScheduler::emitColumns(const Stage &stage, unsigned dim, Value start,
                                  LaneMode mode,
                                  const KernelSignature &signature,
                                  ArrayRef<int64_t> ids) {
  emitter->setLaneMode(mode);
  emitter->bindIv(dim, start);
  States sums = emitLoops(
      space.getLoops(true), getInitialStates(stage.reductions, mode.lanes),
      [&](const States &states) {
        States next = combineElements(stage.reductions, states);
        storeResults(stage.results, signature, ids);
        return next;
      });
  bindReductions(stage.reductions, sums);
  storeResults(getReducedResults(), signature, ids);
  emitter->setLaneMode({});
}

void KernelScheduler::emitVectorOrRest(Value count, int64_t lanes,
                                       function_ref<void()> whole,
                                       function_ref<void()> rest) {
  Value width = arith::ConstantIndexOp::create(builder, lanes);
  auto emitWhen = [&](arith::CmpIPredicate predicate,
                      function_ref<void()> body) {
    Value condition = arith::CmpIOp::create(builder, predicate, count, width);
    emitIf(condition, {}, [&](const States &none) {
      body();
      return none;
    });
  };
  emitWhen(arith::CmpIPredicate::uge, whole);
  emitWhen(arith::CmpIPredicate::ult, rest);
}

LogicalResult KernelScheduler::scheduleColumn() {
  SmallVector<LoopDim> kept = space.getLoops(false);
  SmallVector<Stage> stages = getStages();
  if (kept.empty() || stages.size() != 1)
    return scheduleRow();
  // Rows that lie side by side are loaded as such, not gathered.
  if (canTileRows())
    return scheduleShortRows();
  SmallVector<int64_t> ids = getAllBufferIds();
  KernelSignature signature = createFunction("", ids, {});
  openFunction(signature, ids);
  const LoopDim columns = kept.pop_back_val();
  int64_t lanes = chooseLanes(kColumnRegisters, columns.dim);
  int64_t fewLanes = chooseLanes(1, columns.dim);
  Value one = arith::ConstantIndexOp::create(builder, 1);
  Value width = arith::ConstantIndexOp::create(builder, lanes);
  Value fewWidth = arith::ConstantIndexOp::create(builder, fewLanes);
  Value extent = emitter->emitMonomial(columns.extent);
  Value blocks = arith::CeilDivUIOp::create(builder, extent, width);
  emitter->setVectorDim(columns.dim);

  auto emit = [&](Value start, LaneMode mode) {
    emitColumns(stages.front(), columns.dim, start, mode, signature, ids);
  };
  auto emitFew = [&](Value start, const States &none) {
    Value count = arith::SubIOp::create(builder, extent, start);
    emitVectorOrRest(
        count, fewLanes, [&] { emit(start, {fewLanes, {}}); },
        [&] { emit(start, {fewLanes, count}); });
    return none;
  };
  auto emitItem = [&](Value item, const States &none) {
    Value block = arith::RemUIOp::create(builder, item, blocks);
    bindDelinearized(arith::DivUIOp::create(builder, item, blocks), kept);
    Value start = arith::MulIOp::create(builder, block, width);
    // What is less than a block goes by single registers.
    emitVectorOrRest(
        arith::SubIOp::create(builder, extent, start), lanes,
        [&] { emit(start, {lanes, {}}); },
        [&] { emitCountedLoop(start, extent, fewWidth, {}, emitFew); });
    return none;
  };
  emitCountedLoop(signature.begin, signature.end, one, {}, emitItem);
  setWork(signature.function, columns.extent, lanes,
          getProduct(space.getLoops(true)) * Monomial(lanes), getProduct(kept));
  closeFunction();
  return success();
}

LogicalResult KernelScheduler::scheduleSplit() {
  SmallVector<LoopDim> reducedLoops = space.getLoops(true);
  SmallVector<Stage> stages = getStages();
  if (!space.getLoops(false).empty() || reducedLoops.empty() ||
      stages.size() != 1)
    return scheduleRow();
  const Stage &stage = stages.front();
  // One array of partial states per component of the states.
  SmallVector<Type> partialTypes = getStateTypes(stage.reductions);
  SmallVector<int64_t> ids;
  for (int64_t i = 0; i < kernel.getNumArguments(); ++i)
    ids.push_back(i);
  for (unsigned result : stage.results)
    ids.push_back(kernel.getNumArguments() + result);
  for (size_t i = 0; i < partialTypes.size(); ++i)
    ids.push_back(getNumBuffers() + i);

  KernelSignature signature = createFunction("", ids, partialTypes);
  signature.function->setAttr(kPartialsAttr,
                              builder.getTypeArrayAttr(partialTypes));
  openFunction(signature, ids);
  emitPartials(signature, stage, reducedLoops,
               chooseLanes(kRowRegisters, reducedLoops.back().dim), ids);
  setBlockWork(signature.function, reducedLoops);
  closeFunction();
  emitCombine(stage, reducedLoops, partialTypes);
  return success();
}

/// How many blocks `loops` have: a product, divided.
static std::pair<Monomial, int64_t> getBlocks(ArrayRef<LoopDim> loops) {
  if (loops.size() == 1)
    return {loops[0].extent, kSplitElements};
  return {loops.empty() ? Monomial(1) : getProduct(loops.drop_back()), 1};
}

void KernelScheduler::setBlockWork(func::FuncOp function,
                                   ArrayRef<LoopDim> loops) {
  auto [work, divisor] = getBlocks(loops);
  setWork(function, work, divisor,
          loops.empty()       ? Monomial(1)
          : loops.size() == 1 ? Monomial(kSplitElements)
                              : loops.back().extent);
}

Value KernelScheduler::emitNumBlocks(ArrayRef<LoopDim> loops) {
  auto [work, divisor] = getBlocks(loops);
  return arith::CeilDivUIOp::create(
      builder, emitter->emitMonomial(work),
      arith::ConstantIndexOp::create(builder, divisor));
}

std::pair<Value, Value> KernelScheduler::bindBlock(Value item,
                                                   ArrayRef<LoopDim> loops) {
  Value extent = emitter->emitMonomial(loops.back().extent);
  if (loops.size() > 1) {
    bindDelinearized(item, loops.drop_back());
    return {arith::ConstantIndexOp::create(builder, 0), extent};
  }
  Value size = arith::ConstantIndexOp::create(builder, kSplitElements);
  Value lower = arith::MulIOp::create(builder, item, size);
  Value upper = arith::AddIOp::create(builder, lower, size);
  return {lower, arith::MinUIOp::create(builder, upper, extent)};
}

void KernelScheduler::emitPartials(const KernelSignature &signature,
                                   const Stage &stage,
                                   ArrayRef<LoopDim> reducedLoops,
                                   int64_t lanes, ArrayRef<int64_t> ids) {
  Value one = arith::ConstantIndexOp::create(builder, 1);
  emitCountedLoop(
      signature.begin, signature.end, one, {},
      [&](Value item, const States &) -> States {
        auto [lower, upper] = bindBlock(item, reducedLoops);
        States states = emitStage(stage, reducedLoops.take_back(), signature,
                                  ids, lanes, lower, upper);
        ArrayRef<Value> partials = ArrayRef(signature.buffers);
        SmallVector<Value> values = flatten(states);
        partials = partials.take_back(values.size());
        for (auto [value, buffer] : llvm::zip_equal(values, partials))
          emitter->storePartial(value, buffer, item);
        return {};
      });
}

void KernelScheduler::emitCombine(const Stage &stage,
                                  ArrayRef<LoopDim> reducedLoops,
                                  ArrayRef<Type> partialTypes) {
  SmallVector<unsigned> results = getReducedResults();
  SmallVector<int64_t> ids;
  for (int64_t i = 0; i < kernel.getNumArguments(); ++i)
    ids.push_back(i);
  for (unsigned result : results)
    ids.push_back(kernel.getNumArguments() + result);
  for (size_t i = 0; i < partialTypes.size(); ++i)
    ids.push_back(getNumBuffers() + i);
  KernelSignature signature = createFunction("_combine", ids, partialTypes);
  openFunction(signature, ids);
  forEachItem(signature, {}, [&](Value) {
    Value count = emitNumBlocks(reducedLoops);
    Value zero = arith::ConstantIndexOp::create(builder, 0);
    Value one = arith::ConstantIndexOp::create(builder, 1);
    States initial = getInitialStates(stage.reductions, 1);
    ArrayRef<Value> partials =
        ArrayRef(signature.buffers).take_back(partialTypes.size());
    States states = emitCountedLoop(
        zero, count, one, initial, [&](Value i, const States &carried) {
          SmallVector<Value> loaded;
          for (auto [value, buffer] :
               llvm::zip_equal(flatten(carried), partials))
            loaded.push_back(emitter->loadPartial(value.getType(), buffer, i));
          return combineStates(stage.reductions, carried,
                               unflatten(carried, loaded));
        });
    bindReductions(stage.reductions, states);
    storeResults(results, signature, ids);
  });
  setWork(signature.function, Monomial(1), 1, Monomial(1));
  closeFunction();
}

LogicalResult KernelScheduler::scheduleScan() {
  SmallVector<LoopDim> kept = space.getLoops(false);
  SmallVector<LoopDim> scanned = space.getLoops(true);
  SmallVector<int64_t> ids = getAllBufferIds();
  KernelSignature signature = createFunction("", ids, {});
  openFunction(signature, ids);
  ArrayRef<ReductionOpInterface> scans = space.getReductions();
  SmallVector<unsigned> results =
      llvm::to_vector(llvm::seq<unsigned>(0, kernel.getNumResults()));
  forEachItem(signature, kept, [&](Value) {
    emitLoops(scanned, getInitialStates(scans, 1), [&](const States &states) {
      States next = combineElements(scans, states);
      bindReductions(scans, next);
      storeResults(results, signature, ids);
      return next;
    });
  });
  setWork(signature.function, getProduct(kept), 1, getProduct(scanned));
  closeFunction();
  return success();
}

} // namespace numloom::array
