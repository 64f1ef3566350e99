// RUN: numloom-opt %s --numloom-schedule-gpu --canonicalize --cse | FileCheck %s

!m = tensor<?xi1, #array.params<[p0]>>
!x = tensor<?xf32, #array.params<[p0]>>
!r = tensor<?xf32, #array.params<[p1]>>
#vectors = #array.guard<value = <factors = <[p0]>>, multiple = 4>

// A block counts what its tile lets through, packs it in shared memory, looks
// back at the tiles before it, and writes neighbouring elements. Counts of
// several steps share a register. What the mask leaves out goes behind the tile,
// where each thread has a place.
// CHECK-LABEL: gpu.func @tiles(
// CHECK-SAME:    memref<576xf32, #gpu.address_space<workgroup>>
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0]>, divisor = 512>
// CHECK-SAME:    array.partial_zeroed = array<i1: true, true, true>, array.partials = [i64, i64, i64]
// CHECK:         vector.load {{.*}} {alignment = 16 : i64}
// CHECK:         vector.load {{.*}} {alignment = 16 : i64}
// CHECK-COUNT-5: gpu.shuffle up
// CHECK:         gpu.shuffle idx
// CHECK-NOT:     gpu.shuffle up
// CHECK:         gpu.barrier
// CHECK:         %[[ASIDE:.*]] = arith.addi %{{.*}}, %c512
// CHECK:         %[[PLACE:.*]] = arith.select %{{.*}}, %{{.*}}, %[[ASIDE]]
// CHECK:         memref.store %{{.*}}, %{{.*}}[%[[PLACE]]] : memref<576xf32, #gpu.address_space<workgroup>>
// CHECK:         memref.atomic_rmw assign
// CHECK:         gpu.barrier
// CHECK:         scf.for
// CHECK:           %[[PACKED:.*]] = memref.load {{.*}} : memref<576xf32, #gpu.address_space<workgroup>>
// CHECK-NEXT:      memref.store %[[PACKED]]
func.func @tiles(%x: !x, %zero: tensor<f32> {array.scalar}) -> !r
    attributes {array.kind = #array.kind<compress>, array.num_params = 2 : i64,
                array.index_bits = 32 : i64, array.guards = [#vectors],
                array.schedule = {name = "compress", threads = 64, vector = 4,
                                  steps = 2}} {
  %z = array.broadcast %zero axes [] : tensor<f32> -> !x
  %m = array.greater %x, %z : !x, !x -> !m
  %0 = array.compress %m, %x : !m, !x -> !r
  return %0 : !r
}

// Arrays under one mask have one scan.
// CHECK-LABEL: gpu.func @several(
// CHECK-SAME:    memref<128xf32, #gpu.address_space<workgroup>>
// CHECK-SAME:    memref<128xi8, #gpu.address_space<workgroup>>
// CHECK-COUNT-5: gpu.shuffle up
// CHECK-NOT:     gpu.shuffle up
func.func @several(%m: !m, %x: !x) -> (!r, tensor<?xi1, #array.params<[p1]>>)
    attributes {array.kind = #array.kind<compress>, array.num_params = 2 : i64,
                array.index_bits = 32 : i64,
                array.schedule = {name = "compress", threads = 64, vector = 1,
                                  steps = 1}} {
  %0 = array.compress %m, %x : !m, !x -> !r
  %1 = array.compress %m, %m : !m, !m -> tensor<?xi1, #array.params<[p1]>>
  return %0, %1 : !r, tensor<?xi1, #array.params<[p1]>>
}

// The last block stores how many there are.
// CHECK-LABEL: gpu.func @counted(
// CHECK-SAME:    %[[COUNT:[^:]*]]: memref<i64>
// CHECK:         gpu.barrier
// CHECK:         %[[LAST:.*]] = arith.cmpi eq, %{{.*}}, %grid_dim_x
// CHECK:         %[[ONE:.*]] = arith.andi %[[LAST]]
// CHECK:         %[[ALL:.*]] = memref.reinterpret_cast %[[COUNT]]
// CHECK:         scf.if %[[ONE]]
// CHECK:           %[[END:.*]] = arith.index_cast
// CHECK:           memref.store %[[END]], %[[ALL]][%c0]
func.func @counted(%x: !x, %zero: tensor<f32> {array.scalar})
    -> (tensor<si64>, !x)
    attributes {array.kind = #array.kind<compress>, array.num_params = 1 : i64,
                array.index_bits = 32 : i64, array.guards = [#vectors],
                array.schedule = {name = "compress", threads = 64, vector = 4,
                                  steps = 2}} {
  %z = array.broadcast %zero axes [] : tensor<f32> -> !x
  %m = array.greater %x, %z : !x, !x -> !m
  %i = array.cast %m : !m -> tensor<?xsi64, #array.params<[p0]>>
  %0 = array.sum %i axes [0] : tensor<?xsi64, #array.params<[p0]>>
      -> tensor<si64>
  %1 = array.compress %m, %x : !m, !x -> !x
  return %0, %1 : tensor<si64>, !x
}
