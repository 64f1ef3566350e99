// RUN: numloom-opt %s --numloom-one-pass-deviations | FileCheck %s
// RUN: numloom-opt %s --numloom-program | FileCheck %s --check-prefix=FUSED

!s = tensor<f32>
!r = tensor<?xf32, #array.params<[p1]>>
!c = tensor<?xf32, #array.params<[p0]>>
!k = tensor<1x?xf32, #array.params<[1, p1]>>
!l = tensor<?x1xf32, #array.params<[p0, 1]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!d = tensor<?x?xf64, #array.params<[p0, p1]>>
!dr = tensor<?xf64, #array.params<[p1]>>

// The variance of columns. What the sum is divided by is a number of the
// program: where it is the rows' number, the means are equal and nothing is
// added.
// CHECK-LABEL: func.func @columns(
// CHECK-DAG:     %[[SUM:.*]] = array.sum %arg0 axes [0]
// CHECK-DAG:     %[[ROWS:.*]] = array.extent <[p0]>
// CHECK-DAG:     %[[COUNT:.*]] = array.cast %[[ROWS]]
// CHECK-DAG:     %[[MEAN:.*]] = array.divide %[[SUM]], %[[COUNT]]
// CHECK-DAG:     %[[CENTER:.*]] = array.reshape %{{.*}} : tensor<1x?xf32
// CHECK-DAG:     %[[HAS_OVERFLOWN:.*]] = array.isinf %[[CENTER]]
// CHECK-DAG:     %[[APART:.*]] = array.subtract %[[MEAN]], %[[CENTER]]
// CHECK:         %[[DISTANCE:.*]] = array.where %[[HAS_OVERFLOWN]], %[[CENTER]], %[[APART]]
// CHECK:         %[[SQUARE:.*]] = array.square %[[DISTANCE]]
// CHECK:         %[[REST:.*]] = array.multiply %[[COUNT]], %[[SQUARE]]
// CHECK:         %[[AROUND:.*]] = array.squared_deviations %arg0 axes [0]
// CHECK:         %[[TOTAL:.*]] = array.add %[[AROUND]], %[[REST]]
// CHECK:         array.divide %[[TOTAL]]
// One kernel, which reads the matrix once.
// FUSED-LABEL: func.func @columns(
// FUSED-COUNT-1: = array.fusion
// FUSED-NOT:     = array.fusion
func.func @columns(%x: !m, %n: !s {array.scalar}) -> !r
    attributes {array.gpu, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %x axes [0] : !m -> !r
  %1 = array.reshape %0 : !r -> !k
  %2 = array.broadcast %n axes [] : !s -> !k
  %3 = array.divide %1, %2 : !k, !k -> !k
  %4 = array.broadcast %3 axes [0, 1] : !k -> !m
  %5 = array.subtract %x, %4 : !m, !m -> !m
  %6 = array.square %5 : !m -> !m
  %7 = array.sum %6 axes [0] : !m -> !r
  %8 = array.broadcast %n axes [] : !s -> !r
  %9 = array.divide %7, %8 : !r, !r -> !r
  return %9 : !r
}

// Of everything, with a product in place of the square.
// CHECK-LABEL: func.func @everything(
// CHECK:         array.squared_deviations %arg0 axes [0, 1]
// FUSED-LABEL: func.func @everything(
// FUSED-COUNT-1: = array.fusion
// FUSED-NOT:     = array.fusion
func.func @everything(%x: !m, %n: !s {array.scalar}) -> !s
    attributes {array.gpu, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %x axes [0, 1] : !m -> !s
  %1 = array.divide %0, %n : !s, !s -> !s
  %2 = array.broadcast %1 axes [] : !s -> !m
  %3 = array.subtract %x, %2 : !m, !m -> !m
  %4 = array.multiply %3, %3 : !m, !m -> !m
  %5 = array.sum %4 axes [0, 1] : !m -> !s
  return %5 : !s
}

// Of float64.
// CHECK-LABEL: func.func @float64(
// CHECK:         array.squared_deviations %arg0 axes [0] : tensor<?x?xf64
// FUSED-LABEL: func.func @float64(
// FUSED-COUNT-1: = array.fusion
// FUSED-NOT:     = array.fusion
func.func @float64(%x: !d, %n: !dr) -> !dr
    attributes {array.gpu, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %x axes [0] : !d -> !dr
  %1 = array.divide %0, %n : !dr, !dr -> !dr
  %2 = array.broadcast %1 axes [1] : !dr -> !d
  %3 = array.subtract %x, %2 : !d, !d -> !d
  %4 = array.square %3 : !d -> !d
  %5 = array.sum %4 axes [0] : !d -> !dr
  return %5 : !dr
}

