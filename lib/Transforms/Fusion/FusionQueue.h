// The order in which groups are tried for merging.
#ifndef NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONQUEUE_H
#define NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONQUEUE_H

#include "FusionGroups.h"

namespace numloom::array {

/// Merges groups, those first whose union saves most bytes: producers with
/// consumers, and siblings that read the same elements.
class FusionQueue {
public:
  FusionQueue(const FusionGraph &graph, FusionGroups &groups,
              const FusionCost &cost)
      : graph(graph), groups(groups), cost(cost) {}

  /// Merges until nothing may merge; `report` hears of each decision.
  void
  run(llvm::function_ref<void(unsigned first, unsigned second, FusionVerdict)>
          report);

private:
  /// Two nodes whose groups share `source`, which is the first of them or read
  /// by both.
  struct Candidate {
    double benefit;
    unsigned first, second, source;
  };

  void addCandidates();
  void addSiblings(unsigned source);
  double getBenefit(const Candidate &candidate) const;

  const FusionGraph &graph;
  FusionGroups &groups;
  const FusionCost &cost;
  std::vector<Candidate> heap;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONQUEUE_H
