// Elementwise ops: the ufuncs. An op is one record here; its dialect op, the
// recorder's op code, the dtype table, the Python ufunc and the reference page
// are generated from it.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_ELEMENTWISEOPS
#define NUMLOOM_DIALECT_ARRAY_IR_ELEMENTWISEOPS

include "numloom/Dialect/Array/IR/ArrayBase.td"
include "numloom/Dialect/Array/IR/ArrayInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// `signatures` are the ufunc's loops in NumPy's order: an application takes
/// the first one to which all operands cast safely. `element` emits one
/// element: `b` is the ElementBuilder, `x`, `y`, `z` are the operands.
class Array_ElementwiseOp<string mnemonic, string text,
                          list<string> signatures, code element,
                          list<Trait> traits = []>
    : Array_Op<mnemonic, traits # [Pure,
        DeclareOpInterfaceMethods<ElementwiseOpInterface,
                                  ["getElementCost"]>]> {
  let numpyName = mnemonic;
  let summary = text;
  let description = !if(!empty(signatures), "Takes operands of any dtype.",
      "Operands and result have one of these signatures, in NumPy's type "
      "characters: `" # !interleave(signatures, "`, `") # "`.");
  let loops = signatures;
  /// Additions that one element costs.
  int cost = 1;
  let results = (outs Array_Tensor:$result);
  let hasVerifier = 1;
  string unpack = "";
  let extraClassDefinition = [{
    ::numloom::array::Elem $cppClass::emitElement(
        ::numloom::array::ElementBuilder &b,
        ::llvm::ArrayRef<::numloom::array::Elem> operands) {
      using ::numloom::DType;
  }] # unpack # element # [{
    }
    unsigned $cppClass::getElementCost() { return }] # cost # [{; }
    ::llvm::LogicalResult $cppClass::verify() {
      return ::numloom::array::verifyElementwise(getOperation());
    }
  }];
}

class Array_UnaryOp<string mnemonic, string text, list<string> signatures,
                    code element, list<Trait> traits = []>
    : Array_ElementwiseOp<mnemonic, text, signatures, element, traits> {
  let arguments = (ins Array_Tensor:$x);
  let unpack = "auto x = operands[0]; (void)x;";
  let assemblyFormat =
      "$x attr-dict `:` type($x) `->` type($result)";
}

class Array_BinaryOp<string mnemonic, string text, list<string> signatures,
                     code element, list<Trait> traits = []>
    : Array_ElementwiseOp<mnemonic, text, signatures, element, traits> {
  let arguments = (ins Array_Tensor:$x, Array_Tensor:$y);
  let unpack = "auto x = operands[0], y = operands[1]; (void)x; (void)y;";
  let assemblyFormat =
      "$x `,` $y attr-dict `:` type($x) `,` type($y) `->` type($result)";
}

