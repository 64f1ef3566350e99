// Evaluation: linearise, look up or compile, allocate, execute, publish.
#include "Evaluator.h"
#include "Backend.h"
#include "ExecutionError.h"
#include "FlushPolicy.h"
#include "Foresight.h"
#include "Hash.h"
#include "Publisher.h"
#include "Timer.h"
#include "numloom/Trace/Error.h"
#include "numloom/Trace/Reports.h"

#include <algorithm>
#include <cassert>

using namespace numloom;

Evaluator &Evaluator::get() {
  // Never destroyed: threads may evaluate while the process exits.
  static Evaluator *evaluator = new Evaluator;
  return *evaluator;
}

std::shared_ptr<const Plan> Evaluator::compile() {
  Timer timer(stats.compileMilliseconds);
  std::string error;
  auto plan = backend::compile(compiler.get(), linear.buildProgram(),
                               linear.getDevice(), error);
  if (!plan)
    throw Error(ErrorKind::Runtime, "compilation failed: " + error);
  assert(plan->isValidFor(linear.getParams().data()) &&
         "a plan is valid for the parameters that it was compiled with");
  return plan;
}

std::shared_ptr<Compilation>
Evaluator::startWithNumbers(std::span<const size_t> constants) {
  return BackgroundCompiler::get().start(
      [&compiler = compiler.get(), program = linear.buildProgram(constants),
       device = linear.getDevice()](std::string &error) {
        return backend::compile(compiler, program, device, error);
      });
}

std::shared_ptr<const Plan> Evaluator::getPlanForNumbers() {
  KnownNumbers &known = cache.getNumbersOfLast();
  std::span<const size_t> places =
      known.getPlaces([&] { return linear.findConstants(); });
  if (places.empty())
    return nullptr;
  return known.use(linear.getNumbers(places), linear.getParams().data(),
                   [&] { return startWithNumbers(places); });
}

std::shared_ptr<const Plan> Evaluator::getPlan() {
  std::span<const int64_t> key = linear.getKey();
  uint64_t hash = hashWords(key);
  if (auto plan = cache.find(hash, key, linear.getParams().data())) {
    ++stats.cacheHits;
    auto known = linear.isWorthConstants() ? getPlanForNumbers() : nullptr;
    return known ? known : plan;
  }
  ++stats.cacheMisses;
  auto plan = compile();
  cache.insert(hash, key, plan);
  return plan;
}

StorageRef Evaluator::getOutputStorage(const Plan &plan, size_t output) {
  int32_t donor = plan.donations.empty() ? -1 : plan.donations[output];
  if (donor >= 0)
    return linear.getDonor(static_cast<size_t>(donor)).getStorage();
  const Node &node = *linear.getOutputs()[output];
  if (node.getOp() == OpCode::Report)
    return allocateReport(linear.getDevice());
  return StorageRef::allocate(static_cast<size_t>(node.getNumBytes()),
                              linear.getDevice());
}

void Evaluator::run(const Plan &plan) {
  Timer timer(stats.executeMilliseconds);
  storages.clear();
  outputPointers.clear();
  numSteps = 0;
  for (size_t i = 0; i < linear.getOutputs().size(); ++i) {
    storages.push_back(getOutputStorage(plan, i));
    storages.back()->setCut(cut);
    outputPointers.push_back(storages.back()->getData());
  }
  backend::execute(linear.getDevice(), plan,
                   {linear.getInputPointers(), outputPointers,
                    linear.getParams(), &numSteps});
}

/// Takes what was launched ahead, if that is what would run.
bool Evaluator::adopt(const Plan &plan) {
  if (!Foresight::get().adopt(linear, plan, storages))
    return false;
  for (StorageRef &storage : storages)
    storage->setCut(cut);
  numSteps = plan.steps.size();
  ++stats.launchesAdopted;
  return true;
}

void Evaluator::launchAhead() {
  if (Foresight::get().launch())
    ++stats.launchesAhead;
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
  std::shared_ptr<const Plan> plan;
  try {
    plan = getPlan();
    if (!adopt(*plan)) {
      run(*plan);
      Foresight::get().learn(linear, plan);
    }
    publish(garbage);
  } catch (...) {
    if (plan)
      keepCompleted(*plan, garbage);
    storages.clear();
    rethrowFor(*linear.getNodes().back());
  }
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
  if (isKnown || linear.isOverwriting()) {
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
  return text + explainNumbers();
}

std::string Evaluator::explainNumbers() const {
  std::span<const int64_t> key = linear.getKey();
  const KnownNumbers *numbers = cache.findNumbers(hashWords(key), key);
  std::string failure = numbers ? numbers->getFailure() : std::string();
  return failure.empty() ? failure
                         : "its numbers remain arguments, because compiling it "
                           "with them as constants failed: " +
                               failure + "\n";
}
