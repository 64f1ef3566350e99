// Loops over work items, sequential loops with states, and the vectorised loop
// with its partial last vector.

#include "KernelScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

void KernelScheduler::bindDelinearized(Value item, ArrayRef<LoopDim> dims) {
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

void KernelScheduler::forEachItem(const KernelSignature &signature,
                                  ArrayRef<LoopDim> dims,
                                  function_ref<void(Value)> body) {
  Value one = arith::ConstantIndexOp::create(builder, 1);
  emitCountedLoop(signature.begin, signature.end, one, {},
                  [&](Value item, const States &) {
                    bindDelinearized(item, dims);
                    body(item);
                    return States();
                  });
}

KernelScheduler::States KernelScheduler::emitCountedLoop(
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

KernelScheduler::States
KernelScheduler::emitIf(Value condition, const States &states, StepFn body) {
  SmallVector<Type> types;
  for (Value value : flatten(states))
    types.push_back(value.getType());
  auto branch = scf::IfOp::create(builder, types, condition,
                                  /*withElse=*/!states.empty());
  emitter->setOpenLoop(branch);
  OpBuilder::InsertionGuard guard(builder);
  auto fill = [&](Block *block, const States &yielded) {
    builder.setInsertionPointToEnd(block);
    scf::YieldOp::create(builder, flatten(yielded));
  };
  Block *thenBlock = branch.thenBlock();
  if (thenBlock->mightHaveTerminator())
    thenBlock->getTerminator()->erase();
  builder.setInsertionPointToEnd(thenBlock);
  emitter->pushScope();
  States next = body(states);
  fill(thenBlock, next);
  emitter->popScope();
  if (!states.empty())
    fill(branch.elseBlock(), states);
  emitter->setOpenLoop(nullptr);
  return unflatten(states, branch.getResults());
}

KernelScheduler::States KernelScheduler::emitLoops(ArrayRef<LoopDim> dims,
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

KernelScheduler::States
KernelScheduler::emitVectorLoop(unsigned dim, Value lower, Value upper,
                                int64_t lanes, const States &states,
                                StepFn body) {
  emitter->setVectorDim(dim);
  Value width = arith::ConstantIndexOp::create(builder, lanes);
  Value count = arith::SubIOp::create(builder, upper, lower);
  Value rest = arith::RemUIOp::create(builder, count, width);
  Value fullEnd = arith::SubIOp::create(builder, upper, rest);
  emitter->setLaneMode({lanes, {}});
  States carried = emitCountedLoop(lower, fullEnd, width, states,
                                   [&](Value iv, const States &current) {
                                     emitter->bindIv(dim, iv);
                                     return body(current);
                                   });
  if (lanes == 1)
    return carried;
  Value zero = arith::ConstantIndexOp::create(builder, 0);
  Value partial =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, rest, zero);
  emitter->setLaneMode({lanes, rest});
  carried = emitIf(partial, carried, [&](const States &current) {
    emitter->bindIv(dim, fullEnd);
    return body(current);
  });
  emitter->setLaneMode({});
  return carried;
}

} // namespace numloom::array
