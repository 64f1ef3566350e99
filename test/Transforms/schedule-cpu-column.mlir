// RUN: numloom-opt %s --numloom-schedule-cpu | FileCheck %s

!s = tensor<f32>
!v = tensor<?xf32, #array.params<[p0]>>
!w = tensor<?xf32, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!u = tensor<?x?xf32, #array.params<[p0, p2]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>

// An item is 64 columns: four registers of accumulators, or what is left at the
// end of the row, by single registers.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME:    %{{.*}}: memref<f32>, %{{.*}}: memref<f32>, %[[P0:[^:]*]]: index, %[[P1:[^:]*]]: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME:    array.item_cost = #array.params<[512, p0]>
// CHECK-SAME:    array.work = #array.params<[1, p1]>, array.work_divisor = 64 : i64
// CHECK-NOT:     array.work_outer
// CHECK:         %[[WIDTH:.*]] = arith.constant 64 : index
// CHECK:         %[[BLOCKS:.*]] = arith.ceildivui %[[P1]], %[[WIDTH]]
// CHECK:         scf.for %[[ITEM:[^ ]*]] = %[[BEGIN]] to %[[END]]
// CHECK:           %[[BLOCK:.*]] = arith.remui %[[ITEM]], %[[BLOCKS]]
// CHECK:           %[[START:.*]] = arith.muli %[[BLOCK]], %[[WIDTH]]
// CHECK:           %[[REST:.*]] = arith.subi %[[P1]], %[[START]]
// CHECK:           %[[WHOLE:.*]] = arith.cmpi uge, %[[REST]], %{{.*}}
// CHECK:           scf.if %[[WHOLE]] {
// CHECK:             %[[SUM:.*]] = scf.for %[[ROW:[^ ]*]] = %{{.*}} to %[[P0]] step %{{.*}} iter_args(%[[ACC:[^ ]*]] = %{{.*}}) -> (vector<64xf32>) {
// CHECK:               %[[LINE:.*]] = arith.muli %[[ROW]], %[[P1]]
// CHECK:               %[[OFFSET:.*]] = arith.addi %[[START]], %[[LINE]]
// CHECK:               %[[ELEMENTS:.*]] = vector.load %{{.*}}[%[[OFFSET]]]
// CHECK:               %[[NEXT:.*]] = arith.addf %[[ACC]], %[[ELEMENTS]]
// CHECK:               scf.yield %[[NEXT]]
// CHECK:             vector.store %[[SUM]], %{{.*}}[%[[START]]]
// CHECK:           %[[PART:.*]] = arith.cmpi ult, %[[REST]], %{{.*}}
// CHECK:           scf.if %[[PART]] {
// CHECK:             scf.for %[[FEW:[^ ]*]] = %[[START]] to %[[P1]] step
// CHECK:               %[[COUNT:.*]] = arith.subi %[[P1]], %[[FEW]]
// CHECK:               scf.for
// CHECK:                 vector.load {{.*}}, vector<16xf32>
// CHECK:               vector.store
// CHECK:               scf.for
// CHECK:                 vector.create_mask %[[COUNT]]
// CHECK:                 vector.maskedload
// CHECK:               vector.maskedstore
func.func @sum(%a: !m) -> !w
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64} {
  %0 = array.sum %a axes [0] : !m -> !w
  return %0 : !w
}

// What follows the reduction runs on whole vectors, once per column; what
// precedes it in the loop over the rows.
// CHECK-LABEL: func.func @epilogue
// CHECK:         scf.if
// CHECK:           %[[SUM:.*]] = scf.for
// CHECK:             %[[NEG:.*]] = arith.negf %{{.*}} : vector<64xf32>
// CHECK:             vector.store %[[NEG]]
// CHECK:             scf.yield
// CHECK:           %[[ROOT:.*]] = math.sqrt %[[SUM]] : vector<64xf32>
// CHECK:           vector.store %[[ROOT]]
func.func @epilogue(%a: !m) -> (!m, !w)
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64} {
  %0 = array.negative %a : !m -> !m
  %1 = array.sum %0 axes [0] : !m -> !w
  %2 = array.sqrt %1 : !w -> !w
  return %0, %2 : !m, !w
}

// Kept dimensions outside the reduced one multiply the items.
// CHECK-LABEL: func.func @batched(
// CHECK-SAME:    array.work = #array.params<[1, p2]>, array.work_divisor = 64 : i64, array.work_outer = #array.params<[1, p0]>
// CHECK:         scf.for %[[ITEM:[^ ]*]] =
// CHECK:           %[[BLOCK:.*]] = arith.remui %[[ITEM]], %[[BLOCKS:.*]] : index
// CHECK:           %[[OUTER:.*]] = arith.divui %[[ITEM]], %[[BLOCKS]]
func.func @batched(%a: !x) -> !u
    attributes {array.kind = #array.kind<column>, array.num_params = 3 : i64} {
  %0 = array.sum %a axes [1] : !x -> !u
  return %0 : !u
}

// Without columns, and with several stages, it is rows.
// CHECK-LABEL: func.func @no_columns
// CHECK-SAME:    array.work = #array.params<[1]>
// CHECK-NOT:     arith.ceildivui
// CHECK:         return
func.func @no_columns(%a: !v) -> !s
    attributes {array.kind = #array.kind<column>, array.num_params = 1 : i64} {
  %0 = array.sum %a axes [0] : !v -> !s
  return %0 : !s
}

// CHECK-LABEL: func.func @two_stages
// CHECK-SAME:    array.work = #array.params<[1, p1]>, array.work_divisor = 1 : i64
func.func @two_stages(%a: !m) -> !w
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64} {
  %0 = array.max %a axes [0] : !m -> !w
  %1 = array.broadcast %0 axes [1] : !w -> !m
  %2 = array.subtract %a, %1 : !m, !m -> !m
  %3 = array.sum %2 axes [0] : !m -> !w
  return %3 : !w
}
