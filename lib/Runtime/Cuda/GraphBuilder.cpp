// Puts kernels, fills and products into CUDA graphs, and changes them there.
#include "GraphBuilder.h"

#include "ContextTable.h"

#include "numloom/Runtime/Cuda/Runtime.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

using namespace numloom;
using namespace numloom::cuda;

/// Stand for what no buffer of a plan is.
static constexpr BufferRef kCounters{BufferKind::Arena, -1};
static constexpr BufferRef kWorkspace{BufferKind::Arena, -2};
static constexpr BufferRef kOrder{BufferKind::Arena, -3};

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

static KernelNodeParams getParams(const KernelLaunch &launch) {
  KernelNodeParams params{};
  params.function = launch.function;
  params.gridX = launch.blocks;
  params.blockX = launch.threads;
  params.gridY = params.gridZ = params.blockY = params.blockZ = 1;
  params.sharedBytes = launch.sharedBytes;
  params.arguments = launch.arguments;
  return params;
}

static MemsetNodeParams getParams(void *destination, size_t bytes) {
  MemsetNodeParams params{};
  params.destination = reinterpret_cast<DeviceAddress>(destination);
  params.elementBytes = 1;
  params.width = bytes;
  params.height = 1;
  return params;
}

static std::vector<uint64_t> getContent(const GpuLaunchStep &step,
                                        const KernelLaunch &launch) {
  constexpr size_t kValueWords = kValueBytes / sizeof(uint64_t);
  std::vector<uint64_t> content = {reinterpret_cast<uintptr_t>(launch.function),
                                   launch.blocks, launch.threads,
                                   launch.sharedBytes};
  auto append = [&](const void *from, size_t words) {
    size_t size = content.size();
    content.resize(size + words);
    std::memcpy(&content[size], from, words * sizeof(uint64_t));
  };
  for (size_t i = 0; i < step.buffers.size(); ++i)
    append(launch.arguments[i], step.byValue[i] ? kValueWords : 1);
  for (size_t i = 0; i < step.sizes.size(); ++i)
    append(launch.arguments[step.buffers.size() + i], 1);
  return content;
}

static std::vector<uint64_t> getContent(void *destination, size_t bytes) {
  return {reinterpret_cast<uintptr_t>(destination), bytes};
}

void PlanGraph::clear() {
  if (graph || exec)
    runQuietly(ordinal, [&](ContextScope &scope) {
      if (exec)
        scope->cuGraphExecDestroy.attempt(exec);
      if (graph)
        scope->cuGraphDestroy.attempt(graph);
    });
  graph = nullptr;
  exec = nullptr;
  nodes.clear();
  key.clear();
}

//===----------------------------------------------------------------------===//
// GraphBuilder
//===----------------------------------------------------------------------===//

GraphBuilder::GraphBuilder(const ContextScope &scope, const Plan &plan,
                           const Stream &stream, PlanGraph &result)
    : scope(scope), plan(plan), stream(stream), result(result) {
  result.clear();
  result.ordinal = stream.getOrdinal();
  scope->cuGraphCreate(&result.graph, 0);
}

GraphBuilder::Resource &GraphBuilder::getResource(BufferRef buffer) {
  // Counters of a stream are one block for all kernels.
  if (buffer.kind == BufferKind::Arena && buffer.index >= 0 &&
      plan.slots[size_t(buffer.index)].content == ArenaSlot::Content::Counters)
    buffer = kCounters;
  auto found = std::ranges::find(resources, buffer, &Resource::buffer);
  return found != resources.end() ? *found
                                  : resources.emplace_back(Resource{buffer});
}

void GraphBuilder::dependOn(int node) {
  if (node >= 0 && std::ranges::find(dependencies, node) == dependencies.end())
    dependencies.push_back(node);
}

void GraphBuilder::access(BufferRef buffer, bool isWritten) {
  Resource &resource = getResource(buffer);
  auto node = int(result.nodes.size());
  dependOn(resource.lastWriter);
  if (!isWritten) {
    resource.readers.push_back(node);
    return;
  }
  for (int reader : resource.readers)
    if (reader != node)
      dependOn(reader);
  resource.readers.clear();
  resource.lastWriter = node;
}

std::span<const GraphNodeHandle> GraphBuilder::takeDependencies() {
  // Outputs may lie in inputs: what is which is not asked here.
  if (!plan.donations.empty())
    access(kOrder, true);
  auto node = int(result.nodes.size());
  handles.clear();
  for (int dependency : dependencies)
    if (dependency != node)
      handles.push_back(result.nodes[size_t(dependency)].handle);
  if (handles.empty() && zeroes)
    handles.push_back(zeroes);
  dependencies.clear();
  return handles;
}

void GraphBuilder::addNode(GraphNodeHandle handle,
                           std::vector<uint64_t> content) {
  result.nodes.push_back({handle, std::move(content)});
}

void GraphBuilder::addZeroes(void *destination, size_t bytes) {
  MemsetNodeParams params = getParams(destination, bytes);
  scope->cuGraphAddMemsetNode(&zeroes, result.graph, nullptr, 0, &params,
                              getContext(result.ordinal));
  addNode(zeroes, getContent(destination, bytes));
}

