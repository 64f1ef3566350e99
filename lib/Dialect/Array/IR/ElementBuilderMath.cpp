// Element arithmetic: the functions of real numbers and, where the C library
// has them, of complex numbers.
#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <numbers>

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

Elem ElementBuilder::callLibrary(StringRef callee, ArrayRef<Elem> operands) {
  DType dtype = operands.front().dtype;
  SmallVector<Elem> widened;
  // complex64 is computed in complex128, whose calling convention is the same
  // everywhere: two floats in, two out.
  for (Elem x : operands)
    widened.push_back(isComplex(dtype) ? cast(x, DType::Complex128) : widen(x));
  unify(widened);
  SmallVector<Value> values;
  for (Elem x : widened) {
    values.push_back(x.re);
    if (x.im)
      values.push_back(x.im);
  }
  Elem result{widened.front().dtype, {}, {}};
  SmallVector<Type> types(isComplex(dtype) ? 2 : 1, values.front().getType());
  auto call = LibmOp::create(*this, types, callee, values);
  result.re = call.getResult(0);
  if (isComplex(dtype))
    result.im = call.getResult(1);
  return cast(result, dtype);
}

template <typename OpTy>
Elem ElementBuilder::applyMath(Elem x, StringRef complexFunction) {
  if (isComplex(x.dtype))
    return callLibrary(complexFunction, x);
  Elem wide = widen(x);
  return cast(Elem{wide.dtype, OpTy::create(*this, wide.re), {}}, x.dtype);
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

static bool isIntegral(DType dtype) {
  return !isFloat(dtype) && !isComplex(dtype);
}

Elem ElementBuilder::floor(Elem x) {
  return isIntegral(x.dtype) ? x : applyMath<math::FloorOp>(x);
}
Elem ElementBuilder::ceil(Elem x) {
  return isIntegral(x.dtype) ? x : applyMath<math::CeilOp>(x);
}
Elem ElementBuilder::trunc(Elem x) {
  return isIntegral(x.dtype) ? x : applyMath<math::TruncOp>(x);
}
Elem ElementBuilder::rint(Elem x) {
  if (isComplex(x.dtype))
    return makeComplex(rint(real(x)), rint(imag(x)));
  return applyMath<math::RoundEvenOp>(x);
}

//===----------------------------------------------------------------------===//
// Roots, exponentials and logarithms
//===----------------------------------------------------------------------===//

Elem ElementBuilder::sqrt(Elem x) {
  return applyMath<math::SqrtOp>(x, "csqrt");
}
Elem ElementBuilder::cbrt(Elem x) { return applyMath<math::CbrtOp>(x); }
Elem ElementBuilder::exp(Elem x) { return applyMath<math::ExpOp>(x, "cexp"); }
Elem ElementBuilder::log(Elem x) { return applyMath<math::LogOp>(x, "clog"); }

/// The complex number `x` times the real `factor`, part by part.
static Elem scale(ElementBuilder &b, Elem x, double factor) {
  Elem real = b.constant(getRealDType(x.dtype), factor);
  return b.makeComplex(b.mul(b.real(x), real), b.mul(b.imag(x), real));
}

Elem ElementBuilder::exp2(Elem x) {
  if (isComplex(x.dtype))
    return exp(scale(*this, x, std::numbers::ln2));
  return applyMath<math::Exp2Op>(x);
}

Elem ElementBuilder::log2(Elem x) {
  if (isComplex(x.dtype))
    return scale(*this, log(x), std::numbers::log2e);
  return applyMath<math::Log2Op>(x);
}

Elem ElementBuilder::log10(Elem x) {
  if (isComplex(x.dtype))
    return scale(*this, log(x), std::numbers::log10e);
  return applyMath<math::Log10Op>(x);
}

/// exp(x) - 1 of a complex number with finite parts.
static Elem expm1OfFinite(ElementBuilder &b, Elem re, Elem im) {
  // cos(im) - 1 without cancellation.
  Elem s = b.sin(b.mul(im, b.constant(im.dtype, 0.5)));
  Elem cosM1 = b.mul(b.constant(im.dtype, 2), b.mul(s, s));
  return b.makeComplex(b.sub(b.mul(b.expm1(re), b.cos(im)), cosM1),
                       b.mul(b.exp(re), b.sin(im)));
}

Elem ElementBuilder::expm1(Elem x) {
  if (!isComplex(x.dtype))
    return applyMath<math::ExpM1Op>(x);
  Elem re = real(x), im = imag(x), result = expm1OfFinite(*this, re, im);
  Elem zero = constant(im.dtype, 0);
  Elem isReal = equal(im, zero), hasAngle = isFinite(im);
  // The limits of infinite parts are those of exp, less 1.
  Elem vanishes = equal(re, constant(re.dtype, -HUGE_VAL));
  Elem overflows = equal(re, constant(re.dtype, HUGE_VAL));
  Elem newRe = select(isReal, add(expm1(re), zero), real(result));
  newRe = select(vanishes, constant(re.dtype, -1), newRe);
  newRe = select(hasAngle, newRe, select(overflows, re, newRe));
  Elem newIm = select(isReal, im, imag(result));
  newIm = select(hasAngle, newIm, select(vanishes, zero, newIm));
  return makeComplex(newRe, newIm);
}

Elem ElementBuilder::log1p(Elem x) {
  if (!isComplex(x.dtype))
    return applyMath<math::Log1pOp>(x);
  Elem wide = cast(x, DType::Complex128);
  Elem a = real(wide), b = imag(wide), one = constant(a.dtype, 1);
  Elem shifted = add(one, a), magnitude = hypot(shifted, b);
  // Near 1 the logarithm loses what |1 + x|**2 - 1 = a (a + 2) + b**2 keeps.
  Elem isNear = bitAnd(greater(magnitude, constant(a.dtype, 0.5)),
                       less(magnitude, constant(a.dtype, 2)));
  Elem excess = add(mul(a, add(a, constant(a.dtype, 2))), mul(b, b));
  Elem half = mul(log1p(excess), constant(a.dtype, 0.5));
  Elem re = select(isNear, half, log(magnitude));
  return cast(makeComplex(re, arctan2(b, shifted)), x.dtype);
}

/// larger + log(1 + exp(-difference)) and its twin of base 2, for finite
/// differences; equal infinities have none.
static Elem addLogarithms(ElementBuilder &b, Elem x, Elem y, Elem ofEqual,
                          function_ref<Elem(Elem)> tail) {
  Elem difference = b.sub(x, y);
  Elem larger = b.select(b.greater(difference, b.constant(x.dtype, 0)), x, y);
  Elem sum = b.add(larger, tail(b.neg(b.absolute(difference))));
  sum = b.select(b.isNan(difference), difference, sum);
  return b.select(b.equal(x, y), b.add(x, ofEqual), sum);
}

Elem ElementBuilder::logAddExp(Elem x, Elem y) {
  DType dtype = x.dtype;
  x = widen(x), y = widen(y);
  auto tail = [&](Elem d) { return log1p(exp(d)); };
  Elem log2 = constant(x.dtype, std::numbers::ln2);
  return cast(addLogarithms(*this, x, y, log2, tail), dtype);
}

Elem ElementBuilder::logAddExp2(Elem x, Elem y) {
  DType dtype = x.dtype;
  x = widen(x), y = widen(y);
  Elem log2e = constant(x.dtype, std::numbers::log2e);
  auto tail = [&](Elem d) { return mul(log2e, log1p(exp2(d))); };
  return cast(addLogarithms(*this, x, y, constant(x.dtype, 1), tail), dtype);
}

Elem ElementBuilder::power(Elem x, Elem y) {
  if (isComplex(x.dtype))
    return powerOfComplex(x, y);
  if (!isFloat(x.dtype))
    return powerOfIntegers(x, y);
  std::array<Elem, 2> operands = {widen(x), widen(y)};
  unify(operands);
  auto [base, exponent] = operands;
  Elem power{base.dtype, math::PowFOp::create(*this, base.re, exponent.re), {}};
  // NumPy squares exactly.
  Elem isSquare = equal(exponent, constant(exponent.dtype, 2));
  return cast(select(isSquare, mul(base, base), power), x.dtype);
}

//===----------------------------------------------------------------------===//
// Trigonometry
//===----------------------------------------------------------------------===//

Elem ElementBuilder::sin(Elem x) { return applyMath<math::SinOp>(x, "csin"); }
Elem ElementBuilder::cos(Elem x) { return applyMath<math::CosOp>(x, "ccos"); }
Elem ElementBuilder::tan(Elem x) { return applyMath<math::TanOp>(x, "ctan"); }
Elem ElementBuilder::sinh(Elem x) {
  return applyMath<math::SinhOp>(x, "csinh");
}
Elem ElementBuilder::cosh(Elem x) {
  return applyMath<math::CoshOp>(x, "ccosh");
}
Elem ElementBuilder::tanh(Elem x) {
  return applyMath<math::TanhOp>(x, "ctanh");
}
Elem ElementBuilder::arcsin(Elem x) {
  return applyMath<math::AsinOp>(x, "casin");
}
Elem ElementBuilder::arccos(Elem x) {
  return applyMath<math::AcosOp>(x, "cacos");
}
Elem ElementBuilder::arctan(Elem x) {
  return applyMath<math::AtanOp>(x, "catan");
}
Elem ElementBuilder::arcsinh(Elem x) {
  return applyMath<math::AsinhOp>(x, "casinh");
}
Elem ElementBuilder::arccosh(Elem x) {
  return applyMath<math::AcoshOp>(x, "cacosh");
}
Elem ElementBuilder::arctanh(Elem x) {
  return applyMath<math::AtanhOp>(x, "catanh");
}

Elem ElementBuilder::arctan2(Elem y, Elem x) {
  std::array<Elem, 2> operands = {widen(y), widen(x)};
  unify(operands);
  auto [a, b] = operands;
  return cast(Elem{a.dtype, math::Atan2Op::create(*this, a.re, b.re), {}},
              y.dtype);
}

Elem ElementBuilder::hypot(Elem x, Elem y) {
  return callLibrary("hypot", {x, y});
}

/// `numerator` / `denominator`, divided in the precision of `like` as NumPy
/// does, whose constant is therefore not the nearest one.
static double getRatio(DType like, double numerator, double denominator) {
  if (like == DType::Float64)
    return numerator / denominator;
  return static_cast<float>(numerator) / static_cast<float>(denominator);
}

Elem ElementBuilder::degrees(Elem x) {
  Elem angle = widen(x);
  double factor = getRatio(angle.dtype, 180, std::numbers::pi);
  return cast(mul(angle, constant(angle.dtype, factor)), x.dtype);
}

Elem ElementBuilder::radians(Elem x) {
  Elem angle = widen(x);
  double factor = getRatio(angle.dtype, std::numbers::pi, 180);
  return cast(mul(angle, constant(angle.dtype, factor)), x.dtype);
}
