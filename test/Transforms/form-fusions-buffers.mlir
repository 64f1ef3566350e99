// What is stored, copied or reinterpreted between kernels.
// RUN: numloom-opt %s --numloom-form-fusions | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!w = tensor<?xf32, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!t = tensor<?x?xf32, #array.params<[p1, p0]>>
!q = tensor<?x?xf32, #array.params<[p0, p0]>>

// Results are fresh: arguments, views, constants and second mentions are
// copied.
// CHECK-LABEL: func @copies
// CHECK:         %[[K:.*]]:3 = array.fusion (%[[A:.*]] = %arg0
// CHECK-NEXT:      %[[NEG:.*]] = array.negative %[[A]]
// CHECK-NEXT:      array.yield %[[NEG]], %[[NEG]], %[[A]]
// CHECK:         %[[V:.*]] = array.fusion (%[[A:.*]] = %arg0
// CHECK-NEXT:      %[[SLICE:.*]] = array.slice %[[A]]
// CHECK-NEXT:      array.yield %[[SLICE]]
// CHECK:         %[[C:.*]] = array.fusion () ->
// CHECK-NEXT:      array.constant
// CHECK:         return %[[K]]#0, %[[K]]#1, %[[V]], %[[K]]#2, %[[C]]
func.func @copies(%a: !v) -> (!v, !v, !w, !v, !v)
    attributes {array.param_hints = array<i64: 1000000, 100000>} {
  %0 = array.negative %a : !v -> !v
  %1 = array.slice %a starts <[0]> steps <[2]> : !v -> !w
  %2 = array.constant(1.0 : f64) : !v
  return %0, %0, %1, %a, %2 : !v, !v, !w, !v, !v
}

// Products take transposed and strided operands as they are, other views as
// copies; what is fused ends before them.
// CHECK-LABEL: func @products
// CHECK:         %[[ADD:.*]] = array.fusion (%{{.*}} = %arg0
// CHECK:         %[[T:.*]] = array.transpose %[[ADD]]
// CHECK:         array.matmul %[[ADD]], %[[T]]
// CHECK:         %[[S:.*]] = array.as_strided %arg1
// CHECK:         array.matmul %arg0, %[[S]]
// CHECK:         %[[COPY:.*]] = array.fusion (%[[X:.*]] = %arg2
// CHECK-NEXT:      array.slice %[[X]]
// CHECK:         array.matmul %arg0, %[[COPY]]
func.func @products(%x: !m, %flat: tensor<?xf32>, %y: !t) -> (!q, !q, !q)
    attributes {array.param_hints = array<i64: 1000, 1000>} {
  %0 = array.add %x, %x : !m, !m -> !m
  %1 = array.transpose %0 axes [1, 0] : !m -> !t
  %2 = array.matmul %0, %1 : !m, !t -> !q
  %3 = array.as_strided %flat strides <[1, p7]> : tensor<?xf32> -> !t
  %4 = array.matmul %x, %3 : !m, !t -> !q
  %5 = array.slice %y starts <[p5, 0]> steps <[-1, 1]> : !t -> !t
  %6 = array.matmul %x, %5 : !m, !t -> !q
  return %2, %4, %6 : !q, !q, !q
}

// A number has no memory on a device: what consists of it alone is stored, once
// for all that read it.
// CHECK-LABEL: func @products_of_numbers
// CHECK:         %[[FULL:.*]] = array.fusion (%[[S:.*]] = %arg0
// CHECK-NEXT:      array.broadcast %[[S]]
// CHECK:         %[[P:.*]] = array.matmul %[[FULL]], %[[FULL]]
// CHECK-NEXT:    %[[Q:.*]] = array.matmul %[[P]], %[[FULL]]
// CHECK-NEXT:    return %[[FULL]], %[[Q]]
func.func @products_of_numbers(%s: tensor<f32> {array.scalar}) -> (!q, !q)
    attributes {array.param_hints = array<i64: 1000, 1000>} {
  %0 = array.broadcast %s axes [] : tensor<f32> -> !q
  %1 = array.matmul %0, %0 : !q, !q -> !q
  %2 = array.matmul %1, %0 : !q, !q -> !q
  return %0, %2 : !q, !q
}

// A reshape that is no index map reinterprets a buffer.
// CHECK-LABEL: func @flattened
// CHECK:         %[[ADD:.*]] = array.fusion (
// CHECK:         %[[FLAT:.*]] = array.reshape %[[ADD]]
// CHECK:         array.fusion (%{{.*}} = %[[FLAT]]
func.func @flattened(%x: !m) -> tensor<?xf32, #array.params<[p2]>>
    attributes {array.param_hints = array<i64: 1000, 1000, 1000000>} {
  %0 = array.add %x, %x : !m, !m -> !m
  %1 = array.reshape %0 : !m -> tensor<?xf32, #array.params<[p2]>>
  %2 = array.exp %1 : tensor<?xf32, #array.params<[p2]>>
      -> tensor<?xf32, #array.params<[p2]>>
  return %2 : tensor<?xf32, #array.params<[p2]>>
}

// What follows a scan element for element is computed in its kernel, and what
// precedes it; a second scan is not.
// CHECK-LABEL: func @scan
// CHECK-SAME:    kernel 1 reads kernel 0: a reduction must end before all of its space can read it
// CHECK:         array.fusion
// CHECK-SAME:    kind = #array.kind<scan>
// CHECK:           array.negative
// CHECK:           array.scan_sum
// CHECK:           array.exp
// CHECK:         array.fusion
// CHECK-SAME:    kind = #array.kind<scan>
// CHECK-NOT:     array.fusion
func.func @scan(%x: !v) -> !v
    attributes {array.param_hints = array<i64: 1000000>} {
  %0 = array.negative %x : !v -> !v
  %1 = array.scan_sum %0 axes [0] : !v -> !v
  %2 = array.exp %1 : !v -> !v
  %3 = array.scan_sum %2 axes [0] : !v -> !v
  return %3 : !v
}

// CHECK-LABEL: func @concatenation
// CHECK:         %[[EXP:.*]] = array.fusion (
// CHECK:         %[[SLICE:.*]] = array.fusion (
// CHECK:         array.concatenate %[[EXP]], %[[SLICE]], %arg0
func.func @concatenation(%x: !v) -> tensor<?xf32, #array.params<[p2]>> {
  %0 = array.exp %x : !v -> !v
  %1 = array.slice %x starts <[0]> steps <[2]> : !v -> !w
  %2 = array.concatenate %0, %1, %x axis 0
      : !v, !w, !v -> tensor<?xf32, #array.params<[p2]>>
  return %2 : tensor<?xf32, #array.params<[p2]>>
}
