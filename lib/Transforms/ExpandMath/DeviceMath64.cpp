// exp, log, sin and cos of float64 on NVIDIA's GPUs: as straight code, so that
// the lanes of a vector share the instructions that load coefficients and wait
// for each other's results, not their own.

#include "DeviceMath64.h"

#include "../LibraryCalls.h"
#include "DeviceIntrinsic.h"
#include "DeviceMath.h"
#include "Exponentials.h"
#include "Guard.h"
#include "Logarithms.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "llvm/ADT/MapVector.h"

#include <cmath>
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

/// A power of 2 times a number that is about 1, by the addition of exponents.
static Expr scale(Words number, Expr exponent) {
  number.high = number.high.plusBits(exponent.shiftLeft(20));
  return number.toFloat();
}

/// The same where the product may be no normal number: it is rounded once.
static Expr scaleSafely(Words number, Expr exponent, Expr x) {
  constexpr int64_t kStep = 200;
  Expr isNegative = x < 0;
  Expr step = isNegative.select(exponent.bits(kStep), exponent.bits(-kStep));
  Expr back = isNegative.select(x.number(std::ldexp(1.0, -kStep)),
                                x.number(std::ldexp(1.0, kStep)));
  return scale(number, exponent.plusBits(step)) * back;
}

/// exp(x) of a number so large that exponents cannot be added.
static Expr getLimitOfExp(Expr x) {
  Expr infinity = x.number(std::numeric_limits<double>::infinity());
  return (x < 0).select(x.number(0), (x > 0).select(infinity, x));
}

/// exp(x) within 0.95 units; beyond the first limit it may be no normal number,
/// and beyond the second it is 0 or infinite.
static Value emitExp64(ImplicitLocOpBuilder &b, Expr x) {
  ShiftedInteger exponent(x, std::numbers::log2e);
  Expr n = exponent.getFloat();
  Expr r = n.fma(-kLog2Low, n.fma(-kLog2High, x));
  Expr one = x.number(1);
  Words power(b, r.fma(r.fma(getExpSeries64(r), one), one));
  Expr integer = Words(b, exponent.getBits().toFloat()).low;
  auto getOthers = [&] {
    Expr isNear = x.abs() < 800;
    Expr near = scaleSafely(power, integer, x);
    return SmallVector<Value>{isNear.select(near, getLimitOfExp(x)).get()};
  };
  return guardOnDevice(b, scale(power, integer), x.abs() < 708, getOthers)
      .front();
}

/// 1 / x within a unit: the approximation has 20 bits, of which two steps at
/// once make 60.
static Expr getInverse(ImplicitLocOpBuilder &b, Expr x) {
  Expr inverse = callDeviceIntrinsic(b, "llvm.nvvm.rcp.approx.ftz.d", x);
  Expr error = (-x).fma(inverse, x.number(1));
  return error.fma(error, error).fma(inverse, inverse);
}

namespace {
/// A normal number whose logarithm is that of x, if `bias` is subtracted from
/// 2**52 plus its biased exponent.
struct LogArgument {
  LogArgument(ImplicitLocOpBuilder &b, Expr x);

  Expr normal, bias;
};
} // namespace

/// Subnormal numbers are scaled. Zeros, infinities and what has no logarithm
/// have such a bias that the logarithm of 1 becomes theirs.
LogArgument::LogArgument(ImplicitLocOpBuilder &b, Expr x)
    : normal(x), bias(x.number(0x1p52 + 1023)) {
  constexpr int64_t kLeastNormal = 1 << 20, kInfinity = 0x7ff00000;
  constexpr double kScale = 54;
  Expr high = Words(b, x).high;
  Expr isNormal = high.plusBits(high.bits(-kLeastNormal))
                      .isBelowBits(high.bits(kInfinity - kLeastNormal));
  auto getOthers = [&] {
    Expr infinity = x.number(std::numeric_limits<double>::infinity());
    Expr isNumber = (x > 0) & x.isLess(infinity);
    Expr isSmall = x < std::numeric_limits<double>::min();
    Expr number = isSmall.select(x * std::exp2(kScale), x);
    Expr biasOfNumber = isSmall.select(bias + kScale, bias);
    Expr limit = (x == 0).select(infinity, -getNanIfNegative(x));
    return SmallVector<Value>{isNumber.select(number, x.number(1)).get(),
                              isNumber.select(biasOfNumber, limit).get()};
  };
  SmallVector<Value> both =
      branchOnDevice(b, {normal, bias}, isNormal, getOthers);
  normal = Expr(b, both[0]);
  bias = Expr(b, both[1]);
}

