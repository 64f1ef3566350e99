// Matrix products that are written, and read, where they lie in larger arrays.
// RUN: numloom-opt %s --numloom-fold-gemm-epilogues --numloom-form-fusions \
// RUN:   --numloom-plan-buffers | FileCheck %s

!a = tensor<?x?xf32, #array.params<[p0, p2]>>
!b = tensor<?x?xf32, #array.params<[p2, p1]>>
!c = tensor<?x?xf32, #array.params<[p0, p1]>>
!w = tensor<?x?xf32, #array.params<[p3, p4]>>
!q = tensor<?x?xf32, #array.params<[p1, p1]>>
!s = tensor<f32>
!ha = tensor<?x?xf16, #array.params<[p0, p2]>>
!hb = tensor<?x?xf16, #array.params<[p2, p1]>>
!hc = tensor<?x?xf16, #array.params<[p0, p1]>>
!hd = tensor<?x?xf16, #array.params<[p2, p6]>>
!he = tensor<?x?xf16, #array.params<[p0, p6]>>
!hw = tensor<?x?xf16, #array.params<[p3, p4]>>

// CHECK-LABEL: func.func @part(
// CHECK-SAME:    array.arena = [], array.donations = array<i64: 0>
// CHECK-NEXT:    %[[P:.*]] = array.matmul %arg1, %arg2
// CHECK-SAME:      array.into = [#array.destination<start = [#array.params<[2]>, #array.params<[2, p4]>], strides = [#array.params<[3, p4]>, #array.params<[1]>]>]
// CHECK-SAME:      array.slots = array<i64: -1>
// CHECK-NEXT:    array.update %arg0, %[[P]]
// CHECK-NEXT:    return
func.func @part(%w: !w {array.donated}, %a: !a, %b: !b) -> !w {
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.update %w, %0 starts <[2, 2]> steps <[3, 1]> : !w, !c -> !w
  return %1 : !w
}

// Rows of 16-bit floats begin at multiples of 8, and go on doing so.
// CHECK-LABEL: func.func @aligned_halves(
// CHECK-NEXT:    array.matmul
// CHECK-SAME:      array.guards = [#array.guard<value = <factors = <[p4, p5]>>, multiple = 8>, #array.guard<value = <factors = <[p5]>>, multiple = 8>, #array.guard<value = <factors = <[p4]>>, multiple = 8>]
// CHECK-SAME:      array.into
func.func @aligned_halves(%w: !hw {array.donated}, %a: !ha, %b: !hb) -> !hw
    attributes {array.param_hints = array<i64: 50, 64, 9, 200, 128, 8>} {
  %0 = array.matmul %a, %b : !ha, !hb -> !hc
  %1 = array.update %w, %0 starts <[p5, p5]> steps <[1, 1]> : !hw, !hc -> !hw
  return %1 : !hw
}

// Elsewhere a buffer and its copy are faster, unless its rows are no better.
// CHECK-LABEL: func.func @other_halves(
// CHECK:         array.matmul
// CHECK-NOT:     array.into
// CHECK:         array.update
// CHECK:         array.matmul
// CHECK-NOT:     array.guards
// CHECK-SAME:      array.into
func.func @other_halves(%w: !hw {array.donated}, %a: !ha, %b: !hb, %d: !hd) -> !hw
    attributes {array.param_hints = array<i64: 50, 64, 9, 200, 128, 4, 63>} {
  %0 = array.matmul %a, %b : !ha, !hb -> !hc
  %1 = array.update %w, %0 starts <[p5, p5]> steps <[1, 1]> : !hw, !hc -> !hw
  %2 = array.matmul %a, %d : !ha, !hd -> !he
  %3 = array.update %1, %2 starts <[p5, p5]> steps <[1, 1]> : !hw, !he -> !hw
  return %3 : !hw
}

// Elements of a row that are no neighbours, and directions that nobody knows.
// CHECK-LABEL: func.func @other_parts(
// CHECK-NOT:     array.into
// CHECK:         return
func.func @other_parts(%w: !w {array.donated}, %a: !a, %b: !b) -> !w {
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.update %w, %0 starts <[2, 2]> steps <[1, 2]> : !w, !c -> !w
  %2 = array.matmul %a, %b : !a, !b -> !c
  %3 = array.update %1, %2 starts <[p5, 0]> steps <[-1, 1]> : !w, !c -> !w
  %4 = array.matmul %a, %b : !a, !b -> !c
  %5 = array.update %3, %4 starts <[0, 0]> steps <[p6, 1]> : !w, !c -> !w
  return %5 : !w
}

