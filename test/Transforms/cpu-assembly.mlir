// What the machine code of kernels promises on a machine with AVX-512. The
// passes of opt are those of the compiler's own clean-up.
// DEFINE: %{compile} = numloom-opt --numloom-schedule-cpu --numloom-cpu-llvm \
// DEFINE:   | mlir-translate --mlir-to-llvmir --allow-unregistered-dialect \
// DEFINE:   | opt -passes='function(early-cse,instcombine,simplifycfg,loop-mssa(licm),early-cse)' \
// DEFINE:   | llc -mtriple=x86_64-linux-gnu -mcpu=znver4 -mattr=-prefer-256-bit
// RUN: cat %s | %{compile} | FileCheck %s
// RUN: awk -v n=40 -f %S/Inputs/polynomial.awk | %{compile} \
// RUN:   | FileCheck %s --check-prefix=CONST

!v = tensor<?xf32, #array.params<[p0]>>
!w = tensor<?xf32, #array.params<[p1]>>
!b = tensor<?xi1, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>

// A fused expression reads every operand once, 64 bytes at a time, where the
// arithmetic needs it: no calls, no stack; products are rounded before they
// are added. What is left at the end are single registers under masks.
// CHECK-LABEL: expression:
// CHECK-NOT:     call
// CHECK-NOT:     vfm
// CHECK:       [[LOOP:.LBB[0-9_]+]]:
// CHECK-NOT:     (%rsp)
// CHECK-COUNT-4: vmovups {{[0-9]*}}(%rdi,{{.*}}), %zmm
// CHECK-NOT:     (%rsp)
// CHECK-COUNT-4: vmulps {{[0-9]*}}(%rsi,{{.*}}), %zmm
// CHECK-NOT:     (%rsp)
// CHECK-COUNT-4: vaddps {{[0-9]*}}(%rdx,{{.*}}), %zmm
// CHECK-NOT:     (%rsp)
// CHECK-COUNT-4: vsqrtps %zmm
// CHECK-NOT:     (%rsp)
// CHECK-COUNT-4: vmovups %zmm{{[0-9]+}}, {{[0-9]*}}(%rcx,
// CHECK-NOT:     vmovups
// CHECK:         jl [[LOOP]]
// CHECK-COUNT-1: vpcmpgtd
// CHECK-NOT:     vpcmpgt
// CHECK-COUNT-1: vmovups {{[0-9]*}}(%rdi,{{.*}}), %zmm{{.*}} {%k{{[1-7]}}} {z}
// CHECK-NOT:     call
// CHECK-NOT:     vfm
// CHECK:         retq
func.func @expression(%a: !v, %b: !v, %c: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.multiply %a, %b : !v, !v -> !v
  %1 = array.add %0, %c : !v, !v -> !v
  %2 = array.sqrt %1 : !v -> !v
  return %2 : !v
}

// Constants beyond the registers are broadcast from memory, once for the four
// registers of a round.
// CONST-LABEL: polynomial:
// CONST:       [[LOOP:.LBB[0-9_]+]]:
// CONST:         vbroadcastss .LCPI{{.*}}(%rip), %zmm
// CONST-NOT:     call
// CONST:         jl [[LOOP]]

// Exponentials are in line.
// CHECK-LABEL: exponential:
// CHECK-NOT:     call
// CHECK:       [[LOOP:.LBB[0-9_]+]]:
// CHECK-NOT:     (%rsp)
// CHECK:         vfmadd{{.*}} %zmm
// CHECK-NOT:     (%rsp)
// CHECK:         jl [[LOOP]]
// CHECK-NOT:     call
// CHECK:         retq
func.func @exponential(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.exp %a : !v -> !v
  return %0 : !v
}

// A comparison is a mask, and a mask is bytes.
// CHECK-LABEL: comparison:
// CHECK:       [[LOOP:.LBB[0-9_]+]]:
// CHECK-COUNT-4: vcmp{{.*}}ps {{.*}}, %k{{[0-7]}}
// CHECK:         kunpckdq
// CHECK:         vmovdqu{{.*}} %zmm{{[0-9]+}}, (%rdx
// CHECK-NOT:     vmovdqu
// CHECK:         jl [[LOOP]]
func.func @comparison(%a: !v, %b: !v) -> !b
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.less %a, %b : !v, !v -> !b
  return %0 : !b
}

// The scalar of a row is broadcast once for the row.
// CHECK-LABEL: scaled_rows:
// CHECK:         vbroadcastss (%rsi,{{.*}}), [[SCALE:%zmm[0-9]+]]
// CHECK:       [[LOOP:.LBB[0-9_]+]]:
// CHECK-NOT:     broadcast
// CHECK-COUNT-4: vmulps {{[0-9]*}}(%{{.*}}), [[SCALE]], %zmm
// CHECK-NOT:     broadcast
// CHECK:         jl [[LOOP]]
func.func @scaled_rows(%a: !m, %b: !v) -> !m
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.broadcast %b axes [0] : !v -> !m
  %1 = array.multiply %a, %0 : !m, !m -> !m
  return %1 : !m
}

// A sum along short rows adds from memory into one accumulator for each of
// eight, along long ones into four.
// CHECK-LABEL: row_sum:
// CHECK:         Inner Loop Header
// CHECK-COUNT-8: vaddps (%{{.*}}), %zmm
// CHECK:         vaddps (%{{.*}}), %[[A:zmm[0-9]+]], %[[A]]
// CHECK-NEXT:    vaddps 64(%{{.*}}), %[[B:zmm[0-9]+]], %[[B]]
// CHECK-NEXT:    vaddps 128(%{{.*}}), %[[C:zmm[0-9]+]], %[[C]]
// CHECK-NEXT:    vaddps 192(%{{.*}}), %[[D:zmm[0-9]+]], %[[D]]
// CHECK-NEXT:    addq $64,
func.func @row_sum(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// One along columns into four, which stay in registers.
// CHECK-LABEL: column_sum:
// CHECK:         This Inner Loop Header
// CHECK-NEXT:    vaddps (%[[ROW:[a-z0-9]+]]), %zmm
// CHECK-COUNT-3: vaddps {{[0-9]+}}(%[[ROW]]), %zmm
// CHECK-NOT:     (%rsp)
// CHECK:         jl .LBB
func.func @column_sum(%a: !m) -> !w
    attributes {array.kind = #array.kind<column>, array.num_params = 2 : i64} {
  %0 = array.sum %a axes [0] : !m -> !w
  return %0 : !w
}

// CHECK-LABEL: streaming:
// CHECK-COUNT-4: vmovntps %zmm
// CHECK-NOT:     vmovnt
func.func @streaming(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64,
                array.streaming} {
  %0 = array.negative %a : !v -> !v
  return %0 : !v
}
