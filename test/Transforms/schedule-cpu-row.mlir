// RUN: numloom-opt %s --numloom-schedule-cpu | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!n = tensor<?xsi64, #array.params<[p0]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>

// An item is a row. Sums run in two levels: 32 steps of four registers into
// the inner accumulator, which then moves to the outer one.
// CHECK-LABEL: func.func @sum(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME:    array.item_cost = #array.params<[8, p1]>
// CHECK-SAME:    array.work = #array.params<[1, p0]>
// CHECK:         scf.for %[[ROW:[^ ]*]] = %[[BEGIN]] to %[[END]]
// CHECK:           %[[BLOCK:.*]] = arith.constant 2048 : index
// CHECK:           %[[START:.*]] = arith.muli %[[ROW]], %[[P1]]
// CHECK:           %[[TOTAL:.*]] = scf.for %[[FROM:[^ ]*]] = %{{.*}} to %[[P1]] step %[[BLOCK]] iter_args(%[[OUTER:[^ ]*]] = %{{.*}}) -> (vector<64xf32>) {
// CHECK:             %[[NEXT:.*]] = arith.addi %[[FROM]], %[[BLOCK]]
// CHECK:             %[[TO:.*]] = arith.minui %[[P1]], %[[NEXT]]
// CHECK:             %[[REST:.*]] = arith.remui
// CHECK:             %[[FULL:.*]] = arith.subi %[[TO]], %[[REST]]
// CHECK:             %[[WHOLE:.*]] = scf.for %[[I:[^ ]*]] = %[[FROM]] to %[[FULL]] step %{{.*}} iter_args(%[[INNER:[^ ]*]] =
// CHECK:               %[[OFFSET:.*]] = arith.addi %[[START]], %[[I]]
// CHECK:               %[[ELEMENTS:.*]] = vector.load %{{.*}}[%[[OFFSET]]]
// CHECK:               %[[SUM:.*]] = arith.addf %[[INNER]], %[[ELEMENTS]]
// CHECK:               scf.yield %[[SUM]]
// Lanes beyond the row add the neutral element.
// CHECK:             %[[ALL:.*]] = scf.if
// CHECK:               %[[ELEMENTS:.*]] = vector.maskedload
// CHECK:               %[[LIVE:.*]] = vector.create_mask %[[REST]]
// CHECK:               %[[NEUTRAL:.*]] = vector.broadcast
// CHECK:               %[[LIFTED:.*]] = arith.select %[[LIVE]], %[[ELEMENTS]], %[[NEUTRAL]]
// CHECK:               %[[SUM:.*]] = arith.addf %[[WHOLE]], %[[LIFTED]]
// CHECK:               scf.yield %[[SUM]]
// CHECK:             } else {
// CHECK:               scf.yield %[[WHOLE]]
// CHECK:             %[[SUM:.*]] = arith.addf %[[OUTER]], %[[ALL]]
// CHECK:             scf.yield %[[SUM]]
// The lanes are summed by halves.
// CHECK:           %[[LOW:.*]] = vector.extract_strided_slice %[[TOTAL]] {offsets = [0], sizes = [32]
// CHECK:           %[[HIGH:.*]] = vector.extract_strided_slice %[[TOTAL]] {offsets = [32], sizes = [32]
// CHECK:           %[[HALF:.*]] = arith.addf %[[LOW]], %[[HIGH]] : vector<32xf32>
// CHECK:           vector.extract_strided_slice %[[HALF]] {offsets = [0], sizes = [16]
// CHECK:           %[[LAST:.*]] = arith.addf {{.*}} : vector<1xf32>
// CHECK:           %[[RESULT:.*]] = vector.extract %[[LAST]][0]
// CHECK:           memref.store %[[RESULT]], %{{.*}}[%[[ROW]]]
func.func @sum(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// Three walks over a row: the largest, the sum of the exponentials, and the
// quotients. The exponentials wait in the result's own buffer.
// CHECK-LABEL: func.func @softmax(
// CHECK-SAME:    %[[X:[^:]*]]: memref<f32>, %[[R:[^:]*]]: memref<f32>
// CHECK-DAG:     %[[XF:.*]] = memref.reinterpret_cast %[[X]]
// CHECK-DAG:     %[[RF:.*]] = memref.reinterpret_cast %[[R]]
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} iter_args
// CHECK-NOT:         math.exp
// CHECK:             scf.for {{.*}} iter_args
// CHECK:               vector.load %[[XF]]
// CHECK:           %[[MAX:.*]] = vector.extract {{.*}} : f32 from vector<1xf32>
// CHECK:           scf.for {{.*}} iter_args
// CHECK:             scf.for {{.*}} iter_args(%[[ACC:[^ ]*]] =
// CHECK:               %[[ROW:.*]] = vector.load %[[XF]]
// CHECK:               %[[MAXES:.*]] = vector.broadcast %[[MAX]]
// CHECK:               %[[DIFF:.*]] = arith.subf %[[ROW]], %[[MAXES]]
// CHECK:               %[[EXP:.*]] = math.exp %[[DIFF]]
// CHECK:               arith.addf %[[ACC]], %[[EXP]]
// CHECK:               vector.store %[[EXP]], %[[RF]]
// CHECK:           %[[SUM:.*]] = vector.extract {{.*}} : f32 from vector<1xf32>
// CHECK:           scf.for
// CHECK-NOT:         math.exp
// CHECK:             %[[KEPT:.*]] = vector.load %[[RF]]
// CHECK:             %[[SUMS:.*]] = vector.broadcast %[[SUM]]
// CHECK:             %[[Q:.*]] = arith.divf %[[KEPT]], %[[SUMS]]
// CHECK:             vector.store %[[Q]], %[[RF]]
// CHECK-NOT:       math.exp
// CHECK:         return
func.func @softmax(%x: !m) -> !m
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.max %x axes [1] : !m -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.subtract %x, %1 : !m, !m -> !m
  %3 = array.exp %2 : !m -> !m
  %4 = array.sum %3 axes [1] : !m -> !v
  %5 = array.broadcast %4 axes [0] : !v -> !m
  %6 = array.divide %3, %5 : !m, !m -> !m
  return %6 : !m
}

