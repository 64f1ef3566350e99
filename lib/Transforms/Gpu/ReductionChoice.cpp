// The choice of schedules for kernels with reductions.

#include "ReductionChoice.h"
#include "GpuReductionScheduler.h"

#include "../Compression.h"

#include "VectorChoice.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// Bytes of a step in the widest dtype that is computed with: its states take
/// as many.
static constexpr int64_t kMaxVectorBytes = 32;
/// Shared memory for the states of a block's lines, of the 48 KiB that a block
/// has without asking.
static constexpr int64_t kMaxLineBytes = 40 << 10;
/// Steps from which on a further block is worth its partial states.
static constexpr int64_t kLeastStepsPerSplit = 2;
/// Slabs whose states the last block reads at once.
static constexpr int64_t kSlabsAtOnce = 8;
/// Iterations of a run in float64: its errors are small enough.
static constexpr int64_t kLongRun = 4 * kRun;
/// States of a thread for which a quarter of a multiprocessor's registers is
/// enough. The end of a kernel, which runs once, takes more than its walk, and
/// some assemblers more than twice as many.
static constexpr int64_t kMaxLimitedBytes = 80;
/// Elements up to which a kernel takes little more than its launch: a few
/// schedules, each for all sizes, save compilations. Their loops take at most
/// 16 iterations.
static constexpr int64_t kSmallElements = 16384;
/// The part of the second-level cache that blocks on rows or columns of their
/// own let it keep, in tenths: docs/Transforms/Gpu/Figures.md has the sweep.
static constexpr int64_t kKeptTenths = 4;
/// The first device whose loads take a cache policy from a register.
static constexpr int kFirstWithPolicies = 80;

//===----------------------------------------------------------------------===//
// Facts
//===----------------------------------------------------------------------===//

namespace {
/// What KernelEmitter knows of the stages: how many there are, and the bytes of
/// the largest one's states.
struct StageFacts : KernelEmitter {
  StageFacts(func::FuncOp kernel, const IterationSpace &space)
      : KernelEmitter(kernel, space) {
    for (const Stage &stage : getStages()) {
      int64_t bytes = 0;
      for (ReductionOpInterface reduction : stage.reductions)
        for (DType dtype : reduction.getStateDTypes())
          bytes += getBytes(dtype);
      stateBytes = std::max(stateBytes, bytes);
      ++count;
    }
  }
  int64_t count = 0, stateBytes = 0;
};
} // namespace

ReductionChoice::ReductionChoice(func::FuncOp kernel,
                                 const IterationSpace &space,
                                 const SizeHints &hints,
                                 const CudaTarget &target)
    : kernel(kernel), space(space), hints(hints), target(target),
      kept(space.getLoops(false)), reduced(space.getLoops(true)),
      rows(hints.evaluate(getProduct(kept))),
      length(hints.evaluate(getProduct(reduced))) {
  StageFacts stages(kernel, space);
  isStaged = stages.count > 1;
  stateBytes = stages.stateBytes;
  kernel.walk([&](Operation *op) {
    if (isCountedOnTheWay(op))
      return;
    if (auto deviations = dyn_cast<SquaredDeviationsOp>(op))
      run = getDType(deviations.getType()) == DType::Float64 ? kLongRun : kRun;
    if (auto reduction = dyn_cast<ReductionOpInterface>(op))
      for (DType dtype : reduction.getStateDTypes())
        widest = std::max<int64_t>(widest, getBytes(dtype));
    for (Value value : op->getOperands())
      if (!isFlatStorage(value.getType()) &&
          getExtents(value.getType()) == space.getExtents())
        widest = std::max(widest, getElementBytes(value));
  });
}

void ReductionChoice::addGuard(const Monomial &size, int64_t minimum,
                               int64_t maximum) {
  choice.addGuard(kernel.getContext(), size, minimum, maximum);
}

int64_t ReductionChoice::assumeMagnitude(const Monomial &size, int64_t value) {
  int64_t upper = ceilPowerOfTwo(value);
  addGuard(size, upper == 1 ? 0 : upper / 2 + 1, upper);
  return upper;
}

/// Whether `access` is to another element for every point of `loops`.
static bool dependsOnAll(const Access &access, ArrayRef<LoopDim> loops) {
  return llvm::all_of(loops, [&](const LoopDim &loop) {
    return access.offset.dependsOn(loop.dim);
  });
}

int64_t ReductionChoice::countContiguousBytes(const LoopDim &loop) const {
  int64_t bytes = 0;
  for (const Access &access : space.getAccesses())
    if (dependsOnAll(access, space.getLoops()) &&
        isContiguous(access, loop.dim))
      bytes += getElementBytes(access.tensor);
  return bytes;
}

