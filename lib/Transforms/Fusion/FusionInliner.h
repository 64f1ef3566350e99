// Recomputing a value in the kernels that read it instead of storing it.
#ifndef NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONINLINER_H
#define NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONINLINER_H

#include "FusionGroups.h"

namespace numloom::array {

/// What deciding about one value found.
enum class InlineVerdict : uint8_t {
  Accept,
  NotElementwise,
  ReadsOverwritten,
  EndsReduction,
  TooManyOps,
  RecomputeCap,
  MemoryIsCheaper,
};

/// The verdict as a sentence for people.
llvm::StringRef explainVerdict(InlineVerdict verdict);

/// Decides, value by value in program order, whether the kernels that read it
/// compute it for themselves. The other route by which a producer joins its
/// consumers: the only one where they read it at another index, as stencils do.
class FusionInliner {
public:
  FusionInliner(FusionGraph &graph, const FusionGroups &groups,
                const FusionCost &cost)
      : graph(graph), groups(groups), cost(cost) {}

  /// Rewrites the reads of whatever pays; `report` hears of each decision.
  /// Returns whether anything changed.
  bool run(llvm::function_ref<void(unsigned node, InlineVerdict)> report);

private:
  /// The expression of a value down to what is stored.
  struct Expression {
    double cost = 0;
    unsigned numOps = 0;
    llvm::SmallVector<FusionRead> leaves;
  };

  void inlineInto(unsigned reader, unsigned node, const Expression &expression);
  InlineVerdict decide(unsigned node, llvm::ArrayRef<unsigned> readers,
                       Expression &expression) const;
  mlir::LogicalResult expand(unsigned node, Expression &expression) const;
  bool isLeaf(unsigned node) const;
  /// Whether what `expression` reads is updated before `reader` runs, or by it.
  bool overwrites(unsigned reader, const Expression &expression) const;
  double getStoreTime(unsigned node, llvm::ArrayRef<unsigned> readers,
                      const Expression &expression) const;
  double getLeafTime(llvm::ArrayRef<unsigned> readers,
                     const Expression &expression) const;
  /// Whether nothing else in the group of `node` is stored.
  bool isOnlyResult(unsigned node) const;

  FusionGraph &graph;
  const FusionGroups &groups;
  const FusionCost &cost;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONINLINER_H
