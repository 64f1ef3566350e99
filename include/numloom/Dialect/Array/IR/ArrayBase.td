// The array dialect, its attributes, types and op base classes.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_ARRAYBASE
#define NUMLOOM_DIALECT_ARRAY_IR_ARRAYBASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/TensorEncoding.td"

def Array_Dialect : Dialect {
  let name = "array";
  let cppNamespace = "::numloom::array";
  let summary = "NumPy programs on tensors";
  let description = [{
    Operations on n-dimensional arrays with NumPy's dtypes and semantics. Values
    are ranked tensors: `si8`..`si64`, `ui8`..`ui64`, `i1` (bool), `f16`, `bf16`,
    `f32`, `f64`, `complex<f32>`, `complex<f64>`. Extents other than 0 and 1 are
    known at run time only; the encoding `#array.params<[p0, 1, p1]>` names the
    run-time parameter that holds each, so that two extents are equal exactly
    when their names are.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
}

def Array_ParamsAttr : AttrDef<Array_Dialect, "Params",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "params";
  let summary = "A list of integers, each a constant or a run-time parameter";
  let description = [{
    `p<k>` is the k-th parameter of the program. As the encoding of a tensor
    type the list names the extents; on view operations it gives starts, steps
    and strides, counted in elements. A static extent equals its constant, a
    dynamic one is a parameter; a static shape takes no encoding.

    Example: `#array.params<[0, p3, -1]>`
  }];
  let parameters = (ins ArrayRefParameter<"int64_t">:$values);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    int64_t operator[](size_t i) const { return getValues()[i]; }
    size_t size() const { return getValues().size(); }
    bool isAll(int64_t value) const {
      return ::llvm::all_of(getValues(), [=](int64_t v) { return v == value; });
    }
  }];
}

def Array_SizeAttr : AttrDef<Array_Dialect, "Size"> {
  let mnemonic = "size";
  let summary = "A formula of run-time parameters";
  let description = [{
    `ceil(multiplier * product of factors / divisor) * scale * product of outer`:
    grid sizes, bytes of scratch memory. What schedules tell the plan.

    Example: `#array.size<factors = <[p0, p1]>, divisor = 1024>`
  }];
  let parameters = (ins "ParamsAttr":$factors,
                    DefaultValuedParameter<"int64_t", "1">:$multiplier,
                    DefaultValuedParameter<"int64_t", "1">:$divisor,
                    DefaultValuedParameter<"int64_t", "1">:$scale,
                    OptionalParameter<"ParamsAttr">:$outer);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Array_GuardAttr : AttrDef<Array_Dialect, "Guard"> {
  let mnemonic = "guard";
  let summary = "What a schedule assumes of a size";
  let description = [{
    The value lies in [minimum, maximum] and is a multiple of `multiple`. A plan
    is used only for parameters that pass all of its guards.
  }];
  let parameters = (ins "SizeAttr":$value,
                    DefaultValuedParameter<"int64_t", "0">:$minimum,
                    DefaultValuedParameter<"int64_t", "INT64_MAX">:$maximum,
                    DefaultValuedParameter<"int64_t", "1">:$multiple);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Array_DestinationAttr : AttrDef<Array_Dialect, "Destination"> {
  let mnemonic = "destination";
  let summary = "Where the elements of a kernel's result lie in a larger buffer";
  let description = [{
    The element at an index lies at the sum of `start`, plus the sum over the
    result's axes of index times stride: each entry is a product of constants
    and parameters, counted in elements. With `reports` all elements lie at one
    place, which gets the greatest of them and of what it holds; those that are 0
    are not stored.

    Example: `#array.destination<start = [#array.params<[p1]>],
    strides = [#array.params<[p1]>, #array.params<[1]>]>`
  }];
  let parameters = (ins "::mlir::ArrayAttr":$start,
                    "::mlir::ArrayAttr":$strides,
                    DefaultValuedParameter<"bool", "false">:$reports);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Array_BorderAttr : AttrDef<Array_Dialect, "Border"> {
  let mnemonic = "border";
  let summary = "What a kernel copies around the elements that it computes";
  let description = [{
    A kernel computes a box of an array: along each axis of the array, of the
    extents `whole`, the `extents` elements from `starts` on. The other elements
    are those of `operand`, an array of the same extents.

    Example: `#array.border<operand = 0, starts = #array.params<[1]>,
    extents = #array.params<[p1]>, whole = #array.params<[p0]>>`
  }];
  let parameters = (ins "int64_t":$operand, "::numloom::array::ParamsAttr":$starts,
                    "::numloom::array::ParamsAttr":$extents, "::numloom::array::ParamsAttr":$whole);
  let assemblyFormat = "`<` struct(params) `>`";
}

defvar integers = [SI8, SI16, SI32, SI64, UI8, UI16, UI32, UI64];
def Array_Element : AnyTypeOf<[I1] # integers # [
  F16, BF16, F32, F64, Complex<F32>, Complex<F64>], "NumPy dtype">;

/// A tensor whose dynamic extents the encoding names.
class Array_TensorOf<list<Type> elements>
    : RankedTensorOf<elements,
                     [CPred<"::numloom::array::hasNamedExtents($_self)">],
                     "tensor with static or named extents">;
def Array_Tensor : Array_TensorOf<[Array_Element]>;
def Array_BoolTensor : Array_TensorOf<[I1]>;
def Array_BitsTensor : Array_TensorOf<[I1] # integers>;
def Array_IndexTensor : Array_TensorOf<[SI64]>;
def Array_ReportedTensor : Array_TensorOf<[UI64]>;

/// The storage of a strided input: of unknown length, seen through strides.
def Array_FlatTensor : RankedTensorOf<[Array_Element],
    [CPred<"::numloom::array::isFlatStorage($_self)">],
    "flat storage (tensor<?xT> without encoding)">;

class Array_Op<string mnemonic, list<Trait> traits = []>
    : Op<Array_Dialect, mnemonic, traits> {
  /// The function of NumPy's namespace that this op records; empty if none.
  string numpyName = "";
  /// NumPy's type signatures, in NumPy's order: the dtype rule.
  list<string> loops = [];
  /// The identity of reductions over this ufunc, as NumPy prints it.
  string identity = "None";
}

#endif // NUMLOOM_DIALECT_ARRAY_IR_ARRAYBASE
