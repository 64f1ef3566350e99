// Orders steps so that the base of each update is dead when it is overwritten.
#include "UpdateOrder.h"
#include "FuseUpdates.h"
#include "UpdateHazards.h"

#include "numloom/Transforms/Destinations.h"

#include <set>

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

namespace {

/// An update and who writes it: the kernel that computes its value, if that is
/// placed into the base, or else a step of its own.
struct Update {
  Operation *op = nullptr;
  OpOperand *base = nullptr;
  /// The value as a result of a kernel, and the kernel's step.
  OpResult value;
  unsigned valueStep = 0, step = 0;
  bool isPlaced = false;
  /// The base lives on: a copy of it is updated.
  bool copiesBase = false;
  /// Steps still to run before the base may be written.
  unsigned waiting = 0;

  unsigned getWriter() const { return isPlaced ? valueStep : step; }
};

/// An op that is no view.
struct Step {
  Operation *op = nullptr;
  /// Steps that need this one's results.
  SmallVector<unsigned, 4> successors;
  unsigned waiting = 0;
  /// Updates whose base must not be written before.
  SmallVector<unsigned, 1> releases;
  /// Updates that it is, or whose values it computes.
  SmallVector<unsigned, 1> updates;
};

class UpdateScheduler {
public:
  explicit UpdateScheduler(func::FuncOp function)
      : block(function.getBody().front()), function(function) {}

  /// Finds what is updated, and where in memory.
  LogicalResult analyze();
  /// The updates that `analyze` found to move more than their values.
  SmallVector<UpdateOp> getCopies() const;
  void run();

private:
  void addSteps();
  LogicalResult addUpdates();
  void findValue(Update &update);
  void findDonations();
  bool isOverwritable(Operation *op, Value root) const;
  void addOrder();
  void addOrder(unsigned update);

  // The order.
  void schedule();
  bool isBlocked(unsigned step) const;
  void makeReady(unsigned step);
  void finish(unsigned step);
  /// Lets one of the updates that wait for each other's readers go ahead.
  void breakDeadlock();
  void moveToEnd(Operation *op);
  void moveViewsToEnd(Value value);

  void keepArguments();
  void copyBases();

  Block &block;
  func::FuncOp function;
  SmallVector<Step, 0> steps;
  SmallVector<Update, 0> updates;
  DenseMap<Operation *, unsigned> stepOf;
  /// Steps that read each buffer, in program order.
  DenseMap<Value, SmallVector<unsigned, 2>> readers;
  /// The buffers that the program gives back, and the updates by which they
  /// come of an argument that was donated.
  DenseSet<Value> results;
  DenseSet<Operation *> donations;
  /// Updates of copies: no donation reaches beyond them.
  DenseSet<Operation *> copying;
  /// Steps whose operands exist: those that may run, and those that would
  /// overwrite what others still read. By their place in the program.
  std::set<unsigned> ready, blocked;
  DenseSet<Operation *> movedViews;
};

} // namespace

LogicalResult UpdateScheduler::analyze() {
  addSteps();
  return addUpdates();
}

SmallVector<UpdateOp> UpdateScheduler::getCopies() const {
  SmallVector<UpdateOp> copies;
  for (const Update &update : updates)
    if (update.value && (update.copiesBase || !update.isPlaced))
      copies.push_back(cast<UpdateOp>(update.op));
  return copies;
}

void UpdateScheduler::run() {
  addOrder();
  schedule();
  keepArguments();
  copyBases();
  for (Update &update : updates)
    if (update.isPlaced)
      placeInto(update.value, cast<UpdateOp>(update.op).getValueMutable());
}

//===----------------------------------------------------------------------===//
// Steps and updates
//===----------------------------------------------------------------------===//

void UpdateScheduler::addSteps() {
  for (Operation &op : block) {
    if (isa<ViewOpInterface>(op))
      continue;
    unsigned step = steps.size();
    stepOf[&op] = step;
    steps.emplace_back().op = &op;
    for (Value operand : op.getOperands()) {
      SmallVector<unsigned, 2> &others = readers[getRoot(operand)];
      if (others.empty() || others.back() != step)
        others.push_back(step);
    }
  }
}

