// States of reductions: their stages, their combination over elements and
// lanes, and their results.

#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

SmallVector<KernelEmitter::Stage> KernelEmitter::getStages() {
  DenseMap<Value, unsigned> levels;
  SmallVector<Stage> stages;
  auto getStage = [&](unsigned level) -> Stage & {
    if (stages.size() <= level)
      stages.resize(level + 1);
    return stages[level];
  };
  kernel.walk([&](Operation *op) {
    unsigned level = 0;
    for (Value operand : op->getOperands())
      level = std::max(level, levels.lookup(operand));
    if (auto reduction = dyn_cast<ReductionOpInterface>(op)) {
      getStage(level).reductions.push_back(reduction);
      ++level;
    }
    for (Value result : op->getResults())
      levels[result] = level;
  });
  Operation *terminator = kernel.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands()))
    if (isFullSpace(value))
      getStage(levels.lookup(value)).results.push_back(i);
  return stages;
}

/// Adds the elementwise ops that compute `value` at its own index, up to
/// reductions and views.
static void collectCone(Value value, llvm::SmallSetVector<Value, 16> &cone) {
  SmallVector<Value> worklist{value};
  while (!worklist.empty()) {
    Value next = worklist.pop_back_val();
    Operation *op = next.getDefiningOp();
    if (isa_and_nonnull<ElementwiseOpInterface>(op) && cone.insert(next))
      llvm::append_range(worklist, op->getOperands());
  }
}

/// Additions from which storing and loading a value beats computing it again.
static constexpr unsigned kWorthKeeping = 10;

void KernelEmitter::keepCostlyValues(MutableArrayRef<Stage> stages) {
  Operation *terminator = kernel.getBody().front().getTerminator();
  llvm::SmallDenseSet<unsigned> taken;
  for (size_t early = 0; early < stages.size(); ++early) {
    llvm::SmallSetVector<Value, 16> computed;
    for (ReductionOpInterface reduction : stages[early].reductions)
      collectCone(reduction->getOperand(0), computed);
    for (const Stage &late : stages.drop_front(early + 1))
      for (unsigned result : late.results) {
        // What is kept is read back as an array of its own.
        if (space.hasDestination(result))
          continue;
        llvm::SmallSetVector<Value, 16> needed;
        collectCone(terminator->getOperand(result), needed);
        // Walked from the result backwards: the first is the most complete.
        const Value *kept = llvm::find_if(needed, [&](Value value) {
          auto op = cast<ElementwiseOpInterface>(value.getDefiningOp());
          return computed.contains(value) &&
                 op.getElementCost() >= kWorthKeeping &&
                 getDType(value.getType()) ==
                     getDType(terminator->getOperand(result).getType());
        });
        if (kept == needed.end() || stages[early].kept ||
            !taken.insert(result).second)
          continue;
        stages[early].kept = *kept;
        stages[early].keptIn = result;
      }
  }
}

SmallVector<unsigned> KernelEmitter::getReducedResults() {
  SmallVector<unsigned> results;
  Operation *terminator = kernel.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands()))
    if (!isFullSpace(value))
      results.push_back(i);
  return results;
}

KernelEmitter::States
KernelEmitter::getInitialStates(ArrayRef<ReductionOpInterface> reductions,
                                int64_t lanes) {
  States states;
  for (ReductionOpInterface reduction : reductions)
    for (Elem elem : reduction.emitInitial(builder))
      states.push_back(lanes > 1 ? builder.splat(elem, lanes) : elem);
  return states;
}

KernelEmitter::States
KernelEmitter::combineStates(ArrayRef<ReductionOpInterface> reductions,
                             const States &lhs, const States &rhs) {
  States combined;
  ArrayRef<Elem> left = lhs, right = rhs;
  for (ReductionOpInterface reduction : reductions) {
    size_t size = reduction.getStateDTypes().size();
    llvm::append_range(combined, combineState(reduction, left.take_front(size),
                                              right.take_front(size)));
    left = left.drop_front(size);
    right = right.drop_front(size);
  }
  return combined;
}

