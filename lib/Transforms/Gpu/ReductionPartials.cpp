// Rows that several blocks share: partial states in memory, which the last
// block of a row combines.

#include "GpuReductionScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

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

void GpuReductionScheduler::openWithPartials(Reductions reductions,
                                             int64_t splits, int64_t threads,
                                             SizeAttr numCounters) {
  SmallVector<Partial> partials = getPartials(reductions, splits);
  partials.push_back({builder.getI32Type(), numCounters, Partial::Counters});
  SmallVector<int64_t> ids = getAllBufferIds();
  for (size_t i = 0; i < partials.size(); ++i)
    ids.push_back(getNumBuffers() + i);
  openFunction("", ids, threads, partials);
  setPartials(partials);
  counters = emitter->getFlat(getBuffer(ids.back()));
}

Value GpuReductionScheduler::isLastBlock(Value index, int64_t blocks) {
  Value arrivals = addSharedArray(builder.getI32Type(), 1);
  Value zero = getConstant(0);
  auto getInt = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(builder, builder.getI32IntegerAttr(value));
  };
  auto emitFence = [&] {
    LLVM::FenceOp::create(builder, builder.getLoc(),
                          LLVM::AtomicOrdering::acq_rel, "device");
  };
  // The block's states are stored before its first thread says so, and others'
  // are read after it has heard of them: barriers carry the order of this
  // thread's accesses to all threads.
  emitBarrier();
  emitIf(emitEqual(getThreadId(), 0), {}, [&](const States &) -> States {
    emitFence();
    Value before = memref::AtomicRMWOp::create(
        builder, arith::AtomicRMWKind::addi, getInt(1), counters, index);
    emitFence();
    memref::StoreOp::create(builder, before, arrivals, zero);
    return {};
  });
  emitBarrier();
  Value before = memref::LoadOp::create(builder, arrivals, zero);
  return arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, before,
                               getInt(blocks - 1));
}

void GpuReductionScheduler::resetCounter(Value index) {
  emitIf(emitEqual(getThreadId(), 0), {}, [&](const States &) -> States {
    Value none =
        arith::ConstantOp::create(builder, builder.getI32IntegerAttr(0));
    memref::StoreOp::create(builder, none, counters, index);
    return {};
  });
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

/// States of other threads that one has in flight, and the bytes of them that
/// it has registers for.
static constexpr int64_t kMostStatesInFlight = 8, kMostStateBytes = 160;

int64_t GpuReductionScheduler::countStatesInFlight(Reductions reductions,
                                                   int64_t lanes) {
  int64_t bytes = 0, count = kMostStatesInFlight;
  for (Type type : getStateTypes(reductions))
    bytes += lanes * std::max<int64_t>(4, type.getIntOrFloatBitWidth() / 8);
  while (count > 2 && count * bytes > kMostStateBytes)
    count /= 2;
  return count;
}

GpuReductionScheduler::States
GpuReductionScheduler::emitPartialSum(Reductions reductions, int64_t splits,
                                      const Sharers &sharers, int64_t lanes,
                                      function_ref<Value(Value)> getIndex) {
  int64_t perThread = llvm::divideCeil(splits, sharers.count);
  int64_t loads = std::min(perThread, countStatesInFlight(reductions, lanes));
  int64_t iterations = llvm::divideCeil(perThread, loads);
  bool isWhole = iterations * loads * sharers.count == splits;
  Value last = getConstant(splits - 1);
  States like = getInitialStates(reductions, lanes);
  auto load = [&](Value first) {
    SmallVector<States> loaded;
    for (int64_t i = 0; i < loads; ++i) {
      Value split =
          arith::AddIOp::create(builder, first, getConstant(i * sharers.count));
      if (isWhole) {
        loaded.push_back(loadPartials(like, getIndex(split)));
        continue;
      }
      Value exists = emitLess(split, getConstant(splits));
      Value clamped = arith::MinUIOp::create(builder, split, last);
      loaded.push_back(maskStates(
          reductions, exists, loadPartials(like, getIndex(clamped)), lanes));
    }
    return combineMany(reductions, loaded);
  };
  if (iterations == 1)
    return load(sharers.number);
  return emitCountedLoop(
      getConstant(0), getConstant(iterations), getConstant(1), like,
      [&](Value iteration, const States &states) {
        Value first =
            emitMulAdd(iteration, loads * sharers.count, sharers.number);
        return combineStates(reductions, states, load(first));
      });
}

} // namespace numloom::array
