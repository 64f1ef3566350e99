// Elementwise functions of real and complex numbers.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_MATHOPS
#define NUMLOOM_DIALECT_ARRAY_IR_MATHOPS

include "numloom/Dialect/Array/IR/ElementwiseOps.td"

/// A function of inexact numbers; `chars` are the dtypes that it takes.
class Array_FunctionOp<string mnemonic, string text, list<string> chars,
                       string method>
    : Array_UnaryOp<mnemonic, text, Unary<chars>.loops,
                    "return b." # method # "(x);"> {
  let cost = 20;
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

class Array_RoundOp<string mnemonic, string text, list<string> chars>
    : Array_FunctionOp<mnemonic, text, chars, mnemonic> {
  let cost = 1;
}

def Array_FloorOp : Array_RoundOp<"floor",
    "Largest integer not above x.", ["?"] # C.reals>;
def Array_CeilOp : Array_RoundOp<"ceil",
    "Smallest integer not below x.", ["?"] # C.reals>;
def Array_TruncOp : Array_RoundOp<"trunc",
    "x without its fraction.", ["?"] # C.reals>;
def Array_RintOp : Array_RoundOp<"rint",
    "Nearest integer, the even one of two.", C.inexact>;

//===----------------------------------------------------------------------===//
// Roots, exponentials and logarithms
//===----------------------------------------------------------------------===//

def Array_SqrtOp : Array_FunctionOp<"sqrt",
    "Square root that is not negative.", C.inexact, "sqrt"> {
  let cost = 6;
}
def Array_CbrtOp : Array_FunctionOp<"cbrt", "Cube root.", C.floats, "cbrt">;
def Array_ExpOp : Array_FunctionOp<"exp", "Exponential.", C.inexact, "exp">;
def Array_Exp2Op : Array_FunctionOp<"exp2", "2 ** x.", C.inexact, "exp2">;
def Array_Expm1Op : Array_FunctionOp<"expm1",
    "exp(x) - 1 without cancellation.", C.inexact, "expm1">;
def Array_LogOp : Array_FunctionOp<"log", "Natural logarithm.", C.inexact, "log">;
def Array_Log2Op : Array_FunctionOp<"log2",
    "Logarithm to base 2.", C.inexact, "log2">;
def Array_Log10Op : Array_FunctionOp<"log10",
    "Logarithm to base 10.", C.inexact, "log10">;
def Array_Log1pOp : Array_FunctionOp<"log1p",
    "log(1 + x) without cancellation.", C.inexact, "log1p">;

class Array_LogAddExpOp<string mnemonic, string text, string method>
    : Array_BinaryOp<mnemonic, text, Binary<C.floats>.loops,
                     "return b." # method # "(x, y);", [Commutative]> {
  let identity = "-inf";
  let cost = 45;
}
def Array_LogaddexpOp : Array_LogAddExpOp<"logaddexp",
    "log(exp(x) + exp(y)) without overflow.", "logAddExp">;
def Array_Logaddexp2Op : Array_LogAddExpOp<"logaddexp2",
    "log2(2**x + 2**y) without overflow.", "logAddExp2">;

//===----------------------------------------------------------------------===//
// Trigonometry
//===----------------------------------------------------------------------===//

def Array_SinOp : Array_FunctionOp<"sin", "Sine of an angle in radians.",
    C.inexact, "sin">;
def Array_CosOp : Array_FunctionOp<"cos", "Cosine of an angle in radians.",
    C.inexact, "cos">;
def Array_TanOp : Array_FunctionOp<"tan", "Tangent of an angle in radians.",
    C.inexact, "tan">;
def Array_ArcsinOp : Array_FunctionOp<"arcsin", "Inverse sine.",
    C.inexact, "arcsin">;
def Array_ArccosOp : Array_FunctionOp<"arccos", "Inverse cosine.",
    C.inexact, "arccos">;
def Array_ArctanOp : Array_FunctionOp<"arctan", "Inverse tangent.",
    C.inexact, "arctan">;
def Array_SinhOp : Array_FunctionOp<"sinh", "Hyperbolic sine.",
    C.inexact, "sinh">;
def Array_CoshOp : Array_FunctionOp<"cosh", "Hyperbolic cosine.",
    C.inexact, "cosh">;
def Array_TanhOp : Array_FunctionOp<"tanh", "Hyperbolic tangent.",
    C.inexact, "tanh">;
def Array_ArcsinhOp : Array_FunctionOp<"arcsinh", "Inverse hyperbolic sine.",
    C.inexact, "arcsinh">;
def Array_ArccoshOp : Array_FunctionOp<"arccosh", "Inverse hyperbolic cosine.",
    C.inexact, "arccosh">;
def Array_ArctanhOp : Array_FunctionOp<"arctanh", "Inverse hyperbolic tangent.",
    C.inexact, "arctanh">;
