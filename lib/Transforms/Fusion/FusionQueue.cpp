// The priority queue of merges.

#include "FusionQueue.h"

using namespace mlir;

namespace numloom::array {

/// Rounds over all candidates: a merge may make room for one refused before.
static constexpr unsigned kMaxRounds = 3;

double FusionQueue::getBenefit(const Candidate &candidate) const {
  const FusionNode &source = graph[candidate.source];
  double time =
      cost.getReadTime(cost.getReadBytes(source, graph[candidate.second]));
  if (candidate.source != candidate.first)
    return time;
  // If nothing else reads it, it need not be written.
  unsigned a = groups.find(candidate.first);
  unsigned b = groups.find(candidate.second);
  bool isPrivate =
      !source.isPinned && llvm::all_of(source.readers, [&](unsigned reader) {
        unsigned group = groups.find(reader);
        return group == a || group == b;
      });
  return isPrivate ? time + cost.getWriteTime(cost.getBytes(source)) : time;
}

/// Whether two reads differ in constants alone: they touch the same lines.
static bool isShiftOf(const FusionRead &a, const FusionRead &b) {
  if (a.isIdentity != b.isIdentity || a.index.size() != b.index.size())
    return false;
  return llvm::all_of(llvm::zip(a.index, b.index), [](auto pair) {
    return std::get<0>(pair).terms == std::get<1>(pair).terms;
  });
}

void FusionQueue::addSiblings(unsigned source) {
  // Each reader is paired with the one before it over the same space; what
  // compresses merges with its like alone.
  struct Last {
    unsigned reader;
    const FusionRead *read;
  };
  llvm::SmallDenseMap<std::pair<ParamsAttr, unsigned>, Last> lastOf;
  for (unsigned reader : graph[source].readers) {
    const FusionNode &node = graph[reader];
    if (!mayMerge(node.kind))
      continue;
    const FusionRead *read = llvm::find_if(
        node.reads, [&](const FusionRead &r) { return r.source == source; });
    unsigned compresses = node.kind == FusionKind::Compress;
    auto [it, isNew] =
        lastOf.try_emplace({node.space, compresses}, Last{reader, read});
    if (isNew)
      continue;
    if (isShiftOf(*it->second.read, *read))
      heap.push_back({0, it->second.reader, reader, source});
    it->second = {reader, read};
  }
}

void FusionQueue::addCandidates() {
  for (unsigned node = 0; node < graph.size(); ++node) {
    if (!graph[node].isScalar())
      addSiblings(node);
    if (!graph[node].kind)
      continue;
    for (unsigned reader : graph[node].readers)
      heap.push_back({0, node, reader, node});
  }
  for (Candidate &candidate : heap)
    candidate.benefit = getBenefit(candidate);
}

void FusionQueue::run(
    function_ref<void(unsigned, unsigned, FusionVerdict)> report) {
  // Of equal benefits the earliest in the program goes first.
  auto isWorse = [](const Candidate &a, const Candidate &b) {
    return std::tie(a.benefit, b.first, b.second) <
           std::tie(b.benefit, a.first, a.second);
  };
  bool changed = true;
  for (unsigned round = 0; round < kMaxRounds && changed; ++round) {
    changed = false;
    heap.clear();
    addCandidates();
    std::make_heap(heap.begin(), heap.end(), isWorse);
    while (!heap.empty()) {
      std::pop_heap(heap.begin(), heap.end(), isWorse);
      Candidate candidate = heap.back();
      heap.pop_back();
      unsigned a = groups.find(candidate.first);
      unsigned b = groups.find(candidate.second);
      if (a == b)
        continue;
      // Merges since have changed what this one saves.
      double benefit = getBenefit(candidate);
      if (benefit < candidate.benefit) {
        candidate.benefit = benefit;
        heap.push_back(candidate);
        std::push_heap(heap.begin(), heap.end(), isWorse);
        continue;
      }
      FusionVerdict verdict = groups.tryMerge(a, b);
      changed |= verdict == FusionVerdict::Accept;
      report(candidate.first, candidate.second, verdict);
    }
  }
}

} // namespace numloom::array
