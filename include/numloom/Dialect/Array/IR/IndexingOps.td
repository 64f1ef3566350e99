// Ops that replace elements of an array, or find elements through an array.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_INDEXINGOPS
#define NUMLOOM_DIALECT_ARRAY_IR_INDEXINGOPS

include "numloom/Dialect/Array/IR/ArrayBase.td"
include "numloom/Dialect/Array/IR/ArrayInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// All but `replace` are named like the op that combines the two.
def Array_ScatterCombiner : I64EnumAttr<"ScatterCombiner",
    "what a scatter makes of an element and an entry for it", [
      I64EnumAttrCase<"Replace", 0, "replace">,
      I64EnumAttrCase<"Add", 1, "add">,
      I64EnumAttrCase<"Maximum", 2, "maximum">,
      I64EnumAttrCase<"Minimum", 3, "minimum">,
      I64EnumAttrCase<"Multiply", 4, "multiply">,
      I64EnumAttrCase<"BitwiseAnd", 5, "bitwise_and">,
      I64EnumAttrCase<"BitwiseOr", 6, "bitwise_or">,
      I64EnumAttrCase<"BitwiseXor", 7, "bitwise_xor">,
      I64EnumAttrCase<"Subtract", 8, "subtract">,
      I64EnumAttrCase<"Divide", 9, "divide">]> {
  let cppNamespace = "::numloom::array";
}

def Array_ScatterRepeats : I64EnumAttr<"ScatterRepeats",
    "what is known of a scatter's entries for one place", [
      I64EnumAttrCase<"Any", 0, "any">,
      I64EnumAttrCase<"None", 1, "none">,
      I64EnumAttrCase<"Neighbours", 2, "neighbours">,
      I64EnumAttrCase<"Equal", 3, "equal">]> {
  let cppNamespace = "::numloom::array";
}

def Array_UpdateOp : Array_Op<"update", [Pure]> {
  let summary = "The base with the elements of a slice of it replaced.";
  let description = [{
    Element `start + i * step` along each axis is element `i` of `value`; every
    other element is the base's. Written into the base's own buffer where the
    base dies, so that only `value` moves.
    ```mlir
    %0 = array.update %base, %value starts <[1]> steps <[1]>
        : tensor<?xf32, #array.params<[p0]>>, tensor<?xf32, #array.params<[p1]>>
       -> tensor<?xf32, #array.params<[p0]>>
    ```
  }];
  let arguments = (ins Array_Tensor:$base, Array_Tensor:$value,
                       Array_ParamsAttr:$starts, Array_ParamsAttr:$steps);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = [{
    $base `,` $value `starts` $starts `steps` $steps attr-dict
    `:` type($base) `,` type($value) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Array_GatherOp : Array_Op<"gather", [Pure]> {
  let summary = "Takes entries at the places of indices along some axes.";
  let description = [{
    The indices' axes take the place of the first of `axes`, the other `axes`
    vanish: `result[h.., i.., k..]` is the operand's element whose index along
    `axes[j]` is element `i..` of the j-th index, and along the other axes `h..,
    k..`. Indices have one shape and lie in `[0, extent)`: who records the op
    makes sure of it.
    ```mlir
    %0 = array.gather %x[%index] axes [0]
        : tensor<?x?xf32, #array.params<[p0, p1]>>,
          tensor<?xsi64, #array.params<[p2]>>
       -> tensor<?x?xf32, #array.params<[p2, p1]>>
    ```
  }];
  let arguments = (ins Array_Tensor:$operand,
                       Variadic<Array_IndexTensor>:$indices,
                       DenseI64ArrayAttr:$axes);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = [{
    $operand `[` $indices `]` `axes` $axes attr-dict
    `:` type($operand) `,` type($indices) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Array_ScatterOp : Array_Op<"scatter", [Pure]> {
  let summary = "Puts entries at the places of indices along some axes.";
  let description = [{
    The base with the elements that a gather with the same indices and `axes`
    would read replaced by the value's, or by what `combine` makes of the two:
    `replace`, or an op of the dialect that keeps their dtype. Entries of which an
    index lies outside `[0, extent)` are left out.

    `repeats` says what is known of entries that name one place: they may stand
    anywhere (`any`), there are none (`none`), they follow each other
    (`neighbours`), or their values are equal (`equal`). They combine one after
    the other; of those that replace the last one stays.
    ```mlir
    %0 = array.scatter %base[%index] axes [0], %value combine add repeats any
        : tensor<?xf32, #array.params<[p0]>>,
          tensor<?xf32, #array.params<[p1]>>,
          tensor<?xsi64, #array.params<[p1]>>
       -> tensor<?xf32, #array.params<[p0]>>
    ```
  }];
  let arguments = (ins Array_Tensor:$base, Array_Tensor:$value,
                       Variadic<Array_IndexTensor>:$indices,
                       DenseI64ArrayAttr:$axes,
                       Array_ScatterCombiner:$combine,
                       Array_ScatterRepeats:$repeats);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = [{
    $base `[` $indices `]` `axes` $axes `,` $value `combine` $combine
    `repeats` $repeats attr-dict
    `:` type($base) `,` type($value) `,` type($indices) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Array_CompressOp : Array_Op<"compress", [Pure, ReductionOpInterface]> {
  let summary = "The elements where a mask holds, in row-major order.";
  let description = [{
    The result is a vector. Its extent is how often the mask holds: who records
    the op counted. As a scan it runs over all axes; its state is how many
    elements went before.
    ```mlir
    %0 = array.compress %mask, %x
        : tensor<?x?xi1, #array.params<[p0, p1]>>,
          tensor<?x?xf32, #array.params<[p0, p1]>>
       -> tensor<?xf32, #array.params<[p2]>>
    ```
  }];
  let arguments = (ins Array_BoolTensor:$mask, Array_Tensor:$value);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = [{
    $mask `,` $value attr-dict
    `:` type($mask) `,` type($value) `->` type($result)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<int64_t> getReducedAxes();
    ::llvm::SmallVector<::numloom::array::Elem> emitInitial(::numloom::array::ElementBuilder &);
    ::llvm::SmallVector<::numloom::array::Elem> emitLift(
        ::numloom::array::ElementBuilder &, ::numloom::array::Elem,
        ::numloom::array::Elem);
    ::llvm::SmallVector<::numloom::array::Elem> emitCombine(
        ::numloom::array::ElementBuilder &, ::llvm::ArrayRef<::numloom::array::Elem>,
        ::llvm::ArrayRef<::numloom::array::Elem>);
    ::llvm::SmallVector<::numloom::DType> getStateDTypes();
    bool isScan() { return true; }
  }];
}

#endif // NUMLOOM_DIALECT_ARRAY_IR_INDEXINGOPS
