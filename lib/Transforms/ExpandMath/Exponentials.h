// The argument reduction that exp and the functions made of it share.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_EXPONENTIALS_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_EXPONENTIALS_H

#include "FloatExpr.h"

namespace numloom {

/// x = exponent log(2) + high + low with |high| <= log(2) / 2.
struct ExpReduction {
  explicit ExpReduction(Expr x);

  /// exp(high) - 1 - high + addend.
  Expr getTail(Expr addend) const;

  ShiftedInteger exponent;
  Expr high, low;
};

/// (exp(r) - 1 - r) / r**2 of a float64 with |r| <= log(2) / 2.
Expr getExpSeries64(Expr r);

/// exp(x) to 28 bits in float64, where float32's is neither zero nor infinite;
/// elsewhere what rounds to these.
Expr expandShortExp(Expr x);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_EXPONENTIALS_H
