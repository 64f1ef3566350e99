// RUN: numloom-opt %s --numloom-plan-buffers -split-input-file \
// RUN:   -verify-diagnostics | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!f = tensor<?xf32, #array.params<[p1]>>
!q = tensor<?x?xf32, #array.params<[p0, p0]>>
!i = tensor<?x?xsi32, #array.params<[p0, p0]>>
!d = tensor<?x?xf64, #array.params<[p0, p0]>>
!r = tensor<?x3xf32, #array.params<[p0, 3]>>

// A slot is taken again once its value is dead, and results of the program
// live in the caller's buffers.
// CHECK-LABEL: func @reuse
// CHECK-SAME:    array.arena = [#array.params<[4, p0, p0]>, #array.params<[4, p0, p0]>]
// CHECK:         array.matmul %arg0, %arg0 {array.slots = array<i64: 0>}
// CHECK:         array.matmul {{.*}} {array.slots = array<i64: 1>}
// CHECK:         array.matmul {{.*}} {array.slots = array<i64: 0>}
// CHECK:         array.matmul {{.*}} {array.slots = array<i64: -1>}
func.func @reuse(%x: !q) -> !q {
  %0 = array.matmul %x, %x : !q, !q -> !q
  %1 = array.matmul %0, %x : !q, !q -> !q
  %2 = array.matmul %1, %x : !q, !q -> !q
  %3 = array.matmul %2, %x : !q, !q -> !q
  return %3 : !q
}

// Sizes are formulas: equal ones share slots, whatever the element type.
// CHECK-LABEL: func @sizes
// CHECK-SAME:    array.arena = [#array.params<[4, p0, p0]>, #array.params<[12, p0]>]
// CHECK:         array.matmul %arg0, %arg0 {array.slots = array<i64: 0>}
// CHECK:         array.matmul {{.*}} {array.slots = array<i64: 1>}
// CHECK:         array.matmul {{.*}} {array.slots = array<i64: 0>}
// CHECK:         array.matmul {{.*}} {array.slots = array<i64: -1>}
func.func @sizes(%x: !q, %y: !r, %z: !i) -> (!r, !i) {
  %0 = array.matmul %x, %x : !q, !q -> !q
  %1 = array.matmul %0, %y : !q, !r -> !r
  %2 = array.matmul %z, %z : !i, !i -> !i
  %3 = array.matmul %x, %1 : !q, !r -> !r
  %4 = array.matmul %2, %2 : !i, !i -> !i
  return %3, %4 : !r, !i
}

// A value that is a result and read later is read in the caller's buffer.
// CHECK-LABEL: func @outputs
// CHECK-SAME:    array.arena = []
// CHECK:         %[[A:.*]] = array.matmul %arg0, %arg0 {array.slots = array<i64: -2>}
// CHECK:         array.matmul %[[A]], %arg0 {array.slots = array<i64: -1>}
func.func @outputs(%x: !q) -> (!q, !q) {
  %0 = array.matmul %x, %x : !q, !q -> !q
  %1 = array.matmul %0, %x : !q, !q -> !q
  return %1, %0 : !q, !q
}

// A kernel with one result that only a concatenation reads writes into it.
// CHECK-LABEL: func @parts
// CHECK-SAME:    array.arena = [#array.params<[4, p2]>]
// CHECK:         array.into = [#array.destination<start = [], strides = [#array.params<[1]>]>]
// CHECK-SAME:    array.slots = array<i64: 0>
// CHECK:         array.fusion
// CHECK-NOT:     array.into
// CHECK-SAME:    array.slots = array<i64: -2>
// CHECK:         array.into = [#array.destination<start = [#array.params<[2, p0]>]
// CHECK-SAME:    array.slots = array<i64: 0>
// CHECK:         array.concatenate {{.*}} {array.slots = array<i64: 0>}
// CHECK:         array.slots = array<i64: -1>
!l = tensor<?xf32, #array.params<[p2]>>
func.func @parts(%x: !v) -> (!l, !v) {
  %0 = array.fusion (%a = %x : !v) -> (!v) attributes {kind = #array.kind<loop>} {
    %5 = array.negative %a : !v -> !v
    array.yield %5 : !v
  }
  %1 = array.fusion (%a = %x : !v) -> (!v) attributes {kind = #array.kind<loop>} {
    %5 = array.exp %a : !v -> !v
    array.yield %5 : !v
  }
  %2 = array.fusion (%a = %x : !v) -> (!v) attributes {kind = #array.kind<loop>} {
    %5 = array.sqrt %a : !v -> !v
    array.yield %5 : !v
  }
  %3 = array.concatenate %0, %1, %2 axis 0 : !v, !v, !v -> !l
  %4 = array.fusion (%a = %3 : !l) -> (!l) attributes {kind = #array.kind<loop>} {
    %5 = array.negative %a : !l -> !l
    array.yield %5 : !l
  }
  return %4, %1 : !l, !v
}

