// RUN: numloom-opt %s --numloom-schedule-cpu | FileCheck %s
// RUN: numloom-opt %s --numloom-schedule-cpu=vector-bytes=32 \
// RUN:   | FileCheck %s --check-prefix=NARROW

!v = tensor<?xf64, #array.params<[p0]>>
!w = tensor<?xf64, #array.params<[p1]>>
!m = tensor<?x?xf64, #array.params<[p0, p1]>>
!t = tensor<?x?xf64, #array.params<[p1, p0]>>
!x = tensor<?x?x?xf64, #array.params<[p0, p1, p2]>>
!y = tensor<?x?xf64, #array.params<[p0, p2]>>
!b = tensor<?x?xi1, #array.params<[p0, p1]>>
!c = tensor<?xi1, #array.params<[p0]>>

// Rows of up to 128 elements that lie side by side: eight at a time, one
// register of each, what all share loaded once. Those shorter than a register
// are prefetched.
// CHECK-LABEL: func.func @product(
// CHECK-SAME:    %{{[^:]*}}: index, %[[P1:[^:]*]]: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME:    array.work = #array.params<[1, p0]>
// CHECK:         %[[MOST:.*]] = arith.constant 128 : index
// CHECK:         %[[SHORT:.*]] = arith.cmpi ule, %[[P1]], %[[MOST]]
// CHECK:         scf.if %[[SHORT]] {
// CHECK:           %[[SPAN:.*]] = arith.subi %[[END]], %[[BEGIN]]
// CHECK:           %[[REST:.*]] = arith.remui %[[SPAN]], %{{.*}}
// CHECK:           %[[TILES:.*]] = arith.subi %[[END]], %[[REST]]
// CHECK:           scf.for %[[ROW:[^ ]*]] = %[[BEGIN]] to %[[TILES]] step
// CHECK:             scf.if
// CHECK-COUNT-8:       memref.prefetch
// CHECK:             %[[SUMS:.*]]:8 = scf.for
// CHECK-COUNT-8:       arith.addf {{.*}} : vector<8xf64>
// CHECK-NEXT:          scf.yield
// CHECK:             %[[ALL:.*]]:8 = scf.if
// CHECK:               vector.maskedload
// The upper half of each row meets the lower; a lane is a row at the end.
// CHECK:             %[[LOW:.*]] = vector.shuffle %[[ALL]]#0, %[[ALL]]#1 [0, 1, 2, 3, 8, 9, 10, 11]
// CHECK:             %[[HIGH:.*]] = vector.shuffle %[[ALL]]#0, %[[ALL]]#1 [4, 5, 6, 7, 12, 13, 14, 15]
// CHECK:             arith.addf %[[LOW]], %[[HIGH]]
// CHECK:             vector.shuffle {{.*}} [0, 1, 4, 5, 8, 9, 12, 13]
// CHECK:             vector.shuffle {{.*}} [0, 2, 4, 6, 8, 10, 12, 14]
// CHECK:             %[[RESULT:.*]] = arith.addf {{.*}} : vector<8xf64>
// CHECK:             vector.store %[[RESULT]], %{{.*}}[%[[ROW]]]
// Single rows meet in the same order.
// CHECK:           scf.for %[[LAST:[^ ]*]] = %[[TILES]] to %[[END]] step
// CHECK:             vector.shuffle {{.*}} [0, 1, 2, 3] : vector<8xf64>, vector<8xf64>
// CHECK:             vector.shuffle {{.*}} [4, 5, 6, 7] : vector<8xf64>, vector<8xf64>
// CHECK:             memref.store %{{.*}}, %{{.*}}[%[[LAST]]]
// Long rows, one by one.
// CHECK:         } else {
// CHECK:           scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
// CHECK-NOT:         vector.shuffle
// CHECK:             vector.load {{.*}}, vector<32xf64>
//
// A tile has no more rows than a register has lanes.
// NARROW-LABEL: func.func @product(
// NARROW:         %[[ALL:.*]]:4 = scf.if
// NARROW:         vector.shuffle %[[ALL]]#0, %[[ALL]]#1 [0, 1, 4, 5]
// NARROW:         vector.shuffle {{.*}} [0, 2, 4, 6]
// NARROW:         %[[RESULT:.*]] = arith.addf {{.*}} : vector<4xf64>
// NARROW:         vector.store %[[RESULT]]
func.func @product(%a: !m, %b: !w) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.broadcast %b axes [1] : !w -> !m
  %1 = array.multiply %a, %0 : !m, !m -> !m
  %2 = array.sum %1 axes [1] : !m -> !v
  return %2 : !v
}

// What is called columns, too, and runs of rows between other axes.
// CHECK-LABEL: func.func @batched(
// CHECK-SAME:    %[[P0:[^:]*]]: index, %[[P1:[^:]*]]: index, %{{[^:]*}}: index, %{{[^:]*}}: index, %[[END:[^:]*]]: index)
// CHECK:         scf.while
// CHECK:           %[[OUTER:.*]] = arith.divui %[[ITEM:.*]], %[[P1]]
// CHECK:           %[[FIRST:.*]] = arith.remui %[[ITEM]], %[[P1]]
// CHECK:           %[[LEFT:.*]] = arith.subi %[[P1]], %[[FIRST]]
// CHECK:           %[[ITEMS:.*]] = arith.subi %[[END]], %[[ITEM]]
// CHECK:           %[[LENGTH:.*]] = arith.minui %[[LEFT]], %[[ITEMS]]
// CHECK:           scf.for
// CHECK:             vector.shuffle
// CHECK:           arith.addi %[[ITEM]], %[[LENGTH]]
func.func @batched(%a: !x, %b: !y) -> !m
    attributes {array.kind = #array.kind<column>, array.num_params = 3 : i64} {
  %0 = array.broadcast %b axes [0, 2] : !y -> !x
  %1 = array.multiply %a, %0 : !x, !x -> !x
  %2 = array.sum %1 axes [2] : !x -> !m
  return %2 : !m
}

// An operand that lies back to front is loaded as one vector, too: by tiles and
// by long rows.
// CHECK-LABEL: func.func @correlated
// CHECK:         scf.if
// CHECK:           vector.shuffle {{.*}} [7, 6, 5, 4, 3, 2, 1, 0]
// CHECK:         } else {
// CHECK:           vector.shuffle {{.*}} [31, 30, {{.*}}, 1, 0]
// CHECK-NOT:     vector.gather
// CHECK:         return
func.func @correlated(%a: !m, %b: !w) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64} {
  %0 = array.slice %b starts <[p2]> steps <[-1]> : !w -> !w
  %1 = array.broadcast %0 axes [1] : !w -> !m
  %2 = array.multiply %a, %1 : !m, !m -> !m
  %3 = array.sum %2 axes [1] : !m -> !v
  return %3 : !v
}

// Neither rows whose elements are apart, nor bits, nor much code.
// CHECK-LABEL: func.func @transposed
// CHECK-NOT:     vector.shuffle
// CHECK-LABEL: func.func @bits
// CHECK-NOT:     vector.shuffle
// CHECK-LABEL: func.func @costly
// CHECK-NOT:     vector.shuffle
func.func @transposed(%a: !t) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.transpose %a axes [1, 0] : !t -> !m
  %1 = array.sum %0 axes [1] : !m -> !v
  return %1 : !v
}

func.func @bits(%a: !b) -> !c
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.any %a axes [1] : !b -> !c
  return %0 : !c
}

func.func @costly(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.exp %a : !m -> !m
  %1 = array.sum %0 axes [1] : !m -> !v
  return %1 : !v
}
