// The schedule of kernels that put elements where indices say.

#include "KernelScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

/// Vectors where whole ones are stored; where each lane goes to a place of its
/// own, one register of indices and values is worked out at a time.
int64_t KernelScheduler::chooseScatterLanes() {
  ArrayRef<LoopDim> loops = space.getLoops();
  return loops.empty() ? 1 : chooseLanes(/*registers=*/1, loops.back().dim);
}

LogicalResult KernelScheduler::scheduleScatter() {
  if (failed(verifyScatter()))
    return failure();
  SmallVector<int64_t> ids = getAllBufferIds();
  KernelSignature signature = createFunction("", ids, {});
  openFunction(signature, ids);
  auto step = [&](const States &states) {
    storeEntry(emitScatterEntry(), getResultBuffer(signature, ids, 0));
    return states;
  };
  auto getBound = [&](int64_t value) {
    return arith::ConstantIndexOp::create(builder, value);
  };
  ArrayRef<LoopDim> loops = space.getLoops();
  int64_t lanes = chooseScatterLanes();
  // Entries for one place must go one after the other: all are one item then.
  bool isOneItem =
      getScatter().getRepeats() != static_cast<uint64_t>(ScatterRepeats::None);
  ArrayRef<LoopDim> items =
      isOneItem || loops.empty() ? ArrayRef<LoopDim>() : loops.drop_back();
  if (!isOneItem && loops.size() == 1) {
    emitter->pushScope();
    emitVectorLoop(loops[0].dim, signature.begin, signature.end, lanes, {},
                   step);
    emitter->popScope();
    setWork(signature.function, loops[0].extent, 1, Monomial(1));
  } else {
    forEachItem(signature, items, [&](Value) {
      if (loops.empty()) {
        step({});
        return;
      }
      emitLoops(loops.drop_back().drop_front(items.size()), {},
                [&](const States &none) {
                  emitVectorLoop(loops.back().dim, getBound(0),
                                 emitter->emitMonomial(loops.back().extent),
                                 lanes, {}, step);
                  return none;
                });
    });
    setWork(signature.function, getProduct(items), 1,
            getProduct(loops.drop_front(items.size())));
  }
  closeFunction();
  return success();
}

} // namespace numloom::array
