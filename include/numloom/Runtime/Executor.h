// Runs plans.
#ifndef NUMLOOM_RUNTIME_EXECUTOR_H
#define NUMLOOM_RUNTIME_EXECUTOR_H

#include "numloom/Runtime/Plan.h"

#include <span>

namespace numloom {

/// What one execution of a plan works on.
struct Execution {
  std::span<void *const> inputs;
  std::span<void *const> outputs;
  std::span<const int64_t> params;
  /// Counts the steps that may have written something, for whoever asks what
  /// became of the outputs when an exception ended the execution.
  size_t *numSteps = nullptr;
};

/// Runs the steps of `plan` in order and returns when the outputs are written.
/// Throws OutOfMemory when there is no room for the arena, and BlasError when
/// a matrix product cannot be computed; outputs are then unspecified, but for
/// those that steps before the failed one have completed. Several threads may
/// execute plans, also the same one, at once.
void execute(const Plan &plan, const Execution &execution);

} // namespace numloom

#endif // NUMLOOM_RUNTIME_EXECUTOR_H
