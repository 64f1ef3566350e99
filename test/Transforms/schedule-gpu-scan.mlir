// RUN: numloom-opt %s --numloom-schedule-gpu --canonicalize --cse | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
#vectors = #array.guard<value = <factors = <[p1]>>, multiple = 4>

// Two warps hold a row. Lanes, threads, steps and warps hand on what they have;
// what precedes and follows the scan runs in between.
// CHECK-LABEL: gpu.func @row(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0]>>
// CHECK:         vector.load {{.*}} {alignment = 16 : i64}
// CHECK:         arith.negf
// CHECK:         vector.load {{.*}} {alignment = 16 : i64}
// CHECK:         arith.negf
// CHECK-NOT:     vector.load
// CHECK:         %[[L0:.*]] = vector.extract %{{.*}}[0] : f32 from vector<4xf32>
// CHECK:         %[[L1:.*]] = vector.extract %{{.*}}[1] : f32 from vector<4xf32>
// CHECK:         arith.addf %[[L0]], %[[L1]]
// CHECK:         gpu.shuffle up %{{.*}}, %c1_i32
// CHECK:         gpu.shuffle up %{{.*}}, %c2_i32
// CHECK:         gpu.shuffle up %{{.*}}, %c4_i32
// CHECK:         gpu.shuffle up %{{.*}}, %c8_i32
// CHECK:         gpu.shuffle up %{{.*}}, %c16_i32
// CHECK:         gpu.shuffle idx
// CHECK:         gpu.barrier
// CHECK:         math.sqrt %{{.*}} : vector<4xf32>
// CHECK:         scf.if
// CHECK-NEXT:      vector.store
// CHECK:         math.sqrt %{{.*}} : vector<4xf32>
// CHECK:         scf.if
// CHECK-NEXT:      vector.store
func.func @row(%a: !m) -> !m
    attributes {array.kind = #array.kind<scan>, array.num_params = 2 : i64,
                array.guards = [#vectors],
                array.schedule = {name = "scan", threads = 64, group = 64,
                                  vector = 4, steps = 2}} {
  %0 = array.negative %a : !m -> !m
  %1 = array.scan_sum %0 axes [1] : !m -> !m
  %2 = array.sqrt %1 : !m -> !m
  return %2 : !m
}

// A block publishes what its tile sums to, and waits for what tiles before it
// published: first those of its group of 32, then groups. Meanwhile the tile is
// in shared memory.
// CHECK-LABEL: gpu.func @tiles(
// CHECK-SAME:    %[[TILES:[^:]*]]: memref<i64> {{{[^}]*}}}, %[[TOTALS:[^:]*]]: memref<i64> {{{[^}]*}}}, %[[PREFIXES:[^:]*]]: memref<i64>
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0]>, divisor = 64>
// CHECK-SAME:    array.partial_entries = [#array.size<factors = <[p0]>, divisor = 64>, #array.size<factors = <[p0]>, divisor = 2048>, #array.size<factors = <[p0]>, divisor = 2048>]
// CHECK-SAME:    array.partial_zeroed = array<i1: true, true, true>, array.partials = [i64, i64, i64]
// CHECK:         %[[MARK:.*]] = arith.constant 4294967296 : i64
// CHECK:         memref.store %{{.*}}, %[[TILE:.*]][%{{.*}}] : memref<64xf32, #gpu.address_space<workgroup>>
// CHECK:         %[[BOARD:.*]] = memref.reinterpret_cast %[[TILES]]
// CHECK:         %[[BITS:.*]] = arith.extui %{{.*}} : i32 to i64
// CHECK:         %[[WORD:.*]] = arith.ori %[[BITS]], %[[MARK]]
// CHECK:         memref.atomic_rmw assign %[[WORD]], %[[BOARD]]
// CHECK:         memref.atomic_rmw ori %{{.*}}, %[[BOARD]]
// CHECK:         scf.while
// CHECK:           arith.cmpi ult, %{{.*}}, %[[MARK]]
// CHECK:           nvvm.vote.sync ballot
// CHECK:         } do {
// CHECK:           memref.atomic_rmw ori %{{.*}}, %[[BOARD]]
// CHECK:         gpu.shuffle xor
// CHECK:         scf.while
// CHECK:           math.cttz
// CHECK:         scf.for
// CHECK:           gpu.shuffle idx
// CHECK:         gpu.barrier
// CHECK:         memref.load %[[TILE]]
// CHECK:         memref.store
func.func @tiles(%a: !v) -> !v
    attributes {array.kind = #array.kind<scan>, array.num_params = 1 : i64,
                array.schedule = {name = "tiled_scan", threads = 64,
                                  vector = 1, steps = 1}} {
  %0 = array.scan_sum %a axes [0] : !v -> !v
  return %0 : !v
}