// A concatenation that only another one reads lies in its result, and its parts
// do. Each has its place there: here the lower right quarter.
// CHECK-LABEL: func @nested
// CHECK-SAME:    array.arena = []
// CHECK:         array.fusion
// CHECK-SAME:    array.into = [#array.destination<start = [#array.params<[36]>], strides = [#array.params<[8]>, #array.params<[1]>]>]
// CHECK-SAME:    array.slots = array<i64: -1>
// CHECK:         array.concatenate
// CHECK-SAME:    array.slots = array<i64: -1>
// CHECK:         array.concatenate
// CHECK-SAME:    array.slots = array<i64: -1>
func.func @nested(%x: tensor<4x4xf64>) -> tensor<8x8xf64> {
  %0 = array.fusion (%a = %x : tensor<4x4xf64>) -> (tensor<4x4xf64>)
      attributes {kind = #array.kind<loop>} {
    %4 = array.exp %a : tensor<4x4xf64> -> tensor<4x4xf64>
    array.yield %4 : tensor<4x4xf64>
  }
  %1 = array.concatenate %x, %x axis 1
      : tensor<4x4xf64>, tensor<4x4xf64> -> tensor<4x8xf64>
  %2 = array.concatenate %x, %0 axis 1
      : tensor<4x4xf64>, tensor<4x4xf64> -> tensor<4x8xf64>
  %3 = array.concatenate %1, %2 axis 0
      : tensor<4x8xf64>, tensor<4x8xf64> -> tensor<8x8xf64>
  return %3 : tensor<8x8xf64>
}

