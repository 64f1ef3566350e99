// What the executors share: a plan's formulas and addresses in one execution.
#ifndef NUMLOOM_LIB_RUNTIME_PLANEVALUATION_H
#define NUMLOOM_LIB_RUNTIME_PLANEVALUATION_H

#include "numloom/Runtime/Executor.h"
#include "numloom/Runtime/Gemm.h"
#include "numloom/Runtime/Stats.h"

#include <memory>
#include <utility>

namespace numloom {

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

/// One execution of one plan, but for the device it runs on.
class PlanEvaluation {
protected:
  PlanEvaluation(const Plan &plan, const Execution &execution)
      : plan(plan), execution(execution), slots(plan.slots.size()) {}

  int64_t evaluate(int64_t value) const {
    return numloom::evaluate(value, execution.params.data());
  }
  int64_t evaluate(const SizeFormula &formula) const {
    return formula.evaluate(execution.params.data());
  }
  template <typename T>
  void evaluate(const std::vector<T> &values, Sizes &result) const {
    for (size_t i = 0; i < values.size(); ++i)
      result[i] = evaluate(values[i]);
  }

  void *getAddress(BufferRef ref);
  /// Packs the slots for which `isWanted(slot)` behind `total` bytes and adds
  /// their size to it, at multiples of `alignment`; their places go to `slots`
  /// as offsets. An impossible size becomes one that no allocator grants.
  template <typename Fn>
  void packSlots(size_t alignment, size_t &total, Fn &&isWanted);
  /// Turns the slots' offsets into addresses.
  void placeSlots(void *arena);
  /// Counts a step in `Execution::numSteps`: a kernel that was run, a product
  /// that may be computed in part.
  void noteStep() const {
    if (execution.numSteps)
      ++*execution.numSteps;
  }
  /// Counts them all.
  void noteAllSteps() const {
    if (execution.numSteps)
      *execution.numSteps = plan.steps.size();
  }
  /// Counts a kernel run with these formulas.
  template <typename Launch>
  void countLaunch(const Launch &step);
  /// Calls `multiply(problem)` with the evaluated step and counts it.
  template <typename Fn>
  void runGemm(const GemmStep &step, Fn &&multiply);
  /// The operand with its strides evaluated, those of the batch into `strides`.
  GemmMatrix getMatrix(const GemmOperand &operand, DType dtype, Sizes &strides);
  /// Adds what was counted to the process's counters.
  void finish();

  const Plan &plan;
  const Execution &execution;
  Scratch<void *, 16> slots;
  RuntimeStats stats;

private:
  int64_t sum(const std::vector<SizeFormula> &terms) const;
};

inline void *PlanEvaluation::getAddress(BufferRef ref) {
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

template <typename Fn>
void PlanEvaluation::packSlots(size_t alignment, size_t &total, Fn &&isWanted) {
  for (size_t i = 0; i < plan.slots.size() && total != SIZE_MAX; ++i) {
    if (!isWanted(plan.slots[i]))
      continue;
    int64_t bytes = evaluate(plan.slots[i].bytes);
    size_t padded = (size_t(bytes) + alignment - 1) & -alignment;
    slots[i] = reinterpret_cast<void *>(total);
    if (bytes < 0 || __builtin_add_overflow(total, padded, &total))
      total = SIZE_MAX;
  }
}

inline void PlanEvaluation::placeSlots(void *arena) {
  for (size_t i = 0; i < plan.slots.size(); ++i)
    slots[i] =
        static_cast<char *>(arena) + reinterpret_cast<uintptr_t>(slots[i]);
}

inline int64_t
PlanEvaluation::sum(const std::vector<SizeFormula> &terms) const {
  int64_t total = 0;
  for (const SizeFormula &term : terms)
    total += evaluate(term);
  return total;
}

template <typename Launch>
void PlanEvaluation::countLaunch(const Launch &step) {
  ++stats.launches;
  stats.bytesRead += sum(step.bytesRead);
  stats.bytesWritten += sum(step.bytesWritten);
}

inline GemmMatrix PlanEvaluation::getMatrix(const GemmOperand &operand,
                                            DType dtype, Sizes &strides) {
  evaluate(operand.batchStrides, strides);
  auto *buffer = static_cast<char *>(getAddress(operand.buffer));
  return {buffer + sum(operand.offset) * int64_t(getBytes(dtype)), strides,
          evaluate(operand.rowStride), evaluate(operand.colStride)};
}

template <typename Fn>
void PlanEvaluation::runGemm(const GemmStep &step, Fn &&multiply) {
  Sizes batch(step.batch.size());
  evaluate(step.batch, batch);
  Sizes stridesA(step.batch.size()), stridesB(step.batch.size()),
      stridesC(step.batch.size());
  GemmMatrix c = getMatrix(step.c, step.dtype, stridesC);
  GemmProblem problem{
      step.dtype,
      batch,
      evaluate(step.m),
      evaluate(step.n),
      evaluate(step.k),
      getMatrix(step.a, step.dtype, stridesA),
      getMatrix(step.b, step.dtype, stridesB),
      {const_cast<void *>(c.data), c.batchStrides, c.rowStride}};
  multiply(problem);
  int64_t products = int64_t(getBytes(step.dtype));
  for (int64_t extent : problem.batch)
    products *= extent;
  ++stats.gemms;
  stats.bytesRead += products * (problem.m + problem.n) * problem.k;
  stats.bytesRead +=
      products * problem.m * problem.n * int64_t(step.epilogue.addends.size());
  stats.bytesWritten += products * problem.m * problem.n;
}

inline void PlanEvaluation::finish() {
  stats.executions = 1;
  addRuntimeStats(stats);
}

} // namespace numloom

#endif // NUMLOOM_LIB_RUNTIME_PLANEVALUATION_H
