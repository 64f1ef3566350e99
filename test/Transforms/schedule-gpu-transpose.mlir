// RUN: numloom-opt %s --numloom-schedule-gpu | FileCheck %s

!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!t = tensor<?x?xf32, #array.params<[p1, p0]>>
!n = tensor<?x?xf64, #array.params<[p0, p1]>>
!u = tensor<?x?xf64, #array.params<[p1, p0]>>
!z = tensor<?x?xcomplex<f64>, #array.params<[p0, p1]>>
!y = tensor<?x?xcomplex<f64>, #array.params<[p1, p0]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>
!w = tensor<?x?x?xf32, #array.params<[p2, p1, p0]>>

// A tile of 64 x 64 passes through shared memory, whose rows are one element
// longer: vectors of 16 bytes on both sides.
// CHECK-LABEL: gpu.func @transposed(
// CHECK-SAME:    %[[A:[^:]*]]: memref<f32> {{[^}]*}}}, %[[R:[^:]*]]: memref<f32> {{[^}]*}}}, %[[P0:[^:]*]]: index, %[[P1:[^:]*]]: index)
// CHECK-SAME:    workgroup(%[[TILE:[^ ]*]] : memref<4160xf32, #gpu.address_space<workgroup>>
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0, p1]>, divisor = 4096>
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p0]>>, multiple = 4>, #array.guard<value = <factors = <[p1]>>, multiple = 4>,
// CHECK-SAME:                    #array.guard<value = <factors = <[p0]>>, minimum = 16>, #array.guard<value = <factors = <[p1]>>, minimum = 16>]
// CHECK-SAME:    array.schedule = {dim = 0 : i64, height = 64 : i64, name = "transpose", threads = 256 : i64, unroll = 4 : i64, vector = 4 : i64, width = 64 : i64}
// CHECK:         %[[BLOCK:.*]] = gpu.block_id x
// CHECK:         %[[TILES:.*]] = arith.muli
// CHECK:         %[[GRID:.*]] = gpu.grid_dim x
// Partial tiles make more tiles than blocks.
// CHECK:         scf.for %{{.*}} = %[[BLOCK]] to %[[TILES]] step %[[GRID]] {
// Four vectors are loaded before the first is stored; beyond the edge, the
// last one is.
// CHECK:           scf.for
// CHECK:             arith.minui
// CHECK:             %[[V0:.*]] = vector.load {{.*}} {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK:             %[[V1:.*]] = vector.load {{.*}} {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK:             %[[V2:.*]] = vector.load {{.*}} {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK:             %[[V3:.*]] = vector.load {{.*}} {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK-COUNT-16:    memref.store {{.*}}, %[[TILE]]
// CHECK:           gpu.barrier
// CHECK:           scf.for
// CHECK-COUNT-16:    memref.load %[[TILE]]
// CHECK-COUNT-4:     vector.store {{.*}} {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK:           gpu.barrier
// CHECK:         gpu.return
func.func @transposed(%a: !t) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.transpose %a axes [1, 0] : !t -> !m
  return %0 : !m
}

// Extents that are no whole vectors: elements.
// CHECK-LABEL: gpu.func @odd
// CHECK-NOT:     multiple
// CHECK-SAME:    vector = 1 : i64
// CHECK-NOT:     vector.
// CHECK:         gpu.return
func.func @odd(%a: !t) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 8191, 4096>} {
  %0 = array.transpose %a axes [1, 0] : !t -> !m
  return %0 : !m
}

// What is computed with the elements, and operands that lie as the result.
// CHECK-LABEL: gpu.func @epilogue(
// CHECK-SAME:    %[[A:[^:]*]]: memref<f32>
// CHECK-SAME:    workgroup(%[[TILE:[^ ]*]] : memref<4160xf32
// CHECK:         %[[AF:.*]] = memref.reinterpret_cast %[[A]]
// CHECK:         gpu.barrier
// CHECK:         scf.for
// CHECK:           %[[X:.*]] = vector.load %[[AF]]{{.*}} {alignment = 16 : i64}
// CHECK:           memref.load %[[TILE]]
// CHECK:           %[[Y:.*]] = vector.from_elements
// CHECK:           %[[EXP:.*]] = math.exp %[[Y]]
// CHECK:           arith.addf %[[X]], %[[EXP]] : vector<4xf32>
func.func @epilogue(%a: !m, %b: !t) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 64, 64>} {
  %0 = array.transpose %b axes [1, 0] : !t -> !m
  %1 = array.exp %0 : !m -> !m
  %2 = array.add %a, %1 : !m, !m -> !m
  return %2 : !m
}