KernelEmitter::States
KernelEmitter::liftElements(ArrayRef<ReductionOpInterface> reductions) {
  int64_t lanes = emitter->getLaneMode().lanes;
  States lifted;
  for (ReductionOpInterface reduction : reductions) {
    Value operand = reduction->getOperand(0);
    Elem element = emitter->emit(operand, space.getIdentityPoint(operand));
    Elem position;
    if (reduction.needsPosition())
      position = emitter->emitPosition(space.getReducedPosition());
    for (Elem elem : reduction.emitLift(builder, element, position))
      lifted.push_back(
          lanes > 1 && !elem.isVector() ? builder.splat(elem, lanes) : elem);
  }
  return lifted;
}

KernelEmitter::States
KernelEmitter::maskStates(ArrayRef<ReductionOpInterface> reductions, Value mask,
                          const States &states, int64_t lanes) {
  States masked;
  for (auto [elem, none] :
       llvm::zip_equal(states, getInitialStates(reductions, lanes)))
    masked.push_back(builder.selectAll(mask, elem, none));
  return masked;
}

KernelEmitter::States
KernelEmitter::combineElements(ArrayRef<ReductionOpInterface> reductions,
                               const States &states) {
  int64_t lanes = emitter->getLaneMode().lanes;
  States lifted = liftElements(reductions);
  if (Value active = emitter->getLaneMode().active) {
    auto maskType = VectorType::get({lanes}, builder.getI1Type());
    Value mask =
        vector::CreateMaskOp::create(builder, maskType, ValueRange{active});
    lifted = maskStates(reductions, mask, lifted, lanes);
  }
  return combineStates(reductions, states, lifted);
}

KernelEmitter::States
KernelEmitter::reduceLanes(ArrayRef<ReductionOpInterface> reductions,
                           States states, int64_t lanes) {
  auto slice = [&](const States &whole, int64_t offset, int64_t size) {
    SmallVector<Value> parts;
    for (Value value : flatten(whole))
      parts.push_back(vector::ExtractStridedSliceOp::create(
          builder, value, ArrayRef<int64_t>{offset}, ArrayRef<int64_t>{size},
          ArrayRef<int64_t>{1}));
    return unflatten(whole, parts);
  };
  if (lanes == 1)
    return states;
  for (int64_t half = lanes / 2; half > 0; half /= 2)
    states = combineStates(reductions, slice(states, 0, half),
                           slice(states, half, half));
  SmallVector<Value> scalars;
  for (Value value : flatten(states))
    scalars.push_back(
        vector::ExtractOp::create(builder, value, ArrayRef<int64_t>{0}));
  return unflatten(states, scalars);
}

SmallVector<Type>
KernelEmitter::getStateTypes(ArrayRef<ReductionOpInterface> reductions) {
  SmallVector<Type> types;
  for (ReductionOpInterface reduction : reductions)
    for (DType dtype : reduction.getStateDTypes()) {
      Type memory = getMemoryType(getElementType(builder.getContext(), dtype));
      types.append(isComplex(dtype) ? 2 : 1, memory);
    }
  return types;
}

void KernelEmitter::bindReductions(ArrayRef<ReductionOpInterface> reductions,
                                   const States &states) {
  ArrayRef<Elem> rest = states;
  for (ReductionOpInterface reduction : reductions) {
    size_t size = reduction.getStateDTypes().size();
    emitter->bindElement(reduction->getResult(0),
                         reduction.emitFinish(builder, rest.take_front(size)));
    rest = rest.drop_front(size);
  }
}

SmallVector<Elem> KernelEmitter::emitResults(ArrayRef<unsigned> results) {
  Operation *terminator = kernel.getBody().front().getTerminator();
  SmallVector<Elem> elements;
  for (unsigned result : results) {
    Value value = terminator->getOperand(result);
    elements.push_back(emitter->emit(value, space.getIdentityPoint(value)));
  }
  return elements;
}

void KernelEmitter::storeElements(ArrayRef<unsigned> results,
                                  ArrayRef<Elem> elements,
                                  function_ref<Value(unsigned)> getBuffer) {
  Operation *terminator = kernel.getBody().front().getTerminator();
  for (auto [result, element] : llvm::zip_equal(results, elements)) {
    Value value = terminator->getOperand(result);
    emitter->store(element, result, value, getBuffer(result),
                   space.getIdentityPoint(value));
  }
}

} // namespace numloom::array
