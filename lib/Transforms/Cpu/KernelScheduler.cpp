// Signatures of scheduled kernels and the choice of schedule.

#include "KernelScheduler.h"

#include "../Compression.h"

#include "numloom/Transforms/Attributes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace numloom::array {

KernelScheduler::KernelScheduler(func::FuncOp kernel, const CpuTarget &target)
    : KernelEmitter(kernel, {}), target(target) {}

LogicalResult KernelScheduler::run() {
  FailureOr<IterationSpace> analyzed = IterationSpace::analyze(kernel);
  if (failed(analyzed))
    return failure();
  space = std::move(*analyzed);
  kernel.setName(name + "_tensors");
  auto kind = kernel->getAttrOfType<FusionKindAttr>(kKindAttr);
  if (!kind)
    return kernel.emitError("array.kind must be a #array.kind");
  if (failed(schedule(kind.getValue())))
    return failure();
  kernel.erase();
  return success();
}

LogicalResult KernelScheduler::schedule(FusionKind kind) {
  switch (kind) {
  case FusionKind::Loop:
    return scheduleLoop();
  case FusionKind::Row:
    return scheduleRow();
  case FusionKind::Column:
    return scheduleColumn();
  case FusionKind::Split:
    return scheduleSplit();
  case FusionKind::Scan:
    return scheduleScan();
  case FusionKind::Compress:
    return scheduleCompress();
  case FusionKind::Scatter:
    return scheduleScatter();
  }
  llvm_unreachable("unknown kind of fusion");
}

KernelSignature KernelScheduler::createFunction(StringRef suffix,
                                                ArrayRef<int64_t> bufferIds,
                                                ArrayRef<Type> partialTypes) {
  SmallVector<Type> types = getBufferTypes(bufferIds, partialTypes);
  types.append(getNumParams() + 2, builder.getIndexType());

  builder.setInsertionPoint(kernel);
  auto function = func::FuncOp::create(builder, name + suffix.str(),
                                       builder.getFunctionType(types, {}));
  function->setAttr(kBuffersAttr, builder.getDenseI64ArrayAttr(bufferIds));
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToEnd(entry);
  ArrayRef<BlockArgument> arguments = entry->getArguments();
  KernelSignature signature;
  signature.function = function;
  signature.buffers.assign(arguments.begin(),
                           arguments.begin() + bufferIds.size());
  signature.params.assign(arguments.begin() + bufferIds.size(),
                          arguments.end() - 2);
  signature.begin = arguments[arguments.size() - 2];
  signature.end = arguments.back();
  return signature;
}

void KernelScheduler::openFunction(const KernelSignature &signature,
                                   ArrayRef<int64_t> bufferIds) {
  emitter.emplace(builder, space, signature.params);
  for (auto [id, buffer] : llvm::zip_equal(bufferIds, signature.buffers))
    if (id < kernel.getNumArguments())
      emitter->bindBuffer(kernel.getArgument(id), buffer);
  emitter->pushScope();
}

void KernelScheduler::closeFunction() {
  emitter->popScope();
  func::ReturnOp::create(builder);
  emitter.reset();
}

void KernelScheduler::setWork(func::FuncOp function, const Monomial &work,
                              int64_t divisor, const Monomial &itemCost,
                              const Monomial &outer) {
  auto asAttr = [&](const Monomial &monomial) {
    SmallVector<int64_t> factors{monomial.factor};
    for (int64_t param : monomial.params)
      factors.push_back(makeParam(param));
    return ParamsAttr::get(builder.getContext(), factors);
  };
  function->setAttr(kWorkAttr, asAttr(work));
  function->setAttr(kWorkDivisorAttr, builder.getI64IntegerAttr(divisor));
  if (!outer.isOne())
    function->setAttr(kWorkOuterAttr, asAttr(outer));
  function->setAttr(kItemCostAttr,
                    asAttr(itemCost * Monomial(getElementWeight())));
}

int64_t KernelScheduler::getElementCost() {
  int64_t cost = 0;
  kernel.walk([&](ElementwiseOpInterface op) { cost += op.getElementCost(); });
  return cost;
}

