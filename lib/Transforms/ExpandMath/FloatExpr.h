// Expressions on floats in registers, for writing polynomial approximations.
#ifndef NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_FLOATEXPR_H
#define NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_FLOATEXPR_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

namespace numloom {

/// A float32 or float64 scalar or vector, or the signless integers of the same
/// width and shape that hold its bits. Numbers become constants of the type.
class Expr {
public:
  Expr(mlir::ImplicitLocOpBuilder &b, mlir::Value value)
      : b(&b), value(value) {}

  mlir::Value get() const { return value; }
  bool isF32() const {
    return mlir::getElementTypeOrSelf(value.getType()).isF32();
  }

  /// A float constant of this type.
  Expr number(double number) const {
    return constant(b->getFloatAttr(element(), number));
  }
  /// An integer constant of this type.
  Expr bits(int64_t bits) const {
    return constant(mlir::IntegerAttr::get(
        element(), llvm::APInt(element().getIntOrFloatBitWidth(), bits,
                               /*isSigned=*/true, /*implicitTrunc=*/true)));
  }

  Expr operator+(Expr y) const { return make<mlir::arith::AddFOp>(y); }
  Expr operator-(Expr y) const { return make<mlir::arith::SubFOp>(y); }
  Expr operator*(Expr y) const { return make<mlir::arith::MulFOp>(y); }
  Expr operator/(Expr y) const { return make<mlir::arith::DivFOp>(y); }
  Expr operator-() const {
    return {*b, mlir::arith::NegFOp::create(*b, value)};
  }
  Expr operator+(double y) const { return *this + number(y); }
  Expr operator-(double y) const { return *this - number(y); }
  Expr operator*(double y) const { return *this * number(y); }

  /// *this * y + z, rounded once.
  Expr fma(Expr y, Expr z) const {
    return {*b, mlir::math::FmaOp::create(*b, value, y.value, z.value)};
  }
  Expr fma(double y, Expr z) const { return fma(number(y), z); }
  Expr sqrt() const { return {*b, mlir::math::SqrtOp::create(*b, value)}; }
  Expr trunc() const { return {*b, mlir::math::TruncOp::create(*b, value)}; }
  Expr abs() const { return {*b, mlir::math::AbsFOp::create(*b, value)}; }
  Expr withSignOf(Expr y) const {
    return {*b, mlir::math::CopySignOp::create(*b, value, y.value)};
  }

  /// Comparisons that are false for NaN.
  Expr operator<(double y) const { return isLess(number(y)); }
  Expr operator>(double y) const { return compare(number(y), Predicate::OGT); }
  Expr operator==(double y) const { return isEqual(number(y)); }
  Expr isLess(Expr y) const { return compare(y, Predicate::OLT); }
  Expr isEqual(Expr y) const { return compare(y, Predicate::OEQ); }
  Expr operator&(Expr y) const { return make<mlir::arith::AndIOp>(y); }
  Expr operator|(Expr y) const { return make<mlir::arith::OrIOp>(y); }

  /// Of a condition: `x` where it holds, else `y`.
  Expr select(Expr x, Expr y) const {
    return {*b, mlir::arith::SelectOp::create(*b, value, x.value, y.value)};
  }
  /// NaN stays.
  Expr atMost(double limit) const {
    return (*this > limit).select(number(limit), *this);
  }
  Expr atLeast(double limit) const {
    return (*this < limit).select(number(limit), *this);
  }

  /// Integer arithmetic on bits.
  Expr plusBits(Expr y) const { return make<mlir::arith::AddIOp>(y); }
  Expr minusBits(Expr y) const { return make<mlir::arith::SubIOp>(y); }
  Expr shiftLeft(int64_t n) const { return make<mlir::arith::ShLIOp>(bits(n)); }
  Expr shiftRight(int64_t n) const {
    return make<mlir::arith::ShRUIOp>(bits(n));
  }
  Expr xorBits(Expr y) const { return make<mlir::arith::XOrIOp>(y); }
  Expr equalsBits(Expr y) const {
    return {*b, mlir::arith::CmpIOp::create(*b, mlir::arith::CmpIPredicate::eq,
                                            value, y.value)};
  }
  Expr isBelowBits(Expr y) const {
    return {*b, mlir::arith::CmpIOp::create(*b, mlir::arith::CmpIPredicate::ult,
                                            value, y.value)};
  }
  Expr toBits() const {
    return bitcast(b->getIntegerType(element().getIntOrFloatBitWidth()));
  }
  Expr toFloat() const {
    return bitcast(element().isInteger(32) ? mlir::Type(b->getF32Type())
                                           : mlir::Type(b->getF64Type()));
  }

