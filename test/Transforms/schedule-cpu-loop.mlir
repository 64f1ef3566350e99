// RUN: numloom-opt %s --numloom-schedule-cpu | FileCheck %s
// RUN: numloom-opt %s --numloom-schedule-cpu=vector-bytes=32 \
// RUN:   | FileCheck %s --check-prefix=AVX2

!s = tensor<f32>
!v = tensor<?xf32, #array.params<[p0]>>
!d = tensor<?xf64, #array.params<[p0]>>
!b = tensor<?xi1, #array.params<[p0]>>
!c = tensor<?xcomplex<f32>, #array.params<[p0]>>
!u = tensor<?xui64, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!t = tensor<?x?xf32, #array.params<[p1, p0]>>
!i = tensor<?x?xsi64, #array.params<[p0, p1]>>
!w = tensor<?x?xf32, #array.params<[p1, p2]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>
!y = tensor<?x1x?xf32, #array.params<[p0, 1, p1]>>

//===----------------------------------------------------------------------===//
// Loops and their vectors
//===----------------------------------------------------------------------===//

// Contiguous arrays are one loop, whose elements are the work items: whole
// vectors of four registers, then single ones under masks.
// CHECK-LABEL: func.func @contiguous(
// CHECK-SAME:    %[[A:[^:]*]]: memref<f32>, %[[B:[^:]*]]: memref<f32>, %[[R:[^:]*]]: memref<f32>, %{{.*}}: index, %{{.*}}: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME:    array.buffers = array<i64: 0, 1, 2>
// CHECK-SAME:    array.item_cost = #array.params<[4]>
// CHECK-SAME:    array.work = #array.params<[1, p0, p1]>, array.work_divisor = 1 : i64
// CHECK-DAG:     %[[WIDTH:.*]] = arith.constant 64 : index
// CHECK-DAG:     %[[COUNT:.*]] = arith.subi %[[END]], %[[BEGIN]]
// CHECK-DAG:     %[[REST:.*]] = arith.remui %[[COUNT]], %[[WIDTH]]
// CHECK-DAG:     %[[FULL:.*]] = arith.subi %[[END]], %[[REST]]
// CHECK-DAG:     %[[AF:.*]] = memref.reinterpret_cast %[[A]]
// CHECK-DAG:     %[[BF:.*]] = memref.reinterpret_cast %[[B]]
// CHECK-DAG:     %[[RF:.*]] = memref.reinterpret_cast %[[R]]
// CHECK:         scf.for %[[I:[^ ]*]] = %[[BEGIN]] to %[[FULL]] step %[[WIDTH]] {
// CHECK-NEXT:      %[[X:.*]] = vector.load %[[AF]][%[[I]]] : memref<?xf32>, vector<64xf32>
// CHECK-NEXT:      %[[Y:.*]] = vector.load %[[BF]][%[[I]]] : memref<?xf32>, vector<64xf32>
// CHECK-NEXT:      %[[SUM:.*]] = arith.addf %[[X]], %[[Y]] : vector<64xf32>
// CHECK-NEXT:      vector.store %[[SUM]], %[[RF]][%[[I]]]
// CHECK-NEXT:    }
// CHECK:         %[[FEW:.*]] = arith.constant 16 : index
// CHECK:         scf.for %[[I:[^ ]*]] = %[[FULL]] to %[[END]] step %[[FEW]] {
// CHECK:           %[[LEFT:.*]] = arith.subi %[[END]], %[[I]]
// CHECK:           %[[LIVE:.*]] = arith.minui %[[LEFT]], %[[FEW]]
// CHECK-DAG:       %[[MASK:.*]] = vector.create_mask %[[LIVE]] : vector<16xi1>
// CHECK:           %[[X:.*]] = vector.maskedload %[[AF]][%[[I]]], %[[MASK]]
// CHECK:           %[[Y:.*]] = vector.maskedload %[[BF]][%[[I]]]
// CHECK:           %[[SUM:.*]] = arith.addf %[[X]], %[[Y]] : vector<16xf32>
// CHECK:           vector.maskedstore %[[RF]][%[[I]]], %{{.*}}, %[[SUM]]
// CHECK-NOT:     scf
// CHECK:         return
// AVX2-LABEL:  func.func @contiguous(
// AVX2:          vector.load {{.*}} vector<32xf32>
func.func @contiguous(%a: !m, %b: !m) -> !m
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.add %a, %b : !m, !m -> !m
  return %0 : !m
}

