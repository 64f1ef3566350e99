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
  int64_t fewLanes = target.vectorBytes / getVectorElementBytes().second;
  if (states.empty() && fewLanes < lanes) {
    emitRest(dim, fullEnd, upper, fewLanes, body);
    return carried;
  }
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

void KernelScheduler::emitRest(unsigned dim, Value lower, Value upper,
                               int64_t lanes, StepFn body) {
  Value width = arith::ConstantIndexOp::create(builder, lanes);
  emitCountedLoop(lower, upper, width, {}, [&](Value iv, const States &none) {
    Value left = arith::SubIOp::create(builder, upper, iv);
    emitter->setLaneMode({lanes, arith::MinUIOp::create(builder, left, width)});
    emitter->bindIv(dim, iv);
    return body(none);
  });
  emitter->setLaneMode({});
}

void KernelScheduler::emitElements(const KernelSignature &signature,
                                   int64_t lanes, bool isOneItem, StepFn step) {
  ArrayRef<LoopDim> loops = space.getLoops();
  if (!isOneItem && loops.size() == 1) {
    // The range itself is vectorised. The runtime splits it at multiples of 64
    // items and aligns buffers to 64 bytes.
    emitter->pushScope();
    emitVectorLoop(loops[0].dim, signature.begin, signature.end, lanes, {},
                   step);
    emitter->popScope();
    setWork(signature.function, loops[0].extent, 1, Monomial(1));
    return;
  }
  ArrayRef<LoopDim> items =
      isOneItem || loops.empty() ? ArrayRef<LoopDim>() : loops.drop_back();
  auto walkRow = [&](const States &none) {
    Value zero = arith::ConstantIndexOp::create(builder, 0);
    emitVectorLoop(loops.back().dim, zero,
                   emitter->emitMonomial(loops.back().extent), lanes, {}, step);
    return none;
  };
  forEachItem(signature, items, [&](Value) {
    if (loops.empty())
      step({});
    else
      emitLoops(loops.drop_back().drop_front(items.size()), {}, walkRow);
  });
  setWork(signature.function, getProduct(items), 1,
          getProduct(loops.drop_front(items.size())));
}

//===----------------------------------------------------------------------===//
// Borders
//===----------------------------------------------------------------------===//

void KernelScheduler::copyBorders(const KernelSignature &signature,
                                  ArrayRef<int64_t> bufferIds) {
  for (const Border &border : getBorders())
    copyBorder(border, signature, bufferIds);
}

void KernelScheduler::copyBorder(const Border &border,
                                 const KernelSignature &signature,
                                 ArrayRef<int64_t> bufferIds) {
  Value size = emitBorderSize(border);
  ArrayRef<LoopDim> loops = space.getLoops();
  Value items = emitter->emitMonomial(
      getProduct(loops.size() > 1 ? loops.drop_back() : loops));
  Value share = arith::CeilDivUIOp::create(builder, size, items);
  auto getBound = [&](Value item) -> Value {
    return arith::MinUIOp::create(
        builder, arith::MulIOp::create(builder, item, share), size);
  };
  Value end = getBound(signature.end), behindRun;
  Value source = signature.buffers[border.attr.getOperand()];
  Value target = getResultBuffer(signature, bufferIds, border.result);
  DType dtype = getDType(kernel.getResultTypes()[border.result]);
  auto goesOn = [&](Value number) -> Value {
    return arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, number,
                                 end);
  };
  auto copyRun = [&](Value number, const States &none) {
    auto [offset, length] = emitBorderRun(border, number);
    length = arith::MinUIOp::create(
        builder, length, arith::SubIOp::create(builder, end, number));
    behindRun = arith::AddIOp::create(builder, number, length);
    LinearExpr place = emitter->bindPlace(offset);
    unsigned dim = place.terms.front().first;
    emitVectorLoop(dim, offset, arith::AddIOp::create(builder, offset, length),
                   chooseLanes(/*registers=*/1, dim), {},
                   [&](const States &none) {
                     emitter->storeAt(emitter->loadAt(dtype, source, place),
                                      target, place);
                     return none;
                   });
    return none;
  };
  emitWhile(getBound(signature.begin), {}, goesOn, copyRun,
            [&](Value) { return behindRun; });
}

} // namespace numloom::array
