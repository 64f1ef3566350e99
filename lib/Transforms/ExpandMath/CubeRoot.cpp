// The cube root.

#include "FloatExpr.h"

#include <limits>

namespace numloom {
namespace {

/// m**(-1/3) for 1 <= m <= 2 to 17 bits, by interpolation at Chebyshev's nodes.
constexpr double kInverseRoot[] = {0x1.c713e2847cbe6p+0, -0x1.8dd4bd7d34771p+0,
                                   0x1.3a267a3d49ad4p+0, -0x1.2c4b958d54c08p-1,
                                   0x1.37ce9e9ed0a1dp-3, -0x1.0e87006cbe6bbp-6};

constexpr double kRootOfTwo = 0x1.428a2f98d728bp+0;
constexpr double kRootOfHalf = 0x1.965fea53d6e3dp-1;

/// |x| = 8**n t with t in [0.5, 4), of a normal x.
struct CubeReduction {
  explicit CubeReduction(Expr x)
      : third(getExponent(x), 1.0 / 3.0), t(x), inverseRoot(x) {
    int fractionBits = x.isF32() ? 23 : 52;
    int64_t one = int64_t(x.isF32() ? 127 : 1023) << fractionBits;
    Expr bits = x.toBits();
    Expr fraction = bits & bits.bits((int64_t(1) << fractionBits) - 1);
    Expr m = (fraction | bits.bits(one)).toFloat();
    // -1, 0 or 1: what the exponent has beside a multiple of three.
    Expr rest = third.getFloat().fma(-3, getExponent(x));
    auto choose = [&](double low, double high) {
      Expr below = (rest < 0).select(x.number(low), x.number(1));
      return (rest > 0).select(x.number(high), below);
    };
    t = m * choose(0.5, 2);
    inverseRoot = m.polynomial(kInverseRoot) * choose(kRootOfTwo, kRootOfHalf);
  }

  ShiftedInteger third;
  Expr t;
  Expr inverseRoot; ///< t**(-1/3) to 17 bits

private:
  /// The exponent as the low bits of the float 2**52, or 2**23.
  static Expr getExponent(Expr x) {
    int fractionBits = x.isF32() ? 23 : 52;
    double base = x.isF32() ? 0x1p23 : 0x1p52;
    Expr biased = x.toBits().shiftRight(fractionBits) | x.number(base).toBits();
    return biased.toFloat() - (base + (x.isF32() ? 127 : 1023));
  }
};

} // namespace

/// t inverseRoot**2, and one step of Newton's method with what its cube leaves
/// of t: the last operation's rounding is all that counts. In float64 a step of
/// the third order precedes it.
Expansion expandCbrt(Expr x) {
  Expr magnitude = x.abs();
  Expr isSmall = magnitude < (x.isF32() ? 0x1p-126 : 0x1p-1022);
  // By a power of 8: subnormals become normal.
  int64_t steps = x.isF32() ? 8 : 18;
  double scale = x.isF32() ? 0x1p24 : 0x1p54;
  CubeReduction reduced(isSmall.select(magnitude * scale, magnitude));
  Expr t = reduced.t, w = reduced.inverseRoot;
  if (!x.isF32()) {
    Expr rest = (-t * w).fma(w * w, t.number(1));
    Expr change = rest * rest.fma(2.0 / 9.0, t.number(1.0 / 3.0));
    w = w.fma(change, w);
  }
  Expr slope = w * w;
  Expr root = t * slope;
  Expr square = root * root;
  Expr squareError = root.fma(root, -square);
  Expr rest = (-squareError).fma(root, (-square).fma(root, t));
  root = rest.fma(slope * (1.0 / 3.0), root);
  root = root * reduced.third.getPowerOfTwo(isSmall, -steps, 0);
  double infinity = std::numeric_limits<double>::infinity();
  Expr isOrdinary = (magnitude > 0) & (magnitude < infinity);
  return {isOrdinary.select(root.withSignOf(x), x)};
}

} // namespace numloom
