// exp and the functions made of it.

#include "Exponentials.h"

#include <numbers>

namespace numloom {
namespace {

/// (exp(r) - 1 - r) / r**2 for |r| <= log(2) / 2, minimax in the error of
/// exp(r): 3.4e-18 and 3.1e-9.
constexpr double kExp64[] = {0x1.000000000000bp-1,  0x1.5555555555561p-3,
                             0x1.5555555550035p-5,  0x1.111111110d61bp-7,
                             0x1.6c16c185a6430p-10, 0x1.a01a01baed51ep-13,
                             0x1.a019969690988p-16, 0x1.71dddfb196281p-19,
                             0x1.28b04690527eap-22, 0x1.af85b36bc8ee6p-26};
constexpr double kExp32[] = {0x1.0p-1, 0x1.55548ep-3, 0x1.55545ep-5,
                             0x1.123b54p-7, 0x1.6db3f8p-10};

/// log(2) in two parts; products of the first with exponents are exact (Cody
/// and Waite, Software Manual for the Elementary Functions, 1980).
struct Log2Parts {
  double high, low;
};
constexpr Log2Parts kLog2Parts64{0x1.62e42fefa3800p-1, 0x1.ef35793c76730p-45};
constexpr Log2Parts kLog2Parts32{0x1.62e4p-1, 0x1.7f7d1cp-20};

} // namespace

Expr getExpSeries64(Expr r) { return r.polynomial(kExp64); }

ExpReduction::ExpReduction(Expr x)
    : exponent(x, std::numbers::log2e), high(x), low(x) {
  const Log2Parts &log2 = x.isF32() ? kLog2Parts32 : kLog2Parts64;
  Expr n = exponent.getFloat();
  Expr exact = n.fma(-log2.high, x);
  high = n.fma(-log2.low, exact);
  low = n.fma(-log2.low, exact - high);
}

Expr ExpReduction::getTail(Expr addend) const {
  llvm::ArrayRef<double> coefficients(kExp64);
  if (high.isF32())
    coefficients = kExp32;
  return (high * high).fma(high.polynomial(coefficients), addend);
}

/// 2**n x, where 2**n may be no normal number: a factor is kept apart, of which
/// there are two, for small and for all other results.
static Expr scale(Expr x, const ShiftedInteger &n, Expr isSmall) {
  Expr factor = isSmall.select(x.number(0x1p-64), x.number(2));
  return x * n.getPowerOfTwo(isSmall, 64, -1) * factor;
}

Expansion expandExp(Expr x) {
  // Beyond these limits results are infinite and zero all the same.
  x = x.isF32() ? x.atMost(89).atLeast(-104.5) : x.atMost(710).atLeast(-746);
  ExpReduction reduced(x);
  // In float64 the error of the reduction would lead beyond 1 ULP.
  Expr rest = x.isF32() ? reduced.getTail(reduced.high)
                        : reduced.high + reduced.getTail(reduced.low);
  return {scale(rest + 1, reduced.exponent, x < (x.isF32() ? -86 : -707))};
}

Expr expandShortExp(Expr x) {
  Expr y = x.atMost(89).atLeast(-104.5);
  ShiftedInteger exponent(y, std::numbers::log2e);
  Expr r = exponent.getFloat().fma(-std::numbers::ln2, y);
  Expr rest = (r * r).fma(r.polynomial(kExp32), r);
  return (rest + 1) * exponent.getPowerOfTwo();
}

namespace {
/// 2**offset exp(x) + addend and its rounding error, for several addends.
class SplitExp {
public:
  SplitExp(Expr x, int64_t offset)
      : reduced(x), power(reduced.exponent.getPowerOfTwo(offset)),
        tail(reduced.getTail(reduced.low)) {}

  std::pair<Expr, Expr> addTo(double addend) const {
    // The largest summands first.
    Expr whole = power + addend;
    Expr error = whole.number(addend) - (whole - power);
    Expr high = power.fma(reduced.high, whole);
    Expr rest = power.fma(reduced.high, whole - high);
    Expr low = power.fma(tail, rest + error);
    Expr sum = high + low;
    return {sum, (high - sum) + low};
  }

private:
  ExpReduction reduced;
  Expr power, tail;
};
} // namespace

/// tanh(y) = t / (t + 2) with t = exp(2 y) - 1 and its rounding error, so that
/// only the last operation rounds.
Expansion expandTanh(Expr x) {
  // From here on the result rounds to 1.
  Expr y = x.abs().atMost(x.isF32() ? 10 : 20);
  SplitExp power(y + y, 0);
  auto [t, tError] = power.addTo(-1);
  auto [divisor, divisorError] = power.addTo(1);
  Expr inverse = x.number(1) / divisor;
  Expr quotient = t * inverse;
  Expr negated = quotient * -1.0;
  Expr residue = negated.fma(divisor, t) + tError;
  Expr error = negated.fma(divisorError, residue);
  return {error.fma(inverse, quotient).withSignOf(x)};
}

/// Near the largest numbers 2**n is none: a half is computed.
Expansion expandExpm1(Expr x) {
  // Beyond these limits results are infinite and -1 all the same.
  Expr half = SplitExp(x.atMost(89).atLeast(-20), -1).addTo(-0.5).first;
  return {(x.abs() < 0x1p-30).select(x, half + half)};
}

/// exp(|x|) / 4, whose double is infinite beyond the limit.
static SplitExp getQuarterOfExp(Expr x) {
  return {x.abs().atMost(x.isF32() ? 89.5 : 710.5), -2};
}

/// sinh(x) = 2 t + t / (2 p) with p = exp(x) / 4 and t = p - 1 / 4; of the
/// quotient, too, the rounding error is added.
Expansion expandSinh(Expr x) {
  SplitExp quarter = getQuarterOfExp(x);
  auto [t, tError] = quarter.addTo(-0.25);
  auto [power, powerError] = quarter.addTo(0);
  Expr inverse = x.number(0.5) / power;
  Expr quotient = t * inverse, twice = quotient + quotient;
  Expr residue = (-twice).fma(power, t) + tError;
  Expr error = (-twice).fma(powerError, residue);
  Expr rest = error.fma(inverse, tError + tError);
  Expr result = (t + t) + (quotient + rest);
  return {(x.abs() < 0x1p-14).select(x, result.withSignOf(x))};
}

Expansion expandCosh(Expr x) {
  auto [power, error] = getQuarterOfExp(x).addTo(0);
  Expr half = power + (x.number(0.0625) / power + error);
  return {half + half};
}

} // namespace numloom