// The widest element says how many lanes fill four registers.
// CHECK-LABEL: func.func @mixed_widths
// CHECK:         scf.for
// CHECK:           vector.load {{.*}} vector<32xf32>
// CHECK:           arith.extf {{.*}} vector<32xf32> to vector<32xf64>
// CHECK:           vector.store {{.*}} vector<32xf64>
// AVX2-LABEL:  func.func @mixed_widths
// AVX2:          arith.extf {{.*}} vector<16xf32> to vector<16xf64>
func.func @mixed_widths(%a: !v) -> !d
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.cast %a : !v -> !d
  return %0 : !d
}

// Dimensions that only some operands have: the others still walk as one.
// CHECK-LABEL: func.func @inner_collapses(
// CHECK-SAME:    %{{.*}}: memref<f32>, %[[B:[^:]*]]: memref<f32>, %{{.*}}: memref<f32>, %{{.*}}: index, %[[P1:[^:]*]]: index, %[[P2:[^:]*]]: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME:    array.item_cost = #array.params<[4, p1, p2]>
// CHECK-SAME:    array.work = #array.params<[1, p0]>
// CHECK-DAG:     %[[INNER:.*]] = arith.muli %[[P1]], %[[P2]]
// CHECK-DAG:     %[[BF:.*]] = memref.reinterpret_cast %[[B]]
// CHECK:         scf.for %[[ROW:[^ ]*]] = %[[BEGIN]] to %[[END]]
// CHECK:           %[[START:.*]] = arith.muli %[[ROW]], %[[INNER]]
// CHECK:           scf.for %[[I:[^ ]*]] =
// CHECK:             arith.addi %[[START]], %[[I]]
// CHECK:             vector.load %[[BF]][%[[I]]]
// CHECK-NOT:     arith.div
// CHECK:         return
func.func @inner_collapses(%a: !x, %b: !w) -> !x
    attributes {array.kind = #array.kind<loop>, array.num_params = 3 : i64} {
  %0 = array.broadcast %b axes [1, 2] : !w -> !x
  %1 = array.add %a, %0 : !x, !x -> !x
  return %1 : !x
}

// The work items of several loops are split into their indices.
// CHECK-LABEL: func.func @three_loops(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index, %{{.*}}: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME:    array.work = #array.params<[1, p0, p1]>
// CHECK:         scf.for %[[ITEM:[^ ]*]] = %[[BEGIN]] to %[[END]]
// CHECK-DAG:       %[[J:.*]] = arith.remui %[[ITEM]], %[[P1]]
// CHECK-DAG:       %[[I:.*]] = arith.divui %[[ITEM]], %[[P1]]
// CHECK:           scf.for
func.func @three_loops(%a: !x, %b: tensor<?x?xf32, #array.params<[p0, p2]>>)
    -> !x attributes {array.kind = #array.kind<loop>, array.num_params = 3 : i64} {
  %0 = array.broadcast %b axes [0, 2]
      : tensor<?x?xf32, #array.params<[p0, p2]>> -> !x
  %1 = array.add %a, %0 : !x, !x -> !x
  return %1 : !x
}

// Extents of one have no loop; the others have one, and one for what is left.
// CHECK-LABEL: func.func @unit_extent
// CHECK-SAME:    array.work = #array.params<[1, p0, p1]>
// CHECK-COUNT-2: scf.for
// CHECK-NOT:     scf.for
// CHECK:         return
func.func @unit_extent(%a: !y) -> !y
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.negative %a : !y -> !y
  return %0 : !y
}

