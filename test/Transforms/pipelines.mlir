// The pipelines end to end, each on what the one before it leaves.
// RUN: numloom-opt %s --numloom-program | FileCheck %s --check-prefix=PROGRAM
// RUN: numloom-opt %s --numloom-program --numloom-cpu-kernels \
// RUN:   | FileCheck %s --check-prefix=KERNELS
// RUN: numloom-opt %s --numloom-program --numloom-cpu-kernels \
// RUN:   --numloom-cpu-llvm | FileCheck %s --check-prefix=LLVM

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>

// x - 0 is x, the two uses of the exponential are one row kernel, and what
// reads it at another index is a kernel of its own.
// PROGRAM-LABEL: func.func @main
// PROGRAM-SAME:    array.arena = [#array.params<[4, p0, p1]>]
// PROGRAM:         %[[K:.*]] = array.fusion (%{{.*}} = %arg0 :
// PROGRAM-SAME:      array.slots = array<i64: 0>, kind = #array.kind<row>
// PROGRAM-NOT:       array.subtract %{{.*}}, %{{.*}}: tensor<f32>
// PROGRAM:           array.max
// PROGRAM:           array.exp
// PROGRAM:           array.sum
// PROGRAM:           array.divide
// PROGRAM:         array.matmul %[[K]], %{{.*}} {array.slots = array<i64: -1>}
// PROGRAM-NOT:     array.fusion

// KERNELS-NOT:     @main
// KERNELS-LABEL:   func.func @kernel_0(
// KERNELS-SAME:      memref<f32>, %{{.*}}: memref<f32>, %{{.*}}: index, %{{.*}}: index, %{{.*}}: index, %{{.*}}: index)
// KERNELS-SAME:      array.work = #array.params<[1, p0]>
// KERNELS-NOT:     array.{{[a-z]+}} %
// KERNELS:         math.exp
// KERNELS:         return

// LLVM-NOT:        func.func
// LLVM-LABEL:      llvm.func @kernel_0(
// LLVM-SAME:         !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: i64)
// LLVM-NOT:        {{(^| = )(array|arith|cf|math|memref|scf|vector)\.}}
// LLVM:            llvm.return
func.func @main(%x: !m, %w: tensor<?x?xf32, #array.params<[p1, p0]>>)
    -> tensor<?x?xf32, #array.params<[p0, p0]>>
    attributes {array.param_hints = array<i64: 1000, 1000>} {
  %zero = array.constant(0.0 : f64) : !m
  %0 = array.subtract %x, %zero : !m, !m -> !m
  %1 = array.max %0 axes [1] : !m -> !v
  %2 = array.broadcast %1 axes [0] : !v -> !m
  %3 = array.subtract %0, %2 : !m, !m -> !m
  %4 = array.exp %3 : !m -> !m
  %5 = array.sum %4 axes [1] : !m -> !v
  %6 = array.broadcast %5 axes [0] : !v -> !m
  %7 = array.divide %4, %6 : !m, !m -> !m
  %8 = array.matmul %7, %w : !m, tensor<?x?xf32, #array.params<[p1, p0]>>
      -> tensor<?x?xf32, #array.params<[p0, p0]>>
  return %8 : tensor<?x?xf32, #array.params<[p0, p0]>>
}
