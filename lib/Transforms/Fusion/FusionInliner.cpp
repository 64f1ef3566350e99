// Weighs recomputing a value against storing it.

#include "FusionInliner.h"

using namespace mlir;

namespace numloom::array {

/// Ops that one inlined value may bring along. Expressions grow by this factor
/// at most from one stencil of a chain to the next.
static constexpr unsigned kMaxExpressionOps = 64;

StringRef explainVerdict(InlineVerdict verdict) {
  switch (verdict) {
  case InlineVerdict::Accept:
    return "is recomputed by the kernels that read it";
  case InlineVerdict::NotElementwise:
    return "is read by something other than a kernel";
  case InlineVerdict::ReadsOverwritten:
    return "reads what is written in place by the time that it is read";
  case InlineVerdict::EndsReduction:
    return "is the end of a reduction";
  case InlineVerdict::TooManyOps:
    return "has too many operations to recompute";
  case InlineVerdict::RecomputeCap:
    return "costs more to recompute than the cap allows";
  case InlineVerdict::MemoryIsCheaper:
    return "costs less to store than to recompute";
  }
  llvm_unreachable("unknown verdict");
}

bool FusionInliner::run(
    function_ref<void(unsigned node, InlineVerdict)> report) {
  bool changed = false;
  for (unsigned node = 0; node < graph.size(); ++node) {
    if (graph[node].kind != FusionKind::Loop || graph[node].isPinned)
      continue;
    SmallVector<unsigned> readers;
    for (unsigned reader : graph[node].readers)
      if (groups.find(reader) != groups.find(node))
        readers.push_back(reader);
    if (readers.empty())
      continue;
    Expression expression;
    InlineVerdict verdict = decide(node, readers, expression);
    report(node, verdict);
    if (verdict != InlineVerdict::Accept)
      continue;
    changed = true;
    for (unsigned reader : readers)
      inlineInto(reader, node, expression);
  }
  return changed;
}

void FusionInliner::inlineInto(unsigned reader, unsigned node,
                               const Expression &expression) {
  SmallVector<FusionRead> replacements;
  double evaluations = 0;
  unsigned numOps = 0;
  for (const FusionRead &read : graph[reader].reads) {
    if (read.source != node)
      continue;
    evaluations += cost.getEvaluations(read, graph[reader]);
    numOps += expression.numOps;
    for (const FusionRead &leaf : expression.leaves)
      replacements.push_back(graph.compose(reader, read, leaf));
  }
  double elements = std::max(cost.getElements(graph[reader].space), 1.0);
  graph.replaceReads(reader, node, replacements,
                     evaluations / elements * expression.cost, numOps);
}

bool FusionInliner::isLeaf(unsigned node) const {
  return graph[node].kind != FusionKind::Loop || groups.isMaterialized(node);
}

LogicalResult FusionInliner::expand(unsigned root,
                                    Expression &expression) const {
  SmallVector<FusionRead> stack{{root, {}, true}};
  DenseSet<unsigned> seen;
  while (!stack.empty()) {
    FusionRead here = stack.pop_back_val();
    const FusionNode &node = graph[here.source];
    expression.cost += node.cost;
    expression.numOps += node.numOps;
    if (expression.numOps > kMaxExpressionOps)
      return failure();
    for (const FusionRead &read : node.reads) {
      FusionRead composed = graph.compose(root, here, read);
      if (isLeaf(read.source)) {
        if (llvm::is_contained(expression.leaves, composed))
          continue;
        // A load from the cache takes the time of an addition.
        expression.cost += !graph[read.source].isScalar();
        expression.leaves.push_back(std::move(composed));
      } else if (!composed.isIdentity || seen.insert(read.source).second) {
        stack.push_back(std::move(composed));
      }
    }
  }
  return success();
}

InlineVerdict FusionInliner::decide(unsigned node, ArrayRef<unsigned> readers,
                                    Expression &expression) const {
  const FusionNode &value = graph[node];
  for (unsigned reader : readers)
    if (!graph[reader].kind)
      return InlineVerdict::NotElementwise;
  if (failed(expand(node, expression)))
    return InlineVerdict::TooManyOps;
  for (unsigned reader : readers)
    if (overwrites(reader, expression))
      return InlineVerdict::ReadsOverwritten;
  for (const FusionRead &leaf : expression.leaves)
    if (graph[leaf.source].kind && !groups.isMaterialized(leaf.source))
      return InlineVerdict::EndsReduction;

  double elements = std::max(cost.getElements(value.space), 1.0);
  double evaluations = 0;
  // A kernel computes a point's own element once, whoever reads it there.
  DenseSet<unsigned> counted;
  for (unsigned reader : readers)
    for (const FusionRead &read : graph[reader].reads)
      if (read.source == node &&
          !(read.isIdentity && !counted.insert(groups.find(reader)).second))
        evaluations += cost.getEvaluations(read, graph[reader]);
  // Without readers of its own kernel, the value is computed there no more.
  bool staysInKernel = value.readers.size() > readers.size();
  double wasted = evaluations - (staysInKernel ? 0 : elements);
  if (wasted * expression.cost > cost.getRecomputeCap() * elements)
    return InlineVerdict::RecomputeCap;

  double recompute = cost.getComputeTime(wasted * expression.cost, value) +
                     getLeafTime(readers, expression);
  return recompute <= getStoreTime(node, readers, expression)
             ? InlineVerdict::Accept
             : InlineVerdict::MemoryIsCheaper;
}

bool FusionInliner::overwrites(unsigned reader,
                               const Expression &expression) const {
  auto order = [&](unsigned node) { return groups[groups.find(node)].order; };
  for (const FusionRead &leaf : expression.leaves)
    if (auto update = graph[leaf.source].overwriter;
        update && order(reader) > order(*update))
      return true;
  if (graph[reader].kind != FusionKind::Scatter)
    return false;
  // The base may be read through views that are nodes of their own.
  Value base = stripViews(cast<ScatterOp>(graph[reader].getOp()).getBase());
  return llvm::any_of(expression.leaves, [&](const FusionRead &leaf) {
    return stripViews(graph[leaf.source].value) == base;
  });
}

double FusionInliner::getLeafTime(ArrayRef<unsigned> readers,
                                  const Expression &expression) const {
  double time = 0;
  DenseSet<std::pair<unsigned, unsigned>> counted;
  for (unsigned reader : readers) {
    unsigned group = groups.find(reader);
    for (const FusionRead &leaf : expression.leaves) {
      const FusionNode &source = graph[leaf.source];
      bool isRead = llvm::any_of(source.readers, [&](unsigned other) {
        return groups.find(other) == group;
      });
      if (isRead || !counted.insert({group, leaf.source}).second)
        continue;
      time += cost.getReadTime(cost.getReadBytes(source, graph[reader]));
    }
  }
  return time;
}

double FusionInliner::getStoreTime(unsigned node, ArrayRef<unsigned> readers,
                                   const Expression &expression) const {
  double bytes = cost.getBytes(graph[node]);
  double time = cost.getWriteTime(bytes);
  DenseSet<unsigned> counted;
  for (unsigned reader : readers)
    if (counted.insert(groups.find(reader)).second)
      time += cost.getReadTime(cost.getReadBytes(graph[node], graph[reader]));
  if (!isOnlyResult(node))
    return time;
  // Its kernel vanishes with it.
  time += cost.getLaunchTime();
  for (const FusionRead &leaf : expression.leaves)
    time +=
        cost.getReadTime(cost.getReadBytes(graph[leaf.source], graph[node]));
  return time;
}

bool FusionInliner::isOnlyResult(unsigned node) const {
  return llvm::none_of(groups[groups.find(node)].nodes, [&](unsigned other) {
    return other != node && groups.isMaterialized(other);
  });
}

} // namespace numloom::array
