// RUN: numloom-opt %s --numloom-schedule-cpu | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>

// An item is a line along the axis; each step stores what it has so far.
// CHECK-LABEL: func.func @inner(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME:    array.item_cost = #array.params<[8, p1]>
// CHECK-SAME:    array.work = #array.params<[1, p0]>
// CHECK:         scf.for %[[ROW:[^ ]*]] = %[[BEGIN]] to %[[END]]
// CHECK:           %[[START:.*]] = arith.muli %[[ROW]], %[[P1]]
// CHECK:           scf.for %[[I:[^ ]*]] = %{{.*}} to %[[P1]] step %{{.*}} iter_args(%[[ACC:[^ ]*]] =
// CHECK:             %[[OFFSET:.*]] = arith.addi %[[START]], %[[I]]
// CHECK:             %[[X:.*]] = memref.load %{{.*}}[%[[OFFSET]]]
// CHECK:             %[[SUM:.*]] = arith.addf %[[ACC]], %[[X]] : f32
// CHECK:             memref.store %[[SUM]], %{{.*}}[%[[OFFSET]]]
// CHECK:             scf.yield %[[SUM]]
func.func @inner(%a: !m) -> !m
    attributes {array.kind = #array.kind<scan>, array.num_params = 2 : i64} {
  %0 = array.scan_sum %a axes [1] : !m -> !m
  return %0 : !m
}

// CHECK-LABEL: func.func @middle(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index, %[[P2:[^:]*]]: index, %{{.*}}: index, %{{.*}}: index)
// CHECK-SAME:    array.item_cost = #array.params<[8, p1]>
// CHECK-SAME:    array.work = #array.params<[1, p0, p2]>
// CHECK:         scf.for %[[ITEM:[^ ]*]] =
// CHECK-DAG:       arith.remui %[[ITEM]], %[[P2]]
// CHECK-DAG:       arith.divui %[[ITEM]], %[[P2]]
// CHECK:           scf.for %{{.*}} to %[[P1]]
func.func @middle(%a: !x) -> !x
    attributes {array.kind = #array.kind<scan>, array.num_params = 3 : i64} {
  %0 = array.scan_max %a axes [1] : !x -> !x
  return %0 : !x
}

// What precedes and follows a scan runs within its steps.
// CHECK-LABEL: func.func @fused
// CHECK:         scf.for {{.*}} iter_args(%[[ACC:[^ ]*]] =
// CHECK:           %[[NEG:.*]] = arith.negf
// CHECK:           %[[SUM:.*]] = arith.addf %[[ACC]], %[[NEG]]
// CHECK:           %[[ROOT:.*]] = math.sqrt %[[SUM]]
// CHECK:           memref.store %[[ROOT]]
// CHECK:           scf.yield %[[SUM]]
func.func @fused(%a: !v) -> !v
    attributes {array.kind = #array.kind<scan>, array.num_params = 1 : i64} {
  %0 = array.negative %a : !v -> !v
  %1 = array.scan_sum %0 axes [0] : !v -> !v
  %2 = array.sqrt %1 : !v -> !v
  return %2 : !v
}
