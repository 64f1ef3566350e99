// RUN: numloom-run %s %S/Inputs/f32-2x3.npy %S/Inputs/f32-2x3-fortran.npy | FileCheck %s
// RUN: numloom-run %s %S/Inputs/f32-2x3.npy %S/Inputs/f32-2x3.npy -o %t.sum.npy -o %t.row.npy
// RUN: numloom-run %s %t.sum.npy %t.sum.npy | FileCheck %s --check-prefix=AGAIN

!f32_nm = tensor<?x?xf32, #array.params<[p0, p1]>>

// CHECK: float32[2, 3] = {{\[\[}}0, 2, 4], [6, 8, 10]]
// CHECK-NEXT: float32[2, 3] = {{\[\[}}0, 1, 4], [9, 16, 25]]

// AGAIN: float32[2, 3] = {{\[\[}}0, 4, 8], [12, 16, 20]]
func.func @main(%a: !f32_nm, %b: !f32_nm) -> (!f32_nm, !f32_nm) {
  %sum = array.add %a, %b : !f32_nm, !f32_nm -> !f32_nm
  %product = array.multiply %a, %b : !f32_nm, !f32_nm -> !f32_nm
  return %sum, %product : !f32_nm, !f32_nm
}
