// Reductions over axes, and scans along one.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_REDUCTIONOPS
#define NUMLOOM_DIALECT_ARRAY_IR_REDUCTIONOPS

include "numloom/Dialect/Array/IR/ArrayBase.td"
include "numloom/Dialect/Array/IR/ArrayInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

/// A reduction over `axes`; the result keeps the other axes. `initial` and
/// `combine` are C++ expressions over the ElementBuilder `b`, the states `x`
/// and `y` and the state's dtype `dtype`.
class Array_ReductionBase<string mnemonic, Type operandType = Array_Tensor>
    : Array_Op<mnemonic, [Pure, ReductionOpInterface]> {
  let description = [{
    Over `axes`, which are distinct and ascending; the result has the operand's
    other axes.
    ```mlir
    %0 = array.sum %x axes [1]
        : tensor<?x?xf32, #array.params<[p0, p1]>>
       -> tensor<?xf32, #array.params<[p0]>>
    ```
  }];
  let arguments = (ins operandType:$operand, DenseI64ArrayAttr:$axes);
  let results = (outs Array_Tensor:$result);
  let assemblyFormat = "$operand `axes` $axes attr-dict `:` type($operand) `->` type($result)";
  let hasVerifier = 1;
}

/// What ops whose state is one element declare.
class ReductionDeclarationsClass {
  code common = [{
    ::llvm::ArrayRef<int64_t> getReducedAxes() { return getAxes(); }
    ::llvm::SmallVector<::numloom::array::Elem> emitInitial(::numloom::array::ElementBuilder &);
    ::llvm::SmallVector<::numloom::array::Elem> emitLift(
        ::numloom::array::ElementBuilder &, ::numloom::array::Elem element,
        ::numloom::array::Elem) { return {element}; }
    ::llvm::SmallVector<::numloom::array::Elem> emitCombine(
        ::numloom::array::ElementBuilder &, ::llvm::ArrayRef<::numloom::array::Elem>,
        ::llvm::ArrayRef<::numloom::array::Elem>);
    ::llvm::SmallVector<::numloom::DType> getStateDTypes();
  }];
}
def ReductionDeclarations : ReductionDeclarationsClass;

/// A reduction whose state is one element of the operand's dtype.
class Array_SimpleReductionOp<string mnemonic, code initial, code combine,
                              Type operandType = Array_Tensor>
    : Array_ReductionBase<mnemonic, operandType> {
  let extraClassDeclaration = ReductionDeclarations.common;
  let extraClassDefinition = [{
    ::llvm::SmallVector<::numloom::array::Elem> $cppClass::emitInitial(
        ::numloom::array::ElementBuilder &b) {
      ::numloom::DType dtype = getStateDTypes().front();
      (void)dtype;
      return {}] # initial # [{};
    }
    ::llvm::SmallVector<::numloom::array::Elem> $cppClass::emitCombine(
        ::numloom::array::ElementBuilder &b,
        ::llvm::ArrayRef<::numloom::array::Elem> lhs,
        ::llvm::ArrayRef<::numloom::array::Elem> rhs) {
      auto x = lhs.front(), y = rhs.front();
      return }] # "{" # combine # "}" # [{;
    }
    ::llvm::SmallVector<::numloom::DType> $cppClass::getStateDTypes() {
      return {::numloom::array::getDType(getOperand().getType())};
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return ::numloom::array::verifyReduction(getOperation());
    }
  }];
}

// Of floats -0.0 is the neutral element: what is added up keeps its sign. A sum
// that starts from 0.0, as NumPy's, adds it to the result.
defvar NeutralOfAddition = [{
  dtype == ::numloom::DType::Bool ? b.constant(dtype, 0)
                                  : b.neg(b.constant(dtype, 0)) }];

