// Enqueues a plan's steps on a stream.
#include "numloom/Runtime/Cuda/Runtime.h"

#include "../PlanEvaluation.h"
#include "Modules.h"
#include "PlanGraphs.h"
#include "Polling.h"
#include "WorkEstimate.h"

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/Gemm.h"
#include "numloom/Runtime/Cuda/Memory.h"

#include <algorithm>
#include <cstring>
#include <limits>

using namespace numloom;
using namespace numloom::cuda;

/// What a grid's first dimension can be.
static constexpr int64_t kMaxBlocks = std::numeric_limits<int32_t>::max();

namespace {
/// All that an execution's launches depend on: device, parameters, addresses
/// and numbers.
using ExecutionKey = Scratch<uint64_t, 64>;

/// One execution of one plan.
class GpuExecution : PlanEvaluation {
public:
  GpuExecution(int ordinal, const Plan &plan, const Execution &execution)
      : PlanEvaluation(plan, execution), scope(ordinal),
        stream(*Stream::getCurrent(ordinal)) {}
  /// The arena's next user on the stream runs behind what was enqueued.
  ~GpuExecution() {
    if (arena.pointer)
      arena.release(arena.owner, arena.pointer, size_t(stats.arenaBytes));
  }
  GpuExecution(const GpuExecution &) = delete;
  GpuExecution &operator=(const GpuExecution &) = delete;

  void run();

private:
  void allocateArena();
  void *findCounters();
  void runSteps();
  void run(const GpuLaunchStep &step);
  void run(const GemmStep &step);
  void enqueue(const KernelLaunch &launch, const GpuKernelCode &kernel);
  unsigned getBlocks(const GpuLaunchStep &step, int64_t blocks) const;

  bool runAsGraph(PlanGraphs &graphs);
  size_t getKeySize() const;
  void fillKey(const PlanGraphs &graphs, uint64_t *key) const;
  bool build(PlanGraphs &graphs, PlanGraph &graph);
  bool change(PlanGraphs &graphs, PlanGraph &graph);
  std::vector<uint64_t> getContent(const GemmProblem &problem,
                                   const GemmTerms &terms) const;

  ContextScope scope;
  const Stream &stream;
  Allocation arena;
  /// The part of the arena, at its beginning, that the plan wants zeroed.
  size_t zeroedBytes = 0;
  /// The stream's, where all counters of the plan lie; null: in the arena.
  void *counters = nullptr;
  /// Where the steps go, if not to the stream.
  StepSink *sink = nullptr;
  /// How long the steps take at most.
  double nanoseconds = 0;
};
} // namespace

void GpuExecution::run() {
  allocateArena();
  PlanGraphs *graphs = PlanGraphs::get(plan);
  if (!graphs || !runAsGraph(*graphs))
    runSteps();
  finish();
  noteEnqueued(stream.getOrdinal(), nanoseconds);
}

/// The stream's counters, if the plan has some and these are enough.
void *GpuExecution::findCounters() {
  int64_t bytes = 0;
  for (const ArenaSlot &slot : plan.slots)
    if (slot.content == ArenaSlot::Content::Counters)
      bytes = std::max(bytes, evaluate(slot.bytes));
  return bytes > 0 && bytes <= int64_t(Stream::kCounterBytes)
             ? stream.getCounters()
             : nullptr;
}

/// One allocation, the zeroed slots in front.
void GpuExecution::allocateArena() {
  if (plan.slots.empty())
    return;
  counters = findCounters();
  auto isOutside = [&](const ArenaSlot &slot) {
    return counters && slot.content == ArenaSlot::Content::Counters;
  };
  size_t total = 0;
  packSlots(kMemoryGranule, total, [&](const ArenaSlot &slot) {
    return slot.content != ArenaSlot::Content::Any && !isOutside(slot);
  });
  zeroedBytes = total;
  packSlots(kMemoryGranule, total, [](const ArenaSlot &slot) {
    return slot.content == ArenaSlot::Content::Any;
  });
  arena = allocateFrom(*getAllocator(), total, stream);
  stats.arenaBytes = int64_t(total);
  placeSlots(arena.pointer);
  for (size_t i = 0; i < plan.slots.size(); ++i)
    if (isOutside(plan.slots[i]))
      slots[i] = counters;
}

