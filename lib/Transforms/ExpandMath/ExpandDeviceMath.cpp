// Replaces divisions, square roots and logarithms of float32, remainders,
// functions of float16 (HalfMath.cpp), of float64 (DeviceMath64.cpp) and of
// complex numbers, and upper halves of products, on NVIDIA's GPUs.
//
// What the assembler makes of a correctly rounded division is a fast sequence,
// a test whether it is right and a call of a slow one, lane by lane: each lane
// waits for the one before it. Here everything that a thread computes between
// its loads and its stores runs on the assumption that all fast sequences are
// right. One branch at the end computes it again, with the plain ops, if one of
// them was not.

#include "../LibraryCalls.h"
#include "DeviceMath.h"
#include "DeviceMath64.h"
#include "DeviceOps.h"
#include "Guard.h"
#include "LoadsFirst.h"
#include "RootsOfTile.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_EXPANDDEVICEMATHPASS
#include "numloom/Transforms/Passes.h.inc"

static bool isVector(Operation *op) {
  return isa<VectorType>(op->getResult(0).getType());
}

static bool isExpanded(Operation *op) {
  if (op->getNumResults() != 1 ||
      !getElementTypeOrSelf(op->getResult(0).getType()).isF32())
    return false;
  // One that may be approximate is an instruction.
  if (auto division = dyn_cast<arith::DivFOp>(op);
      division &&
      bitEnumContainsAny(division.getFastmath(), arith::FastMathFlags::afn))
    return false;
  // Scalars have the assembler's own branches.
  return isVector(op) ? isa<arith::DivFOp, math::SqrtOp, math::LogOp>(op)
                      : isa<math::LogOp>(op);
}

static bool isExpandedVector(Operation *op) {
  return isExpanded(op) && isVector(op);
}

/// Whether the fast sequence, where it is right, gives what the plain op does.
static bool isExact(Operation *op) {
  return isa<arith::DivFOp, math::SqrtOp>(op);
}

/// The lanes of elementwise ops can be computed one after the other.
static bool isElementwise(Operation *op) {
  return op->getNumResults() == 1 && isVector(op) &&
         OpTrait::hasElementwiseMappableTraits(op);
}

static bool isArithmetic(Operation *op) {
  return isa<arith::ArithDialect, array::ArrayDialect, math::MathDialect,
             vector::VectorDialect>(op->getDialect());
}

namespace {
/// What follows from expanded ops of vectors in a run of ops without effects:
/// computed fast, and again where that was wrong.
class Speculation {
public:
  /// Adds an op if it depends on what is here or is expanded; false if `op`
  /// ends the run.
  bool add(Operation *op);
  /// Rewrites what was added; `end` is the first op behind it.
  void finish(Operation *end);

private:
  bool dependsOnThis(Operation *op) const {
    return llvm::any_of(op->getOperands(), [&](Value operand) {
      return ops.contains(operand.getDefiningOp());
    });
  }
  bool isWorthIt(size_t numResults) const;
  SmallVector<Value> getResults(Operation *end) const;
  void addWhatOnlyTheseNeed();
  Value computeFast(ImplicitLocOpBuilder &b, Operation *scalar,
                    Value &isRight) const;
  Value computePlainly(ImplicitLocOpBuilder &b, Operation *scalar) const;
  SmallVector<Value> build(ImplicitLocOpBuilder &b, ArrayRef<Value> results,
                           Value *isRight) const;

  llvm::SetVector<Operation *> ops;
  /// All ops since the last end.
  SmallVector<Operation *> run;
};
} // namespace

bool Speculation::add(Operation *op) {
  bool depends = dependsOnThis(op);
  bool isFree = isMemoryEffectFree(op) && op->getNumRegions() == 0 &&
                !op->hasTrait<OpTrait::IsTerminator>();
  // A place that was computed wrongly must not be read from, and threads meet
  // in shuffles whichever way they go.
  if (depends ? !isFree || !isArithmetic(op) || !isElementwise(op)
              : !isFree && !isa<vector::LoadOp, memref::LoadOp>(op))
    return false;
  if (depends || isExpandedVector(op)) {
    if (!ops.empty() && getLanes(op) != getLanes(ops.front()))
      return false;
    ops.insert(op);
  }
  run.push_back(op);
  return true;
}

/// What results are computed from stays in registers until the branch, as do
/// they: that must be few, as fewer threads at a time cost more than
/// instructions. And kernels with few such ops wait for memory.
bool Speculation::isWorthIt(size_t numResults) const {
  constexpr size_t kLeastOpsOfResult = 3, kMostHeld = 24;
  llvm::SetVector<Value> held;
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (auto *source = operand.getDefiningOp();
          !source || (!ops.contains(source) &&
                      !isa<arith::ConstantOp, vector::BroadcastOp>(source)))
        held.insert(operand);
  return numResults > 0 &&
         static_cast<size_t>(llvm::count_if(ops, isExpandedVector)) >=
             kLeastOpsOfResult * numResults &&
         (held.size() + numResults) * getLanes(ops.front()) <= kMostHeld;
}

