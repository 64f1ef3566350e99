// CUDA graphs of executions that repeat.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_PLANGRAPHS_H
#define NUMLOOM_LIB_RUNTIME_CUDA_PLANGRAPHS_H

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Plan.h"
#include "numloom/Runtime/Stats.h"

#include <array>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace numloom::cuda {

/// What enqueuing a kernel takes.
struct KernelLaunch {
  FunctionHandle function;
  unsigned blocks, threads, sharedBytes;
  void **arguments;
};

/// Work that is put together once and launched as a whole. Its parts run in the
/// order of their adding.
class GraphBuilder {
public:
  GraphBuilder(const ContextScope &scope, int ordinal);
  ~GraphBuilder();
  GraphBuilder(const GraphBuilder &) = delete;
  GraphBuilder &operator=(const GraphBuilder &) = delete;

  void addKernel(const KernelLaunch &launch);
  void addZeroes(void *destination, size_t bytes);
  GraphExecHandle instantiate();

private:
  const ContextScope &scope;
  const int ordinal;
  GraphHandle graph = nullptr;
  /// Null at first.
  GraphNodeHandle last = nullptr;
};

/// One execution of a plan as a graph.
struct PlanGraph {
  /// All that the execution's launches depend on: see GpuExecution.
  std::vector<uint64_t> key;
  int ordinal = 0;
  GraphExecHandle exec = nullptr;
  /// What each launch of the graph counts.
  RuntimeStats stats;
  uint64_t lastUse = 0;
};

/// The graphs of one plan. An execution gets one when its very arguments come
/// for the third time, as they do in a loop, where the pool hands out the same
/// memory round after round. Arguments that never repeat cost a look at a list.
class PlanGraphs : public PlanMemo::Content {
public:
  /// The plan's graphs; null for plans that have too few launches to gain, or
  /// steps that cannot be part of a graph.
  static PlanGraphs *get(const Plan &plan);
  explicit PlanGraphs(const Plan &plan);
  ~PlanGraphs() override;

  bool isValue(size_t input) const {
    return input < valueInputs.size() && valueInputs[input];
  }
  /// The execution's graph, or null. The lock is held.
  const PlanGraph *find(std::span<const uint64_t> key);
  /// Counts an execution without a graph; returns whether to make one.
  bool shouldBuild(std::span<const uint64_t> key);
  /// Takes the graph, in place of the one unused for longest when there are
  /// many.
  const PlanGraph &add(PlanGraph graph);

  std::mutex mutex;

private:
  /// Loops have one to three patterns of memory.
  static constexpr size_t kMaxGraphs = 4;
  static constexpr size_t kNumCandidates = 8;
  static constexpr int kRepeats = 3;
  struct Candidate {
    uint64_t hash = 0;
    int count = 0;
  };

  std::vector<bool> valueInputs;
  std::array<PlanGraph, kMaxGraphs> graphs;
  std::array<Candidate, kNumCandidates> candidates;
  size_t nextCandidate = 0;
  uint64_t uses = 0;
  /// A plan whose graphs are replaced before they paid off stops making them.
  uint64_t numBuilt = 0, numFound = 0;
};

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_PLANGRAPHS_H