class Array_TernaryOp<string mnemonic, string text, list<string> signatures,
                      code element, list<Trait> traits = []>
    : Array_ElementwiseOp<mnemonic, text, signatures, element, traits> {
  let arguments = (ins Array_Tensor:$x, Array_Tensor:$y, Array_Tensor:$z);
  let unpack = "auto x = operands[0], y = operands[1], z = operands[2];"
               "(void)x; (void)y; (void)z;";
  let assemblyFormat = "$x `,` $y `,` $z attr-dict `:` type($x) `,` type($y)"
                       "`,` type($z) `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Signatures
//===----------------------------------------------------------------------===//

/// NumPy's type characters in the order of its loops; 'E' is bfloat16.
class Chars {
  list<string> integers = ["b", "B", "h", "H", "i", "I", "l", "L"];
  list<string> floats = ["e", "E", "f", "d"];
  list<string> complexes = ["F", "D"];
  list<string> reals = integers # floats;
  list<string> numbers = reals # complexes;
  list<string> bitwise = ["?"] # integers;
  list<string> inexact = floats # complexes;
  list<string> all = ["?"] # numbers;
}
def C : Chars;

/// x -> x, and x -> `to`.
class Unary<list<string> chars> {
  list<string> loops = !foreach(c, chars, c # "->" # c);
}
class UnaryTo<list<string> chars, string to> {
  list<string> loops = !foreach(c, chars, c # "->" # to);
}
/// xx -> x, and xx -> `to`.
class Binary<list<string> chars> {
  list<string> loops = !foreach(c, chars, c # c # "->" # c);
}
class BinaryTo<list<string> chars, string to> {
  list<string> loops = !foreach(c, chars, c # c # "->" # to);
}

/// Comparisons of int64 with uint64 have loops of their own: float64, to
/// which both would cast, is not exact.
defvar Comparisons = BinaryTo<C.bitwise, "?">.loops # ["lL->?", "Ll->?"] #
                     BinaryTo<C.inexact, "?">.loops;

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

def Array_AddOp : Array_BinaryOp<"add", "Sum of two arrays.",
    Binary<C.all>.loops, [{ return b.add(x, y); }], [Commutative]> {
  let identity = "0";
}
def Array_SubtractOp : Array_BinaryOp<"subtract",
    "Difference of two arrays.",
    Binary<C.numbers>.loops, [{ return b.sub(x, y); }]>;
def Array_MultiplyOp : Array_BinaryOp<"multiply", "Product of two arrays.",
    Binary<C.all>.loops, [{ return b.mul(x, y); }], [Commutative]> {
  let identity = "1";
}
def Array_DivideOp : Array_BinaryOp<"divide",
    "Quotient of two arrays; of integers in float64.",
    BinaryTo<C.integers, "d">.loops # Binary<C.inexact>.loops, [{
      DType dtype = b.getDType(getType());
      return b.divide(b.cast(x, dtype), b.cast(y, dtype));
    }]> {
  let cost = 4;
}
def Array_FloorDivideOp : Array_BinaryOp<"floor_divide",
    "Largest integer not above the quotient of two arrays.",
    Binary<C.reals>.loops, [{ return b.floorDivide(x, y); }]> {
  let cost = 12;
}
def Array_RemainderOp : Array_BinaryOp<"remainder",
    "Remainder of floor division, with the sign of the divisor.",
    Binary<C.reals>.loops, [{ return b.remainder(x, y); }]> {
  let cost = 12;
}
def Array_FmodOp : Array_BinaryOp<"fmod",
    "Remainder of division rounded to zero, with the sign of the dividend.",
    Binary<C.reals>.loops, [{ return b.fmod(x, y); }]> {
  let cost = 12;
}
def Array_PowerOp : Array_BinaryOp<"power",
    "First array raised to the powers of the second.",
    Binary<C.numbers>.loops, [{ return b.power(x, y); }]> {
  let cost = 40;
}
def Array_FloatPowerOp : Array_BinaryOp<"float_power",
    "First array raised to the powers of the second, in float64 at least.",
    Binary<["d", "D"]>.loops, [{ return b.power(x, y); }]> {
  let cost = 40;
}
def Array_GcdOp : Array_BinaryOp<"gcd", "Greatest common divisor of |x| and |y|.",
    Binary<C.integers>.loops, [{ return b.gcd(x, y); }], [Commutative]> {
  let identity = "0";
  let cost = 100;
}
def Array_LcmOp : Array_BinaryOp<"lcm", "Lowest common multiple of |x| and |y|.",
    Binary<C.integers>.loops, [{ return b.lcm(x, y); }], [Commutative]> {
  let cost = 110;
}
def Array_NegativeOp : Array_UnaryOp<"negative", "Numerical negative.",
    Unary<C.numbers>.loops, [{ return b.neg(x); }]>;
def Array_PositiveOp : Array_UnaryOp<"positive", "Numerical positive: the operand.",
    Unary<C.numbers>.loops, [{ return x; }]>;
def Array_AbsoluteOp : Array_UnaryOp<"absolute",
    "Absolute value; of complex numbers the magnitude.",
    Unary<["?"] # C.reals>.loops # ["F->f", "D->d"],
    [{ return b.absolute(x); }]>;
def Array_FabsOp : Array_UnaryOp<"fabs", "Absolute value in floating point.",
    Unary<C.floats>.loops, [{ return b.absolute(x); }]>;
def Array_SignOp : Array_UnaryOp<"sign",
    "-1, 0 or 1 by the sign; of complex numbers x / |x|.",
    Unary<C.numbers>.loops, [{ return b.sign(x); }]> {
  let cost = 3;
}
def Array_SquareOp : Array_UnaryOp<"square", "Square.",
    Unary<C.numbers>.loops, [{ return b.mul(x, x); }]>;
def Array_ReciprocalOp : Array_UnaryOp<"reciprocal",
    "1 / x; of integers rounded to zero.",
    Unary<C.numbers>.loops, [{ return b.reciprocal(x); }]> {
  let cost = 4;
}

//===----------------------------------------------------------------------===//
// Comparisons and logic
//===----------------------------------------------------------------------===//

class Array_CompareOp<string mnemonic, string text, string method,
                      list<Trait> traits = []>
    : Array_BinaryOp<mnemonic, text, Comparisons,
        "return b.compareExactly(x, y, &::numloom::array::ElementBuilder::"
        # method # ");", traits>;

def Array_EqualOp : Array_CompareOp<"equal", "x == y.", "equal", [Commutative]>;
def Array_NotEqualOp : Array_CompareOp<"not_equal", "x != y.", "notEqual",
                                       [Commutative]>;
def Array_LessOp : Array_CompareOp<"less", "x < y.", "less">;
def Array_LessEqualOp : Array_CompareOp<"less_equal", "x <= y.", "lessEqual">;
def Array_GreaterOp : Array_CompareOp<"greater", "x > y.", "greater">;
def Array_GreaterEqualOp : Array_CompareOp<"greater_equal", "x >= y.",
                                           "greaterEqual">;

class Array_LogicalOp<string mnemonic, string text, string method,
                      string neutral>
    : Array_BinaryOp<mnemonic, text, BinaryTo<C.all, "?">.loops,
        "return b." # method # "(b.cast(x, DType::Bool),"
        " b.cast(y, DType::Bool));", [Commutative]> {
  let identity = neutral;
}

def Array_LogicalAndOp : Array_LogicalOp<"logical_and",
    "Whether both operands are true.", "bitAnd", "True">;
def Array_LogicalOrOp : Array_LogicalOp<"logical_or",
    "Whether either operand is true.", "bitOr", "False">;
def Array_LogicalXorOp : Array_LogicalOp<"logical_xor",
    "Whether just one operand is true.", "bitXor", "False">;
def Array_LogicalNotOp : Array_UnaryOp<"logical_not",
    "Whether the operand is false.",
    UnaryTo<C.all, "?">.loops,
    [{ return b.bitNot(b.cast(x, DType::Bool)); }]>;

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

def Array_BitwiseAndOp : Array_BinaryOp<"bitwise_and", "Bit-wise AND.",
    Binary<C.bitwise>.loops, [{ return b.bitAnd(x, y); }], [Commutative]> {
  let identity = "-1";
}
def Array_BitwiseOrOp : Array_BinaryOp<"bitwise_or", "Bit-wise OR.",
    Binary<C.bitwise>.loops, [{ return b.bitOr(x, y); }], [Commutative]> {
  let identity = "0";
}
def Array_BitwiseXorOp : Array_BinaryOp<"bitwise_xor", "Bit-wise XOR.",
    Binary<C.bitwise>.loops, [{ return b.bitXor(x, y); }], [Commutative]> {
  let identity = "0";
}
def Array_InvertOp : Array_UnaryOp<"invert", "Bit-wise NOT.",
    Unary<C.bitwise>.loops, [{ return b.bitNot(x); }]>;
def Array_LeftShiftOp : Array_BinaryOp<"left_shift",
    "x shifted left by y bits.",
    Binary<C.integers>.loops, [{ return b.shiftLeft(x, y); }]>;
def Array_RightShiftOp : Array_BinaryOp<"right_shift",
    "x shifted right by y bits; of negative integers with ones.",
    Binary<C.integers>.loops, [{ return b.shiftRight(x, y); }]>;
def Array_BitwiseCountOp : Array_UnaryOp<"bitwise_count",
    "How many bits of the absolute value are one.",
    UnaryTo<C.integers, "B">.loops, [{ return b.bitCount(x); }]> {
  let cost = 2;
}

//===----------------------------------------------------------------------===//
// Extremes and selection
//===----------------------------------------------------------------------===//

def Array_MaximumOp : Array_BinaryOp<"maximum",
    "Larger of two elements; NaN if either is.",
    Binary<C.all>.loops, [{ return b.maximum(x, y); }]>;
def Array_MinimumOp : Array_BinaryOp<"minimum",
    "Smaller of two elements; NaN if either is.",
    Binary<C.all>.loops, [{ return b.minimum(x, y); }]>;
def Array_FmaxOp : Array_BinaryOp<"fmax",
    "Larger of two elements; the other one if one is NaN.",
    Binary<C.all>.loops, [{ return b.fmax(x, y); }]>;
def Array_FminOp : Array_BinaryOp<"fmin",
    "Smaller of two elements; the other one if one is NaN.",
    Binary<C.all>.loops, [{ return b.fmin(x, y); }]>;

let numpyName = "" in {
def Array_WhereOp : Array_TernaryOp<"where", "y where x is true, else z.",
    !foreach(c, C.all, "?" # c # c # "->" # c),
    [{ return b.select(x, y, z); }]>;
def Array_ClipOp : Array_TernaryOp<"clip", "x limited to at least y and at most z.",
    !foreach(c, C.all, c # c # c # "->" # c),
    [{ return b.clip(x, y, z); }]> {
  let cost = 2;
}
def Array_CastOp : Array_UnaryOp<"cast",
    "Converts elements to the result's dtype, as astype does.", [],
    [{ return b.cast(x, b.getDType(getType())); }]> {
  let hasFolder = 1;
}
def Array_BitcastOp : Array_UnaryOp<"bitcast",
    "The bits of elements as another dtype of the same size.", [],
    [{ return b.bitcast(x, b.getDType(getType())); }]> {
  let description = "Takes and gives any integers and floats.";
}
class Array_PhiloxBaseOp<string mnemonic, string words, string block,
                         string call>
    : Array_TernaryOp<mnemonic,
          words # " of Philox4x32-10's block " # block
                # " + y * 2**64 under the key z.",
          ["LLL->L"], "return ::numloom::array::" # call # ";"> {
  let cost = 90;
}
def Array_PhiloxOuterOp : Array_PhiloxBaseOp<"philox_outer",
    "Word 0, the upper half, and word 1", "x", "getPhiloxBlock(b, x, y, z).outer">;
def Array_PhiloxInnerOp : Array_PhiloxBaseOp<"philox_inner",
    "Word 3, the upper half, and word 2", "x", "getPhiloxBlock(b, x, y, z).inner">;
def Array_PhiloxHalfOp : Array_PhiloxBaseOp<"philox_half",
    "Word 0, the upper half, and word 1, or for odd x word 2 and word 3",
    "x // 2", "getPhiloxHalf(b, x, y, z)">;
def Array_PhiloxWordOp : Array_PhiloxBaseOp<"philox_word",
    "Word x % 4, the upper half,", "x // 4", "getPhiloxWord(b, x, y, z)">;
}

#endif // NUMLOOM_DIALECT_ARRAY_IR_ELEMENTWISEOPS