def Array_Arctan2Op : Array_BinaryOp<"arctan2",
    "Angle of the point (y, x), in (-pi, pi].",
    Binary<C.floats>.loops, [{ return b.arctan2(x, y); }]> {
  let cost = 25;
}
def Array_HypotOp : Array_BinaryOp<"hypot",
    "sqrt(x**2 + y**2) without overflow.",
    Binary<C.floats>.loops, [{ return b.hypot(x, y); }], [Commutative]> {
  let identity = "0";
  let cost = 15;
}

class Array_AngleOp<string mnemonic, string text, string method>
    : Array_FunctionOp<mnemonic, text, C.floats, method> {
  let cost = 1;
}
def Array_DegreesOp : Array_AngleOp<"degrees",
    "Radians to degrees.", "degrees">;
def Array_RadiansOp : Array_AngleOp<"radians",
    "Degrees to radians.", "radians">;
def Array_Rad2degOp : Array_AngleOp<"rad2deg",
    "Radians to degrees.", "degrees">;
def Array_Deg2radOp : Array_AngleOp<"deg2rad",
    "Degrees to radians.", "radians">;

//===----------------------------------------------------------------------===//
// Floats
//===----------------------------------------------------------------------===//

class Array_PredicateOp<string mnemonic, string text, list<string> chars,
                        string method>
    : Array_UnaryOp<mnemonic, text, UnaryTo<chars, "?">.loops,
                    "return b." # method # "(x);">;

def Array_IsFiniteOp : Array_PredicateOp<"isfinite",
    "Whether x is neither infinite nor NaN.", C.all, "isFinite">;
def Array_IsInfOp : Array_PredicateOp<"isinf",
    "Whether x is infinite.", C.all, "isInf">;
def Array_IsNanOp : Array_PredicateOp<"isnan",
    "Whether x is NaN.", C.all, "isNan">;
def Array_SignBitOp : Array_PredicateOp<"signbit",
    "Whether the sign is negative, of -0.0 and NaN too.", C.floats, "signBit">;

def Array_CopysignOp : Array_BinaryOp<"copysign", "x with the sign of y.",
    Binary<C.floats>.loops, [{ return b.copySign(x, y); }]>;
def Array_NextafterOp : Array_BinaryOp<"nextafter",
    "Next float after x towards y.",
    Binary<C.floats>.loops, [{ return b.nextAfter(x, y); }]> {
  let cost = 8;
}
def Array_SpacingOp : Array_UnaryOp<"spacing",
    "Distance of x to the next float.",
    Unary<C.floats>.loops, [{ return b.spacing(x); }]> {
  let cost = 10;
}
def Array_LdexpOp : Array_BinaryOp<"ldexp", "x * 2 ** y, rounded once.",
    ["ei->e", "Ei->E", "fi->f", "el->e", "El->E", "fl->f", "di->d", "dl->d"],
    [{ return b.ldexp(x, y); }]> {
  let cost = 10;
}
def Array_HeavisideOp : Array_BinaryOp<"heaviside",
    "0 for negative x, 1 for positive x, y for zero.",
    Binary<C.floats>.loops, [{ return b.heaviside(x, y); }]> {
  let cost = 3;
}

let numpyName = "" in {
def Array_FrexpMantissaOp : Array_UnaryOp<"frexp_mantissa",
    "m of x = m * 2**e with |m| in [0.5, 1).",
    Unary<C.floats>.loops, [{ return b.frexpMantissa(x); }]> {
  let cost = 8;
}
def Array_FrexpExponentOp : Array_UnaryOp<"frexp_exponent",
    "e of x = m * 2**e with |m| in [0.5, 1).",
    UnaryTo<C.floats, "i">.loops, [{ return b.frexpExponent(x); }]> {
  let cost = 8;
}
def Array_ModfFractionOp : Array_UnaryOp<"modf_fraction",
    "Fraction of x, with its sign.",
    Unary<C.floats>.loops, [{ return b.modfFraction(x); }]> {
  let cost = 3;
}
}

//===----------------------------------------------------------------------===//
// Complex numbers
//===----------------------------------------------------------------------===//

def Array_ConjugateOp : Array_UnaryOp<"conjugate", "Complex conjugate.",
    Unary<C.numbers>.loops, [{ return b.conjugate(x); }]>;

let numpyName = "" in {
def Array_RealOp : Array_UnaryOp<"real", "Real part.",
    Unary<["?"] # C.reals>.loops # ["F->f", "D->d"],
    [{ return b.real(x); }]>;
def Array_ImagOp : Array_UnaryOp<"imag", "Imaginary part.",
    Unary<["?"] # C.reals>.loops # ["F->f", "D->d"],
    [{ return b.imag(x); }]>;
def Array_MakeComplexOp : Array_BinaryOp<"make_complex",
    "The complex number x + i y.", ["ff->F", "dd->D"],
    [{ return b.makeComplex(x, y); }]>;
}

#endif // NUMLOOM_DIALECT_ARRAY_IR_MATHOPS