// CHECK-LABEL: func.func @rank_zero(
// CHECK-SAME:    %[[A:[^:]*]]: memref<f32>, %[[R:[^:]*]]: memref<f32>, %{{.*}}: index, %{{.*}}: index)
// CHECK-SAME:    array.work = #array.params<[1]>
// CHECK-NOT:     vector
// CHECK:         %[[X:.*]] = memref.load
// CHECK-NEXT:    %[[Y:.*]] = arith.negf %[[X]] : f32
// CHECK-NEXT:    memref.store %[[Y]]
func.func @rank_zero(%a: !s) -> !s
    attributes {array.kind = #array.kind<loop>, array.num_params = 0 : i64} {
  %0 = array.negative %a : !s -> !s
  return %0 : !s
}

// An index that is itself a value keeps its dimension apart.
// CHECK-LABEL: func.func @iota_pins
// CHECK-SAME:    array.item_cost = #array.params<[8, p1]>
// CHECK-SAME:    array.work = #array.params<[1, p0]>
// CHECK:         scf.for
// CHECK:           scf.for %[[I:[^ ]*]] = %{{.*}} to
// CHECK:             %[[STEP:.*]] = vector.step : vector<32xindex>
// CHECK:             %[[FIRST:.*]] = vector.broadcast %[[I]] : index
// CHECK:             %[[INDEX:.*]] = arith.addi %[[FIRST]]
// CHECK:             arith.index_cast %[[INDEX]] : vector<32xindex> to vector<32xi64>
func.func @iota_pins(%a: !i) -> !i
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.iota axis 1 : !i
  %1 = array.add %a, %0 : !i, !i -> !i
  return %1 : !i
}

// A value that is the same at every index pins nothing.
// CHECK-LABEL: func.func @extent_does_not_pin
// CHECK-SAME:    array.work = #array.params<[1, p0, p1]>
// CHECK-COUNT-2: scf.for
// CHECK-NOT:     scf.for
// CHECK:         return
func.func @extent_does_not_pin(%a: !i) -> !i
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.extent <[p0, p1]> : !i
  %1 = array.add %a, %0 : !i, !i -> !i
  return %1 : !i
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

// What does not change along the vectorised dimension is loaded and computed
// before its loop, as scalars.
// CHECK-LABEL: func.func @uniform(
// CHECK-SAME:    %{{.*}}: memref<f32>, %[[B:[^:]*]]: memref<f32>, %[[S:[^:]*]]: memref<f32>, %{{.*}}: memref<f32>,
// CHECK-DAG:     %[[BF:.*]] = memref.reinterpret_cast %[[B]]
// CHECK-DAG:     %[[SF:.*]] = memref.reinterpret_cast %[[S]]
// CHECK:         scf.for %[[ROW:[^ ]*]] =
// CHECK-DAG:       %[[X:.*]] = memref.load %[[BF]][%[[ROW]]]
// CHECK-DAG:       %[[ROOT:.*]] = math.sqrt %[[X]] : f32
// CHECK-DAG:       %[[Y:.*]] = memref.load %[[SF]]
// CHECK-DAG:       %[[NEG:.*]] = arith.negf %[[Y]] : f32
// CHECK:           scf.for
// CHECK-NOT:         memref.load
// CHECK:             vector.broadcast %[[ROOT]]
// CHECK:             vector.broadcast %[[NEG]]
// CHECK-NOT:       memref.load
// CHECK:         return
func.func @uniform(%a: !m, %b: !v, %s: !s) -> !m
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.sqrt %b : !v -> !v
  %1 = array.broadcast %0 axes [0] : !v -> !m
  %2 = array.add %a, %1 : !m, !m -> !m
  %3 = array.negative %s : !s -> !s
  %4 = array.broadcast %3 axes [] : !s -> !m
  %5 = array.multiply %2, %4 : !m, !m -> !m
  return %5 : !m
}

// One element that two ops read is loaded once.
// CHECK-LABEL: func.func @loaded_once
// CHECK:         scf.for
// CHECK-COUNT-1:   vector.load
// CHECK-NOT:       vector.load
// CHECK:         scf.for
func.func @loaded_once(%a: !v) -> (!v, !v)
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.negative %a : !v -> !v
  %1 = array.multiply %a, %0 : !v, !v -> !v
  return %0, %1 : !v, !v
}

