// Moves updates into the kernels of their values, where a new buffer for all of
// the array costs less than one for the value and a copy into the old one.
#include "FuseUpdates.h"

#include "Fusion/FusionCost.h"
#include "UpdateHazards.h"

#include "numloom/Transforms/Destinations.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

namespace {

class UpdateFuser {
public:
  explicit UpdateFuser(func::FuncOp function) : cost(function) {
    findSiblings(function.getBody().front());
  }

  /// Whether it moved `update`.
  bool run(UpdateOp update);

private:
  void findSiblings(Block &block);
  double getElements(Type type) const {
    return cost.getElements(
        ParamsAttr::get(type.getContext(), getExtents(type)));
  }
  double countRuns(UpdateOp update) const;
  bool savesTime(UpdateOp update) const;
  void move(UpdateOp update);

  FusionCost cost;
  /// Updates of versions of one array whose values one kernel computes: it
  /// cannot write into a version that it copies.
  DenseSet<Operation *> siblings;
};

} // namespace

void UpdateFuser::findSiblings(Block &block) {
  DenseMap<Value, Value> firstVersions;
  DenseMap<std::pair<Operation *, Value>, Operation *> updateOf;
  for (Operation &op : block) {
    OpOperand *base = getUpdatedBase(&op);
    if (!base)
      continue;
    Value root = getRoot(base->get());
    Value first = firstVersions.lookup_or(root, root);
    firstVersions[op.getResult(0)] = first;
    auto update = dyn_cast<UpdateOp>(op);
    OpResult value =
        update ? getPlaceableResult(update.getValueMutable()) : OpResult();
    if (!value)
      continue;
    auto [it, isFirst] = updateOf.try_emplace({value.getOwner(), first}, &op);
    if (!isFirst)
      siblings.insert_range(ArrayRef{it->second, &op});
  }
}

/// How many pieces the elements outside of the value lie in, at most: on each
/// side of each row of it.
double UpdateFuser::countRuns(UpdateOp update) const {
  SmallVector<int64_t> value = getExtents(update.getValue().getType());
  SmallVector<int64_t> whole = getExtents(update.getType());
  while (!value.empty() && value.back() == whole.back()) {
    value.pop_back();
    whole.pop_back();
  }
  if (!value.empty())
    value.pop_back();
  return 2 * cost.getElements(ParamsAttr::get(update.getContext(), value));
}

/// A buffer of the value is written, past the caches if it is large, and read,
/// and another kernel writes the copy. A new version is written as a whole, and
/// read where it is copied. Where the base is copied before it is updated more
/// is saved. The kernel of a small value has too few threads for any of this.
bool UpdateFuser::savesTime(UpdateOp update) const {
  // What a processor reads while it finds the place of one more piece.
  constexpr double kRunBytes = 128;
  double itemSize = getBytes(getDType(update.getType()));
  double value = itemSize * getElements(update.getValue().getType());
  double whole = itemSize * getElements(update.getType());
  double buffer = 2 * cost.getReadTime(value) + cost.getWriteTime(value) +
                  cost.getLaunchTime();
  double version =
      cost.getReadTime(whole - value + kRunBytes * countRuns(update)) +
      cost.getWriteTime(whole);
  return whole < 2 * value && version < buffer;
}

static bool isLoop(OpResult result) {
  auto fusion = dyn_cast<FusionOp>(result.getOwner());
  return fusion && fusion.getKind() == FusionKind::Loop;
}

bool UpdateFuser::run(UpdateOp update) {
  OpResult value = getPlaceableResult(update.getValueMutable());
  if (!value || value != update.getValue() || !update.getSteps().isAll(1) ||
      !isLoop(value) || siblings.contains(update) || !savesTime(update))
    return false;
  Operation *base = update.getBase().getDefiningOp();
  if (base && !base->isBeforeInBlock(value.getOwner()))
    return false;
  move(update);
  return true;
}

/// The argument of `fusion` that is `value`.
static Value getArgument(FusionOp fusion, Value value) {
  OperandRange inputs = fusion.getInputs();
  auto known = llvm::find(inputs, value);
  if (known != inputs.end())
    return fusion.getBody().getArgument(known - inputs.begin());
  fusion.getInputsMutable().append(value);
  return fusion.getBody().addArgument(value.getType(), value.getLoc());
}

void UpdateFuser::move(UpdateOp update) {
  auto result = cast<OpResult>(update.getValue());
  auto old = cast<FusionOp>(result.getOwner());
  unsigned index = result.getResultNumber();
  SmallVector<Type> types(old->getResultTypes());
  types[index] = update.getType();
  OpBuilder builder(old);
  auto fusion = FusionOp::create(builder, old.getLoc(), types, old.getInputs(),
                                 old.getKind());
  fusion->setDiscardableAttrs(old->getDiscardableAttrDictionary());
  fusion.getBody().takeBody(old.getBody());
  Value base = getArgument(fusion, update.getBase());

  Operation *yield = fusion.getBody().front().getTerminator();
  builder.setInsertionPoint(yield);
  yield->setOperand(index,
                    UpdateOp::create(builder, update.getLoc(), update.getType(),
                                     base, yield->getOperand(index),
                                     update.getStarts(), update.getSteps()));
  update.replaceAllUsesWith(fusion->getResult(index));
  update.erase();
  old->replaceAllUsesWith(fusion);
  old.erase();
}

bool numloom::fuseUpdates(func::FuncOp function, ArrayRef<UpdateOp> updates) {
  if (updates.empty())
    return false;
  UpdateFuser fuser(function);
  // All of them: no short circuit.
  return llvm::count_if(updates,
                        [&](UpdateOp update) { return fuser.run(update); }) > 0;
}
