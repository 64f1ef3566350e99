// NVIDIA's assembler takes the code of every schedule, here and in the tests of
// the schedules, and spills no registers; one word it may, for occupancy's sake.
// REQUIRES: ptxas
// A module with kernels of both widths is two texts, of which one header stays.
// DEFINE: %{sm} = 80
// DEFINE: %{assemble} = numloom-opt --numloom-gpu-nvvm \
// DEFINE:   | numloom-translate --gpu-to-ptx --compute-capability=%{sm} \
// DEFINE:   | awk '!/^\.(version|target|address_size)/ || !seen[$1]++' > %t.ptx \
// DEFINE:   && %ptxas -v -arch=sm_%{sm} %t.ptx -o %t.cubin 2>&1 \
// DEFINE:   | FileCheck %s --implicit-check-not=error --implicit-check-not=warning \
// DEFINE:     --implicit-check-not='{{[1-9][0-9]}} bytes spill'
// DEFINE: %{outline} = numloom-opt --numloom-program --numloom-gpu-kernels
// DEFINE: %{schedule} = numloom-opt --split-input-file --numloom-schedule-gpu
// RUN: %{outline} %s | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-column.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-compress.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-into.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-loop.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-row.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-scan.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-scatter.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-split.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-stencil.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-transpose.mlir | %{assemble}
// REDEFINE: %{sm} = 90
// RUN: %{outline} %s | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-cluster.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-column.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-compress.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-into.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-loop.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-row.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-scan.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-scatter.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-split.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-stencil.mlir | %{assemble}
// RUN: %{schedule} %S/schedule-gpu-transpose.mlir | %{assemble}

// CHECK: Compiling entry function
// CHECK: 0 bytes spill stores

!s = tensor<f32>
!v = tensor<?xf32, #array.params<[p0]>>
!d = tensor<?xf64, #array.params<[p0]>>
!h = tensor<?xbf16, #array.params<[p0]>>
!z = tensor<?xcomplex<f64>, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!t = tensor<?x?xf32, #array.params<[p1, p0]>>
!c = tensor<?xf32, #array.params<[p1]>>

func.func @loop(%a: !v, %s: !s {array.scalar}) -> !v {
  %0 = array.broadcast %s axes [] : !s -> !v
  %1 = array.multiply %a, %0 : !v, !v -> !v
  %2 = array.exp %1 : !v -> !v
  return %2 : !v
}

func.func @half(%a: !h, %b: !h) -> !h {
  %0 = array.add %a, %b : !h, !h -> !h
  return %0 : !h
}

func.func @complex(%a: !z, %b: !z) -> !z {
  %0 = array.divide %a, %b : !z, !z -> !z
  %1 = array.sqrt %0 : !z -> !z
  %2 = array.power %1, %b : !z, !z -> !z
  return %2 : !z
}

// Two kernels of one module with constants in memory.
func.func @float64(%a: !d, %b: !d) -> (!d, !d) {
  %0 = array.sin %a : !d -> !d
  %1 = array.exp %b : !d -> !d
  %2 = array.multiply %0, %1 : !d, !d -> !d
  %3 = array.cos %a : !d -> !d
  %4 = array.log %b : !d -> !d
  %5 = array.multiply %3, %4 : !d, !d -> !d
  return %2, %5 : !d, !d
}

func.func @logarithm(%a: !d) -> !d {
  %0 = array.log %a : !d -> !d
  return %0 : !d
}

func.func @transpose(%a: !m, %b: !t) -> !m {
  %0 = array.transpose %b axes [1, 0] : !t -> !m
  %1 = array.add %a, %0 : !m, !m -> !m
  return %1 : !m
}

// Softmax.
func.func @rows(%a: !m) -> !m
    attributes {array.param_hints = array<i64: 4096, 1024>} {
  %0 = array.max %a axes [1] : !m -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.subtract %a, %1 : !m, !m -> !m
  %3 = array.exp %2 : !m -> !m
  %4 = array.sum %3 axes [1] : !m -> !v
  %5 = array.broadcast %4 axes [0] : !v -> !m
  %6 = array.divide %3, %5 : !m, !m -> !m
  return %6 : !m
}

func.func @columns(%a: !m) -> !c
    attributes {array.param_hints = array<i64: 100, 100000>} {
  %0 = array.sum %a axes [0] : !m -> !c
  return %0 : !c
}

// Two functions.
func.func @split(%a: !v) -> !s
    attributes {array.param_hints = array<i64: 10000000>} {
  %0 = array.sum %a axes [0] : !v -> !s
  return %0 : !s
}

func.func @scan(%a: !m) -> !m
    attributes {array.param_hints = array<i64: 4096, 1024>} {
  %0 = array.scan_sum %a axes [1] : !m -> !m
  return %0 : !m
}