// CHECK-LABEL: func.func @transposed(
// CHECK-SAME:    index, %{{.*}}: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK:         scf.for %[[I:[^ ]*]] = %[[BEGIN]] to %[[END]]
// CHECK:           scf.for %[[J:[^ ]*]] =
// CHECK:             %[[OFFSET:.*]] = arith.muli %[[J]], %[[P0:.*]] : index
// CHECK:             %[[FIRST:.*]] = arith.addi %[[I]], %[[OFFSET]]
// CHECK:             %[[STRIDE:.*]] = vector.broadcast %[[P0]] : index
// CHECK:             %[[LANES:.*]] = arith.muli %{{.*}}, %[[STRIDE]]
// CHECK:             %[[ALL:.*]] = arith.constant dense<true>
// CHECK:             vector.gather %{{.*}}[%[[FIRST]]] [%[[LANES]]], %[[ALL]]
// CHECK:           scf.for
// CHECK:             %[[LIVE:.*]] = vector.create_mask
// CHECK:             vector.gather %{{.*}}, %[[LIVE]]
func.func @transposed(%a: !m, %b: !t) -> !m
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.transpose %b axes [1, 0] : !t -> !m
  %1 = array.add %0, %a : !m, !m -> !m
  return %1 : !m
}

// Back to front: the vector that ends at the first lane, turned round. Of a
// partial one, the last lanes are live.
// CHECK-LABEL: func.func @reversed(
// CHECK-SAME:    index, %[[START:[^:]*]]: index, %{{.*}}: index, %{{.*}}: index)
// CHECK-DAG:     %[[BACK:.*]] = arith.constant -1 : index
// CHECK-DAG:     %[[LAST:.*]] = arith.constant -63 : index
// CHECK-DAG:     %[[LOWEST:.*]] = arith.addi %[[LAST]], %[[START]]
// CHECK-NOT:     vector.gather
// CHECK:         scf.for %[[I:[^ ]*]] =
// CHECK:           %[[OFFSET:.*]] = arith.muli %[[I]], %[[BACK]]
// CHECK:           %[[FIRST:.*]] = arith.addi %[[LOWEST]], %[[OFFSET]]
// CHECK:           %[[X:.*]] = vector.load %{{.*}}[%[[FIRST]]] : memref<?xf32>, vector<64xf32>
// CHECK:           %[[TURNED:.*]] = vector.shuffle %[[X]], %[[X]] [63, 62, 61, {{.*}}, 2, 1, 0]
// CHECK:           vector.store %[[TURNED]], %{{.*}}[%[[I]]]
// CHECK:         scf.for
// CHECK:           %[[REST:.*]] = arith.minui
// CHECK:           %[[LANES:.*]] = arith.constant 16 : index
// CHECK:           %[[DEAD:.*]] = arith.subi %[[LANES]], %[[REST]]
// CHECK:           %[[FRONT:.*]] = vector.create_mask %[[DEAD]] : vector<16xi1>
// CHECK:           %[[LIVE:.*]] = arith.xori %[[FRONT]], %{{.*}} : vector<16xi1>
// CHECK:           %[[X:.*]] = vector.maskedload {{.*}}, %[[LIVE]]
// CHECK:           vector.shuffle %[[X]], %[[X]] [15, 14, 13, {{.*}}, 2, 1, 0]
func.func @reversed(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.slice %a starts <[p1]> steps <[-1]> : !v -> !v
  return %0 : !v
}

// CHECK-LABEL: func.func @strided_input(
// CHECK-SAME:    index, %[[STRIDE:[^:]*]]: index, %{{.*}}: index, %{{.*}}: index)
// CHECK:         scf.for %[[I:[^ ]*]] =
// CHECK:           %[[FIRST:.*]] = arith.muli %[[I]], %[[STRIDE]]
// CHECK:           vector.gather %{{.*}}[%[[FIRST]]]
func.func @strided_input(%a: tensor<?xf32>) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.as_strided %a strides <[p1]> : tensor<?xf32> -> !v
  return %0 : !v
}

