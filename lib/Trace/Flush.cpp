// Evaluation: linearise, look up or compile, allocate, execute, publish.
#include "numloom/Trace/Flush.h"
#include "Backend.h"
#include "CompilerLoader.h"
#include "ExecutionError.h"
#include "FlushPolicy.h"
#include "Hash.h"
#include "Linearizer.h"
#include "ProgramCache.h"
#include "Publisher.h"
#include "Submission.h"
#include "numloom/Trace/Error.h"
#include "numloom/Trace/Recorder.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <mutex>
#include <optional>

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
  /// Evaluates the target, or says what is to be left to another thread: a
  /// program that must be compiled.
  std::optional<Submission> submit(const NodeRef &target,
                                   std::vector<NodeRef> &garbage);
  void evaluate(const Submission &submission, std::vector<NodeRef> &garbage);

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
  std::shared_ptr<const Plan> getPlan();
  std::shared_ptr<const Plan> compile(bool withNumbers);
  /// New memory, or that of the input which the plan overwrites.
  StorageRef getOutputStorage(const Plan &plan, size_t output);
  void run(const Plan &plan);
  void publish(std::vector<NodeRef> &garbage);

  Linearizer linear;
  /// The cut that this evaluation makes, or 0.
  uint64_t cut = 0;
  std::vector<void *> outputPointers;
  std::vector<StorageRef> storages;
};
} // namespace

Evaluator &Evaluator::get() {
  // Never destroyed: threads may evaluate while the process exits.
  static Evaluator *evaluator = new Evaluator;
  return *evaluator;
}

std::shared_ptr<const Plan> Evaluator::compile(bool withNumbers) {
  Timer timer(stats.compileMilliseconds);
  std::string error;
  auto plan = backend::compile(compiler.get(), linear.buildProgram(withNumbers),
                               linear.getDevice(), error);
  if (!plan)
    throw Error(ErrorKind::Runtime, "compilation failed: " + error);
  assert(plan->isValidFor(linear.getParams().data()) &&
         "a plan is valid for the parameters that it was compiled with");
  return plan;
}

std::shared_ptr<const Plan> Evaluator::getPlan() {
  std::span<const int64_t> key = linear.getKey();
  uint64_t hash = hashWords(key);
  if (auto plan = cache.find(hash, key, linear.getParams().data())) {
    ++stats.cacheHits;
    std::span<const int64_t> numbers = linear.getNumbers();
    if (numbers.empty())
      return plan;
    auto known = cache.getNumbersOfLast().use(
        numbers, linear.getParams().data(), [&] { return compile(true); });
    return known ? known : plan;
  }
  ++stats.cacheMisses;
  auto plan = compile(/*withNumbers=*/false);
  cache.insert(hash, key, plan);
  return plan;
}

StorageRef Evaluator::getOutputStorage(const Plan &plan, size_t output) {
  int32_t donor = plan.donations.empty() ? -1 : plan.donations[output];
  if (donor >= 0)
    return linear.getDonatedStorage(static_cast<size_t>(donor));
  return StorageRef::allocate(
      static_cast<size_t>(linear.getOutputs()[output]->getNumBytes()),
      linear.getDevice());
}

