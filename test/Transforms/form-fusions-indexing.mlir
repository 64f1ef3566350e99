// RUN: numloom-opt %s --numloom-form-fusions | FileCheck %s

!s = tensor<f32>
!v = tensor<?xf32, #array.params<[p0]>>
!i = tensor<?xsi64, #array.params<[p1]>>
!w = tensor<?xf32, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p2]>>
!r = tensor<?x?xf32, #array.params<[p1, p2]>>

// The index is computed, and the result used, in the gather's kernel.
// CHECK-LABEL: func @fused_gather
// CHECK:         %[[K:.*]] = array.fusion (
// CHECK-SAME:      kind = #array.kind<split>
// CHECK-NEXT:      %[[I:.*]] = array.add
// CHECK-NEXT:      %[[G:.*]] = array.gather %{{.*}}[%[[I]]] axes [0]
// CHECK-NEXT:      %[[E:.*]] = array.exp %[[G]]
// CHECK-NEXT:      %[[S:.*]] = array.sum %[[E]]
// CHECK-NEXT:      array.yield %[[S]]
// CHECK-NOT:     array.fusion (
func.func @fused_gather(%x: !v, %i: !i, %j: !i) -> !s
    attributes {array.param_hints = array<i64: 1000000, 1000000>} {
  %0 = array.add %i, %j : !i, !i -> !i
  %1 = array.gather %x[%0] axes [0] : !v, !i -> !w
  %2 = array.exp %1 : !w -> !w
  %3 = array.sum %2 axes [0] : !w -> !s
  return %3 : !s
}

// What is gathered from lies in memory.
// CHECK-LABEL: func @stored_operand
// CHECK:         %[[K:.*]] = array.fusion (
// CHECK-NEXT:      array.exp
// CHECK:         array.fusion (%{{.*}} = %[[K]]
// CHECK-NEXT:      array.gather
func.func @stored_operand(%x: !v, %i: !i) -> !w {
  %0 = array.exp %x : !v -> !v
  %1 = array.gather %0[%i] axes [0] : !v, !i -> !w
  return %1 : !w
}

// Views of it need no copy.
// CHECK-LABEL: func @view
// CHECK:         = array.fusion (
// CHECK-NEXT:      array.transpose
// CHECK-NEXT:      array.gather
// CHECK-NOT:     array.fusion (
func.func @view(%x: tensor<?x?xf32, #array.params<[p2, p0]>>, %i: !i) -> !r {
  %0 = array.transpose %x axes [1, 0] : tensor<?x?xf32, #array.params<[p2, p0]>> -> !m
  %1 = array.gather %0[%i] axes [0] : !m, !i -> !r
  return %1 : !r
}

// CHECK-LABEL: func @fused_scatter
// CHECK:         %[[K:.*]] = array.fusion (
// CHECK-SAME:      kind = #array.kind<scatter>
// CHECK-NEXT:      array.exp
// CHECK-NEXT:      array.add
// CHECK-NEXT:      %[[S:.*]] = array.scatter
// CHECK-NEXT:      array.yield %[[S]]
// CHECK-NOT:     array.fusion (
func.func @fused_scatter(%x: !v, %w: !w, %i: !i, %j: !i) -> !v {
  %0 = array.exp %w : !w -> !w
  %1 = array.add %i, %j : !i, !i -> !i
  %2 = array.scatter %x[%1] axes [0], %0 combine replace repeats any : !v, !w, !i -> !v
  return %2 : !v
}

// Entries that are read out of the base are read before it is written.
// CHECK-LABEL: func @read_before
// CHECK:         %[[K:.*]] = array.fusion (
// CHECK-SAME:      kind = #array.kind<loop>
// CHECK-NEXT:      array.gather
// CHECK-NEXT:      array.negative
// CHECK:         array.fusion (%{{.*}} = %arg0{{.*}} = %[[K]]
// CHECK-SAME:      kind = #array.kind<scatter>
func.func @read_before(%x: !v, %i: !i) -> !v {
  %0 = array.gather %x[%i] axes [0] : !v, !i -> !w
  %1 = array.negative %0 : !w -> !w
  %2 = array.scatter %x[%i] axes [0], %1 combine replace repeats any : !v, !w, !i -> !v
  return %2 : !v
}

// So are those that are read through a view of which the kernel's indices are
// no linear function.
// CHECK-LABEL: func @read_before_through_view
// CHECK:         %[[R:.*]] = array.reshape %arg0
// CHECK:         %[[K:.*]] = array.fusion (%{{.*}} = %[[R]]
// CHECK-SAME:      kind = #array.kind<loop>
// CHECK-NEXT:      array.gather
// CHECK-NEXT:      array.negative
// CHECK:         array.fusion (%{{.*}} = %[[R]], %{{.*}} = %[[K]]
// CHECK-SAME:      kind = #array.kind<scatter>
func.func @read_before_through_view(%x: tensor<?x?xf32, #array.params<[p3, p4]>>, %i: !i) -> !m {
  %0 = array.reshape %x : tensor<?x?xf32, #array.params<[p3, p4]>> -> !m
  %1 = array.gather %0[%i] axes [0] : !m, !i -> !r
  %2 = array.negative %1 : !r -> !r
  %3 = array.scatter %0[%i] axes [0], %2 combine replace repeats any : !m, !r, !i -> !m
  return %3 : !m
}

