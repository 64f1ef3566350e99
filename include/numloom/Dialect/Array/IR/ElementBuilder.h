// Emits the arithmetic of single elements with NumPy's semantics: what the
// ops' element lowerings are written in.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_ELEMENTBUILDER_H
#define NUMLOOM_DIALECT_ARRAY_IR_ELEMENTBUILDER_H

#include "numloom/Support/DType.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace numloom::array {

/// One element in registers, or a vector of them. Integers are signless, bool
/// is i1; complex numbers are two floats.
struct Elem {
  DType dtype = DType::Float64;
  mlir::Value re;
  mlir::Value im; ///< null unless complex

  bool isVector() const { return llvm::isa<mlir::VectorType>(re.getType()); }
};

/// The dtype of a tensor's elements.
DType getDType(mlir::Type tensorOrElementType);

/// The element type that stands for `dtype` in tensor types (`si32`, `i1`,
/// `complex<f32>`, ...).
mlir::Type getElementType(mlir::MLIRContext *context, DType dtype);

/// The type of (the real part of) `dtype` in registers: signless, i1 for bool,
/// i16 for bfloat16.
mlir::Type getRegisterType(mlir::MLIRContext *context, DType dtype);

/// Builds element arithmetic. Operands may mix scalars and vectors: a scalar
/// meets a vector as a splat. All methods follow NumPy: NaN propagates in
/// maximum and minimum, integers wrap, integer division floors and gives 0 for
/// a zero divisor, float16 and bfloat16 round after every operation, nothing
/// is contracted.
class ElementBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using mlir::ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  DType getDType(mlir::Type type) { return array::getDType(type); }

  // Constants.
  Elem constant(DType dtype, double value);
  /// An integer constant that a double may not hold, wrapped to `dtype`.
  Elem integerConstant(DType dtype, int64_t value);
  /// The least value, -inf for floats; for complex (-inf, -inf).
  Elem lowest(DType dtype);
  Elem highest(DType dtype);
  /// The identities of fmax and fmin: NaN for floats.
  Elem nanOrLowest(DType dtype);
  Elem nanOrHighest(DType dtype);

  // Conversions, as NumPy's astype.
  Elem cast(Elem x, DType dtype);
  /// The same bits as `dtype` of the same width.
  Elem bitcast(Elem x, DType dtype);

  // Arithmetic on equal dtypes; bool: add is or, mul is and.
  Elem add(Elem x, Elem y);
  Elem sub(Elem x, Elem y);
  Elem mul(Elem x, Elem y);
  Elem neg(Elem x);
  /// Of integers: 0 for a zero divisor, rounded to zero.
  Elem divide(Elem x, Elem y);
  Elem floorDivide(Elem x, Elem y);
  /// The remainder of floorDivide: its sign is the divisor's.
  Elem remainder(Elem x, Elem y);
  /// The remainder of the division rounded to zero.
  Elem fmod(Elem x, Elem y);
  Elem reciprocal(Elem x);
  /// The magnitude; of a complex number a real.
  Elem absolute(Elem x);
  Elem sign(Elem x);
  Elem power(Elem x, Elem y);
  Elem gcd(Elem x, Elem y);
  Elem lcm(Elem x, Elem y);

  // Comparisons, giving bool. Complex numbers compare lexicographically.
  Elem equal(Elem x, Elem y);
  Elem notEqual(Elem x, Elem y);
  Elem less(Elem x, Elem y);
  Elem lessEqual(Elem x, Elem y);
  Elem greater(Elem x, Elem y);
  Elem greaterEqual(Elem x, Elem y);
  Elem isNan(Elem x);
  /// A comparison that is exact between int64 and uint64 too.
  Elem compareExactly(Elem x, Elem y,
                      Elem (ElementBuilder::*comparison)(Elem, Elem));

  // Selection.
  Elem select(Elem condition, Elem x, Elem y);
  /// By one bit for all lanes, of which GPUs select two float16 at a time.
  Elem selectAll(mlir::Value condition, Elem x, Elem y);
  Elem maximum(Elem x, Elem y);
  Elem minimum(Elem x, Elem y);
  Elem fmax(Elem x, Elem y);
  Elem fmin(Elem x, Elem y);
  /// `x` limited by `low`, then by `high`; NaN if any of them is.
  Elem clip(Elem x, Elem low, Elem high);
  /// Whether argmax/argmin keeps (x, i) over (y, j); `better` is x > y or
  /// x < y. Equal values keep the smaller position, NaN beats everything.
  Elem argTakesLeft(Elem x, Elem y, Elem i, Elem j, Elem better);

  // Bits, of bool and integers.
  Elem bitAnd(Elem x, Elem y);
  Elem bitOr(Elem x, Elem y);
  Elem bitXor(Elem x, Elem y);
  Elem bitNot(Elem x);
  /// Shifts by the width or more, and by negative counts, shift out all bits.
  Elem shiftLeft(Elem x, Elem count);
  Elem shiftRight(Elem x, Elem count);
  /// The one bits of |x|, as uint8.
  Elem bitCount(Elem x);

  // Floats: representation.
  Elem isInf(Elem x);
  Elem isFinite(Elem x);
  Elem signBit(Elem x);
  Elem copySign(Elem magnitude, Elem sign);
  /// The next float after `x` towards `y`.
  Elem nextAfter(Elem x, Elem y);
  /// The distance to the next float away from zero, with the sign of `x`.
  Elem spacing(Elem x);
  /// x * 2**exponent, rounded once.
  Elem ldexp(Elem x, Elem exponent);
  Elem frexpMantissa(Elem x);
  /// As int32; 0 for zero, infinities and NaN.
  Elem frexpExponent(Elem x);
  Elem modfFraction(Elem x);
  Elem heaviside(Elem x, Elem atZero);

  // Floats: functions. Complex numbers where NumPy takes them.
  Elem floor(Elem x);
  Elem ceil(Elem x);
  Elem trunc(Elem x);
  Elem rint(Elem x);
  Elem sqrt(Elem x);
  Elem cbrt(Elem x);
  Elem exp(Elem x);
  Elem exp2(Elem x);
  Elem expm1(Elem x);
  Elem log(Elem x);
  Elem log2(Elem x);
  Elem log10(Elem x);
  Elem log1p(Elem x);
  Elem sin(Elem x);
  Elem cos(Elem x);
  Elem tan(Elem x);
  Elem sinh(Elem x);
  Elem cosh(Elem x);
  Elem tanh(Elem x);
  Elem arcsin(Elem x);
  Elem arccos(Elem x);
  Elem arctan(Elem x);
  Elem arcsinh(Elem x);
  Elem arccosh(Elem x);
  Elem arctanh(Elem x);
  Elem arctan2(Elem y, Elem x);
  Elem hypot(Elem x, Elem y);
  Elem degrees(Elem x);
  Elem radians(Elem x);
  Elem logAddExp(Elem x, Elem y);
  Elem logAddExp2(Elem x, Elem y);

  // Complex numbers.
  Elem real(Elem x);
  /// Zero unless complex.
  Elem imag(Elem x);
  Elem makeComplex(Elem re, Elem im);
  Elem conjugate(Elem x);

  /// `x` as a vector of `lanes` elements.
  Elem splat(Elem x, int64_t lanes);
  /// Splats whichever of `elems` is scalar if another is a vector.
  void unify(llvm::MutableArrayRef<Elem> elems);
  /// `elementType`, or the vector of it with as many lanes as `x`.
  mlir::Type getTypeLike(mlir::Type elementType, mlir::Value x);

