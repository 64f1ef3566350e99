// Trigonometry of float32, computed in float64.

#include "FloatExpr.h"

#include <numbers>

namespace numloom {
namespace {

/// (sin(r) / r - 1) / r**2 and (cos(r) - 1) / r**2 in r**2 for |r| <= pi / 4,
/// minimax: 3.6e-9 and 5.4e-11, against 6e-8 for half a unit of float32.
constexpr double kSin[] = {-0x1.5555458d7265ap-3, 0x1.11075b6ebadd1p-7,
                           -0x1.994cfd32deacap-13};
constexpr double kCos[] = {-0x1.ffffffd09633fp-2, 0x1.55553dfeb4230p-5,
                           -0x1.6c08774f91643p-10, 0x1.993271c912273p-16};

/// pi / 2 in two parts.
constexpr double kHalfPiHigh = 0x1.921fb54442d18p+0;
constexpr double kHalfPiLow = 0x1.1a62633145c07p-54;

/// The multiples of pi / 2 that are taken off have up to 28 bits: with the 106
/// bits of pi / 2, what is left is exact to more bits than float32 has.
constexpr double kLimit = 0x1p28;

} // namespace

/// sin(x + quadrants pi / 2).
static Expansion expandSinAfter(Expr x, int quadrants) {
  Expr wide = x.toF64();
  ShiftedInteger quadrant(wide, 2 * std::numbers::inv_pi);
  Expr n = quadrant.getFloat();
  Expr r = n.fma(-kHalfPiLow, n.fma(-kHalfPiHigh, wide));
  Expr square = r * r;
  // This form keeps the sign of zero.
  Expr sine = r * square.fma(square.polynomial(kSin), square.number(1));
  Expr cosine = square.fma(square.polynomial(kCos), square.number(1));
  Expr bits = quadrant.getBits();
  bits = bits.plusBits(bits.bits(quadrants));
  Expr isEven = (bits & bits.bits(1)).equalsBits(bits.bits(0));
  Expr result = isEven.select(sine, cosine);
  Expr sign = (bits & bits.bits(2)).shiftLeft(62);
  return {result.toBits().xorBits(sign).toFloat().toF32(), x.abs() < kLimit};
}

Expansion expandSin(Expr x) { return expandSinAfter(x, 0); }
Expansion expandCos(Expr x) { return expandSinAfter(x, 1); }

} // namespace numloom
