// Loops and branches that carry states.

#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

void KernelEmitter::bindDelinearized(Value item, ArrayRef<LoopDim> dims) {
  Value rest = item;
  for (const LoopDim &loop : llvm::reverse(dims)) {
    if (&loop == &dims.front()) {
      emitter->bindIv(loop.dim, rest);
      return;
    }
    Value extent = emitter->emitMonomial(loop.extent);
    emitter->bindIv(loop.dim, arith::RemUIOp::create(builder, rest, extent));
    rest = arith::DivUIOp::create(builder, rest, extent);
  }
}

KernelEmitter::States KernelEmitter::emitCountedLoop(
    Value lower, Value upper, Value step, const States &states,
    function_ref<States(Value, const States &)> body) {
  auto loop = scf::ForOp::create(builder, lower, upper, step, flatten(states));
  emitter->setOpenLoop(loop);
  OpBuilder::InsertionGuard guard(builder);
  Block *block = loop.getBody();
  if (block->mightHaveTerminator())
    block->getTerminator()->erase();
  builder.setInsertionPointToEnd(block);
  emitter->pushScope();
  States next =
      body(loop.getInductionVar(), unflatten(states, loop.getRegionIterArgs()));
  builder.setInsertionPointToEnd(block);
  scf::YieldOp::create(builder, flatten(next));
  emitter->popScope();
  emitter->setOpenLoop(nullptr);
  return unflatten(states, loop.getResults());
}

static Value increment(ElementBuilder &builder, Value index) {
  Value one = arith::ConstantIndexOp::create(builder, 1);
  return arith::AddIOp::create(builder, index, one);
}

KernelEmitter::States
KernelEmitter::emitWhile(Value first, const States &states,
                         function_ref<Value(Value)> condition,
                         function_ref<States(Value, const States &)> body,
                         function_ref<Value(Value)> next) {
  SmallVector<Value> inits{first};
  llvm::append_range(inits, flatten(states));
  auto loop =
      scf::WhileOp::create(builder, ValueRange(inits).getTypes(), inits);
  emitter->setOpenLoop(loop);
  auto fill = [&](Region &region, function_ref<void(ValueRange)> emit) {
    OpBuilder::InsertionGuard guard(builder);
    Block *block = builder.createBlock(
        &region, {}, ValueRange(inits).getTypes(),
        SmallVector<Location>(inits.size(), builder.getLoc()));
    emitter->pushScope();
    emit(block->getArguments());
    emitter->popScope();
  };
  fill(loop.getBefore(), [&](ValueRange carried) {
    Value goesOn = condition(carried.front());
    scf::ConditionOp::create(builder, goesOn, carried);
  });
  fill(loop.getAfter(), [&](ValueRange carried) {
    States result =
        body(carried.front(), unflatten(states, carried.drop_front()));
    SmallVector<Value> yielded{next ? next(carried.front())
                                    : increment(builder, carried.front())};
    llvm::append_range(yielded, flatten(result));
    scf::YieldOp::create(builder, yielded);
  });
  emitter->setOpenLoop(nullptr);
  return unflatten(states, loop.getResults().drop_front());
}

KernelEmitter::States KernelEmitter::emitIf(Value condition,
                                            const States &states, StepFn body,
                                            StepFn otherwise) {
  SmallVector<Type> types;
  for (Value value : flatten(states))
    types.push_back(value.getType());
  auto branch =
      scf::IfOp::create(builder, types, condition,
                        /*withElse=*/!states.empty() || bool(otherwise));
  emitter->setOpenLoop(branch);
  auto fill = [&](Block *block, StepFn step) {
    OpBuilder::InsertionGuard guard(builder);
    if (block->mightHaveTerminator())
      block->getTerminator()->erase();
    builder.setInsertionPointToEnd(block);
    emitter->pushScope();
    States next = step ? step(states) : states;
    builder.setInsertionPointToEnd(block);
    scf::YieldOp::create(builder, flatten(next));
    emitter->popScope();
  };
  fill(branch.thenBlock(), body);
  if (branch.elseBlock())
    fill(branch.elseBlock(), otherwise);
  emitter->setOpenLoop(nullptr);
  return unflatten(states, branch.getResults());
}

KernelEmitter::States KernelEmitter::emitLoops(ArrayRef<LoopDim> dims,
                                               const States &states,
                                               StepFn body) {
  if (dims.empty())
    return body(states);
  Value zero = arith::ConstantIndexOp::create(builder, 0);
  Value one = arith::ConstantIndexOp::create(builder, 1);
  Value extent = emitter->emitMonomial(dims.front().extent);
  return emitCountedLoop(zero, extent, one, states,
                         [&](Value iv, const States &carried) {
                           emitter->bindIv(dims.front().dim, iv);
                           return emitLoops(dims.drop_front(), carried, body);
                         });
}

} // namespace numloom::array
