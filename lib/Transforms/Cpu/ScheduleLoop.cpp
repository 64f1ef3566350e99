// The schedule of elementwise kernels: every result over one space.

#include "KernelScheduler.h"

#include "numloom/Transforms/Attributes.h"

using namespace mlir;

namespace numloom::array {

/// The most elementwise values that are alive at once in program order: what
/// one lane group of the kernel needs in registers. Views and index values are
/// part of their readers.
static int64_t countLiveValues(Block &body) {
  llvm::DenseMap<Value, Operation *> lastUse;
  for (Operation &op : body)
    for (Value operand : op.getOperands())
      lastUse[operand] = &op;
  int64_t live = 0, most = 1;
  for (Operation &op : body) {
    most = std::max(most, live + 1);
    llvm::SmallPtrSet<Value, 4> operands(op.operand_begin(), op.operand_end());
    for (Value operand : operands)
      if (isa_and_nonnull<ElementwiseOpInterface>(operand.getDefiningOp()) &&
          lastUse[operand] == &op)
        --live;
    if (isa<ElementwiseOpInterface>(op) && lastUse.contains(op.getResult(0)))
      ++live;
  }
  return most;
}

/// Vector registers that one value fills: several independent chains hide the
/// latency of each (a Horner scheme of 120 terms runs 3.4 times as fast with
/// four), as long as they fit the register file, and as long as the code stays
/// small: compiling costs time by the operation.
static int64_t chooseInterleave(Block &body) {
  constexpr int64_t kRegisters = 32, kMostOperations = 1400;
  int64_t live = countLiveValues(body);
  int64_t ops = llvm::count_if(body, llvm::IsaPred<ElementwiseOpInterface>);
  int64_t interleave = 4;
  while (interleave > 1 &&
         (live * interleave > kRegisters || ops * interleave > kMostOperations))
    interleave /= 2;
  return interleave;
}

/// Loads and stores so many elements ahead are asked for where strides are
/// long: the processor's own prefetching ends with the page.
static constexpr int64_t kPrefetchDistance = 32;

LogicalResult KernelScheduler::scheduleLoop() {
  if (!space.getReductions().empty())
    return kernel.emitError(
        "array.kind loop is for kernels without reductions");
  SmallVector<int64_t> ids = getAllBufferIds();
  KernelSignature signature = createFunction("", ids, {});
  openFunction(signature, ids);
  SmallVector<unsigned> results =
      llvm::to_vector(llvm::seq<unsigned>(0, kernel.getNumResults()));
  auto step = [&](const States &states) {
    storeResults(results, signature, ids);
    return states;
  };
  ArrayRef<LoopDim> loops = space.getLoops();
  int64_t registers = chooseInterleave(kernel.getBody().front());
  // Complex elements fill two. With eight accesses to each array in an
  // iteration, which LLVM leaves in an order that the processor does not
  // foresee, a product of 16 MB took 1538 us in place of 1082, a polynomial
  // 2865 in place of 1418 (one core of an AMD EPYC).
  if (accessesComplex())
    registers = std::max<int64_t>(registers / 2, 1);
  int64_t lanes = loops.empty() ? 1 : chooseLanes(registers, loops.back().dim);
  // A gather waits for its lines; scalar accesses meet prefetched ones.
  if (!loops.empty() && isBoundByStrides(loops.back().dim)) {
    lanes = 1;
    emitter->setPrefetchDistance(kPrefetchDistance);
  }
  if (loops.size() == 1)
    emitter->setStreaming(kernel->hasAttr(kStreamingAttr));
  emitElements(signature, lanes, /*isOneItem=*/false, step);
  copyBorders(signature, ids);
  closeFunction();
  return success();
}

} // namespace numloom::array