void GraphBuilder::addKernel(const GpuLaunchStep &step,
                             const KernelLaunch &launch) {
  for (size_t i = 0; i < step.buffers.size(); ++i)
    if (!step.byValue[i])
      access(step.buffers[i], step.isWritten.empty() || step.isWritten[i]);
  std::span<const GraphNodeHandle> before = takeDependencies();
  KernelNodeParams params = getParams(launch);
  GraphNodeHandle node = nullptr;
  scope->cuGraphAddKernelNode(&node, result.graph, before.data(), before.size(),
                              &params);
  addNode(node, getContent(step, launch));
}

namespace {

/// The device's stream on which products are captured; one capture at a time.
struct CaptureStream {
  std::mutex mutex;
  StreamPtr stream;

  static CaptureStream &get(int ordinal) {
    // Never destroyed: by then the driver may be gone.
    static auto *streams = new std::array<CaptureStream, kMaxCudaDevices>;
    return (*streams)[size_t(ordinal)];
  }
};

/// The work that is enqueued on a stream while this lives.
class Capture {
public:
  Capture(const ContextScope &scope, const Stream &stream)
      : scope(scope), stream(stream) {
    scope->cuStreamBeginCapture(stream.getHandle(), StreamCaptureMode::Relaxed);
  }
  ~Capture() {
    if (!isEnded)
      scope->cuStreamEndCapture.attempt(stream.getHandle(), &graph);
    if (graph)
      scope->cuGraphDestroy.attempt(graph);
  }
  GraphHandle end() {
    isEnded = true;
    scope->cuStreamEndCapture(stream.getHandle(), &graph);
    return graph;
  }

private:
  const ContextScope &scope;
  const Stream &stream;
  GraphHandle graph = nullptr;
  bool isEnded = false;
};

} // namespace

void GraphBuilder::addGemm(const GemmStep &step, std::vector<uint64_t> content,
                           const std::function<void(const Stream &)> &enqueue) {
  for (const GemmOperand *operand : {&step.a, &step.b})
    access(operand->buffer, false);
  for (const GemmOperand &addend : step.epilogue.addends)
    access(addend.buffer, false);
  access(step.c.buffer, true);
  access(kWorkspace, true);
  CaptureStream &capturing = CaptureStream::get(result.ordinal);
  std::lock_guard lock(capturing.mutex);
  // Taken away meanwhile: after a failure it may be capturing still.
  StreamPtr target = std::move(capturing.stream);
  if (!target)
    target = Stream::create(result.ordinal, {.isNonBlocking = true});
  GemmCapture scopeOfGemm(stream, *target);
  Capture capture(scope, *target);
  enqueue(*target);
  GraphHandle child = capture.end();
  capturing.stream = target;
  std::span<const GraphNodeHandle> before = takeDependencies();
  GraphNodeHandle node = nullptr;
  scope->cuGraphAddChildGraphNode(&node, result.graph, before.data(),
                                  before.size(), child);
  addNode(node, std::move(content));
}

void GraphBuilder::instantiate() {
  scope->cuGraphInstantiateWithFlags(&result.exec, result.graph, 0);
}

//===----------------------------------------------------------------------===//
// GraphUpdater
//===----------------------------------------------------------------------===//

GraphNode *GraphUpdater::findChanged(std::vector<uint64_t> content) {
  isPossible &= next < graph.nodes.size() &&
                graph.nodes[next].content.size() == content.size();
  if (!isPossible)
    return nullptr;
  GraphNode &node = graph.nodes[next++];
  if (node.content == content)
    return nullptr;
  node.content = std::move(content);
  return &node;
}

void GraphUpdater::addZeroes(void *destination, size_t bytes) {
  GraphNode *node = findChanged(getContent(destination, bytes));
  if (!node)
    return;
  MemsetNodeParams params = getParams(destination, bytes);
  scope->cuGraphExecMemsetNodeSetParams(graph.exec, node->handle, &params,
                                        getContext(graph.ordinal));
}

void GraphUpdater::addKernel(const GpuLaunchStep &step,
                             const KernelLaunch &launch) {
  GraphNode *node = findChanged(getContent(step, launch));
  if (!node)
    return;
  KernelNodeParams params = getParams(launch);
  scope->cuGraphExecKernelNodeSetParams(graph.exec, node->handle, &params);
}

void GraphUpdater::addGemm(const GemmStep &, std::vector<uint64_t> content,
                           const std::function<void(const Stream &)> &) {
  isPossible &=
      next < graph.nodes.size() && graph.nodes[next].content == content;
  ++next;
}

//===----------------------------------------------------------------------===//
// GemmCapture
//===----------------------------------------------------------------------===//

static thread_local const GemmCapture *currentCapture = nullptr;

GemmCapture::GemmCapture(const Stream &owner, const Stream &target)
    : owner(owner), target(target) {
  currentCapture = this;
}

GemmCapture::~GemmCapture() { currentCapture = nullptr; }

const GemmCapture *GemmCapture::get() { return currentCapture; }
