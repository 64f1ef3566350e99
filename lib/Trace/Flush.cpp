// Evaluation: linearise, look up or compile, allocate, execute, publish.
#include "numloom/Trace/Flush.h"
#include "CompilerLoader.h"
#include "FlushPolicy.h"
#include "Hash.h"
#include "Linearizer.h"
#include "ProgramCache.h"
#include "Publisher.h"
#include "numloom/Runtime/Blas.h"
#include "numloom/Runtime/Executor.h"
#include "numloom/Trace/Error.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <new>

using namespace numloom;

namespace {
/// Adds the life time of the object, in milliseconds, to a counter.
class Timer {
public:
  explicit Timer(double &total) : total(total) {}
  ~Timer() {
    total +=
        std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  }

private:
  using Clock = std::chrono::steady_clock;
  double &total;
  Clock::time_point begin = Clock::now();
};

/// The state of evaluation, one for the process.
class Evaluator {
public:
  static Evaluator &get();

  void evaluate(std::span<const NodeRef> targets,
                std::vector<NodeRef> &garbage);
  std::string explain(std::span<const NodeRef> targets,
                      std::vector<NodeRef> &garbage);

  /// Guards everything here and the scratch fields of all nodes.
  std::mutex mutex;
  CompilerLoader compiler;
  ProgramCache cache;
  TraceStats stats;
  /// Nodes recorded when the statistics were reset.
  uint64_t recordedAtReset = 0;

private:
  std::shared_ptr<const Plan> getPlan();
  std::shared_ptr<const Plan> compile();
  void run(const Plan &plan);
  void publish(std::vector<NodeRef> &garbage);

  Linearizer linear;
  std::vector<void *> inputPointers, outputPointers;
  std::vector<StorageRef> storages;
};
} // namespace

Evaluator &Evaluator::get() {
  // Never destroyed: threads may evaluate while the process exits.
  static Evaluator *evaluator = new Evaluator;
  return *evaluator;
}

std::shared_ptr<const Plan> Evaluator::compile() {
  Timer timer(stats.compileMilliseconds);
  std::string error;
  auto plan = compiler.get().compileForCpu(linear.buildProgram(), error);
  if (!plan)
    throw Error(ErrorKind::Runtime, "compilation failed: " + error);
  return plan;
}

std::shared_ptr<const Plan> Evaluator::getPlan() {
  std::span<const int64_t> key = linear.getKey();
  uint64_t hash = hashWords(key);
  if (auto plan = cache.find(hash, key)) {
    ++stats.cacheHits;
    return plan;
  }
  ++stats.cacheMisses;
  auto plan = compile();
  cache.insert(hash, key, plan);
  return plan;
}

void Evaluator::run(const Plan &plan) {
  Timer timer(stats.executeMilliseconds);
  inputPointers.clear();
  for (const Node *input : linear.getInputs())
    inputPointers.push_back(input->getData());
  storages.clear();
  outputPointers.clear();
  for (const Node *output : linear.getOutputs()) {
    storages.push_back(
        StorageRef::allocate(static_cast<size_t>(output->getNumBytes())));
    outputPointers.push_back(storages.back()->getData());
  }
  execute(plan, {inputPointers, outputPointers, linear.getParams()});
}

void Evaluator::publish(std::vector<NodeRef> &garbage) {
  for (Node *node : linear.getNodes())
    Publisher::noteComputed(*node);
  size_t next = 0;
  for (Node *output : linear.getOutputs())
    Publisher::publishOutput(*output, std::move(storages[next++]), garbage);
  for (Node *alias : linear.getAliases())
    Publisher::publishView(*alias, garbage);
}

void Evaluator::evaluate(std::span<const NodeRef> targets,
                         std::vector<NodeRef> &garbage) {
  Timer timer(stats.flushMilliseconds);
  for (const NodeRef &target : targets)
    if (target->isPending())
      FlushPolicy::noteFlush(*target);
  linear.run(targets, garbage);
  if (linear.getNodes().empty())
    return;
  ++stats.flushes;
  stats.nodesExecuted += static_cast<int64_t>(linear.getNodes().size());
  try {
    run(*getPlan());
  } catch (const std::bad_alloc &error) {
    storages.clear();
    throw Error(ErrorKind::Memory, error.what());
  } catch (const BlasError &error) {
    storages.clear();
    throw Error(ErrorKind::Runtime, error.what());
  } catch (const Error &) {
    storages.clear();
    throw;
  }
  publish(garbage);
}

std::string Evaluator::explain(std::span<const NodeRef> targets,
                               std::vector<NodeRef> &garbage) {
  linear.run(targets, garbage);
  if (linear.getNodes().empty())
    return "nothing to evaluate\n";
  std::string error;
  std::string text = compiler.get().explain(linear.buildProgram(), error);
  if (!error.empty())
    throw Error(ErrorKind::Runtime, "compilation failed: " + error);
  return text;
}

//===----------------------------------------------------------------------===//
// The interface
//===----------------------------------------------------------------------===//

void numloom::evaluate(std::span<const NodeRef> targets) {
  if (std::ranges::none_of(targets,
                           [](const NodeRef &t) { return t->isPending(); }))
    return;
  Evaluator &evaluator = Evaluator::get();
  // Declared before the lock, hence destroyed after it is released.
  std::vector<NodeRef> garbage;
  std::lock_guard lock(evaluator.mutex);
  evaluator.evaluate(targets, garbage);
}

std::string numloom::explain(std::span<const NodeRef> targets) {
  Evaluator &evaluator = Evaluator::get();
  std::vector<NodeRef> garbage;
  std::lock_guard lock(evaluator.mutex);
  return evaluator.explain(targets, garbage);
}

void numloom::setCompilerDirectory(std::string directory) {
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  evaluator.compiler.setDirectory(std::move(directory));
}

void numloom::setCompiler(Compiler *compiler) {
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  evaluator.compiler.replace(compiler);
  evaluator.cache.clear();
}

TraceStats numloom::getTraceStats() {
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  TraceStats stats = evaluator.stats;
  stats.nodesRecorded = static_cast<int64_t>(FlushPolicy::getNumRecorded() -
                                             evaluator.recordedAtReset);
  return stats;
}

void numloom::resetTraceStats() {
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  evaluator.stats = {};
  evaluator.recordedAtReset = FlushPolicy::getNumRecorded();
}

CompilerStats numloom::getCompilerStats() {
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  Compiler *compiler = evaluator.compiler.getIfLoaded();
  return compiler ? compiler->getStats() : CompilerStats{};
}

void numloom::resetCompilerStats() {
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  if (Compiler *compiler = evaluator.compiler.getIfLoaded())
    compiler->resetStats();
}
