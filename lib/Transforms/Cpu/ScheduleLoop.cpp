// The schedule of elementwise kernels: every result over one space.

#include "KernelScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

/// Vector registers that one value of a kernel of `ops` operations fills:
/// several hide latency in short kernels, long ones need the registers.
static int64_t chooseInterleave(int64_t ops) {
  return ops <= 8 ? 4 : ops <= 24 ? 2 : 1;
}

LogicalResult KernelScheduler::scheduleLoop() {
  if (!space.getReductions().empty())
    return kernel.emitError("array.kind loop is for kernels without reductions");
  SmallVector<int64_t> ids = getAllBufferIds();
  KernelSignature signature = createFunction("", ids, {});
  openFunction(signature, ids);
  SmallVector<unsigned> results =
      llvm::to_vector(llvm::seq<unsigned>(0, kernel.getNumResults()));
  int64_t ops = llvm::range_size(kernel.getBody().front());
  int64_t lanes = chooseLanes(chooseInterleave(ops));
  auto step = [&](const States &states) {
    storeResults(results, signature, ids);
    return states;
  };
  ArrayRef<LoopDim> loops = space.getLoops();
  if (loops.empty()) {
    forEachItem(signature, {}, [&](Value) { step({}); });
    setWork(signature.function, Monomial(1), 1, Monomial(1));
  } else if (loops.size() == 1) {
    // Items are elements: the range itself is vectorised.
    emitter->pushScope();
    emitVectorLoop(loops[0].dim, signature.begin, signature.end, lanes, {},
                   step);
    emitter->popScope();
    setWork(signature.function, loops[0].extent, 1, Monomial(1));
  } else {
    const LoopDim &innermost = loops.back();
    forEachItem(signature, loops.drop_back(), [&](Value) {
      emitVectorLoop(innermost.dim,
                     arith::ConstantIndexOp::create(builder, 0),
                     emitter->emitMonomial(innermost.extent), lanes, {}, step);
    });
    Monomial items(1);
    for (const LoopDim &loop : loops.drop_back())
      items = items * loop.extent;
    setWork(signature.function, items, 1, innermost.extent);
  }
  closeFunction();
  return success();
}

} // namespace numloom::array