// A base that is no buffer of its own is copied.
// CHECK-LABEL: func @copied_base
// CHECK:         %[[K:.*]] = array.fusion (
// CHECK-NEXT:      %[[C:.*]] = array.constant
// CHECK-NEXT:      array.yield %[[C]]
// CHECK:         array.fusion (%{{.*}} = %[[K]]
// CHECK-SAME:      kind = #array.kind<scatter>
func.func @copied_base(%w: !w, %i: !i) -> !v {
  %0 = array.constant(0.0 : f64) : !v
  %1 = array.scatter %0[%i] axes [0], %w combine add repeats any : !v, !w, !i -> !v
  return %1 : !v
}

// What precedes a compression is computed in its kernel; arrays under one mask
// go together.
// CHECK-LABEL: func @one_mask
// CHECK:         array.fusion (
// CHECK-SAME:      kind = #array.kind<compress>
// CHECK:           %[[MASK:.*]] = array.greater
// CHECK:           array.compress %[[MASK]]
// CHECK:           array.compress %[[MASK]]
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @one_mask(%a: !v, %b: !v) -> (!w, !w, !w) {
  %0 = array.greater %a, %b : !v, !v -> tensor<?xi1, #array.params<[p0]>>
  %1 = array.negative %a : !v -> !v
  %2 = array.compress %0, %1 : tensor<?xi1, #array.params<[p0]>>, !v -> !w
  %3 = array.compress %0, %b : tensor<?xi1, #array.params<[p0]>>, !v -> !w
  %4 = array.compress %0, %a : tensor<?xi1, #array.params<[p0]>>, !v -> !w
  return %2, %3, %4 : !w, !w, !w
}

// Who compresses counts on the way: no pass over the mask for its sum.
// CHECK-LABEL: func @count
// CHECK:         array.fusion (
// CHECK-SAME:      -> (tensor<?xf32, #array.params<[p0]>>, tensor<si64>)
// CHECK-SAME:      kind = #array.kind<compress>
// CHECK:           %[[MASK:.*]] = array.greater
// CHECK:           array.compress %[[MASK]]
// CHECK:           array.sum
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @count(%a: !v, %b: !v) -> (!v, tensor<si64>) {
  %0 = array.greater %a, %b : !v, !v -> tensor<?xi1, #array.params<[p0]>>
  %1 = array.compress %0, %a : tensor<?xi1, #array.params<[p0]>>, !v -> !v
  %2 = array.cast %0 : tensor<?xi1, #array.params<[p0]>>
      -> tensor<?xsi64, #array.params<[p0]>>
  %3 = array.sum %2 axes [0] : tensor<?xsi64, #array.params<[p0]>>
      -> tensor<si64>
  return %1, %3 : !v, tensor<si64>
}

// A count that the elements depend on is a sum of its own, and so is one in
// another dtype.
// CHECK-LABEL: func @counts_apart
// CHECK:         array.fusion (
// CHECK-SAME:      kind = #array.kind<{{row|split}}>
// CHECK:         array.fusion (
// CHECK-SAME:      kind = #array.kind<compress>
func.func @counts_apart(%m: tensor<?xi1, #array.params<[p0]>>, %a: !v)
    -> (!v, tensor<si64>, tensor<f32>) {
  %0 = array.cast %m : tensor<?xi1, #array.params<[p0]>>
      -> tensor<?xsi64, #array.params<[p0]>>
  %1 = array.sum %0 axes [0] : tensor<?xsi64, #array.params<[p0]>>
      -> tensor<si64>
  %2 = array.cast %1 : tensor<si64> -> tensor<f32>
  %3 = array.broadcast %2 axes [] : tensor<f32> -> !v
  %4 = array.multiply %a, %3 : !v, !v -> !v
  %5 = array.compress %m, %4 : tensor<?xi1, #array.params<[p0]>>, !v -> !v
  %6 = array.cast %m : tensor<?xi1, #array.params<[p0]>> -> !v
  %7 = array.sum %6 axes [0] : !v -> tensor<f32>
  return %5, %1, %7 : !v, tensor<si64>, tensor<f32>
}

// CHECK-LABEL: func @two_masks
// CHECK-COUNT-2: kind = #array.kind<compress>
func.func @two_masks(%m: tensor<?xi1, #array.params<[p0]>>,
                     %n: tensor<?xi1, #array.params<[p0]>>, %a: !v) -> (!w, !w) {
  %0 = array.compress %m, %a : tensor<?xi1, #array.params<[p0]>>, !v -> !w
  %1 = array.compress %n, %a : tensor<?xi1, #array.params<[p0]>>, !v -> !w
  return %0, %1 : !w, !w
}

// What an index is checked by is computed where the index is used.
// CHECK-LABEL: func @reported_index
// CHECK:         %[[K:.*]]:2 = array.fusion (
// CHECK-SAME:      kind = #array.kind<loop>
// CHECK:           %[[N:.*]] = array.cast
// CHECK:           %[[G:.*]] = array.gather
// CHECK:           array.yield
// CHECK-NOT:     array.fusion (
// CHECK:         array.report %[[K]]#{{[01]}}
func.func @reported_index(%x: !v, %i: !i, %n: tensor<si64>)
    -> (!w, tensor<ui64>) attributes {array.param_hints = array<i64: 1000000, 1000000>} {
  %0 = array.broadcast %n axes [] : tensor<si64> -> !i
  %1 = array.minimum %i, %0 : !i, !i -> !i
  %2 = array.cast %1 : !i -> tensor<?xui64, #array.params<[p1]>>
  %3 = array.report %2 : tensor<?xui64, #array.params<[p1]>> -> tensor<ui64>
  %4 = array.gather %x[%1] axes [0] : !v, !i -> !w
  return %4, %3 : !w, tensor<ui64>
}
