// The fake's modules and launches.
#include "FakeDriver.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

using namespace numloom;
using namespace numloom::cuda;

static constexpr Result kInvalidImage = Result(200);
static constexpr Result kNotFound = Result(500);

/// Images are texts; one that begins with "bad" is refused with a log.
static Result loadModule(ModuleHandle *module, const void *image,
                         unsigned numOptions, JitOption *options,
                         void **values) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  enterFake("cuModuleLoadDataEx");
  std::string text = static_cast<const char *>(image);
  if (text.starts_with("bad")) {
    for (unsigned i = 0; i < numOptions; ++i)
      if (options[i] == JitOption::ErrorLogBuffer)
        std::snprintf(static_cast<char *>(values[i]), 32, "line 7: nonsense");
    return kInvalidImage;
  }
  fake.images.push_back(std::make_unique<std::string>(text));
  *module = reinterpret_cast<ModuleHandle>(fake.images.back().get());
  return Result::Success;
}

static FakeKernel *toKernel(FunctionHandle function) {
  return reinterpret_cast<FakeKernel *>(function);
}

static Result getAttribute(int *value, FunctionAttribute attribute,
                           FunctionHandle function) {
  *value = attribute == FunctionAttribute::SharedBytes
               ? toKernel(function)->sharedBytes
               : toKernel(function)->maxDynamicSharedBytes;
  return Result::Success;
}

static Result setAttribute(FunctionHandle function, FunctionAttribute,
                           int value) {
  toKernel(function)->maxDynamicSharedBytes = value;
  return Result::Success;
}

using Work = std::function<bool()>;

/// The launch with its arguments copied; null when it asks for too much.
static Work makeLaunch(FunctionHandle function, unsigned blocks,
                       unsigned threads, unsigned sharedBytes,
                       void **arguments) {
  FakeKernel &kernel = *toKernel(function);
  if (int(sharedBytes) > kernel.maxDynamicSharedBytes)
    return nullptr;
  FakeLaunch info{blocks, threads, sharedBytes, {}};
  for (size_t i = 0; i < kernel.argumentBytes.size(); ++i) {
    const char *value = static_cast<const char *>(arguments[i]);
    info.arguments.emplace_back(value, value + kernel.argumentBytes[i]);
  }
  return [run = kernel.run, info] {
    run(info);
    return true;
  };
}

static Result launch(FunctionHandle function, unsigned blocks, unsigned,
                     unsigned, unsigned threads, unsigned, unsigned,
                     unsigned sharedBytes, StreamHandle stream,
                     void **arguments, void **) {
  Work work = makeLaunch(function, blocks, threads, sharedBytes, arguments);
  if (!work)
    return Result::InvalidValue;
  return enqueueFake("cuLaunchKernel", stream, std::move(work));
}

void FakeGraph::run() const {
  std::vector<bool> isDone(nodes.size());
  auto isReady = [&](size_t node) {
    return !isDone[node] &&
           std::ranges::all_of(nodes[node].dependencies,
                               [&](size_t before) { return isDone[before]; });
  };
  for (size_t count = 0; count < nodes.size(); ++count) {
    size_t next = nodes.size() - 1;
    while (!isReady(next))
      --next;
    nodes[next].work();
    isDone[next] = true;
  }
}

static FakeGraph &toGraph(GraphHandle graph) {
  return *reinterpret_cast<FakeGraph *>(graph);
}

/// A handle is the node's number, from 1.
static Result addNode(GraphNodeHandle *node, GraphHandle graph,
                      const GraphNodeHandle *dependencies, size_t count,
                      Work work) {
  auto &nodes = toGraph(graph).nodes;
  if (!work)
    return Result::InvalidValue;
  std::vector<size_t> before;
  for (size_t i = 0; i < count; ++i)
    before.push_back(reinterpret_cast<size_t>(dependencies[i]) - 1);
  for (size_t i = 0; i < count; ++i)
    if (before[i] >= nodes.size() || std::ranges::count(before, before[i]) != 1)
      return Result::InvalidValue;
  nodes.push_back({std::move(work), before});
  *node = reinterpret_cast<GraphNodeHandle>(nodes.size());
  return Result::Success;
}

