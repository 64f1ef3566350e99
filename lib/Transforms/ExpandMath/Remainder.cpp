// The remainder of division rounded to zero.

#include "FloatExpr.h"

#include <limits>

namespace numloom {

/// Exact while the quotient has no more bits than the significand: x - q y is a
/// multiple of the last bit of y below 2 |y|, so a fused multiply-add does not
/// round it. A quotient rounded up to an integer is one too large.
Expansion expandFmod(Expr x, Expr y) {
  Expr dividend = x.abs(), divisor = y.abs();
  Expr ratio = dividend / divisor;
  Expr rest = (ratio.trunc() * -1.0).fma(divisor, dividend);
  rest = (rest < 0).select(rest + divisor, rest);
  double infinity = std::numeric_limits<double>::infinity();
  return {rest.withSignOf(x),
          (ratio < (x.isF32() ? 0x1p23 : 0x1p52)) & (divisor < infinity)};
}

} // namespace numloom
