// Rows that several blocks share: partial states in memory, and the function
// that combines them.

#include "GpuReductionScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

SmallVector<GpuKernelScheduler::Partial>
GpuReductionScheduler::getPartials(Reductions reductions, int64_t splits) {
  SmallVector<Partial> partials;
  for (Type type : getStateTypes(reductions))
    partials.push_back({type, getSize(getProduct(getLoops(false)), 1, splits)});
  return partials;
}

SmallVector<int64_t>
GpuReductionScheduler::getBufferIds(ArrayRef<unsigned> results,
                                    size_t numPartials) {
  SmallVector<int64_t> ids =
      llvm::to_vector(llvm::seq<int64_t>(0, kernel.getNumArguments()));
  for (unsigned result : results)
    ids.push_back(kernel.getNumArguments() + result);
  for (size_t i = 0; i < numPartials; ++i)
    ids.push_back(getNumBuffers() + i);
  return ids;
}

Value GpuReductionScheduler::getPartialIndex(Value split, Value row) {
  Value rows = emitter->emitMonomial(getProduct(getLoops(false)));
  return arith::AddIOp::create(
      builder, arith::MulIOp::create(builder, split, rows), row);
}

void GpuReductionScheduler::storePartials(const States &states, Value index) {
  for (auto [i, value] : llvm::enumerate(flatten(states)))
    emitter->storePartial(value, getBuffer(getNumBuffers() + i), index);
}

GpuReductionScheduler::States
GpuReductionScheduler::loadPartials(const States &like, Value index) {
  SmallVector<Value> loaded;
  for (auto [i, value] : llvm::enumerate(flatten(like)))
    loaded.push_back(emitter->loadPartial(
        value.getType(), getBuffer(getNumBuffers() + i), index));
  return unflatten(like, loaded);
}

/// Loads of partial states that a thread has in flight.
static constexpr int64_t kMostPartialLoads = 8;

GpuReductionScheduler::States
GpuReductionScheduler::emitPartialSum(Reductions reductions, int64_t splits,
                                      const RowGroups &groups) {
  int64_t perThread = llvm::divideCeil(splits, groups.threads);
  int64_t loads = std::min(perThread, kMostPartialLoads);
  Value last = getConstant(splits - 1);
  auto load = [&](Value first) {
    SmallVector<States> loaded;
    for (int64_t i = 0; i < loads; ++i) {
      Value split = arith::AddIOp::create(builder, first,
                                          getConstant(i * groups.threads));
      Value exists = emitLess(split, getConstant(splits));
      Value clamped = arith::MinUIOp::create(builder, split, last);
      loaded.push_back(
          maskStates(reductions, exists,
                     loadPartials(getInitialStates(reductions, 1),
                                  getPartialIndex(clamped, groups.row)),
                     1));
    }
    return combineTree(reductions, loaded);
  };
  int64_t iterations = llvm::divideCeil(perThread, loads);
  if (iterations == 1)
    return load(groups.lane);
  return emitCountedLoop(
      getConstant(0), getConstant(iterations), getConstant(1),
      getInitialStates(reductions, 1),
      [&](Value iteration, const States &states) {
        Value first =
            emitMulAdd(iteration, loads * groups.threads, groups.lane);
        return combineStates(reductions, states, load(first));
      });
}

void GpuReductionScheduler::emitCombine(Reductions reductions, int64_t splits,
                                        int64_t threads, int64_t group) {
  SmallVector<Partial> partials = getPartials(reductions, splits);
  SmallVector<LoopDim> kept = getLoops(false);
  openFunction("_combine", getBufferIds(getReducedResults(), partials.size()),
               threads, partials);
  RowGroups groups = openRows(kept, group);
  States states = emitPartialSum(reductions, splits, groups);
  bindReductions(reductions, reduceGroup(reductions, states, group));
  closeRows(groups);
  closeFunction(getSize(getProduct(kept), groups.rows));
}

} // namespace numloom::array
