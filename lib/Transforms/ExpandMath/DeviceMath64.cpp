// exp, log, sin and cos of float64 on NVIDIA's GPUs: as straight code, so that
// the lanes of a vector share the instructions that load coefficients and wait
// for each other's results, not their own.

#include "DeviceMath64.h"

#include "../LibraryCalls.h"
#include "DeviceIntrinsic.h"
#include "Exponentials.h"
#include "Guard.h"
#include "Logarithms.h"

#include "llvm/ADT/MapVector.h"

#include <limits>
#include <numbers>

using namespace mlir;

namespace numloom {
namespace {

/// log(2) in two parts; with fused operations the first is subtracted exactly.
constexpr double kLog2High = 0x1.62e42fefa39efp-1;
constexpr double kLog2Low = 0x1.abc9e3b39803fp-56;

/// (sin(r) / r - 1) / r**2 and (cos(r) - 1 + r**2 / 2) / r**4 in r**2 for |r|
/// <= pi / 4, minimax in the errors of sin(r) / r and of cos(r): 3.4e-18 and
/// 4.7e-20.
constexpr double kSin[] = {-0x1.5555555555549p-3,  0x1.111111110f87ap-7,
                           -0x1.a01a019c11996p-13, 0x1.71de3577b69c0p-19,
                           -0x1.ae5e663a8ea59p-26, 0x1.5d9300fb26d44p-33};
constexpr double kCos[] = {0x1.555555555554cp-5,  -0x1.6c16c16c1517ep-10,
                           0x1.a01a019cb1bd7p-16, -0x1.27e4f809f0685p-22,
                           0x1.1ee9ebe9048f5p-29, -0x1.8fae9c60e5a7cp-37};

/// pi / 2 in three parts: a multiple of the first is subtracted exactly, and of
/// the others with one rounding each. All are positive: zeros keep their sign.
constexpr double kHalfPi[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c00p-54,
                              0x1.b839a252049c1p-104};

/// The multiples of pi / 2 that are taken off.
constexpr double kTrigonometricLimit = 0x1p31;

/// The halves of float64s: instructions on integers are of 32 bits.
struct Words {
  Words(ImplicitLocOpBuilder &b, Expr low, Expr high)
      : b(&b), low(low), high(high) {}
  Words(ImplicitLocOpBuilder &b, Expr x)
      : Words(b, callDeviceIntrinsic(b, "llvm.nvvm.d2i.lo", x, b.getI32Type()),
              callDeviceIntrinsic(b, "llvm.nvvm.d2i.hi", x, b.getI32Type())) {}

  Expr toFloat() const {
    return callDeviceIntrinsic(*b, "llvm.nvvm.lohi.i2d", {low, high},
                               b->getF64Type());
  }

  ImplicitLocOpBuilder *b;
  Expr low, high;
};
} // namespace

/// exp(x) within 0.95 units; beyond the limits it is no normal number.
static Expansion expandExp64(ImplicitLocOpBuilder &b, Expr x) {
  ShiftedInteger exponent(x, std::numbers::log2e);
  Expr n = exponent.getFloat();
  Expr r = n.fma(-kLog2Low, n.fma(-kLog2High, x));
  Expr one = x.number(1);
  Words power(b, r.fma(r.fma(getExpSeries64(r), one), one));
  Words bits(b, exponent.getBits().toFloat());
  power.high = power.high.plusBits(bits.low.shiftLeft(20));
  return {power.toFloat(), x.abs() < 708};
}

/// 1 / x within a unit: the approximation has 20 bits, of which two steps at
/// once make 60.
static Expr getInverse(ImplicitLocOpBuilder &b, Expr x) {
  Expr inverse = callDeviceIntrinsic(b, "llvm.nvvm.rcp.approx.ftz.d", x);
  Expr error = (-x).fma(inverse, x.number(1));
  return error.fma(error, error).fma(inverse, inverse);
}

/// As `expandLog` (Logarithms.cpp) with an approximate quotient, whose error
/// counts by |f / 2| <= 0.21.
static Expansion expandLog64(ImplicitLocOpBuilder &b, Expr x) {
  constexpr int64_t kOne = 1 << 20, kBias = 1023;
  constexpr int64_t kRootHalf = 0x3fe6a09e;
  Words words(b, x);
  auto number = [&](int64_t bits) { return words.high.bits(bits); };
  Expr shifted = words.high.plusBits(number(kBias * kOne - kRootHalf));
  // The biased exponent as the low bits of the float 2**52.
  Words biased(b, shifted.shiftRight(20), number(0x43300000));
  Expr k = biased.toFloat() - (0x1p52 + kBias);
  Words significand(b, words.low,
                    (shifted & number(kOne - 1)).plusBits(number(kRootHalf)));
  Expr f = significand.toFloat() - 1;
  Expr s = f * getInverse(b, f + 2);
  Expr z = s * s;
  Expr halfSquare = f * 0.5 * f;
  Expr rest = z.fma(getLogSeries64(z), halfSquare);
  Expr small = s.fma(rest, k * kLog2Low);
  Expr result = k.fma(kLog2High, f - (halfSquare - small));
  constexpr int64_t kLeastNormal = kOne, kInfinity = 0x7ff00000;
  Expr isNormal = words.high.plusBits(number(-kLeastNormal))
                      .isBelowBits(number(kInfinity - kLeastNormal));
  return {result, isNormal};
}

namespace {
/// sin(x) and cos(x), which share all but two instructions each.
struct SineAndCosine {
  explicit SineAndCosine(Expr x);

