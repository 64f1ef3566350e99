// Index maps: ops that move elements without computing.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_VIEWOPS
#define NUMLOOM_DIALECT_ARRAY_IR_VIEWOPS

include "numloom/Dialect/Array/IR/ArrayBase.td"
include "numloom/Dialect/Array/IR/ArrayInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Array_ViewOp<string mnemonic>
    : Array_Op<mnemonic, [Pure, DeclareOpInterfaceMethods<ViewOpInterface>]> {
  let results = (outs Array_Tensor:$result);
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Array_BroadcastOp : Array_ViewOp<"broadcast"> {
  let summary = "Repeats elements along new axes and axes of extent one.";
  let description = [{
    Axis `i` of the operand is axis `axes[i]` of the result; operand axes of
    static extent 1 stretch.
    ```mlir
    %0 = array.broadcast %x axes [1]
        : tensor<?xf32, #array.params<[p0]>>
       -> tensor<?x?xf32, #array.params<[p1, p0]>>
    ```
  }];
  let arguments = (ins Array_Tensor:$operand, DenseI64ArrayAttr:$axes);
  let assemblyFormat = "$operand `axes` $axes attr-dict `:` type($operand) `->` type($result)";
}

def Array_TransposeOp : Array_ViewOp<"transpose"> {
  let summary = "Permutes axes: axis `i` of the result is axis `axes[i]`.";
  let description = [{
    ```mlir
    %0 = array.transpose %x axes [1, 0]
        : tensor<?x?xf32, #array.params<[p0, p1]>>
       -> tensor<?x?xf32, #array.params<[p1, p0]>>
    ```
  }];
  let arguments = (ins Array_Tensor:$operand, DenseI64ArrayAttr:$axes);
  let assemblyFormat = "$operand `axes` $axes attr-dict `:` type($operand) `->` type($result)";
}

def Array_SliceOp : Array_ViewOp<"slice"> {
  let summary = "Takes every `step`-th element from `start` along each axis.";
  let description = [{
    Element `i` along an axis is element `start + i * step` of the operand; the
    result's extents say how many. Steps may be negative. Starts are in range.
    ```mlir
    %0 = array.slice %x starts <[p1]> steps <[-1]>
        : tensor<?xf32, #array.params<[p0]>> -> tensor<?xf32, #array.params<[p0]>>
    ```
  }];
  let arguments = (ins Array_Tensor:$operand, Array_ParamsAttr:$starts,
                       Array_ParamsAttr:$steps);
  let assemblyFormat = "$operand `starts` $starts `steps` $steps attr-dict `:` type($operand) `->` type($result)";
}

def Array_AsStridedOp : Array_ViewOp<"as_strided"> {
  let summary = "The element `sum(index * stride)` of a flat buffer.";
  let description = [{
    Reads program inputs that are not C-contiguous: the operand is the flat
    storage, counted from the view's first element, so offsets may be negative.
    ```mlir
    %0 = array.as_strided %x strides <[p1, -1]>
        : tensor<?xf32> -> tensor<?x?xf32, #array.params<[p0, p2]>>
    ```
  }];
  let hasFolder = 0;
  let arguments = (ins Array_FlatTensor:$operand, Array_ParamsAttr:$strides);
  let assemblyFormat = "$operand `strides` $strides attr-dict `:` type($operand) `->` type($result)";
}

def Array_ReshapeOp : Array_ViewOp<"reshape"> {
  let summary = "The same elements in row-major order with another shape.";
  let description = [{
    Linear as an index map where it adds or drops axes of extent 1 or splits
    one axis into several; any other reshape reads a buffer, and costs nothing
    there.
    ```mlir
    %0 = array.reshape %x : tensor<?xf32, #array.params<[p0]>>
        -> tensor<?x?xf32, #array.params<[p1, p2]>>
    ```
  }];
  let arguments = (ins Array_Tensor:$operand);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

#endif // NUMLOOM_DIALECT_ARRAY_IR_VIEWOPS
