// Replaces math functions by polynomial approximations in registers.

#include "FloatExpr.h"

#include "numloom/Transforms/Passes.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "numloom/Transforms/Passes.h.inc"

/// The expansion of an op of the math dialect, or null.
static Expr (*getExpansion(Operation *op))(Expr) {
  if (isa<math::ExpOp>(op))
    return expandExp;
  if (isa<math::LogOp>(op))
    return expandLog;
  if (isa<math::TanhOp>(op))
    return expandTanh;
  return nullptr;
}

namespace {
struct ExpandMathPass : impl::ExpandMathPassBase<ExpandMathPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (!getExpansion(op))
        return;
      Type element = getElementTypeOrSelf(op->getOperand(0).getType());
      if (element.isF32() || element.isF64())
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      ImplicitLocOpBuilder b(op->getLoc(), op);
      Value result = getExpansion(op)(Expr(b, op->getOperand(0))).get();
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
    }
  }
};
} // namespace
} // namespace numloom
