// RUN: numloom-run %s %S/Inputs/f64-3.npy %S/Inputs/i32-scalar.npy | FileCheck %s

!f64_n = tensor<?xf64, #array.params<[p0]>>

// CHECK: float64[3] = [1.5, -2, inf]
// CHECK-NEXT: int32[] = -7
func.func @main(%a: !f64_n, %b: tensor<si32>) -> (!f64_n, tensor<si32>) {
  return %a, %b : !f64_n, tensor<si32>
}