  /// The float nearest to the integer.
  Expr toNumber() const {
    return {*b, mlir::arith::SIToFPOp::create(*b, toFloat().value.getType(),
                                              value)};
  }

  Expr toF64() const {
    return {*b, mlir::arith::ExtFOp::create(*b, like(b->getF64Type()), value)};
  }
  Expr toF32() const {
    return {*b,
            mlir::arith::TruncFOp::create(*b, like(b->getF32Type()), value)};
  }

  /// The polynomial with `coefficients`, lowest first, at this point.
  Expr polynomial(llvm::ArrayRef<double> coefficients) const {
    Expr sum = number(coefficients.back());
    for (double coefficient : llvm::reverse(coefficients.drop_back()))
      sum = sum.fma(*this, number(coefficient));
    return sum;
  }

private:
  using Predicate = mlir::arith::CmpFPredicate;

  mlir::Type element() const {
    return mlir::getElementTypeOrSelf(value.getType());
  }
  template <typename OpTy>
  Expr make(Expr y) const {
    return {*b, OpTy::create(*b, value, y.value)};
  }
  Expr compare(Expr y, Predicate predicate) const {
    return {*b, mlir::arith::CmpFOp::create(*b, predicate, value, y.value)};
  }
  Expr constant(mlir::TypedAttr attr) const {
    if (auto vector = llvm::dyn_cast<mlir::VectorType>(value.getType()))
      attr = mlir::DenseElementsAttr::get(vector, mlir::Attribute(attr));
    return {*b, mlir::arith::ConstantOp::create(*b, attr)};
  }
  mlir::Type like(mlir::Type newElement) const {
    if (auto vector = llvm::dyn_cast<mlir::VectorType>(value.getType()))
      return mlir::VectorType::get(vector.getShape(), newElement);
    return newElement;
  }
  Expr bitcast(mlir::Type newElement) const {
    return {*b, mlir::arith::BitcastOp::create(*b, like(newElement), value)};
  }

  mlir::ImplicitLocOpBuilder *b;
  mlir::Value value;
};

/// What a function's expansion gives, and where it is right: elsewhere the
/// library is called.
struct Expansion {
  Expr value;
  std::optional<Expr> isValid = std::nullopt;
};

Expansion expandExp(Expr x);
Expansion expandLog(Expr x);
Expansion expandLog1p(Expr x);
Expansion expandAsinh(Expr x);
Expansion expandAcosh(Expr x);
Expansion expandAtanh(Expr x);
Expansion expandCosh(Expr x);
Expansion expandTanh(Expr x);
Expansion expandHypot(Expr x, Expr y);
Expansion expandCbrt(Expr x);
Expansion expandArctan(Expr x);
Expansion expandArctan2(Expr y, Expr x);
Expansion expandFmod(Expr x, Expr y);
// Of float32 alone: in float64 the former's error, of whose terms the latter is
// made, exceeds one unit.
Expansion expandExpm1(Expr x);
Expansion expandSinh(Expr x);
// Of float32 alone: they compute in float64.
Expansion expandSin(Expr x);
Expansion expandCos(Expr x);
Expansion expandPow(Expr x, Expr y);

/// Integers in floats: adding 1.5 * 2**(significand's bits) rounds to the
/// nearest integer, which then lies in the lowest bits. This spares the
/// conversions of 64-bit integers, which AVX2 lacks.
class ShiftedInteger {
public: /// The integer nearest to x * y.
  ShiftedInteger(Expr x, double y) : sum(x.fma(y, x.number(getShift(x)))) {}

  Expr getFloat() const { return sum - getShift(sum); }
  /// Bits whose lowest are the integer's.
  Expr getBits() const { return sum.toBits(); }
  /// 2**(n + offset), for exponents of normal numbers.
  Expr getPowerOfTwo(int64_t offset = 0) const {
    return getPowerOfTwo(sum.toBits().bits(getBias() + offset));
  }
  /// 2**(n + offset) with one of two offsets.
  Expr getPowerOfTwo(Expr condition, int64_t offset, int64_t other) const {
    Expr bits = sum.toBits();
    return getPowerOfTwo(condition.select(bits.bits(getBias() + offset),
                                          bits.bits(getBias() + other)));
  }

private:
  static double getShift(Expr x) { return x.isF32() ? 0x1.8p23 : 0x1.8p52; }
  int64_t getBias() const { return sum.isF32() ? 127 : 1023; }
  Expr getPowerOfTwo(Expr bias) const {
    return sum.toBits()
        .plusBits(bias)
        .shiftLeft(sum.isF32() ? 23 : 52)
        .toFloat();
  }

  Expr sum;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_EXPANDMATH_FLOATEXPR_H
