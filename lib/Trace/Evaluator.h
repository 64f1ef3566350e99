// Evaluation of what a linearizer finds, and the state it keeps.
#ifndef NUMLOOM_LIB_TRACE_EVALUATOR_H
#define NUMLOOM_LIB_TRACE_EVALUATOR_H

#include "BackgroundCompiler.h"
#include "CompilerLoader.h"
#include "Linearizer.h"
#include "ProgramCache.h"
#include "Submission.h"
#include "numloom/Trace/Flush.h"

#include <mutex>
#include <optional>

namespace numloom {

/// The state of evaluation, one for the process.
class Evaluator {
public:
  static Evaluator &get();

  void evaluate(std::span<const NodeRef> targets,
                std::vector<NodeRef> &garbage);
  std::string explain(std::span<const NodeRef> targets,
                      std::vector<NodeRef> &garbage);
  /// Evaluates the target, or says what is to be left to another thread: a
  /// program that must be compiled.
  std::optional<Submission> submit(const NodeRef &target,
                                   std::vector<NodeRef> &garbage);
  void evaluate(const Submission &submission, std::vector<NodeRef> &garbage);
  /// Launches what is foreseen of the thread's recording.
  void launchAhead();

  /// Guards everything here and the scratch fields of all nodes.
  std::mutex mutex;
  CompilerLoader compiler;
  ProgramCache cache;
  TraceStats stats;
  /// Nodes recorded when the statistics were reset.
  uint64_t recordedAtReset = 0;

private:
  void noteTargets(std::span<const NodeRef> targets);
  void evaluateOn(Device device, std::span<const NodeRef> targets,
                  std::vector<NodeRef> &garbage);
  /// Evaluates what the linearizer holds.
  void evaluateLinear(std::vector<NodeRef> &garbage);
  std::string explainOn(Device device, std::span<const NodeRef> targets,
                        std::vector<NodeRef> &garbage);
  std::string explainNumbers() const;
  std::shared_ptr<const Plan> getPlan();
  std::shared_ptr<const Plan> compile();
  /// The plan for the numbers of the program found last, if there is one.
  std::shared_ptr<const Plan> getPlanForNumbers();
  /// Begins to compile the program with the inputs `constants` as such.
  std::shared_ptr<Compilation>
  startWithNumbers(std::span<const size_t> constants);
  /// New memory, or that of the input which the plan overwrites.
  StorageRef getOutputStorage(const Plan &plan, size_t output);
  void run(const Plan &plan);
  bool adopt(const Plan &plan);
  /// After an exception ended the plan's execution: keeps the outputs that were
  /// complete if others cannot be computed again, because the plan overwrites
  /// what they are computed from (FailedUpdates.cpp).
  void keepCompleted(const Plan &plan, std::vector<NodeRef> &garbage);
  void publish(std::vector<NodeRef> &garbage);

  Linearizer linear;
  /// The cut that this evaluation makes, or 0.
  uint64_t cut = 0;
  std::vector<void *> outputPointers;
  /// The steps of the plan that may have written something.
  size_t numSteps = 0;
  std::vector<StorageRef> storages;
};
} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_EVALUATOR_H
