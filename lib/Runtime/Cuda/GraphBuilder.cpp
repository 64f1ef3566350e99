// Puts kernels and fills into a CUDA graph.
#include "ContextTable.h"
#include "PlanGraphs.h"

using namespace numloom;
using namespace numloom::cuda;

GraphBuilder::GraphBuilder(const ContextScope &scope, int ordinal)
    : scope(scope), ordinal(ordinal) {
  scope->cuGraphCreate(&graph, 0);
}

GraphBuilder::~GraphBuilder() { scope->cuGraphDestroy.attempt(graph); }

void GraphBuilder::addKernel(const KernelLaunch &launch) {
  KernelNodeParams params{};
  params.function = launch.function;
  params.gridX = launch.blocks;
  params.blockX = launch.threads;
  params.gridY = params.gridZ = params.blockY = params.blockZ = 1;
  params.sharedBytes = launch.sharedBytes;
  params.arguments = launch.arguments;
  GraphNodeHandle node = nullptr;
  scope->cuGraphAddKernelNode(&node, graph, &last, last ? 1 : 0, &params);
  last = node;
}

void GraphBuilder::addZeroes(void *destination, size_t bytes) {
  MemsetNodeParams params{};
  params.destination = reinterpret_cast<DeviceAddress>(destination);
  params.elementBytes = 1;
  params.width = bytes;
  params.height = 1;
  GraphNodeHandle node = nullptr;
  scope->cuGraphAddMemsetNode(&node, graph, &last, last ? 1 : 0, &params,
                              getContext(ordinal));
  last = node;
}

GraphExecHandle GraphBuilder::instantiate() {
  GraphExecHandle exec = nullptr;
  scope->cuGraphInstantiateWithFlags(&exec, graph, 0);
  return exec;
}
