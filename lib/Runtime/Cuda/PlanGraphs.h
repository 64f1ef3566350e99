// CUDA graphs of executions that repeat.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_PLANGRAPHS_H
#define NUMLOOM_LIB_RUNTIME_CUDA_PLANGRAPHS_H

#include "GraphBuilder.h"

#include <array>
#include <mutex>

namespace numloom::cuda {

/// The graphs of one plan. An execution gets one when its very arguments come
/// for the third time, as they do in a loop, where the pool hands out the same
/// memory round after round. Where they are new again and again, one graph is
/// changed to each execution. Arguments of short plans that never repeat cost a
/// look at a list.
class PlanGraphs : public PlanMemo::Content {
public:
  /// The plan's graphs; null for plans that have too few launches to gain.
  static PlanGraphs *get(const Plan &plan);
  explicit PlanGraphs(const Plan &plan);

  bool isValue(size_t input) const {
    return input < valueInputs.size() && valueInputs[input];
  }
  /// The execution's graph, or null. The lock is held.
  const PlanGraph *find(std::span<const uint64_t> key);
  /// Counts an execution without a graph; returns whether to make one.
  bool shouldBuild(std::span<const uint64_t> key);
  /// Where to make it: in place of the one unused for longest.
  PlanGraph &takeOldest();
  /// The graph to be changed to an execution that has none, empty at first;
  /// null where that does not pay.
  PlanGraph *getChanging();
  /// That graph could not be changed.
  void noteUnchanged() { ++numUnchanged; }
  /// No graph can be made of this plan.
  void giveUp() { isGivenUp = true; }

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

  void addValueInput(BufferRef buffer);

  size_t numSteps;
  std::vector<bool> valueInputs;
  std::array<PlanGraph, kMaxGraphs> graphs;
  PlanGraph changing;
  std::array<Candidate, kNumCandidates> candidates;
  size_t nextCandidate = 0;
  uint64_t uses = 0;
  /// A plan whose graphs are replaced before they paid off stops making them.
  uint64_t numBuilt = 0, numFound = 0;
  /// Executions without a graph; those that the changing one did not fit.
  uint64_t numMissed = 0, numUnchanged = 0;
  bool isGivenUp = false;
};

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_PLANGRAPHS_H
