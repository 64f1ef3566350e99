// Sums of the elements that one thread walks over, and combinations of many
// states.

#include "GpuReductionScheduler.h"

#include "numloom/Dialect/Array/IR/Moments.h"

using namespace mlir;

namespace numloom::array {

GpuReductionScheduler::States GpuReductionScheduler::mapStates(
    Reductions reductions, ArrayRef<States> states,
    function_ref<States(Reductions, MutableArrayRef<States>)> map) {
  States mapped;
  size_t first = 0;
  for (size_t i = 0; i < reductions.size(); ++i) {
    ReductionOpInterface reduction = reductions[i];
    size_t size = reduction.getStateDTypes().size();
    SmallVector<States> own;
    for (const States &all : states)
      own.emplace_back(ArrayRef(all).slice(first, size));
    llvm::append_range(mapped, map(reductions.slice(i, 1), own));
    first += size;
  }
  return mapped;
}

//===----------------------------------------------------------------------===//
// Many states
//===----------------------------------------------------------------------===//

GpuReductionScheduler::States
GpuReductionScheduler::combineMany(Reductions reductions,
                                   ArrayRef<States> states) {
  return mapStates(
      reductions, states, [&](Reductions one, MutableArrayRef<States> own) {
        if (isDeviations(one.front()))
          return States(combineMoments(builder, llvm::map_to_vector(
                                                    own,
                                                    [](const States &state) {
                                                      return Moments(state);
                                                    }))
                            .getState());
        while (own.size() > 1) {
          size_t half = (own.size() + 1) / 2;
          for (size_t i = 0; i + half < own.size(); ++i)
            own[i] = combineStates(one, own[i], own[i + half]);
          own = own.take_front(half);
        }
        return own.front();
      });
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// The deviations' sums with the elements of `steps`.
GpuReductionScheduler::States
GpuReductionScheduler::addDeviations(ReductionOpInterface reduction,
                                     WalkSteps &steps, const States &sums) {
  Value operand = reduction->getOperand(0);
  SmallVector<Elem> elements;
  SmallVector<Value> active;
  for (WalkStep &step : steps) {
    emitter->resumeScope(std::move(step.scope));
    elements.push_back(emitter->emit(operand, space.getIdentityPoint(operand)));
    active.push_back(step.active);
    step.scope = emitter->suspendScope();
  }
  return addElements(builder, Moments(sums), elements, active).getState();
}

GpuReductionScheduler::States
GpuReductionScheduler::addSteps(Reductions reductions, WalkSteps &steps,
                                const States &sums) {
  return mapStates(
      reductions, {sums}, [&](Reductions one, ArrayRef<States> own) {
        if (isDeviations(one.front()))
          return addDeviations(one.front(), steps, own.front());
        return combineStates(one, own.front(),
                             combineMany(one, liftSteps(one, steps)));
      });
}

GpuReductionScheduler::States
GpuReductionScheduler::closeSums(Reductions reductions, const States &sums) {
  return mapStates(
      reductions, {sums}, [&](Reductions one, ArrayRef<States> own) {
        if (!isDeviations(one.front()))
          return own.front();
        return States(closeMoments(builder, Moments(own.front())).getState());
      });
}

} // namespace numloom::array
