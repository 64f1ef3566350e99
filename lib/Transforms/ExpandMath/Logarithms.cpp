// The natural logarithm.

#include "Logarithms.h"

#include <limits>
#include <numbers>

namespace numloom {
namespace {

/// What the logarithm needs to know of a float type.
struct LogFormat {
  int fractionBits;
  int bias;
  double leastNormal;
  int64_t rootHalf; ///< the bits of sqrt(1/2)
  double log2High;  ///< products with exponents are exact
  double log2Low;
  llvm::ArrayRef<double> coefficients;
};

/// (log((1 + s) / (1 - s)) - 2 s) / s**3 in z = s**2 for |s| <= 0.1717,
/// minimax in its error times z: 2.5e-18 and 9.6e-12.
constexpr double kLog64[] = {0x1.5555555555593p-1, 0x1.999999997fb32p-2,
                             0x1.2492494217909p-2, 0x1.c71c51e80abbfp-3,
                             0x1.7466462762065p-3, 0x1.39a0f5a39bb22p-3,
                             0x1.2f0d874c7c6c5p-3};
constexpr double kLog32[] = {0x1.555554p-1, 0x1.999a7cp-2, 0x1.2438a8p-2,
                             0x1.e2fdcep-3};

constexpr LogFormat kLogFormat64{52,
                                 1023,
                                 0x1p-1022,
                                 0x3fe6a09e667f3bcd,
                                 0x1.62e42fee00000p-1,
                                 0x1.a39ef35793c76p-33,
                                 kLog64};
constexpr LogFormat kLogFormat32{
    23, 127, 0x1p-126, 0x3f3504f3, 0x1.62e4p-1, 0x1.7f7d1cp-20, kLog32};

/// x = 2**k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), of a normal x.
struct LogReduction {
  explicit LogReduction(Expr x)
      : format(x.isF32() ? kLogFormat32 : kLogFormat64), biased(x), f(x) {
    int64_t one = int64_t(1) << format.fractionBits;
    Expr bits = x.toBits();
    bits = bits.plusBits(bits.bits(format.bias * one - format.rootHalf));
    // The biased exponent as the low bits of the float 2**fractionBits.
    biased = (bits.shiftRight(format.fractionBits) |
              x.number(static_cast<double>(one)).toBits())
                 .toFloat();
    f = (bits & bits.bits(one - 1))
            .plusBits(bits.bits(format.rootHalf))
            .toFloat() -
        1;
  }

  /// What `biased` is for k = 0.
  double getBias() const {
    return static_cast<double>((int64_t(1) << format.fractionBits) +
                               format.bias);
  }

  /// k log(2) + log(1 + f) + low, where log(1 + f) is the series in
  /// s = f / (2 + f); f and f**2 / 2 are kept apart because they are known more
  /// exactly than the rest.
  Expr getLog(Expr k, Expr low) const {
    Expr s = f / (f + 2);
    Expr z = s * s;
    Expr series = z * z.polynomial(format.coefficients);
    Expr halfSquare = f * f * 0.5;
    Expr small = s.fma(halfSquare + series, low);
    return k.fma(format.log2High, f - (halfSquare - small));
  }

  const LogFormat &format;
  Expr biased, f;
};

} // namespace

Expr getLogSeries64(Expr z) { return z.polynomial(kLog64); }

Expr expandLogOfSum(Expr high, Expr low, Expr doublings) {
  LogReduction reduced(high);
  Expr k = reduced.biased - reduced.getBias() + doublings;
  return reduced.getLog(k, k.fma(reduced.format.log2Low, low / high));
}

Expr expandShortLog(Expr x) {
  double infinity = std::numeric_limits<double>::infinity();
  LogReduction reduced(x);
  Expr s = reduced.f / (reduced.f + 2);
  Expr z = s * s;
  Expr series = z.fma(z.polynomial(kLog32), z.number(2));
  Expr k = reduced.biased - reduced.getBias();
  Expr result = k.fma(std::numbers::ln2, s * series);
  Expr ofZero = (x == 0).select(x.number(-infinity), result);
  return (x < infinity).select(ofZero, x);
}

Expansion expandLog(Expr x) {
  const LogFormat &format = x.isF32() ? kLogFormat32 : kLogFormat64;
  double infinity = std::numeric_limits<double>::infinity();
  // Subnormals are scaled to normal numbers.
  int scale = format.fractionBits + 2;
  Expr isSmall = x < format.leastNormal;
  LogReduction reduced(
      isSmall.select(x * static_cast<double>(int64_t(1) << scale), x));
  Expr k = reduced.biased - isSmall.select(x.number(reduced.getBias() + scale),
                                           x.number(reduced.getBias()));
  Expr result = reduced.getLog(k, k * format.log2Low);
  Expr isOrdinary = (x > 0) & (x < infinity);
  Expr nan = x.number(std::numeric_limits<double>::quiet_NaN());
  Expr special = (x == 0).select(x.number(-infinity), (x < 0).select(nan, x));
  return {isOrdinary.select(result, special)};
}

} // namespace numloom
