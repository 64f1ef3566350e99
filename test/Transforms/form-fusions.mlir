// RUN: numloom-opt %s --numloom-form-fusions | FileCheck %s
// RUN: numloom-opt %s --numloom-form-fusions --mlir-disable-threading \
// RUN:   --debug-fusion -o /dev/null 2>&1 | FileCheck %s --check-prefix=DEBUG

!s = tensor<f32>
!v = tensor<?xf32, #array.params<[p0]>>
!w = tensor<?xf32, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!t = tensor<?x?xf32, #array.params<[p1, p0]>>
!q = tensor<?x?xf32, #array.params<[p0, p0]>>
!k = tensor<?x1xf32, #array.params<[p0, 1]>>

//===----------------------------------------------------------------------===//
// One space
//===----------------------------------------------------------------------===//

// A value that is also a result of the program is one more result.
// CHECK-LABEL: func @several_results
// CHECK:         %[[K:.*]]:2 = array.fusion (%[[A:.*]] = %arg0, %[[B:.*]] = %arg1, %[[S:.*]] = %arg2
// CHECK-SAME:      kind = #array.kind<loop>
// CHECK-NEXT:      %[[MUL:.*]] = array.multiply %[[A]], %[[B]]
// CHECK-NEXT:      %[[BC:.*]] = array.broadcast %[[S]]
// CHECK-NEXT:      %[[ADD:.*]] = array.add %[[MUL]], %[[BC]]
// CHECK-NEXT:      array.yield %[[MUL]], %[[ADD]]
// CHECK-NOT:     array.fusion (
// CHECK:         return %[[K]]#0, %[[K]]#1
// DEBUG:       fuse multiply#3 and add#4
func.func @several_results(%a: !v, %b: !v, %s: !s) -> (!v, !v)
    attributes {array.param_hints = array<i64: 1000000>} {
  %0 = array.multiply %a, %b : !v, !v -> !v
  %1 = array.broadcast %s axes [] : !s -> !v
  %2 = array.add %0, %1 : !v, !v -> !v
  return %0, %2 : !v, !v
}

// Siblings share what they read.
// CHECK-LABEL: func @siblings
// CHECK:         array.fusion (%{{.*}} = %arg0 : {{.*}}) -> (tensor<{{.*}}>, tensor<{{.*}}>)
// CHECK-SAME:      kind = #array.kind<loop>
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @siblings(%a: !v) -> (!v, !v)
    attributes {array.param_hints = array<i64: 1000000>} {
  %0 = array.negative %a : !v -> !v
  %1 = array.sqrt %a : !v -> !v
  return %0, %1 : !v, !v
}

// Different spaces never merge.
// CHECK-LABEL: func @different_spaces
// CHECK-SAME:    array.fusion_report = []
// CHECK-COUNT-2: array.fusion (
func.func @different_spaces(%a: !v, %b: !w) -> (!v, !w)
    attributes {array.param_hints = array<i64: 1000, 1000>} {
  %0 = array.negative %a : !v -> !v
  %1 = array.negative %b : !w -> !w
  return %0, %1 : !v, !w
}

