// RUN: numloom-opt %s --numloom-schedule-gpu --canonicalize --cse | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>
!n = tensor<?xsi64, #array.params<[p0]>>
#vectors = #array.guard<value = <factors = <[p1]>>, multiple = 4>

// A block of two warps on each row, two vectors in flight in each thread.
// Steps behind the row's end load its last vector and count for nothing.
// CHECK-LABEL: gpu.func @walk(
// CHECK-SAME:    %[[LENGTH:[^ :]*]]: index) workgroup(%[[SHARED:.*]] : memref<2xf32, #gpu.address_space<workgroup>>
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0]>>
// CHECK-DAG:     %[[THREAD:.*]] = gpu.thread_id x
// CHECK-DAG:     %[[ROW:.*]] = gpu.block_id x
// CHECK-DAG:     %[[VECTORS:.*]] = arith.divui %[[LENGTH]], %c4
// CHECK-DAG:     %[[START:.*]] = arith.muli %[[ROW]], %[[LENGTH]]
// CHECK:         %[[ALL:.*]] = scf.for %[[K:.*]] = %c0 to %{{.*}} step %c1 iter_args(%[[ACC:.*]] = %{{.*}}) -> (vector<4xf32>) {
// CHECK:           %[[BASE:.*]] = arith.muli %[[K]], %c128
// CHECK:           %[[INDEX:.*]] = arith.addi %[[BASE]], %[[THREAD]]
// CHECK:           %[[LAST:.*]] = arith.subi %[[VECTORS]], %c1
// CHECK:           %[[EXISTS:.*]] = arith.cmpi ult, %[[INDEX]], %[[VECTORS]]
// CHECK:           %[[CLAMPED:.*]] = arith.minui %[[INDEX]], %[[LAST]]
// CHECK:           %[[ELEMENT:.*]] = arith.muli %[[CLAMPED]], %c4
// CHECK:           arith.addi %[[INDEX]], %c64
// CHECK:           %[[OFFSET:.*]] = arith.addi %[[START]], %[[ELEMENT]]
// CHECK:           %[[LOADED:.*]] = vector.load %{{.*}}[%[[OFFSET]]] {alignment = 16 : i64}
// CHECK:           %[[FIRST:.*]] = arith.select %[[EXISTS]], %[[LOADED]], %{{.*}} : vector<4xf32>
// CHECK:           vector.load {{.*}} {alignment = 16 : i64}
// CHECK:           %[[SECOND:.*]] = arith.select
// CHECK:           %[[BOTH:.*]] = arith.addf %[[FIRST]], %[[SECOND]]
// CHECK:           arith.addf %[[ACC]], %[[BOTH]]
// Lanes by halves, the threads of each warp, and then the warps: all threads
// have the sum, and one stores it.
// CHECK:         vector.extract_strided_slice %[[ALL]] {offsets = [0], sizes = [2]
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK:         scf.if
// CHECK:           memref.store %{{.*}}, %[[SHARED]]
// CHECK:         gpu.barrier
// CHECK:         memref.load %[[SHARED]]
// CHECK:         gpu.shuffle xor
// CHECK:         %[[SUM:.*]] = arith.addf
// CHECK:         %[[STORES:.*]] = arith.cmpi eq, %[[THREAD]], %c0
// CHECK:         scf.if %[[STORES]] {
// CHECK-NEXT:      memref.store %[[SUM]], %{{.*}}[%[[ROW]]]
// CHECK-NOT:     gpu.barrier
func.func @walk(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.guards = [#vectors],
                array.schedule = {name = "row", group = 64, threads = 64,
                                  vector = 4, steps = 2}} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// A warp on each of a block's two rows, which stay in registers from stage to
// stage: two loads, no loop, no shared memory, and each exponential once.
// CHECK-LABEL: gpu.func @keep(
// CHECK-NOT:     workgroup(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0]>, divisor = 2>
// CHECK-NOT:     scf.for
// CHECK:         %[[HASROW:.*]] = arith.cmpi ult, %{{.*}}, %arg2
// CHECK:         %[[X0:.*]] = vector.load {{.*}} {alignment = 16 : i64}
// CHECK:         %[[X1:.*]] = vector.load {{.*}} {alignment = 16 : i64}
// CHECK-NOT:     vector.load
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK:         %[[D0:.*]] = arith.subf %[[X0]]
// CHECK:         %[[E0:.*]] = math.exp %[[D0]]
// CHECK:         %[[D1:.*]] = arith.subf %[[X1]]
// CHECK:         %[[E1:.*]] = math.exp %[[D1]]
// CHECK-NOT:     math.exp
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK:         %[[Q0:.*]] = arith.divf %[[E0]]
// CHECK:         %[[Q1:.*]] = arith.divf %[[E1]]
// CHECK:         %[[STORES:.*]] = arith.andi %{{.*}}, %[[HASROW]]
// CHECK:         scf.if %[[STORES]] {
// CHECK-NEXT:      vector.store %[[Q0]], {{.*}} {alignment = 16 : i64}
// CHECK:         scf.if
// CHECK-NEXT:      vector.store %[[Q1]]
func.func @keep(%x: !m) -> !m
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.guards = [#vectors],
                array.schedule = {name = "row", group = 32, threads = 64,
                                  vector = 4, steps = 2, keep = 1}} {
  %0 = array.max %x axes [1] : !m -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.subtract %x, %1 : !m, !m -> !m
  %3 = array.exp %2 : !m -> !m
  %4 = array.sum %3 axes [1] : !m -> !v
  %5 = array.broadcast %4 axes [0] : !v -> !m
  %6 = array.divide %3, %5 : !m, !m -> !m
  return %6 : !m
}

// States of several parts: a position is shuffled in two words.
// CHECK-LABEL: gpu.func @argmax(
// CHECK:         gpu.shuffle xor %{{.*}}, %c4_i32
// CHECK-COUNT-2: gpu.shuffle xor %{{.*}}, %c4_i32
// CHECK-COUNT-3: gpu.shuffle xor %{{.*}}, %c2_i32
// CHECK-COUNT-3: gpu.shuffle xor %{{.*}}, %c1_i32
// CHECK-NOT:     gpu.shuffle
func.func @argmax(%a: !m) -> !n
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.schedule = {name = "row", group = 8, threads = 64,
                                  vector = 1, steps = 2, keep = 1}} {
  %0 = array.argmax %a axes [1] : !m -> !n
  return %0 : !n
}

