// Loops over work items, and the vectorised loop with its partial last vector.

#include "KernelScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

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
