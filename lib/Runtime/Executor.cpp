// Runs a plan's steps on the caller's buffers and one arena.
#include "numloom/Runtime/Executor.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Gemm.h"
#include "numloom/Runtime/Stats.h"
#include "numloom/Runtime/ThreadPool.h"

#include <algorithm>
#include <memory>

using namespace numloom;

/// Elements that make a task worth handing to another thread: some ten
/// microseconds of work against two or three for the hand-over.
static constexpr int64_t kTaskElements = 32 * 1024;
/// Pieces of short items are multiples of this, so that kernels meet their
/// partial vectors once, not in every piece, and so that streaming stores find
/// the alignment that they need: 64 elements are at least 64 bytes.
static constexpr int64_t kItemMultiple = 64;
static constexpr size_t kSlotAlignment = 64;

namespace {

/// `count` uninitialised elements, in place when they are at most N.
template <typename T, size_t N>
class Scratch {
public:
  explicit Scratch(size_t count) : count(count), elements(inPlace) {
    if (count > N) {
      heap = std::make_unique_for_overwrite<T[]>(count);
      elements = heap.get();
    }
  }
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;

  T *data() { return elements; }
  T &operator[](size_t i) { return elements[i]; }
  operator std::span<const T>() const { return {elements, count}; }

private:
  size_t count;
  T *elements;
  std::unique_ptr<T[]> heap;
  T inPlace[N];
};

using Sizes = Scratch<int64_t, 16>;

/// One execution of one plan.
class PlanExecution {
public:
  PlanExecution(const Plan &plan, const Execution &execution)
      : plan(plan), execution(execution), slots(plan.slots.size()) {}

  void run();

private:
  void allocateArena();
  void run(const LaunchStep &step);
  void run(const GemmStep &step);
  void *getAddress(BufferRef ref);
  GemmMatrix getMatrix(const GemmOperand &operand, Sizes &strides);
  int64_t evaluate(int64_t value) const {
    return numloom::evaluate(value, execution.params.data());
  }
  int64_t evaluate(const SizeFormula &formula) const {
    return formula.evaluate(execution.params.data());
  }
  int64_t sum(const std::vector<SizeFormula> &terms) const;
  template <typename T>
  void evaluate(const std::vector<T> &values, Sizes &result) const;

  const Plan &plan;
  const Execution &execution;
  Buffer arena;
  Scratch<void *, 16> slots;
  RuntimeStats stats;
};

} // namespace

void PlanExecution::run() {
  allocateArena();
  for (const Step &step : plan.steps)
    if (const auto *launch = std::get_if<LaunchStep>(&step))
      run(*launch);
    else
      run(std::get<GemmStep>(step));
  stats.executions = 1;
  addRuntimeStats(stats);
}

/// Packs the slots into one block; an impossible size becomes one that the
/// allocator refuses.
void PlanExecution::allocateArena() {
  size_t numSlots = plan.slots.size();
  if (numSlots == 0)
    return;
  Scratch<size_t, 16> offsets(numSlots);
  size_t total = 0;
  for (size_t i = 0; i < numSlots; ++i) {
    int64_t bytes = evaluate(plan.slots[i].bytes);
    size_t padded = (size_t(bytes) + kSlotAlignment - 1) & -kSlotAlignment;
    offsets[i] = total;
    if (bytes < 0 || __builtin_add_overflow(total, padded, &total))
      total = SIZE_MAX;
    if (total == SIZE_MAX)
      break;
  }
  arena = Allocator::get().allocate(total);
  for (size_t i = 0; i < numSlots; ++i)
    slots[i] = static_cast<char *>(arena.data()) + offsets[i];
  stats.arenaBytes = int64_t(total);
}

void *PlanExecution::getAddress(BufferRef ref) {
  switch (ref.kind) {
  case BufferKind::Input:
    return execution.inputs[ref.index];
  case BufferKind::Output:
    return execution.outputs[ref.index];
  case BufferKind::Arena:
    return slots[ref.index];
  }
  __builtin_unreachable();
}

int64_t PlanExecution::sum(const std::vector<SizeFormula> &terms) const {
  int64_t total = 0;
  for (const SizeFormula &term : terms)
    total += evaluate(term);
  return total;
}

template <typename T>
void PlanExecution::evaluate(const std::vector<T> &values,
                             Sizes &result) const {
  for (size_t i = 0; i < values.size(); ++i)
    result[i] = evaluate(values[i]);
}

/// The number of items in a piece, a function of the sizes alone.
static int64_t getGrain(int64_t items, int64_t itemCost) {
  int64_t minItems = kTaskElements / std::max<int64_t>(itemCost, 1);
  int64_t tasks = items / std::max<int64_t>(minItems, 1);
  if (tasks <= 1)
    return items;
  int64_t grain = (items + tasks - 1) / tasks;
  if (grain > kItemMultiple)
    grain = (grain + kItemMultiple - 1) / kItemMultiple * kItemMultiple;
  return grain;
}

void PlanExecution::run(const LaunchStep &step) {
  int64_t items = evaluate(step.work);
  if (items <= 0)
    return;
  Scratch<void *, 32> buffers(step.buffers.size());
  for (size_t i = 0; i < step.buffers.size(); ++i)
    buffers[i] = getAddress(step.buffers[i]);
  Sizes sizes(step.sizes.size());
  evaluate(step.sizes, sizes);
  CpuKernelFn kernel = step.kernel->function;
  // Kernels have no exceptions, which their type cannot say.
  parallelFor(items, getGrain(items, evaluate(step.itemCost)),
              [&](int64_t begin, int64_t end) noexcept {
                kernel(buffers.data(), sizes.data(), begin, end);
              });
  ++stats.launches;
  stats.bytesRead += sum(step.bytesRead);
  stats.bytesWritten += sum(step.bytesWritten);
}

/// The operand with its strides evaluated, those of the batch into `strides`.
GemmMatrix PlanExecution::getMatrix(const GemmOperand &operand,
                                    Sizes &strides) {
  evaluate(operand.batchStrides, strides);
  return {getAddress(operand.buffer), strides, evaluate(operand.rowStride),
          evaluate(operand.colStride)};
}

void PlanExecution::run(const GemmStep &step) {
  Sizes batch(step.batch.size());
  evaluate(step.batch, batch);
  Sizes stridesA(step.batch.size()), stridesB(step.batch.size());
  GemmProblem problem{step.dtype,
                      batch,
                      evaluate(step.m),
                      evaluate(step.n),
                      evaluate(step.k),
                      getMatrix(step.a, stridesA),
                      getMatrix(step.b, stridesB),
                      getAddress(step.c.buffer)};
  gemm(problem);
  int64_t products = int64_t(getBytes(step.dtype));
  for (int64_t extent : problem.batch)
    products *= extent;
  ++stats.gemms;
  stats.bytesRead += products * (problem.m + problem.n) * problem.k;
  stats.bytesWritten += products * problem.m * problem.n;
}

void numloom::execute(const Plan &plan, const Execution &execution) {
  PlanExecution(plan, execution).run();
}