// What is added is where the product goes.
// CHECK-LABEL: func.func @added(
// CHECK-SAME:    array.arena = [], array.donations = array<i64: 0>
// CHECK-NEXT:    %[[S:.*]] = array.slice %arg0
// CHECK-NEXT:    %[[P:.*]] = array.gemm %arg1, %arg2 alpha(%arg3 : {{.*}}) addends(%[[S]] : {{.*}}) {array.into = {{.*}}, negate_product}
// CHECK-NEXT:    array.update %arg0, %[[P]]
// CHECK-NEXT:    return
func.func @added(%w: !w {array.donated}, %a: !a, %b: !b, %s: !s {array.scalar}) -> !w attributes {array.gpu} {
  %0 = array.matmul %a, %b : !a, !b -> !c
  %ss = array.broadcast %s axes [] : !s -> !c
  %1 = array.multiply %ss, %0 : !c, !c -> !c
  %2 = array.slice %w starts <[2, 2]> steps <[1, 1]> : !w -> !c
  %3 = array.subtract %2, %1 : !c, !c -> !c
  %4 = array.update %w, %3 starts <[2, 2]> steps <[1, 1]> : !w, !c -> !w
  return %4 : !w
}

// What is added lies elsewhere, and is written.
// CHECK-LABEL: func.func @added_from_beside(
// CHECK:         %[[P:.*]] = array.gemm
// CHECK-NOT:     array.into
// CHECK-SAME:      array.slots = array<i64: 0>
// CHECK-NEXT:    array.update %arg0, %[[P]]
func.func @added_from_beside(%w: !w {array.donated}, %a: !a, %b: !b) -> !w attributes {array.gpu} {
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.slice %w starts <[1, 2]> steps <[1, 1]> : !w -> !c
  %2 = array.add %1, %0 : !c, !c -> !c
  %3 = array.update %w, %2 starts <[2, 2]> steps <[1, 1]> : !w, !c -> !w
  return %3 : !w
}

// Operands are read where they lie. The first product would overwrite its own;
// the second reads the rows between those that it writes.
// CHECK-LABEL: func.func @operands(
// CHECK-SAME:    array.arena = [#array.params<[4, p0, p1]>]
// CHECK-NEXT:    %[[X:.*]] = array.slice %arg0
// CHECK-NEXT:    %[[P:.*]] = array.matmul %[[X]], %arg1 {array.slots = array<i64: 0>}
// CHECK-NEXT:    %[[U:.*]] = array.update %arg0, %[[P]]
// CHECK-NEXT:    %[[Y:.*]] = array.slice %[[U]]
// CHECK-NEXT:    %[[Q:.*]] = array.matmul %[[Y]], %arg1 {array.into
// CHECK-NEXT:    array.update %[[U]], %[[Q]]
func.func @operands(%w: !w {array.donated}, %q: !q) -> !w {
  %0 = array.slice %w starts <[0, 1]> steps <[1, 1]> : !w -> !c
  %1 = array.matmul %0, %q : !c, !q -> !c
  %2 = array.update %w, %1 starts <[0, 0]> steps <[1, 1]> : !w, !c -> !w
  %3 = array.slice %2 starts <[1, 0]> steps <[2, 1]> : !w -> !c
  %4 = array.matmul %3, %q : !c, !q -> !c
  %5 = array.update %2, %4 starts <[0, 0]> steps <[2, 1]> : !w, !c -> !w
  return %5 : !w
}

// A part of what is computed anyway is read in it; else the part alone is
// computed.
// CHECK-LABEL: func.func @parts_of_values(
// CHECK:         %[[P:.*]] = array.matmul
// CHECK-NEXT:    %[[S:.*]] = array.slice %[[P]]
// CHECK-NEXT:    array.matmul %[[S]]
// CHECK:         %[[E:.*]] = array.fusion {{.*}} -> (tensor<?x?xf32, #array.params<[p0, p1]>>)
// CHECK:         array.matmul %[[E]]
func.func @parts_of_values(%w: !w, %x: tensor<?x?xf32, #array.params<[p4, p4]>>, %q: !q) -> (!c, !c) {
  %0 = array.matmul %w, %x : !w, tensor<?x?xf32, #array.params<[p4, p4]>> -> !w
  %1 = array.slice %0 starts <[1, 1]> steps <[1, 1]> : !w -> !c
  %2 = array.matmul %1, %q : !c, !q -> !c
  %3 = array.exp %w : !w -> !w
  %4 = array.slice %3 starts <[1, 1]> steps <[1, 1]> : !w -> !c
  %5 = array.matmul %4, %q : !c, !q -> !c
  return %2, %5 : !c, !c
}

// CHECK-LABEL: func.func @joined(
// CHECK-SAME:    array.arena = []
// CHECK-NEXT:    %[[P:.*]] = array.matmul {{.*}}array.into = {{.*}} array.slots = array<i64: -1>
// CHECK-NEXT:    %[[Q:.*]] = array.matmul {{.*}}array.into = {{.*}} array.slots = array<i64: -1>
// CHECK-NEXT:    array.concatenate %[[P]], %[[Q]]
func.func @joined(%a: !a, %b: !b) -> tensor<?x?xf32, #array.params<[p0, p6]>> {
  %0 = array.matmul %a, %b : !a, !b -> !c
  %1 = array.matmul %a, %b : !a, !b -> !c
  %2 = array.concatenate %0, %1 axis 1 : !c, !c -> tensor<?x?xf32, #array.params<[p0, p6]>>
  return %2 : tensor<?x?xf32, #array.params<[p0, p6]>>
}
