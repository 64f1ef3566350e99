// RUN: numloom-run %s %S/Inputs/f32-2x3.npy %S/Inputs/f32-2x3.npy --param 2=2 | FileCheck %s

!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!r = tensor<1x?xf32, #array.params<[1, p1]>>
!c = tensor<?x1xf32, #array.params<[p0, 1]>>
!n = tensor<?x?xf32, #array.params<[p0, p2]>>

// In place, through a buffer of its own, into a copy, backwards.
// CHECK:      float32[2, 3] = {{\[\[}}0, 2, 4], [0, 2, 4]]
// CHECK-NEXT: float32[2, 3] = {{\[\[}}2, 0, 1], [5, 3, 4]]
// CHECK-NEXT: float32[2, 3] = {{\[\[}}0, 0, 1], [3, 3, 4]]
func.func @main(%a: !m {array.donated}, %b: !m {array.donated})
    -> (!m, !m, !m) {
  %0 = array.slice %a starts <[0, 0]> steps <[1, 1]> : !m -> !r
  %1 = array.add %0, %0 : !r, !r -> !r
  %2 = array.update %a, %1 starts <[1, 0]> steps <[1, 1]> : !m, !r -> !m
  %3 = array.update %2, %1 starts <[0, 0]> steps <[1, 1]> : !m, !r -> !m
  %4 = array.slice %b starts <[0, 0]> steps <[1, 1]> : !m -> !n
  %5 = array.update %b, %4 starts <[0, 1]> steps <[1, 1]> : !m, !n -> !m
  %6 = array.slice %b starts <[0, 2]> steps <[1, 1]> : !m -> !c
  %7 = array.slice %5 starts <[0, 1]> steps <[1, 1]> : !m -> !n
  %8 = array.update %5, %7 starts <[0, 2]> steps <[1, -1]> : !m, !n -> !m
  %9 = array.update %8, %6 starts <[0, 0]> steps <[1, 1]> : !m, !c -> !m
  %10 = array.slice %9 starts <[0, 2]> steps <[1, -1]> : !m -> !n
  %11 = array.update %9, %10 starts <[0, 1]> steps <[1, 1]> : !m, !n -> !m
  return %3, %11, %5 : !m, !m, !m
}
