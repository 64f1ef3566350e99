// RUN: numloom-opt %s --numloom-schedule-gpu | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!c = tensor<?xsi32, #array.params<[p0]>>
!i = tensor<?xsi64, #array.params<[p1]>>
!w = tensor<?xf32, #array.params<[p1]>>
!d = tensor<?xsi32, #array.params<[p1]>>
!m = tensor<?xi1, #array.params<[p1]>>

// Several loads of a thread are on their way at once.
// CHECK-LABEL: gpu.func @gather(
// CHECK-SAME:    array.schedule = {name = "loop", threads = 256 : i64, unroll = 2 : i64, vector = 2 : i64}
// CHECK:         vector.load %{{.*}} : memref<?xi64>, vector<2xi64>
// CHECK-COUNT-2: memref.load %{{.*}} : memref<?xf32>
// CHECK:         vector.load %{{.*}} : memref<?xi64>, vector<2xi64>
// CHECK-COUNT-2: memref.load %{{.*}} : memref<?xf32>
// CHECK:         vector.store
func.func @gather(%x: !v, %i: !i) -> !w
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64, array.index_bits = 32 : i64} {
  %0 = array.gather %x[%i] axes [0] : !v, !i -> !w
  return %0 : !w
}

// Different places: each thread stores its own, where the index is inside before
// it narrows.
// CHECK-LABEL: gpu.func @unique(
// CHECK-SAME:    name = "loop"
// CHECK:         %[[INDEX:.*]] = vector.load %{{.*}} : memref<?xi64>
// CHECK:         %[[INSIDE:.*]] = arith.cmpi ult, %[[INDEX]], %{{.*}} : vector<2xi64>
// CHECK:         %[[FIRST:.*]] = vector.extract %[[INSIDE]][0]
// CHECK:         scf.if %[[FIRST]] {
// CHECK:           memref.store
func.func @unique(%x: !v, %w: !w, %i: !i) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64,
                array.in_place = array<i64: 0>, array.index_bits = 32 : i64} {
  %0 = array.scatter %x[%i] axes [0], %w combine replace repeats none : !v, !w, !i -> !v
  return %0 : !v
}

// Whoever comes last stores the same.
// CHECK-LABEL: gpu.func @equal(
// CHECK-SAME:    name = "loop"
// CHECK-NOT:     atomic_rmw
// CHECK:         memref.store
func.func @equal(%x: !v, %w: !w, %i: !i) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64,
                array.in_place = array<i64: 0>, array.index_bits = 32 : i64} {
  %0 = array.scatter %x[%i] axes [0], %w combine replace repeats equal : !v, !w, !i -> !v
  return %0 : !v
}

// Nothing is read of a scatter all of whose entries are left out.
// CHECK-LABEL: gpu.func @called_off(
// CHECK:         %[[BYTE:.*]] = memref.load %{{.*}} : memref<?xi8>
// CHECK:         %[[GOES_ON:.*]] = arith.cmpi ne, %[[BYTE]]
// CHECK-NOT:     vector.load
// CHECK:         scf.if %[[GOES_ON]] {
// CHECK:           vector.load %{{.*}} : memref<?xi64>
func.func @called_off(%x: !v, %w: !w, %i: !i, %flag: tensor<i1>, %chosen: !m) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64,
                array.in_place = array<i64: 0>, array.index_bits = 32 : i64} {
  %none = array.constant(-1 : i64) : !i
  %0 = array.reshape %flag : tensor<i1> -> tensor<1xi1>
  %1 = array.broadcast %0 axes [0] : tensor<1xi1> -> !m
  %2 = array.where %1, %i, %none : !m, !i, !i -> !i
  %3 = array.where %chosen, %2, %none : !m, !i, !i -> !i
  %4 = array.scatter %x[%3] axes [0], %w combine replace repeats none : !v, !w, !i -> !v
  return %4 : !v
}

// Otherwise all entries may go to the first place.
// CHECK-LABEL: gpu.func @all_to_one(
// CHECK:         %[[THREAD:.*]] = arith.cmpi ult
// CHECK:         scf.if %[[THREAD]] {
// CHECK:           memref.load %{{.*}} : memref<?xi8>
func.func @all_to_one(%x: !v, %w: !w, %i: !i, %flag: tensor<i1>) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64,
                array.in_place = array<i64: 0>, array.index_bits = 32 : i64} {
  %first = array.constant(0 : i64) : !i
  %0 = array.reshape %flag : tensor<i1> -> tensor<1xi1>
  %1 = array.broadcast %0 axes [0] : tensor<1xi1> -> !m
  %2 = array.where %1, %i, %first : !m, !i, !i -> !i
  %3 = array.scatter %x[%2] axes [0], %w combine replace repeats equal : !v, !w, !i -> !v
  return %3 : !v
}

