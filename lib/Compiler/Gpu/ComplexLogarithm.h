// The logarithm of a complex number in double-double arithmetic, for powers,
// which multiply its error by the exponent.
#ifndef NUMLOOM_LIB_COMPILER_GPU_COMPLEXLOGARITHM_H
#define NUMLOOM_LIB_COMPILER_GPU_COMPLEXLOGARITHM_H

#include "DoubleDouble.h"

int __nv_ilogb(double);
double __nv_ldexp(double, int);

typedef struct {
  DoubleDouble re, im;
} ComplexDoubleDouble;

/// x (1 + s/3 + s**2/5 + ...): the inverse hyperbolic tangent of x for s =
/// x**2, its arc tangent for s = -x**2. Within 2**-65 for |x| < 0.172.
static DoubleDouble sumOddPowers(DoubleDouble x, DoubleDouble s) {
  static const DoubleDouble kThird = {0x1.5555555555555p-2,
                                      0x1.5555555555555p-56};
  // From the third term on float64 suffices.
  double tail = 0;
  for (int n = 23; n >= 5; n -= 2)
    tail = s.hi * (1.0 / n + tail);
  DoubleDouble sum = multiply(s, add(kThird, (DoubleDouble){tail, 0}));
  return add(x, multiply(x, sum));
}

/// log(x**2 + y**2) / 2 + exponent * log(2), for 1 <= x < 2 and 0 <= y <= x.
static DoubleDouble logMagnitudeOfScaled(double x, double y, int exponent) {
  static const DoubleDouble kHalfLn2 = {0x1.62e42fefa39efp-2,
                                        0x1.abc9e3b39803fp-57};
  DoubleDouble square = add(multiplyExactly(x, x), multiplyExactly(y, y));
  // Halved until it is at most sqrt(2), so that the terms do not cancel.
  int halvings = (square.hi > 0x1.6a09e667f3bcdp+0) +
                 (square.hi > 0x1.6a09e667f3bcdp+1) +
                 (square.hi > 0x1.6a09e667f3bcdp+2);
  double factor = 1.0 / (1 << halvings);
  square.hi *= factor, square.lo *= factor;
  DoubleDouble tangent = divide(add(square, (DoubleDouble){-1, 0}),
                                add(square, (DoubleDouble){1, 0}));
  return add(scale(kHalfLn2, 2 * exponent + halvings),
             sumOddPowers(tangent, multiply(tangent, tangent)));
}

/// The arc tangent of y / x, for 1 <= x < 2 and 0 <= y <= x.
static DoubleDouble arctanOfScaled(double x, double y) {
  /// Of multiples of 1/4.
  static const DoubleDouble kArctan[] = {
      {0, 0},
      {0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57},
      {0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56},
      {0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56},
      {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55}};
  int quarters = (int)(4 * (y / x) + 0.5);
  double nearest = quarters / 4.0;
  DoubleDouble tangent =
      divide(add((DoubleDouble){y, 0}, negate(multiplyExactly(nearest, x))),
             add((DoubleDouble){x, 0}, multiplyExactly(nearest, y)));
  DoubleDouble rest = sumOddPowers(tangent, negate(multiply(tangent, tangent)));
  return add(kArctan[quarters], rest);
}

/// The logarithm of x + iy, for finite x and y that are not both zero.
static ComplexDoubleDouble takeLogarithm(double x, double y) {
  static const DoubleDouble kHalfPi = {0x1.921fb54442d18p+0,
                                       0x1.1a62633145c07p-54};
  static const DoubleDouble kPi = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
  double ax = __builtin_fabs(x), ay = __builtin_fabs(y);
  int isSteep = ay > ax;
  int exponent = __nv_ilogb(isSteep ? ay : ax);
  double large = __nv_ldexp(isSteep ? ay : ax, -exponent);
  double small = __nv_ldexp(isSteep ? ax : ay, -exponent);
  DoubleDouble angle = arctanOfScaled(large, small);
  if (isSteep)
    angle = add(kHalfPi, negate(angle));
  if (__builtin_signbit(x))
    angle = add(kPi, negate(angle));
  if (__builtin_signbit(y))
    angle = negate(angle);
  return (ComplexDoubleDouble){logMagnitudeOfScaled(large, small, exponent),
                               angle};
}

#endif // NUMLOOM_LIB_COMPILER_GPU_COMPLEXLOGARITHM_H
