// Quotients and exponentials of float16 on NVIDIA's GPUs. They are computed in
// float32, of which float16 shows half the digits: fewer instructions than for
// a correct float32 do.

#include "DeviceIntrinsic.h"
#include "DeviceMath.h"
#include "DeviceOps.h"

#include "mlir/IR/Matchers.h"

#include <numbers>

using namespace mlir;

namespace numloom {

static bool isF16(Value x) { return getElementTypeOrSelf(x.getType()).isF16(); }

/// Whether a float32 is one of float16, in all lanes.
static bool isHalf(Value x) {
  x = skipBroadcast(x);
  APFloat half(0.0f);
  if (matchPattern(x, m_ConstantFloat(&half))) {
    bool isInexact = false;
    half.convert(APFloat::IEEEhalf(), APFloat::rmNearestTiesToEven, &isInexact);
    return !isInexact;
  }
  auto extension = x.getDefiningOp<arith::ExtFOp>();
  return extension && isF16(extension.getIn());
}

/// x / y, correctly rounded to float16: by the approximate inverse, corrected
/// once by the remainder. What is then wrong with the float32 no float16 shows,
/// as no quotient of two lies so near to the middle between two of them.
/// Between numbers of float16 nothing over- or underflows but where the
/// quotient is a zero, infinite or NaN: there the remainder is zero or NaN, and
/// the first approximation has the sign. Of all pairs none was wrong, with any
/// inverse within a unit.
static Expr divideHalves(ImplicitLocOpBuilder &b, Expr x, Expr y) {
  Expr inverse = approximateInverse(b, y);
  Expr quotient = x * inverse;
  Expr remainder = (-y).fma(quotient, x);
  Expr corrected = remainder.fma(inverse, quotient);
  return (remainder.abs() > 0).select(corrected, quotient);
}

/// exp(x) within 1.1e-6 of its value where a float16 is neither zero nor
/// infinite, which is 0.503 of its units after it is rounded.
static Expr getExpForHalf(ImplicitLocOpBuilder &b, Expr x) {
  return callDeviceIntrinsic(b, "llvm.nvvm.ex2.approx.ftz",
                             x * double(std::numbers::log2e_v<float>));
}

static std::optional<Expr> expandHalf(ImplicitLocOpBuilder &b, Operation *op) {
  auto getOperand = [&](int i) { return Expr(b, op->getOperand(i)); };
  if (isa<arith::DivFOp>(op) && llvm::all_of(op->getOperands(), isHalf))
    return divideHalves(b, getOperand(0), getOperand(1));
  if (isa<math::ExpOp>(op))
    return getExpForHalf(b, getOperand(0));
  return std::nullopt;
}

void expandHalves(Operation *kernel) {
  SmallVector<arith::TruncFOp> roundings;
  kernel->walk([&](arith::TruncFOp op) {
    Operation *source = op.getIn().getDefiningOp();
    if (isF16(op) && source && source->hasOneUse() &&
        getElementTypeOrSelf(op.getIn().getType()).isF32())
      roundings.push_back(op);
  });
  for (arith::TruncFOp rounding : roundings) {
    Operation *op = rounding.getIn().getDefiningOp();
    ImplicitLocOpBuilder b(op->getLoc(), op);
    if (std::optional<Expr> value = expandHalf(b, op)) {
      rounding.getInMutable().assign(value->get());
      op->erase();
    }
  }
}

} // namespace numloom