SmallVector<Value> Speculation::getResults(Operation *end) const {
  SmallVector<Value> results;
  for (Operation *op : ops)
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUses(),
                       [&](OpOperand &use) { return isBehind(use, end); }))
        results.push_back(result);
  return results;
}

/// Operands that nothing else needs are computed with each lane, and so wait in
/// registers for none.
void Speculation::addWhatOnlyTheseNeed() {
  for (Operation *op : llvm::reverse(run))
    if (isElementwise(op) && isArithmetic(op) && !op->use_empty() &&
        llvm::all_of(op->getUsers(),
                     [&](Operation *user) { return ops.contains(user); }))
      ops.insert(op);
  llvm::erase_if(run, [&](Operation *op) { return !ops.contains(op); });
  ops.clear();
  ops.insert_range(run);
}

/// A scalar op like `op` on `operands`.
static Operation *cloneForLane(ImplicitLocOpBuilder &b, Operation *op,
                               ValueRange operands) {
  OperationState state(op->getLoc(), op->getName());
  state.addOperands(operands);
  state.addAttributes(op->getAttrs());
  state.addTypes(getElementTypeOrSelf(op->getResult(0).getType()));
  return b.create(state);
}

/// Lane `lane` of a value from outside.
static Value getLane(ImplicitLocOpBuilder &b, Value value, int64_t lane) {
  if (!isa<VectorType>(value.getType()))
    return value;
  if (auto splat = value.getDefiningOp<vector::BroadcastOp>())
    if (!isa<VectorType>(splat.getSource().getType()))
      return splat.getSource();
  DenseElementsAttr constant;
  if (matchPattern(value, m_Constant(&constant)) && constant.isSplat())
    return arith::ConstantOp::create(b, constant.getSplatValue<TypedAttr>());
  return vector::ExtractOp::create(b, value, lane);
}

/// The fast sequence in the place of `scalar`; `isRight` joins whether it is. A
/// comparison can be joined with one condition at no cost, hence one by one.
Value Speculation::computeFast(ImplicitLocOpBuilder &b, Operation *scalar,
                               Value &isRight) const {
  Expansion fast = *expandForDevice(b, scalar);
  scalar->erase();
  Value condition = fast.isValid->get();
  if (auto both = condition.getDefiningOp<arith::AndIOp>()) {
    isRight = joinCondition(b, isRight, both.getLhs());
    condition = both.getRhs();
  }
  isRight = joinCondition(b, isRight, condition);
  return fast.value.get();
}

/// Where a fast sequence is right but not the plain op's result to the bit, it
/// is kept: elements do not depend on neighbours.
Value Speculation::computePlainly(ImplicitLocOpBuilder &b,
                                  Operation *scalar) const {
  if (isExact(scalar))
    return scalar->getResult(0);
  Expansion fast = *expandForDevice(b, scalar);
  return arith::SelectOp::create(b, fast.isValid->get(), fast.value.get(),
                                 scalar->getResult(0));
}

/// `results`, one lane after the other, so that few values wait in registers:
/// fast, with whether all lanes are right, or plainly.
SmallVector<Value> Speculation::build(ImplicitLocOpBuilder &b,
                                      ArrayRef<Value> results,
                                      Value *isRight) const {
  SmallVector<Value> built;
  for (Value result : results)
    built.push_back(arith::ConstantOp::create(
        b, b.getZeroAttr(cast<VectorType>(result.getType()))));
  for (int64_t lane = 0; lane < getLanes(ops.front()); ++lane) {
    IRMapping scalars;
    for (Operation *op : ops) {
      SmallVector<Value> operands;
      for (Value operand : op->getOperands())
        operands.push_back(scalars.contains(operand)
                               ? scalars.lookup(operand)
                               : getLane(b, operand, lane));
      Operation *scalar = cloneForLane(b, op, operands);
      Value value = !isExpandedVector(op) ? scalar->getResult(0)
                    : isRight             ? computeFast(b, scalar, *isRight)
                                          : computePlainly(b, scalar);
      scalars.map(op->getResult(0), value);
    }
    for (auto [result, vector] : llvm::zip_equal(results, built))
      vector =
          vector::InsertOp::create(b, scalars.lookup(result), vector, lane);
  }
  return built;
}

/// Whether forty registers are enough for a kernel with few operands.
static bool isSmall(gpu::GPUFuncOp kernel) {
  return !kernel
              .walk([](Operation *op) {
                // States and tiles are held until threads meet.
                if (isMeeting(op))
                  return WalkResult::interrupt();
                bool isWide = llvm::any_of(op->getResultTypes(), [](Type type) {
                  return getElementTypeOrSelf(type).isF64();
                });
                bool isLarge = getLibraryFunction(op) &&
                               !isa<math::ExpOp, math::LogOp>(op);
                return isWide || isLarge ? WalkResult::interrupt()
                                         : WalkResult::advance();
              })
              .wasInterrupted();
}

