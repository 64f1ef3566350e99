// exp and the functions made of it.

#include "Exponentials.h"

#include <cmath>
#include <numbers>

namespace numloom {
namespace {

/// (exp(r) - 1 - r) / r**2 for |r| <= log(2) / 2, minimax in the error of
/// exp(r): 3.4e-18 and 3.1e-9.
constexpr double kExp64[] = {
    0x1.000000000000bp-1,  0x1.5555555555561p-3,  0x1.5555555550035p-5,
    0x1.111111110d61bp-7,  0x1.6c16c185a6430p-10, 0x1.a01a01baed51ep-13,
    0x1.a019969690988p-16, 0x1.71dddfb196281p-19, 0x1.28b04690527eap-22,
    0x1.af85b36bc8ee6p-26};
constexpr double kExp32[] = {0x1.0p-1, 0x1.55548ep-3, 0x1.55545ep-5,
                             0x1.123b54p-7, 0x1.6db3f8p-10};

/// log(2) in two parts; products of the first with exponents are exact.
struct Log2Parts {
  double high, low;
};
constexpr Log2Parts kLog2Parts64{0x1.62e42fefa3800p-1, 0x1.ef35793c76730p-45};
constexpr Log2Parts kLog2Parts32{0x1.62e4p-1, 0x1.7f7d1cp-20};

} // namespace

ExpReduction::ExpReduction(Expr x)
    : exponent(ShiftedInteger::ofProduct(x, std::numbers::log2e)), high(x),
      low(x), tail(x) {
  const Log2Parts &log2 = x.isF32() ? kLog2Parts32 : kLog2Parts64;
  Expr n = exponent.getFloat();
  Expr exact = n.fma(-log2.high, x);
  high = n.fma(-log2.low, exact);
  low = n.fma(-log2.low, exact - high);
  llvm::ArrayRef<double> coefficients(kExp64);
  if (x.isF32())
    coefficients = kExp32;
  tail = high * high * high.polynomial(coefficients);
}

/// 2**n x, where 2**n itself may be no float: in two steps.
static Expr scale(Expr x, const ShiftedInteger &n) {
  Expr whole = n.getFloat();
  ShiftedInteger half = ShiftedInteger::ofProduct(whole, 0.5);
  ShiftedInteger rest = ShiftedInteger::of(whole - half.getFloat());
  return x * half.getPowerOfTwo() * rest.getPowerOfTwo();
}

Expr expandExp(Expr x) {
  // Beyond these limits results are infinite and zero all the same.
  x = x.isF32() ? x.atMost(89).atLeast(-104.5) : x.atMost(710).atLeast(-746);
  ExpReduction reduced(x);
  return scale((reduced.high + reduced.tail) + 1, reduced.exponent);
}

/// tanh(y) = t / (t + 2) with t = exp(2 y) - 1 and its rounding error, so that
/// only the last operation rounds.
Expr expandTanh(Expr x) {
  // From here on the result rounds to 1.
  Expr y = x.abs().atMost(x.isF32() ? 10 : 20);
  ExpReduction reduced(y + y);
  Expr power = reduced.exponent.getPowerOfTwo();
  // The summands of t are given largest first.
  auto add = [&](Expr whole) {
    Expr high = power.fma(reduced.high, whole);
    Expr rest = power.fma(reduced.high, whole - high);
    Expr low = power.fma(reduced.tail + reduced.low, rest);
    Expr sum = high + low;
    return std::pair<Expr, Expr>(sum, (high - sum) + low);
  };
  auto [t, tError] = add(power - 1);
  auto [divisor, divisorError] = add(power + 1);
  Expr inverse = x.number(1) / divisor;
  Expr quotient = t * inverse;
  Expr residue = (quotient * -1.0).fma(divisor, t);
  Expr error = (quotient * -1.0).fma(divisorError, residue + tError);
  return error.fma(inverse, quotient).withSignOf(x);
}

} // namespace numloom
