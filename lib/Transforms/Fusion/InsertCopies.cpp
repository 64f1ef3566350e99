// Copies for values that must have a buffer and would have none.

#include "FusionGraph.h"

using namespace mlir;

namespace numloom::array {

/// Whether `value` is stored once it is computed: arguments are, and what ops
/// other than views and index values give.
static bool isStored(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return !isFlatStorage(value.getType());
  return !isa<ViewOpInterface, IndexValueOpInterface>(op);
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
  for (Operation &op : block.without_terminator()) {
    if (auto scatter = dyn_cast<ScatterOp>(op))
      copyOperands(scatter);
    if (isComputation(&op) || isa<IndexValueOpInterface>(op) ||
        isLinearView(&op))
      continue;
    for (OpOperand &operand : op.getOpOperands()) {
      bool isBuffer = isa<MatmulOp, GemmOp>(op)
                          ? isStridedArray(operand.get())
                          : isStored(stripReshapes(operand.get()));
      if (!isBuffer)
        copyOperand(operand);
    }
  }
  // A result is a buffer of the caller's: no argument, and no other result.
  DenseSet<Value> taken(block.args_begin(), block.args_end());
  for (OpOperand &operand : block.getTerminator()->getOpOperands()) {
    Value buffer = stripReshapes(operand.get());
    if (!isStored(buffer) || !taken.insert(buffer).second)
      copyOperand(operand);
  }
}

} // namespace numloom::array
