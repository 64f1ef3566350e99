// RUN: numloom-opt %s --numloom-schedule-gpu --canonicalize --cse | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!w = tensor<?xf32, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>
#vectors = #array.guard<value = <factors = <[p1]>>, multiple = 4>

// 32 threads on 128 neighbouring columns, two such lines on every other row.
// CHECK-LABEL: gpu.func @sum(
// CHECK-SAME:    %[[P0:[^ :]*]]: index, %[[P1:[^ :]*]]: index) workgroup(%[[SHARED:.*]] : memref<256xf32, #gpu.address_space<workgroup>>
// CHECK-SAME:    array.blocks = #array.size<factors = <[p1]>, divisor = 128>
// CHECK-DAG:     %[[THREAD:.*]] = gpu.thread_id x
// CHECK-DAG:     %[[ACROSS:.*]] = arith.remui %[[THREAD]], %c32
// CHECK-DAG:     %[[LINE:.*]] = arith.divui %[[THREAD]], %c32
// CHECK:         %[[STATES:.*]] = scf.for
// CHECK:           arith.addi %{{.*}}, %[[LINE]]
// CHECK:           vector.load {{.*}} {alignment = 16 : i64}
// The lines meet in shared memory; from there on all 64 threads have a pair of
// columns.
// CHECK:         arith.muli %[[LINE]], %c128
// CHECK:         vector.store %[[STATES]], %[[SHARED]][%{{.*}}] {alignment = 16 : i64}
// CHECK:         gpu.barrier
// CHECK:         arith.remui %[[THREAD]], %c64
// CHECK:         %[[EXISTS:.*]] = arith.cmpi ult, %{{.*}}, %[[P1]]
// CHECK:         %[[COLUMN:.*]] = arith.minui
// CHECK:         %[[A:.*]] = vector.load %[[SHARED]][%{{.*}}] {alignment = 8 : i64}
// CHECK:         %[[B:.*]] = vector.load %[[SHARED]]
// CHECK:         %[[SUM:.*]] = arith.addf %[[A]], %[[B]] : vector<2xf32>
// CHECK:         %[[ROOT:.*]] = math.sqrt %[[SUM]]
// CHECK:         scf.if
// CHECK-NEXT:      vector.store %[[ROOT]], %{{.*}}[%[[COLUMN]]] {alignment = 8 : i64}
func.func @sum(%a: !m) -> !w
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64,
                array.guards = [#vectors],
                array.schedule = {name = "column", threads = 64, across = 32,
                                  vector = 4, steps = 1}} {
  %0 = array.sum %a axes [0] : !m -> !w
  %1 = array.sqrt %0 : !w -> !w
  return %1 : !w
}

// Blocks share the rows: neighbouring blocks are on neighbouring columns, and
// leave rows of states, which the last block on the columns combines: its two
// lines four each.
// CHECK-LABEL: gpu.func @split(
// CHECK-SAME:    workgroup(%[[SHARED:.*]] : memref<64xf32, #gpu.address_space<workgroup>> {{{[^}]*}}}, %{{.*}} : memref<1xi32, #gpu.address_space<workgroup>> {{{[^}]*}}}) kernel
// CHECK-SAME:    array.blocks = #array.size<factors = <[p1]>, divisor = 32, scale = 8>
// CHECK-SAME:    array.partial_entries = [#array.size<factors = <[p1]>, scale = 8>, #array.size<factors = <[p1]>, divisor = 32>]
// CHECK:         %[[BLOCKS:.*]] = arith.divui %{{.*}}, %c32
// CHECK:         %[[REST:.*]] = arith.divui %{{.*}}, %[[BLOCKS]]
// CHECK:         %[[SPLIT:.*]] = arith.remui %[[REST]], %c8
// CHECK:         scf.for
// CHECK:         scf.if
// CHECK:           memref.store
// CHECK:         memref.atomic_rmw addi
// CHECK:         %[[LAST:.*]] = arith.cmpi eq, %{{.*}}, %c7_i32
// CHECK:         scf.if %[[LAST]] -> (f32) {
// CHECK-NOT:       %[[SHARED]]
// CHECK-COUNT-4:   memref.load
// CHECK:           memref.store %{{.*}}, %[[SHARED]]
// CHECK-NEXT:      gpu.barrier
// CHECK-COUNT-2:   memref.load %[[SHARED]]
// CHECK-NOT:     gpu.func @split
func.func @split(%a: !m) -> !w
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64,
                array.schedule = {name = "column", threads = 64, across = 32,
                                  splits = 8}} {
  %0 = array.sum %a axes [0] : !m -> !w
  return %0 : !w
}

