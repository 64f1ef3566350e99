// The argument reduction that exp and the functions made of it share.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_EXPONENTIALS_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_EXPONENTIALS_H

#include "FloatExpr.h"

namespace numloom {

/// exp(x) = 2**exponent (1 + high + low + tail): x = exponent log(2) + high +
/// low with |high| <= log(2) / 2, and tail = exp(high) - 1 - high.
struct ExpReduction {
  explicit ExpReduction(Expr x);

  ShiftedInteger exponent;
  Expr high, low, tail;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_EXPONENTIALS_H
