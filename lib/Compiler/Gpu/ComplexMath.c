// The functions of complex128 that GPU kernels call, and pairs of real ones,
// with the special values of the C standard's Annex G. Built as bitcode on
// libdevice; no contraction into fused multiply-adds but where written. Where
// the standard leaves the sign of a zero or an infinity open, it is glibc's and
// thus NumPy's.

#include "ComplexLogarithm.h"
#include "ReduceAngle.h"

typedef struct {
  double re, im;
} Complex;
typedef struct {
  float re, im;
} ComplexF;

double __nv_acos(double);
double __nv_asin(double);
double __nv_atan(double);
double __nv_atan2(double, double);
double __nv_atanh(double);
double __nv_cos(double);
double __nv_cosh(double);
double __nv_exp(double);
double __nv_hypot(double, double);
double __nv_log(double);
double __nv_log1p(double);
double __nv_sin(double);
void __nv_sincos(double, double *, double *);
void __nv_sincosf(float, float *, float *);
double __nv_sinh(double);
double __nv_tan(double);

#define NOINLINE __attribute__((noinline))

static const double kInf = __builtin_inf();
static const double kNan = __builtin_nan("");
static const double kLn2 = 0x1.62e42fefa39efp-1;
static const double kHalfPi = 0x1.921fb54442d18p+0;
static const double kEpsilon = 0x1p-52;

static double fabs(double x) { return __builtin_fabs(x); }
static double sqrt(double x) { return __builtin_sqrt(x); }
static double copysign(double x, double sign) {
  return __builtin_copysign(x, sign);
}
static double max(double x, double y) { return x > y ? x : y; }
static double min(double x, double y) { return x > y ? y : x; }
static int isnan(double x) { return x != x; }
static int isinf(double x) { return fabs(x) == kInf; }
static int isfinite(double x) { return fabs(x) < kInf; }
static Complex swap(Complex z) { return (Complex){z.im, z.re}; }

//===----------------------------------------------------------------------===//
// Exponential, logarithm, power, square root
//===----------------------------------------------------------------------===//

/// The cosine and the sine of one argument, which is reduced once.
Complex __numloom_cis(double x) {
  Complex z;
  __nv_sincos(x, &z.im, &z.re);
  return z;
}

ComplexF __numloom_cisf(float x) {
  ComplexF z;
  __nv_sincosf(x, &z.im, &z.re);
  return z;
}

/// exp(x) times cos(y) and sin(y), also where only exp(x) overflows.
static Complex scaleByExp(double x, Complex cis) {
  double root = __nv_exp(x <= 709 ? x : x / 2);
  double scale = x <= 709 ? 1 : root;
  return (Complex){root * cis.re * scale, root * cis.im * scale};
}

NOINLINE Complex __numloom_cexp(double x, double y) {
  if (y == 0)
    return (Complex){__nv_exp(x), y};
  if (!isfinite(y) && isinf(x))
    return x < 0 ? (Complex){0, isnan(y) ? 0 : copysign(0, y)}
                 : (Complex){x, kNan};
  return scaleByExp(x, __numloom_cis(y));
}

/// log|z|, exact near the unit circle, where x*x + y*y - 1 cancels.
static double logMagnitude(double x, double y) {
  double a = max(fabs(x), fabs(y)), b = min(fabs(x), fabs(y));
  if (isinf(x) || isinf(y))
    return kInf;
  if (a * a + b * b > 0.5 && a * a + b * b < 3) {
    DoubleDouble square = add(multiplyExactly(a, a), multiplyExactly(b, b));
    return __nv_log1p(add(square, (DoubleDouble){-1, 0}).hi) / 2;
  }
  if (a > 0x1p1022)
    return __nv_log(__nv_hypot(a / 2, b / 2)) + kLn2;
  return __nv_log(__nv_hypot(a, b));
}

NOINLINE Complex __numloom_clog(double x, double y) {
  return (Complex){logMagnitude(x, y), __nv_atan2(y, x)};
}