// Rows of several loops are walked as one.
// CHECK-LABEL: gpu.func @outer_and_inner(
// CHECK-SAME:    %[[P0:[^ :]*]]: index, %{{[^ :]*}}: index, %[[P2:[^ :]*]]: index)
// CHECK-DAG:     %[[SIZE:.*]] = arith.muli %[[P0]], %[[P2]]
// CHECK:         scf.for
// CHECK:           arith.cmpi ult, %{{.*}}, %[[SIZE]]
// CHECK:           arith.remui %{{.*}}, %[[P2]]
// CHECK:           arith.divui %{{.*}}, %[[P2]]
func.func @outer_and_inner(%a: !x) -> tensor<?xf32, #array.params<[p1]>>
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64,
                array.schedule = {name = "row", group = 128, threads = 128,
                                  vector = 1, steps = 1}} {
  %0 = array.max %a axes [0, 2] : !x -> tensor<?xf32, #array.params<[p1]>>
  return %0 : tensor<?xf32, #array.params<[p1]>>
}

// What is chosen. A row of 4096 elements stays in four vectors of each of 256
// threads, for lengths that need as many. Of more rows than the cache holds it
// keeps those of the first blocks.
// CHECK-LABEL: gpu.func @choose_block(
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p1]>>, multiple = 4>, #array.guard<value = <factors = <[p1]>>, minimum = 3073, maximum = 4096>, #array.guard<value = <factors = <[p0, p1]>>, minimum = 15728640>]
// CHECK-SAME:    array.schedule = {group = 256 : i64, keep = 1 : i64, kept_blocks = 1536 : i64, name = "row", steps = 4 : i64, threads = 256 : i64, vector = 4 : i64}
// CHECK-SAME:    passthrough = {{\[\[}}"numloom-kept-blocks", "1536"]]
// CHECK-COUNT-4:   vector.load {{.*}} {alignment = 16 : i64, nontemporal = true}
func.func @choose_block(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// Rows that are no whole vectors are walked element by element, short ones by
// a part of a warp, of which each thread loads 32 bytes.
// CHECK-LABEL: gpu.func @choose_part_of_warp(
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p1]>>, minimum = 25, maximum = 32>]
// CHECK-SAME:    array.schedule = {group = 4 : i64, keep = 1 : i64, name = "row", steps = 8 : i64, threads = 256 : i64, vector = 1 : i64}
func.func @choose_part_of_warp(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8192, 31>} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// The cache holds all of these rows.
// CHECK-LABEL: gpu.func @choose_two_steps(
// CHECK-SAME:    maximum = 15728639>]
// CHECK-SAME:    array.schedule = {group = 4 : i64, keep = 1 : i64, name = "row", steps = 2 : i64, threads = 256 : i64, vector = 4 : i64}
func.func @choose_two_steps(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8192, 32>} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// Two steps of four threads would be eight loads for five vectors.
// CHECK-LABEL: gpu.func @choose_fewer_loads(
// CHECK-SAME:    array.schedule = {group = 2 : i64, keep = 1 : i64, name = "row", steps = 3 : i64, threads = 256 : i64, vector = 4 : i64}
func.func @choose_fewer_loads(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8192, 20>} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// Without hints, any row.
// CHECK-LABEL: gpu.func @choose_any(
// CHECK-SAME:    array.guards = []
// CHECK-SAME:    array.schedule = {group = 256 : i64, name = "row", steps = 4 : i64, threads = 256 : i64, vector = 1 : i64}
func.func @choose_any(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// What is stored for every element keeps the cache as it is.
// CHECK-LABEL: gpu.func @choose_stored(
// CHECK-NOT:     kept_blocks
// CHECK-NOT:     nontemporal
// CHECK-LABEL: gpu.func @choose_small(
func.func @choose_stored(%a: !m) -> (!v, !m)
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %a axes [1] : !m -> !v
  %1 = array.negative %a : !m -> !m
  return %0, %1 : !v, !m
}

