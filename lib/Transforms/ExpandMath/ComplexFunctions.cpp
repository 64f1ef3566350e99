// Functions of complex numbers by those of real ones on NVIDIA's GPUs: as
// straight code for the lanes of a vector, in place of calls one by one.

#include "../LibraryCalls.h"
#include "DeviceMath.h"
#include "Guard.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include <limits>

using namespace mlir;

namespace numloom {

/// exp(x + iy); beyond the limit its parts may overflow later than exp(x).
static void expandComplexExp(array::LibmOp op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  Expr x(b, op->getOperand(0)), y(b, op->getOperand(1));
  Expr size(b, math::ExpOp::create(b, x.get()));
  Expr cosine(b, math::CosOp::create(b, y.get()));
  Expr sine(b, math::SinOp::create(b, y.get()));
  Expr isOrdinary =
      (x.abs() < 709) & (y.abs() < std::numeric_limits<double>::infinity());
  op->setAttr(kOutOfLineAttr, b.getUnitAttr());
  auto callPlain = [&] {
    return SmallVector<Value>(b.clone(*op)->getResults());
  };
  op->replaceAllUsesWith(
      guardOnDevice(b, {size * cosine, size * sine}, isOrdinary, callPlain));
  op->erase();
}

void expandComplexFunctions(Operation *kernel) {
  SmallVector<array::LibmOp> ops;
  kernel->walk([&](array::LibmOp op) {
    if (op.getCallee() == "cexp")
      ops.push_back(op);
  });
  llvm::for_each(ops, expandComplexExp);
}

} // namespace numloom
