// Runs a plan's steps on the CPU, on the caller's buffers and one arena.
#include "numloom/Runtime/Executor.h"

#include "PlanEvaluation.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/ThreadPool.h"

#include <algorithm>

using namespace numloom;

/// Bytes per operand that make a task worth handing to another thread: some
/// five to ten microseconds of work against two or three for the hand-over.
static constexpr int64_t kTaskBytes = 256 * 1024;
/// Pieces of short items are multiples of this, so that kernels meet their
/// partial vectors once, not in every piece, and so that streaming stores find
/// the alignment that they need: 64 elements are at least 64 bytes.
static constexpr int64_t kItemMultiple = 64;
static constexpr size_t kSlotAlignment = 64;

namespace {
/// One execution of one plan.
class CpuExecution : PlanEvaluation {
public:
  CpuExecution(const Plan &plan, const Execution &execution)
      : PlanEvaluation(plan, execution) {}

  void run();

private:
  void allocateArena();
  void run(const LaunchStep &step);

  Buffer arena;
};
} // namespace

void CpuExecution::run() {
  allocateArena();
  for (const Step &step : plan.steps)
    if (const auto *launch = std::get_if<LaunchStep>(&step)) {
      run(*launch);
      noteStep();
    } else {
      noteStep();
      runGemm(std::get<GemmStep>(step), gemm);
    }
  finish();
}

void CpuExecution::allocateArena() {
  if (plan.slots.empty())
    return;
  size_t total = 0;
  packSlots(kSlotAlignment, total, [](const ArenaSlot &) { return true; });
  arena = Allocator::get().allocate(total);
  placeSlots(arena.data());
  stats.arenaBytes = int64_t(total);
}

/// The number of items in a piece, a function of the sizes alone.
static int64_t getGrain(int64_t items, int64_t itemCost) {
  int64_t minItems = kTaskBytes / std::max<int64_t>(itemCost, 1);
  int64_t tasks = items / std::max<int64_t>(minItems, 1);
  if (tasks <= 1)
    return items;
  int64_t grain = (items + tasks - 1) / tasks;
  if (grain > kItemMultiple)
    grain = (grain + kItemMultiple - 1) / kItemMultiple * kItemMultiple;
  return grain;
}

void CpuExecution::run(const LaunchStep &step) {
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
  countLaunch(step);
}

void numloom::execute(const Plan &plan, const Execution &execution) {
  CpuExecution(plan, execution).run();
}
