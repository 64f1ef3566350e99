// Groups of nodes that become one kernel each, and the rules by which two
// groups merge.
#ifndef NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONGROUPS_H
#define NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONGROUPS_H

#include "FusionCost.h"
#include "FusionGraph.h"

namespace numloom::array {

/// Whether two groups may become one, and if not, why.
enum class FusionVerdict : uint8_t {
  Accept,
  NoKernel,
  DifferentSpaces,
  DifferentAxes,
  DifferentIndex,
  UnfinishedReduction,
  RowTooLong,
  TooManyOps,
  TooManyBuffers,
  TooManyReductions,
  Cycle,
};

/// The verdict as a sentence for people.
llvm::StringRef explainVerdict(FusionVerdict verdict);

/// Nodes that one kernel computes.
struct FusionGroup {
  llvm::SmallVector<unsigned, 4> nodes;
  /// None: no kernel of ours.
  std::optional<FusionKind> kind;
  /// The extents, other than 1, that the kernel iterates over.
  ParamsAttr space;
  /// Of kernels with reductions: the first of them, the space of its result,
  /// and the dimensions of `space` that it reduces.
  mlir::Operation *reduction = nullptr;
  ParamsAttr keptSpace;
  llvm::SmallVector<unsigned, 2> axes;
  /// Some reduction's result is read over the whole space: rows are walked
  /// more than once.
  bool isStaged = false;
  unsigned numReductions = 0;
  /// Position in a topological order of all groups.
  unsigned order = 0;
  /// At least as many buffers as the kernel has.
  unsigned bufferBound = 0;
};

/// A partition of the graph's nodes, kept free of cycles.
class FusionGroups {
public:
  FusionGroups(const FusionGraph &graph, const FusionCost &cost);

  /// The number of the group that `node` belongs to.
  unsigned find(unsigned node) const;
  const FusionGroup &operator[](unsigned group) const { return groups[group]; }
  /// The numbers of all groups in topological order.
  llvm::SmallVector<unsigned> getOrder() const;

  /// Whether the groups `a` and `b` may become one kernel.
  FusionVerdict check(unsigned a, unsigned b) const;
  /// Makes them one if they may.
  FusionVerdict tryMerge(unsigned a, unsigned b);

  /// Whether `node` is stored: something outside its kernel reads it.
  bool isMaterialized(unsigned node) const;
  /// Whether `group` is a kernel of ours that stores anything.
  bool isKernel(unsigned group) const;

private:
  /// What the groups between two that merge must be moved to.
  struct Reordering {
    llvm::SmallVector<unsigned> before, after;
  };

  FusionVerdict unify(const FusionGroup &a, const FusionGroup &b,
                      FusionGroup &merged) const;
  FusionVerdict checkReads(unsigned a, unsigned b, FusionGroup &merged) const;
  FusionVerdict checkRead(unsigned reader, const FusionRead &read,
                          FusionGroup &merged) const;
  FusionVerdict checkSizes(unsigned a, unsigned b, FusionGroup &merged) const;
  /// Fails where a path from one group to the other leaves them.
  mlir::LogicalResult findReordering(unsigned a, unsigned b,
                                     Reordering &reordering) const;
  FusionVerdict checkAll(unsigned a, unsigned b, FusionGroup &merged,
                         Reordering &reordering) const;
  template <typename Fn>
  void forEachNeighbour(unsigned group, bool forward, Fn callback) const;

  const FusionGraph &graph;
  const FusionCost &cost;
  std::vector<FusionGroup> groups;
  mutable std::vector<unsigned> parents;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONGROUPS_H
