// Powers of float32, computed in float64.

#include "Exponentials.h"
#include "Logarithms.h"

#include <limits>

namespace numloom {

/// exp(y log(|x|)): of the 36 bits of the logarithm the exponential loses 8 at
/// most. The sign, NaN and the cases that are 1 are those of C's pow.
Expansion expandPow(Expr x, Expr y) {
  double infinity = std::numeric_limits<double>::infinity();
  Expr base = x.abs();
  Expr logarithm = expandShortLog(base.toF64());
  Expr power = expandShortExp(y.toF64() * logarithm).toF32();
  Expr half = y * 0.5, one = x.number(1);
  Expr isEven = half.trunc().isEqual(half);
  Expr ofWhole = power.withSignOf(isEven.select(one, x));
  Expr nan = x.number(std::numeric_limits<double>::quiet_NaN());
  Expr ofOthers = ((x < 0) & (base < infinity)).select(nan, power);
  Expr result = y.trunc().isEqual(y).select(ofWhole, ofOthers);
  Expr isOne = (y == 0) | (x == 1) | ((base == 1) & (y.abs() == infinity));
  return {isOne.select(one, result)};
}

} // namespace numloom