/// As `expandLog` (Logarithms.cpp) with an approximate quotient, whose error
/// counts by |f / 2| <= 0.21.
static Value emitLog64(ImplicitLocOpBuilder &b, Expr x) {
  constexpr int64_t kOne = 1 << 20, kBias = 1023;
  constexpr int64_t kRootHalf = 0x3fe6a09e;
  LogArgument argument(b, x);
  Words words(b, argument.normal);
  auto number = [&](int64_t bits) { return words.high.bits(bits); };
  Expr shifted = words.high.plusBits(number(kBias * kOne - kRootHalf));
  // The biased exponent as the low bits of the float 2**52.
  Words biased(b, shifted.shiftRight(20), number(0x43300000));
  Expr k = biased.toFloat() - argument.bias;
  Words significand(b, words.low,
                    (shifted & number(kOne - 1)).plusBits(number(kRootHalf)));
  Expr f = significand.toFloat() - 1;
  Expr s = f * getInverse(b, f + 2);
  Expr z = s * s;
  Expr halfSquare = f * 0.5 * f;
  Expr rest = z.fma(getLogSeries64(z), halfSquare);
  Expr small = s.fma(rest, k * kLog2Low);
  return k.fma(kLog2High, f - (halfSquare - small)).get();
}

/// The root, correctly rounded, of numbers that are not small: what the
/// assembler emits. A step of third order from an approximation of 20 bits, and
/// one correction by the remainder, which is exact.
static Expr getRoot(ImplicitLocOpBuilder &b, Expr x) {
  Expr approximation =
      callDeviceIntrinsic(b, "llvm.nvvm.rsqrt.approx.ftz.d", x);
  Expr one = x.number(1);
  Expr error = (-x).fma(approximation * approximation, one);
  Expr inverse =
      error.fma(0.375, x.number(0.5)).fma(approximation * error, approximation);
  Expr root = x * inverse;
  return (-root).fma(root, x).fma(inverse * 0.5, root);
}

static Value emitSqrt64(ImplicitLocOpBuilder &b, Expr x) {
  constexpr int64_t kLeastBits = 53 << 20, kInfinity = 0x7ff00000;
  constexpr int kShift = 54;
  auto getRootOf = [&](Expr value) { return getRoot(b, value); };
  auto getOthers = [&] {
    return SmallVector<Value>{getSmallRoot(x, getRootOf, kShift).get()};
  };
  Expr high = Words(b, x).high;
  Expr isRight = high.plusBits(high.bits(-kLeastBits))
                     .isBelowBits(high.bits(kInfinity - kLeastBits));
  return guardOnDevice(b, getRoot(b, x), isRight, getOthers).front();
}

namespace {
/// An angle of about pi / 4 at most, and bits whose lowest are the number of
/// multiples of pi / 2 that were taken off.
struct ReducedAngle {
  ReducedAngle(ImplicitLocOpBuilder &b, Expr x);

  Expr rest, quadrant;
};

/// sin(x) and cos(x), which share all but two instructions each.
struct SineAndCosine {
  explicit SineAndCosine(ReducedAngle angle);

  Expr sine, cosine;
};
} // namespace