/// A number in the direction of z, whose parts that are NaN count as 0: its
/// infinite parts become 1 and the others 0, should it have any.
static Complex getDirection(Complex z) {
  if (isinf(z.re) || isinf(z.im))
    return (Complex){isinf(z.re) ? copysign(1, z.re) : 0,
                     isinf(z.im) ? copysign(1, z.im) : 0};
  return (Complex){isnan(z.re) ? 0 : z.re, isnan(z.im) ? 0 : z.im};
}

/// The product as of Annex G: infinite if one factor is infinite and the other
/// is not zero, also where another part is NaN.
static Complex multiplyComplex(Complex z, Complex w) {
  double xx = z.re * w.re, yy = z.im * w.im;
  double xy = z.re * w.im, yx = z.im * w.re;
  Complex product = {xx - yy, xy + yx};
  if (!isnan(product.re) || !isnan(product.im))
    return product;
  int isInfinite = isinf(z.re) || isinf(z.im) || isinf(w.re) || isinf(w.im);
  if (!isInfinite && !isinf(xx) && !isinf(yy) && !isinf(xy) && !isinf(yx))
    return product;
  z = getDirection(z), w = getDirection(w);
  return (Complex){kInf * (z.re * w.re - z.im * w.im),
                   kInf * (z.re * w.im + z.im * w.re)};
}

/// exp of a number known to more than float64's precision.
static Complex expOfSum(DoubleDouble x, DoubleDouble y) {
  // Where exp(x) is neither 0 nor infinite, x.lo is small.
  double factor = fabs(x.hi) < 1000 ? 1 + x.lo : 1;
  if (y.hi == 0)
    return (Complex){factor * __nv_exp(x.hi), y.hi};
  Complex cis = __numloom_cis(y.hi), rest = {1, y.lo};
  if (fabs(y.lo) > 0x1p-27)
    rest = __numloom_cis(y.lo);
  Complex sum = {factor * (cis.re * rest.re - cis.im * rest.im),
                 factor * (cis.im * rest.re + cis.re * rest.im)};
  return scaleByExp(x.hi, sum);
}

NOINLINE Complex __numloom_cpow(double x, double y, double p, double q) {
  if (isfinite(x) && isfinite(y) && (x != 0 || y != 0)) {
    ComplexDoubleDouble log = takeLogarithm(x, y);
    DoubleDouble re = add(scale(log.re, p), negate(scale(log.im, q)));
    DoubleDouble im = add(scale(log.im, p), scale(log.re, q));
    // The sign of zero is that of a plain sum.
    if (im.hi == 0)
      im.hi = p * log.im.hi + q * log.re.hi;
    if (isfinite(re.hi) && isfinite(im.hi))
      return expOfSum(re, im);
  }
  Complex exponent = multiplyComplex((Complex){p, q}, __numloom_clog(x, y));
  // x86 makes this NaN with a sign bit, which glibc hands on to zero.
  if (exponent.re == -kInf && isnan(exponent.im))
    return (Complex){0, -0.0};
  return __numloom_cexp(exponent.re, exponent.im);
}

NOINLINE Complex __numloom_csqrt(double x, double y) {
  if (x == 0 && y == 0)
    return (Complex){0, y};
  if (isinf(y))
    return (Complex){kInf, y};
  if (isinf(x)) {
    double small = isnan(y) ? y : 0;
    return x > 0 ? (Complex){x, copysign(small, y)}
                 : (Complex){small, copysign(x, y)};
  }
  // Away from overflow and subnormal numbers.
  double scale = 1, largest = max(fabs(x), fabs(y));
  if (largest > 0x1p1020) {
    x /= 16, y /= 16, scale = 4;
  } else if (largest < 0x1p-960) {
    x *= 0x1p120, y *= 0x1p120, scale = 0x1p-60;
  }
  double root = sqrt((fabs(x) + __nv_hypot(x, y)) / 2);
  double other = fabs(y) / (2 * root);
  return x >= 0 ? (Complex){scale * root, copysign(scale * other, y)}
                : (Complex){scale * other, copysign(scale * root, y)};
}

