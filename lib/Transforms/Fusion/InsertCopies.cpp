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

/// Whether all of `value` is stored, even if only a part of it is read.
static bool isStoredAnyway(Value value) {
  Operation *op = value.getDefiningOp();
  return isStored(value) && (!op || !isComputation(op));
}

/// Whether libraries read matrices of `type`, whose elements lie at `offset`,
/// as they are: neighbours of a row or of a column are neighbours in memory,
/// and no axis has two strides, as those of diagonals have.
static bool hasLeadingDimension(const LinearExpr &offset, Type type) {
  for (size_t i = 1; i < offset.terms.size(); ++i)
    if (offset.terms[i].first == offset.terms[i - 1].first)
      return false;
  SmallVector<int64_t> extents = getExtents(type);
  unsigned dims = llvm::count_if(extents, [](int64_t n) { return n != 1; });
  for (int64_t extent : llvm::reverse(ArrayRef(extents).take_back(2)))
    if (extent == 1 || offset.getCoefficient(--dims).isOne())
      return true;
  return false;
}

/// Whether each step is known to go forwards.
static bool isAscending(SliceOp slice) {
  return llvm::all_of(slice.getSteps().getValues(),
                      [](int64_t step) { return !isParam(step) && step > 0; });
}

bool isStridedArray(Value value) {
  Type type = value.getType();
  SmallVector<LinearExpr> point = getIdentityPoint(type);
  // More than a permutation and repetitions of what is stored.
  bool isPart = false;
  while (true) {
    Value buffer = stripReshapes(value);
    if (isPart ? isStoredAnyway(buffer) : isStored(buffer))
      return !isPart ||
             hasLeadingDimension(getBufferOffset(value.getType(), point), type);
    if (isFlatStorage(value.getType()))
      return isa<BlockArgument>(value) &&
             (!isPart || hasLeadingDimension(point.front(), type));
    Operation *op = value.getDefiningOp();
    auto slice = dyn_cast_or_null<SliceOp>(op);
    auto view = dyn_cast_or_null<ViewOpInterface>(op);
    SmallVector<LinearExpr> operandPoint;
    if (!view || failed(view.mapIndex(point, operandPoint)) ||
        (slice && !isAscending(slice)))
      return false;
    isPart |= isa<ReshapeOp, SliceOp>(op);
    point = std::move(operandPoint);
    value = op->getOperand(0);
  }
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
