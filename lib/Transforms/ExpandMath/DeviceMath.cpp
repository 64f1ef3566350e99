// Sequences for divisions, square roots and logarithms of float32 on NVIDIA's
// GPUs, each with a test of its result that says whether it was right.
//
// For divisions and roots they are what the assembler emits for div.rn, rcp.rn
// and sqrt.rn from sm_75 to sm_120, between tests of the operands. On an H200
// all float32 had the same inverse, all but negative subnormals, which fail the
// test, the same root, and 10**11 pairs the same quotient.

#include "DeviceMath.h"

#include "DeviceIntrinsic.h"
#include "DeviceOps.h"

#include "mlir/IR/Matchers.h"

#include <cmath>
#include <limits>
#include <numbers>

using namespace mlir;

namespace numloom {

Expr approximateInverse(ImplicitLocOpBuilder &b, Expr x) {
  return callDeviceIntrinsic(b, "llvm.nvvm.rcp.approx.ftz.f", x);
}

/// 1 / x correctly rounded, for what `isQuotient` accepts: a Newton step
/// (Markstein, IBM Journal of Research and Development 34, 1990).
static Expr getInverse(ImplicitLocOpBuilder &b, Expr x) {
  Expr inverse = approximateInverse(b, x);
  return inverse.fma((-x).fma(inverse, x.number(1)), inverse);
}

/// Whether the steps that led to a quotient, of 1 or of what is 2**-100 at
/// least, neither overflowed nor underflowed. If they did, it is NaN or, where
/// the divisor is subnormal, infinite or nearly so, NaN or zero.
static Expr isQuotient(Expr x) { return x.abs() > 0x1p-125; }

static bool isOne(Value x) {
  return matchPattern(skipBroadcast(x), m_OneFloat());
}

/// The quotient by the inverse, corrected once by its remainder. That is exact:
/// a multiple of the product of the last bits of `y` and the quotient, which is
/// 2**-149 at least, and less than 2**24 of them.
static Expansion expandDivision(ImplicitLocOpBuilder &b, Expr x, Expr y) {
  Expr inverse = getInverse(b, y);
  if (isOne(x.get()))
    return {inverse, isQuotient(inverse)};
  Expr quotient = x * inverse;
  Expr remainder = (-y).fma(quotient, x);
  Expr result = remainder.fma(inverse, quotient);
  return {result, isQuotient(result) & (x.abs() > 0x1p-100)};
}

Expr getNanIfNegative(Expr x) {
  Expr nan = x.number(std::numeric_limits<double>::quiet_NaN());
  return (x < 0).select(nan, x);
}

/// `root` of positive numbers, and what all others have.
static Expr getRootOrSpecial(Expr x, Expr root) {
  Expr isPositive = (x > 0) & (x < std::numeric_limits<double>::infinity());
  return isPositive.select(root, getNanIfNegative(x));
}

static Expr scaleRoot(Expr x, function_ref<Expr(Expr)> getRoot, int shift) {
  return getRoot(x * std::ldexp(1.0, 2 * shift)) * std::ldexp(1.0, -shift);
}

Expr getSmallRoot(Expr x, function_ref<Expr(Expr)> getRoot, int shift) {
  return getRootOrSpecial(x, scaleRoot(x, getRoot, shift));
}

/// The approximate root, corrected once by its remainder, which is exact from
/// 2**-100 on. Zeros, subnormals, infinities and negative numbers end as NaN.
static Expr getRoot(ImplicitLocOpBuilder &b, Expr x) {
  Expr inverse = callDeviceIntrinsic(b, "llvm.nvvm.rsqrt.approx.ftz.f", x);
  Expr root = x * inverse;
  Expr remainder = (-root).fma(root, x);
  // Of negative subnormals the inverse is minus infinity, which would turn the
  // sign of the infinite remainder.
  return remainder.fma(inverse.abs() * 0.5, root);
}

static Expansion expandSqrt(ImplicitLocOpBuilder &b, Expr x) {
  Expr root = getRoot(b, x);
  return {root, root > 0x1p-50};
}

Expr getRootOfFloat32(ImplicitLocOpBuilder &b, Expr x, Expr fast) {
  Expr scaled = scaleRoot(x, [&](Expr value) { return getRoot(b, value); }, 50);
  return getRootOrSpecial(x, (x > 0x1p-99).select(fast, scaled));
}

/// As `expandLog` of float32 (Logarithms.cpp) with a series that is one term
/// shorter, minimax with an error of 8.1e-10 of the result, and an approximate
/// quotient, whose error counts by |s| <= 0.1717.
static Expansion expandLog32(ImplicitLocOpBuilder &b, Expr x) {
  constexpr double kSeries[] = {0x1.55557ap-1, 0x1.995ebap-2, 0x1.31e2f2p-2};
  constexpr int64_t kRootHalf = 0x3f3504f3;
  Expr bits = x.toBits();
  Expr exponent =
      bits.plusBits(bits.bits(-kRootHalf)) & bits.bits(~int64_t(0x7fffff));
  Expr significand = bits.minusBits(exponent).toFloat();
  Expr f = significand - 1;
  Expr s = f * approximateInverse(b, significand + 1);
  Expr z = s * s;
  Expr rest = (-z).fma(z.polynomial(kSeries), f);
  Expr near = (-s).fma(rest, f);
  // The exponent's bits as a number are 2**23 times the exponent.
  Expr result =
      exponent.toNumber().fma(0x1p-23 * std::numbers::ln2_v<float>, near);
  double infinity = std::numeric_limits<double>::infinity();
  Expr isNormal = (x > std::numeric_limits<float>::min()) & (x < infinity);
  return {result, isNormal};
}

std::optional<Expansion> expandForDevice(ImplicitLocOpBuilder &b,
                                         Operation *op) {
  if (op->getNumResults() != 1 ||
      !getElementTypeOrSelf(op->getResult(0).getType()).isF32())
    return std::nullopt;
  auto getOperand = [&](int i) { return Expr(b, op->getOperand(i)); };
  if (isa<arith::DivFOp>(op))
    return expandDivision(b, getOperand(0), getOperand(1));
  if (isa<math::SqrtOp>(op))
    return expandSqrt(b, getOperand(0));
  if (isa<math::LogOp>(op))
    return expandLog32(b, getOperand(0));
  return std::nullopt;
}

} // namespace numloom