ReducedAngle::ReducedAngle(ImplicitLocOpBuilder &b, Expr x)
    : rest(x), quadrant(x) {
  // The function leaves smaller angles as they are.
  auto reduceLarge = [&] {
    Type type = x.get().getType();
    auto call = array::LibmOp::create(b, TypeRange{type, type}, "reduce_angle",
                                      x.get());
    call->setAttr(kOutOfLineAttr, b.getUnitAttr());
    return SmallVector<Value>(call->getResults());
  };
  SmallVector<Value> smaller = branchOnDevice(
      b, {x, x.number(0)}, x.abs() < kTrigonometricLimit, reduceLarge);
  rest = Expr(b, smaller[0]);
  ShiftedInteger multiples(rest, 2 * std::numbers::inv_pi);
  Expr n = multiples.getFloat();
  for (double part : kHalfPi)
    rest = n.fma(-part, rest);
  quadrant = multiples.getBits().plusBits(Expr(b, smaller[1]).toBits());
}

SineAndCosine::SineAndCosine(ReducedAngle angle)
    : sine(angle.rest), cosine(angle.rest) {
  Expr r = angle.rest, square = r * r;
  // This form keeps the sign of zero.
  Expr tail = square.fma(square.polynomial(kSin), square.number(0));
  Expr sineOfRest = tail.fma(r, r);
  Expr one = square.number(1);
  Expr middle = square.fma(square.polynomial(kCos), square.number(-0.5));
  Expr cosineOfRest = square.fma(middle, one);
  Expr bits = angle.quadrant;
  Expr isEven = (bits & bits.bits(1)).equalsBits(bits.bits(0));
  auto turn = [&](Expr value, Expr quadrants) {
    Expr sign = (quadrants & bits.bits(2)).shiftLeft(62);
    return value.toBits().xorBits(sign).toFloat();
  };
  sine = turn(isEven.select(sineOfRest, cosineOfRest), bits);
  cosine = turn(isEven.select(cosineOfRest, sineOfRest),
                bits.plusBits(bits.bits(1)));
}

/// Whether any number near the quotient will do.
static bool isApproximateDivision(Operation *op) {
  auto division = dyn_cast<arith::DivFOp>(op);
  return division && bitEnumContainsAll(division.getFastmath(),
                                        arith::FastMathFlags::afn |
                                            arith::FastMathFlags::arcp);
}

bool isExpandedFloat64(Operation *op) {
  return (isa<math::ExpOp, math::LogOp, math::SinOp, math::CosOp, math::SqrtOp>(
              op) ||
          isApproximateDivision(op)) &&
         getElementTypeOrSelf(op->getResult(0).getType()).isF64();
}

/// x / y within 2**-19 of it.
static Value emitQuotient(ImplicitLocOpBuilder &b, Expr x, Expr y) {
  return (x * callDeviceIntrinsic(b, "llvm.nvvm.rcp.approx.ftz.d", y)).get();
}

/// Sines and cosines of one argument, in the place of the first.
static void expandTrigonometry(ArrayRef<Operation *> ops) {
  ImplicitLocOpBuilder b(ops.front()->getLoc(), ops.front());
  SineAndCosine both(ReducedAngle(b, Expr(b, ops.front()->getOperand(0))));
  for (Operation *op : ops) {
    Expr value = isa<math::SinOp>(op) ? both.sine : both.cosine;
    op->getResult(0).replaceAllUsesWith(value.get());
    op->erase();
  }
}

static void expandAlone(Operation *op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  Expr x(b, op->getOperand(0));
  if (isa<arith::DivFOp>(op)) {
    Value quotient = emitQuotient(b, x, Expr(b, op->getOperand(1)));
    op->getResult(0).replaceAllUsesWith(quotient);
    op->erase();
    return;
  }
  auto emit = isa<math::ExpOp>(op)   ? emitExp64
              : isa<math::LogOp>(op) ? emitLog64
                                     : emitSqrt64;
  op->getResult(0).replaceAllUsesWith(emit(b, x));
  op->erase();
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
