// Assigns every value between kernels a buffer: an output of the program or a
// slot of its arena.

#include "UpdateHazards.h"
#include "UpdateOrder.h"

#include "numloom/Transforms/ArrayProgram.h"
#include "numloom/Transforms/Attributes.h"
#include "numloom/Transforms/Destinations.h"
#include "numloom/Transforms/Passes.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

namespace numloom {
#define GEN_PASS_DEF_PLANBUFFERSPASS
#include "numloom/Transforms/Passes.h.inc"
} // namespace numloom

/// The bytes of a tensor: a constant and parameters, to be multiplied.
static ParamsAttr getByteFactors(Type type) {
  int64_t constant = getBytes(getDType(type));
  SmallVector<int64_t> params;
  for (int64_t extent : getExtents(type)) {
    if (isParam(extent))
      params.push_back(extent);
    else
      constant *= extent;
  }
  llvm::sort(params);
  params.insert(params.begin(), constant);
  return ParamsAttr::get(type.getContext(), params);
}

/// Lets what computes nothing but one operand of one concatenation write it
/// into its result, and those that compute what is reported report it.
static void placeParts(Operation *op) {
  for (OpOperand &operand : op->getOpOperands())
    if (OpResult result = getPlaceableResult(operand))
      placeInto(result, operand);
}

//===----------------------------------------------------------------------===//
// In-place results
//===----------------------------------------------------------------------===//

namespace {

/// How the results of a fusion read its operands: decides which operand a
/// result may overwrite.
class OperandAccesses {
public:
  explicit OperandAccesses(FusionOp fusion)
      : accesses(fusion.getInputs().size()) {
    for (OpOperand &result :
         fusion.getBody().front().getTerminator()->getOpOperands())
      visit(result.get(), result.getOperandNumber());
  }

  /// Whether each point of `result` overwrites what no point after it reads:
  /// elements are read where they are written, and by no result stored later.
  bool mayOverwrite(unsigned operand, unsigned result) const {
    const Access &access = accesses[operand];
    return !access.isElsewhere && access.lastResult <= result;
  }

private:
  struct Access {
    bool isElsewhere = false;
    unsigned lastResult = 0;
  };

  void visit(Value root, unsigned result) {
    SmallVector<std::pair<Value, bool>> stack{{root, false}};
    std::array<DenseSet<Value>, 2> seen;
    while (!stack.empty()) {
      auto [value, isElsewhere] = stack.pop_back_val();
      if (!seen[isElsewhere].insert(value).second)
        continue;
      if (auto argument = dyn_cast<BlockArgument>(value)) {
        Access &access = accesses[argument.getArgNumber()];
        access.isElsewhere |= isElsewhere;
        access.lastResult = std::max(access.lastResult, result);
        continue;
      }
      Operation *op = value.getDefiningOp();
      // Reshapes keep the row-major position of every element.
      bool moves =
          isa<ViewOpInterface, GatherOp, UpdateOp>(op) && !isa<ReshapeOp>(op);
      for (Value operand : op->getOperands())
        stack.push_back({operand, isElsewhere || moves});
    }
  }

  SmallVector<Access> accesses;
};

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

/// Walks a program once, in order, handing out slots and taking them back.
class BufferPlanner {
public:
  explicit BufferPlanner(func::FuncOp function)
      : function(function), block(function.getBody().front()),
        builder(function.getContext()) {}

  LogicalResult run() {
    if (failed(orderUpdates(function)) || failed(placeOutputs()) ||
        failed(verifyReports()))
      return failure();
    // Where a concatenation lies is known before where its parts do.
    for (Operation &op : llvm::reverse(block))
      if (isa<ConcatenateOp, ReportOp>(op))
        placeParts(&op);
    findLastUses();
    for (Operation &op : block.without_terminator())
      if (!isa<ViewOpInterface>(op))
        planOp(&op);
    setAttrs();
    return success();
  }

private:
  LogicalResult placeOutputs();
  LogicalResult verifyReports();
  void setAttrs();
  void findLastUses();
  void planOp(Operation *op);
  void freeDying(Operation *op, const DenseSet<Value> &overwritten);
  int64_t takeSlot(Value value);
  int64_t shareDestination(OpResult result);
  void takeOver(OpOperand &base, DenseSet<Value> &overwritten);
  /// Whether `result` may be written over the buffer of its fusion's operand.
  bool mayOverwrite(OpResult result, unsigned operand,
                    const OperandAccesses &accesses,
                    const DenseSet<Value> &overwritten) const;
  int64_t overwrite(OpResult result, const OperandAccesses &accesses,
                    DenseSet<Value> &overwritten);
  bool suits(OpResult result, Value root);
  /// Whether the slot of `root` is that of a larger value that it is part of.
  static bool isPlacedPart(Value root) {
    return root.getDefiningOp() && getPlacedOperand(cast<OpResult>(root));
  }
  bool diesAt(Value root, Operation *op) const {
    return lastUses.lookup(root) == op;
  }

