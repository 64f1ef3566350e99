// RUN: numloom-opt %s --numloom-schedule-gpu --canonicalize --cse | FileCheck %s
// RUN: numloom-opt %s --numloom-schedule-gpu --numloom-gpu-nvvm \
// RUN:   | numloom-translate --gpu-to-ptx --compute-capability=90 \
// RUN:   | FileCheck %s --check-prefix=PTX --implicit-check-not=.local

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
#vectors = #array.guard<value = <factors = <[p1]>>, multiple = 4>

// Two blocks on each row: each leaves its state in its shared memory, and every
// warp reads both. A block says that it has read them before it stores results,
// and ends when the other has said so.
// CHECK-LABEL: gpu.func @cluster(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0]>, scale = 2>
// CHECK-SAME:    known_cluster_size = array<i32: 2, 1, 1>
// CHECK:         %[[BLOCK:.*]] = gpu.block_id x
// CHECK:         arith.divui %[[BLOCK]], %c2
// CHECK:         vector.load
// CHECK:         gpu.barrier
// CHECK:         nvvm.cluster.arrive {aligned}
// CHECK-NEXT:    nvvm.cluster.wait {aligned}
// CHECK:         nvvm.mapa {{.*}} : !llvm.ptr<3> -> !llvm.ptr<7>
// CHECK-NEXT:    llvm.load
// CHECK-NEXT:    nvvm.cluster.arrive {aligned}
// CHECK:         gpu.shuffle xor
// CHECK-NOT:     gpu.shuffle
// CHECK:         vector.store
// CHECK:         nvvm.cluster.wait {aligned}
// CHECK-NEXT:    gpu.return

// The size of the cluster is part of the kernel: a plain launch makes clusters.
// PTX-LABEL:     .visible .entry cluster(
// PTX:           .explicitcluster
// PTX:           .reqnctapercluster 2, 1, 1
// PTX:           ld.global.nc.v4
// PTX:           barrier.cluster.arrive.aligned
// PTX:           barrier.cluster.wait.aligned
// PTX:           ld.shared::cluster
func.func @cluster(%a: !m) -> !m
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.guards = [#vectors],
                array.schedule = {name = "row", group = 64, threads = 64,
                                  vector = 4, steps = 1, keep = 1,
                                  cluster = 2}} {
  %0 = array.sum %a axes [1] : !m -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.divide %a, %1 : !m, !m -> !m
  return %2 : !m
}

// Rows of 50000 elements are too long for a block: eight blocks keep one.
// CHECK-LABEL: gpu.func @chosen(
// CHECK-SAME:    array.schedule = {cluster = 8 : i64, group = 256 : i64, keep = 1 : i64, name = "row", steps = 8 : i64, threads = 256 : i64, vector = 4 : i64}
func.func @chosen(%a: !m) -> !m
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 1000, 50000>} {
  %0 = array.sum %a axes [1] : !m -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.divide %a, %1 : !m, !m -> !m
  return %2 : !m
}

// Longer ones are walked by a cluster.
// CHECK-LABEL: gpu.func @longer(
// CHECK-SAME:    array.schedule = {blocks = 2 : i64, cluster = 8 : i64, group = 512 : i64, name = "row", steps = 4 : i64, threads = 512 : i64, vector = 4 : i64}
func.func @longer(%a: !m) -> !m
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.param_hints = array<i64: 1000, 200000>} {
  %0 = array.sum %a axes [1] : !m -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.divide %a, %1 : !m, !m -> !m
  return %2 : !m
}
