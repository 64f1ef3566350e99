// The complex functions of GPU kernels, on the CPU with the C library in the
// place of libdevice, against glibc's.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <random>
#include <vector>

namespace {
using Complex = std::complex<double>;

/// How the functions return complex numbers.
struct Parts {
  double re, im;
};
} // namespace

// What they call of libdevice.
extern "C" {
double __nv_acos(double x) { return std::acos(x); }
double __nv_asin(double x) { return std::asin(x); }
double __nv_atan(double x) { return std::atan(x); }
double __nv_atan2(double y, double x) { return std::atan2(y, x); }
double __nv_atanh(double x) { return std::atanh(x); }
double __nv_cos(double x) { return std::cos(x); }
double __nv_cosh(double x) { return std::cosh(x); }
double __nv_exp(double x) { return std::exp(x); }
double __nv_hypot(double x, double y) { return std::hypot(x, y); }
int __nv_ilogb(double x) { return std::ilogb(x); }
double __nv_ldexp(double x, int exponent) { return std::ldexp(x, exponent); }
double __nv_log(double x) { return std::log(x); }
double __nv_log1p(double x) { return std::log1p(x); }
double __nv_sin(double x) { return std::sin(x); }
void __nv_sincos(double x, double *sine, double *cosine) {
  *sine = std::sin(x);
  *cosine = std::cos(x);
}
double __nv_sinh(double x) { return std::sinh(x); }
double __nv_tan(double x) { return std::tan(x); }

Parts __numloom_cacos(double, double);
Parts __numloom_cacosh(double, double);
Parts __numloom_casin(double, double);
Parts __numloom_casinh(double, double);
Parts __numloom_catan(double, double);
Parts __numloom_catanh(double, double);
Parts __numloom_ccos(double, double);
Parts __numloom_ccosh(double, double);
Parts __numloom_cexp(double, double);
Parts __numloom_clog(double, double);
Parts __numloom_csin(double, double);
Parts __numloom_csinh(double, double);
Parts __numloom_csqrt(double, double);
Parts __numloom_ctan(double, double);
Parts __numloom_ctanh(double, double);
Parts __numloom_cpow(double, double, double, double);
}

namespace {
Complex power(Complex x, Complex y) {
  Parts power = __numloom_cpow(x.real(), x.imag(), y.real(), y.imag());
  return {power.re, power.im};
}

std::vector<Complex> getSpecialNumbers() {
  using Limits = std::numeric_limits<double>;
  constexpr double kInf = Limits::infinity(), kNan = Limits::quiet_NaN();
  constexpr std::array kParts = {0.0, -0.0, 1.0, -1.5, kInf, -kInf, kNan};
  std::vector<Complex> numbers;
  for (double re : kParts)
    for (double im : kParts)
      numbers.push_back({re, im});
  return numbers;
}

/// Finite parts within rounding of numbers of `size`.
bool isLike(double got, double want, double size, bool hasSign) {
  if (std::isnan(want) || std::isinf(want))
    return std::isnan(want) ? std::isnan(got) : got == want;
  if (got == 0 && want == 0)
    return !hasSign || std::signbit(got) == std::signbit(want);
  return std::abs(got - want) <= 1e-14 * size;
}

bool isLike(Complex got, Complex want, bool hasSigns = true) {
  auto getSize = [](double x) { return std::isfinite(x) ? std::abs(x) : 0; };
  double size = getSize(want.real()) + getSize(want.imag());
  return isLike(got.real(), want.real(), size, hasSigns) &&
         isLike(got.imag(), want.imag(), size, hasSigns);
}

struct Function {
  const char *name;
  Parts (*ours)(double, double);
  Complex (*theirs)(const Complex &);
};

TEST(ComplexMathTest, SpecialValues) {
  const Function functions[] = {
      {"acos", __numloom_cacos, [](const Complex &z) { return std::acos(z); }},
      {"acosh", __numloom_cacosh, std::acosh},
      {"asin", __numloom_casin, [](const Complex &z) { return std::asin(z); }},
      {"asinh", __numloom_casinh, std::asinh},
      {"atan", __numloom_catan, [](const Complex &z) { return std::atan(z); }},
      {"atanh", __numloom_catanh, std::atanh},
      {"cos", __numloom_ccos, std::cos},
      {"cosh", __numloom_ccosh, std::cosh},
      {"exp", __numloom_cexp, std::exp},
      {"log", __numloom_clog, std::log},
      {"sin", __numloom_csin, std::sin},
      {"sinh", __numloom_csinh, std::sinh},
      {"sqrt", __numloom_csqrt, std::sqrt},
      {"tan", __numloom_ctan, std::tan},
      {"tanh", __numloom_ctanh, std::tanh},
  };
  for (const Function &function : functions)
    for (Complex z : getSpecialNumbers()) {
      Parts got = function.ours(z.real(), z.imag());
      EXPECT_TRUE(isLike({got.re, got.im}, function.theirs(z)))
          << function.name << z << " = (" << got.re << "," << got.im
          << "), not " << function.theirs(z);
    }
}

TEST(ComplexMathTest, SpecialPowers) {
  for (Complex x : getSpecialNumbers())
    for (Complex y : getSpecialNumbers()) {
      if (x == 0.0)
        continue;
      // Signs of zeros come from those of NaN, which differ by the processor.
      bool isFinite =
          std::isfinite(std::norm(x)) && std::isfinite(std::norm(y));
      EXPECT_TRUE(isLike(power(x, y), std::pow(x, y), isFinite))
          << x << " ** " << y << " = " << power(x, y) << ", not "
          << std::pow(x, y);
    }
}

TEST(ComplexMathTest, PowersAreAccurate) {
  using Extended = std::complex<long double>;
  if (std::numeric_limits<long double>::digits < 64)
    GTEST_SKIP() << "no reference";
  std::mt19937_64 engine(1);
  std::uniform_real_distribution<double> exponent(-12, 5), sign(-1, 1);
  auto draw = [&] {
    return std::copysign(std::exp(exponent(engine)), sign(engine));
  };
  for (int i = 0; i < 20000; ++i) {
    Complex x = {draw(), draw()}, y = {draw(), draw()}, got = power(x, y);
    Extended want = std::pow(Extended(x), Extended(y));
    double size = std::max(std::abs(want.real()), std::abs(want.imag()));
    if (!std::isnormal(size))
      continue;
    double error = std::abs(Extended(got) - want) / size;
    EXPECT_LE(error, 4 * std::numeric_limits<double>::epsilon())
        << x << " ** " << y << " = " << got << ", not " << want;
  }
}
} // namespace
