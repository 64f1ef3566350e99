// Rewrites whose two sides are equal to the bit in NumPy's arithmetic: NaN,
// infinities, signed zeros and wrap-around included. What holds for some dtypes
// only names them.
#ifndef NUMLOOM_TRANSFORMS_SIMPLIFYPATTERNS
#define NUMLOOM_TRANSFORMS_SIMPLIFYPATTERNS

include "mlir/IR/PatternBase.td"
include "numloom/Dialect/Array/IR/ArrayOps.td"

class DTypeIs<string predicate>
    : Constraint<CPred<predicate # "(array::getDType($0.getType()))">>;
def IsBool : DTypeIs<"isBool">;
def IsFloat : DTypeIs<"isFloat">;
def IsInteger : DTypeIs<"isInteger">;
/// Bool and integers.
def IsDiscrete : DTypeIs<"isDiscrete">;
def IsNotComplex : DTypeIs<"!isComplex">;
def IsNotUnsigned : DTypeIs<"!isUnsigned">;

/// The constant attribute `$0` is `number`; 0 is not -0.0.
class IsNumber<string number>
    : Constraint<CPred<"isNumber($0, " # number # ")">>;
/// `number` as a constant of the dtype of `$0`.
class Number<string number>
    : NativeCodeCall<"getNumber(array::getDType($0.getType()), "
                     "$_builder, " # number # ")">;

class Rewrite<dag from, dag to, list<dag> constraints = []>
    : Pat<from, to, constraints>;

//===----------------------------------------------------------------------===//
// Ops applied twice, and ops that change nothing
//===----------------------------------------------------------------------===//

foreach op = [Array_NegativeOp, Array_InvertOp, Array_ConjugateOp] in
def : Rewrite<(op (op $x)), (replaceWithValue $x)>;

foreach op = [Array_AbsoluteOp, Array_FabsOp] in
def : Rewrite<(op (op:$inner $x)), (replaceWithValue $inner)>;

// Rounded is rounded, whichever way it is rounded again.
defvar roundings = [Array_FloorOp, Array_CeilOp, Array_TruncOp, Array_RintOp];
foreach inner = roundings in
foreach outer = roundings in
def : Rewrite<(outer (inner:$rounded $x)), (replaceWithValue $rounded)>;

def : Rewrite<(Array_PositiveOp $x), (replaceWithValue $x)>;
foreach op = [Array_FloorOp, Array_CeilOp, Array_TruncOp] in
def : Rewrite<(op $x), (replaceWithValue $x), [(IsDiscrete $x)]>;
foreach op = [Array_ConjugateOp, Array_RealOp] in
def : Rewrite<(op $x), (replaceWithValue $x), [(IsNotComplex $x)]>;

foreach op = [Array_MaximumOp, Array_MinimumOp, Array_FmaxOp, Array_FminOp,
              Array_BitwiseAndOp, Array_BitwiseOrOp] in
def : Rewrite<(op $x, $x), (replaceWithValue $x)>;
foreach op = [Array_LogicalAndOp, Array_LogicalOrOp] in
def : Rewrite<(op $x, $x), (replaceWithValue $x), [(IsBool $x)]>;

//===----------------------------------------------------------------------===//
// Logic
//===----------------------------------------------------------------------===//

foreach not = [Array_LogicalNotOp, Array_InvertOp] in {
def : Rewrite<(not (Array_EqualOp $x, $y)), (Array_NotEqualOp $x, $y)>;
def : Rewrite<(not (Array_NotEqualOp $x, $y)), (Array_EqualOp $x, $y)>;
// NaN is neither less than a number nor greater or equal.
def : Rewrite<(not (Array_LessOp $x, $y)), (Array_GreaterEqualOp $x, $y),
              [(IsDiscrete $x)]>;
def : Rewrite<(not (Array_LessEqualOp $x, $y)), (Array_GreaterOp $x, $y),
              [(IsDiscrete $x)]>;
def : Rewrite<(not (Array_GreaterOp $x, $y)), (Array_LessEqualOp $x, $y),
              [(IsDiscrete $x)]>;
def : Rewrite<(not (Array_GreaterEqualOp $x, $y)), (Array_LessOp $x, $y),
              [(IsDiscrete $x)]>;
}
def : Rewrite<(Array_LogicalNotOp (Array_LogicalNotOp $x)),
              (replaceWithValue $x), [(IsBool $x)]>;

//===----------------------------------------------------------------------===//
// Selection
//===----------------------------------------------------------------------===//

def : Rewrite<(Array_WhereOp $c, $x, $x), (replaceWithValue $x)>;
def : Rewrite<(Array_WhereOp (Array_ConstantOp $c), $x, $y),
              (replaceWithValue $x), [(IsNumber<"1"> $c)]>;
def : Rewrite<(Array_WhereOp (Array_ConstantOp $c), $x, $y),
              (replaceWithValue $y), [(IsNumber<"0"> $c)]>;
def : Rewrite<(Array_WhereOp (Array_LogicalNotOp $c), $x, $y),
              (Array_WhereOp $c, $y, $x), [(IsBool $c)]>;
def : Rewrite<(Array_WhereOp $c, (Array_WhereOp $c, $x, $y), $z),
              (Array_WhereOp $c, $x, $z)>;
def : Rewrite<(Array_WhereOp $c, $x, (Array_WhereOp $c, $y, $z)),
              (Array_WhereOp $c, $x, $z)>;

//===----------------------------------------------------------------------===//
// Signs
//===----------------------------------------------------------------------===//