// Unused ops vanish.
// CHECK-LABEL: func @dead
// CHECK-NOT:     array.exp
func.func @dead(%a: !v) -> !v {
  %0 = array.exp %a : !v -> !v
  %1 = array.negative %a : !v -> !v
  return %1 : !v
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

// A cheap value is recomputed at both shifts.
// CHECK-LABEL: func @stencil_recomputes
// CHECK:         array.fusion (
// CHECK-NEXT:      %[[ADD:.*]] = array.add
// CHECK-NEXT:      %[[L:.*]] = array.slice %[[ADD]] starts <[0]>
// CHECK-NEXT:      %[[R:.*]] = array.slice %[[ADD]] starts <[2]>
// CHECK-NEXT:      array.subtract %[[R]], %[[L]]
// CHECK-NOT:     array.fusion (
// CHECK:         return
// DEBUG:       keep apart add#1 and subtract#2: their iteration spaces differ
// DEBUG:       inline add#1: it is recomputed by the kernels that read it
func.func @stencil_recomputes(%a: !v) -> !w
    attributes {array.param_hints = array<i64: 1000002, 1000000>} {
  %0 = array.add %a, %a : !v, !v -> !v
  %1 = array.slice %0 starts <[0]> steps <[1]> : !v -> !w
  %2 = array.slice %0 starts <[2]> steps <[1]> : !v -> !w
  %3 = array.subtract %2, %1 : !w, !w -> !w
  return %3 : !w
}

// An expensive one is stored.
// CHECK-LABEL: func @stencil_stores
// CHECK-SAME:    array.fusion_report = ["kernel 1 reads kernel 0: their iteration spaces differ; exp costs more to recompute than the cap allows"]
// CHECK:         %[[EXP:.*]] = array.fusion (
// CHECK-NEXT:      array.exp
// CHECK:         array.fusion (%[[X:.*]] = %[[EXP]]
// CHECK-NEXT:      array.slice %[[X]]
// CHECK-NEXT:      array.slice %[[X]]
// DEBUG:       store exp#1: it costs more to recompute than the cap allows
func.func @stencil_stores(%a: !v) -> !w
    attributes {array.param_hints = array<i64: 1000002, 1000000>} {
  %0 = array.exp %a : !v -> !v
  %1 = array.slice %0 starts <[0]> steps <[1]> : !v -> !w
  %2 = array.slice %0 starts <[2]> steps <[1]> : !v -> !w
  %3 = array.subtract %2, %1 : !w, !w -> !w
  return %3 : !w
}

// Read once, an expensive one is not: nothing is computed twice.
// CHECK-LABEL: func @transposed_reader
// CHECK-COUNT-1: array.fusion (
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @transposed_reader(%a: !m, %b: !t) -> !t
    attributes {array.param_hints = array<i64: 1000, 1000>} {
  %0 = array.exp %a : !m -> !m
  %1 = array.transpose %0 axes [1, 0] : !m -> !t
  %2 = array.add %1, %b : !t, !t -> !t
  return %2 : !t
}

// What an inlined value recomputes counts for the next one: chains of stencils
// stop growing.
// CHECK-LABEL: func @stencil_chain
// CHECK:         array.fusion (
// CHECK:         array.fusion (
// CHECK:         return
func.func @stencil_chain(%a: !v) -> !v
    attributes {array.param_hints = array<i64: 1000000>} {
  %0 = array.slice %a starts <[p1]> steps <[-1]> : !v -> !v
  %1 = array.multiply %a, %0 : !v, !v -> !v
  %2 = array.slice %1 starts <[p1]> steps <[-1]> : !v -> !v
  %3 = array.subtract %1, %2 : !v, !v -> !v
  %4 = array.slice %3 starts <[p1]> steps <[-1]> : !v -> !v
  %5 = array.multiply %3, %4 : !v, !v -> !v
  %6 = array.slice %5 starts <[p1]> steps <[-1]> : !v -> !v
  %7 = array.subtract %5, %6 : !v, !v -> !v
  %8 = array.slice %7 starts <[p1]> steps <[-1]> : !v -> !v
  %9 = array.multiply %7, %8 : !v, !v -> !v
  return %9 : !v
}

// A row computed for many rows is stored, whatever it costs.
// CHECK-LABEL: func @broadcast_stores
// CHECK-COUNT-2: array.fusion (
func.func @broadcast_stores(%a: !m, %b: !w) -> !m
    attributes {array.param_hints = array<i64: 1000, 1000>} {
  %0 = array.negative %b : !w -> !w
  %1 = array.broadcast %0 axes [1] : !w -> !m
  %2 = array.add %a, %1 : !m, !m -> !m
  return %2 : !m
}

// One value per row leaves the inner loop.
// CHECK-LABEL: func @broadcast_per_row
// CHECK-COUNT-1: array.fusion (
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @broadcast_per_row(%a: !m, %b: !v) -> !m
    attributes {array.param_hints = array<i64: 1000, 1000>} {
  %0 = array.exp %b : !v -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.add %a, %1 : !m, !m -> !m
  return %2 : !m
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func @moments
// CHECK:         array.fusion (%{{.*}} = %arg0 : {{.*}}) -> (tensor<f32>, tensor<f32>, tensor<f32>)
// CHECK-SAME:      kind = #array.kind<split>
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @moments(%x: !v) -> (!s, !s, !s)
    attributes {array.param_hints = array<i64: 1000000>} {
  %0 = array.multiply %x, %x : !v, !v -> !v
  %1 = array.sum %x axes [0] : !v -> !s
  %2 = array.sum %0 axes [0] : !v -> !s
  %3 = array.max %x axes [0] : !v -> !s
  return %1, %2, %3 : !s, !s, !s
}

// Keepdims and all: stored values have the shape of the space or of the
// reductions' results.
// CHECK-LABEL: func @standardise_rows
// CHECK:         %[[K:.*]]:2 = array.fusion (
// CHECK-SAME:      -> (tensor<?xf32, #array.params<[p0]>>, tensor<?x?xf32, #array.params<[p0, p1]>>)
// CHECK-SAME:      kind = #array.kind<row>
// CHECK:           array.yield
// CHECK-NOT:     array.fusion (
// CHECK:         %[[S:.*]] = array.reshape %[[K]]#0
// CHECK:         return %[[K]]#1, %[[S]]
func.func @standardise_rows(%x: !m) -> (!m, !k)
    attributes {array.param_hints = array<i64: 8192, 4096>} {
  %n = array.constant(7.0 : f64) : !k
  %0 = array.sum %x axes [1] : !m -> !v
  %1 = array.reshape %0 : !v -> !k
  %mean = array.divide %1, %n : !k, !k -> !k
  %2 = array.broadcast %mean axes [0, 1] : !k -> !m
  %3 = array.subtract %x, %2 : !m, !m -> !m
  %4 = array.multiply %3, %3 : !m, !m -> !m
  %5 = array.sum %4 axes [1] : !m -> !v
  %6 = array.reshape %5 : !v -> !k
  %var = array.divide %6, %n : !k, !k -> !k
  %std = array.sqrt %var : !k -> !k
  %7 = array.broadcast %std axes [0, 1] : !k -> !m
  %8 = array.divide %3, %7 : !m, !m -> !m
  return %8, %std : !m, !k
}

// CHECK-LABEL: func @softmax
// CHECK:         array.fusion (%{{.*}} = %arg0
// CHECK-SAME:      kind = #array.kind<row>
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @softmax(%x: !m) -> !m
    attributes {array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.max %x axes [1] : !m -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.subtract %x, %1 : !m, !m -> !m
  %3 = array.exp %2 : !m -> !m
  %4 = array.sum %3 axes [1] : !m -> !v
  %5 = array.broadcast %4 axes [0] : !v -> !m
  %6 = array.divide %3, %5 : !m, !m -> !m
  return %6 : !m
}

// Rows that leave the cache are read again, by kernels of their own.
// CHECK-LABEL: func @softmax_long_rows
// CHECK-SAME:    kernel 1 reads kernel 0: a row does not stay in the cache
// CHECK:         kind = #array.kind<row>
// CHECK:         kind = #array.kind<row>
// CHECK:         kind = #array.kind<loop>
// DEBUG:       a row does not stay in the cache
func.func @softmax_long_rows(%x: !m) -> !m
    attributes {array.param_hints = array<i64: 8, 4000000>} {
  %0 = array.max %x axes [1] : !m -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.subtract %x, %1 : !m, !m -> !m
  %3 = array.exp %2 : !m -> !m
  %4 = array.sum %3 axes [1] : !m -> !v
  %5 = array.broadcast %4 axes [0] : !v -> !m
  %6 = array.divide %3, %5 : !m, !m -> !m
  return %6 : !m
}

// One long row is split; what depends on its sum waits. The difference is
// recomputed rather than stored.
// CHECK-LABEL: func @variance_of_all
// CHECK-SAME:    kernel 1 reads kernel 0: a reduction must end before all of its space can read it
// CHECK:         array.fusion (
// CHECK-SAME:      kind = #array.kind<split>
// CHECK:         array.fusion (
// CHECK-SAME:      kind = #array.kind<split>
// CHECK:         array.fusion (
// CHECK-SAME:      kind = #array.kind<loop>
// CHECK:           array.subtract
// CHECK:           array.divide
func.func @variance_of_all(%x: !v) -> !v
    attributes {array.param_hints = array<i64: 50000000>} {
  %mean = array.sum %x axes [0] : !v -> !s
  %0 = array.broadcast %mean axes [] : !s -> !v
  %1 = array.subtract %x, %0 : !v, !v -> !v
  %2 = array.multiply %1, %1 : !v, !v -> !v
  %var = array.sum %2 axes [0] : !v -> !s
  %3 = array.broadcast %var axes [] : !s -> !v
  %4 = array.divide %1, %3 : !v, !v -> !v
  return %4 : !v
}

// The same on few elements is one row.
// CHECK-LABEL: func @variance_of_few
// CHECK-COUNT-1: array.fusion (
// CHECK-SAME:      kind = #array.kind<row>
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @variance_of_few(%x: !v) -> !s
    attributes {array.param_hints = array<i64: 1000>} {
  %mean = array.sum %x axes [0] : !v -> !s
  %0 = array.broadcast %mean axes [] : !s -> !v
  %1 = array.subtract %x, %0 : !v, !v -> !v
  %2 = array.multiply %1, %1 : !v, !v -> !v
  %var = array.sum %2 axes [0] : !v -> !s
  return %var : !s
}

// Columns: prologue, reduction and epilogue are one kernel.
// CHECK-LABEL: func @columns
// CHECK:         array.fusion (
// CHECK-SAME:      kind = #array.kind<column>
// CHECK-NEXT:      array.exp
// CHECK-NEXT:      array.sum
// CHECK-NEXT:      array.sqrt
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @columns(%x: !m) -> !w
    attributes {array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.exp %x : !m -> !m
  %1 = array.sum %0 axes [0] : !m -> !w
  %2 = array.sqrt %1 : !w -> !w
  return %2 : !w
}

// Rows too short for a vector are reduced side by side. The plan is for rows
// about as short.
// CHECK-LABEL: func @short_rows
// CHECK:         array.guards = [#array.guard<value = <factors = <[p1]>>, maximum = 24>]
// CHECK-SAME:    kind = #array.kind<column>
func.func @short_rows(%x: !m) -> !v
    attributes {array.param_hints = array<i64: 1000000, 3>} {
  %0 = array.sum %x axes [1] : !m -> !v
  return %0 : !v
}

// CHECK-LABEL: func @long_rows
// CHECK:         array.guards = [#array.guard<value = <factors = <[p1]>>, minimum = 8>]
// CHECK-SAME:    kind = #array.kind<row>
func.func @long_rows(%x: !m) -> !v
    attributes {array.param_hints = array<i64: 1000, 1000>} {
  %0 = array.sum %x axes [1] : !m -> !v
  return %0 : !v
}

// CHECK-LABEL: func @different_axes
// CHECK-SAME:    kernel 1 reads kernel 0: they reduce different axes
// CHECK:         kind = #array.kind<row>
// CHECK:         kind = #array.kind<column>
func.func @different_axes(%x: !m) -> (!v, !w, !m)
    attributes {array.param_hints = array<i64: 1000, 1000>} {
  %0 = array.exp %x : !m -> !m
  %1 = array.sum %0 axes [1] : !m -> !v
  %2 = array.sum %0 axes [0] : !m -> !w
  return %1, %2, %0 : !v, !w, !m
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

// The first and the last op share a space and an input, but the product
// between them needs the one and feeds the other.
// CHECK-LABEL: func @no_cycle
// CHECK-SAME:    kernel 2 reads kernel 0: another kernel lies between them
// CHECK:         array.fusion (
// CHECK:         array.matmul
// CHECK:         array.fusion (
// DEBUG:       keep apart exp#1 and add#3: another kernel lies between them
func.func @no_cycle(%x: !q) -> !q
    attributes {array.param_hints = array<i64: 1000>} {
  %0 = array.exp %x : !q -> !q
  %1 = array.matmul %0, %x : !q, !q -> !q
  %2 = array.add %0, %1 : !q, !q -> !q
  return %2 : !q
}