/// Whether 32 registers are enough for functions of float64: of one element of
/// few operands, all of them expanded.
static bool isSmallInFloat64(gpu::GPUFuncOp kernel) {
  constexpr int64_t kMostLoads = 2;
  int64_t functions = 0, loads = 0, stores = 0;
  bool hasOthers = false;
  kernel.walk([&](Operation *op) {
    bool isFunction = isExpandedFloat64(op);
    functions += isFunction;
    loads += isa<memref::LoadOp>(op);
    stores += isa<memref::StoreOp>(op);
    hasOthers |= isMeeting(op) || (getLibraryFunction(op) && !isFunction) ||
                 isa<LoopLikeOpInterface, vector::LoadOp>(op);
  });
  return functions > 0 && loads <= kMostLoads && stores == 1 && !hasOthers;
}

/// Leaves registers for so many threads of a multiprocessor, which hide each
/// other's latency: by itself the assembler takes more.
static void limitRegisters(gpu::GPUFuncOp kernel, int32_t threads) {
  StringRef name = NVVM::NVVMDialect::getMinctasmAttrName();
  auto blockSize = kernel.getKnownBlockSize();
  if (blockSize && !kernel->hasAttr(name))
    kernel->setAttr(name, Builder(kernel.getContext())
                              .getI32IntegerAttr(threads / blockSize->front()));
}

/// All threads that there can be, and three quarters of them.
static constexpr int32_t kAllThreads = 2048, kManyThreads = 1536;

void Speculation::finish(Operation *end) {
  SmallVector<Value> results = getResults(end);
  if (!ops.empty())
    addWhatOnlyTheseNeed();
  if (!ops.empty() && isWorthIt(results.size())) {
    auto kernel = end->getParentOfType<gpu::GPUFuncOp>();
    if (isSmall(kernel))
      limitRegisters(kernel, kManyThreads);
    ImplicitLocOpBuilder b(end->getLoc(), end);
    Value isRight;
    SmallVector<Value> fast = build(b, results, &isRight);
    auto choice = scf::IfOp::create(
        b, isRight,
        [&](OpBuilder &, Location) { scf::YieldOp::create(b, fast); },
        [&](OpBuilder &, Location) {
          scf::YieldOp::create(b, build(b, results, /*isRight=*/nullptr));
        });
    for (auto [result, chosen] : llvm::zip_equal(results, choice.getResults()))
      result.replaceUsesWithIf(
          chosen, [&](OpOperand &use) { return isBehind(use, end); });
    for (Operation *op : llvm::reverse(ops))
      op->erase();
  }
  ops.clear();
  run.clear();
}

/// Expands what comes before threads meet, which is computed for each element;
/// what follows is computed for what was reduced, or has a row in registers.
/// Returns whether they meet in `block`.
static bool expandVectors(Block &block) {
  Speculation speculation;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    bool meets = isMeeting(&op);
    for (Region &region : op.getRegions())
      for (Block &nested : region)
        meets |= expandVectors(nested);
    if (!speculation.add(&op)) {
      speculation.finish(&op);
      speculation.add(&op);
    }
    if (meets)
      return true;
  }
  return false;
}

/// With a branch of its own.
static void expandAlone(Operation *op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  Expansion expansion = *expandForDevice(b, op);
  op->getResult(0).replaceAllUsesWith(
      guardOnDevice(b, op, expansion.value, *expansion.isValid).front());
  op->erase();
}

namespace {
struct ExpandDeviceMathPass
    : impl::ExpandDeviceMathPassBase<ExpandDeviceMathPass> {
  void runOnOperation() override { getOperation()->walk(expandIn); }

private:
  static void expandIn(gpu::GPUFuncOp kernel) {
    if (isSmallInFloat64(kernel))
      limitRegisters(kernel, kAllThreads);
    moveLoadsBeforeFunctions(kernel);
    expandHalves(kernel);
    expandComplexFunctions(kernel);
    expandFloat64(kernel);
    expandRemainders(kernel);
    expandUpperHalves(kernel);
    combineConditions(kernel);
    SmallVector<Block *> blocks;
    kernel.walk([&](Block *block) { blocks.push_back(block); });
    expandVectors(kernel.getBody().front());
    // The logarithm of an element must not depend on what else is computed.
    SmallVector<Operation *> rest;
    for (Block *block : blocks) {
      expandRootsOfTile(*block);
      for (Operation &op : *block)
        if (isExpanded(&op) && !isExact(&op))
          rest.push_back(&op);
    }
    llvm::for_each(rest, expandAlone);
  }
};
} // namespace
} // namespace numloom
