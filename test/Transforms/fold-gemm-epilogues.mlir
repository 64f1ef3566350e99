// RUN: numloom-opt %s --numloom-fold-gemm-epilogues | FileCheck %s
// RUN: env NUMLOOM_GEMM_EPILOGUES=0 numloom-opt %s --numloom-program \
// RUN:   | FileCheck %s --check-prefix=OFF

// OFF-NOT: array.gemm

!a = tensor<?x?xf32, #array.params<[p0, p2]>>
!b = tensor<?x?xf32, #array.params<[p2, p1]>>
!c = tensor<?x?xf32, #array.params<[p0, p1]>>
!s = tensor<f32>
!r = tensor<?xf32, #array.params<[p1]>>

// CHECK-LABEL: func.func @everything(
// CHECK-NEXT:    %[[BIAS:.*]] = array.broadcast %arg5 axes [1]
// CHECK-NEXT:    %[[GEMM:.*]] = array.gemm %arg0, %arg1 alpha(%arg3 : tensor<f32>) beta(%arg4 : tensor<f32>) addends(%arg2, %[[BIAS]] : {{.*}}) {negate_addend} :
// CHECK-NEXT:    return %[[GEMM]]
func.func @everything(%a: !a, %b: !b, %c: !c, %s: !s {array.scalar}, %t: !s {array.scalar}, %r: !r) -> !c attributes {array.gpu} {
  %ss = array.broadcast %s axes [] : !s -> !c
  %tt = array.broadcast %t axes [] : !s -> !c
  %rr = array.broadcast %r axes [1] : !r -> !c
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.multiply %ss, %0 : !c, !c -> !c
  %2 = array.multiply %c, %tt : !c, !c -> !c
  %3 = array.subtract %1, %2 : !c, !c -> !c
  %4 = array.add %rr, %3 : !c, !c -> !c
  return %4 : !c
}

// A second product may be what is added to the first.
// CHECK-LABEL: func.func @chain(
// CHECK:         %[[FIRST:.*]] = array.matmul %arg0, %arg1
// CHECK-NEXT:    %[[GEMM:.*]] = array.gemm %arg0, %arg1 addends(%[[FIRST]] : {{.*}}) :
// CHECK-NEXT:    array.gemm %[[GEMM]], %arg2 addends(%arg3 : {{.*}}) {negate_product} :
func.func @chain(%a: !a, %b: !b, %y: tensor<?x?xf32, #array.params<[p1, p1]>>, %c: !c) -> !c attributes {array.gpu} {
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.matmul %a, %b : !a, !b -> !c
  %2 = array.add %0, %1 : !c, !c -> !c
  %3 = array.matmul %2, %y : !c, tensor<?x?xf32, #array.params<[p1, p1]>> -> !c
  %4 = array.subtract %c, %3 : !c, !c -> !c
  return %4 : !c
}

// A kernel is left that adds at no cost.
// CHECK-LABEL: func.func @read_by_kernel(
// CHECK-NOT:     array.gemm
func.func @read_by_kernel(%a: !a, %b: !b, %c: !c) -> !c attributes {array.gpu} {
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.add %0, %c : !c, !c -> !c
  %2 = array.exp %1 : !c -> !c
  return %2 : !c
}

// So does one that computes what is added, or that needs the product itself.
// CHECK-LABEL: func.func @computed_addend(
// CHECK-NOT:     array.gemm
func.func @computed_addend(%a: !a, %b: !b, %c: !c) -> (!c, !c, !c) attributes {array.gpu} {
  %0 = array.matmul %a, %b : !a, !b -> !c
  %e = array.exp %c : !c -> !c
  %1 = array.add %0, %e : !c, !c -> !c
  %2 = array.matmul %a, %b : !a, !b -> !c
  %3 = array.add %2, %c : !c, !c -> !c
  return %1, %2, %3 : !c, !c, !c
}