// Several operands or wide elements: smaller tiles. Each is read once.
// CHECK-LABEL: gpu.func @two_operands
// CHECK-SAME:    workgroup(%{{[^ ]*}} : memref<1056xf32{{.*}}, %{{[^ ]*}} : memref<1056xf64
// CHECK-SAME:    height = 32 : i64, {{.*}} vector = 2 : i64, width = 32 : i64
func.func @two_operands(%a: !t, %b: !u) -> !n
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 64, 64>} {
  %0 = array.transpose %a axes [1, 0] : !t -> !m
  %1 = array.cast %0 : !m -> !n
  %2 = array.transpose %b axes [1, 0] : !u -> !n
  %3 = array.add %1, %2 : !n, !n -> !n
  return %3 : !n
}

// CHECK-LABEL: gpu.func @complex
// CHECK-SAME:    workgroup(%{{[^ ]*}} : memref<1056xf64{{.*}}, %{{[^ ]*}} : memref<1056xf64
func.func @complex(%a: !y) -> !z
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 64, 64>} {
  %0 = array.transpose %a axes [1, 0] : !y -> !z
  return %0 : !z
}

// Loops outside of tiles are part of a tile's number.
// CHECK-LABEL: gpu.func @three_loops(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index, %{{[^:]*}}: index)
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0, p1, p2]>, divisor = 4096>
// CHECK-SAME:    dim = 0 : i64, height = 64 : i64, name = "transpose"
// CHECK:         %[[TILES:.*]] = arith.muli %{{.*}}, %[[P1]]
// CHECK:         scf.for %{{.*}} to %[[TILES]]
func.func @three_loops(%a: !w) -> !x
    attributes {array.num_params = 3 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 64, 5, 64>} {
  %0 = array.transpose %a axes [2, 1, 0] : !w -> !x
  return %0 : !x
}

// Few planes of long rows, as of an image with interleaved colours: a tile as
// high as there are planes, as long as they stay few.
// CHECK-LABEL: gpu.func @planes
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p0]>>, minimum = 1, maximum = 8>, #array.guard<value = <factors = <[p1]>>, minimum = 256>]
// CHECK-SAME:    height = 4 : i64, name = "transpose", threads = 256 : i64, unroll = 4 : i64, vector = 1 : i64, width = 1024 : i64
func.func @planes(%a: !t) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 3, 1000000>} {
  %0 = array.transpose %a axes [1, 0] : !t -> !m
  return %0 : !m
}

// Short rows: the lines of the operand are found in the caches.
// CHECK-LABEL: gpu.func @short_rows
// CHECK-SAME:    name = "loop"
func.func @short_rows(%a: !t) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 1000000, 3>} {
  %0 = array.transpose %a axes [1, 0] : !t -> !m
  return %0 : !m
}

// An operand that lies transposed and reversed, as of a quarter turn: its
// elements pass one by one.
// CHECK-LABEL: gpu.func @turned
// CHECK-SAME:    name = "transpose", threads = 256 : i64, unroll = 4 : i64, vector = 1 : i64
// CHECK-COUNT-4: memref.load %{{.*}} : memref<?xf64>
// CHECK-COUNT-4: memref.store {{.*}} #gpu.address_space<workgroup>>
// CHECK:         gpu.barrier
// CHECK:         gpu.return
func.func @turned(%a: tensor<?xf64>, %b: !n) -> !n
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 4000, 4000>} {
  %0 = array.as_strided %a strides <[-1, p1]> : tensor<?xf64> -> !n
  %1 = array.add %0, %b : !n, !n -> !n
  return %1 : !n
}