// Along columns each thread walks down its own; slabs are reduced first, and
// each thread starts from what the slabs above it sum to.
// CHECK-LABEL: gpu.func @column(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p1]>, divisor = 32, scale = 8>
// CHECK-LABEL: gpu.func @column_apply(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p1]>, divisor = 64, scale = 8>
// CHECK:         %[[SPLIT:.*]] = arith.remui %{{.*}}, %c8
// CHECK:         %[[ABOVE:.*]] = scf.for %{{.*}} = %c0 to %[[SPLIT]]
// CHECK:         scf.for {{.*}} iter_args(%[[STATE:.*]] = %[[ABOVE]])
// CHECK:           %[[NEXT:.*]] = arith.addf %[[STATE]]
// CHECK:           memref.store %[[NEXT]]
// CHECK:           scf.yield %[[NEXT]]
func.func @column(%a: !m) -> !m
    attributes {array.kind = #array.kind<scan>, array.num_params = 2 : i64,
                array.schedule = {name = "column_scan", threads = 64,
                                  across = 32, splits = 8, steps = 1}} {
  %0 = array.scan_sum %a axes [0] : !m -> !m
  return %0 : !m
}

// What is chosen by the length of a row, and by the axis.
// CHECK-LABEL: gpu.func @choose_short(
// CHECK-SAME:    array.schedule = {group = 16 : i64, name = "scan", steps = 4 : i64, threads = 256 : i64, vector = 1 : i64}
// CHECK-LABEL: gpu.func @choose_column(
// CHECK-SAME:    array.schedule = {across = 32 : i64, name = "column_scan", splits = 64 : i64, steps = 4 : i64, threads = 256 : i64, vector = 4 : i64}
func.func @choose_short(%a: !m) -> !m
    attributes {array.kind = #array.kind<scan>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 1000, 63>} {
  %0 = array.scan_sum %a axes [1] : !m -> !m
  return %0 : !m
}
func.func @choose_column(%a: !m) -> !m
    attributes {array.kind = #array.kind<scan>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.scan_sum %a axes [0] : !m -> !m
  return %0 : !m
}

// Tiles of 32-bit elements and indices are large, and few at a time.
// CHECK-LABEL: gpu.func @choose_long(
// CHECK-SAME:    array.schedule = {blocks = 4 : i64, name = "tiled_scan", steps = 8 : i64, threads = 256 : i64, vector = 4 : i64}
func.func @choose_long(%a: !v) -> !v
    attributes {array.kind = #array.kind<scan>, array.num_params = 1 : i64,
                array.index_bits = 32 : i64,
                array.param_hints = array<i64: 50000000>} {
  %0 = array.scan_sum %a axes [0] : !v -> !v
  return %0 : !v
}

// A row whose length need not be a multiple of the vectors: one thread of the
// last tile goes on behind the last vector.
// CHECK-LABEL: gpu.func @tail(
// CHECK:         vector.load {{.*}} {alignment = 16 : i64}
// CHECK:         vector.store
// CHECK:         scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %c1 iter_args(%[[RUNNING:.*]] = %{{.*}}) -> (f32)
// CHECK:             %[[ELEMENT:.*]] = memref.load %{{.*}}[%[[I]]]
// CHECK:             %[[NEXT:.*]] = arith.addf %[[RUNNING]], %[[ELEMENT]]
// CHECK:             memref.store %[[NEXT]], %{{.*}}[%[[I]]]
// CHECK:             scf.yield %[[NEXT]]
func.func @tail(%a: !v) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 1 : i64,
                array.index_bits = 32 : i64,
                array.param_hints = array<i64: 1000001>} {
  %0 = array.scan_sum %a axes [0] : !v -> !v
  return %0 : !v
}