// What is cheap is computed again.
// CHECK-LABEL: func.func @cheap_again
// CHECK:         %[[MEAN:.*]] = vector.extract {{.*}} : f32 from vector<1xf32>
// CHECK:         scf.for
// CHECK-NOT:       vector.store
// CHECK:           arith.subf
// CHECK-NOT:       vector.store
// CHECK:         vector.extract {{.*}} : f32 from vector<1xf32>
// CHECK:         scf.for
// CHECK:           arith.subf
// CHECK:           vector.store
func.func @cheap_again(%x: !m) -> !m
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.sum %x axes [1] : !m -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.subtract %x, %1 : !m, !m -> !m
  %3 = array.square %2 : !m -> !m
  %4 = array.sum %3 axes [1] : !m -> !v
  %5 = array.broadcast %4 axes [0] : !v -> !m
  %6 = array.divide %2, %5 : !m, !m -> !m
  return %6 : !m
}

// Reductions of one stage share a walk, and what follows them runs once per
// row.
// CHECK-LABEL: func.func @epilogue
// CHECK:         scf.for
// CHECK:           scf.for {{.*}} -> (vector<64xf32>, vector<64xf32>) {
// CHECK:           %[[MAX:.*]] = vector.extract {{.*}} : f32 from vector<1xf32>
// CHECK:           %[[MIN:.*]] = vector.extract {{.*}} : f32 from vector<1xf32>
// CHECK-NOT:       scf.for
// CHECK:           %[[SPAN:.*]] = arith.subf %[[MAX]], %[[MIN]] : f32
// CHECK:           %[[SIZE:.*]] = arith.sitofp
// CHECK:           %[[RESULT:.*]] = arith.divf %[[SPAN]], %[[SIZE]] : f32
// CHECK:           memref.store %[[RESULT]]
func.func @epilogue(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.max %a axes [1] : !m -> !v
  %1 = array.min %a axes [1] : !m -> !v
  %2 = array.subtract %0, %1 : !v, !v -> !v
  %3 = array.extent <[p1]> : !n
  %4 = array.cast %3 : !n -> !v
  %5 = array.divide %2, %4 : !v, !v -> !v
  return %5 : !v
}

