// RUN: numloom-opt %s --numloom-form-fusions | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!i = tensor<?xf32, #array.params<[p1]>>

// Kernels of a version and of the next one stay apart, though they share what
// they read.
// CHECK-LABEL: func.func @versions(
// CHECK:         array.fusion ({{.*}}%arg0
// CHECK:         %[[U:.*]] = array.update
// CHECK:         array.fusion ({{.*}}%[[U]]
func.func @versions(%a: !v, %b: !v, %x: !i) -> (!v, !v) {
  %0 = array.add %a, %b : !v, !v -> !v
  %1 = array.update %a, %x starts <[1]> steps <[1]> : !v, !i -> !v
  %2 = array.multiply %1, %b : !v, !v -> !v
  return %0, %2 : !v, !v
}

// What reads the old version is not computed again behind the update.
// CHECK-LABEL: func.func @late(
// CHECK:         %[[OLD:.*]] = array.fusion (%{{.*}} = %arg0
// CHECK:         array.negative
// CHECK:         %[[U:.*]] = array.update
// CHECK:         array.fusion (
// CHECK-NOT:     %arg0
// CHECK:         return
func.func @late(%a: !v, %x: !i) -> !v {
  %0 = array.negative %a : !v -> !v
  %1 = array.update %a, %x starts <[1]> steps <[1]> : !v, !i -> !v
  %2 = array.add %0, %1 : !v, !v -> !v
  return %2 : !v
}

// The value of an update may read the base however it likes.
// CHECK-LABEL: func.func @value(
// CHECK-COUNT-1: array.fusion (
// CHECK-NOT:     array.fusion (
// CHECK:         array.update
func.func @value(%a: !v) -> !v {
  %0 = array.negative %a : !v -> !v
  %1 = array.slice %0 starts <[0]> steps <[1]> : !v -> !i
  %2 = array.slice %a starts <[1]> steps <[1]> : !v -> !i
  %3 = array.add %1, %2 : !i, !i -> !i
  %4 = array.update %a, %3 starts <[1]> steps <[1]> : !v, !i -> !v
  return %4 : !v
}