int64_t ReductionChoice::countStepBytes() const {
  int64_t bytes = 0;
  for (const Access &access : space.getAccesses())
    if (!access.isStore && dependsOnAll(access, reduced))
      bytes += widest;
  return lanes * std::max({bytes, stateBytes, int64_t(1)});
}

bool ReductionChoice::chooseOrder() {
  if (space.getLoops().empty())
    return true;
  LoopDim fast = space.getLoops().back();
  for (const LoopDim &loop : llvm::reverse(space.getLoops()))
    if (countContiguousBytes(loop) > countContiguousBytes(fast))
      fast = loop;
  SmallVector<LoopDim> &order = fast.reduced ? reduced : kept;
  if (order.back().dim != fast.dim) {
    auto *it = llvm::find_if(
        order, [&](const LoopDim &loop) { return loop.dim == fast.dim; });
    std::rotate(it, it + 1, order.end());
    setOption("dim", fast.dim);
  }
  return fast.reduced;
}

int64_t ReductionChoice::chooseLanes(const LoopDim &dim, bool hasTail) {
  VectorChoice vectors(kernel, space, hints);
  if (!hasTail)
    vectors.addRow(dim.extent);
  for (const Access &access : space.getAccesses())
    vectors.addAccess(access, dim.dim);
  return vectors.choose(std::max<int64_t>(1, kMaxVectorBytes / widest),
                        choice.guards);
}

void ReductionChoice::setShared(int64_t splits, bool isOneRun) {
  setOption("splits", splits);
  if (run > 0 && (isOneRun || run != kRun))
    setOption("run", isOneRun ? 0 : run);
  if (lanes * stateBytes <= kMaxLimitedBytes)
    setOption("blocks", kBlocksPerMultiprocessor);
}

//===----------------------------------------------------------------------===//
// Small kernels
//===----------------------------------------------------------------------===//

bool ReductionChoice::isSmall() const {
  return rows && length && *rows * *length <= kSmallElements;
}

void ReductionChoice::chooseSmallRow() {
  choice.name = "row";
  struct {
    int64_t longest, group;
  } classes[] = {
      {8 * kWarp, kWarp}, {8 * kThreads, kThreads}, {kUnlimited, 2 * kThreads}};
  int64_t minimum = 0;
  for (auto [longest, group] : classes) {
    if (*length > longest) {
      minimum = longest + 1;
      continue;
    }
    addGuard(getProduct(reduced), minimum, longest);
    setOption("group", group);
    setOption("threads", std::max(group, kThreads));
    break;
  }
  addGuard(getProduct(kept) * getProduct(reduced), 0, kSmallElements);
  setOption("steps", kLoopSteps);
}

void ReductionChoice::chooseSmallColumn(int64_t width) {
  choice.name = "column";
  bool isNarrow =
      !choice.assumeSide(kernel.getContext(), kept.back().extent, width, kWarp);
  addGuard(getProduct(kept) * getProduct(reduced), 0, kSmallElements);
  setOption("across", isNarrow ? kWarp / 8 : kWarp);
  setOption("threads", getMaxLineThreads());
  setOption("steps", kLoopSteps);
}

//===----------------------------------------------------------------------===//
// Split rows
//===----------------------------------------------------------------------===//

bool ReductionChoice::isWorthSplitting() const {
  return !isStaged && hasElements() &&
         *rows < kBlocksPerMultiprocessor * target.multiprocessors / 2 &&
         *length > kThreads * kLoopSteps * kLeastStepsPerSplit * 4;
}

int64_t ReductionChoice::countBytesReadOnce() const {
  ArrayRef<LoopDim> loops = space.getLoops();
  SmallVector<Value> arrays;
  int64_t bytes = 0;
  for (const Access &access : space.getAccesses()) {
    bool isNumber = llvm::none_of(loops, [&](const LoopDim &loop) {
      return access.offset.dependsOn(loop.dim);
    });
    // Stores of as many elements make such loads slower, not faster.
    if (access.isStore && dependsOnAll(access, loops))
      return 0;
    if (access.isStore || isNumber)
      continue;
    int64_t element = getElementBytes(access.tensor);
    if (!access.indexedDims.empty() || !dependsOnAll(access, loops) ||
        llvm::is_contained(arrays, access.tensor) ||
        lanes * element < kMaxAccessBytes)
      return 0;
    arrays.push_back(access.tensor);
    bytes += element;
  }
  return bytes;
}

void ReductionChoice::chooseKept(StringRef option, int64_t elements,
                                 int64_t keptBytes) {
  int64_t bytes = countBytesReadOnce();
  if (bytes == 0)
    return;
  if (!choice.assumeSide(kernel.getContext(),
                         getProduct(kept) * getProduct(reduced),
                         *rows * *length, target.cacheBytes / bytes))
    return;
  int64_t part = elements * bytes;
  setOption(option, std::max<int64_t>(1, (keptBytes + part / 2) / part));
}

