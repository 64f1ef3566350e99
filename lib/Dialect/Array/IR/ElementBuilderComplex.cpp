// Element arithmetic: what is particular to complex numbers.
#include "numloom/Dialect/Array/IR/ElementBuilder.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

Elem ElementBuilder::real(Elem x) { return {getRealDType(x.dtype), x.re, {}}; }

Elem ElementBuilder::imag(Elem x) {
  if (!isComplex(x.dtype))
    return constant(x.dtype, 0);
  return {getRealDType(x.dtype), x.im, {}};
}

Elem ElementBuilder::makeComplex(Elem re, Elem im) {
  std::array<Elem, 2> parts = {re, im};
  unify(parts);
  DType dtype =
      re.dtype == DType::Float32 ? DType::Complex64 : DType::Complex128;
  return {dtype, parts[0].re, parts[1].re};
}

Elem ElementBuilder::conjugate(Elem x) {
  return isComplex(x.dtype) ? makeComplex(real(x), neg(imag(x))) : x;
}

namespace {
/// y = re + i im with its parts put in order for Smith's algorithm, which
/// divides by the larger one first so that |y|**2 is not formed.
struct SmithDivisor {
  Elem swapped, ratio, sum;

  SmithDivisor(ElementBuilder &b, Elem y) {
    Elem re = b.real(y), im = b.imag(y);
    swapped = b.bitNot(b.greaterEqual(b.absolute(re), b.absolute(im)));
    Elem large = b.select(swapped, im, re), small = b.select(swapped, re, im);
    ratio = b.divide(small, large);
    sum = b.add(large, b.mul(small, ratio));
  }
};
} // namespace

Elem ElementBuilder::divideComplex(Elem x, Elem y) {
  SmithDivisor divisor(*this, y);
  Elem a = real(x), b = imag(x), zero = constant(a.dtype, 0);
  Elem p = select(divisor.swapped, b, a), q = select(divisor.swapped, a, b);
  Elem scale = divide(constant(a.dtype, 1), divisor.sum);
  Elem re = mul(add(p, mul(q, divisor.ratio)), scale);
  Elem product = mul(p, divisor.ratio);
  Elem im = mul(sub(select(divisor.swapped, product, q),
                    select(divisor.swapped, q, product)),
                scale);
  Elem byZero = bitAnd(equal(real(y), zero), equal(imag(y), zero));
  Elem magnitude = absolute(real(y));
  return makeComplex(select(byZero, divide(a, magnitude), re),
                     select(byZero, divide(b, magnitude), im));
}

Elem ElementBuilder::reciprocalOfComplex(Elem x) {
  SmithDivisor divisor(*this, x);
  Elem one = constant(getRealDType(x.dtype), 1), ratio = divisor.ratio;
  return makeComplex(
      divide(select(divisor.swapped, ratio, one), divisor.sum),
      divide(select(divisor.swapped, neg(one), neg(ratio)), divisor.sum));
}

/// x**n for whole n with |n| < 100 by repeated squaring, as NumPy computes it.
static Elem powerOfWhole(ElementBuilder &b, Elem x, Elem n) {
  Elem one = b.constant(x.dtype, 1);
  Elem rest = b.cast(b.absolute(n), DType::Int32);
  Elem power = one, square = x;
  for (int bit = 0; bit < 7; ++bit) {
    Elem mask = b.integerConstant(DType::Int32, 1 << bit);
    Elem isSet =
        b.notEqual(b.bitAnd(rest, mask), b.integerConstant(DType::Int32, 0));
    power = b.select(isSet, bit == 0 ? x : b.mul(power, square), power);
    square = b.mul(square, square);
  }
  Elem isNegative = b.less(n, b.constant(n.dtype, 0));
  return b.select(isNegative, b.divide(one, power), power);
}

Elem ElementBuilder::powerOfComplex(Elem x, Elem y) {
  Elem n = real(y), zero = constant(n.dtype, 0);
  Elem isWhole = bitAnd(equal(trunc(n), n), equal(imag(y), zero));
  isWhole = bitAnd(isWhole, less(absolute(n), constant(n.dtype, 100)));
  Elem result =
      select(isWhole, powerOfWhole(*this, x, n), callLibrary("cpow", {x, y}));
  Elem nothing = constant(x.dtype, 0), nan = nanOrLowest(n.dtype);
  Elem ofZero = select(greater(n, zero), nothing, makeComplex(nan, nan));
  result = select(equal(x, nothing), ofZero, result);
  return select(equal(y, nothing), constant(x.dtype, 1), result);
}
