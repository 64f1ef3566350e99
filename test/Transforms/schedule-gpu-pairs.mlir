// RUN: numloom-opt %s --numloom-schedule-gpu --canonicalize --cse | FileCheck %s

!a = tensor<?x1x?xf32, #array.params<[p0, 1, p2]>>
!b = tensor<1x?x?xf32, #array.params<[1, p1, p2]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>
!m = tensor<?x?x?xi1, #array.params<[p0, p1, p2]>>
!r = tensor<?x?xf32, #array.params<[p0, p1]>>
!s = tensor<?x?xi1, #array.params<[p0, p1]>>
#columns = #array.guard<value = <factors = <[p1]>>, multiple = 2>

// Two rows and two vectors of columns of each thread, eight rows and 64 columns
// of a block. The last tiles begin where their rows and columns fit. The reduced
// loop passes through shared memory, eight places at a time, of which a thread
// takes two: each element is loaded once for each row or vector of columns.
// CHECK-LABEL: gpu.func @tile(
// CHECK-SAME:    %[[A:[^ :]*]]: memref<f32> {{[^%]*}}%[[B:[^ :]*]]: memref<f32>
// CHECK-SAME:    %[[LENGTH:[^ :]*]]: index) workgroup(%[[ROWS:[^ :]*]] : memref<96xf32, {{.*}}, %[[COLUMNS:[^ :]*]] : memref<544xf32,
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0, p1]>, divisor = 512>
// CHECK:         scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} {
// CHECK-COUNT-2:   arith.minui
// CHECK:           %[[ALL:.*]]:4 = scf.for %{{.*}} = %c0 to %[[LENGTH]] step %c8 iter_args
// CHECK-COUNT-9:     memref.load
// CHECK-NOT:         .load
// CHECK:             memref.store %{{.*}}, %[[ROWS]]
// CHECK-COUNT-8:     memref.store %{{.*}}, %[[COLUMNS]]
// CHECK:             gpu.barrier
// CHECK:             %[[PART:.*]]:4 = scf.for %{{.*}} = %c0 to %{{.*}} step %c2 iter_args
// CHECK:               vector.load %[[ROWS]]{{.*}} {alignment = 8 : i64}
// CHECK:               vector.load %[[COLUMNS]]{{.*}} {alignment = 8 : i64}
// CHECK:               vector.load %[[COLUMNS]]{{.*}} {alignment = 8 : i64}
// CHECK:               vector.load %[[ROWS]]
// CHECK:               vector.load %[[COLUMNS]]
// CHECK:               vector.load %[[COLUMNS]]
// CHECK-NOT:           .load
// CHECK-COUNT-8:       arith.mulf %{{.*}} : vector<2xf32>
// CHECK-NOT:           arith.mulf
// CHECK:             }
// CHECK:             gpu.barrier
// CHECK:             arith.maximumf %{{.*}}, %[[PART]]#0
// CHECK:           vector.store %[[ALL]]#0, {{.*}} {alignment = 8 : i64}
// CHECK:           vector.store %[[ALL]]#2
// CHECK:           vector.store %[[ALL]]#1
// CHECK:           vector.store %[[ALL]]#3
// CHECK-NOT:       vector.store
// CHECK:         gpu.return
func.func @tile(%a: !a, %b: !b) -> !r
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64,
                array.index_bits = 32 : i64, array.guards = [#columns],
                array.schedule = {name = "pairs", threads = 64, across = 16,
                                  rows = 2, columns = 4, vector = 2, load = 1,
                                  depth = 8, steps = 2}} {
  %0 = array.broadcast %a axes [0, 1, 2] : !a -> !x
  %1 = array.broadcast %b axes [0, 1, 2] : !b -> !x
  %2 = array.multiply %0, %1 : !x, !x -> !x
  %3 = array.max %2 axes [2] : !x -> !r
  return %3 : !r
}

// All of a short loop lies in shared memory: no loop over it, and none over its
// places where a thread takes them together. A bool takes a byte there.
// CHECK-LABEL: gpu.func @whole(
// CHECK:         scf.for
// CHECK-NOT:     scf.for
// CHECK:         arith.extui %{{.*}} : i1 to i8
// CHECK:         gpu.barrier
// CHECK:         arith.trunci %{{.*}} : vector<2xi8> to vector<2xi1>
// CHECK:         gpu.barrier
// CHECK:         gpu.return
func.func @whole(%a: tensor<?x1x?xi1, #array.params<[p0, 1, p2]>>,
                 %b: tensor<1x?x?xi1, #array.params<[1, p1, p2]>>) -> !s
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64,
                array.index_bits = 32 : i64,
                array.guards = [#array.guard<value = <factors = <[p2]>>,
                                             minimum = 2, maximum = 2>],
                array.schedule = {name = "pairs", threads = 64, across = 16,
                                  rows = 2, columns = 2, depth = 2, whole = 1,
                                  steps = 2}} {
  %0 = array.broadcast %a axes [0, 1, 2]
      : tensor<?x1x?xi1, #array.params<[p0, 1, p2]>> -> !m
  %1 = array.broadcast %b axes [0, 1, 2]
      : tensor<1x?x?xi1, #array.params<[1, p1, p2]>> -> !m
  %2 = array.logical_and %0, %1 : !m, !m -> !m
  %3 = array.any %2 axes [2] : !m -> !s
  return %3 : !s
}