static Result setNode(const char *name, GraphExecHandle exec,
                      GraphNodeHandle node, Work work) {
  enterFake(name);
  auto &nodes = reinterpret_cast<FakeGraph *>(exec)->nodes;
  size_t index = reinterpret_cast<size_t>(node) - 1;
  if (!work || index >= nodes.size())
    return Result::InvalidValue;
  nodes[index].work = std::move(work);
  return Result::Success;
}

static Work makeLaunch(const KernelNodeParams &params) {
  return makeLaunch(params.function, params.gridX, params.blockX,
                    params.sharedBytes, params.arguments);
}

static Work makeFill(const MemsetNodeParams &params) {
  return [params] {
    std::memset(reinterpret_cast<void *>(params.destination), int(params.value),
                params.width);
    return true;
  };
}

static void fillNodeFunctions(Driver &table) {
  table.cuGraphAddKernelNode.pointer =
      [](GraphNodeHandle *node, GraphHandle graph,
         const GraphNodeHandle *dependencies, size_t count,
         const KernelNodeParams *params) {
        return addNode(node, graph, dependencies, count, makeLaunch(*params));
      };
  table.cuGraphAddMemsetNode.pointer =
      [](GraphNodeHandle *node, GraphHandle graph,
         const GraphNodeHandle *dependencies, size_t count,
         const MemsetNodeParams *params, ContextHandle) {
        return addNode(node, graph, dependencies, count, makeFill(*params));
      };
  table.cuGraphAddChildGraphNode.pointer =
      [](GraphNodeHandle *node, GraphHandle graph,
         const GraphNodeHandle *dependencies, size_t count, GraphHandle child) {
        return addNode(node, graph, dependencies, count,
                       [child = toGraph(child)] {
                         child.run();
                         return true;
                       });
      };
  table.cuGraphExecKernelNodeSetParams.pointer =
      [](GraphExecHandle exec, GraphNodeHandle node,
         const KernelNodeParams *params) {
        return setNode("cuGraphExecKernelNodeSetParams", exec, node,
                       makeLaunch(*params));
      };
  table.cuGraphExecMemsetNodeSetParams.pointer =
      [](GraphExecHandle exec, GraphNodeHandle node,
         const MemsetNodeParams *params, ContextHandle) {
        return setNode("cuGraphExecMemsetNodeSetParams", exec, node,
                       makeFill(*params));
      };
}

static void fillGraphFunctions(Driver &table) {
  table.cuGraphCreate.pointer = [](GraphHandle *graph, unsigned) {
    *graph = reinterpret_cast<GraphHandle>(new FakeGraph);
    return Result::Success;
  };
  table.cuGraphDestroy.pointer = [](GraphHandle graph) {
    delete &toGraph(graph);
    return Result::Success;
  };
  table.cuGraphInstantiateWithFlags.pointer = [](GraphExecHandle *exec,
                                                 GraphHandle graph,
                                                 unsigned long long) {
    enterFake("cuGraphInstantiateWithFlags");
    *exec = reinterpret_cast<GraphExecHandle>(new FakeGraph(toGraph(graph)));
    return Result::Success;
  };
  table.cuGraphExecDestroy.pointer = [](GraphExecHandle exec) {
    enterFake("cuGraphExecDestroy");
    delete reinterpret_cast<FakeGraph *>(exec);
    return Result::Success;
  };
  table.cuGraphLaunch.pointer = [](GraphExecHandle exec, StreamHandle stream) {
    return enqueueFake("cuGraphLaunch", stream,
                       [graph = *reinterpret_cast<FakeGraph *>(exec)] {
                         graph.run();
                         return true;
                       });
  };
}

void cuda::fillModuleFunctions(Driver &table) {
  table.cuModuleLoadDataEx.pointer = loadModule;
  table.cuModuleGetFunction.pointer = [](FunctionHandle *function, ModuleHandle,
                                         const char *name) {
    FakeDriver &fake = FakeDriver::get();
    FakeKernel &kernel = fake.kernels[name];
    if (!kernel.run && !fake.findsAnyKernel)
      return kNotFound;
    if (!kernel.run)
      kernel.run = [](const FakeLaunch &) {};
    *function = reinterpret_cast<FunctionHandle>(&kernel);
    return Result::Success;
  };
  table.cuFuncGetAttribute.pointer = getAttribute;
  table.cuFuncSetAttribute.pointer = setAttribute;
  table.cuLaunchKernel.pointer = launch;
  fillNodeFunctions(table);
  fillGraphFunctions(table);
}