void Evaluator::run(const Plan &plan) {
  Timer timer(stats.executeMilliseconds);
  storages.clear();
  outputPointers.clear();
  for (size_t i = 0; i < linear.getOutputs().size(); ++i) {
    storages.push_back(getOutputStorage(plan, i));
    storages.back()->setCut(cut);
    outputPointers.push_back(storages.back()->getData());
  }
  backend::execute(
      linear.getDevice(), plan,
      {linear.getInputPointers(), outputPointers, linear.getParams()});
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

void Evaluator::noteTargets(std::span<const NodeRef> targets) {
  cut = 0;
  for (const NodeRef &target : targets)
    if (target->isPending()) {
      FlushPolicy::noteFlush(*target);
      cut = std::max(cut, FlushPolicy::getCut(*target));
    }
}

void Evaluator::evaluate(std::span<const NodeRef> targets,
                         std::vector<NodeRef> &garbage) {
  Timer timer(stats.flushMilliseconds);
  noteTargets(targets);
  // One turn for each device: it leaves none of the device's targets pending.
  for (const NodeRef &target : targets)
    if (target->isPending())
      evaluateOn(target->getDevice(), targets, garbage);
}

void Evaluator::evaluateOn(Device device, std::span<const NodeRef> targets,
                           std::vector<NodeRef> &garbage) {
  linear.run(targets, device, garbage);
  evaluateLinear(garbage);
}

void Evaluator::evaluateLinear(std::vector<NodeRef> &garbage) {
  if (linear.getNodes().empty())
    return;
  ++stats.flushes;
  stats.nodesExecuted += static_cast<int64_t>(linear.getNodes().size());
  try {
    run(*getPlan());
  } catch (...) {
    storages.clear();
    rethrowFor(*linear.getNodes().back());
  }
  publish(garbage);
}

std::optional<Submission> Evaluator::submit(const NodeRef &target,
                                            std::vector<NodeRef> &garbage) {
  Timer timer(stats.flushMilliseconds);
  std::span<const NodeRef> targets(&target, 1);
  noteTargets(targets);
  Device device = target->getDevice();
  linear.run(targets, device, garbage);
  std::span<const int64_t> key = linear.getKey();
  bool isKnown = !target->isPending() ||
                 cache.find(hashWords(key), key, linear.getParams().data());
  // Whether memory may be overwritten depends on who holds it when the program
  // is made.
  if (isKnown || linear.isUpdating()) {
    evaluateLinear(garbage);
    return std::nullopt;
  }
  Submission submission{device, {target}, cut, backend::ThreadState(device)};
  for (Node *output : linear.getOutputs())
    if (output != target.get())
      submission.targets.emplace_back(output);
  for (const NodeRef &output : submission.targets)
    FlushPolicy::noteSubmission(*output, cut);
  ++stats.submissions;
  return submission;
}

void Evaluator::evaluate(const Submission &submission,
                         std::vector<NodeRef> &garbage) {
  Timer timer(stats.flushMilliseconds);
  cut = submission.cut;
  evaluateOn(submission.device, submission.targets, garbage);
}

std::string Evaluator::explain(std::span<const NodeRef> targets,
                               std::vector<NodeRef> &garbage) {
  std::string text;
  for (size_t i = 0; i < targets.size(); ++i) {
    Device device = targets[i]->getDevice();
    bool isNew = std::ranges::none_of(
        targets.first(i), [&](auto &t) { return t->getDevice() == device; });
    if (isNew)
      text += explainOn(device, targets, garbage);
  }
  return text.empty() ? "nothing to evaluate\n" : text;
}

std::string Evaluator::explainOn(Device device,
                                 std::span<const NodeRef> targets,
                                 std::vector<NodeRef> &garbage) {
  linear.run(targets, device, garbage);
  if (linear.getNodes().empty())
    return {};
  std::string error;
  std::string text =
      compiler.get().explain(linear.buildProgram(), device.isCuda(), error);
  if (!error.empty())
    throw Error(ErrorKind::Runtime, "compilation failed: " + error);
  return text;
}

//===----------------------------------------------------------------------===//
// The interface
//===----------------------------------------------------------------------===//

namespace {
/// The evaluator's lock. A thread that evaluates already gets an error where it
/// would wait for itself: evaluation calls back into the user's program.
class EvaluatorLock {
public:
  explicit EvaluatorLock(Evaluator &evaluator) {
    if (isHeld)
      throw Error(ErrorKind::Runtime,
                  "an array cannot be computed by what is called while arrays "
                  "are computed: an allocator, a memory hook, a finalizer");
    lock = std::unique_lock(evaluator.mutex);
    isHeld = true;
  }
  ~EvaluatorLock() { isHeld = false; }

private:
  static thread_local bool isHeld;
  std::unique_lock<std::mutex> lock;
};

thread_local bool EvaluatorLock::isHeld = false;
} // namespace

void numloom::evaluate(std::span<const NodeRef> targets) {
  if (std::ranges::none_of(targets,
                           [](const NodeRef &t) { return t->isPending(); }))
    return;
  SubmissionThread::get().wait();
  Evaluator &evaluator = Evaluator::get();
  // Declared before the lock, hence destroyed after it is released.
  std::vector<NodeRef> garbage;
  EvaluatorLock lock(evaluator);
  evaluator.evaluate(targets, garbage);
}

/// What fails stays pending and fails again where somebody waits for it.
static void run(const Submission &submission) noexcept {
  submission.thread.adopt();
  Evaluator &evaluator = Evaluator::get();
  std::vector<NodeRef> garbage;
  try {
    EvaluatorLock lock(evaluator);
    evaluator.evaluate(submission, garbage);
  } catch (...) {
  }
}

void numloom::submit(const NodeRef &node) {
  SubmissionThread &thread = SubmissionThread::get();
  thread.wait();
  if (node->getDevice().isCpu() || !FlushPolicy::mayWait(*node) ||
      !backend::ThreadState::isComplete() || !thread.isFree())
    return evaluate(node);
  Evaluator &evaluator = Evaluator::get();
  std::vector<NodeRef> garbage;
  std::optional<Submission> submission;
  {
    EvaluatorLock lock(evaluator);
    submission = evaluator.submit(node, garbage);
  }
  if (submission && !thread.start([=] { run(*submission); }))
    evaluate(node);
}

void numloom::finishSubmissions(bool isLast) {
  if (isLast)
    SubmissionThread::get().close();
  SubmissionThread::get().wait();
}

std::string numloom::explain(std::span<const NodeRef> targets) {
  SubmissionThread::get().wait();
  Evaluator &evaluator = Evaluator::get();
  std::vector<NodeRef> garbage;
  EvaluatorLock lock(evaluator);
  return evaluator.explain(targets, garbage);
}

void numloom::setCompilerDirectory(std::string directory) {
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  evaluator.compiler.setDirectory(std::move(directory));
}

void numloom::setCompiler(Compiler *compiler) {
  SubmissionThread::get().wait();
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  evaluator.compiler.replace(compiler);
  evaluator.cache.clear();
}

TraceStats numloom::getTraceStats() {
  SubmissionThread::get().wait();
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  TraceStats stats = evaluator.stats;
  stats.nodesRecorded = static_cast<int64_t>(FlushPolicy::getNumRecorded() -
                                             evaluator.recordedAtReset);
  return stats;
}

void numloom::resetTraceStats() {
  SubmissionThread::get().wait();
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  evaluator.stats = {};
  evaluator.recordedAtReset = FlushPolicy::getNumRecorded();
}

CompilerStats numloom::getCompilerStats() {
  SubmissionThread::get().wait();
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  Compiler *compiler = evaluator.compiler.getIfLoaded();
  return compiler ? compiler->getStats() : CompilerStats{};
}

void numloom::resetCompilerStats() {
  SubmissionThread::get().wait();
  Evaluator &evaluator = Evaluator::get();
  std::lock_guard lock(evaluator.mutex);
  if (Compiler *compiler = evaluator.compiler.getIfLoaded())
    compiler->resetStats();
}
