// Copies for values that must have a buffer and would have none.

#include "FusionGraph.h"

using namespace mlir;

namespace numloom::array {

/// Numbers are passed by value: there is no memory of theirs on a device.
static bool isNumber(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument)
    return false;
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  return bool(function.getArgAttr(argument.getArgNumber(), kScalarAttr));
}

/// Whether `value` is stored once it is computed: arguments but numbers are,
/// and what ops other than views and index values give.
static bool isStored(Value value) {
  if (isa<BlockArgument>(value))
    return !isFlatStorage(value.getType()) && !isNumber(value);
  return !isa<ViewOpInterface, IndexValueOpInterface>(value.getDefiningOp());
}

bool isStridedArray(Value value) {
  Operation *op = value.getDefiningOp();
  while (isa_and_nonnull<TransposeOp, BroadcastOp>(op)) {
    value = op->getOperand(0);
    op = value.getDefiningOp();
  }
  if (auto strided = value.getDefiningOp<AsStridedOp>())
    return isa<BlockArgument>(strided.getOperand());
  return isStored(stripReshapes(value));
}

/// Whether the op reads the operand as it is. Factors of products are numbers.
static bool isReadInPlace(const OpOperand &operand) {
  Value value = operand.get();
  if (!isa<MatmulOp, GemmOp>(operand.getOwner()))
    return isStored(stripReshapes(value));
  return isNumber(value) || isStridedArray(value);
}

static void copyOperand(OpOperand &operand) {
  Operation *owner = operand.getOwner();
  OpBuilder builder(owner);
  operand.set(CastOp::create(builder, owner->getLoc(), operand.get().getType(),
                             operand.get()));
}

/// What is scattered into is written in place: no entry is a view of it.
static void copyOperands(ScatterOp op) {
  Value base = stripViews(op.getBase());
  for (OpOperand &operand : op->getOpOperands().drop_front())
    if (stripViews(operand.get()) == base)
      copyOperand(operand);
  if (!isStored(stripReshapes(op.getBase())))
    copyOperand(op.getBaseMutable());
}

void insertCopies(func::FuncOp function) {
  Block &block = function.getBody().front();
  // What is read only needs one copy for all readers.
  DenseMap<Value, Value> copies;
  for (Operation &op : block.without_terminator()) {
    if (auto scatter = dyn_cast<ScatterOp>(op))
      copyOperands(scatter);
    if (isComputation(&op) || isa<IndexValueOpInterface>(op) ||
        isLinearView(&op))
      continue;
    for (OpOperand &operand : op.getOpOperands()) {
      if (isReadInPlace(operand))
        continue;
      if (Value copy = copies.lookup(operand.get())) {
        operand.set(copy);
        continue;
      }
      Value original = operand.get();
      copyOperand(operand);
      copies[original] = operand.get();
    }
  }
  // A result is a buffer of the caller's: no argument, and no other result.
  DenseSet<Value> taken(block.args_begin(), block.args_end());
  for (OpOperand &operand : block.getTerminator()->getOpOperands()) {
    if (Value copy = copies.lookup(operand.get()))
      operand.set(copy);
    Value buffer = stripReshapes(operand.get());
    if (!isStored(buffer) || !taken.insert(buffer).second)
      copyOperand(operand);
  }
}

} // namespace numloom::array