//===----------------------------------------------------------------------===//
// Hyperbolic and trigonometric functions: f(x + iy) of one kind is that of the
// other with real and imaginary parts exchanged
//===----------------------------------------------------------------------===//

NOINLINE Complex __numloom_csinh(double x, double y) {
  if (y == 0)
    return (Complex){__nv_sinh(x), y};
  if (!isfinite(y) && (x == 0 || isinf(x)))
    return (Complex){fabs(x) == 0 ? x : kInf, kNan};
  Complex cis = __numloom_cis(y);
  if (fabs(x) > 40) {
    Complex half = scaleByExp(fabs(x), (Complex){cis.re / 2, cis.im / 2});
    return (Complex){x < 0 ? -half.re : half.re, half.im};
  }
  return (Complex){__nv_sinh(x) * cis.re, __nv_cosh(x) * cis.im};
}

NOINLINE Complex __numloom_ccosh(double x, double y) {
  if (y == 0)
    return (Complex){__nv_cosh(x), isnan(x) ? y : copysign(1, x) * y};
  if (!isfinite(y) && x == 0)
    return (Complex){kNan, 0};
  if (!isfinite(y) && isinf(x))
    return (Complex){kInf, kNan};
  Complex cis = __numloom_cis(y);
  if (fabs(x) > 40) {
    Complex half = scaleByExp(fabs(x), (Complex){cis.re / 2, cis.im / 2});
    return (Complex){half.re, x < 0 ? -half.im : half.im};
  }
  return (Complex){__nv_cosh(x) * cis.re, __nv_sinh(x) * cis.im};
}

NOINLINE Complex __numloom_ctanh(double x, double y) {
  if (isinf(x)) {
    double sign = isfinite(y) ? __nv_sin(2 * y) : isnan(y) ? 1 : y;
    return (Complex){copysign(1, x), copysign(0, sign)};
  }
  if (isnan(x) || !isfinite(y))
    return (Complex){x == 0 ? x : kNan, y == 0 ? y : kNan};
  if (fabs(x) > 22)
    return (Complex){copysign(1, x),
                     4 * __nv_sin(y) * __nv_cos(y) * __nv_exp(-2 * fabs(x))};
  // Kahan's formula.
  double tangent = __nv_tan(y), sine = __nv_sinh(x);
  double secant2 = 1 + tangent * tangent;
  double denominator = 1 + secant2 * sine * sine;
  double cosine = sqrt(1 + sine * sine);
  return (Complex){secant2 * cosine * sine / denominator,
                   tangent / denominator};
}

Complex __numloom_csin(double x, double y) {
  return swap(__numloom_csinh(y, x));
}
Complex __numloom_ccos(double x, double y) { return __numloom_ccosh(-y, x); }
Complex __numloom_ctan(double x, double y) {
  return swap(__numloom_ctanh(y, x));
}

//===----------------------------------------------------------------------===//
// Inverse functions
//===----------------------------------------------------------------------===//

/// What asin and acos have in common, for x, y >= 0: asin(x + iy) = `asin` + i
/// `imaginary`, acos(x + iy) = `acos` - i `imaginary`.
typedef struct {
  double asin, acos, imaginary;
} InverseParts;