  func::FuncOp function;
  Block &block;
  Builder builder;
  DenseMap<Value, int64_t> slots;
  DenseMap<Value, Operation *> lastUses;
  SmallVector<Attribute> slotSizes;
  DenseMap<Attribute, SmallVector<int64_t>> freeSlots;
  /// For each output the argument in whose memory it lies, or -1.
  SmallVector<int64_t> donations;
};

} // namespace

LogicalResult BufferPlanner::placeOutputs() {
  for (OpOperand &result : block.getTerminator()->getOpOperands()) {
    Value root = getRoot(result.get());
    int64_t slot = -int64_t(result.getOperandNumber()) - 1;
    if (isa<BlockArgument>(root) || !slots.try_emplace(root, slot).second)
      return function.emitError("expects result ")
             << result.getOperandNumber() << " to have a buffer of its own";
    // What is updated in place is computed there from the beginning.
    while (OpOperand *base = getUpdatedBase(root.getDefiningOp())) {
      root = getRoot(base->get());
      slots[root] = slot;
    }
    auto argument = dyn_cast<BlockArgument>(root);
    donations.push_back(argument ? int64_t(argument.getArgNumber()) : -1);
  }
  return success();
}

void BufferPlanner::setAttrs() {
  function->setAttr(kArenaAttr, builder.getArrayAttr(slotSizes));
  if (llvm::any_of(donations, [](int64_t argument) { return argument >= 0; }))
    function->setAttr(kDonationsAttr, builder.getDenseI64ArrayAttr(donations));
}

/// The memory of results alone is known to hold zeros.
LogicalResult BufferPlanner::verifyReports() {
  for (auto report : block.getOps<ReportOp>())
    if (slots.lookup(report.getResult()) >= 0)
      return report.emitOpError("expects to be a result of the program");
  return success();
}

void BufferPlanner::findLastUses() {
  for (Operation &op : block)
    if (!isa<ViewOpInterface>(op))
      for (Value operand : op.getOperands())
        lastUses[getRoot(operand)] = &op;
}

int64_t BufferPlanner::takeSlot(Value value) {
  ParamsAttr size = getByteFactors(value.getType());
  SmallVector<int64_t> &free = freeSlots[size];
  if (!free.empty())
    return free.pop_back_val();
  slotSizes.push_back(size);
  return slotSizes.size() - 1;
}

bool BufferPlanner::mayOverwrite(OpResult result, unsigned operand,
                                 const OperandAccesses &accesses,
                                 const DenseSet<Value> &overwritten) const {
  auto fusion = cast<FusionOp>(result.getOwner());
  OperandRange inputs = fusion.getInputs();
  Value root = getRoot(inputs[operand]);
  Type type = result.getType();
  if (!diesAt(root, fusion) || overwritten.contains(root) ||
      getByteFactors(root.getType()) != getByteFactors(type) ||
      getBytes(getDType(root.getType())) != getBytes(getDType(type)))
    return false;
  // Every operand that reads the same buffer must agree.
  return llvm::all_of(
      llvm::seq<unsigned>(0, inputs.size()), [&](unsigned other) {
        return getRoot(inputs[other]) != root ||
               accesses.mayOverwrite(other, result.getResultNumber());
      });
}

/// Whether `result` needs a buffer of the kind that `root` has: one of the
/// arena, or for an output the memory of an argument that was donated.
bool BufferPlanner::suits(OpResult result, Value root) {
  auto known = slots.find(result);
  if (known == slots.end()) {
    auto slot = slots.find(root);
    return slot != slots.end() && slot->second >= 0;
  }
  auto argument = dyn_cast<BlockArgument>(root);
  if (!argument || known->second >= 0 || donations[-1 - known->second] >= 0)
    return false;
  unsigned number = argument.getArgNumber();
  return function.getArgAttr(number, kDonatedAttr) &&
         !llvm::is_contained(donations, int64_t(number));
}

