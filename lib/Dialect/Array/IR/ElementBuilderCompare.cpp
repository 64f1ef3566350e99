// Element arithmetic: comparison and selection.
#include "numloom/Dialect/Array/IR/ElementBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

Elem ElementBuilder::compare(Elem x, Elem y, int floatPredicate,
                             int signedPredicate, int unsignedPredicate) {
  DType dtype = x.dtype;
  std::array<Elem, 2> operands = {widen(x), widen(y)};
  unify(operands);
  Value a = operands[0].re, b = operands[1].re;
  if (isFloat(dtype) || isComplex(dtype))
    return {DType::Bool,
            arith::CmpFOp::create(
                *this, static_cast<arith::CmpFPredicate>(floatPredicate), a, b),
            {}};
  int predicate =
      getKind(dtype) == DTypeKind::Signed ? signedPredicate : unsignedPredicate;
  return {DType::Bool,
          arith::CmpIOp::create(
              *this, static_cast<arith::CmpIPredicate>(predicate), a, b),
          {}};
}

Elem ElementBuilder::equal(Elem x, Elem y) {
  if (isComplex(x.dtype))
    return bitAnd(equal(real(x), real(y)), equal(imag(x), imag(y)));
  return compare(x, y, int(arith::CmpFPredicate::OEQ),
                 int(arith::CmpIPredicate::eq), int(arith::CmpIPredicate::eq));
}

Elem ElementBuilder::notEqual(Elem x, Elem y) {
  if (isComplex(x.dtype))
    return bitOr(notEqual(real(x), real(y)), notEqual(imag(x), imag(y)));
  return compare(x, y, int(arith::CmpFPredicate::UNE),
                 int(arith::CmpIPredicate::ne), int(arith::CmpIPredicate::ne));
}

Elem ElementBuilder::compareLexicographically(Elem x, Elem y, Elem firstDecides,
                                              Elem secondDecides) {
  Elem ordered = bitNot(bitOr(isNan(imag(x)), isNan(imag(y))));
  return bitOr(bitAnd(firstDecides, ordered),
               bitAnd(equal(real(x), real(y)), secondDecides));
}

Elem ElementBuilder::less(Elem x, Elem y) {
  if (isComplex(x.dtype))
    return compareLexicographically(x, y, less(real(x), real(y)),
                                    less(imag(x), imag(y)));
  return compare(x, y, int(arith::CmpFPredicate::OLT),
                 int(arith::CmpIPredicate::slt),
                 int(arith::CmpIPredicate::ult));
}

Elem ElementBuilder::lessEqual(Elem x, Elem y) {
  if (isComplex(x.dtype))
    return compareLexicographically(x, y, less(real(x), real(y)),
                                    lessEqual(imag(x), imag(y)));
  return compare(x, y, int(arith::CmpFPredicate::OLE),
                 int(arith::CmpIPredicate::sle),
                 int(arith::CmpIPredicate::ule));
}

Elem ElementBuilder::greater(Elem x, Elem y) { return less(y, x); }
Elem ElementBuilder::greaterEqual(Elem x, Elem y) { return lessEqual(y, x); }

Elem ElementBuilder::isNan(Elem x) {
  if (isComplex(x.dtype))
    return bitOr(isNan(real(x)), isNan(imag(x)));
  if (isFloat(x.dtype))
    return compare(x, x, int(arith::CmpFPredicate::UNO), 0, 0);
  return notEqual(x, x);
}

Elem ElementBuilder::compareExactly(Elem x, Elem y,
                                    Elem (ElementBuilder::*comparison)(Elem,
                                                                       Elem)) {
  if (x.dtype == y.dtype)
    return (this->*comparison)(x, y);
  // A negative integer compares with every unsigned one as -1 with 0.
  auto compareSigns = [&](int xSign, int ySign) {
    return (this->*comparison)(constant(DType::Int8, xSign),
                               constant(DType::Int8, ySign));
  };
  bool xIsSigned = x.dtype == DType::Int64;
  Elem isNegative = less(xIsSigned ? x : y, constant(DType::Int64, 0));
  return select(
      isNegative, xIsSigned ? compareSigns(-1, 0) : compareSigns(0, -1),
      (this->*comparison)(cast(x, DType::UInt64), cast(y, DType::UInt64)));
}

//===----------------------------------------------------------------------===//
// Selection
//===----------------------------------------------------------------------===//

Elem ElementBuilder::select(Elem condition, Elem x, Elem y) {
  std::array<Elem, 3> operands = {condition, x, y};
  unify(operands);
  auto [c, a, b] = operands;
  return selectAll(c.re, a, b);
}

Elem ElementBuilder::selectAll(Value condition, Elem x, Elem y) {
  std::array<Elem, 2> operands = {x, y};
  unify(operands);
  auto [a, b] = operands;
  Elem result{
      x.dtype, arith::SelectOp::create(*this, condition, a.re, b.re), {}};
  if (isComplex(x.dtype))
    result.im = arith::SelectOp::create(*this, condition, a.im, b.im);
  return result;
}

Elem ElementBuilder::pick(Elem x, Elem y, Elem xIsBetter, bool skipNan) {
  Elem picked = select(xIsBetter, x, y);
  if (!isFloat(x.dtype) && !isComplex(x.dtype))
    return picked;
  return select(isNan(skipNan ? y : x), x, picked);
}

/// Of zeros with different signs the second is taken, as by vector
/// instructions, but of float16 and complex numbers the first: NumPy has scalar
/// code there.
static Elem isAbove(ElementBuilder &b, Elem x, Elem y) {
  bool takesFirst = x.dtype == DType::Float16 || isComplex(x.dtype);
  return takesFirst ? b.greaterEqual(x, y) : b.greater(x, y);
}

Elem ElementBuilder::maximum(Elem x, Elem y) {
  return pick(x, y, isAbove(*this, x, y), /*skipNan=*/false);
}
Elem ElementBuilder::minimum(Elem x, Elem y) {
  return pick(x, y, isAbove(*this, y, x), /*skipNan=*/false);
}
Elem ElementBuilder::fmax(Elem x, Elem y) {
  return pick(x, y, isAbove(*this, x, y), /*skipNan=*/true);
}
Elem ElementBuilder::fmin(Elem x, Elem y) {
  return pick(x, y, isAbove(*this, y, x), /*skipNan=*/true);
}

Elem ElementBuilder::clip(Elem x, Elem low, Elem high) {
  // Zeros of different signs are equal: a float stays as it is, a complex
  // number becomes the limit, for NumPy has scalar code of another kind there.
  auto limit = [&](Elem value, Elem bound, Elem isBeyond) {
    Elem limited = select(isBeyond, bound, value);
    return isFloat(x.dtype) ? select(isNan(bound), bound, limited) : limited;
  };
  if (isComplex(x.dtype)) {
    x = pick(x, low, greater(x, low), /*skipNan=*/false);
    return pick(x, high, less(x, high), /*skipNan=*/false);
  }
  x = limit(x, low, greater(low, x));
  return limit(x, high, less(high, x));
}

Elem ElementBuilder::argTakesLeft(Elem x, Elem y, Elem i, Elem j, Elem better) {
  Elem tie = equal(x, y);
  if (!isFloat(x.dtype) && !isComplex(x.dtype))
    return bitOr(better, bitAnd(tie, less(i, j)));
  Elem xIsNan = isNan(x), yIsNan = isNan(y);
  tie = bitOr(tie, bitAnd(xIsNan, yIsNan));
  return bitOr(bitAnd(bitOr(better, xIsNan), bitNot(yIsNan)),
               bitAnd(tie, less(i, j)));
}