def : Rewrite<(Array_AddOp $x, (Array_NegativeOp $y)),
              (Array_SubtractOp $x, $y)>;
def : Rewrite<(Array_AddOp (Array_NegativeOp $x), $y),
              (Array_SubtractOp $y, $x)>;
def : Rewrite<(Array_SubtractOp $x, (Array_NegativeOp $y)),
              (Array_AddOp $x, $y)>;
def : Rewrite<(Array_MultiplyOp (Array_NegativeOp $x), (Array_NegativeOp $y)),
              (Array_MultiplyOp $x, $y)>;
def : Rewrite<(Array_DivideOp (Array_NegativeOp $x), (Array_NegativeOp $y)),
              (Array_DivideOp $x, $y), [(IsFloat $x)]>;
foreach sign = [Array_NegativeOp, Array_AbsoluteOp] in
def : Rewrite<(Array_SquareOp (sign $x)), (Array_SquareOp $x),
              [(IsNotComplex $x)]>;
// The negative of an unsigned integer is another magnitude.
def : Rewrite<(Array_AbsoluteOp (Array_NegativeOp $x)),
              (Array_AbsoluteOp $x), [(IsNotUnsigned $x)]>;
def : Rewrite<(Array_FabsOp (Array_NegativeOp $x)), (Array_FabsOp $x)>;

//===----------------------------------------------------------------------===//
// Neutral and absorbing constants
//===----------------------------------------------------------------------===//

class RightNeutral<Op op, string number, Constraint dtype>
    : Rewrite<(op $x, (Array_ConstantOp $c)), (replaceWithValue $x),
              [(IsNumber<number> $c), (dtype $x)]>;
class RightAbsorbing<Op op, string number, Constraint dtype>
    : Rewrite<(op $x, (Array_ConstantOp $c)), (Array_ConstantOp $c),
              [(IsNumber<number> $c), (dtype $x)]>;

foreach op = [Array_AddOp, Array_BitwiseOrOp, Array_BitwiseXorOp] in
def : RightNeutral<op, "0", IsDiscrete>;
foreach op = [Array_SubtractOp, Array_LeftShiftOp, Array_RightShiftOp] in
def : RightNeutral<op, "0", IsInteger>;
// -0.0 + 0.0 is 0.0.
def : RightNeutral<Array_AddOp, "-0.0", IsFloat>;
def : RightNeutral<Array_SubtractOp, "0", IsFloat>;
// (a + ib)(1 + i0) is NaN where b is infinite.
def : RightNeutral<Array_MultiplyOp, "1", IsNotComplex>;
def : RightNeutral<Array_DivideOp, "1", IsFloat>;
def : RightNeutral<Array_FloorDivideOp, "1", IsInteger>;
def : RightNeutral<Array_PowerOp, "1", IsNotComplex>;

def : RightAbsorbing<Array_MultiplyOp, "0", IsDiscrete>;
def : RightAbsorbing<Array_BitwiseAndOp, "0", IsDiscrete>;

foreach op = [Array_SubtractOp, Array_BitwiseXorOp] in
def : Rewrite<(op $x, $x), (Array_ConstantOp (Number<"0"> $x)),
              [(IsDiscrete $x)]>;
// Even of NaN.
def : Rewrite<(Array_PowerOp $x, (Array_ConstantOp $c)),
              (Array_ConstantOp (Number<"1"> $x)),
              [(IsNumber<"0"> $c), (IsNotComplex $x)]>;

//===----------------------------------------------------------------------===//
// Cheaper ops
//===----------------------------------------------------------------------===//

def : Rewrite<(Array_PowerOp $x, (Array_ConstantOp $c)), (Array_SquareOp $x),
              [(IsNumber<"2"> $c), (IsNotComplex $x)]>;

// Both are the one exact product or quotient, rounded.
def HasExactInverse
    : Constraint<CPred<"getExactInverse($0, $1.getType()).has_value()">>;
def GetExactInverse : NativeCodeCall<
    "$_builder.getF64FloatAttr(*getExactInverse($0, $1.getType()))">;
def : Rewrite<(Array_DivideOp $x, (Array_ConstantOp:$y $c)),
              (Array_MultiplyOp $x, (Array_ConstantOp (GetExactInverse $c, $y),
                                     (returnType $y))),
              [(IsFloat $x), (HasExactInverse $c, $y)]>;

// Floor division is the arithmetic shift, and its remainder the low bits.
def IsPowerOfTwo : Constraint<CPred<"isPowerOfTwo($0)">>;
def GetLog2 : NativeCodeCall<
    "$_builder.getI64IntegerAttr(llvm::Log2_64(getInteger($0)))">;
def GetLowBits : NativeCodeCall<
    "$_builder.getI64IntegerAttr(getInteger($0) - 1)">;
def : Rewrite<(Array_FloorDivideOp $x, (Array_ConstantOp:$y $c)),
              (Array_RightShiftOp $x, (Array_ConstantOp (GetLog2 $c),
                                       (returnType $y))),
              [(IsInteger $x), (IsPowerOfTwo $c)]>;
def : Rewrite<(Array_RemainderOp $x, (Array_ConstantOp:$y $c)),
              (Array_BitwiseAndOp $x, (Array_ConstantOp (GetLowBits $c),
                                       (returnType $y))),
              [(IsInteger $x), (IsPowerOfTwo $c)]>;

#endif // NUMLOOM_TRANSFORMS_SIMPLIFYPATTERNS