def Array_SumOp : Array_SimpleReductionOp<"sum",
    NeutralOfAddition, [{ b.add(x, y) }]> {
  let summary = "Sum of the elements over axes; -0.0 for no floats.";
}
def Array_ProdOp : Array_SimpleReductionOp<"prod",
    [{ b.constant(dtype, 1) }], [{ b.mul(x, y) }]> {
  let summary = "Product of the elements over axes.";
}
def Array_MaxOp : Array_SimpleReductionOp<"max",
    [{ b.lowest(dtype) }], [{ b.maximum(x, y) }]> {
  let summary = "Largest element over axes; NaN where there is one.";
}
def Array_MinOp : Array_SimpleReductionOp<"min",
    [{ b.highest(dtype) }], [{ b.minimum(x, y) }]> {
  let summary = "Smallest element over axes; NaN where there is one.";
}
def Array_FmaxReduceOp : Array_SimpleReductionOp<"fmax_reduce",
    [{ b.nanOrLowest(dtype) }], [{ b.fmax(x, y) }]> {
  let summary = "Largest element over axes that is no NaN.";
}
def Array_FminReduceOp : Array_SimpleReductionOp<"fmin_reduce",
    [{ b.nanOrHighest(dtype) }], [{ b.fmin(x, y) }]> {
  let summary = "Smallest element over axes that is no NaN.";
}
def Array_AllOp : Array_SimpleReductionOp<"all",
    [{ b.constant(dtype, 1) }], [{ b.bitAnd(x, y) }], Array_BoolTensor> {
  let summary = "Whether all elements (bool) over axes are true.";
}
def Array_AnyOp : Array_SimpleReductionOp<"any",
    [{ b.constant(dtype, 0) }], [{ b.bitOr(x, y) }], Array_BoolTensor> {
  let summary = "Whether any element (bool) over axes is true.";
}
def Array_BitAndReduceOp : Array_SimpleReductionOp<"bitwise_and_reduce",
    [{ b.constant(dtype, -1) }], [{ b.bitAnd(x, y) }], Array_BitsTensor> {
  let summary = "Bit-wise AND of the elements over axes.";
}
def Array_BitOrReduceOp : Array_SimpleReductionOp<"bitwise_or_reduce",
    [{ b.constant(dtype, 0) }], [{ b.bitOr(x, y) }], Array_BitsTensor> {
  let summary = "Bit-wise OR of the elements over axes.";
}
def Array_BitXorReduceOp : Array_SimpleReductionOp<"bitwise_xor_reduce",
    [{ b.constant(dtype, 0) }], [{ b.bitXor(x, y) }], Array_BitsTensor> {
  let summary = "Bit-wise XOR of the elements over axes.";
}

def Array_SquaredDeviationsOp : Array_ReductionBase<"squared_deviations"> {
  let summary = "Sum of the squared distances from the mean over axes.";
  let description = [{
    Of floats, in one pass. The state is how many elements there are, one of
    them, the mean's distance from it, and the sum so far: two states differ by
    the distance of their means (Chan, Golub and LeVeque, 1979), of which the
    part between the two elements is exact where they are near each other. NaN
    where an element is infinite or NaN.
  }];
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<int64_t> getReducedAxes() { return getAxes(); }
    ::llvm::SmallVector<::numloom::array::Elem> emitInitial(::numloom::array::ElementBuilder &);
    ::llvm::SmallVector<::numloom::array::Elem> emitLift(
        ::numloom::array::ElementBuilder &, ::numloom::array::Elem element,
        ::numloom::array::Elem);
    ::llvm::SmallVector<::numloom::array::Elem> emitCombine(
        ::numloom::array::ElementBuilder &, ::llvm::ArrayRef<::numloom::array::Elem>,
        ::llvm::ArrayRef<::numloom::array::Elem>);
    ::numloom::array::Elem emitFinish(
        ::numloom::array::ElementBuilder &, ::llvm::ArrayRef<::numloom::array::Elem>);
    ::llvm::SmallVector<::numloom::DType> getStateDTypes();
  }];
}

