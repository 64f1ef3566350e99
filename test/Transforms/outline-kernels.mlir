// RUN: numloom-opt %s --numloom-outline-kernels | FileCheck %s
// RUN: numloom-opt %s --numloom-outline-kernels | FileCheck %s --check-prefix=ONLY

!m = tensor<?x?xf32, #array.params<[p3, p1]>>
!r = tensor<?xf32, #array.params<[p1]>>
!n = tensor<?x?xf32, #array.params<[p5, p2]>>
!s = tensor<?xf32, #array.params<[p2]>>
!q = tensor<?x?xf32, #array.params<[p4, p4]>>
!t = tensor<?xf32, #array.params<[p4]>>
!v = tensor<?xf32, #array.params<[p7]>>

// Only kernels are left.
// ONLY-COUNT-4: func.func @kernel_
// ONLY-NOT:     func.func
// ONLY-NOT:     array.fusion
// ONLY-NOT:     array.yield

// Parameters are numbered anew, those of a type and those of an op alike.
// CHECK-LABEL: func.func @kernel_0(
// CHECK-SAME:    %[[M:.*]]: [[MATRIX:tensor<\?x\?xf32, #array.params<\[p0, p1\]>>]],
// CHECK-SAME:    %[[R:.*]]: [[ROW:tensor<\?xf32, #array.params<\[p1\]>>]]) -> [[MATRIX]]
// CHECK-SAME:    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64}
// CHECK-NEXT:    %[[BC:.*]] = array.broadcast %[[R]] axes [1] : [[ROW]] -> [[MATRIX]]
// CHECK-NEXT:    %[[ADD:.*]] = array.add %[[M]], %[[BC]] :
// CHECK-NEXT:    return %[[ADD]] : [[MATRIX]]

// Another place of the same program, other parameters: the same text.
// CHECK-LABEL: func.func @kernel_1(
// CHECK-SAME:    %[[M:.*]]: [[MATRIX]], %[[R:.*]]: [[ROW]]) -> [[MATRIX]]
// CHECK-SAME:    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64}
// CHECK-NEXT:    %[[BC:.*]] = array.broadcast %[[R]] axes [1] : [[ROW]] -> [[MATRIX]]
// CHECK-NEXT:    %[[ADD:.*]] = array.add %[[M]], %[[BC]] :
// CHECK-NEXT:    return %[[ADD]] : [[MATRIX]]

// Extents that are equal by name make another kernel.
// CHECK-LABEL: func.func @kernel_2(
// CHECK-SAME:    tensor<?x?xf32, #array.params<[p0, p0]>>
// CHECK-SAME:    array.num_params = 1 : i64
func.func @main(%x: !m, %y: !r, %z: !n, %w: !s, %u: !q, %o: !t)
    -> (!m, !n, !q) {
  %0 = array.fusion (%m = %x, %r = %y : !m, !r) -> (!m)
      attributes {kind = #array.kind<loop>, array.slots = array<i64: -1>} {
    %1 = array.broadcast %r axes [1] : !r -> !m
    %2 = array.add %m, %1 : !m, !m -> !m
    array.yield %2 : !m
  }
  %3 = array.fusion (%m = %z, %r = %w : !n, !s) -> (!n)
      attributes {kind = #array.kind<loop>, array.slots = array<i64: -2>} {
    %1 = array.broadcast %r axes [1] : !s -> !n
    %2 = array.add %m, %1 : !n, !n -> !n
    array.yield %2 : !n
  }
  %4 = array.fusion (%m = %u, %r = %o : !q, !t) -> (!q)
      attributes {kind = #array.kind<loop>, array.slots = array<i64: -3>} {
    %1 = array.broadcast %r axes [1] : !t -> !q
    %2 = array.add %m, %1 : !q, !q -> !q
    array.yield %2 : !q
  }
  return %0, %3, %4 : !m, !n, !q
}

// Starts, strides and the place in a larger array are renumbered with the
// rest; constants stay.
// CHECK-LABEL: func.func @kernel_3(
// CHECK-SAME:    %[[FLAT:[^:]*]]: tensor<?xf32>
// CHECK-SAME:    %[[V:[^:]*]]: tensor<?xf32, #array.params<[[[N:p[0-3]]]]>>
// CHECK-SAME:    array.into = [#array.destination<start = [#array.params<[3]>, #array.params<[[[N]]]>], strides = [#array.params<[-1]>]>]
// CHECK-SAME:    array.kind = #array.kind<loop>, array.num_params = 3 : i64
// CHECK:         array.as_strided %[[FLAT]] strides <[[[STRIDE:p[0-3]]]]>
// CHECK:         array.slice %[[V]] starts <[{{p[0-3]}}]> steps <[-1]>
// CHECK:         array.extent <[[[STRIDE]], {{p[0-3]}}, 7]>
func.func @attributes(%x: tensor<?xf32>, %y: !v) -> !v {
  %0 = array.fusion (%f = %x, %a = %y : tensor<?xf32>, !v) -> (!v)
      attributes {kind = #array.kind<loop>, array.into = [#array.destination<
                      start = [#array.params<[3]>, #array.params<[p7]>],
                      strides = [#array.params<[-1]>]>]} {
    %1 = array.as_strided %f strides <[p9]> : tensor<?xf32> -> !v
    %2 = array.slice %a starts <[p2]> steps <[-1]> : !v -> !v
    %3 = array.add %1, %2 : !v, !v -> !v
    %4 = array.extent <[p9, p2, 7]> : tensor<?xsi64, #array.params<[p7]>>
    %5 = array.cast %4 : tensor<?xsi64, #array.params<[p7]>> -> !v
    %6 = array.multiply %3, %5 : !v, !v -> !v
    array.yield %6 : !v
  }
  return %0 : !v
}
