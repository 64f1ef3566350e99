// What is left when an execution fails whose plan overwrites its inputs.
#include "Evaluator.h"
#include "Publisher.h"

#include <new>
#include <type_traits>

using namespace numloom;

static bool writes(const Step &step, BufferRef output) {
  return std::visit(
      [&](const auto &step) {
        if constexpr (std::is_same_v<decltype(step), const GemmStep &>) {
          return step.c.buffer == output;
        } else {
          for (size_t i = 0; i < step.buffers.size(); ++i)
            if (step.buffers[i] == output &&
                (step.isWritten.empty() || step.isWritten[i]))
              return true;
          return false;
        }
      },
      step);
}

namespace {
/// How many of the steps that write an output were run, and how many there are.
struct Progress {
  int64_t run = 0, all = 0;
  bool hasBegun() const { return run > 0; }
  bool isComplete() const { return run > 0 && run == all; }
};
} // namespace

/// A matrix product among the last of `numSteps` may be the one that failed.
static Progress getProgress(const Plan &plan, size_t output, size_t numSteps) {
  BufferRef buffer{BufferKind::Output, static_cast<int32_t>(output)};
  Progress progress;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    if (!writes(plan.steps[i], buffer))
      continue;
    ++progress.all;
    bool hasFailed =
        i + 1 == numSteps && std::holds_alternative<GemmStep>(plan.steps[i]);
    progress.run += i < numSteps;
    progress.all += hasFailed;
  }
  return progress;
}

/// What an update has overwritten in part cannot be computed again, and what is
/// computed from the old contents neither.
void Evaluator::keepCompleted(const Plan &plan, std::vector<NodeRef> &garbage) {
  bool isAnyLost = false;
  for (size_t i = 0; i < plan.donations.size(); ++i)
    if (plan.donations[i] >= 0 && getProgress(plan, i, numSteps).hasBegun()) {
      Publisher::loseContents(
          linear.getDonor(static_cast<size_t>(plan.donations[i])));
      isAnyLost = true;
    }
  if (!isAnyLost)
    return;
  try {
    for (size_t i = 0; i < storages.size(); ++i)
      if (storages[i] && getProgress(plan, i, numSteps).isComplete())
        Publisher::publishOutput(*linear.getOutputs()[i],
                                 std::move(storages[i]), garbage);
    for (Node *alias : linear.getAliases())
      if (alias->isPending())
        Publisher::publishView(*alias, garbage);
  } catch (const std::bad_alloc &) {
    // What is left is computed again, or lost.
  }
}
