// Decides which executions become graphs, and keeps these.
#include "PlanGraphs.h"

#include "numloom/Support/Environment.h"

#include <algorithm>

using namespace numloom;
using namespace numloom::cuda;

/// A graph's launch costs as much as one to two kernels'.
static constexpr size_t kMinLaunches = 3;
/// A graph takes about as long to make as so many launches.
static constexpr uint64_t kMinUses = 16;
/// Changing all nodes of a graph and launching it takes 5 us and 2.3 us for
/// each, launches 4.4 us each (docs/Runtime/Cuda.md).
static constexpr size_t kMinChangedLaunches = 4;
/// Executions with new arguments before a graph is made to be changed.
static constexpr uint64_t kMinMissed = 8;
/// What changes in a way that graphs cannot follow is launched.
static constexpr uint64_t kMaxUnchanged = 4;

static bool areGraphsEnabled() {
  static const bool isEnabled =
      getEnvironmentNumber("NUMLOOM_GPU_GRAPHS").value_or(1) != 0;
  return isEnabled;
}

static bool isSuited(const Plan &plan) {
  return plan.steps.size() >= kMinLaunches && areGraphsEnabled() &&
         std::ranges::none_of(plan.steps, [](const Step &step) {
           return std::holds_alternative<LaunchStep>(step);
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

PlanGraphs::PlanGraphs(const Plan &plan) : numSteps(plan.steps.size()) {
  for (const Step &step : plan.steps) {
    if (const auto *gemm = std::get_if<GemmStep>(&step)) {
      for (const auto &factor : {gemm->epilogue.alpha, gemm->epilogue.beta})
        if (factor)
          addValueInput(*factor);
      continue;
    }
    const auto &launch = std::get<GpuLaunchStep>(step);
    for (size_t i = 0; i < launch.buffers.size(); ++i)
      if (launch.byValue[i])
        addValueInput(launch.buffers[i]);
  }
}

void PlanGraphs::addValueInput(BufferRef buffer) {
  auto input = size_t(buffer.index);
  valueInputs.resize(std::max(valueInputs.size(), input + 1));
  valueInputs[input] = true;
}

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
  ++numMissed;
  if (isGivenUp || (numBuilt >= kMaxGraphs && numFound < numBuilt * kMinUses))
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

PlanGraph &PlanGraphs::takeOldest() {
  PlanGraph &oldest =
      *std::ranges::min_element(graphs, {}, &PlanGraph::lastUse);
  oldest.lastUse = ++uses;
  ++numBuilt;
  return oldest;
}

PlanGraph *PlanGraphs::getChanging() {
  bool isWorthIt = !isGivenUp && numSteps >= kMinChangedLaunches &&
                   numMissed >= kMinMissed && numUnchanged < kMaxUnchanged;
  return isWorthIt ? &changing : nullptr;
}
