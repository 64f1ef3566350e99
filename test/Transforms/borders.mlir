// RUN: numloom-opt %s --split-input-file --numloom-outline-kernels | FileCheck %s --check-prefix=OUTLINE
// RUN: numloom-opt %s --split-input-file --numloom-outline-kernels --numloom-schedule-cpu | FileCheck %s --check-prefix=CPU
// RUN: numloom-opt %s --split-input-file --numloom-outline-kernels --numloom-schedule-gpu | FileCheck %s --check-prefix=GPU

!v = tensor<?xf32, #array.params<[p0]>>
!i = tensor<?xf32, #array.params<[p1]>>

// A kernel that gives an update computes the value in its place and copies the
// rest.
// OUTLINE-LABEL: func.func @kernel_0(
// OUTLINE-SAME:    -> tensor<?xf32, #array.params<[p0]>>
// OUTLINE-SAME:    array.borders = [#array.border<operand = 0, starts = <[1]>, extents = <[p0]>, whole = <[p1]>>]
// OUTLINE-SAME:    array.into = [#array.destination<start = [#array.params<[1]>], strides = [#array.params<[1]>]>]
// OUTLINE-NOT:     array.update
// OUTLINE:         return %{{.*}} : tensor<?xf32, #array.params<[p0]>>

// One loop: the items' share of the elements outside, run by run.
// CPU-LABEL: func.func @kernel_0(
// CPU-SAME:    %[[X:[^:]*]]: memref<f32>, %[[R:[^:]*]]: memref<f32>, %[[P0:[^:]*]]: index, %[[P1:[^:]*]]: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CPU:         scf.for
// CPU:         %[[SIZE:.*]] = arith.subi %[[P1]], %[[P0]]
// CPU:         %[[SHARE:.*]] = arith.ceildivui %[[SIZE]], %[[P0]]
// CPU:         arith.muli %[[END]], %[[SHARE]]
// CPU:         arith.muli %[[BEGIN]], %[[SHARE]]
// CPU:         scf.while
// CPU:           scf.condition
// CPU:           arith.select
// CPU:           scf.for
// CPU:             vector.load
// CPU:             vector.store
// CPU:           vector.maskedload
// CPU:           vector.maskedstore

// GPU-LABEL: gpu.func @kernel_0(
// GPU:         %[[GRID:.*]] = gpu.grid_dim x
// GPU:         %[[STRIDE:.*]] = arith.muli %[[GRID]]
// GPU:         scf.for %{{.*}} step %[[STRIDE]]
// GPU:           %[[E:.*]] = memref.load
// GPU:           memref.store %[[E]]
func.func @axis(%a: !v) -> !v {
  %0 = array.fusion (%x = %a : !v) -> (!v) attributes {kind = #array.kind<loop>} {
    %1 = array.slice %x starts <[0]> steps <[1]> : !v -> !i
    %2 = array.exp %1 : !i -> !i
    %3 = array.update %x, %2 starts <[1]> steps <[1]> : !v, !i -> !v
    array.yield %3 : !v
  }
  return %0 : !v
}

// -----

!m = tensor<?x?xf32, #array.params<[p0, p2]>>
!n = tensor<?x?xf32, #array.params<[p1, p2]>>

// Axes that are whole are part of the elements of those before: no division.
// OUTLINE-LABEL: func.func @kernel_0(
// CPU-LABEL: func.func @kernel_0(
// CPU:         scf.while
// CPU-NOT:       arith.divui
// CPU:         return
func.func @rows(%a: !m) -> !m {
  %0 = array.fusion (%x = %a : !m) -> (!m) attributes {kind = #array.kind<loop>} {
    %1 = array.slice %x starts <[0, 0]> steps <[1, 1]> : !m -> !n
    %2 = array.update %x, %1 starts <[1, 0]> steps <[1, 1]> : !m, !n -> !m
    array.yield %2 : !m
  }
  return %0 : !m
}

// -----

!m = tensor<?x?xf32, #array.params<[p0, p2]>>
!n = tensor<?x?xf32, #array.params<[p1, p3]>>

// Two results, one of them a part of a larger array.
// OUTLINE-LABEL: func.func @kernel_0(
// OUTLINE-SAME:    -> (tensor<?x?xf32, #array.params<[p0, p1]>>, tensor<?x?xf32, #array.params<[p0, p1]>>)
// OUTLINE-SAME:    array.borders = [unit, #array.border<operand = 1, starts = <[1, 1]>, extents = <[p0, p1]>, whole = <[p2, p3]>>]
// OUTLINE-SAME:    array.into = [unit, #array.destination

// CPU-LABEL: func.func @kernel_0(
// CPU:         scf.while
// CPU:           arith.divui
// CPU-NOT:     scf.while
// CPU:         return
func.func @results(%a: !n, %b: !m) -> (!n, !m) {
  %0:2 = array.fusion (%x = %a, %y = %b : !n, !m) -> (!n, !m) attributes {kind = #array.kind<loop>} {
    %1 = array.exp %x : !n -> !n
    %2 = array.update %y, %1 starts <[1, 1]> steps <[1, 1]> : !m, !n -> !m
    array.yield %1, %2 : !n, !m
  }
  return %0#0, %0#1 : !n, !m
}
