// The length of a vector with two components.

#include "FloatExpr.h"

#include <limits>

namespace numloom {
namespace {

/// Multiplies legs by a power of two that is the same for many exponents of the
/// longer one, and thus a normal number, as its inverse is, whatever that is:
/// squares of scaled legs neither overflow nor lose the bits that count.
struct LegScale {
  Expr factor, inverse;

  explicit LegScale(Expr longer) : LegScale(getFormat(longer), longer) {}

private:
  struct Format {
    int64_t exponentMask; ///< the exponent's upper bits
    int64_t largest;      ///< the biased exponent of the largest factor
    int64_t bias;
    int fractionBits;
  };

  static Format getFormat(Expr x) {
    if (x.isF32())
      return {0x78000000, 247, 127, 23};
    return {0x7c00000000000000, 2016, 1023, 52};
  }

  LegScale(const Format &format, Expr x) : factor(x), inverse(x) {
    Expr exponent = x.toBits();
    exponent = exponent & exponent.bits(format.exponentMask);
    int64_t largest = format.largest << format.fractionBits;
    int64_t one = format.bias << format.fractionBits;
    factor = exponent.bits(largest).minusBits(exponent).toFloat();
    inverse = exponent.plusBits(exponent.bits(2 * one - largest)).toFloat();
  }
};

} // namespace

/// The root of the squares' rounded sum, and one step of Newton's method with
/// what the roundings of squares, sum and root have left: the last operation's
/// rounding is all that counts, and that of the scale if the result is
/// subnormal. An infinite leg makes the other one irrelevant, NaN included.
Expansion expandHypot(Expr x, Expr y) {
  Expr a = x.abs(), b = y.abs();
  Expr isLess = a.isLess(b);
  LegScale scale(isLess.select(b, a));
  Expr longer = isLess.select(b, a) * scale.factor;
  Expr shorter = isLess.select(a, b) * scale.factor;
  Expr square = longer * longer;
  Expr squareError = longer.fma(longer, -square);
  Expr sum = shorter.fma(shorter, square);
  // The difference is exact, for the sum is at most twice the square.
  Expr sumError = shorter.fma(shorter, square - sum);
  Expr root = sum.sqrt();
  Expr rest = (-root).fma(root, sum) + (sumError + squareError);
  // Only zero, which has no rest, is shorter than the limit.
  Expr slope = x.number(0.5) / root.atLeast(x.isF32() ? 0x1p-40 : 0x1p-100);
  Expr length = rest.fma(slope, root) * scale.inverse;
  double infinity = std::numeric_limits<double>::infinity();
  Expr isInfinite = (a == infinity) | (b == infinity);
  return {isInfinite.select(x.number(infinity), length)};
}

} // namespace numloom
