// The rules by which two groups may become one kernel.

#include "FusionGroups.h"

#include "../Compression.h"

using namespace mlir;

namespace numloom::array {

/// Ops in a kernel: LLVM's time grows faster than linearly from here on, and
/// registers have long run out.
static constexpr size_t kMaxOps = 400;
/// Buffers of rank 1 and more in a kernel; scalars are loaded once.
static constexpr unsigned kMaxBuffers = 96;
/// Reductions in a kernel: each keeps accumulators in registers.
static constexpr unsigned kMaxReductions = 16;

StringRef explainVerdict(FusionVerdict verdict) {
  switch (verdict) {
  case FusionVerdict::Accept:
    return "may be fused";
  case FusionVerdict::NoKernel:
    return "one of them is a kernel of its own";
  case FusionVerdict::DifferentSpaces:
    return "their iteration spaces differ";
  case FusionVerdict::DifferentAxes:
    return "they reduce different axes";
  case FusionVerdict::DifferentIndex:
    return "one reads the other at another index";
  case FusionVerdict::UnfinishedReduction:
    return "a reduction must end before all of its space can read it";
  case FusionVerdict::RowTooLong:
    return "a row does not stay in the cache";
  case FusionVerdict::TooManyOps:
    return "the kernel would have too many operations";
  case FusionVerdict::TooManyBuffers:
    return "the kernel would have too many buffers";
  case FusionVerdict::TooManyReductions:
    return "the kernel would have too many reductions";
  case FusionVerdict::Cycle:
    return "another kernel lies between them";
  }
  llvm_unreachable("unknown verdict");
}

FusionGroups::FusionGroups(const FusionGraph &graph, const FusionCost &cost)
    : graph(graph), cost(cost), groups(graph.size()), parents(graph.size()) {
  for (unsigned node = 0; node < graph.size(); ++node) {
    parents[node] = node;
    FusionGroup &group = groups[node];
    const FusionNode &only = graph[node];
    group.nodes = {node};
    group.kind = only.kind;
    group.space = only.space;
    group.order = node;
    group.bufferBound = only.reads.size() + 1;
    if (!only.isReduction())
      continue;
    group.reduction = only.getOp();
    group.keptSpace = only.resultSpace;
    group.axes = only.axes;
    group.numReductions = 1;
  }
}

unsigned FusionGroups::find(unsigned node) const {
  while (parents[node] != node)
    node = parents[node] = parents[parents[node]];
  return node;
}

bool FusionGroups::isMaterialized(unsigned node) const {
  return graph[node].isPinned ||
         llvm::any_of(graph[node].readers, [&](unsigned reader) {
           return find(reader) != find(node);
         });
}

bool FusionGroups::isKernel(unsigned group) const {
  return groups[group].kind &&
         llvm::any_of(groups[group].nodes,
                      [&](unsigned node) { return isMaterialized(node); });
}

//===----------------------------------------------------------------------===//
// Legality
//===----------------------------------------------------------------------===//

static bool isFusible(const FusionGroup &group) {
  // Reductions over axes of extent 1 alone have no space of their own.
  return mayMerge(group.kind) && !(group.reduction && group.axes.empty());
}

/// What precedes and follows a scan is computed in its kernel. It has one scan:
/// another might read it, or run along another axis.
static FusionVerdict unifyWithScan(const FusionGroup &a, const FusionGroup &b,
                                   FusionGroup &merged) {
  bool isFirst = a.kind == FusionKind::Scan;
  if ((isFirst ? b : a).kind != FusionKind::Loop)
    return FusionVerdict::UnfinishedReduction;
  merged.kind = FusionKind::Scan;
  merged.space = (isFirst ? a : b).space;
  return a.space == b.space ? FusionVerdict::Accept
                            : FusionVerdict::DifferentSpaces;
}

/// A kernel compresses by one mask alone, of which all results are: elements,
/// and how many.
static FusionVerdict unifyCompressions(const FusionGroup &a,
                                       const FusionGroup &b,
                                       const FusionGraph &graph,
                                       FusionGroup &merged) {
  if (a.kind != b.kind)
    return FusionVerdict::NoKernel;
  auto getMask = [&](const FusionGroup &group) {
    return getCompressionMask(graph[group.nodes.front()].getOp());
  };
  merged.kind = a.kind;
  merged.space = a.space;
  return getMask(a) == getMask(b) ? FusionVerdict::Accept
                                  : FusionVerdict::NoKernel;
}

FusionVerdict FusionGroups::unify(const FusionGroup &a, const FusionGroup &b,
                                  FusionGroup &merged) const {
  if (!isFusible(a) || !isFusible(b))
    return FusionVerdict::NoKernel;
  if (a.kind == FusionKind::Compress || b.kind == FusionKind::Compress)
    return unifyCompressions(a, b, graph, merged);
  if (a.kind == FusionKind::Scan || b.kind == FusionKind::Scan)
    return unifyWithScan(a, b, merged);
  const FusionGroup &main = a.reduction ? a : b;
  const FusionGroup &other = a.reduction ? b : a;
  merged.kind = main.kind;
  merged.space = main.space;
  merged.reduction = main.reduction;
  merged.keptSpace = main.keptSpace;
  merged.axes = main.axes;
  merged.isStaged = a.isStaged || b.isStaged;
  merged.numReductions = a.numReductions + b.numReductions;
  if (!other.reduction)
    return other.space == main.space || other.space == main.keptSpace
               ? FusionVerdict::Accept
               : FusionVerdict::DifferentSpaces;
  // Schedules take the exact shape of the first reduction's operand.
  if (getExtents(main.reduction->getOperand(0).getType()) !=
      getExtents(other.reduction->getOperand(0).getType()))
    return FusionVerdict::DifferentSpaces;
  return cast<ReductionOpInterface>(main.reduction).getReducedAxes() ==
                 cast<ReductionOpInterface>(other.reduction).getReducedAxes()
             ? FusionVerdict::Accept
             : FusionVerdict::DifferentAxes;
}

/// Whether `read` takes, at every point of the group's space, the element of
/// the point's own row.
static bool readsOwnRow(const FusionRead &read, const FusionGroup &group) {
  unsigned dim = 0;
  for (const LinearExpr &expr : read.index) {
    while (llvm::is_contained(group.axes, dim))
      ++dim;
    if (!(expr == LinearExpr::dim(dim++)))
      return false;
  }
  return true;
}

FusionVerdict FusionGroups::checkRead(unsigned reader, const FusionRead &read,
                                      FusionGroup &merged) const {
  if (read.isIdentity)
    return FusionVerdict::Accept;
  bool isBroadcastBack = !read.isGathered && merged.reduction &&
                         graph[read.source].resultSpace == merged.keptSpace &&
                         graph[reader].space == merged.space &&
                         readsOwnRow(read, merged);
  if (!isBroadcastBack)
    return FusionVerdict::DifferentIndex;
  if (merged.kind != FusionKind::Row)
    return FusionVerdict::UnfinishedReduction;
  merged.isStaged = true;
  return FusionVerdict::Accept;
}

FusionVerdict FusionGroups::checkReads(unsigned a, unsigned b,
                                       FusionGroup &merged) const {
  unsigned small = groups[a].nodes.size() < groups[b].nodes.size() ? a : b;
  unsigned large = small == a ? b : a;
  auto check = [&](unsigned reader, unsigned sourceGroup) {
    for (const FusionRead &read : graph[reader].reads) {
      if (find(read.source) != sourceGroup)
        continue;
      FusionVerdict verdict = checkRead(reader, read, merged);
      if (verdict != FusionVerdict::Accept)
        return verdict;
    }
    return FusionVerdict::Accept;
  };
  for (unsigned node : groups[small].nodes) {
    FusionVerdict verdict = check(node, large);
    if (verdict != FusionVerdict::Accept)
      return verdict;
    for (unsigned reader : graph[node].readers) {
      if (find(reader) != large)
        continue;
      verdict = check(reader, small);
      if (verdict != FusionVerdict::Accept)
        return verdict;
    }
  }
  return FusionVerdict::Accept;
}

FusionVerdict FusionGroups::checkSizes(unsigned a, unsigned b,
                                       FusionGroup &merged) const {
  const FusionGroup &first = groups[a], &second = groups[b];
  size_t numOps = 0;
  for (unsigned node : llvm::concat<const unsigned>(first.nodes, second.nodes))
    numOps += graph[node].numOps;
  if (numOps > kMaxOps)
    return FusionVerdict::TooManyOps;
  if (merged.numReductions > kMaxReductions)
    return FusionVerdict::TooManyReductions;
  merged.bufferBound = first.bufferBound + second.bufferBound;
  if (merged.bufferBound <= kMaxBuffers && !merged.isStaged)
    return FusionVerdict::Accept;

  DenseSet<unsigned> inputs;
  unsigned outputs = 0;
  double pointBytes = 0;
  auto isInside = [&](unsigned node) {
    return find(node) == a || find(node) == b;
  };
  auto isOnFullSpace = [&](unsigned node, const FusionRead &read) {
    return graph[node].space == merged.space &&
           (read.isIdentity || read.isGathered ||
            llvm::any_of(merged.axes, [&](unsigned axis) {
              return llvm::any_of(read.index, [&](const LinearExpr &expr) {
                return expr.dependsOn(axis);
              });
            }));
  };
  for (unsigned node :
       llvm::concat<const unsigned>(first.nodes, second.nodes)) {
    const FusionNode &member = graph[node];
    outputs += member.isPinned || !llvm::all_of(member.readers, isInside);
    for (const FusionRead &read : member.reads) {
      const FusionNode &source = graph[read.source];
      if (isInside(read.source) || source.isScalar() ||
          !inputs.insert(read.source).second)
        continue;
      if (isOnFullSpace(node, read))
        pointBytes += source.getItemSize();
    }
  }
  merged.bufferBound = inputs.size() + outputs;
  if (merged.bufferBound > kMaxBuffers)
    return FusionVerdict::TooManyBuffers;
  double rowElements = cost.getElements(merged.space, merged.axes);
  return merged.isStaged && rowElements * pointBytes > cost.getMaxRowBytes()
             ? FusionVerdict::RowTooLong
             : FusionVerdict::Accept;
}

FusionVerdict FusionGroups::checkAll(unsigned a, unsigned b,
                                     FusionGroup &merged,
                                     Reordering &reordering) const {
  FusionVerdict verdict = unify(groups[a], groups[b], merged);
  if (verdict == FusionVerdict::Accept)
    verdict = checkReads(a, b, merged);
  if (verdict == FusionVerdict::Accept)
    verdict = checkSizes(a, b, merged);
  if (verdict == FusionVerdict::Accept &&
      failed(findReordering(a, b, reordering)))
    verdict = FusionVerdict::Cycle;
  return verdict;
}

FusionVerdict FusionGroups::check(unsigned a, unsigned b) const {
  FusionGroup merged;
  Reordering reordering;
  return checkAll(a, b, merged, reordering);
}

} // namespace numloom::array
