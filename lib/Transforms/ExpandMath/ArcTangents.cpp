// The inverse tangent of a number and of a quotient.

#include "FloatExpr.h"

#include <limits>

namespace numloom {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// (atan(q) / q - 1) / z in z = q**2 for |q| <= tan(pi / 8), by interpolation
/// at Chebyshev's nodes; z times the error is below 3.1e-18 and 2.7e-9.
constexpr double kArctan64[] = {
    -0x1.5555555555555p-2, 0x1.9999999999953p-3,  -0x1.249249248d7dcp-3,
    0x1.c71c71c303dbbp-4,  -0x1.745d165dc9713p-4, 0x1.3b1392d519db1p-4,
    -0x1.110e87b4357d2p-4, 0x1.e19a0bfa3eef9p-5,  -0x1.ac7a5a79b3f26p-5,
    0x1.74dccfb93fff0p-5,  -0x1.1b311bb48c215p-5, 0x1.0acd9e91a5a35p-6};
constexpr double kArctan32[] = {-0x1.555554p-2, 0x1.999730p-3, -0x1.24202ep-3,
                                0x1.b80f88p-4, -0x1.08432cp-4};

/// tan(pi / 8), about.
constexpr double kSteepest = 0.41421356237309503;

/// What the functions need to know of a float type: pi / 4 in two parts, of
/// which the first has zeros for multiples at its end.
struct ArctanFormat {
  double quarterHigh, quarterLow;
  llvm::ArrayRef<double> coefficients;
};
constexpr ArctanFormat kFormat64{0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55,
                                 kArctan64};
constexpr ArctanFormat kFormat32{0x1.921fb0p-1, 0x1.5110b4p-23, kArctan32};

/// A number in two parts, the second of which is a rounding error.
struct Split {
  Expr value, error;

  Split negateIf(Expr condition) const {
    return {condition.select(-value, value), condition.select(-error, error)};
  }
};

/// x + y, where x has the larger magnitude (Dekker, Numer. Math. 18, 1971).
Split addExactly(Expr x, Expr y) {
  Expr sum = x + y;
  return {sum, y - (sum - x)};
}

/// An angle as quarters * pi / 4 + atan(numerator / denominator), with the
/// quotient's magnitude up to tan(pi / 8).
struct Angle {
  Expr quarters;
  Split numerator, denominator;

  Expr get() const {
    const ArctanFormat &format = quarters.isF32() ? kFormat32 : kFormat64;
    Expr divisor = denominator.value;
    Expr q = numerator.value / divisor;
    // What the roundings of the quotient and its parts left.
    Expr rest = (-q).fma(divisor, numerator.value) + numerator.error;
    rest = (-q).fma(denominator.error, rest) / divisor;
    Expr square = q * q;
    Expr tail = (q * square).fma(square.polynomial(format.coefficients), rest);
    Expr low = quarters.fma(format.quarterLow, tail);
    return quarters.fma(format.quarterHigh, q + low);
  }
};

/// The angle of (x, y) from the first quadrant.
Angle reduce(Expr y, Expr x) {
  Expr isSteep = x.isLess(y);
  Expr shorter = isSteep.select(x, y), longer = isSteep.select(y, x);
  // Near the diagonal the angle to it is smaller.
  Expr isNear = (longer * kSteepest).isLess(shorter);
  Expr zero = x.number(0), one = x.number(1);
  Expr quarters = isNear.select(one, isSteep.select(x.number(2), zero));
  auto choose = [&](Split near, Expr far) -> Split {
    return {isNear.select(near.value, far), isNear.select(near.error, zero)};
  };
  Split numerator = choose(addExactly(-longer, shorter), shorter);
  return {quarters, numerator.negateIf(isSteep),
          choose(addExactly(longer, shorter), longer)};
}

Expr isNegative(Expr x) { return x.number(1).withSignOf(x) < 0; }

} // namespace

Expansion expandArctan(Expr x) {
  // Beyond, the angle is a quarter turn in both formats.
  Expr magnitude = x.abs().atMost(0x1p60);
  return {reduce(magnitude, x.number(1)).get().withSignOf(x)};
}

Expansion expandArctan2(Expr y, Expr x) {
  Expr height = y.abs(), width = x.abs();
  // Both infinite is a diagonal, as (1, 1), and both zero the axis, as (1, 0).
  Expr one = x.number(1), zero = x.number(0);
  Expr isFar = (height == kInfinity) | (width == kInfinity);
  auto getShare = [&](Expr side) {
    return isFar.select((side == kInfinity).select(one, zero), side);
  };
  Expr far = getShare(height), near = getShare(width);
  near = ((far == 0) & (near == 0)).select(one, near);
  // A sum may not overflow, nor what a quotient leaves be subnormal.
  double large = x.isF32() ? 0x1p120 : 0x1p1000;
  double small = x.isF32() ? 0x1p-60 : 0x1p-900;
  double step = x.isF32() ? 0x1p60 : 0x1p120;
  Expr longer = far.isLess(near).select(near, far);
  Expr scale = (longer > large).select(x.number(1 / step), one);
  scale = (longer < small).select(x.number(step), scale);
  Angle angle = reduce(far * scale, near * scale);
  Expr isLeft = isNegative(x);
  angle.quarters = isLeft.select(x.number(4) - angle.quarters, angle.quarters);
  angle.numerator = angle.numerator.negateIf(isLeft);
  Expr isNumber = x.isEqual(x) & y.isEqual(y);
  return {isNumber.select(angle.get().withSignOf(y), x + y)};
}

} // namespace numloom