// Equal float64s add up to the same in any order.
// CHECK-LABEL: gpu.func @equal_terms(
// CHECK-SAME:    name = "loop"
// CHECK:         scf.if
// CHECK:           %[[TERM:.*]] = arith.negf
// CHECK:           memref.atomic_rmw addf %[[TERM]]
func.func @equal_terms(%x: tensor<?xf64, #array.params<[p0]>>, %w: tensor<?xf64, #array.params<[p1]>>,
                       %i: !i) -> tensor<?xf64, #array.params<[p0]>>
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64,
                array.in_place = array<i64: 0>, array.index_bits = 32 : i64} {
  %0 = array.scatter %x[%i] axes [0], %w combine subtract repeats equal
      : tensor<?xf64, #array.params<[p0]>>, tensor<?xf64, #array.params<[p1]>>, !i
     -> tensor<?xf64, #array.params<[p0]>>
  return %0 : tensor<?xf64, #array.params<[p0]>>
}

// The greater of two numbers is stored only where it is another one.
// CHECK-LABEL: gpu.func @equal_bounds(
// CHECK-SAME:    name = "loop"
// CHECK-NOT:     atomic_rmw
// CHECK:         %[[OLD:.*]] = memref.load %{{.*}} : memref<?xf32>
// CHECK:         %[[CHANGES:.*]] = arith.cmpf une, %{{.*}}, %[[OLD]]
// CHECK:         scf.if %[[CHANGES]] {
// CHECK-NEXT:      memref.store
func.func @equal_bounds(%x: !v, %w: !w, %i: !i) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64,
                array.in_place = array<i64: 0>, array.index_bits = 32 : i64} {
  %0 = array.scatter %x[%i] axes [0], %w combine maximum repeats equal : !v, !w, !i -> !v
  return %0 : !v
}

// Integers add up in any order.
// CHECK-LABEL: gpu.func @count(
// CHECK-SAME:    name = "loop"
// CHECK:         scf.if
// CHECK:           memref.atomic_rmw addi
func.func @count(%x: !c, %w: !d, %i: !i) -> !c
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64,
                array.in_place = array<i64: 0>, array.index_bits = 32 : i64} {
  %0 = array.scatter %x[%i] axes [0], %w combine add repeats any : !c, !d, !i -> !c
  return %0 : !c
}

// Rows of vectors too: each lane on its own, although all go to one place.
// CHECK-LABEL: gpu.func @count_rows(
// CHECK-SAME:    vector = 2 : i64
// CHECK-COUNT-2: memref.atomic_rmw addi
// CHECK-NOT:     memref.atomic_rmw
func.func @count_rows(%one: tensor<si64> {array.scalar},
                      %x: tensor<?x?xsi64, #array.params<[p1, p2]>>, %i: tensor<?xsi64, #array.params<[p0]>>)
    -> tensor<?x?xsi64, #array.params<[p1, p2]>>
    attributes {array.kind = #array.kind<scatter>, array.num_params = 3 : i64, array.in_place = array<i64: 1>,
                array.index_bits = 32 : i64,
                array.schedule = {name = "loop", threads = 256 : i64, unroll = 1 : i64, vector = 2 : i64}} {
  %0 = array.reshape %one : tensor<si64> -> tensor<1x1xsi64>
  %1 = array.broadcast %0 axes [0, 1] : tensor<1x1xsi64> -> tensor<?x?xsi64, #array.params<[p0, p2]>>
  %2 = array.scatter %x[%i] axes [0], %1 combine add repeats any
      : tensor<?x?xsi64, #array.params<[p1, p2]>>, tensor<?x?xsi64, #array.params<[p0, p2]>>,
        tensor<?xsi64, #array.params<[p0]>> -> tensor<?x?xsi64, #array.params<[p1, p2]>>
  return %2 : tensor<?x?xsi64, #array.params<[p1, p2]>>
}

// The thread of a run's first entry adds up all of them, in their order.
// CHECK-LABEL: gpu.func @runs(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p1]>, divisor = 256>
// CHECK-SAME:    name = "scatter_runs"
// CHECK:         %[[HEAD:.*]] = scf.if
// CHECK:         scf.if %[[HEAD]] {
// CHECK:           %[[OLD:.*]] = memref.load
// CHECK:           %[[SUM:.*]]:2 = scf.while (%{{.*}} = %{{.*}}, %{{.*}} = %[[OLD]])
// CHECK:             arith.addf
// CHECK:           memref.store %[[SUM]]#1
func.func @runs(%x: !v, %w: !w, %i: !i) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64,
                array.in_place = array<i64: 0>, array.index_bits = 32 : i64} {
  %0 = array.scatter %x[%i] axes [0], %w combine add repeats neighbours : !v, !w, !i -> !v
  return %0 : !v
}

// Nothing is known of the places: one thread takes one entry after the other.
// CHECK-LABEL: gpu.func @serial(
// CHECK-SAME:    array.blocks = #array.size<factors = <[]>>
// CHECK-SAME:    name = "scatter_serial"
// CHECK:         scf.if
// CHECK:           scf.for
// CHECK:             scf.if
// CHECK:               memref.store
func.func @serial(%x: !v, %w: !w, %i: !i) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 2 : i64,
                array.in_place = array<i64: 0>, array.index_bits = 32 : i64} {
  %0 = array.scatter %x[%i] axes [0], %w combine replace repeats any : !v, !w, !i -> !v
  return %0 : !v
}