/// Whether a scatter reads elements of `base` that it does not write there.
static bool readsElsewhere(OpOperand &base) {
  auto fusion = dyn_cast<FusionOp>(base.getOwner());
  if (!fusion)
    return false;
  Value root = getRoot(base.get());
  return readsScatteredBase(base) ||
         llvm::any_of(fusion->getOpOperands(), [&](OpOperand &other) {
           return &other != &base && getRoot(other.get()) == root;
         });
}

LogicalResult UpdateScheduler::addUpdates() {
  findDonations();
  // Of several updates of one value the last may have its buffer.
  DenseMap<Value, unsigned> lastOf;
  for (Operation &op : block) {
    OpOperand *operand = getUpdatedBase(&op);
    if (!operand)
      continue;
    Value base = operand->get();
    Value root = getRoot(base);
    for (Value view = base; view != root;
         view = view.getDefiningOp()->getOperand(0))
      if (!view.getDefiningOp<ReshapeOp>())
        return op.emitOpError("expects a base that is stored as it is");
    Update &update = updates.emplace_back();
    update.op = &op;
    update.base = operand;
    update.step = stepOf.lookup(&op);
    update.copiesBase = !isOverwritable(&op, root) || readsElsewhere(*operand);
    if (!update.copiesBase) {
      unsigned index = updates.size() - 1;
      auto [it, isFirst] = lastOf.try_emplace(root, index);
      if (!isFirst)
        updates[std::exchange(it->second, index)].copiesBase = true;
    }
  }
  llvm::for_each(updates, [&](Update &update) { findValue(update); });
  return success();
}

void UpdateScheduler::findValue(Update &update) {
  auto op = dyn_cast<UpdateOp>(update.op);
  if (!op)
    return;
  update.value = getPlaceableResult(op.getValueMutable());
  if (!update.value)
    return;
  update.valueStep = stepOf.lookup(update.value.getOwner());
  // No kernel writes into what it computes, nor into a copy of that.
  if (getRoot(op.getBase()).getDefiningOp() == update.value.getOwner())
    return;
  // A copy of the base is nobody else's.
  update.isPlaced =
      update.copiesBase || readsOnlyWhatItWrites(update.value, op);
}

/// An argument's memory becomes that of a result, or nobody's.
void UpdateScheduler::findDonations() {
  for (Value result : block.getTerminator()->getOperands())
    results.insert(getRoot(result));
  for (Value root : results) {
    SmallVector<Operation *> chain;
    while (OpOperand *base = getUpdatedBase(root.getDefiningOp())) {
      if (donations.contains(root.getDefiningOp()) ||
          copying.contains(root.getDefiningOp()))
        break;
      chain.push_back(root.getDefiningOp());
      root = getRoot(base->get());
      if (results.contains(root))
        break;
    }
    auto argument = dyn_cast<BlockArgument>(root);
    if (argument && function.getArgAttr(argument.getArgNumber(), kDonatedAttr))
      donations.insert_range(chain);
  }
}

bool UpdateScheduler::isOverwritable(Operation *op, Value root) const {
  return isa<BlockArgument>(root) ? donations.contains(op)
                                  : !results.contains(root);
}

//===----------------------------------------------------------------------===//
// The order
//===----------------------------------------------------------------------===//

void UpdateScheduler::addOrder() {
  for (auto [index, step] : llvm::enumerate(steps))
    for (Value operand : step.op->getOperands())
      if (Operation *producer = getRoot(operand).getDefiningOp()) {
        steps[stepOf.lookup(producer)].successors.push_back(index);
        ++step.waiting;
      }
  for (unsigned index = 0; index < updates.size(); ++index)
    addOrder(index);
}

/// These waits may be given up, unlike those for results.
void UpdateScheduler::addOrder(unsigned index) {
  Update &update = updates[index];
  auto waitFor = [&](unsigned step) {
    if (step == update.step || (update.value && step == update.valueStep))
      return;
    steps[step].releases.push_back(index);
    ++update.waiting;
  };
  steps[update.step].updates.push_back(index);
  if (update.value)
    steps[update.valueStep].updates.push_back(index);
  Value root = getRoot(update.base->get());
  if (Operation *producer = root.getDefiningOp())
    waitFor(stepOf.lookup(producer));
  if (!update.copiesBase)
    llvm::for_each(readers[root], waitFor);
}

