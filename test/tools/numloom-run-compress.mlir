// RUN: numloom-run %s %S/Inputs/f32-2x3.npy | FileCheck %s

!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!k = tensor<?x?xi1, #array.params<[p0, p1]>>
!i = tensor<?x?xsi64, #array.params<[p0, p1]>>
!v = tensor<6xf32>

// A kernel that compresses and counts. What lies behind the elements that the
// mask lets through may be anything.
// CHECK: float32[6] = [3, 4, 5,
// CHECK-NEXT: int64[] = 3
func.func @main(%a: !m) -> (!v, tensor<si64>) {
  %two = array.constant(2.0 : f64) : !m
  %mask = array.greater %a, %two : !m, !m -> !k
  %kept = array.compress %mask, %a : !k, !m -> !v
  %ones = array.cast %mask : !k -> !i
  %count = array.sum %ones axes [0, 1] : !i -> tensor<si64>
  return %kept, %count : !v, tensor<si64>
}
