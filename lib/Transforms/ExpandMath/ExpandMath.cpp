// Replaces math functions by polynomial approximations in registers.

#include "Guard.h"

#include "numloom/Transforms/Passes.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "numloom/Transforms/Passes.h.inc"

/// The expansion of a call of the C library or an op of the math dialect.
static std::optional<Expansion> expand(Operation *op, ArrayRef<Expr> x) {
  if (auto libm = dyn_cast<array::LibmOp>(op)) {
    if (libm.getCallee() == "fmod")
      return expandFmod(x[0], x[1]);
    if (libm.getCallee() == "hypot")
      return expandHypot(x[0], x[1]);
    return std::nullopt;
  }
  if (isa<math::ExpOp>(op))
    return expandExp(x[0]);
  if (isa<math::LogOp>(op))
    return expandLog(x[0]);
  if (isa<math::Log1pOp>(op))
    return expandLog1p(x[0]);
  if (isa<math::AsinhOp>(op))
    return expandAsinh(x[0]);
  if (isa<math::AcoshOp>(op))
    return expandAcosh(x[0]);
  if (isa<math::AtanhOp>(op))
    return expandAtanh(x[0]);
  if (isa<math::CbrtOp>(op))
    return expandCbrt(x[0]);
  if (isa<math::AtanOp>(op))
    return expandArctan(x[0]);
  if (isa<math::Atan2Op>(op))
    return expandArctan2(x[0], x[1]);
  if (isa<math::ExpM1Op>(op) && x[0].isF32())
    return expandExpm1(x[0]);
  if (isa<math::SinhOp>(op) && x[0].isF32())
    return expandSinh(x[0]);
  if (isa<math::CoshOp>(op))
    return expandCosh(x[0]);
  if (isa<math::TanhOp>(op))
    return expandTanh(x[0]);
  if (isa<math::PowFOp>(op) && x[0].isF32())
    return expandPow(x[0], x[1]);
  if (isa<math::SinOp>(op) && x[0].isF32())
    return expandSin(x[0]);
  if (isa<math::CosOp>(op) && x[0].isF32())
    return expandCos(x[0]);
  return std::nullopt;
}

static void expandInPlace(Operation *op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  SmallVector<Expr> operands;
  for (Value operand : op->getOperands())
    operands.push_back(Expr(b, operand));
  std::optional<Expansion> expansion = expand(op, operands);
  if (!expansion)
    return;
  op->getResult(0).replaceAllUsesWith(guardExpansion(b, op, *expansion));
  op->erase();
}

namespace {
struct ExpandMathPass : impl::ExpandMathPassBase<ExpandMathPass> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (op->getNumOperands() == 0 || op->getNumResults() != 1 ||
          !isa<array::ArrayDialect, math::MathDialect>(op->getDialect()))
        return;
      Type element = getElementTypeOrSelf(op->getOperand(0).getType());
      if (element.isF32() || element.isF64())
        ops.push_back(op);
    });
    llvm::for_each(ops, expandInPlace);
  }
};
} // namespace
} // namespace numloom
