// RUN: numloom-opt %s --numloom-schedule-gpu | FileCheck %s

!m = tensor<?x?xf32, #array.params<[p0, p1]>>

// Rows of a larger array: one loop, which begins where a guard says that
// vectors do.
// CHECK-LABEL: gpu.func @rows(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index, %{{[^:]*}}: index, %[[P3:[^:]*]]: index)
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0, p1]>, divisor = 1024>
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p1, p3]>>, multiple = 4>]
// CHECK:         %[[START:.*]] = arith.muli %[[P1]], %[[P3]]
// CHECK:         scf.if
// CHECK:           %[[X:.*]] = vector.load %{{.*}}[%[[I:.*]]] {alignment = 16 : i64}
// CHECK:           %[[TO:.*]] = arith.addi %[[START]], %[[I]]
// CHECK:           vector.store %[[X]], %{{.*}}[%[[TO]]] {alignment = 16 : i64}
func.func @rows(%a: !m) -> !m
    attributes {array.num_params = 4 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 5, 7, 20, 8>,
                array.into = #array.params<[p2, p1]>,
                array.into_axis = 0 : i64,
                array.into_start = #array.params<[p3]>} {
  return %a : !m
}

// Columns: rows of the part and of the array, and the start, are whole vectors.
// CHECK-LABEL: gpu.func @columns
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p1]>>, multiple = 4>, #array.guard<value = <factors = <[p2]>>, multiple = 4>, #array.guard<value = <factors = <[p3]>>, multiple = 4>]
// CHECK:         vector.load {{.*}} {alignment = 16 : i64}
// CHECK:         vector.store {{.*}} {alignment = 16 : i64}
func.func @columns(%a: !m) -> !m
    attributes {array.num_params = 4 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 5, 8, 20, 4>,
                array.into = #array.params<[p0, p2]>,
                array.into_axis = 1 : i64,
                array.into_start = #array.params<[p3]>} {
  return %a : !m
}

// CHECK-LABEL: gpu.func @odd_columns
// CHECK-SAME:    array.guards = []
// CHECK-NOT:     vector.
// CHECK:         gpu.return
func.func @odd_columns(%a: !m) -> !m
    attributes {array.num_params = 4 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 5, 8, 20, 5>,
                array.into = #array.params<[p0, p2]>,
                array.into_axis = 1 : i64,
                array.into_start = #array.params<[p3]>} {
  return %a : !m
}