// Where most accesses have long strides, scalars meet prefetched lines.
// They cost more than an addition.
// CHECK-LABEL: func.func @long_strides(
// CHECK-SAME:    array.item_cost = #array.params<[32]>
// CHECK-NOT:     vector.gather
// CHECK:         memref.prefetch %{{.*}}, read
// CHECK:         memref.load
// CHECK:         memref.prefetch %{{.*}}, read
// CHECK:         memref.load
// CHECK:         arith.addf %{{.*}}, %{{.*}} : f32
func.func @long_strides(%a: tensor<?xf32>, %b: tensor<?xf32>) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 3 : i64} {
  %0 = array.as_strided %a strides <[p1]> : tensor<?xf32> -> !v
  %1 = array.as_strided %b strides <[p2]> : tensor<?xf32> -> !v
  %2 = array.add %0, %1 : !v, !v -> !v
  return %2 : !v
}

// Real and imaginary parts lie side by side.
// CHECK-LABEL: func.func @complex(
// CHECK-SAME:    memref<f32>, %{{.*}}: memref<f32>
// CHECK:         %[[TWO:.*]] = arith.constant 2 : index
// CHECK:         scf.for %[[I:[^ ]*]] =
// CHECK:           %[[FIRST:.*]] = arith.muli %[[I]], %[[TWO]]
// CHECK:           %[[BOTH:.*]] = vector.load %{{.*}}[%[[FIRST]]] : memref<?xf32>, vector<64xf32>
// CHECK:           %[[RE:.*]], %[[IM:.*]] = vector.deinterleave %[[BOTH]]
// CHECK:           %[[NEG:.*]] = arith.negf %[[IM]]
// CHECK:           %[[RESULT:.*]] = vector.interleave %[[RE]], %[[NEG]]
// CHECK:           vector.store %[[RESULT]], %{{.*}}[%[[FIRST]]]
// CHECK:         scf.for
// CHECK:           %[[REST:.*]] = arith.minui
// CHECK:           %[[LIVE:.*]] = arith.muli %[[REST]]
// CHECK:           vector.create_mask %[[LIVE]] : vector<32xi1>
// CHECK:           vector.maskedload
// CHECK:           vector.deinterleave
// CHECK:           vector.interleave
// CHECK:           vector.maskedstore
func.func @complex(%a: !c) -> !c
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.conjugate %a : !c -> !c
  return %0 : !c
}

// CHECK-LABEL: func.func @complex_strided
// CHECK:         scf.for
// CHECK:           %[[RE:.*]] = vector.gather
// CHECK:           %[[IM:.*]] = vector.gather
// CHECK:           vector.interleave %[[RE]], %[[IM]]
func.func @complex_strided(%a: tensor<?xcomplex<f32>>) -> !c
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.as_strided %a strides <[p1]> : tensor<?xcomplex<f32>> -> !c
  return %0 : !c
}

// The parts of a complex number stay in their order.
// CHECK-LABEL: func.func @complex_reversed
// CHECK-NOT:     vector.gather
// CHECK:         scf.for
// CHECK:           %[[BOTH:.*]] = vector.load {{.*}} vector<64xf32>
// CHECK:           %[[RE:.*]], %[[IM:.*]] = vector.deinterleave %[[BOTH]]
// CHECK:           %[[TURNED_RE:.*]] = vector.shuffle %[[RE]], %[[RE]] [31, 30, {{.*}}, 1, 0]
// CHECK:           %[[TURNED_IM:.*]] = vector.shuffle %[[IM]], %[[IM]] [31, 30, {{.*}}, 1, 0]
// CHECK:           vector.interleave %[[TURNED_RE]], %[[TURNED_IM]]
// CHECK:         scf.for
// CHECK:           %[[TWO:.*]] = arith.constant 2 : index
// CHECK:           %[[DEAD:.*]] = arith.muli %{{.*}}, %[[TWO]]
// CHECK:           vector.create_mask %[[DEAD]] : vector<32xi1>
func.func @complex_reversed(%a: !c) -> !c
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.slice %a starts <[p1]> steps <[-1]> : !c -> !c
  return %0 : !c
}

