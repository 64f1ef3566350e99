// The interface of evaluation: its lock, and the threads it leaves work to.
#include "numloom/Trace/Flush.h"
#include "Evaluator.h"
#include "EvaluatorLock.h"
#include "FlushPolicy.h"
#include "Foresight.h"
#include "Submission.h"
#include "numloom/Trace/Error.h"

#include <algorithm>
#include <mutex>
#include <optional>

using namespace numloom;

thread_local bool EvaluatorLock::isHeld = false;

namespace {
/// The evaluator, for looking at it: also for what evaluation calls back.
class EvaluatorAccess {
public:
  explicit EvaluatorAccess(Evaluator &evaluator) {
    if (!EvaluatorLock::isHeldHere())
      lock.emplace(evaluator);
  }

private:
  std::optional<EvaluatorLock> lock;
};
} // namespace

/// What evaluation calls back does not wait: the submission may wait for this
/// evaluation's lock.
static void waitForSubmissions() {
  if (!EvaluatorLock::isHeldHere())
    SubmissionThread::get().wait();
}

/// So that what is told or counted does not depend on when it is asked.
static void waitForBackgroundWork() {
  waitForSubmissions();
  BackgroundCompiler::get().wait();
}

void numloom::evaluate(std::span<const NodeRef> targets) {
  if (std::ranges::none_of(targets,
                           [](const NodeRef &t) { return t->isPending(); }))
    return;
  waitForSubmissions();
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

/// Where the evaluator is busy, the program runs when it is flushed.
static void launchAhead() {
  Evaluator &evaluator = Evaluator::get();
  if (EvaluatorLock lock(evaluator, std::try_to_lock); lock)
    evaluator.launchAhead();
}

void numloom::submit(const NodeRef &node) {
  if (isLaunchDue(*node))
    return launchAhead();
  waitForSubmissions();
  SubmissionThread &thread = SubmissionThread::get();
  // What evaluation calls back gets evaluate's error: on the submission's
  // thread, somebody waits for it with the thread's lock.
  if (EvaluatorLock::isHeldHere() || node->getDevice().isCpu() ||
      !FlushPolicy::mayWait(*node) || !backend::ThreadState::isComplete() ||
      !thread.isFree())
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

void numloom::finishSubmissions() { waitForSubmissions(); }

void numloom::endBackgroundWork() {
  SubmissionThread::get().close();
  waitForSubmissions();
  BackgroundCompiler::get().stop(/*isLast=*/true);
}

namespace {
/// What the thread that forks holds meanwhile.
struct ForkState {
  bool isPrepared = false;
  /// Empty where evaluation called back what forks, which holds it then.
  std::optional<EvaluatorLock> lock;
};
} // namespace

static thread_local ForkState forkState;

/// Waits until nothing is submitted, and takes the locks.
static void pauseEvaluation() {
  SubmissionThread &thread = SubmissionThread::get();
  thread.block();
  thread.wait();
  forkState.lock.emplace(Evaluator::get());
  thread.hold();
}

static void resumeEvaluation() {
  SubmissionThread &thread = SubmissionThread::get();
  thread.release();
  forkState.lock.reset();
  thread.unblock();
}

void numloom::prepareFork() {
  if (!EvaluatorLock::isHeldHere())
    pauseEvaluation();
  BackgroundCompiler::get().hold();
  forkState.isPrepared = true;
}

void numloom::finishFork() {
  if (!forkState.isPrepared)
    return;
  forkState.isPrepared = false;
  BackgroundCompiler::get().release();
  if (forkState.lock)
    resumeEvaluation();
}

void numloom::readGraph(const std::function<void()> &look) {
  waitForSubmissions();
  EvaluatorAccess access(Evaluator::get());
  look();
}

std::string numloom::explain(std::span<const NodeRef> targets) {
  waitForBackgroundWork();
  Evaluator &evaluator = Evaluator::get();
  std::vector<NodeRef> garbage;
  EvaluatorLock lock(evaluator);
  return evaluator.explain(targets, garbage);
}

void numloom::setCompilerDirectory(std::string directory) {
  Evaluator &evaluator = Evaluator::get();
  EvaluatorAccess access(evaluator);
  evaluator.compiler.setDirectory(std::move(directory));
}

void numloom::setCompiler(Compiler *compiler) {
  waitForSubmissions();
  Evaluator &evaluator = Evaluator::get();
  EvaluatorAccess access(evaluator);
  BackgroundCompiler::get().stop();
  evaluator.compiler.replace(compiler);
  evaluator.cache.clear();
  Foresight::get().clear();
}

TraceStats numloom::getTraceStats() {
  waitForBackgroundWork();
  Evaluator &evaluator = Evaluator::get();
  EvaluatorAccess access(evaluator);
  TraceStats stats = evaluator.stats;
  stats.nodesRecorded = static_cast<int64_t>(FlushPolicy::getNumRecorded() -
                                             evaluator.recordedAtReset);
  stats.backgroundFailures = BackgroundCompiler::get().getNumFailures();
  return stats;
}

void numloom::resetTraceStats() {
  waitForBackgroundWork();
  Evaluator &evaluator = Evaluator::get();
  EvaluatorAccess access(evaluator);
  evaluator.stats = {};
  BackgroundCompiler::get().resetNumFailures();
  evaluator.recordedAtReset = FlushPolicy::getNumRecorded();
}

CompilerStats numloom::getCompilerStats() {
  waitForBackgroundWork();
  Evaluator &evaluator = Evaluator::get();
  EvaluatorAccess access(evaluator);
  Compiler *compiler = evaluator.compiler.getIfLoaded();
  return compiler ? compiler->getStats() : CompilerStats{};
}

void numloom::resetCompilerStats() {
  waitForBackgroundWork();
  Evaluator &evaluator = Evaluator::get();
  EvaluatorAccess access(evaluator);
  if (Compiler *compiler = evaluator.compiler.getIfLoaded())
    compiler->resetStats();
}
