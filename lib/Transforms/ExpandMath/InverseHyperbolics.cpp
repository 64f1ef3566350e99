// The functions that are logarithms of sums: what rounding a sum loses is kept
// beside it, so that results near zero have all bits.

#include "Logarithms.h"

#include <limits>

namespace numloom {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

static Expr nan(Expr x) {
  return x.number(std::numeric_limits<double>::quiet_NaN());
}

/// Whether the inverse functions of odd ones differ from x after rounding.
static Expr differsFromOperand(Expr x) {
  return x.abs() > (x.isF32() ? 0x1p-14 : 0x1p-28);
}

/// log(1 + x + low).
static Expr expandLog1p(Expr x, Expr low) {
  TwoSum sum(x, x.number(1));
  return expandLogOfSum(sum.sum, sum.error + low, x.number(0));
}

Expansion expandLog1p(Expr x) {
  Expr result = expandLog1p(x, x.number(0)).withSignOf(x);
  Expr isOrdinary = (x > -1) & (x < kInfinity);
  Expr special =
      (x == -1).select(x.number(-kInfinity), (x < -1).select(nan(x), x));
  return {isOrdinary.select(result, special)};
}

/// atanh(x) = log(1 + 2 x / (1 - x)) / 2.
Expansion expandAtanh(Expr x) {
  Expr magnitude = x.abs();
  TwoSum divisor(x.number(1), -magnitude);
  Expr inverse = x.number(1) / divisor.sum;
  Expr twice = magnitude + magnitude;
  Expr quotient = twice * inverse, negated = -quotient;
  Expr rest = negated.fma(divisor.error, negated.fma(divisor.sum, twice));
  Expr result = expandLog1p(quotient, rest * inverse) * 0.5;
  Expr isOrdinary = differsFromOperand(x) & (magnitude < 1);
  Expr special = (magnitude == 1)
                     .select(x.number(kInfinity),
                             (magnitude < 1).select(magnitude, nan(x)));
  return {isOrdinary.select(result, special).withSignOf(x)};
}

/// log(x + sqrt(x**2 + addend)) for x >= 0 and addends of magnitude 1.
static Expr expandLogWithRoot(Expr x, double addend) {
  // From here on the root is x, and a square does not overflow before.
  double limit = x.isF32() ? 0x1p14 : 0x1p30;
  Expr isLarge = x > limit, near = x.atMost(limit);
  Expr square = near * near;
  TwoSum radicand(square, x.number(addend));
  Expr root = radicand.sum.sqrt();
  Expr error = radicand.error + near.fma(near, -square);
  Expr rest = (-root).fma(root, radicand.sum) + error;
  // Only zero, which has no rest, is below the limit.
  Expr rootError = rest * 0.5 / root.atLeast(0x1p-40);
  TwoSum sum(near, root);
  return expandLogOfSum(isLarge.select(x, sum.sum),
                        isLarge.select(x.number(0), sum.error + rootError),
                        isLarge.select(x.number(1), x.number(0)));
}

Expansion expandAsinh(Expr x) {
  Expr magnitude = x.abs();
  Expr result = expandLogWithRoot(magnitude, 1);
  Expr isOrdinary = differsFromOperand(x) & (magnitude < kInfinity);
  return {isOrdinary.select(result, magnitude).withSignOf(x)};
}

Expansion expandAcosh(Expr x) {
  Expr result = expandLogWithRoot(x, -1);
  Expr aboveOne = (x < kInfinity).select(result, x);
  return {(x < 1).select(nan(x), aboveOne)};
}

} // namespace numloom
