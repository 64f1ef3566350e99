// The remainder of division rounded to zero.

#include "../LibraryCalls.h"
#include "DeviceMath.h"
#include "Guard.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include <limits>

using namespace mlir;

namespace numloom {

/// Exact while the quotient has no more bits than the significand: x - q y is a
/// multiple of the last bit of y below 2 |y|, so a fused multiply-add does not
/// round it. A quotient rounded up to an integer is one too large.
Expansion expandFmod(Expr x, Expr y) {
  Expr dividend = x.abs(), divisor = y.abs();
  // Divided with their signs, as whoever wants the quotient, too, does.
  Expr ratio = (x / y).abs();
  Expr rest = (ratio.trunc() * -1.0).fma(divisor, dividend);
  rest = (rest < 0).select(rest + divisor, rest);
  double infinity = std::numeric_limits<double>::infinity();
  return {rest.withSignOf(x),
          (ratio < (x.isF32() ? 0x1p23 : 0x1p52)) & (divisor < infinity)};
}

/// The library's takes a step for each bit of the quotient.
static void expandOnDevice(Operation *op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  op->setAttr(kOutOfLineAttr, b.getUnitAttr());
  Expansion expansion =
      expandFmod(Expr(b, op->getOperand(0)), Expr(b, op->getOperand(1)));
  op->getResult(0).replaceAllUsesWith(
      guardOnDevice(b, op, expansion.value, *expansion.isValid).front());
  op->erase();
}

void expandRemainders(Operation *kernel) {
  SmallVector<Operation *> ops;
  kernel->walk([&](array::LibmOp op) {
    if (op.getCallee() == "fmod")
      ops.push_back(op);
  });
  llvm::for_each(ops, expandOnDevice);
}

} // namespace numloom