// (x @ y + c) + row in that order; no other rounds as NumPy does.
// CHECK-LABEL: func.func @order(
// CHECK:         %[[ROW:.*]] = array.broadcast %arg3
// CHECK:         array.gemm {{.*}} addends(%arg2, %[[ROW]] :
// CHECK-NOT:     array.gemm
func.func @order(%a: !a, %b: !b, %c: !c, %r: !r) -> (!c, !c, !c) attributes {array.gpu} {
  %row = array.broadcast %r axes [1] : !r -> !c
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.add %0, %c : !c, !c -> !c
  %2 = array.add %row, %1 : !c, !c -> !c
  %3 = array.matmul %a, %b : !a, !b -> !c
  %4 = array.add %c, %row : !c, !c -> !c
  %5 = array.add %3, %4 : !c, !c -> !c
  %6 = array.matmul %a, %b : !a, !b -> !c
  %7 = array.add %6, %row : !c, !c -> !c
  %8 = array.add %7, %c : !c, !c -> !c
  return %2, %5, %8 : !c, !c, !c
}

!q = tensor<?x?xf64, #array.params<[p0, p0]>>

// What the library lacks, or does slowly, is a kernel's: scaled rows, columns,
// other layouts, and rows of float64.
// CHECK-LABEL: func.func @slow(
// CHECK-NOT:     array.gemm
func.func @slow(%a: !a, %b: !b, %r: !r, %v: tensor<?xf32, #array.params<[p0]>>, %t: tensor<?x?xf32, #array.params<[p1, p0]>>, %q: !q, %w: tensor<?xf64, #array.params<[p0]>>) -> (!c, !c, !c, !q) attributes {array.gpu} {
  %row = array.broadcast %r axes [1] : !r -> !c
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.subtract %0, %row : !c, !c -> !c
  %column = array.broadcast %v axes [0] : tensor<?xf32, #array.params<[p0]>> -> !c
  %2 = array.matmul %a, %b : !a, !b -> !c
  %3 = array.add %2, %column : !c, !c -> !c
  %c = array.transpose %t axes [1, 0] : tensor<?x?xf32, #array.params<[p1, p0]>> -> !c
  %4 = array.matmul %a, %b : !a, !b -> !c
  %5 = array.add %4, %c : !c, !c -> !c
  %6 = array.matmul %q, %q : !q, !q -> !q
  %rows = array.broadcast %w axes [1] : tensor<?xf64, #array.params<[p0]>> -> !q
  %7 = array.add %6, %rows : !q, !q -> !q
  return %1, %3, %5, %7 : !c, !c, !c, !q
}

// Factors come before addends, and the second addend has none. A number that is
// added is a kernel's.
// CHECK-LABEL: func.func @factors(
// CHECK-NOT:     array.gemm
func.func @factors(%a: !a, %b: !b, %c: !c, %s: !s {array.scalar}) -> (!c, !c, !c) attributes {array.gpu} {
  %ss = array.broadcast %s axes [] : !s -> !c
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.add %0, %c : !c, !c -> !c
  %2 = array.multiply %1, %ss : !c, !c -> !c
  %3 = array.matmul %a, %b : !a, !b -> !c
  %4 = array.add %3, %c : !c, !c -> !c
  %5 = array.subtract %4, %c : !c, !c -> !c
  %6 = array.matmul %a, %b : !a, !b -> !c
  %7 = array.add %6, %ss : !c, !c -> !c
  return %2, %5, %7 : !c, !c, !c
}

!h = tensor<?x?xf16, #array.params<[p0, p0]>>

// CHECK-LABEL: func.func @halves(
// CHECK:         array.gemm {{.*}} addends(%arg0 :
// CHECK-NOT:     array.gemm
func.func @halves(%a: !h, %s: tensor<f16> {array.scalar}) -> (!h, !h) attributes {array.gpu} {
  %0 = array.matmul %a, %a : !h, !h -> !h
  %1 = array.add %0, %a : !h, !h -> !h
  %ss = array.broadcast %s axes [] : tensor<f16> -> !h
  %2 = array.matmul %a, %a : !h, !h -> !h
  %3 = array.multiply %2, %ss : !h, !h -> !h
  return %1, %3 : !h, !h
}

!z = tensor<?x?xi1, #array.params<[p0, p0]>>

// CHECK-LABEL: func.func @bools(
// CHECK-NOT:     array.gemm
func.func @bools(%a: !z) -> !z attributes {array.gpu} {
  %0 = array.matmul %a, %a : !z, !z -> !z
  %1 = array.add %0, %a : !z, !z -> !z
  return %1 : !z
}

// A CPU's kernels add as fast as its library copies what is added.
// CHECK-LABEL: func.func @cpu(
// CHECK-NOT:     array.gemm
func.func @cpu(%a: !a, %b: !b, %c: !c) -> !c {
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.add %0, %c : !c, !c -> !c
  return %1 : !c
}
