// RUN: numloom-opt %s --numloom-schedule-cpu=vector-bytes=32 --split-input-file | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!i = tensor<?xsi64, #array.params<[p1]>>
!w = tensor<?xf32, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p2]>>
!r = tensor<?x?xf32, #array.params<[p1, p2]>>

// Indices are loaded as vectors, elements one by one.
// CHECK-LABEL: func.func @gather(
// CHECK-SAME:    %[[X:[^:]*]]: memref<f32>, %[[I:[^:]*]]: memref<i64>
// CHECK:         %[[FX:.*]] = memref.reinterpret_cast %[[X]]
// CHECK:         scf.for
// CHECK:           %[[INDEX:.*]] = vector.load %{{.*}} : memref<?xi64>, vector<[[LANES:.*]]xi64>
// CHECK:           %[[LANE:.*]] = arith.index_cast %[[INDEX]]
// CHECK:           %[[FIRST:.*]] = vector.extract %[[LANE]][0]
// CHECK:           %[[AT:.*]] = arith.addi %{{.*}}, %[[FIRST]]
// CHECK:           memref.load %[[FX]][%[[AT]]]
// CHECK:           vector.from_elements
func.func @gather(%x: !v, %i: !i) -> !w
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.gather %x[%i] axes [0] : !v, !i -> !w
  return %0 : !w
}

// -----

!i = tensor<?xsi64, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p2]>>
!r = tensor<?x?xf32, #array.params<[p1, p2]>>

// Along rows that lie as they are an index is a number before the loop.
// CHECK-LABEL: func.func @rows(
// CHECK:         scf.for
// CHECK:           %[[INDEX:.*]] = memref.load %{{.*}} : memref<?xi64>
// CHECK:           %[[ROW:.*]] = arith.index_cast %[[INDEX]] : i64 to index
// CHECK:           %[[START:.*]] = arith.muli %[[ROW]]
// CHECK:           scf.for %[[K:.*]] =
// CHECK:             %[[AT:.*]] = arith.addi %[[START]], %[[K]]
// CHECK:             vector.load %{{.*}}[%[[AT]]]
// CHECK-NOT:     vector.gather
func.func @rows(%x: !m, %i: !i) -> !r
    attributes {array.kind = #array.kind<loop>, array.num_params = 3 : i64} {
  %0 = array.gather %x[%i] axes [0] : !m, !i -> !r
  return %0 : !r
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!i = tensor<?xsi64, #array.params<[p1]>>
!w = tensor<?xf32, #array.params<[p1]>>

// Entries for one place go one after the other: one item, lane by lane.
// CHECK-LABEL: func.func @in_order(
// CHECK-SAME:    %[[RESULT:[^:]*]]: memref<f32>, %[[P0:[^:]*]]: index, %{{[^:]*}}: index, %{{[^:]*}}: index, %{{[^:]*}}: index)
// CHECK-SAME:    array.item_cost = #array.params<[8, p1]>
// CHECK-SAME:    array.work = #array.params<[1]>
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             %[[INDEX:.*]] = vector.load %{{.*}} : memref<?xi64>
// CHECK:             %[[INSIDE:.*]] = arith.cmpi ult, %[[INDEX]]
// CHECK:             %[[FIRST:.*]] = vector.extract %[[INSIDE]][0]
// CHECK:             scf.if %[[FIRST]] {
// CHECK:               %[[OLD:.*]] = memref.load
// CHECK:               %[[NEW:.*]] = arith.addf %[[OLD]]
// CHECK:               memref.store %[[NEW]]
// CHECK:             vector.extract %[[INSIDE]][1]
func.func @in_order(%x: !v, %w: !w, %i: !i) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64} {
  %0 = array.scatter %x[%i] axes [0], %w combine add repeats any : !v, !w, !i -> !v
  return %0 : !v
}

// -----

!i = tensor<?xsi64, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p2]>>
!r = tensor<?x?xf32, #array.params<[p1, p2]>>

// Rows of different places are items, stored as vectors.
// CHECK-LABEL: func.func @unique_rows(
// CHECK-SAME:    array.item_cost = #array.params<[8, p2]>
// CHECK-SAME:    array.work = #array.params<[1, p1]>
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             scf.if
// CHECK:               vector.store
func.func @unique_rows(%x: !m, %w: !r, %i: !i) -> !m
    attributes {array.kind = #array.kind<scatter>, array.num_params = 3 : i64} {
  %0 = array.scatter %x[%i] axes [0], %w combine replace repeats none : !m, !r, !i -> !m
  return %0 : !m
}