// Bool is a byte in memory, where any but zero is true, and a bit in
// registers.
// CHECK-LABEL: func.func @bool(
// CHECK-SAME:    %{{.*}}: memref<i8>, %{{.*}}: memref<f32>, %{{.*}}: memref<i8>
// CHECK:         scf.for
// CHECK:           %[[BYTES:.*]] = vector.load {{.*}} vector<64xi8>
// CHECK:           %[[BITS:.*]] = arith.cmpi ne, %[[BYTES]]
// CHECK:           %[[AND:.*]] = arith.andi %[[BITS]], %{{.*}} : vector<64xi1>
// CHECK:           %[[STORED:.*]] = arith.extui %[[AND]] : vector<64xi1> to vector<64xi8>
// CHECK:           vector.store %[[STORED]]
func.func @bool(%a: !b, %x: !v) -> !b
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.less %x, %x : !v, !v -> !b
  %1 = array.logical_and %a, %0 : !b, !b -> !b
  return %1 : !b
}

// Narrow elements that lie apart are loaded one by one: few lanes.
// CHECK-LABEL: func.func @narrow_strided
// CHECK:         vector.gather {{.*}} vector<16xi8>
// CHECK-LABEL: func.func @narrow_reversed
// CHECK:         vector.load {{.*}} vector<64xi8>
// CHECK-LABEL: func.func @narrow(
// CHECK:         vector.load {{.*}} vector<64xi8>
func.func @narrow_strided(%a: tensor<?xsi8>) -> tensor<?xsi8, #array.params<[p0]>>
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  %0 = array.as_strided %a strides <[p1]>
      : tensor<?xsi8> -> tensor<?xsi8, #array.params<[p0]>>
  return %0 : tensor<?xsi8, #array.params<[p0]>>
}
func.func @narrow_reversed(%a: tensor<?xsi8>)
    -> tensor<?xsi8, #array.params<[p0]>>
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.as_strided %a strides <[-1]>
      : tensor<?xsi8> -> tensor<?xsi8, #array.params<[p0]>>
  return %0 : tensor<?xsi8, #array.params<[p0]>>
}
func.func @narrow(%a: tensor<?xsi8, #array.params<[p0]>>)
    -> tensor<?xsi8, #array.params<[p0]>>
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  return %a : tensor<?xsi8, #array.params<[p0]>>
}

// Large results go past the caches; the partial vector at the end does not.
// CHECK-LABEL: func.func @streaming
// CHECK:         vector.store {{.*}} {alignment = 64 : i64, nontemporal = true}
// CHECK:         vector.maskedstore
// CHECK-NOT:     nontemporal
// CHECK:         return
func.func @streaming(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64,
                array.streaming} {
  %0 = array.negative %a : !v -> !v
  return %0 : !v
}

// Neighbours that begin with a whole block of random bits share its rounds:
// half as many lanes go through them. Others go through them one by one.
// CHECK-LABEL: func.func @random_halves
// CHECK:         %[[COUNTS:.*]] = vector.reduction <and>
// CHECK:         arith.andi %{{.*}}, %[[COUNTS]] : i1
// CHECK:         scf.if %{{.*}} -> (vector<32xi64>) {
// CHECK-COUNT-19:  arith.muli %{{.*}} : vector<16xi64>
// CHECK-NOT:       arith.muli %{{.*}} : vector
// CHECK:           vector.interleave {{.*}} : vector<16xi64> -> vector<32xi64>
// CHECK:         } else {
// CHECK-COUNT-19:  arith.muli %{{.*}} : vector<32xi64>
// CHECK-NOT:       arith.muli %{{.*}} : vector<32xi64>
func.func @random_halves(%first: tensor<ui64> {array.scalar},
                         %key: tensor<ui64> {array.scalar}) -> !u
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.iota axis 0 : tensor<?xsi64, #array.params<[p0]>>
  %1 = array.cast %0 : tensor<?xsi64, #array.params<[p0]>> -> !u
  %2 = array.broadcast %first axes [] : tensor<ui64> -> !u
  %3 = array.broadcast %key axes [] : tensor<ui64> -> !u
  %4 = array.add %1, %2 : !u, !u -> !u
  %5 = array.philox_half %4, %3, %3 : !u, !u, !u -> !u
  return %5 : !u
}