// Dimensions that are kept outside multiply the blocks.
// CHECK-LABEL: gpu.func @batched(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p2]>, divisor = 32, outer = <[p0]>>
func.func @batched(%a: !x) -> tensor<?x?xf32, #array.params<[p0, p2]>>
    attributes {array.kind = #array.kind<column>, array.num_params = 3 : i64} {
  %0 = array.sum %a axes [1]
      : !x -> tensor<?x?xf32, #array.params<[p0, p2]>>
  return %0 : tensor<?x?xf32, #array.params<[p0, p2]>>
}

// What is chosen: blocks enough for all multiprocessors. The cache keeps what
// the first three of 16 slabs read.
// CHECK-LABEL: gpu.func @choose(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p1]>, divisor = 128, scale = 16>
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p1]>>, multiple = 4>, #array.guard<value = <factors = <[p0]>>, minimum = 4097, maximum = 8192>, #array.guard<value = <factors = <[p1]>>, minimum = 2049, maximum = 4096>, #array.guard<value = <factors = <[p0, p1]>>, minimum = 15728640>]
// CHECK-SAME:    array.schedule = {across = 32 : i64, blocks = 4 : i64, kept_blocks = 96 : i64, name = "column", splits = 16 : i64, steps = 4 : i64, threads = 256 : i64, vector = 4 : i64}
func.func @choose(%a: !m) -> !w
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %a axes [0] : !m -> !w
  return %0 : !w
}

// Nearly as many blocks as run at once, in whole groups of slabs.
// CHECK-LABEL: gpu.func @choose_slabs(
// CHECK-SAME:    splits = 528 : i64
// CHECK-SAME:    nvvm.minctasm = 4 : i32
func.func @choose_slabs(%a: !m) -> !w
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 1000000, 100>} {
  %0 = array.sum %a axes [0] : !m -> !w
  return %0 : !w
}

// Large states get all registers that the assembler wants.
// CHECK-LABEL: gpu.func @choose_large(
// CHECK-NOT:     nvvm.minctasm
// CHECK-LABEL: gpu.func @deviations(
func.func @choose_large(%a: !m) -> (!w, !w, !w, !w, !w, !w)
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.squared_deviations %a axes [0] : !m -> !w
  %1 = array.sum %a axes [0] : !m -> !w
  %2 = array.max %a axes [0] : !m -> !w
  %3 = array.min %a axes [0] : !m -> !w
  %4 = array.prod %a axes [0] : !m -> !w
  %5 = array.fmax_reduce %a axes [0] : !m -> !w
  return %0, %1, %2, %3, %4, %5 : !w, !w, !w, !w, !w, !w
}

// Squared distances from the mean in one pass: distances from a thread's first
// element and their squares add up in one run, of which states of four parts
// are made. Only numbers of elements are divided, approximately.
// CHECK-SAME:    array.partials = [f32, f32, f32, f32, i32]
// CHECK-SAME:    run = 0 : i64
// CHECK:         scf.for
// CHECK-NOT:       arith.divf
// CHECK:           math.fma
// CHECK:           scf.yield
// CHECK-NEXT:    }
// CHECK:         arith.divf {{.*}} fastmath<afn>
func.func @deviations(%a: !m) -> !w
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64,
                array.index_bits = 32 : i64,
                array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.squared_deviations %a axes [0] : !m -> !w
  return %0 : !w
}

// Of longer columns several runs: a first element far from the others costs the
// accuracy of its own run alone.
// CHECK-LABEL: gpu.func @runs(
// CHECK:         scf.for %{{.*}} = %c0 to %[[ALL:.*]] step %c16
// CHECK:           %[[END:.*]] = arith.minui %[[ALL]]
// CHECK:           scf.for %{{.*}} to %[[END]] step %c1
// CHECK:           arith.divf {{.*}} fastmath<afn>
func.func @runs(%a: !m) -> !w
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64,
                array.index_bits = 32 : i64,
                array.param_hints = array<i64: 100000, 60000>} {
  %0 = array.squared_deviations %a axes [0] : !m -> !w
  return %0 : !w
}