// What is reported is never stored: the kernel writes the result's place.
// CHECK-LABEL: func @reports
// CHECK-SAME:    array.arena = []
// CHECK:         array.into = [unit, #array.destination<start = [], strides = [#array.params<[0]>], reports = true>]
// CHECK-SAME:    array.slots = array<i64: -1, -2>
// CHECK:         array.report {{.*}} {array.slots = array<i64: -2>}
func.func @reports(%x: !v) -> (!v, tensor<ui64>) {
  %0:2 = array.fusion (%a = %x : !v) -> (!v, tensor<?xui64, #array.params<[p0]>>)
      attributes {kind = #array.kind<loop>} {
    %2 = array.negative %a : !v -> !v
    %3 = array.cast %a : !v -> tensor<?xui64, #array.params<[p0]>>
    array.yield %2, %3 : !v, tensor<?xui64, #array.params<[p0]>>
  }
  %1 = array.report %0#1 : tensor<?xui64, #array.params<[p0]>> -> tensor<ui64>
  return %0#0, %1 : !v, tensor<ui64>
}

// A reshape is its operand: the slot stays taken while either is read.
// CHECK-LABEL: func @reshapes
// CHECK-SAME:    array.arena = [#array.params<[4, p0, p0]>, #array.params<[4, p0, p0]>]
// CHECK:         array.matmul %arg0, %arg0 {array.slots = array<i64: 0>}
// CHECK-NEXT:    array.reshape %{{.*}} : tensor
// CHECK:         array.matmul {{.*}} {array.slots = array<i64: 1>}
// CHECK:         array.slots = array<i64: -1>
// CHECK:         array.slots = array<i64: -2>
func.func @reshapes(%x: !q) -> (!q, !f) {
  %0 = array.matmul %x, %x : !q, !q -> !q
  %1 = array.reshape %0 : !q -> !f
  %2 = array.matmul %x, %x : !q, !q -> !q
  %3 = array.matmul %2, %x : !q, !q -> !q
  %4 = array.fusion (%a = %1 : !f) -> (!f) attributes {kind = #array.kind<loop>} {
    %5 = array.negative %a : !f -> !f
    array.yield %5 : !f
  }
  return %3, %4 : !q, !f
}

// CHECK-LABEL: func @in_place
// CHECK:         array.fusion
// CHECK-SAME:      array.in_place = array<i64: 1>, array.slots = array<i64: 0>
// CHECK:         array.matmul {{.*}} {array.slots = array<i64: -1>}
func.func @in_place(%x: !q) -> !q {
  %0 = array.matmul %x, %x : !q, !q -> !q
  %1 = array.fusion (%a = %x, %b = %0 : !q, !q) -> (!q)
      attributes {kind = #array.kind<loop>} {
    %2 = array.add %a, %b : !q, !q -> !q
    array.yield %2 : !q
  }
  %3 = array.matmul %1, %x : !q, !q -> !q
  return %3 : !q
}

// The element types may differ if their sizes do not.
// CHECK-LABEL: func @in_place_of_equal_bytes
// CHECK-SAME:    array.arena = [#array.params<[4, p0, p0]>, #array.params<[8, p0, p0]>]
// CHECK:         array.fusion
// CHECK-SAME:      array.in_place = array<i64: 0, -1>, array.slots = array<i64: 0, 1>
func.func @in_place_of_equal_bytes(%x: !q) -> (!i, !d) {
  %0 = array.matmul %x, %x : !q, !q -> !q
  %1:2 = array.fusion (%a = %0 : !q) -> (!i, !d)
      attributes {kind = #array.kind<loop>} {
    %2 = array.cast %a : !q -> !i
    %3 = array.constant(1.0 : f64) : !d
    array.yield %2, %3 : !i, !d
  }
  %4 = array.matmul %1#0, %1#0 : !i, !i -> !i
  %5 = array.matmul %1#1, %1#1 : !d, !d -> !d
  return %4, %5 : !i, !d
}

// An element that another point reads must outlive the point that overwrites
// it.
// CHECK-LABEL: func @not_at_another_index
// CHECK-NOT:     array.in_place
// CHECK:         array.slots = array<i64: 1>, kind = #array.kind<loop>
func.func @not_at_another_index(%x: !q) -> !q {
  %0 = array.matmul %x, %x : !q, !q -> !q
  %1 = array.fusion (%a = %0 : !q) -> (!q) attributes {kind = #array.kind<loop>} {
    %2 = array.transpose %a axes [1, 0] : !q -> !q
    %3 = array.add %a, %2 : !q, !q -> !q
    array.yield %3 : !q
  }
  %4 = array.matmul %1, %x : !q, !q -> !q
  return %4 : !q
}

// Two operands may be one buffer: both must allow it.
// CHECK-LABEL: func @not_through_an_alias
// CHECK-NOT:     array.in_place
// CHECK:         return
func.func @not_through_an_alias(%x: !q, %y: !v) -> !q {
  %0 = array.matmul %x, %x : !q, !q -> !q
  %1 = array.reshape %0 : !q -> !f
  %2 = array.fusion (%a = %0, %b = %1 : !q, !f) -> (!q)
      attributes {kind = #array.kind<loop>} {
    %3 = array.slice %b starts <[p2]> steps <[p2]> : !f -> !v
    %4 = array.broadcast %3 axes [0] : !v -> !q
    %5 = array.add %a, %4 : !q, !q -> !q
    array.yield %5 : !q
  }
  %6 = array.matmul %2, %x : !q, !q -> !q
  return %6 : !q
}

// A result stored before the operand is read for the next one.
// CHECK-LABEL: func @not_before_a_later_result
// CHECK:         array.in_place = array<i64: -1, 0>, array.slots = array<i64: 1, 0>
func.func @not_before_a_later_result(%x: !q) -> (!q, !q) {
  %0 = array.matmul %x, %x : !q, !q -> !q
  %1:2 = array.fusion (%a = %0 : !q) -> (!q, !q) attributes {kind = #array.kind<loop>} {
    %2 = array.negative %a : !q -> !q
    %3 = array.absolute %a : !q -> !q
    array.yield %2, %3 : !q, !q
  }
  %4 = array.matmul %1#0, %x : !q, !q -> !q
  %5 = array.matmul %1#1, %x : !q, !q -> !q
  return %4, %5 : !q, !q
}

// Neither arguments nor the caller's buffers nor values read later are
// overwritten, and rows are read more than once.
// CHECK-LABEL: func @not_in_place
// CHECK-NOT:     array.in_place
// CHECK:         return
func.func @not_in_place(%x: !q) -> (!q, !q) {
  %0 = array.fusion (%a = %x : !q) -> (!q) attributes {kind = #array.kind<loop>} {
    %5 = array.negative %a : !q -> !q
    array.yield %5 : !q
  }
  %1 = array.fusion (%a = %0 : !q) -> (!q) attributes {kind = #array.kind<loop>} {
    %5 = array.negative %a : !q -> !q
    array.yield %5 : !q
  }
  %2 = array.fusion (%a = %1 : !q) -> (!q) attributes {kind = #array.kind<row>} {
    %5 = array.sum %a axes [1] : !q -> !v
    %6 = array.broadcast %5 axes [0] : !v -> !q
    %7 = array.subtract %a, %6 : !q, !q -> !q
    array.yield %7 : !q
  }
  %3 = array.matmul %2, %2 : !q, !q -> !q
  %4 = array.matmul %1, %3 : !q, !q -> !q
  return %0, %4 : !q, !q
}

// -----

// expected-error @below {{expects result 1 to have a buffer of its own}}
func.func @returned_twice(%x: tensor<3x3xf32>) -> (tensor<3x3xf32>, tensor<9xf32>) {
  %0 = array.matmul %x, %x
      : tensor<3x3xf32>, tensor<3x3xf32> -> tensor<3x3xf32>
  %1 = array.reshape %0 : tensor<3x3xf32> -> tensor<9xf32>
  return %0, %1 : tensor<3x3xf32>, tensor<9xf32>
}

// -----

// expected-error @below {{expects result 0 to have a buffer of its own}}
func.func @returned_argument(%x: tensor<3xf32>) -> tensor<3xf32> {
  return %x : tensor<3xf32>
}
