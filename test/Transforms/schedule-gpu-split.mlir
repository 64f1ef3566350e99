// RUN: numloom-opt %s --numloom-schedule-gpu --canonicalize --cse | FileCheck %s

!s = tensor<f32>
!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>

// Eight blocks take turns along the row, from its end, 64 threads with two vectors
// each; the first three threads of the first block take what is left behind the
// last vector. A block leaves one state.
// CHECK-LABEL: gpu.func @sum(
// CHECK-SAME:    %[[A:[^:]*]]: memref<f32> {{{[^}]*}}}, %{{[^:]*}}: memref<f32> {{{[^}]*}}}, %[[PARTIALS:[^:]*]]: memref<f32> {{{[^}]*}}}, %[[COUNTERS:[^:]*]]: memref<i32> {{{[^}]*}}}, %[[P0:[^ :]*]]: index)
// CHECK-SAME:    array.blocks = #array.size<factors = <[]>, scale = 8>
// CHECK-SAME:    array.buffers = array<i64: 0, 1, 2, 3>
// CHECK-SAME:    array.partial_counters = array<i1: false, true>, array.partial_entries = [#array.size<factors = <[]>, scale = 8>, #array.size<factors = <[]>>]
// CHECK-SAME:    array.partial_zeroed = array<i1: false, false>, array.partials = [f32, i32]
// CHECK-DAG:     %[[THREAD:.*]] = gpu.thread_id x
// CHECK-DAG:     %[[BLOCK:.*]] = gpu.block_id x
// CHECK-DAG:     %[[SPLIT:.*]] = arith.remui %[[BLOCK]], %c8
// CHECK-DAG:     %[[VECTORS:.*]] = arith.divui %[[P0]], %c4
// CHECK-DAG:     %[[OWN:.*]] = arith.muli %[[SPLIT]], %c128
// CHECK-DAG:     %[[START:.*]] = arith.addi %[[OWN]], %[[THREAD]]
// CHECK:         scf.for %[[TURN:.*]] = %c0 to %[[TURNS:.*]] step
// CHECK:           %[[LEFT:.*]] = arith.subi %[[TURNS]], %[[TURN]]
// CHECK:           %[[BACK:.*]] = arith.subi %[[LEFT]], %c1
// CHECK:           %[[BASE:.*]] = arith.muli %[[BACK]], %c1024
// CHECK:           arith.addi %[[BASE]], %[[START]]
// CHECK-COUNT-2:   vector.load {{.*}} {alignment = 16 : i64}
// CHECK:         %[[BEHIND:.*]] = arith.muli %[[VECTORS]], %c4
// CHECK:         arith.cmpi ult, %{{.*}}, %[[P0]]
// CHECK:         memref.load
// CHECK:         gpu.barrier
// CHECK:         scf.if
// CHECK:           memref.store
// The block that counts last combines them, in their order, and computes what
// follows; the counter is zero again.
// CHECK:         gpu.barrier
// CHECK:         scf.if
// CHECK-NEXT:      llvm.fence syncscope("device") acq_rel
// CHECK-NEXT:      %[[BEFORE:.*]] = memref.atomic_rmw addi %c1_i32
// CHECK-NEXT:      llvm.fence syncscope("device") acq_rel
// CHECK-NEXT:      memref.store %[[BEFORE]]
// CHECK:         gpu.barrier
// CHECK:         %[[LAST:.*]] = arith.cmpi eq, %{{.*}}, %c7_i32
// CHECK:         %[[SUM:.*]] = scf.if %[[LAST]] -> (f32) {
// CHECK-NEXT:      scf.if
// CHECK-NEXT:        memref.store %c0_i32
// CHECK:           memref.load
// CHECK-COUNT-5:   gpu.shuffle xor
// CHECK:         math.sqrt %[[SUM]]
// CHECK-NOT:   gpu.func
func.func @sum(%a: !v) -> !s
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64,
                array.schedule = {name = "split", threads = 64, splits = 8,
                                  vector = 4, steps = 2, tail = 1}} {
  %0 = array.sum %a axes [0] : !v -> !s
  %1 = array.sqrt %0 : !s -> !s
  return %1 : !s
}

// Results over the row are written on the way.
// CHECK-LABEL: gpu.func @full_result(
// CHECK-SAME:    array.buffers = array<i64: 0, 1, 2, 3, 4>
// CHECK:         %[[NEGATED:.*]] = arith.negf
// CHECK:         scf.if
// CHECK-NEXT:      memref.store %[[NEGATED]]
// CHECK-NOT:     arith.negf
func.func @full_result(%a: !v) -> (!v, !s)
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64,
                array.schedule = {name = "split", threads = 64, splits = 8,
                                  vector = 1, steps = 1}} {
  %0 = array.negative %a : !v -> !v
  %1 = array.sum %0 axes [0] : !v -> !s
  return %0, %1 : !v, !s
}

