// What the machine code of kernels promises, on a machine with AVX-512. The
// passes between are those of the compiler's own clean-up.
// RUN: numloom-opt %s --numloom-cpu-kernels --numloom-cpu-llvm \
// RUN:   | mlir-translate --mlir-to-llvmir --allow-unregistered-dialect \
// RUN:   | opt -passes='function(early-cse,instcombine,simplifycfg,loop-mssa(licm),early-cse)' \
// RUN:   | llc -mcpu=znver4 -mattr=-prefer-256-bit | FileCheck %s

!s = tensor<f32>
!v = tensor<?xf32, #array.params<[p0]>>
!d = tensor<?xf64, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!w = tensor<?xf32, #array.params<[p1]>>
!b = tensor<?xi1, #array.params<[p0]>>

func.func @main(%v0: !v, %v1: !v, %v2: !v, %m: !m, %w: !w, %d: !d, %p: !d)
    -> (!v, !v, !m, !v, !w, !v, !v) {

// A fused expression is a few instructions: every operand is read from memory
// once, 64 bytes at a time, where the arithmetic needs it; no calls, no stack,
// and products are rounded before they are added.
// CHECK-LABEL: kernel_0:
// CHECK-NOT:     call
// CHECK-NOT:     vfm
// CHECK:       [[LOOP:.LBB[0-9_]+]]:
// CHECK-COUNT-4: vmovups {{[0-9]*}}(%rdi,{{.*}}), %zmm
// CHECK-NOT:     (%rsp)
// CHECK-COUNT-4: vmulps {{[0-9]*}}(%rsi,{{.*}}), %zmm
// CHECK-NOT:     (%rsp)
// CHECK-COUNT-4: vaddps {{[0-9]*}}(%rdx,{{.*}}), %zmm
// CHECK-NOT:     (%rsp)
// CHECK-COUNT-4: vsqrtps %zmm
// CHECK-NOT:     (%rsp)
// CHECK-COUNT-4: vmovups %zmm{{[0-9]+}}, {{[0-9]*}}(%rcx,
// CHECK-NEXT:    addq $64,
// CHECK-NEXT:    cmpq
// CHECK-NEXT:    jl [[LOOP]]
// What is left at the end is one more round under masks.
// CHECK-NOT:   .LBB{{[0-9_]+}}: {{.*}}Loop
// CHECK:         vmovups {{.*}} {%k{{[1-7]}}} {z}
// CHECK:         vmovups %zmm{{[0-9]+}}, {{[0-9]*}}(%rcx,{{.*}}) {%k{{[1-7]}}}
// CHECK-NOT:     call
// CHECK:         retq
  %0 = array.fusion (%a = %v0, %b = %v1, %c = %v2 : !v, !v, !v) -> (!v)
      attributes {kind = "loop"} {
    %1 = array.multiply %a, %b : !v, !v -> !v
    %2 = array.add %1, %c : !v, !v -> !v
    %3 = array.sqrt %2 : !v -> !v
    array.yield %3 : !v
  }

  return %0, %0, %m, %0, %w, %0, %0 : !v, !v, !m, !v, !w, !v, !v
}
