// Decides which executions become graphs, and keeps these.
#include "PlanGraphs.h"

#include "ContextTable.h"

#include "numloom/Support/Environment.h"

#include <algorithm>

using namespace numloom;
using namespace numloom::cuda;

/// A graph's launch costs as much as one to two kernels'.
static constexpr size_t kMinLaunches = 3;
/// A graph takes about as long to make as so many launches.
static constexpr uint64_t kMinUses = 16;

static bool areGraphsEnabled() {
  static const bool isEnabled =
      getEnvironmentNumber("NUMLOOM_GPU_GRAPHS").value_or(1) != 0;
  return isEnabled;
}

static bool isSuited(const Plan &plan) {
  return plan.steps.size() >= kMinLaunches && areGraphsEnabled() &&
         std::ranges::all_of(plan.steps, [](const Step &step) {
           return std::holds_alternative<GpuLaunchStep>(step);
         });
}

PlanGraphs *PlanGraphs::get(const Plan &plan) {
  if (plan.steps.size() < kMinLaunches)
    return nullptr;
  if (PlanMemo::Content *content = plan.memo.get())
    return static_cast<PlanGraphs *>(content);
  return isSuited(plan) ? static_cast<PlanGraphs *>(
                              plan.memo.set(std::make_unique<PlanGraphs>(plan)))
                        : nullptr;
}

PlanGraphs::PlanGraphs(const Plan &plan) {
  for (const Step &step : plan.steps) {
    const auto &launch = std::get<GpuLaunchStep>(step);
    for (size_t i = 0; i < launch.buffers.size(); ++i) {
      if (!launch.byValue[i])
        continue;
      size_t input = size_t(launch.buffers[i].index);
      valueInputs.resize(std::max(valueInputs.size(), input + 1));
      valueInputs[input] = true;
    }
  }
}

static void destroyGraph(const PlanGraph &graph) {
  if (graph.exec)
    runQuietly(graph.ordinal, [&](ContextScope &scope) {
      scope->cuGraphExecDestroy(graph.exec);
    });
}

PlanGraphs::~PlanGraphs() { std::ranges::for_each(graphs, destroyGraph); }

const PlanGraph *PlanGraphs::find(std::span<const uint64_t> key) {
  for (PlanGraph &graph : graphs)
    if (graph.exec && std::ranges::equal(graph.key, key)) {
      graph.lastUse = ++uses;
      ++numFound;
      return &graph;
    }
  return nullptr;
}

static uint64_t getHash(std::span<const uint64_t> key) {
  uint64_t hash = key.size();
  for (uint64_t word : key)
    hash = (hash ^ word) * 0x9e3779b97f4a7c15 ^ (hash >> 29);
  return hash;
}

bool PlanGraphs::shouldBuild(std::span<const uint64_t> key) {
  if (numBuilt >= kMaxGraphs && numFound < numBuilt * kMinUses)
    return false;
  uint64_t hash = getHash(key);
  for (Candidate &candidate : candidates)
    if (candidate.count && candidate.hash == hash) {
      bool isDue = ++candidate.count == kRepeats;
      if (isDue)
        candidate = {};
      return isDue;
    }
  candidates[nextCandidate++ % kNumCandidates] = {hash, 1};
  return false;
}

const PlanGraph &PlanGraphs::add(PlanGraph graph) {
  PlanGraph &oldest =
      *std::ranges::min_element(graphs, {}, &PlanGraph::lastUse);
  destroyGraph(oldest);
  oldest = std::move(graph);
  oldest.lastUse = ++uses;
  ++numBuilt;
  return oldest;
}
