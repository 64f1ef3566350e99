// Enqueues a plan's steps on a stream.
#include "numloom/Runtime/Cuda/Runtime.h"

#include "../PlanEvaluation.h"
#include "Modules.h"
#include "PlanGraphs.h"

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/Gemm.h"
#include "numloom/Runtime/Cuda/Memory.h"

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
  void runSteps();
  void run(const GpuLaunchStep &step);
  void enqueue(const KernelLaunch &launch, const GpuKernelCode &kernel);
  unsigned getBlocks(const GpuLaunchStep &step, int64_t blocks) const;

  bool runAsGraph(PlanGraphs &graphs);
  size_t getKeySize() const;
  void fillKey(const PlanGraphs &graphs, uint64_t *key) const;
  const PlanGraph &build(PlanGraphs &graphs, std::span<const uint64_t> key);

  ContextScope scope;
  const Stream &stream;
  Allocation arena;
  /// The part of the arena, at its beginning, that the plan wants zeroed.
  size_t zeroedBytes = 0;
  /// Where the steps go, if not to the stream.
  GraphBuilder *builder = nullptr;
};
} // namespace

void GpuExecution::run() {
  allocateArena();
  PlanGraphs *graphs = PlanGraphs::get(plan);
  if (!graphs || !runAsGraph(*graphs))
    runSteps();
  finish();
}

/// One allocation, the zeroed slots in front.
void GpuExecution::allocateArena() {
  if (plan.slots.empty())
    return;
  size_t total = 0;
  packSlots(kMemoryGranule, total,
            [](const ArenaSlot &slot) { return slot.isZeroed; });
  zeroedBytes = total;
  packSlots(kMemoryGranule, total,
            [](const ArenaSlot &slot) { return !slot.isZeroed; });
  arena = allocateFrom(*getAllocator(), total, stream);
  stats.arenaBytes = int64_t(total);
  placeSlots(arena.pointer);
}

void GpuExecution::runSteps() {
  if (zeroedBytes && builder)
    builder->addZeroes(arena.pointer, zeroedBytes);
  else if (zeroedBytes)
    scope->cuMemsetD8Async(reinterpret_cast<DeviceAddress>(arena.pointer), 0,
                           zeroedBytes, stream.getHandle());
  for (const Step &step : plan.steps)
    if (const auto *launch = std::get_if<GpuLaunchStep>(&step))
      run(*launch);
    else
      runGemm(std::get<GemmStep>(step),
              [&](const GemmProblem &problem) { gemm(problem, stream); });
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
  if (builder)
    builder->addKernel(launch);
  else
    enqueue(launch, *step.kernel);
  countLaunch(step);
}

void GpuExecution::enqueue(const KernelLaunch &launch,
                           const GpuKernelCode &kernel) {
  Result result = scope->cuLaunchKernel.attempt(
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
    stats.bytesRead += graph->stats.bytesRead;
    stats.bytesWritten += graph->stats.bytesWritten;
  } else if (graphs.shouldBuild(key)) {
    graph = &build(graphs, key);
  } else {
    return false;
  }
  scope->cuGraphLaunch(graph->exec, stream.getHandle());
  return true;
}

size_t GpuExecution::getKeySize() const {
  constexpr size_t kValueWords = kValueBytes / sizeof(uint64_t);
  return 2 + execution.params.size() + execution.outputs.size() +
         kValueWords * execution.inputs.size();
}

void GpuExecution::fillKey(const PlanGraphs &graphs, uint64_t *key) const {
  auto addPointer = [&](const void *pointer) {
    *key++ = reinterpret_cast<uintptr_t>(pointer);
  };
  *key++ = uint64_t(stream.getOrdinal());
  addPointer(arena.pointer);
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

const PlanGraph &GpuExecution::build(PlanGraphs &graphs,
                                     std::span<const uint64_t> key) {
  GraphBuilder graphBuilder(scope, stream.getOrdinal());
  builder = &graphBuilder;
  runSteps();
  builder = nullptr;
  PlanGraph graph;
  graph.key.assign(key.begin(), key.end());
  graph.ordinal = stream.getOrdinal();
  graph.stats = stats;
  graph.exec = graphBuilder.instantiate();
  return graphs.add(std::move(graph));
}

void cuda::execute(int ordinal, const Plan &plan, const Execution &execution) {
  GpuExecution(ordinal, plan, execution).run();
}
