// RUN: numloom-opt %s --numloom-schedule-gpu --canonicalize --cse | FileCheck %s

!v = tensor<?x?xf32, #array.params<[p0, p1]>>
!r = tensor<?x?xf32, #array.params<[p2, p3]>>
!s = tensor<?x?xf32, #array.params<[p2, p1]>>
#even = #array.guard<value = <factors = <[p1]>>, multiple = 2>
#evenResult = #array.guard<value = <factors = <[p3]>>, multiple = 2>

// A tile of two rows and two columns: it needs two rows of four elements, and
// the middle two of the rows above and below. The pairs of the inner rows are
// vectors; above, what lies left of the tile's first element is not read, nor
// what lies right of its last below.
// CHECK-LABEL: gpu.func @five_points(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p2, p3]>, multiplier = 65, divisor = 65536>
// CHECK-SAME:    array.threads = 256
// CHECK:         scf.if
// CHECK-NOT:     scf.if
// The last tile of a column begins where its rows fit.
// CHECK:         arith.minui
// CHECK:         memref.load
// CHECK-COUNT-6: vector.load {{.*}} {alignment = 8 : i64}
// CHECK:         memref.load
// CHECK-NOT:     .load
// CHECK:         vector.store {{.*}} {alignment = 8 : i64} {{.*}} vector<2xf32>
// CHECK-NOT:     .load
// CHECK:         vector.store {{.*}} {alignment = 8 : i64} {{.*}} vector<2xf32>
// CHECK-NOT:     .store
// CHECK:         gpu.return
func.func @five_points(%x: !v) -> !r
    attributes {array.kind = #array.kind<loop>, array.num_params = 4 : i64,
                array.index_bits = 32 : i64,
                array.guards = [#even, #evenResult],
                array.schedule = {name = "stencil", vector = 2, rows = 2,
                                  threads = 256}} {
  %0 = array.slice %x starts <[0, 1]> steps <[1, 1]> : !v -> !r
  %1 = array.slice %x starts <[2, 1]> steps <[1, 1]> : !v -> !r
  %2 = array.slice %x starts <[1, 0]> steps <[1, 1]> : !v -> !r
  %3 = array.slice %x starts <[1, 2]> steps <[1, 1]> : !v -> !r
  %4 = array.add %0, %1 : !r, !r -> !r
  %5 = array.add %2, %3 : !r, !r -> !r
  %6 = array.add %4, %5 : !r, !r -> !r
  return %6 : !r
}

// Odd rows: elements come one by one, each once, and what is computed of them
// once for all results of the tile: twelve loads and not eighteen.
// CHECK-LABEL: gpu.func @separable(
// CHECK-COUNT-12: memref.load
// CHECK-NOT:      memref.load
// CHECK-COUNT-2:  memref.store
// CHECK-NOT:      memref.store
func.func @separable(%x: !v) -> !r
    attributes {array.kind = #array.kind<loop>, array.num_params = 4 : i64,
                array.index_bits = 32 : i64,
                array.schedule = {name = "stencil", rows = 2, threads = 256}} {
  %0 = array.slice %x starts <[0, 0]> steps <[1, 1]> : !v -> !s
  %1 = array.slice %x starts <[1, 0]> steps <[1, 1]> : !v -> !s
  %2 = array.slice %x starts <[2, 0]> steps <[1, 1]> : !v -> !s
  %3 = array.add %0, %1 : !s, !s -> !s
  %4 = array.add %3, %2 : !s, !s -> !s
  %5 = array.slice %4 starts <[0, 0]> steps <[1, 1]> : !s -> !r
  %6 = array.slice %4 starts <[0, 1]> steps <[1, 1]> : !s -> !r
  %7 = array.slice %4 starts <[0, 2]> steps <[1, 1]> : !s -> !r
  %8 = array.add %5, %6 : !r, !r -> !r
  %9 = array.add %8, %7 : !r, !r -> !r
  return %9 : !r
}

// Chosen where at least three loads lie a few elements apart and rows are long
// enough; 16 bytes are a row of a tile if all rows allow vectors of them.
// CHECK-LABEL: gpu.func @chosen(
// CHECK-SAME:    array.schedule = {name = "stencil", rows = 4 : i64, threads = 128 : i64, vector = 4 : i64}
func.func @chosen(%x: !v) -> !r
    attributes {array.kind = #array.kind<loop>, array.num_params = 4 : i64,
                array.index_bits = 32 : i64,
                array.param_hints = array<i64: 1000, 1004, 998, 1000>} {
  %0 = array.slice %x starts <[0, 0]> steps <[1, 1]> : !v -> !r
  %1 = array.slice %x starts <[1, 2]> steps <[1, 1]> : !v -> !r
  %2 = array.slice %x starts <[2, 4]> steps <[1, 1]> : !v -> !r
  %3 = array.add %0, %1 : !r, !r -> !r
  %4 = array.add %3, %2 : !r, !r -> !r
  return %4 : !r
}

// CHECK-LABEL: gpu.func @many(
// CHECK-SAME:    array.guards = [{{.*}}<[p2]>>, minimum = 1024>, #array.guard<value = <factors = <[p3]>>, minimum = 1984>
// CHECK-SAME:    array.schedule = {bands = 4 : i64, name = "stencil", rows = 4 : i64, threads = 128 : i64, vector = 4 : i64}
func.func @many(%x: !v) -> !r
    attributes {array.kind = #array.kind<loop>, array.num_params = 4 : i64,
                array.index_bits = 32 : i64,
                array.param_hints = array<i64: 4002, 4004, 4000, 4000>} {
  %0 = array.slice %x starts <[0, 0]> steps <[1, 1]> : !v -> !r
  %1 = array.slice %x starts <[1, 2]> steps <[1, 1]> : !v -> !r
  %2 = array.slice %x starts <[2, 4]> steps <[1, 1]> : !v -> !r
  %3 = array.add %0, %1 : !r, !r -> !r
  %4 = array.add %3, %2 : !r, !r -> !r
  return %4 : !r
}

// CHECK-LABEL: gpu.func @few_rows(
// CHECK-SAME:    array.schedule = {name = "loop"
func.func @few_rows(%x: !v) -> !r
    attributes {array.kind = #array.kind<loop>, array.num_params = 4 : i64,
                array.index_bits = 32 : i64,
                array.param_hints = array<i64: 100, 1004, 98, 1000>} {
  %0 = array.slice %x starts <[0, 0]> steps <[1, 1]> : !v -> !r
  %1 = array.slice %x starts <[1, 2]> steps <[1, 1]> : !v -> !r
  %2 = array.slice %x starts <[2, 4]> steps <[1, 1]> : !v -> !r
  %3 = array.add %0, %1 : !r, !r -> !r
  %4 = array.add %3, %2 : !r, !r -> !r
  return %4 : !r
}

// Bands in groups of four: neighbouring warps take tiles one above the other.
// Numbers of tiles are rounded up to whole warps and groups.
// CHECK-LABEL: gpu.func @grouped(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p2, p3]>, multiplier = 70, divisor = 65536>
// CHECK-DAG:     %[[THREAD:.*]] = gpu.thread_id x
// CHECK:         %[[WIDTH:.*]] = arith.divui %{{.*}}, %c2
// CHECK:         %[[WARP:.*]] = arith.divui %[[TILE:.*]], %c32
// CHECK:         %[[LANE:.*]] = arith.subi %[[TILE]]
// CHECK:         %[[GROUP:.*]] = arith.divui %[[WARP]], %c4
// CHECK:         arith.cmpi ult, %{{.*}}, %[[WIDTH]]
// CHECK:         scf.if
func.func @grouped(%x: !v) -> !r
    attributes {array.kind = #array.kind<loop>, array.num_params = 4 : i64,
                array.index_bits = 32 : i64,
                array.guards = [#even, #evenResult],
                array.schedule = {name = "stencil", vector = 2, rows = 4,
                                  bands = 4, threads = 128}} {
  %0 = array.slice %x starts <[0, 1]> steps <[1, 1]> : !v -> !r
  %1 = array.slice %x starts <[2, 1]> steps <[1, 1]> : !v -> !r
  %2 = array.slice %x starts <[1, 0]> steps <[1, 1]> : !v -> !r
  %3 = array.add %0, %1 : !r, !r -> !r
  %4 = array.add %2, %3 : !r, !r -> !r
  return %4 : !r
}