void ReductionChoice::chooseKeptBlocks(int64_t elements) {
  if (target.computeCapability >= kFirstWithPolicies && hasElements())
    chooseKept("kept_blocks", elements, target.cacheBytes * kKeptTenths / 10);
}

void ReductionChoice::chooseSplit() {
  choice.name = "split";
  // One loop alone may have a tail: its vectors start at multiples anyway.
  bool hasTail = kept.empty() && reduced.size() == 1;
  lanes = chooseLanes(reduced.back(), hasTail);
  int64_t blocks = kBlocksPerMultiprocessor * target.multiprocessors;
  int64_t perBlock = kThreads * kLoopSteps * kLeastStepsPerSplit * lanes;
  int64_t upperRows =
      kept.empty() ? 1 : assumeMagnitude(getProduct(kept), *rows);
  int64_t splits = llvm::divideCeil(blocks, upperRows);
  int64_t enough = splits * perBlock;
  if (*length >= enough)
    addGuard(getProduct(reduced), enough, kUnlimited);
  else
    splits = llvm::divideCeil(assumeMagnitude(getProduct(reduced), *length),
                              perBlock);
  setOption("tail", hasTail && lanes > 1);
  setOption("vector", lanes);
  setOption("threads", kThreads);
  setOption("steps", kLoopSteps);
  chooseKept("kept", *rows * splits * kThreads * kLoopSteps * lanes,
             target.cacheBytes / 2);
  setShared(splits, /*isOneRun=*/false);
}

//===----------------------------------------------------------------------===//
// Columns
//===----------------------------------------------------------------------===//

int64_t ReductionChoice::getMaxLineThreads() const {
  int64_t threads = kThreads;
  while (threads > kWarp && threads * lanes * stateBytes > kMaxLineBytes)
    threads /= 2;
  return threads;
}

void ReductionChoice::chooseColumn() {
  choice.name = "column";
  const LoopDim &columns = kept.back();
  lanes = chooseLanes(columns);
  int64_t threads = getMaxLineThreads();
  int64_t across = kWarp, lines = threads / kWarp, splits = 1;
  bool isOneRun = false;
  if (hasElements()) {
    int64_t width = *hints.evaluate(columns.extent), vectors = width / lanes;
    int64_t upperLength = assumeMagnitude(getProduct(reduced), *length);
    lines = std::clamp<int64_t>(upperLength / kLoopSteps, 1, lines);
    across = std::min(ceilPowerOfTwo(vectors), threads / lines);
    if (vectors < kWarp)
      assumeMagnitude(columns.extent, width);
    lines = threads / across;
    int64_t upperRows = assumeMagnitude(getProduct(kept), *rows);
    int64_t blocks = std::max<int64_t>(1, upperRows / (across * lanes));
    splits = kBlocksPerMultiprocessor * target.multiprocessors / blocks;
    if (splits > 2 * kSlabsAtOnce)
      splits -= splits % kSlabsAtOnce;
    int64_t perSplit = lines * kLoopSteps * kLeastStepsPerSplit;
    splits = std::clamp<int64_t>(splits, 1,
                                 std::max<int64_t>(1, upperLength / perSplit));
    isOneRun = upperLength <= lines * splits * kLoopSteps * run;
  }
  setOption("vector", lanes);
  setOption("threads", threads);
  setOption("across", across);
  setOption("steps", kLoopSteps);
  setShared(splits, isOneRun);
  if (length)
    chooseKeptBlocks(across * lanes * llvm::divideCeil(*length, splits));
}

//===----------------------------------------------------------------------===//
// All
//===----------------------------------------------------------------------===//

ScheduleChoice ReductionChoice::choose() {
  ReductionOpInterface first = space.getReductions().front();
  if (getCompressionMask(first)) {
    chooseCompress();
    return std::move(choice);
  }
  if (!first.isScan() && choosePairs())
    return std::move(choice);
  bool isRow = chooseOrder() || kept.empty() || reduced.empty();
  if (first.isScan())
    isRow ? chooseRowScan() : chooseColumnScan();
  else if (isStaged || isRow)
    isSmall()            ? chooseSmallRow()
    : isWorthSplitting() ? chooseSplit()
                         : chooseRow();
  else
    isSmall() ? chooseSmallColumn(*hints.evaluate(kept.back().extent))
              : chooseColumn();
  return std::move(choice);
}

ScheduleChoice chooseReductionSchedule(func::FuncOp kernel,
                                       const IterationSpace &space,
                                       const SizeHints &hints,
                                       const CudaTarget &target) {
  return ReductionChoice(kernel, space, hints, target).choose();
}

} // namespace numloom::array