/// Hull, Fairgrieve and Tang, "Implementing the complex arcsine and arccosine
/// functions using exception handling" (1997).
static NOINLINE InverseParts invert(double x, double y) {
  if (x > 0x1p500 || y > 0x1p500) {
    double angle = __nv_atan2(x, y);
    return (InverseParts){angle, __nv_atan2(y, x), logMagnitude(x, y) + kLn2};
  }
  // So near the real axis that only first-order terms in y remain.
  if (y <= kEpsilon * fabs(x - 1)) {
    double product = sqrt(fabs(1 - x) * (1 + x));
    if (x < 1)
      return (InverseParts){__nv_asin(x), __nv_acos(x), y / product};
    return (InverseParts){kHalfPi, product > 0 ? y / product : 0,
                          __nv_log1p(x - 1 + product)};
  }
  double r = __nv_hypot(x + 1, y), s = __nv_hypot(x - 1, y);
  double a = (r + s) / 2, b = x / a;
  // y * y may underflow where the quotients do not.
  double left = y * (y / (r + (x + 1)));
  double right = x <= 1 ? y * (y / (s + (1 - x))) : s + (x - 1);
  double aMinus1 = (left + right) / 2;
  InverseParts result;
  result.imaginary = a <= 1.5 ? __nv_log1p(aMinus1 + sqrt(aMinus1 * (a + 1)))
                              : __nv_log(a + sqrt(a * a - 1));
  if (b <= 0.6417) {
    result.asin = __nv_asin(b), result.acos = __nv_acos(b);
    return result;
  }
  // sqrt(a * a - x * x), without cancellation.
  double root =
      x <= 1
          ? sqrt((a + x) / 2 * (left + (s + (1 - x))))
          : y * sqrt(((a + x) / (r + (x + 1)) + (a + x) / (s + (x - 1))) / 2);
  result.asin = __nv_atan2(x, root), result.acos = __nv_atan2(root, x);
  return result;
}

Complex __numloom_cacos(double x, double y) {
  if (isnan(x) || isnan(y)) {
    if (isinf(x))
      return (Complex){kNan, -kInf};
    if (isinf(y))
      return (Complex){kNan, -y};
    return (Complex){x == 0 ? kHalfPi : kNan, kNan};
  }
  InverseParts parts = invert(fabs(x), fabs(y));
  double angle = __builtin_signbit(x) ? 2 * kHalfPi - parts.acos : parts.acos;
  return (Complex){angle, copysign(parts.imaginary, -y)};
}

Complex __numloom_casinh(double x, double y) {
  if (isnan(x) || isnan(y)) {
    if (isinf(x))
      return (Complex){x, kNan};
    if (isinf(y))
      return (Complex){kInf, kNan};
    return (Complex){kNan, y == 0 ? y : kNan};
  }
  InverseParts parts = invert(fabs(y), fabs(x));
  return (Complex){copysign(parts.imaginary, x), copysign(parts.asin, y)};
}

Complex __numloom_casin(double x, double y) {
  return swap(__numloom_casinh(y, x));
}

Complex __numloom_cacosh(double x, double y) {
  Complex w = __numloom_cacos(x, y);
  return (Complex){fabs(w.im), isnan(w.im) ? w.re : copysign(w.re, y)};
}

/// The real part of 1 / z for large z.
static double getRealOfReciprocal(double x, double y) {
  if (isinf(x) || isinf(y))
    return copysign(0, x);
  if (fabs(x) > fabs(y))
    return 0.5 / (x / 2 + y / 2 * (y / x));
  return x / y / 2 / (x / 2 * (x / y) + y / 2);
}

NOINLINE Complex __numloom_catanh(double x, double y) {
  double ax = fabs(x), ay = fabs(y);
  if (y == 0 && ax <= 1)
    return (Complex){__nv_atanh(x), y};
  if (x == 0)
    return (Complex){x, __nv_atan(y)};
  if (isnan(x) || isnan(y))
    return (Complex){isinf(x) || isinf(y) ? copysign(0, x) : kNan,
                     isinf(y) ? copysign(kHalfPi, y) : kNan};
  if (ax > 1 / kEpsilon || ay > 1 / kEpsilon)
    return (Complex){getRealOfReciprocal(x, y), copysign(kHalfPi, y)};
  double re, im;
  if (ax == 1 && ay < kEpsilon) {
    re = (kLn2 - __nv_log(ay)) / 2;
    im = __nv_atan2(2, -ay) / 2;
  } else {
    double distance2 = (ax - 1) * (ax - 1) + ay * ay;
    re = __nv_log1p(4 * ax / distance2) / 4;
    im = __nv_atan2(2 * ay, (1 - ax) * (1 + ax) - ay * ay) / 2;
  }
  return (Complex){copysign(re, x), copysign(im, y)};
}

Complex __numloom_catan(double x, double y) {
  return swap(__numloom_catanh(y, x));
}
