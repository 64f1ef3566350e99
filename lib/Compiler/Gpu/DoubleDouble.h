// Numbers of twice float64's precision as unevaluated sums, for functions that
// amplify the error of an intermediate result. After Dekker, "A floating-point
// technique for extending the available precision" (1971).
#ifndef NUMLOOM_LIB_COMPILER_GPU_DOUBLEDOUBLE_H
#define NUMLOOM_LIB_COMPILER_GPU_DOUBLEDOUBLE_H

/// hi + lo, where |lo| is at most half a unit in the last place of hi.
typedef struct {
  double hi, lo;
} DoubleDouble;

/// x + y for |x| >= |y|, exactly.
static DoubleDouble addSmaller(double x, double y) {
  double sum = x + y;
  return (DoubleDouble){sum, y - (sum - x)};
}

/// x + y, exactly.
static DoubleDouble addExactly(double x, double y) {
  double sum = x + y, part = sum - x;
  return (DoubleDouble){sum, (x - (sum - part)) + (y - part)};
}

/// x * y, exactly but for underflow.
static DoubleDouble multiplyExactly(double x, double y) {
  double product = x * y;
  return (DoubleDouble){product, __builtin_fma(x, y, -product)};
}

static DoubleDouble negate(DoubleDouble x) {
  return (DoubleDouble){-x.hi, -x.lo};
}

static DoubleDouble add(DoubleDouble x, DoubleDouble y) {
  DoubleDouble sum = addExactly(x.hi, y.hi);
  return addSmaller(sum.hi, sum.lo + (x.lo + y.lo));
}

static DoubleDouble multiply(DoubleDouble x, DoubleDouble y) {
  DoubleDouble product = multiplyExactly(x.hi, y.hi);
  return addSmaller(product.hi, product.lo + (x.hi * y.lo + x.lo * y.hi));
}

static DoubleDouble scale(DoubleDouble x, double factor) {
  return multiply(x, (DoubleDouble){factor, 0});
}

static DoubleDouble divide(DoubleDouble x, DoubleDouble y) {
  double quotient = x.hi / y.hi;
  double rest = __builtin_fma(-quotient, y.hi, x.hi) + (x.lo - quotient * y.lo);
  return addSmaller(quotient, rest / y.hi);
}

#endif // NUMLOOM_LIB_COMPILER_GPU_DOUBLEDOUBLE_H