void GpuExecution::runSteps() {
  if (zeroedBytes && sink)
    sink->addZeroes(arena.pointer, zeroedBytes);
  else if (zeroedBytes)
    scope->cuMemsetD8Async(reinterpret_cast<DeviceAddress>(arena.pointer), 0,
                           zeroedBytes, stream.getHandle());
  for (const Step &step : plan.steps)
    if (const auto *launch = std::get_if<GpuLaunchStep>(&step)) {
      run(*launch);
      if (!sink)
        noteStep();
    } else {
      if (!sink)
        noteStep();
      run(std::get<GemmStep>(step));
    }
}

/// A kernel's sizes are passed by the address of 64 bits each; one that takes
/// 32 reads the lower half.
void GpuExecution::run(const GpuLaunchStep &step) {
  int64_t blocks = evaluate(step.blocks);
  if (blocks <= 0)
    return;
  size_t numBuffers = step.buffers.size(), numSizes = step.sizes.size();
  Scratch<void *, 32> buffers(numBuffers);
  Scratch<void *, 48> arguments(numBuffers + numSizes);
  for (size_t i = 0; i < numBuffers; ++i) {
    buffers[i] = getAddress(step.buffers[i]);
    arguments[i] = step.byValue[i] ? buffers[i] : &buffers[i];
  }
  Sizes sizes(numSizes);
  evaluate(step.sizes, sizes);
  for (size_t i = 0; i < numSizes; ++i)
    arguments[numBuffers + i] = &sizes[i];
  KernelLaunch launch{getFunction(scope, stream.getOrdinal(), *step.kernel),
                      getBlocks(step, blocks), unsigned(step.threads),
                      unsigned(evaluate(step.sharedBytes)), arguments.data()};
  if (sink)
    sink->addKernel(step, launch);
  else
    enqueue(launch, *step.kernel);
  countLaunch(step);
  nanoseconds += estimateLaunch(step.work.evaluate(execution.params.data()),
                                double(blocks) * step.threads);
}

void GpuExecution::run(const GemmStep &step) {
  const GemmEpilogue &epilogue = step.epilogue;
  auto getFactor = [&](const std::optional<BufferRef> &ref, bool isNegated) {
    return GemmFactor{ref ? getAddress(*ref) : nullptr, isNegated};
  };
  nanoseconds += kUnknownTime;
  GemmTerms terms{getFactor(epilogue.alpha, epilogue.negatesProduct),
                  getFactor(epilogue.beta, epilogue.negatesAddend)};
  Sizes first(step.batch.size()), second(step.batch.size());
  for (size_t i = 0; i < epilogue.addends.size(); ++i)
    terms.addends[i] =
        getMatrix(epilogue.addends[i], step.dtype, i == 0 ? first : second);
  runGemm(step, [&](const GemmProblem &problem) {
    auto enqueue = [&](const Stream &target) { gemm(problem, target, terms); };
    if (sink)
      sink->addGemm(step, getContent(problem, terms), enqueue);
    else
      enqueue(stream);
  });
}

/// Sizes and strides are functions of the parameters; the workspace is the
/// stream's.
std::vector<uint64_t> GpuExecution::getContent(const GemmProblem &problem,
                                               const GemmTerms &terms) const {
  std::vector<uint64_t> content(execution.params.begin(),
                                execution.params.end());
  for (const void *pointer :
       {static_cast<const void *>(stream.getHandle()), problem.a.data,
        problem.b.data, static_cast<const void *>(problem.c.data),
        terms.addends[0].data, terms.addends[1].data})
    content.push_back(reinterpret_cast<uintptr_t>(pointer));
  for (const GemmFactor &factor : {terms.alpha, terms.beta}) {
    uint64_t words[kValueBytes / sizeof(uint64_t)] = {};
    if (factor.value)
      std::memcpy(words, factor.value, kValueBytes);
    content.insert(content.end(), std::begin(words), std::end(words));
  }
  return content;
}

void GpuExecution::enqueue(const KernelLaunch &launch,
                           const GpuKernelCode &kernel) {
  Result result = scope->cuLaunchKernel.attemptFreeing(
      launch.function, launch.blocks, 1, 1, launch.threads, 1, 1,
      launch.sharedBytes, stream.getHandle(), launch.arguments, nullptr);
  if (result != Result::Success) [[unlikely]]
    throwError(result, scope->cuLaunchKernel.name,
               " (kernel " + kernel.entry + ")");
}

