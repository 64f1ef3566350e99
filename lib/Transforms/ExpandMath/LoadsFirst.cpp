// Moves loads before functions whose code branches.

#include "LoadsFirst.h"

#include "../LibraryCalls.h"
#include "DeviceMath64.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace numloom {

/// The most bytes that wait in registers because they were loaded early.
static constexpr int64_t kMostBytes = 64;

static bool isFunction(Operation *op) {
  return getLibraryFunction(op) || isExpandedFloat64(op);
}

static bool isLoad(Operation *op) {
  return isa<memref::LoadOp, vector::LoadOp>(op);
}

static int64_t getBytes(Type type) {
  int64_t lanes = 1;
  if (auto vector = dyn_cast<VectorType>(type))
    lanes = vector.getNumElements();
  Type element = getElementTypeOrSelf(type);
  return element.isIntOrFloat()
             ? llvm::divideCeil(element.getIntOrFloatBitWidth(), 8) * lanes
             : 8 * lanes;
}

/// Adds what `op` is computed from, from `place` on, operands first; false if
/// that cannot be moved, or would bring a function along.
static bool collect(Operation *op, Operation *place,
                    llvm::SetVector<Operation *> &moved) {
  if (moved.contains(op))
    return true;
  if (!isLoad(op) &&
      (!isMemoryEffectFree(op) || op->getNumRegions() > 0 || isFunction(op)))
    return false;
  for (Value operand : op->getOperands()) {
    Operation *source = operand.getDefiningOp();
    if (source && source->getBlock() == place->getBlock() &&
        !source->isBeforeInBlock(place) && !collect(source, place, moved))
      return false;
  }
  moved.insert(op);
  return true;
}

static void moveLoads(Block &block) {
  Operation *place = nullptr;
  int64_t bytes = 0;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (isLoad(&op)) {
      llvm::SetVector<Operation *> moved;
      int64_t more = getBytes(op.getResult(0).getType());
      if (!place || bytes + more > kMostBytes || !collect(&op, place, moved))
        continue;
      for (Operation *each : moved)
        each->moveBefore(place);
      bytes += more;
    } else if (!isMemoryEffectFree(&op)) {
      place = nullptr;
      bytes = 0;
    } else if (!place && isFunction(&op)) {
      place = &op;
    }
  }
}

void moveLoadsBeforeFunctions(Operation *kernel) {
  kernel->walk([](Block *block) { moveLoads(*block); });
}

} // namespace numloom
