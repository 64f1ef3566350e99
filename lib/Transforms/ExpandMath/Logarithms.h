// The logarithm of a number in two parts.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_LOGARITHMS_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_LOGARITHMS_H

#include "FloatExpr.h"

namespace numloom {

/// x + y = sum + error without rounding (Knuth, The Art of Computer
/// Programming 2, 4.2.2).
struct TwoSum {
  TwoSum(Expr x, Expr y) : sum(x + y), error(sum) {
    Expr part = sum - x;
    error = (x - (sum - part)) + (y - part);
  }

  Expr sum, error;
};

/// (log((1 + s) / (1 - s)) - 2 s) / s**3 in z = s**2, of a float64 with |s| <=
/// 0.1717.
Expr getLogSeries64(Expr z);

/// log(2**doublings (high + low)) for a normal `high` above zero, of which
/// `low` is about a rounding error, or any value below that.
Expr expandLogOfSum(Expr high, Expr low, Expr doublings);

/// log(x) to 36 bits, for a float64 that is zero, normal, infinite or NaN, and
/// not negative.
Expr expandShortLog(Expr x);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_LOGARITHMS_H