unsigned GpuExecution::getBlocks(const GpuLaunchStep &step,
                                 int64_t blocks) const {
  if (blocks > kMaxBlocks)
    throw CudaError(Result::InvalidValue, "kernel " + step.kernel->entry +
                                              " needs " +
                                              std::to_string(blocks) +
                                              " blocks, and a grid has at most "
                                              "2147483647");
  return unsigned(blocks);
}

/// Launches the execution's graph, or makes it; false when it has none.
bool GpuExecution::runAsGraph(PlanGraphs &graphs) {
  ExecutionKey storage(getKeySize());
  fillKey(graphs, storage.data());
  std::span<const uint64_t> key = storage;
  // Held during the launch: a graph's launches must not overlap.
  std::lock_guard lock(graphs.mutex);
  const PlanGraph *graph = graphs.find(key);
  if (graph) {
    stats.launches += graph->stats.launches;
    stats.gemms += graph->stats.gemms;
    stats.bytesRead += graph->stats.bytesRead;
    stats.bytesWritten += graph->stats.bytesWritten;
    nanoseconds = graph->nanoseconds;
    scope->cuGraphLaunch(graph->exec, stream.getHandle());
    noteAllSteps();
    return true;
  }
  PlanGraph *made = nullptr;
  if (graphs.shouldBuild(key)) {
    made = &graphs.takeOldest();
    if (!build(graphs, *made))
      return false;
    made->key.assign(key.begin(), key.end());
    made->stats = stats;
    made->nanoseconds = nanoseconds;
  } else {
    made = graphs.getChanging();
    if (!made || !(made->exec ? change(graphs, *made) : build(graphs, *made)))
      return false;
  }
  scope->cuGraphLaunch(made->exec, stream.getHandle());
  noteAllSteps();
  return true;
}

/// False when no graph can be made: the steps are then enqueued one by one, and
/// what was wrong is reported if it is wrong there, too.
bool GpuExecution::build(PlanGraphs &graphs, PlanGraph &graph) {
  RuntimeStats before = stats;
  try {
    GraphBuilder builder(scope, plan, stream, graph);
    sink = &builder;
    runSteps();
    builder.instantiate();
    sink = nullptr;
    return true;
  } catch (const std::exception &) {
    sink = nullptr;
    stats = before;
    graph.clear();
    graphs.giveUp();
    return false;
  }
}

bool GpuExecution::change(PlanGraphs &graphs, PlanGraph &graph) {
  RuntimeStats before = stats;
  try {
    GraphUpdater updater(scope, graph);
    sink = &updater;
    if (graph.ordinal == stream.getOrdinal())
      runSteps();
    sink = nullptr;
    if (updater.isComplete())
      return true;
    // Some nodes are changed and say so: the next execution starts from there.
    graphs.noteUnchanged();
  } catch (const std::exception &) {
    sink = nullptr;
    graph.clear();
    graphs.giveUp();
  }
  stats = before;
  return false;
}

size_t GpuExecution::getKeySize() const {
  constexpr size_t kValueWords = kValueBytes / sizeof(uint64_t);
  return 4 + execution.params.size() + execution.outputs.size() +
         kValueWords * execution.inputs.size();
}

void GpuExecution::fillKey(const PlanGraphs &graphs, uint64_t *key) const {
  auto addPointer = [&](const void *pointer) {
    *key++ = reinterpret_cast<uintptr_t>(pointer);
  };
  *key++ = uint64_t(stream.getOrdinal());
  addPointer(stream.getHandle());
  addPointer(arena.pointer);
  addPointer(counters);
  for (int64_t param : execution.params)
    *key++ = uint64_t(param);
  for (void *output : execution.outputs)
    addPointer(output);
  for (size_t i = 0; i < execution.inputs.size(); ++i)
    if (graphs.isValue(i)) {
      std::memcpy(key, execution.inputs[i], kValueBytes);
      key += kValueBytes / sizeof(uint64_t);
    } else {
      addPointer(execution.inputs[i]);
      addPointer(nullptr);
    }
}

void cuda::execute(int ordinal, const Plan &plan, const Execution &execution) {
  GpuExecution(ordinal, plan, execution).run();
}