/// Lets a result lie where an operand of its loop lies that dies there; gives
/// the operand, or -1.
int64_t BufferPlanner::overwrite(OpResult result,
                                 const OperandAccesses &accesses,
                                 DenseSet<Value> &overwritten) {
  auto fusion = cast<FusionOp>(result.getOwner());
  if (fusion.getKind() != FusionKind::Loop)
    return -1;
  for (auto [i, input] : llvm::enumerate(fusion.getInputs())) {
    Value root = getRoot(input);
    if (!suits(result, root) || !mayOverwrite(result, i, accesses, overwritten))
      continue;
    overwritten.insert(root);
    if (auto output = slots.find(result); output != slots.end())
      donations[-1 - output->second] = cast<BlockArgument>(root).getArgNumber();
    else
      slots[result] = slots.lookup(root);
    return i;
  }
  return -1;
}

/// A part of a concatenation lies in its result, whose life begins with it; the
/// value of an update lies in the base's buffer. Returns the operand of a
/// fusion that reads this buffer, or -1.
int64_t BufferPlanner::shareDestination(OpResult result) {
  OpOperand *operand = getPlacedOperand(result);
  if (!operand)
    return -1;
  Value whole = getDestinationWhole(*operand);
  if (OpOperand *base = getUpdatedBase(operand->getOwner()))
    whole = getRoot(base->get());
  if (!slots.contains(whole))
    slots[whole] = takeSlot(whole);
  slots[result] = slots.lookup(whole);
  auto fusion = dyn_cast<FusionOp>(result.getOwner());
  return fusion ? findOperand(fusion, whole) : -1;
}

/// An updated array lies in its base's buffer.
void BufferPlanner::takeOver(OpOperand &base, DenseSet<Value> &overwritten) {
  Value root = getRoot(base.get());
  assert(slots.contains(root) &&
         "an update of memory that is not the program's");
  slots[base.getOwner()->getResult(0)] = slots.lookup(root);
  overwritten.insert(root);
}

void BufferPlanner::planOp(Operation *op) {
  SmallVector<int64_t> resultSlots, inPlace;
  DenseSet<Value> overwritten;
  auto fusion = dyn_cast<FusionOp>(op);
  std::optional<OperandAccesses> accesses;
  if (fusion)
    accesses.emplace(fusion);
  OpOperand *base = getUpdatedBase(op);
  if (base)
    takeOver(*base, overwritten);
  for (OpResult result : op->getResults()) {
    int64_t operand = -1;
    if (!base)
      operand = shareDestination(result);
    else if (fusion)
      operand = base->getOperandNumber();
    if (fusion && !base && operand < 0 && !isPlacedPart(result))
      operand = overwrite(result, *accesses, overwritten);
    if (!slots.contains(result))
      slots[result] = takeSlot(result);
    resultSlots.push_back(slots.lookup(result));
    inPlace.push_back(operand);
  }
  op->setAttr(kSlotsAttr, builder.getDenseI64ArrayAttr(resultSlots));
  if (llvm::any_of(inPlace, [](int64_t operand) { return operand >= 0; }))
    op->setAttr(kInPlaceAttr, builder.getDenseI64ArrayAttr(inPlace));
  // Only now: what dies here was read while the results were written.
  freeDying(op, overwritten);
}

/// Takes back the slots of what nobody reads after `op`, but for those that its
/// results took over.
void BufferPlanner::freeDying(Operation *op,
                              const DenseSet<Value> &overwritten) {
  llvm::SmallSetVector<Value, 8> dying;
  for (Value operand : op->getOperands())
    if (Value root = getRoot(operand); diesAt(root, op))
      dying.insert(root);
  for (Value result : op->getResults())
    if (!lastUses.contains(result))
      dying.insert(result);
  for (Value root : dying) {
    auto slot = slots.find(root);
    if (slot != slots.end() && slot->second >= 0 &&
        !overwritten.contains(root) && !isPlacedPart(root))
      freeSlots[slotSizes[slot->second]].push_back(slot->second);
  }
}

namespace {

struct PlanBuffersPass : numloom::impl::PlanBuffersPassBase<PlanBuffersPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function.isExternal() && (failed(verifyArrayProgram(function)) ||
                                   failed(BufferPlanner(function).run())))
      signalPassFailure();
  }
};

} // namespace
