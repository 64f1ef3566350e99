// One stage of reductions over its loops, vectorised.

#include "KernelScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

/// Steps that one accumulator lane adds before its sum moves to the second
/// level. NumPy's pairwise sum adds 16 elements per lane before it branches;
/// two levels of 32 keep the error of a 64 Ki-element row as low (measured in
/// docs/accuracy.md) at one combination in 32.
static constexpr int64_t kCascadeSteps = 32;

void KernelScheduler::storeResults(ArrayRef<unsigned> results,
                                   const KernelSignature &signature,
                                   ArrayRef<int64_t> bufferIds) {
  storeElements(results, emitResults(results), [&](unsigned result) {
    return getResultBuffer(signature, bufferIds, result);
  });
}

KernelScheduler::States
KernelScheduler::emitStage(const Stage &stage, ArrayRef<LoopDim> dims,
                           const KernelSignature &signature,
                           ArrayRef<int64_t> bufferIds, int64_t lanes,
                           Value lower, Value upper) {
  auto step = [&](const States &states) {
    States next = combineElements(stage.reductions, states);
    storeResults(stage.results, signature, bufferIds);
    if (stage.kept) {
      Point point = space.getIdentityPoint(stage.kept);
      emitter->store(emitter->emit(stage.kept, point), stage.keptIn, stage.kept,
                     getResultBuffer(signature, bufferIds, stage.keptIn),
                     point);
    }
    return next;
  };
  if (dims.empty())
    return step(getInitialStates(stage.reductions, 1));
  const LoopDim &innermost = dims.back();
  auto getBounds = [&]() -> std::pair<Value, Value> {
    if (lower)
      return {lower, upper};
    Value zero = arith::ConstantIndexOp::create(builder, 0);
    return {zero, emitter->emitMonomial(innermost.extent)};
  };
  if (lanes > 1 && findsPositionsLater()) {
    auto [from, to] = getBounds();
    return emitArgStage(stage.reductions, innermost.dim, lanes, from, to);
  }
  States initial = getInitialStates(stage.reductions, lanes);
  States sums = emitLoops(
      dims.drop_back(), initial, [&](const States &carried) -> States {
        auto [from, to] = getBounds();
        if (stage.reductions.empty())
          return emitVectorLoop(innermost.dim, from, to, lanes, carried, step);
        Value block =
            arith::ConstantIndexOp::create(builder, lanes * kCascadeSteps);
        return emitCountedLoop(
            from, to, block, carried, [&](Value start, const States &outer) {
              Value end = arith::MinUIOp::create(
                  builder, to, arith::AddIOp::create(builder, start, block));
              States inner = emitVectorLoop(
                  innermost.dim, start, end, lanes,
                  getInitialStates(stage.reductions, lanes), step);
              return combineStates(stage.reductions, outer, inner);
            });
      });
  return reduceLanes(stage.reductions, sums, lanes);
}

} // namespace numloom::array