!p = tensor<?x1x?xf32, #array.params<[p0, 1, p1]>>
!q = tensor<1x?x?xf32, #array.params<[1, p0, p1]>>
!y = tensor<?x?x?xf32, #array.params<[p0, p0, p1]>>
!t = tensor<?x?xf32, #array.params<[p0, p0]>>

// Where both operands are one array, tiles below the diagonal are not computed:
// the blocks of the others store them too, columns as rows. Warps are 4 threads
// wide.
// CHECK-LABEL: gpu.func @mirror(
// CHECK-SAME:    %[[A:[^ :]*]]: memref<f32> {{[^%]*}}%[[B:[^ :]*]]: memref<f32>
// CHECK:         arith.divui %thread_id_x, %c32
// CHECK:         arith.remui %{{.*}}, %c4
// CHECK:         %[[LHS:.*]] = memref.extract_aligned_pointer_as_index %[[A]]
// CHECK:         %[[RHS:.*]] = memref.extract_aligned_pointer_as_index %[[B]]
// CHECK:         %[[IS_ONE:.*]] = arith.cmpi eq, %[[LHS]], %[[RHS]]
// CHECK:         arith.select %[[IS_ONE]]
// CHECK:         scf.for
// CHECK:           arith.andi %[[IS_ONE]]
// CHECK:           %[[IS_ABOVE:.*]] = arith.andi %[[IS_ONE]]
// CHECK-COUNT-4:   vector.store
// CHECK-NOT:       vector.store
// CHECK:           scf.if %[[IS_ABOVE]] {
// CHECK-COUNT-4:     vector.store
// CHECK-NOT:       vector.store
// CHECK:         gpu.return
func.func @mirror(%a: !p, %b: !q) -> !t
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.index_bits = 32 : i64,
                array.guards = [#array.guard<value = <factors = <[p0]>>, multiple = 4>],
                array.schedule = {name = "pairs", threads = 64, across = 8,
                                  warp = 4, rows = 4, columns = 4, vector = 4,
                                  mirror = 1, depth = 8, steps = 2}} {
  %0 = array.broadcast %a axes [0, 1, 2] : !p -> !y
  %1 = array.broadcast %b axes [0, 1, 2] : !q -> !y
  %2 = array.subtract %0, %1 : !y, !y -> !y
  %3 = array.square %2 : !y -> !y
  %4 = array.sum %3 axes [2] : !y -> !t
  return %4 : !t
}

// Chosen for what is the same where row and column change places.
// CHECK-LABEL: gpu.func @choose_mirror(
// CHECK-SAME:    #array.guard<value = <factors = <[p0, p0]>>, minimum = 4325376>
// CHECK-SAME:    array.schedule = {across = 16 : i64, blocks = 5 : i64, columns = 4 : i64, depth = 16 : i64, load = 4 : i64, mirror = 1 : i64, name = "pairs", rows = 4 : i64, steps = 1 : i64, threads = 256 : i64, vector = 4 : i64, warp = 4 : i64, whole = 1 : i64}
func.func @choose_mirror(%a: !p, %b: !q) -> !t
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8000, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !p -> !y
  %1 = array.broadcast %b axes [0, 1, 2] : !q -> !y
  %2 = array.subtract %0, %1 : !y, !y -> !y
  %3 = array.absolute %2 : !y -> !y
  %4 = array.sum %3 axes [2] : !y -> !t
  return %4 : !t
}

// Fewer of them, of which a multiprocessor has enough.
// CHECK-LABEL: gpu.func @choose_small_mirror(
// CHECK-SAME:    #array.guard<value = <factors = <[p0, p0]>>, minimum = 540672, maximum = 4325375>
// CHECK-SAME:    array.schedule = {across = 8 : i64, blocks = 8 : i64, columns = 4 : i64, depth = 16 : i64, load = 4 : i64, mirror = 1 : i64, name = "pairs", rows = 4 : i64, steps = 4 : i64, threads = 64 : i64, vector = 4 : i64, warp = 4 : i64, whole = 1 : i64}
func.func @choose_small_mirror(%a: !p, %b: !q) -> !t
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 2000, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !p -> !y
  %1 = array.broadcast %b axes [0, 1, 2] : !q -> !y
  %2 = array.multiply %0, %1 : !y, !y -> !y
  %3 = array.sum %2 axes [2] : !y -> !t
  return %3 : !t
}