// Numbers that the program knows have become factors.
// CHECK-LABEL: func.func @known_number(
// CHECK:         array.squared_deviations %arg0 axes [0]
// FUSED-LABEL: func.func @known_number(
// FUSED-COUNT-1: = array.fusion
// FUSED-NOT:     = array.fusion
func.func @known_number(%x: !m) -> !r
    attributes {array.gpu, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.constant(1.220703125E-4 : f64) : !k
  %1 = array.sum %x axes [0] : !m -> !r
  %2 = array.reshape %1 : !r -> !k
  %3 = array.multiply %0, %2 : !k, !k -> !k
  %4 = array.broadcast %3 axes [0, 1] : !k -> !m
  %5 = array.subtract %x, %4 : !m, !m -> !m
  %6 = array.square %5 : !m -> !m
  %7 = array.sum %6 axes [0] : !m -> !r
  return %7 : !r
}

// What is standardised has one pass less: the variance needs none of its own.
// CHECK-LABEL: func.func @standardised(
// CHECK:         array.squared_deviations
// FUSED-LABEL: func.func @standardised(
// FUSED-COUNT-2: = array.fusion
// FUSED-NOT:     = array.fusion
func.func @standardised(%x: !m, %n: !s {array.scalar}) -> !m
    attributes {array.gpu, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %x axes [0] : !m -> !r
  %1 = array.broadcast %n axes [] : !s -> !r
  %2 = array.divide %0, %1 : !r, !r -> !r
  %3 = array.broadcast %2 axes [1] : !r -> !m
  %4 = array.subtract %x, %3 : !m, !m -> !m
  %5 = array.square %4 : !m -> !m
  %6 = array.sum %5 axes [0] : !m -> !r
  %7 = array.broadcast %6 axes [1] : !r -> !m
  %8 = array.divide %4, %7 : !m, !m -> !m
  return %8 : !m
}

// Rows that fit registers are not read twice anyway.
// FUSED-LABEL: func.func @rows(
// CHECK-LABEL: func.func @rows(
// CHECK-NOT:     array.squared_deviations
func.func @rows(%x: !m, %n: !s {array.scalar}) -> !c
    attributes {array.gpu, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %x axes [1] : !m -> !c
  %1 = array.reshape %0 : !c -> !l
  %2 = array.broadcast %n axes [] : !s -> !l
  %3 = array.divide %1, %2 : !l, !l -> !l
  %4 = array.broadcast %3 axes [0, 1] : !l -> !m
  %5 = array.subtract %x, %4 : !m, !m -> !m
  %6 = array.square %5 : !m -> !m
  %7 = array.sum %6 axes [1] : !m -> !c
  return %7 : !c
}

// A third moment needs the mean first, and so a second pass.
// CHECK-LABEL: func.func @skewness(
// CHECK-NOT:     array.squared_deviations
func.func @skewness(%x: !m, %n: !s {array.scalar}) -> (!s, !s)
    attributes {array.gpu, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %x axes [0, 1] : !m -> !s
  %1 = array.divide %0, %n : !s, !s -> !s
  %2 = array.broadcast %1 axes [] : !s -> !m
  %3 = array.subtract %x, %2 : !m, !m -> !m
  %4 = array.multiply %3, %3 : !m, !m -> !m
  %5 = array.multiply %4, %3 : !m, !m -> !m
  %6 = array.sum %4 axes [0, 1] : !m -> !s
  %7 = array.sum %5 axes [0, 1] : !m -> !s
  return %6, %7 : !s, !s
}

// The mean of other elements, one along other axes, and programs for a CPU stay
// as they are.
// CHECK-LABEL: func.func @others(
// CHECK-NOT:     array.squared_deviations
func.func @others(%x: !m, %y: !m, %n: !s {array.scalar}) -> !r
    attributes {array.gpu, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %y axes [0] : !m -> !r
  %1 = array.broadcast %n axes [] : !s -> !r
  %2 = array.divide %0, %1 : !r, !r -> !r
  %3 = array.broadcast %2 axes [1] : !r -> !m
  %4 = array.subtract %x, %3 : !m, !m -> !m
  %5 = array.square %4 : !m -> !m
  %6 = array.sum %5 axes [0] : !m -> !r
  return %6 : !r
}
!q = tensor<?x?xf32, #array.params<[p0, p0]>>
// CHECK-LABEL: func.func @transposed(
// CHECK-NOT:     array.squared_deviations
func.func @transposed(%x: !q, %n: !s {array.scalar}) -> !c
    attributes {array.gpu, array.param_hints = array<i64: 4096>} {
  %0 = array.sum %x axes [0] : !q -> !c
  %1 = array.broadcast %n axes [] : !s -> !c
  %2 = array.divide %0, %1 : !c, !c -> !c
  %3 = array.broadcast %2 axes [0] : !c -> !q
  %4 = array.subtract %x, %3 : !q, !q -> !q
  %5 = array.square %4 : !q -> !q
  %6 = array.sum %5 axes [0] : !q -> !c
  return %6 : !c
}
// CHECK-LABEL: func.func @cpu(
// CHECK-NOT:     array.squared_deviations
func.func @cpu(%x: !m, %n: !r) -> !r
    attributes {array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %x axes [0] : !m -> !r
  %1 = array.divide %0, %n : !r, !r -> !r
  %2 = array.broadcast %1 axes [1] : !r -> !m
  %3 = array.subtract %x, %2 : !m, !m -> !m
  %4 = array.square %3 : !m -> !m
  %5 = array.sum %4 axes [0] : !m -> !r
  return %5 : !r
}
