// Creation, fusion regions, and ops that are kernels or library calls of their own.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_STRUCTUREOPS
#define NUMLOOM_DIALECT_ARRAY_IR_STRUCTUREOPS

include "numloom/Dialect/Array/IR/ArrayBase.td"
include "numloom/Dialect/Array/IR/ArrayInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Array_ConstantOp : Array_Op<"constant",
    [Pure, ConstantLike, DeclareOpInterfaceMethods<IndexValueOpInterface, ["isUniform"]>]> {
  let summary = "One element, the same at every index.";
  let description = [{
    `value` holds an integer for bool and integer dtypes (the bits of an
    unsigned one), otherwise a float: the real part, rounded to the dtype.
    ```mlir
    %0 = array.constant(1.5 : f64) : tensor<?xf32, #array.params<[p0]>>
    ```
  }];
  let arguments = (ins AnyAttrOf<[I64Attr, F64Attr]>:$value);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = "`(` $value `)` attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Array_EmptyOp : Array_Op<"empty",
    [Pure, DeclareOpInterfaceMethods<IndexValueOpInterface, ["isUniform"]>]> {
  let summary = "Elements that may be anything.";
  let description = [{
    What nobody reads. A kernel whose only result is `where` of a 0-d condition and
    this stores nothing if the condition is false.
    ```mlir
    %0 = array.empty : tensor<?xf32, #array.params<[p0]>>
    ```
  }];
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Array_IotaOp : Array_Op<"iota",
    [Pure, DeclareOpInterfaceMethods<IndexValueOpInterface>]> {
  let summary = "The index along `axis`, as int64.";
  let description = [{
    ```mlir
    %0 = array.iota axis 0 : tensor<?xsi64, #array.params<[p0]>>
    ```
  }];
  let arguments = (ins I64Attr:$axis);
  let results = (outs Array_IndexTensor:$result);
  let assemblyFormat = "`axis` $axis attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Array_ExtentOp : Array_Op<"extent",
    [Pure, DeclareOpInterfaceMethods<IndexValueOpInterface, ["isUniform"]>]> {
  let summary = "The product of `factors`, as an int64 at every index.";
  let description = [{
    How many elements a mean divides by: run-time extents as a value.
    ```mlir
    %0 = array.extent <[p0, p1]> : tensor<si64>
    ```
  }];
  let arguments = (ins Array_ParamsAttr:$factors);
  let results = (outs Array_IndexTensor:$result);
  let assemblyFormat = "$factors attr-dict `:` type($result)";
}

def Array_ConcatenateOp : Array_Op<"concatenate", [Pure]> {
  let summary = "Joins arrays along `axis`.";
  let description = [{
    All other axes, and the dtypes, are equal. A kernel that computes an operand
    writes it where it lies in the result.
    ```mlir
    %0 = array.concatenate %x, %y axis 0
        : tensor<?xf32, #array.params<[p0]>>, tensor<?xf32, #array.params<[p1]>>
       -> tensor<?xf32, #array.params<[p2]>>
    ```
  }];
  let arguments = (ins Variadic<Array_Tensor>:$operands, I64Attr:$axis);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = "$operands `axis` $axis attr-dict `:` type($operands) `->` type($result)";
  let hasVerifier = 1;
}

def Array_ReportOp : Array_Op<"report", [Pure]> {
  let summary = "The greatest of numbers nearly all of which are 0.";
  let description = [{
    What is wrong with a program's elements, such as an index out of bounds, as a
    number; 0 is nothing. It is a result of the program, whose memory the caller
    has set to 0: a kernel that computes the operand, beside whatever else it
    computes, stores none of it, and combines what is not 0 with the result.
    ```mlir
    %0 = array.report %x : tensor<?xui64, #array.params<[p0]>> -> tensor<ui64>
    ```
  }];
  let arguments = (ins Array_ReportedTensor:$operand);
  let results = (outs 0DTensorOf<[UI64]>:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

def Array_AlongsideOp : Array_Op<"alongside",
    [Pure, AllTypesMatch<["operand", "result"]>]> {
  let summary = "The operand; the same program computes `other`.";
  let description = [{
    For the recorder, whose programs are what the values asked for depend on. In
    the dialect it is its operand.
    ```mlir
    %0 = array.alongside %x, %r : tensor<2xsi64>, tensor<ui64>
    ```
  }];
  let arguments = (ins Array_Tensor:$operand, Array_Tensor:$other);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = "$operand `,` $other attr-dict `:` type($operand) `,` type($other)";
  let hasFolder = 1;
}

def Array_MatmulOp : Array_Op<"matmul", [Pure]> {
  let summary = "Matrix product over the last two axes, batched over the others.";
  let description = [{
    A library call. Operands have one dtype, the result's, and at least two axes;
    the others' extents are equal: broadcasting is an op of its own.
    ```mlir
    %0 = array.matmul %x, %y
        : tensor<?x?xf32, #array.params<[p0, p1]>>,
          tensor<?x?xf32, #array.params<[p1, p2]>>
       -> tensor<?x?xf32, #array.params<[p0, p2]>>
    ```
  }];
  let arguments = (ins Array_Tensor:$x, Array_Tensor:$y);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = "$x `,` $y attr-dict `:` type($x) `,` type($y) `->` type($result)";
  let hasVerifier = 1;
}

def Array_GemmOp : Array_Op<"gemm", [Pure, AttrSizedOperandSegments]> {
  let summary = "A matrix product, scaled, and added to one or two arrays.";
  let description = [{
    `alpha * (x @ y) + beta * addends[0] + addends[1]`, in this order, for a
    library that computes it in one call. `alpha` and `beta` are scalar
    arguments of the program, 1 if absent; `negate_product` and
    `negate_addend` change the sign of what they multiply. Addends have the
    result's type and may be views, broadcasts included.
    ```mlir
    %0 = array.gemm %x, %y alpha(%a : !s) beta(%b : !s) addends(%c, %d : !c, !c) : !x, !y -> !c
    ```
  }];
  let arguments = (ins Array_Tensor:$x, Array_Tensor:$y, Optional<Array_Tensor>:$alpha,
                       Optional<Array_Tensor>:$beta, Variadic<Array_Tensor>:$addends,
                       UnitAttr:$negate_product, UnitAttr:$negate_addend);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = [{
    $x `,` $y (`alpha` `(` $alpha^ `:` type($alpha) `)`)?
    (`beta` `(` $beta^ `:` type($beta) `)`)?
    (`addends` `(` $addends^ `:` type($addends) `)`)? attr-dict
    `:` type($x) `,` type($y) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Array_FusionKind : I64EnumAttr<"FusionKind",
    "how a kernel walks its iteration space", [
      I64EnumAttrCase<"Loop", 0, "loop">,
      I64EnumAttrCase<"Row", 1, "row">,
      I64EnumAttrCase<"Column", 2, "column">,
      I64EnumAttrCase<"Split", 3, "split">,
      I64EnumAttrCase<"Scan", 4, "scan">,
      I64EnumAttrCase<"Compress", 5, "compress">,
      I64EnumAttrCase<"Scatter", 6, "scatter">]> {
  let cppNamespace = "::numloom::array";
  let genSpecializedAttr = 0;
}

def Array_FusionKindAttr : EnumAttr<Array_Dialect, Array_FusionKind, "kind"> {
  let assemblyFormat = "`<` $value `>`";
}

def Array_FusionOp : Array_Op<"fusion",
    [Pure, IsolatedFromAbove, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "A region that becomes one kernel.";
  let description = [{
    The block arguments are the buffers that the kernel reads; what is yielded
    is what it writes. `kind` is how the kernel is scheduled.
    ```mlir
    %0 = array.fusion (%a = %x : tensor<2xf32>) -> (tensor<f32>)
        attributes {kind = #array.kind<row>} {
      %1 = array.sum %a axes [0] : tensor<2xf32> -> tensor<f32>
      array.yield %1 : tensor<f32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyTypeOf<[Array_Tensor, Array_FlatTensor]>>:$inputs,
                       Array_FusionKindAttr:$kind);
  let results = (outs Variadic<Array_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
}

def Array_YieldOp : Array_Op<"yield",
    [Pure, Terminator, ReturnLike, HasParent<"FusionOp">]> {
  let summary = "The values that a fusion writes.";
  let arguments = (ins Variadic<Array_Tensor>:$values);
  let builders = [OpBuilder<(ins), [{ build($_builder, $_state, mlir::ValueRange()); }]>];
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

//===----------------------------------------------------------------------===//
// Element arithmetic
//===----------------------------------------------------------------------===//

def Array_LibmOp : Op<Array_Dialect, "libm", [Pure]> {
  let summary = "A function of the C library on floats in registers.";
  let description = [{
    `callee` is the function's name for float64. Complex functions take and
    return real and imaginary parts. All have one type.
    ```mlir
    %0 = array.libm "hypot"(%x, %y)
           : (vector<8xf64>, vector<8xf64>) -> vector<8xf64>
    ```
  }];
  let arguments = (ins StrAttr:$callee, Variadic<FloatLike>:$operands);
  let results = (outs Variadic<FloatLike>:$results);
  let assemblyFormat = "$callee `(` $operands `)` attr-dict `:` functional-type($operands, $results)";
  let hasVerifier = 1;
}

#endif // NUMLOOM_DIALECT_ARRAY_IR_STRUCTUREOPS