int64_t KernelScheduler::getElementWeight() {
  // Measured: 0.3 ns for eight bytes of an addition in the cache, 0.7 for each
  // access of a loop that skips; 16 additions in registers take as long as one
  // in memory.
  constexpr int64_t kHiddenCost = 16, kStridedWeight = 16, kMaxWeight = 256;
  ArrayRef<LoopDim> loops = space.getLoops();
  int64_t strided =
      loops.empty() ? 0 : space.countLongStrides(loops.back().dim);
  int64_t bytes = getElementBytes();
  return std::clamp<int64_t>(getElementCost() * bytes / kHiddenCost +
                                 kStridedWeight * strided,
                             bytes, kMaxWeight);
}

bool KernelScheduler::accessesComplex() {
  return llvm::any_of(space.getAccesses(), [](const Access &access) {
    return isComplex(getDType(access.tensor.getType()));
  });
}

int64_t KernelScheduler::getElementBytes() {
  // Each row costs something besides its vectors: narrow elements of what may
  // be short ones count more.
  constexpr int64_t kWidest = 8, kLeastInRows = 4;
  auto kind = kernel->getAttrOfType<FusionKindAttr>(kKindAttr);
  ArrayRef<LoopDim> loops = space.getLoops();
  if (kind.getValue() != FusionKind::Loop || loops.empty() ||
      space.isStrided(loops.back().dim) || accessesComplex())
    return kWidest;
  int64_t widest = getVectorElementBytes().second;
  return loops.size() == 1 ? widest : std::max(widest, kLeastInRows);
}

Value KernelScheduler::getResultBuffer(const KernelSignature &signature,
                                       ArrayRef<int64_t> bufferIds,
                                       unsigned result) {
  int64_t id = kernel.getNumArguments() + result;
  const int64_t *it = llvm::find(bufferIds, id);
  assert(it != bufferIds.end() && "result without a buffer");
  return signature.buffers[it - bufferIds.begin()];
}

std::pair<int64_t, int64_t> KernelScheduler::getVectorElementBytes() {
  int64_t narrowest = 8, widest = 1;
  auto add = [&](DType dtype) {
    int64_t bytes = getBytes(getRealDType(dtype));
    narrowest = std::min(narrowest, bytes);
    widest = std::max(widest, bytes);
  };
  auto addTensor = [&](Value value) {
    if (!isFlatStorage(value.getType()) && isFullSpace(value))
      add(getDType(value.getType()));
  };
  llvm::for_each(kernel.getArguments(), addTensor);
  bool findsLater = findsPositionsLater();
  kernel.walk([&](Operation *op) {
    if (isCountedOnTheWay(op))
      return;
    // The state of a compression is no vector, and positions that are found
    // later are no part of the states.
    auto reduction = dyn_cast<ReductionOpInterface>(op);
    if (reduction && !findsLater && !isa<CompressOp>(op))
      llvm::for_each(reduction.getStateDTypes(), add);
    auto indexValue = dyn_cast<IndexValueOpInterface>(op);
    if (!indexValue || !indexValue.isUniform())
      llvm::for_each(op->getResults(), addTensor);
  });
  return {narrowest, widest};
}

bool KernelScheduler::isBoundByStrides(unsigned dim) {
  // Additions in the shadow of an access.
  constexpr int64_t kHiddenCost = 4;
  int64_t strided = space.countLongStrides(dim);
  return 2 * strided > int64_t(space.getAccesses().size()) &&
         getElementCost() <= kHiddenCost * strided;
}

int64_t KernelScheduler::chooseLanes(int64_t registers, unsigned dim) {
  // The widest element decides; bytes count as four: more lanes than of 32-bit
  // elements only cost compile time, what bytes need is memory bandwidth.
  constexpr int64_t kGatherBytes = 4;
  auto [narrowest, widest] = getVectorElementBytes();
  widest = std::max(widest, kGatherBytes);
  int64_t lanes = target.vectorBytes / widest * registers;
  // The machine gathers 4 and 8 bytes; narrower elements are loaded one by one,
  // a branch each where a vector is partial.
  if (narrowest < kGatherBytes && space.isStrided(dim))
    lanes = std::min(lanes, target.vectorBytes / kGatherBytes);
  return lanes;
}

} // namespace numloom::array
