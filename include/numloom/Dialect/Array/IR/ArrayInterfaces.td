// The interfaces through which every pass sees the array dialect's ops.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_ARRAYINTERFACES
#define NUMLOOM_DIALECT_ARRAY_IR_ARRAYINTERFACES

include "mlir/IR/OpBase.td"

def ElementwiseOpInterface : OpInterface<"ElementwiseOpInterface"> {
  let cppNamespace = "::numloom::array";
  let description = [{
    An op whose result at an index depends on its operands at that index alone.
  }];
  let methods = [
    InterfaceMethod<[{
      Emits the op on single elements, or on vectors of them: `operands` are
      scalars or vectors of the operands' dtypes.
    }], "::numloom::array::Elem", "emitElement",
      (ins "::numloom::array::ElementBuilder &":$builder,
           "::llvm::ArrayRef<::numloom::array::Elem>":$operands)>,
    InterfaceMethod<[{
      The cost of one element, in additions: what recomputing it costs.
    }], "unsigned", "getElementCost", (ins), "", "return 1;">,
  ];
}

def ViewOpInterface : OpInterface<"ViewOpInterface"> {
  let cppNamespace = "::numloom::array";
  let description = [{
    An op whose result at an index is one element of its only tensor operand:
    an index map, never a kernel.
  }];
  let methods = [
    InterfaceMethod<[{
      The index into the operand that the result's `index` reads, one linear
      expression per dimension. Fails where the map is not linear.
    }], "::mlir::LogicalResult", "mapIndex",
      (ins "::llvm::ArrayRef<::numloom::array::LinearExpr>":$index,
           "::llvm::SmallVectorImpl<::numloom::array::LinearExpr> &":$operandIndex)>,
  ];
}

def IndexValueOpInterface : OpInterface<"IndexValueOpInterface"> {
  let cppNamespace = "::numloom::array";
  let description = [{
    An op without tensor operands whose element is a function of its index.
  }];
  let methods = [
    InterfaceMethod<[{
      Emits the element at `index`; each entry is an index-typed scalar, or a
      vector of them along the vectorised dimension. `getParam` gives the
      index-typed value of a product of run-time parameters.
    }], "::numloom::array::Elem", "emitAtIndex",
      (ins "::numloom::array::ElementBuilder &":$builder,
           "::llvm::ArrayRef<::mlir::Value>":$index,
           "::llvm::function_ref<::mlir::Value(const ::numloom::array::Monomial &)>":$getParam)>,
    InterfaceMethod<[{True when the element is the same at every index.}],
      "bool", "isUniform", (ins), "", "return false;">,
  ];
}

def ReductionOpInterface : OpInterface<"ReductionOpInterface"> {
  let cppNamespace = "::numloom::array";
  let description = [{
    An op that combines the elements along `axes` with an associative and
    commutative combiner over a state of one or more elements.
  }];
  let methods = [
    InterfaceMethod<"The reduced axes of the operand, ascending.",
      "::llvm::ArrayRef<int64_t>", "getReducedAxes", (ins)>,
    InterfaceMethod<"The state of no elements.",
      "::llvm::SmallVector<::numloom::array::Elem>", "emitInitial",
      (ins "::numloom::array::ElementBuilder &":$builder)>,
    InterfaceMethod<[{
      The state of one element; `position` is its row-major position among the
      reduced elements (an int64 element, scalar or vector), null unless
      `needsPosition`.
    }], "::llvm::SmallVector<::numloom::array::Elem>", "emitLift",
      (ins "::numloom::array::ElementBuilder &":$builder,
           "::numloom::array::Elem":$element, "::numloom::array::Elem":$position)>,
    InterfaceMethod<"The state of two disjoint sets of elements.",
      "::llvm::SmallVector<::numloom::array::Elem>", "emitCombine",
      (ins "::numloom::array::ElementBuilder &":$builder,
           "::llvm::ArrayRef<::numloom::array::Elem>":$lhs,
           "::llvm::ArrayRef<::numloom::array::Elem>":$rhs)>,
    InterfaceMethod<"The result element of a state.",
      "::numloom::array::Elem", "emitFinish",
      (ins "::numloom::array::ElementBuilder &":$builder,
           "::llvm::ArrayRef<::numloom::array::Elem>":$state), "",
      "return state.back();">,
    InterfaceMethod<"The dtypes of the state's elements.",
      "::llvm::SmallVector<::numloom::DType>", "getStateDTypes", (ins)>,
    InterfaceMethod<[{True for scans: the result holds the state of every prefix
      along the one axis, and has the operand's shape.}],
      "bool", "isScan", (ins), "", "return false;">,
    InterfaceMethod<[{True when the state depends on elements' positions: it is
      the extreme element, then its position.}],
      "bool", "needsPosition", (ins), "", "return false;">,
    InterfaceMethod<[{
      Of two elements the one whose position counts, whichever of equals; only
      where `needsPosition`.
    }], "::numloom::array::Elem", "emitExtreme",
      (ins "::numloom::array::ElementBuilder &":$builder,
           "::numloom::array::Elem":$x, "::numloom::array::Elem":$y), "",
      "llvm_unreachable(\"the state has no positions\");">,
  ];
}

#endif // NUMLOOM_DIALECT_ARRAY_IR_ARRAYINTERFACES
