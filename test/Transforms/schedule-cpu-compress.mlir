// RUN: numloom-opt %s --numloom-schedule-cpu --canonicalize --cse | FileCheck %s

!m = tensor<?xi1, #array.params<[p0]>>
!x = tensor<?xf32, #array.params<[p0]>>
!r = tensor<?xf32, #array.params<[p1]>>
!c = tensor<?xcomplex<f32>, #array.params<[p0]>>
!cr = tensor<?xcomplex<f32>, #array.params<[p1]>>
!m2 = tensor<?x?xi1, #array.params<[p0, p1]>>
!x2 = tensor<?x?xf32, #array.params<[p0, p1]>>
!t2 = tensor<?x?xf32, #array.params<[p1, p0]>>
!r2 = tensor<?xf32, #array.params<[p2]>>

// Blocks count, one item sums up, blocks write: each where the counts of those
// before it end, a register at a time.
// CHECK-LABEL: func.func @vector_count(
// CHECK-SAME:    %[[COUNTS:[^:]*]]: memref<i64>, %{{[^:]*}}: index, %{{[^:]*}}: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME:    array.item_cost = #array.params<[524288]>
// CHECK-SAME:    array.partials = [i64]
// CHECK-SAME:    array.work = #array.params<[1, p0]>, array.work_divisor = 65536
// CHECK:         scf.for %[[BLOCK:[^ ]*]] = %[[BEGIN]] to %[[END]]
// CHECK:           scf.for
// CHECK:             %[[BITS:.*]] = vector.bitcast %{{.*}} : vector<16xi1> to vector<1xi16>
// CHECK:             math.ctpop
// CHECK:           memref.store %{{.*}}, %{{.*}}[%[[BLOCK]]]

// CHECK-LABEL: func.func @vector_offsets(
// CHECK-SAME:    array.work = #array.params<[1]>
// CHECK:         scf.for %[[BLOCK:[^ ]*]] = %{{.*}} iter_args(%[[BEFORE:[^ ]*]] =
// CHECK:           %[[COUNT:.*]] = memref.load
// CHECK:           memref.store %[[BEFORE]], %{{.*}}[%[[BLOCK]]]
// CHECK:           arith.addi %[[BEFORE]], %[[COUNT]]

// CHECK-LABEL: func.func @vector(
// CHECK:         scf.for
// CHECK:           scf.for %{{.*}} iter_args(%[[AT:[^ ]*]] =
// CHECK:             %[[MASK:.*]] = arith.cmpi ne, {{.*}} : vector<16xi8>
// CHECK:             %[[TO:.*]] = arith.index_cast %[[AT]]
// CHECK:             %[[PACKED:.*]] = llvm.call_intrinsic "llvm.experimental.vector.compress"(%{{.*}}, %[[MASK]], %{{.*}}) : (vector<16xi32>
// CHECK:             %[[FLOATS:.*]] = vector.bitcast %[[PACKED]]
// CHECK:             scf.if
// CHECK:               vector.store %[[FLOATS]], %{{.*}}[%[[TO]]]
// CHECK:             } else {
// CHECK:               vector.maskedstore %{{.*}}[%[[TO]]]
func.func @vector(%m: !m, %x: !x) -> !r
    attributes {array.kind = #array.kind<compress>, array.num_params = 2 : i64} {
  %0 = array.compress %m, %x : !m, !x -> !r
  return %0 : !r
}

// Bytes are packed as words; the parts of complex numbers apart.
// CHECK-LABEL: func.func @parts(
// CHECK:         llvm.call_intrinsic {{.*}} : (vector<{{.*}}xi32>
// CHECK:         llvm.call_intrinsic {{.*}} : (vector<{{.*}}xi32>
// CHECK:         vector.interleave
// CHECK:         llvm.call_intrinsic {{.*}} : (vector<{{.*}}xi32>
// CHECK:         arith.trunci {{.*}} to vector<{{.*}}xi8>
func.func @parts(%m: !m, %x: !c) -> (!cr, tensor<?xi1, #array.params<[p1]>>)
    attributes {array.kind = #array.kind<compress>, array.num_params = 2 : i64} {
  %0 = array.compress %m, %x : !m, !c -> !cr
  %1 = array.compress %m, %m : !m, !m -> tensor<?xi1, #array.params<[p1]>>
  return %0, %1 : !cr, tensor<?xi1, #array.params<[p1]>>
}

// Rows that are no one loop are blocks, in row-major order. Those of a transposed
// array count twice.
// CHECK-LABEL: func.func @rows_count(
// CHECK-SAME:    array.item_cost = #array.params<[16, p1]>
// CHECK-SAME:    array.work = #array.params<[1, p0]>, array.work_divisor = 1
// CHECK-LABEL: func.func @rows(
func.func @rows(%m: !m2, %x: !t2) -> !r2
    attributes {array.kind = #array.kind<compress>, array.num_params = 3 : i64} {
  %0 = array.transpose %x axes [1, 0] : !t2 -> !x2
  %1 = array.compress %m, %0 : !m2, !x2 -> !r2
  return %1 : !r2
}

// Who sums the counts up stores the sum.
// CHECK-LABEL: func.func @counted_offsets(
// CHECK-SAME:    %[[COUNT:[^:]*]]: memref<i64>, %{{[^:]*}}: memref<i64>,
// CHECK:         %[[ALL:.*]] = memref.reinterpret_cast %[[COUNT]]
// CHECK:         %[[SUM:.*]] = scf.for
// CHECK:         memref.store %[[SUM]], %[[ALL]]
// CHECK-LABEL: func.func @counted(
// CHECK:         llvm.call_intrinsic {{.*}} : (vector<16xi32>
func.func @counted(%m: !m, %x: !x) -> (tensor<si64>, !r)
    attributes {array.kind = #array.kind<compress>, array.num_params = 2 : i64} {
  %i = array.cast %m : !m -> tensor<?xsi64, #array.params<[p0]>>
  %0 = array.sum %i axes [0] : tensor<?xsi64, #array.params<[p0]>>
      -> tensor<si64>
  %1 = array.compress %m, %x : !m, !x -> !r
  return %0, %1 : tensor<si64>, !r
}