// Small kernels share a few schedules.
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p1]>>, maximum = 256>, #array.guard<value = <factors = <[p0, p1]>>, maximum = 16384>]
// CHECK-SAME:    array.schedule = {group = 32 : i64, name = "row", steps = 4 : i64, threads = 256 : i64}
func.func @choose_small(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 10, 40>} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// Where another dimension than the innermost is contiguous, vectors are along
// that one: these rows are columns in memory.
// CHECK-LABEL: gpu.func @choose_transposed(
// CHECK-SAME:    array.schedule = {{{.*}}name = "column"{{.*}}vector = 4
// CHECK-LABEL: gpu.func @choose_transposed_reduced(
// CHECK-SAME:    array.schedule = {{{.*}}dim = 0 : i64,{{.*}}name = "split"{{.*}}vector = 4
func.func @choose_transposed(%a: tensor<?x?xf32, #array.params<[p1, p0]>>) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 4096, 8192>} {
  %0 = array.transpose %a axes [1, 0]
      : tensor<?x?xf32, #array.params<[p1, p0]>> -> !m
  %1 = array.sum %0 axes [1] : !m -> !v
  return %1 : !v
}
func.func @choose_transposed_reduced(
    %a: tensor<?x?xf32, #array.params<[p1, p0]>>) -> tensor<f32>
    attributes {array.kind = #array.kind<split>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 4096, 8192>} {
  %0 = array.transpose %a axes [1, 0]
      : tensor<?x?xf32, #array.params<[p1, p0]>> -> !m
  %1 = array.multiply %0, %0 : !m, !m -> !m
  %2 = array.sum %1 axes [0, 1] : !m -> tensor<f32>
  return %2 : tensor<f32>
}

// Distances between points: a thread has one column and two rows, whose
// difference in operands is that of the first one alone. Three loads for two
// rows of one vector.
// CHECK-LABEL: gpu.func @row_tile(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0, p2]>, multiplier = 65, divisor = 4096>
// CHECK:         scf.if
// CHECK:           arith.minui
// CHECK-COUNT-3:   vector.load {{.*}} {alignment = 16 : i64}
// CHECK-NOT:       .load
// CHECK-COUNT-2:   memref.store
// CHECK-NOT:     .store
// CHECK:         gpu.return
func.func @row_tile(%a: !m, %b: tensor<?x?xf32, #array.params<[p2, p1]>>)
    -> tensor<?x?xf32, #array.params<[p0, p2]>>
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64,
                array.guards = [#vectors],
                array.schedule = {name = "row_tile", threads = 32, vector = 4,
                                  steps = 1, rows = 2}} {
  %0 = array.broadcast %a axes [0, 2]
      : !m -> tensor<?x?x?xf32, #array.params<[p0, p2, p1]>>
  %1 = array.broadcast %b axes [1, 2]
      : tensor<?x?xf32, #array.params<[p2, p1]>>
      -> tensor<?x?x?xf32, #array.params<[p0, p2, p1]>>
  %2 = array.subtract %0, %1
      : tensor<?x?x?xf32, #array.params<[p0, p2, p1]>>,
        tensor<?x?x?xf32, #array.params<[p0, p2, p1]>>
      -> tensor<?x?x?xf32, #array.params<[p0, p2, p1]>>
  %3 = array.sum %2 axes [2]
      : tensor<?x?x?xf32, #array.params<[p0, p2, p1]>>
      -> tensor<?x?xf32, #array.params<[p0, p2]>>
  return %3 : tensor<?x?xf32, #array.params<[p0, p2]>>
}
