// Merging groups while their topological order is kept.

#include "FusionGroups.h"

using namespace mlir;

namespace numloom::array {

/// Groups that one search for a cycle visits: keeps the pass near-linear.
static constexpr size_t kMaxVisits = 1024;

template <typename Fn>
void FusionGroups::forEachNeighbour(unsigned group, bool forward,
                                    Fn callback) const {
  for (unsigned node : groups[group].nodes) {
    if (forward)
      for (unsigned reader : graph[node].readers)
        callback(find(reader));
    for (const FusionRead &read : graph[node].reads) {
      std::optional<unsigned> overwriter = graph[read.source].overwriter;
      if (!forward)
        callback(find(read.source));
      if (forward && overwriter && *overwriter != node)
        callback(find(*overwriter));
      if (!forward && overwriter == node)
        for (unsigned reader : graph[read.source].readers)
          if (reader != node)
            callback(find(reader));
    }
  }
}

LogicalResult FusionGroups::findReordering(unsigned a, unsigned b,
                                           Reordering &reordering) const {
  if (groups[a].order > groups[b].order)
    std::swap(a, b);
  unsigned low = groups[a].order, high = groups[b].order;
  // Collects what is reached from `from` strictly between the two; reaching
  // `to` from anything but `from` closes a cycle.
  auto search = [&](unsigned from, unsigned to, bool forward,
                    SmallVectorImpl<unsigned> &found) {
    DenseSet<unsigned> seen;
    SmallVector<unsigned> stack{from};
    bool isCycle = false;
    while (!stack.empty() && !isCycle && found.size() <= kMaxVisits) {
      unsigned group = stack.pop_back_val();
      forEachNeighbour(group, forward, [&](unsigned next) {
        if (next == to)
          isCycle |= group != from;
        else if (groups[next].order > low && groups[next].order < high &&
                 seen.insert(next).second) {
          stack.push_back(next);
          found.push_back(next);
        }
      });
    }
    return failure(isCycle || found.size() > kMaxVisits);
  };
  if (failed(search(a, b, /*forward=*/true, reordering.after)))
    return failure();
  return search(b, a, /*forward=*/false, reordering.before);
}

FusionVerdict FusionGroups::tryMerge(unsigned a, unsigned b) {
  FusionGroup merged;
  Reordering reordering;
  FusionVerdict verdict = checkAll(a, b, merged, reordering);
  if (verdict != FusionVerdict::Accept)
    return verdict;

  // What reaches the later group goes before the merged one, what the earlier
  // one reaches goes after it; they share the positions that they had.
  auto byOrder = [&](unsigned x, unsigned y) {
    return groups[x].order < groups[y].order;
  };
  llvm::sort(reordering.before, byOrder);
  llvm::sort(reordering.after, byOrder);
  unsigned keeps = groups[a].nodes.size() >= groups[b].nodes.size() ? a : b;
  unsigned goes = keeps == a ? b : a;
  SmallVector<unsigned> sequence(reordering.before);
  sequence.push_back(keeps);
  sequence.append(reordering.after);
  SmallVector<unsigned> positions{groups[goes].order};
  for (unsigned group : sequence)
    positions.push_back(groups[group].order);
  llvm::sort(positions);
  merged.nodes = std::move(groups[keeps].nodes);
  merged.nodes.append(groups[goes].nodes);
  groups[keeps] = std::move(merged);
  groups[goes] = FusionGroup();
  parents[goes] = keeps;
  for (auto [group, position] : llvm::zip(sequence, positions))
    groups[group].order = position;
  return FusionVerdict::Accept;
}

SmallVector<unsigned> FusionGroups::getOrder() const {
  SmallVector<unsigned> order;
  for (unsigned node = 0; node < groups.size(); ++node)
    if (find(node) == node)
      order.push_back(node);
  llvm::sort(order, [&](unsigned x, unsigned y) {
    return groups[x].order < groups[y].order;
  });
  return order;
}

} // namespace numloom::array