// The extremes of blocks of 16 vectors, by lanes, with where the block begins;
// then the first block that has the largest is walked up to its place. The
// position counts the reduced elements in row-major order; the reduced
// dimensions here are one loop, the kept one lies between the items.
// CHECK-LABEL: func.func @argmax(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index, %[[P2:[^:]*]]: index, %{{.*}}: index, %{{.*}}: index)
// CHECK:         %[[SIZE:.*]] = arith.muli %[[P1]], %[[P2]]
// CHECK:         scf.for
// CHECK:           %[[BLOCK:.*]] = arith.constant 1024 : index
// CHECK:           scf.for %[[START:[^ ]*]] = {{.*}} to %[[SIZE]] step %[[BLOCK]] {{.*}} -> (vector<64xf32>, vector<64xi64>) {
// CHECK:             scf.for {{.*}} -> (vector<64xf32>) {
// CHECK-NOT:           i64
// CHECK:               scf.yield
// CHECK:           %[[LARGEST:.*]] = vector.extract {{.*}} : f32 from vector<1xf32>
// CHECK:           vector.reduction <minsi>, {{.*}} : vector<64xi64> into i64
// CHECK:           scf.while
// CHECK:             vector.reduction <or>, {{.*}} : vector<64xi1> into i1
// CHECK:           %[[PLACE:.*]] = scf.if {{.*}} -> (i64)
// CHECK:             vector.reduction <minsi>, {{.*}} : vector<64xi32> into i32
// CHECK:           } else {
// CHECK:           %[[INDEX:.*]] = arith.index_cast %[[PLACE]] : i64 to index
// CHECK:           %[[POSITION:.*]] = arith.index_cast %[[INDEX]] : index to i64
// CHECK:           memref.store %[[POSITION]]
func.func @argmax(%a: !x) -> !n
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64} {
  %0 = array.argmax %a axes [1, 2] : !x -> !n
  return %0 : !n
}

// Where kept and reduced dimensions alternate, the position spans the loops.
// CHECK-LABEL: func.func @argmax_outer_and_inner(
// CHECK-SAME:    %[[P0:[^:]*]]: index, %{{.*}}: index, %[[P2:[^:]*]]: index, %{{.*}}: index, %{{.*}}: index)
// CHECK:         scf.for
// CHECK:           scf.for %[[I:[^ ]*]] = %{{.*}} to %[[P0]] step
// CHECK:             scf.for %{{.*}} to %[[P2]] step
// CHECK:               scf.for %[[K:[^ ]*]] = {{.*}} -> (vector<32xf32>, vector<32xi64>) {
// CHECK:                 vector.load
// CHECK:                 %[[POSITION:.*]] = arith.addi %{{.*}}, %[[K]]
// CHECK:                 vector.broadcast %[[POSITION]] : index
func.func @argmax_outer_and_inner(%a: !x)
    -> tensor<?xsi64, #array.params<[p1]>>
    attributes {array.kind = #array.kind<row>, array.num_params = 3 : i64} {
  %0 = array.argmax %a axes [0, 2]
      : !x -> tensor<?xsi64, #array.params<[p1]>>
  return %0 : tensor<?xsi64, #array.params<[p1]>>
}