/// A reduction to the int64 position of an extreme element: the first of
/// equals, NaN before all. The state is (value, position).
class Array_ArgReductionOp<string mnemonic, code initial, code better,
                           code extreme>
    : Array_ReductionBase<mnemonic> {
  let description = [{
    As int64, counted in row-major order of `axes`; of equal elements the first,
    and NaN before all others.
    ```mlir
    %0 = array.argmax %x axes [1]
        : tensor<?x?xf32, #array.params<[p0, p1]>>
       -> tensor<?xsi64, #array.params<[p0]>>
    ```
  }];
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<int64_t> getReducedAxes() { return getAxes(); }
    ::llvm::SmallVector<::numloom::array::Elem> emitInitial(::numloom::array::ElementBuilder &);
    ::llvm::SmallVector<::numloom::array::Elem> emitLift(
        ::numloom::array::ElementBuilder &, ::numloom::array::Elem element,
        ::numloom::array::Elem position) { return {element, position}; }
    ::llvm::SmallVector<::numloom::array::Elem> emitCombine(
        ::numloom::array::ElementBuilder &, ::llvm::ArrayRef<::numloom::array::Elem>,
        ::llvm::ArrayRef<::numloom::array::Elem>);
    ::llvm::SmallVector<::numloom::DType> getStateDTypes();
    bool needsPosition() { return true; }
    ::numloom::array::Elem emitExtreme(::numloom::array::ElementBuilder &b,
        ::numloom::array::Elem x, ::numloom::array::Elem y) {
      return }] # extreme # [{;
    }
  }];
  let extraClassDefinition = [{
    ::llvm::SmallVector<::numloom::array::Elem> $cppClass::emitInitial(
        ::numloom::array::ElementBuilder &b) {
      ::numloom::DType dtype = getStateDTypes().front();
      return {}] # initial # [{, b.highest(::numloom::DType::Int64)};
    }
    ::llvm::SmallVector<::numloom::array::Elem> $cppClass::emitCombine(
        ::numloom::array::ElementBuilder &b,
        ::llvm::ArrayRef<::numloom::array::Elem> lhs,
        ::llvm::ArrayRef<::numloom::array::Elem> rhs) {
      auto x = lhs[0], y = rhs[0];
      auto left = b.argTakesLeft(x, y, lhs[1], rhs[1], }] # better # [{);
      return {b.select(left, x, y), b.select(left, lhs[1], rhs[1])};
    }
    ::llvm::SmallVector<::numloom::DType> $cppClass::getStateDTypes() {
      return {::numloom::array::getDType(getOperand().getType()),
              ::numloom::DType::Int64};
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return ::numloom::array::verifyReduction(getOperation());
    }
  }];
}

def Array_ArgMaxOp : Array_ArgReductionOp<"argmax",
    [{ b.lowest(dtype) }], [{ b.greater(x, y) }], [{ b.maximum(x, y) }]> {
  let summary = "Position of the largest element over axes.";
}
def Array_ArgMinOp : Array_ArgReductionOp<"argmin",
    [{ b.highest(dtype) }], [{ b.less(x, y) }], [{ b.minimum(x, y) }]> {
  let summary = "Position of the smallest element over axes.";
}

//===----------------------------------------------------------------------===//
// Scans
//===----------------------------------------------------------------------===//

/// The running reduction along the only axis in `axes`.
class Array_ScanBase<string mnemonic, code initial, code combine>
    : Array_SimpleReductionOp<mnemonic, initial, combine> {
  let description = [{
    Element `i` along the one axis in `axes` combines the operand's elements 0 to
    `i`; the result has the operand's shape.
    ```mlir
    %0 = array.scan_sum %x axes [0]
        : tensor<?xf32, #array.params<[p0]>> -> tensor<?xf32, #array.params<[p0]>>
    ```
  }];
  let extraClassDeclaration = ReductionDeclarations.common #
                              "bool isScan() { return true; }";
}

def Array_ScanSumOp : Array_ScanBase<"scan_sum",
    NeutralOfAddition, [{ b.add(x, y) }]> {
  let summary = "Running sum along an axis.";
}
def Array_ScanProdOp : Array_ScanBase<"scan_prod",
    [{ b.constant(dtype, 1) }], [{ b.mul(x, y) }]> {
  let summary = "Running product along an axis.";
}
def Array_ScanMaxOp : Array_ScanBase<"scan_max",
    [{ b.lowest(dtype) }], [{ b.maximum(x, y) }]> {
  let summary = "Running maximum along an axis.";
}
def Array_ScanMinOp : Array_ScanBase<"scan_min",
    [{ b.highest(dtype) }], [{ b.minimum(x, y) }]> {
  let summary = "Running minimum along an axis.";
}

#endif // NUMLOOM_DIALECT_ARRAY_IR_REDUCTIONOPS
