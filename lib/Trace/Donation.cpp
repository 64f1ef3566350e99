// Which inputs a program may overwrite: those that nobody else will read, and
// that it updates or computes arrays of their size from.
#include "Backend.h"
#include "Linearizer.h"
#include "NodeFactory.h"

#include <algorithm>

using namespace numloom;

//===----------------------------------------------------------------------===//
// Before the traversal
//===----------------------------------------------------------------------===//

/// The array that an update changes, below reshapes.
static const Node *getUpdatedArray(const Node &update) {
  const Node *base = update.getOperands()[0];
  while (base->isPending() && base->getOp() == OpCode::Reshape)
    base = base->getOperands()[0];
  return base;
}

void Linearizer::findUpdatedStorage(std::span<const NodeRef> targets) {
  uint64_t searched = ++currentVisit, traversal = searched + 1;
  std::vector<Node *> pending;
  auto push = [&](Node *node) {
    if (!node->isPending() || !node->hasUpdates || node->visit == searched)
      return;
    node->visit = searched;
    pending.push_back(node);
  };
  for (const NodeRef &target : targets)
    if (isAsked(*target))
      push(target.get());
  hasUpdates = !pending.empty();
  while (!pending.empty()) {
    Node *node = pending.back();
    pending.pop_back();
    if (isUpdate(node->op))
      if (const Node *array = getUpdatedArray(*node); array->isEvaluated())
        array->storage->updatedIn = traversal;
    for (Node *operand : node->operands.get())
      push(operand);
  }
}

//===----------------------------------------------------------------------===//
// After it
//===----------------------------------------------------------------------===//

/// For each node the input that it is a version of, or -1: what is stored under
/// way has memory of its own.
std::vector<int32_t> Linearizer::findUpdatedInputs() const {
  std::vector<int32_t> versionOf(nodes.size(), -1);
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!isUpdate(nodes[i]->op) && nodes[i]->op != OpCode::Reshape)
      continue;
    int32_t base = nodes[i]->operands[0]->valueNumber;
    if (base < 0)
      versionOf[i] = -1 - base;
    else if (needs[base] != Output)
      versionOf[i] = versionOf[base];
  }
  return versionOf;
}

/// Whether all of the input's memory belongs to it, and only nodes of this
/// program refer to it.
bool Linearizer::isExclusive(const Node &input) const {
  return input.isEvaluated() && input.isContiguous() && input.offset == 0 &&
         input.storage->isOwn() && input.storage->isUnique() &&
         input.storage->getBytes() ==
             static_cast<size_t>(input.getNumBytes()) &&
         input.countReferences() == input.uses;
}

/// Nodes that are not stored and that others refer to are pending afterwards:
/// what they read must stay as it is.
void Linearizer::keepWhatSurvives() {
  std::vector<bool> survives(nodes.size());
  for (size_t i = nodes.size(); i-- > 0;) {
    const Node &node = *nodes[i];
    if (needs[i] != NotStored ||
        (!survives[i] && node.countReferences() == node.uses))
      continue;
    for (const Node *operand : node.operands.get())
      if (operand->valueNumber < 0)
        donated[-1 - operand->valueNumber] = false;
      else
        survives[operand->valueNumber] = true;
  }
}

bool Linearizer::donateUpdated() {
  std::vector<int32_t> versionOf = findUpdatedInputs();
  bool isAny = false;
  for (size_t i = 0; i < nodes.size(); ++i)
    if (needs[i] == Output && isUpdate(nodes[i]->op) && versionOf[i] >= 0 &&
        isExclusive(*inputs[versionOf[i]]))
      donated[versionOf[i]] = isAny = true;
  return isAny;
}

/// Smaller arrays stay in a core's cache, and a program that overwrites is
/// another one to compile.
static constexpr int64_t kLeastBytes = int64_t(1) << 20;

/// Programs that overwrite are not launched ahead (Foresight), so on a GPU it
/// must be a part of the memory: one in 64, or in 32 of the pool's limit. What
/// another stream may read is not overwritten on this one.
static bool isWorthOnGpu(const Node &input) {
  return input.getNumBytes() >=
             backend::getHeldBound(input.getDevice(), 0) / 8 &&
         input.getStorage()->isOfCurrentStream();
}

/// Arrays that die with the program are overwritten by results as large, if
/// the compiler finds one: they stay in the caches, and half of the memory is
/// enough.
bool Linearizer::donateDying() {
  bool isAny = false;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Node &input = *inputs[i];
    if (input.isScalar() || input.getNumBytes() < kLeastBytes)
      continue;
    auto isAsLarge = [&](const Node *output) {
      return getInfo(output->op).kind == OpKind::Elementwise &&
             output->getNumBytes() == input.getNumBytes();
    };
    if (std::ranges::any_of(outputs, isAsLarge) && isExclusive(input) &&
        (device.isCpu() || isWorthOnGpu(input)))
      donated[i] = isAny = true;
  }
  return isAny;
}

void Linearizer::chooseDonations() {
  donated.assign(inputs.size(), false);
  isDonating = hasUpdates ? donateUpdated() : donateDying();
  if (!isDonating)
    return;
  keepWhatSurvives();
  key.insert(key.end(), donated.begin(), donated.end());
}
