// Kernels that are called off: what they store depends on a number that another
// kernel computes.

#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

/// The 0-d value that the elements of `condition` are copies of, or null.
static Value getNumber(Value condition) {
  while (isa_and_present<BroadcastOp, ReshapeOp>(condition.getDefiningOp()))
    condition = condition.getDefiningOp()->getOperand(0);
  return getExtents(condition.getType()).empty() ? condition : Value();
}

static bool isNegative(Value index) {
  auto constant = index.getDefiningOp<ConstantOp>();
  auto number = constant ? dyn_cast<IntegerAttr>(constant.getValue()) : nullptr;
  return number && number.getValue().isNegative();
}

/// Adds the numbers without which `value` is one that `isNothing` everywhere.
static void addConditions(Value value, function_ref<bool(Value)> isNothing,
                          SmallVectorImpl<Value> &conditions) {
  while (auto where = value.getDefiningOp<WhereOp>()) {
    if (!isNothing(where->getOperand(2)))
      return;
    if (Value number = getNumber(where->getOperand(0)))
      conditions.push_back(number);
    value = where->getOperand(1);
  }
}

SmallVector<Value> getConditions(func::FuncOp kernel) {
  SmallVector<Value> conditions;
  if (ScatterOp scatter = getScatter(kernel)) {
    for (Value index : scatter.getIndices())
      addConditions(index, isNegative, conditions);
  } else if (kernel.getNumResults() == 1) {
    Value result = kernel.getBody().front().getTerminator()->getOperand(0);
    addConditions(
        result,
        [](Value other) { return bool(other.getDefiningOp<EmptyOp>()); },
        conditions);
  }
  return conditions;
}

Value KernelEmitter::emitCondition() {
  Value all;
  for (Value condition : getConditions(kernel)) {
    Value holds = emitter->emit(condition, {}).re;
    all = all ? arith::AndIOp::create(builder, all, holds).getResult() : holds;
  }
  return all;
}

} // namespace numloom::array