// One array for each part of the states; bool takes a byte.
// CHECK-LABEL: gpu.func @argmax(
// CHECK-SAME:    array.partials = [f32, i64, i32]
// CHECK-LABEL: gpu.func @any(
// CHECK-SAME:    array.partials = [i8, i32]
// CHECK:         arith.extui %{{.*}} : i1 to i8
func.func @argmax(%a: !v) -> tensor<si64>
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64,
                array.schedule = {name = "split", splits = 8}} {
  %0 = array.argmax %a axes [0] : !v -> tensor<si64>
  return %0 : tensor<si64>
}
func.func @any(%a: tensor<?xi1, #array.params<[p0]>>) -> tensor<i1>
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64,
                array.schedule = {name = "split", splits = 8}} {
  %0 = array.any %a axes [0]
      : tensor<?xi1, #array.params<[p0]>> -> tensor<i1>
  return %0 : tensor<i1>
}

// What is chosen: four blocks for each multiprocessor, from a length on that
// gives each of them enough. Of an array that the caches do not hold the guard says
// so.
// CHECK-LABEL: gpu.func @choose_all(
// CHECK-SAME:    array.blocks = #array.size<factors = <[]>, scale = 528>
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p0]>>, minimum = 4325376>, #array.guard<value = <factors = <[p0]>>, minimum = 15728640>]
// CHECK-SAME:    array.schedule = {blocks = 4 : i64, kept = 4 : i64, name = "split", splits = 528 : i64, steps = 4 : i64, tail = 1 : i64, threads = 256 : i64, vector = 4 : i64}
func.func @choose_all(%a: !v) -> !s
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64,
                array.param_hints = array<i64: 50000000>} {
  %0 = array.sum %a axes [0] : !v -> !s
  return %0 : !s
}

// Of arrays that the cache does not hold it keeps the beginning: all else may be
// dropped first, unless rows share it. An array that it holds it keeps.
// CHECK-LABEL: gpu.func @choose_once(
// CHECK-SAME:    array.guards = [{{.*}}minimum = 7864320>]
// CHECK-SAME:    kept = 2
// CHECK:         %[[KEPT:.*]] = arith.minui %[[TURNS:.*]], %c2
// CHECK:         %[[DROPPED:.*]] = arith.subi %[[TURNS]], %[[KEPT]]
// CHECK:         scf.for %{{.*}} = %c0 to %[[DROPPED]]
// CHECK-COUNT-8:   vector.load {{.*}} {alignment = 16 : i64, nontemporal = true}
// CHECK:         scf.for %{{.*}} = %c0 to %[[KEPT]]
// CHECK-COUNT-8:   vector.load {{.*}} {alignment = 16 : i64} :
// CHECK-NOT:     nontemporal
// CHECK-LABEL: gpu.func @choose_twice(
// CHECK-NOT:     kept
// CHECK-NOT:     nontemporal
// CHECK-LABEL: gpu.func @choose_cached(
// CHECK-SAME:    array.guards = [{{.*}}maximum = 15728639>]
// CHECK-NOT:     kept
// CHECK-NOT:     nontemporal
func.func @choose_once(%a: !v, %b: !v) -> !s
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64,
                array.param_hints = array<i64: 50000000>} {
  %0 = array.multiply %a, %b : !v, !v -> !v
  %1 = array.sum %0 axes [0] : !v -> !s
  return %1 : !s
}
func.func @choose_twice(%a: !m, %b: tensor<?xf32, #array.params<[p1]>>) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 50, 1000000>} {
  %0 = array.broadcast %b axes [1] : tensor<?xf32, #array.params<[p1]>> -> !m
  %1 = array.multiply %a, %0 : !m, !m -> !m
  %2 = array.sum %1 axes [1] : !m -> !v
  return %2 : !v
}
func.func @choose_cached(%a: !v) -> !s
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64,
                array.param_hints = array<i64: 10000000>} {
  %0 = array.sum %a axes [0] : !v -> !s
  return %0 : !s
}

// Few long rows are split as well, with a counter for each, and few short
// elements are one row.
// CHECK-LABEL: gpu.func @choose_rows(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0]>, scale = 33>
// CHECK-SAME:    array.partial_entries = [#array.size<factors = <[p0]>, scale = 33>, #array.size<factors = <[p0]>>]
// CHECK-LABEL: gpu.func @choose_block(
// CHECK-SAME:    array.schedule = {{{.*}}name = "row"
func.func @choose_rows(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 16, 1000000>} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}
func.func @choose_block(%a: !v) -> !s
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64,
                array.param_hints = array<i64: 1000>} {
  %0 = array.sum %a axes [0] : !v -> !s
  return %0 : !s
}