// A difference is not, nor what has a value or a number for each row.
// CHECK-LABEL: gpu.func @choose_no_mirror(
// CHECK-NOT:     mirror
// CHECK-LABEL: gpu.func @choose_no_mirror_of_rows(
// CHECK-NOT:     mirror
// CHECK-LABEL: gpu.func @choose_no_mirror_of_numbers(
// CHECK-NOT:     mirror
// CHECK:         gpu.return
func.func @choose_no_mirror(%a: !p, %b: !q) -> !t
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8000, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !p -> !y
  %1 = array.broadcast %b axes [0, 1, 2] : !q -> !y
  %2 = array.subtract %0, %1 : !y, !y -> !y
  %3 = array.sum %2 axes [2] : !y -> !t
  return %3 : !t
}
func.func @choose_no_mirror_of_rows(%a: !p, %b: !q,
    %c: tensor<?x1xf32, #array.params<[p0, 1]>>) -> !t
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8000, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !p -> !y
  %1 = array.broadcast %b axes [0, 1, 2] : !q -> !y
  %2 = array.multiply %0, %1 : !y, !y -> !y
  %3 = array.sum %2 axes [2] : !y -> !t
  %4 = array.broadcast %c axes [0, 1]
      : tensor<?x1xf32, #array.params<[p0, 1]>> -> !t
  %5 = array.multiply %3, %4 : !t, !t -> !t
  return %5 : !t
}
func.func @choose_no_mirror_of_numbers(%a: !p, %b: !q) -> !t
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8000, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !p -> !y
  %1 = array.broadcast %b axes [0, 1, 2] : !q -> !y
  %2 = array.multiply %0, %1 : !y, !y -> !y
  %3 = array.sum %2 axes [2] : !y -> !t
  %4 = array.iota axis 0 : tensor<?x?xsi64, #array.params<[p0, p0]>>
  %5 = array.cast %4 : tensor<?x?xsi64, #array.params<[p0, p0]>> -> !t
  %6 = array.multiply %3, %5 : !t, !t -> !t
  return %6 : !t
}

// Enough results for the largest tile, of few coordinates.
// CHECK-LABEL: gpu.func @choose_largest(
// CHECK-SAME:    #array.guard<value = <factors = <[p0, p1]>>, minimum = 2162688>
// CHECK-SAME:    #array.guard<value = <factors = <[p0]>>, minimum = 64>
// CHECK-SAME:    #array.guard<value = <factors = <[p1]>>, minimum = 64>
// CHECK-SAME:    #array.guard<value = <factors = <[p2]>>, minimum = 16, maximum = 16>
// CHECK-SAME:    array.schedule = {across = 16 : i64, blocks = 6 : i64, columns = 4 : i64, depth = 16 : i64, load = 4 : i64, name = "pairs", rows = 8 : i64, steps = 2 : i64, threads = 128 : i64, vector = 4 : i64, warp = 8 : i64, whole = 1 : i64}
func.func @choose_largest(%a: !a, %b: !b) -> !r
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64,
                array.param_hints = array<i64: 8000, 8000, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !a -> !x
  %1 = array.broadcast %b axes [0, 1, 2] : !b -> !x
  %2 = array.subtract %0, %1 : !x, !x -> !x
  %3 = array.square %2 : !x -> !x
  %4 = array.sum %3 axes [2] : !x -> !r
  return %4 : !r
}

// Of many coordinates a thread has two sets of sums, so that its tile is smaller;
// the columns are no whole vectors.
// CHECK-LABEL: gpu.func @choose_long(
// CHECK-SAME:    array.schedule = {across = 16 : i64, blocks = 4 : i64, columns = 4 : i64, depth = 16 : i64, load = 4 : i64, name = "pairs", rows = 8 : i64, steps = 2 : i64, threads = 128 : i64, vector = 1 : i64, warp = 16 : i64}
func.func @choose_long(%a: !a, %b: !b) -> !r
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64,
                array.param_hints = array<i64: 4000, 4001, 128>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !a -> !x
  %1 = array.broadcast %b axes [0, 1, 2] : !b -> !x
  %2 = array.subtract %0, %1 : !x, !x -> !x
  %3 = array.square %2 : !x -> !x
  %4 = array.sum %3 axes [2] : !x -> !r
  return %4 : !r
}

// Too few results to fill tiles, and too few columns for one.
// CHECK-LABEL: gpu.func @choose_row_tile(
// CHECK-SAME:    name = "row_tile"
func.func @choose_row_tile(%a: !a, %b: !b) -> !r
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64,
                array.param_hints = array<i64: 500, 500, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !a -> !x
  %1 = array.broadcast %b axes [0, 1, 2] : !b -> !x
  %2 = array.subtract %0, %1 : !x, !x -> !x
  %3 = array.square %2 : !x -> !x
  %4 = array.sum %3 axes [2] : !x -> !r
  return %4 : !r
}

// CHECK-LABEL: gpu.func @choose_row(
// CHECK-SAME:    name = "row"
func.func @choose_row(%a: !a, %b: !b) -> !r
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64,
                array.param_hints = array<i64: 100000, 63, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !a -> !x
  %1 = array.broadcast %b axes [0, 1, 2] : !b -> !x
  %2 = array.subtract %0, %1 : !x, !x -> !x
  %3 = array.square %2 : !x -> !x
  %4 = array.sum %3 axes [2] : !x -> !r
  return %4 : !r
}
