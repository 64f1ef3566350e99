// Which nodes of a program are stored.
#include "FlushPolicy.h"
#include "Linearizer.h"

#include <algorithm>

using namespace numloom;

/// True for nodes that the user sees, and for those that programs computed
/// before and that will be asked for again. What has no operands is computed
/// faster than it is read.
bool Linearizer::isNeeded(const Node &node, bool isAskedForAgain) {
  if (node.operands.size() == 0)
    return false;
  if (node.hasHandle())
    return true;
  constexpr uint8_t kMaxRecomputations = 2;
  return isAskedForAgain && node.timesComputed >= kMaxRecomputations &&
         FlushPolicy::isCheapToStore(node);
}

/// Whether pending nodes outside this program read `node`. Views are left to
/// what they show.
bool Linearizer::isAskedForAgain(const Node &node) {
  return node.countReferences() > node.uses &&
         getInfo(node.op).kind != OpKind::View;
}

/// What is asked for again is computed again, with all that leads to it: in a
/// loop that evaluates one of two arrays which depend on each other, the
/// other's whole history each time. So the last of the nodes at the end of a
/// long way are stored, up to what the program's largest array is worth twice.
void Linearizer::storeEndsOfHistories() {
  // Additions that a store and a load are worth (Transforms/Fusion).
  constexpr uint32_t kLong = 16;
  constexpr int64_t kLeastBytes = int64_t(1) << 20;
  if (nodes.size() < kLong)
    return;
  std::vector<uint32_t> lengths(nodes.size(), 1);
  for (size_t i = 0; i < nodes.size(); ++i)
    for (const Node *operand : nodes[i]->operands.get())
      if (operand->valueNumber >= 0)
        lengths[i] = std::max(lengths[i], lengths[operand->valueNumber] + 1);
  int64_t budget = kLeastBytes;
  for (const Node *input : inputs)
    budget = std::max(budget, 2 * input->getNumBytes());
  for (size_t i = nodes.size(); i-- > 0;) {
    if (needs[i] != NotStored || lengths[i] < kLong ||
        !isAskedForAgain(*nodes[i]) || nodes[i]->getNumBytes() > budget)
      continue;
    budget -= nodes[i]->getNumBytes();
    needs[i] = Output;
  }
}

/// A view is not stored but its operand is, unless the operand is larger (a
/// slice of something that nobody needs as a whole).
void Linearizer::markNeeded(Node &node) {
  Need &need = needs[node.valueNumber];
  need = Output;
  if (getInfo(node.op).kind != OpKind::View)
    return;
  Node &operand = *node.operands[0];
  if (!operand.isPending())
    return;
  Need &below = needs[operand.valueNumber];
  if (below == NotStored && operand.getNumBytes() > node.getNumBytes())
    return;
  // A reshape shares only what is certain to be contiguous.
  if (node.op == OpCode::Reshape && getInfo(operand.op).kind == OpKind::View)
    return;
  need = Alias;
  if (below == NotStored)
    below = Output;
}

void Linearizer::chooseOutputs(std::span<const NodeRef> targets) {
  outputs.clear();
  aliases.clear();
  needs.assign(nodes.size(), NotStored);
  for (const NodeRef &target : targets)
    if (isAsked(*target))
      needs[target->valueNumber] = Output;
  bool isAnyAskedForAgain = false;
  for (size_t i = 0; i < nodes.size(); ++i) {
    bool isReadLater = isAskedForAgain(*nodes[i]);
    if (isNeeded(*nodes[i], isReadLater))
      needs[i] = Output;
    isAnyAskedForAgain |= isReadLater && needs[i] == NotStored;
  }
  if (isAnyAskedForAgain)
    storeEndsOfHistories();
  // Users before operands: what an alias needs is known when it is met.
  for (size_t i = nodes.size(); i-- > 0;)
    if (needs[i] == Output)
      markNeeded(*nodes[i]);
  size_t count = key.size();
  key.push_back(0);
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (needs[i] == NotStored)
      continue;
    ++key[count];
    (needs[i] == Output ? outputs : aliases).push_back(nodes[i]);
    key.push_back(static_cast<int64_t>(i) << 2 | needs[i]);
  }
}
