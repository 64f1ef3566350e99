// The schedule of kernels that put elements where indices say.

#include "KernelScheduler.h"

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
  // Entries for one place must go one after the other: all are one item then.
  bool isOneItem = !combinesOnce(getScatter());
  emitElements(signature, chooseScatterLanes(), isOneItem, step);
  closeFunction();
  return success();
}

} // namespace numloom::array