private:
  /// `x` as the float32 that float16 and bfloat16 are computed in; any other
  /// `x` unchanged.
  Elem widen(Elem x);
  template <typename FloatOp, typename IntOp>
  Elem combine(Elem x, Elem y);
  Elem compare(Elem x, Elem y, int floatPredicate, int signedPredicate,
               int unsignedPredicate);
  Elem compareLexicographically(Elem x, Elem y, Elem firstDecides,
                                Elem secondDecides);
  /// What maximum and minimum (or fmax and fmin, which skip NaN) return.
  Elem pick(Elem x, Elem y, Elem xIsBetter, bool skipNan);
  Elem roundToHalf(Elem x, DType half);
  Elem castToInteger(Elem x, DType dtype);
  Elem castToFloat(Elem x, DType dtype);

  Elem divideIntegers(Elem x, Elem y, bool roundDown);
  Elem powerOfIntegers(Elem x, Elem y);
  Elem divideComplex(Elem x, Elem y);
  Elem reciprocalOfComplex(Elem x);
  Elem powerOfComplex(Elem x, Elem y);
  Elem remainderOfFloats(Elem x, Elem y);
  Elem floorDivideFloats(Elem x, Elem y);

  /// OpTy of the math dialect for floats, the C library's `complexFunction`
  /// for complex numbers.
  template <typename OpTy>
  Elem applyMath(Elem x, llvm::StringRef complexFunction = "");
  /// The function `callee` of the C library, a call for each element.
  Elem callLibrary(llvm::StringRef callee, llvm::ArrayRef<Elem> operands);
};

} // namespace numloom::array

#endif // NUMLOOM_DIALECT_ARRAY_IR_ELEMENTBUILDER_H
