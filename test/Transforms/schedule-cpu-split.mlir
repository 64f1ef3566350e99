// RUN: numloom-opt %s --numloom-schedule-cpu | FileCheck %s

!s = tensor<f32>
!v = tensor<?xf32, #array.params<[p0]>>
!c = tensor<?xcomplex<f64>, #array.params<[p0]>>
!b = tensor<?xi1, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!w = tensor<?xf32, #array.params<[p1]>>

// The first function leaves the sum of each piece of 65536 elements, one per
// item, in an array of partial states.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME:    %[[A:[^:]*]]: memref<f32>, %[[B:[^:]*]]: memref<f32>, %[[PARTIALS:[^:]*]]: memref<f32>, %[[P0:[^:]*]]: index, %[[P1:[^:]*]]: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME:    array.buffers = array<i64: 0, 1, 3>
// CHECK-SAME:    array.item_cost = #array.params<[524288]>
// CHECK-SAME:    array.partials = [f32]
// CHECK-SAME:    array.work = #array.params<[1, p0, p1]>, array.work_divisor = 65536 : i64
// CHECK-DAG:     %[[SIZE:.*]] = arith.muli %[[P0]], %[[P1]]
// CHECK-DAG:     %[[STATES:.*]] = memref.reinterpret_cast %[[PARTIALS]]
// CHECK:         scf.for %[[ITEM:[^ ]*]] = %[[BEGIN]] to %[[END]]
// CHECK:           %[[PIECE:.*]] = arith.constant 65536 : index
// CHECK:           %[[FROM:.*]] = arith.muli %[[ITEM]], %[[PIECE]]
// CHECK:           %[[NEXT:.*]] = arith.addi %[[FROM]], %[[PIECE]]
// CHECK:           %[[TO:.*]] = arith.minui %[[NEXT]], %[[SIZE]]
// CHECK:           scf.for %{{.*}} = %[[FROM]] to %[[TO]]
// CHECK:           %[[SUM:.*]] = vector.extract {{.*}} : f32 from vector<1xf32>
// CHECK:           memref.store %[[SUM]], %[[STATES]][%[[ITEM]]]
// CHECK-NOT:       math.sqrt
// CHECK:           return

// The second combines them in their order, whatever threads left them, and
// computes what follows.
// CHECK-LABEL: func.func @sum_combine(
// CHECK-SAME:    %{{.*}}: memref<f32>, %[[B:[^:]*]]: memref<f32>, %[[R:[^:]*]]: memref<f32>, %[[PARTIALS:[^:]*]]: memref<f32>, %[[P0:[^:]*]]: index, %[[P1:[^:]*]]: index,
// CHECK-SAME:    array.buffers = array<i64: 0, 1, 2, 3>
// CHECK-SAME:    array.work = #array.params<[1]>
// CHECK:         %[[SIZE:.*]] = arith.muli %[[P0]], %[[P1]]
// CHECK:         %[[STATES:.*]] = memref.reinterpret_cast %[[PARTIALS]]
// CHECK:         scf.for
// CHECK:           %[[COUNT:.*]] = arith.ceildivui %[[SIZE]]
// CHECK:           %[[SUM:.*]] = scf.for %[[I:[^ ]*]] = %{{.*}} to %[[COUNT]] step %{{.*}} iter_args(%[[ACC:[^ ]*]] =
// CHECK:             %[[STATE:.*]] = memref.load %[[STATES]][%[[I]]]
// CHECK:             arith.addf %[[ACC]], %[[STATE]] : f32
// CHECK:           %[[ROOT:.*]] = math.sqrt %[[SUM]] : f32
// CHECK:           %[[RESULT:.*]] = arith.addf %[[ROOT]]
// CHECK:           memref.store %[[RESULT]]
func.func @sum(%a: !m, %b: !s) -> !s
    attributes {array.kind = #array.kind<split>, array.num_params = 2 : i64} {
  %0 = array.sum %a axes [0, 1] : !m -> !s
  %1 = array.sqrt %0 : !s -> !s
  %2 = array.add %1, %b : !s, !s -> !s
  return %2 : !s
}

// Results in the reductions' own space are written by the first function.
// CHECK-LABEL: func.func @full_result(
// CHECK-SAME:    array.buffers = array<i64: 0, 1, 3>
// CHECK:         vector.store
// CHECK-LABEL: func.func @full_result_combine(
// CHECK-SAME:    array.buffers = array<i64: 0, 2, 3>
// CHECK-NOT:     vector.store
func.func @full_result(%a: !v) -> (!v, !s)
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64} {
  %0 = array.negative %a : !v -> !v
  %1 = array.sum %0 axes [0] : !v -> !s
  return %0, %1 : !v, !s
}

// One array for each component of the states: value and position, real and
// imaginary part; bool lives in bytes.
// CHECK-LABEL: func.func @argmax(
// CHECK-SAME:    array.partials = [f32, i64]
func.func @argmax(%a: !v) -> tensor<si64>
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64} {
  %0 = array.argmax %a axes [0] : !v -> tensor<si64>
  return %0 : tensor<si64>
}

// CHECK-LABEL: func.func @complex(
// CHECK-SAME:    array.partials = [f64, f64]
func.func @complex(%a: !c) -> tensor<complex<f64>>
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64} {
  %0 = array.sum %a axes [0] : !c -> tensor<complex<f64>>
  return %0 : tensor<complex<f64>>
}

// CHECK-LABEL: func.func @bool(
// CHECK-SAME:    array.partials = [i8]
// CHECK:         %[[BYTE:.*]] = arith.extui %{{.*}} : i1 to i8
// CHECK-NEXT:    memref.store %[[BYTE]]
// CHECK-LABEL: func.func @bool_combine(
// CHECK:         %[[BYTE:.*]] = memref.load
// CHECK-NEXT:    arith.trunci %[[BYTE]] : i8 to i1
func.func @bool(%a: !b) -> tensor<i1>
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64} {
  %0 = array.any %a axes [0] : !b -> tensor<i1>
  return %0 : tensor<i1>
}

// Several loops: an item is a step of the outer ones.
// CHECK-LABEL: func.func @two_loops(
// CHECK-SAME:    array.item_cost = #array.params<[8, p1]>
// CHECK-SAME:    array.work = #array.params<[1, p0]>, array.work_divisor = 1 : i64
// CHECK-LABEL: func.func @two_loops_combine(
func.func @two_loops(%a: !m, %b: !w) -> !s
    attributes {array.kind = #array.kind<split>, array.num_params = 2 : i64} {
  %0 = array.broadcast %b axes [1] : !w -> !m
  %1 = array.multiply %a, %0 : !m, !m -> !m
  %2 = array.sum %1 axes [0, 1] : !m -> !s
  return %2 : !s
}

// With kept dimensions, and of a single element, it is rows.
// CHECK-LABEL: func.func @kept(
// CHECK-NOT:     array.partials
// CHECK-LABEL: func.func @one_element(
// CHECK-NOT:     array.partials
// CHECK-NOT:     _combine
func.func @kept(%a: !m) -> !w
    attributes {array.kind = #array.kind<split>, array.num_params = 2 : i64} {
  %0 = array.sum %a axes [0] : !m -> !w
  return %0 : !w
}
func.func @one_element(%a: tensor<1xf32>) -> !s
    attributes {array.kind = #array.kind<split>, array.num_params = 0 : i64} {
  %0 = array.sum %a axes [0] : tensor<1xf32> -> !s
  return %0 : !s
}