  Expr sine, cosine, isValid;
};
} // namespace

SineAndCosine::SineAndCosine(Expr x)
    : sine(x), cosine(x), isValid(x.abs() < kTrigonometricLimit) {
  ShiftedInteger quadrant(x, 2 * std::numbers::inv_pi);
  Expr n = quadrant.getFloat(), r = x;
  for (double part : kHalfPi)
    r = n.fma(-part, r);
  Expr square = r * r;
  // This form keeps the sign of zero.
  Expr tail = square.fma(square.polynomial(kSin), square.number(0));
  Expr sineOfRest = tail.fma(r, r);
  Expr one = square.number(1);
  Expr middle = square.fma(square.polynomial(kCos), square.number(-0.5));
  Expr cosineOfRest = square.fma(middle, one);
  Expr bits = quadrant.getBits();
  Expr isEven = (bits & bits.bits(1)).equalsBits(bits.bits(0));
  auto turn = [&](Expr value, Expr quadrants) {
    Expr sign = (quadrants & bits.bits(2)).shiftLeft(62);
    return value.toBits().xorBits(sign).toFloat();
  };
  sine = turn(isEven.select(sineOfRest, cosineOfRest), bits);
  cosine = turn(isEven.select(cosineOfRest, sineOfRest),
                bits.plusBits(bits.bits(1)));
}

bool isExpandedFloat64(Operation *op) {
  return isa<math::ExpOp, math::LogOp, math::SinOp, math::CosOp>(op) &&
         getElementTypeOrSelf(op->getResult(0).getType()).isF64();
}

/// Puts `values` in the place of `ops`, where they are valid. Elsewhere the
/// library's functions are called: inlined, there would be several of each.
static void replace(ImplicitLocOpBuilder &b, ArrayRef<Operation *> ops,
                    ArrayRef<Expr> values, Expr isValid) {
  for (Operation *op : ops)
    op->setAttr(kOutOfLineAttr, b.getUnitAttr());
  SmallVector<Value> results = guardOnDevice(b, ops, values, isValid);
  for (auto [op, result] : llvm::zip_equal(ops, results)) {
    op->getResult(0).replaceAllUsesWith(result);
    op->erase();
  }
}

/// Sines and cosines of one argument, in the place of the first.
static void expandTrigonometry(ArrayRef<Operation *> ops) {
  ImplicitLocOpBuilder b(ops.front()->getLoc(), ops.front());
  SineAndCosine both(Expr(b, ops.front()->getOperand(0)));
  SmallVector<Expr> values;
  for (Operation *op : ops)
    values.push_back(isa<math::SinOp>(op) ? both.sine : both.cosine);
  replace(b, ops, values, both.isValid);
}

static void expandAlone(Operation *op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  Expr x(b, op->getOperand(0));
  Expansion expansion =
      isa<math::ExpOp>(op) ? expandExp64(b, x) : expandLog64(b, x);
  replace(b, op, expansion.value, *expansion.isValid);
}

void expandFloat64(Operation *kernel) {
  SmallVector<Operation *> alone;
  llvm::MapVector<std::pair<Block *, Value>, SmallVector<Operation *>> shared;
  kernel->walk([&](Operation *op) {
    if (!isExpandedFloat64(op))
      return;
    if (isa<math::SinOp, math::CosOp>(op))
      shared[{op->getBlock(), op->getOperand(0)}].push_back(op);
    else
      alone.push_back(op);
  });
  for (auto &[argument, ops] : shared)
    expandTrigonometry(ops);
  llvm::for_each(alone, expandAlone);
}

} // namespace numloom
