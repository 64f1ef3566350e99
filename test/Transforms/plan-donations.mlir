// RUN: numloom-opt %s --numloom-plan-buffers -split-input-file | FileCheck %s

// Results that are computed over arguments which die there.

!v = tensor<?xf32, #array.params<[p0]>>
!k = tensor<?xsi32, #array.params<[p0]>>
!d = tensor<?xf64, #array.params<[p0]>>
!q = tensor<?x?xf32, #array.params<[p0, p0]>>

// CHECK-LABEL: func @over_argument
// CHECK-SAME:    array.arena = [], array.donations = array<i64: 0>
// CHECK:         array.in_place = array<i64: 0>, array.slots = array<i64: -1>
func.func @over_argument(%x: !v {array.donated}) -> !v {
  %0 = array.fusion (%a = %x : !v) -> (!v) attributes {kind = #array.kind<loop>} {
    %1 = array.negative %a : !v -> !v
    array.yield %1 : !v
  }
  return %0 : !v
}

// Element types may differ where their bytes do not.
// CHECK-LABEL: func @equal_bytes
// CHECK-SAME:    array.donations = array<i64: 1>
// CHECK:         array.in_place = array<i64: 1>
func.func @equal_bytes(%x: !d {array.donated}, %y: !k {array.donated}) -> !v {
  %0 = array.fusion (%a = %x, %b = %y : !d, !k) -> (!v) attributes {kind = #array.kind<loop>} {
    %1 = array.cast %a : !d -> !v
    %2 = array.cast %b : !k -> !v
    %3 = array.add %1, %2 : !v, !v -> !v
    array.yield %3 : !v
  }
  return %0 : !v
}

// Both results read both arguments: the one that is stored last may overwrite
// one.
// CHECK-LABEL: func @last_result
// CHECK-SAME:    array.donations = array<i64: -1, 0>
// CHECK:         array.in_place = array<i64: -1, 0>
func.func @last_result(%x: !v {array.donated}, %y: !v {array.donated}) -> (!v, !v) {
  %0:2 = array.fusion (%a = %x, %b = %y : !v, !v) -> (!v, !v) attributes {kind = #array.kind<loop>} {
    %1 = array.add %a, %b : !v, !v -> !v
    %2 = array.subtract %a, %b : !v, !v -> !v
    array.yield %1, %2 : !v, !v
  }
  return %0#0, %0#1 : !v, !v
}

// Two results never lie in one argument's memory.
// CHECK-LABEL: func @once
// CHECK-SAME:    array.donations = array<i64: -1, 0>
func.func @once(%x: !v {array.donated}) -> (!v, !v) {
  %0:2 = array.fusion (%a = %x : !v) -> (!v, !v) attributes {kind = #array.kind<loop>} {
    %1 = array.negative %a : !v -> !v
    %2 = array.exp %a : !v -> !v
    array.yield %1, %2 : !v, !v
  }
  return %0#0, %0#1 : !v, !v
}

// What a later kernel reads is overwritten by that one.
// CHECK-LABEL: func @read_later
// CHECK-SAME:    array.donations = array<i64: -1, 0>
func.func @read_later(%x: !v {array.donated}) -> (!v, !v) {
  %0 = array.fusion (%a = %x : !v) -> (!v) attributes {kind = #array.kind<loop>} {
    %1 = array.negative %a : !v -> !v
    array.yield %1 : !v
  }
  %2 = array.fusion (%a = %x, %b = %0 : !v, !v) -> (!v) attributes {kind = #array.kind<loop>} {
    %3 = array.add %a, %b : !v, !v -> !v
    array.yield %3 : !v
  }
  return %0, %2 : !v, !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!q = tensor<?x?xf32, #array.params<[p0, p0]>>

// Somebody else needs the argument.
// CHECK-LABEL: func @not_donated
// CHECK-NOT:     array.donations
// CHECK-NOT:     array.in_place
func.func @not_donated(%x: !v) -> !v {
  %0 = array.fusion (%a = %x : !v) -> (!v) attributes {kind = #array.kind<loop>} {
    %1 = array.negative %a : !v -> !v
    array.yield %1 : !v
  }
  return %0 : !v
}

// Elements are read at other places than they are written at.
// CHECK-LABEL: func @moved
// CHECK-NOT:     array.donations
// CHECK-NOT:     array.in_place
func.func @moved(%x: !q {array.donated}) -> !q {
  %0 = array.fusion (%a = %x : !q) -> (!q) attributes {kind = #array.kind<loop>} {
    %1 = array.transpose %a axes [1, 0] : !q -> !q
    %2 = array.add %a, %1 : !q, !q -> !q
    array.yield %2 : !q
  }
  return %0 : !q
}

// Results of reductions are not as large, and products are no loops.
// CHECK-LABEL: func @no_loop
// CHECK-NOT:     array.donations
// CHECK-NOT:     array.in_place
func.func @no_loop(%x: !q {array.donated}) -> !q {
  %0 = array.matmul %x, %x : !q, !q -> !q
  return %0 : !q
}