bool UpdateScheduler::isBlocked(unsigned step) const {
  return llvm::any_of(steps[step].updates, [&](unsigned index) {
    return updates[index].waiting && updates[index].getWriter() == step;
  });
}

void UpdateScheduler::makeReady(unsigned step) {
  if (steps[step].op != block.getTerminator())
    (isBlocked(step) ? blocked : ready).insert(step);
}

void UpdateScheduler::finish(unsigned index) {
  Step &step = steps[index];
  // The base of an update that another step writes may not exist yet.
  for (unsigned update : step.updates)
    if (updates[update].getWriter() == index)
      moveViewsToEnd(updates[update].base->get());
  moveToEnd(step.op);
  for (unsigned successor : step.successors)
    if (--steps[successor].waiting == 0)
      makeReady(successor);
  for (unsigned update : step.releases) {
    --updates[update].waiting;
    unsigned writer = updates[update].getWriter();
    if (blocked.contains(writer) && !isBlocked(writer)) {
      blocked.erase(writer);
      ready.insert(writer);
    }
  }
}

void UpdateScheduler::breakDeadlock() {
  assert(!blocked.empty() && "steps need each other's results");
  // A value of its own costs less than a copy of the base.
  auto computesValue = [&](unsigned step) {
    return llvm::any_of(steps[step].updates, [&](unsigned index) {
      return updates[index].waiting && updates[index].isPlaced &&
             updates[index].valueStep == step;
    });
  };
  auto choice = llvm::find_if(blocked, computesValue);
  if (choice == blocked.end())
    choice = blocked.begin();
  unsigned step = *choice;
  for (unsigned index : steps[step].updates) {
    Update &update = updates[index];
    if (!update.waiting || update.getWriter() != step)
      continue;
    if (update.isPlaced)
      update.isPlaced = false;
    else
      update.copiesBase = true;
  }
  blocked.erase(choice);
  ready.insert(step);
}

void UpdateScheduler::schedule() {
  for (auto [index, step] : llvm::enumerate(steps))
    if (step.waiting == 0)
      makeReady(index);
  for (size_t done = 0; done + 1 < steps.size(); ++done) {
    if (ready.empty())
      breakDeadlock();
    unsigned next = *ready.begin();
    ready.erase(ready.begin());
    finish(next);
  }
  for (Value result : block.getTerminator()->getOperands())
    moveViewsToEnd(result);
}

/// Moves `op` before the terminator, behind the views that it reads through.
void UpdateScheduler::moveToEnd(Operation *op) {
  for (Value operand : op->getOperands())
    moveViewsToEnd(operand);
  op->moveBefore(block.getTerminator());
}

void UpdateScheduler::moveViewsToEnd(Value value) {
  SmallVector<Operation *> views;
  for (Operation *op = value.getDefiningOp();
       isa_and_nonnull<ViewOpInterface>(op) && movedViews.insert(op).second;
       op = op->getOperand(0).getDefiningOp())
    views.push_back(op);
  for (Operation *view : llvm::reverse(views))
    view->moveBefore(block.getTerminator());
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// Where a version of an argument is copied after all, the argument's memory
/// does not become a result's: it is copied, too.
void UpdateScheduler::keepArguments() {
  for (const Update &update : updates)
    if (update.copiesBase)
      copying.insert(update.op);
  donations.clear();
  findDonations();
  for (Update &update : updates)
    update.copiesBase |=
        !isOverwritable(update.op, getRoot(update.base->get()));
}

void UpdateScheduler::copyBases() {
  for (Update &update : updates) {
    if (!update.copiesBase)
      continue;
    OpBuilder builder(update.isPlaced ? update.value.getOwner() : update.op);
    replaceUpdatedBase(update.op,
                       createCopy(builder, update.base->get()).getResult(0));
  }
}

namespace numloom {
LogicalResult orderUpdates(func::FuncOp function) {
  auto isUpdate = [](Operation &op) { return getUpdatedBase(&op) != nullptr; };
  if (llvm::none_of(function.getBody().front(), isUpdate))
    return success();
  std::optional<UpdateScheduler> scheduler(function);
  if (failed(scheduler->analyze()))
    return failure();
  // Another program: who may write where is another question.
  if (fuseUpdates(function, scheduler->getCopies()) &&
      failed(scheduler.emplace(function).analyze()))
    return failure();
  scheduler->run();
  return success();
}
} // namespace numloom
