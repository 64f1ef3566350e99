// RUN: numloom-opt %s --numloom-form-fusions --numloom-plan-buffers | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!i = tensor<?xf32, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p2]>>
!n = tensor<?x?xf32, #array.params<[p1, p3]>>
!r = tensor<1x?xf32, #array.params<[1, p2]>>
!s = tensor<f32>

// A donated base is overwritten by the kernel that computes the value: each
// element is read where it is written.
// CHECK-LABEL: func.func @same_elements(
// CHECK-SAME:    array.arena = [], array.donations = array<i64: 0>
// CHECK:         %[[V:.*]] = array.fusion (
// CHECK-SAME:      array.in_place = array<i64: 0>
// CHECK-SAME:      array.into = [#array.destination<start = [#array.params<[1]>], strides = [#array.params<[1]>]>]
// CHECK-SAME:      array.slots = array<i64: -1>
// CHECK-NOT:     array.fusion (
// CHECK:         array.update %arg0, %[[V]] {{.*}} {array.slots = array<i64: -1>}
func.func @same_elements(%a: !v {array.donated}) -> !v {
  %c = array.constant(1.0 : f64) : !i
  %s = array.slice %a starts <[1]> steps <[1]> : !v -> !i
  %t = array.add %s, %c : !i, !i -> !i
  %u = array.update %a, %t starts <[1]> steps <[1]> : !v, !i -> !v
  return %u : !v
}

// What somebody else holds is copied first, if most of it stays as it is.
// CHECK-LABEL: func.func @held(
// CHECK-NOT:     array.donations
// CHECK:         %[[COPY:.*]] = array.fusion {{.*}} -> (tensor<?xf32, #array.params<[p0]>>)
// CHECK-SAME:      array.slots = array<i64: -1>
// CHECK:         %[[V:.*]] = array.fusion (
// CHECK-SAME:      array.into
// CHECK-SAME:      array.slots = array<i64: -1>
// CHECK:         array.update %[[COPY]], %[[V]]
func.func @held(%a: !v) -> !v attributes {array.param_hints = array<i64: 100, 50>} {
  %s = array.slice %a starts <[0]> steps <[1]> : !v -> !i
  %t = array.add %s, %s : !i, !i -> !i
  %u = array.update %a, %t starts <[1]> steps <[1]> : !v, !i -> !v
  return %u : !v
}

// Elements that another point overwrites wait in a buffer of their own, if most
// of the array stays as it is.
// CHECK-LABEL: func.func @other_elements(
// CHECK-SAME:    array.arena = [#array.params<[4, p1]>], array.donations = array<i64: 0>
// CHECK:         array.fusion (
// CHECK-NOT:     array.into
// CHECK:         array.update {{.*}} {array.slots = array<i64: -1>}
func.func @other_elements(%a: !v {array.donated}) -> !v attributes {array.param_hints = array<i64: 100, 50>} {
  %s = array.slice %a starts <[0]> steps <[1]> : !v -> !i
  %t = array.add %s, %s : !i, !i -> !i
  %u = array.update %a, %t starts <[1]> steps <[1]> : !v, !i -> !v
  return %u : !v
}

// Else the kernel writes all of the next version: the base lives on or dies.
// CHECK-LABEL: func.func @next_version(
// CHECK-SAME:    array.arena = []
// CHECK-NOT:     array.donations
// CHECK:         array.fusion (%[[A:.*]] = %arg0 : {{.*}}) -> (tensor<?xf32, #array.params<[p0]>>)
// CHECK-SAME:      {array.slots = array<i64: -1>, kind = #array.kind<loop>}
// CHECK:           %[[V:.*]] = array.add
// CHECK:           %[[U:.*]] = array.update %[[A]], %[[V]] starts <[1]> steps <[1]>
// CHECK:           array.yield %[[U]]
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @next_version(%a: !v {array.donated}) -> !v attributes {array.param_hints = array<i64: 100, 51>} {
  %s = array.slice %a starts <[0]> steps <[1]> : !v -> !i
  %t = array.add %s, %s : !i, !i -> !i
  %u = array.update %a, %t starts <[1]> steps <[1]> : !v, !i -> !v
  return %u : !v
}

// Several versions in turn: the buffer of the first is free for the third.
// CHECK-LABEL: func.func @next_versions(
// CHECK-SAME:    array.arena = [#array.params<[4, p0]>, #array.params<[4, p0]>]
// CHECK:         array.fusion {{.*}} {array.slots = array<i64: 0>, kind = #array.kind<loop>}
// CHECK:         array.fusion {{.*}} {array.slots = array<i64: 1>, kind = #array.kind<loop>}
// CHECK:         array.fusion {{.*}} {array.slots = array<i64: 0>, kind = #array.kind<loop>}
// CHECK:         array.fusion {{.*}} {array.slots = array<i64: -1>, kind = #array.kind<loop>}
func.func @next_versions(%a: !v {array.donated}) -> !v {
  %s0 = array.slice %a starts <[0]> steps <[1]> : !v -> !i
  %t0 = array.exp %s0 : !i -> !i
  %u0 = array.update %a, %t0 starts <[1]> steps <[1]> : !v, !i -> !v
  %s1 = array.slice %u0 starts <[0]> steps <[1]> : !v -> !i
  %t1 = array.exp %s1 : !i -> !i
  %u1 = array.update %u0, %t1 starts <[1]> steps <[1]> : !v, !i -> !v
  %s2 = array.slice %u1 starts <[0]> steps <[1]> : !v -> !i
  %t2 = array.exp %s2 : !i -> !i
  %u2 = array.update %u1, %t2 starts <[1]> steps <[1]> : !v, !i -> !v
  %s3 = array.slice %u2 starts <[0]> steps <[1]> : !v -> !i
  %t3 = array.exp %s3 : !i -> !i
  %u3 = array.update %u2, %t3 starts <[1]> steps <[1]> : !v, !i -> !v
  return %u3 : !v
}

// Two versions from one kernel: it cannot copy the first while it writes into
// it.
// CHECK-LABEL: func.func @siblings(
// CHECK:         array.fusion
// CHECK-NOT:       array.update
// CHECK:           array.yield %{{.*}}, %{{.*}}
// CHECK:         }
// CHECK:         array.update
// CHECK:         array.update
func.func @siblings(%a: !v {array.donated}, %b: !i) -> !v {
  %s = array.slice %a starts <[0]> steps <[1]> : !v -> !i
  %t = array.add %s, %b : !i, !i -> !i
  %w = array.multiply %s, %b : !i, !i -> !i
  %u = array.update %a, %t starts <[1]> steps <[1]> : !v, !i -> !v
  %x = array.update %u, %w starts <[2]> steps <[1]> : !v, !i -> !v
  return %x : !v
}

// A row that becomes a column of the same array: only the value has a buffer.
// CHECK-LABEL: func.func @crossing(
// CHECK-SAME:    array.arena = [#array.params<[4, p0]>], array.donations = array<i64: 0>
// CHECK:         array.fusion (
// CHECK-NOT:     array.fusion (
// CHECK:         array.update {{.*}} {array.slots = array<i64: -1>}
func.func @crossing(%a: tensor<?x?xf32, #array.params<[p0, p0]>> {array.donated})
    -> tensor<?x?xf32, #array.params<[p0, p0]>> {
  %s = array.slice %a starts <[1, 0]> steps <[1, 1]>
    : tensor<?x?xf32, #array.params<[p0, p0]>> -> tensor<1x?xf32, #array.params<[1, p0]>>
  %t = array.reshape %s : tensor<1x?xf32, #array.params<[1, p0]>> -> tensor<?x1xf32, #array.params<[p0, 1]>>
  %u = array.update %a, %t starts <[0, 0]> steps <[1, 1]>
    : tensor<?x?xf32, #array.params<[p0, p0]>>, tensor<?x1xf32, #array.params<[p0, 1]>>
   -> tensor<?x?xf32, #array.params<[p0, p0]>>
  return %u : tensor<?x?xf32, #array.params<[p0, p0]>>
}

// Reductions and scans write into slices as elementwise kernels do.
// CHECK-LABEL: func.func @row_sums(
// CHECK-SAME:    array.arena = [], array.donations = array<i64: 0>
// CHECK:         array.fusion (
// CHECK-SAME:      array.into = [#array.destination<start = [#array.params<[p2]>], strides = [#array.params<[1]>]>]
// CHECK-SAME:      kind = #array.kind<row>
// CHECK-NOT:     array.fusion (
func.func @row_sums(%o: !m {array.donated}, %x: tensor<?x?xf32, #array.params<[p2, p3]>>) -> !m {
  %t = array.sum %x axes [1] : tensor<?x?xf32, #array.params<[p2, p3]>> -> tensor<?xf32, #array.params<[p2]>>
  %r = array.reshape %t : tensor<?xf32, #array.params<[p2]>> -> !r
  %u = array.update %o, %r starts <[1, 0]> steps <[1, 1]> : !m, !r -> !m
  return %u : !m
}

// CHECK-LABEL: func.func @scan(
// CHECK-SAME:    array.arena = [], array.donations = array<i64: 0>
// CHECK:         array.fusion (
// CHECK-SAME:      array.into
// CHECK-SAME:      kind = #array.kind<scan>
func.func @scan(%o: !m {array.donated}, %x: !n) -> !m {
  %t = array.scan_sum %x axes [1] : !n -> !n
  %u = array.update %o, %t starts <[1, 0]> steps <[1, 1]> : !m, !n -> !m
  return %u : !m
}

// Half of the points of a red-black scheme read only the other half: starts
// differ by one, which no step other than one divides.
// CHECK-LABEL: func.func @red_black(
// CHECK-SAME:    array.arena = []
// CHECK:         array.fusion (
// CHECK-SAME:      array.into = [#array.destination<start = [#array.params<[1]>], strides = [#array.params<[p2]>]>]
func.func @red_black(%a: !v {array.donated}) -> !v {
  %s = array.slice %a starts <[0]> steps <[p2]> : !v -> !i
  %t = array.slice %a starts <[p2]> steps <[p2]> : !v -> !i
  %w = array.add %s, %t : !i, !i -> !i
  %u = array.update %a, %w starts <[1]> steps <[p2]> : !v, !i -> !v
  return %u : !v
}

// A row from its neighbour, and all that follows from the first element.
// CHECK-LABEL: func.func @boundary(
// CHECK-SAME:    array.arena = []
// CHECK:         array.fusion (
// CHECK-SAME:      array.into = [#array.destination<start = [], strides = [#array.params<[0]>, #array.params<[1]>]>]
// CHECK:         array.update
func.func @boundary(%a: !m {array.donated}) -> !m {
  %s = array.slice %a starts <[1, 0]> steps <[1, 1]> : !m -> !r
  %t = array.negative %s : !r -> !r
  %u = array.update %a, %t starts <[0, 0]> steps <[1, 1]> : !m, !r -> !m
  return %u : !m
}

// Starts with different numbers differ. The extent p0 might be equal to a start.
// CHECK-LABEL: func.func @last_from_the_one_before(
// CHECK-SAME:    array.arena = []
// CHECK:         array.fusion (
// CHECK-SAME:      array.into
func.func @last_from_the_one_before(%a: !v {array.donated}) -> !v {
  %s = array.slice %a starts <[p2]> steps <[1]> : !v -> tensor<1xf32>
  %t = array.negative %s : tensor<1xf32> -> tensor<1xf32>
  %u = array.update %a, %t starts <[p3]> steps <[1]>
      : !v, tensor<1xf32> -> !v
  return %u : !v
}

// CHECK-LABEL: func.func @start_and_extent(
// CHECK-SAME:    array.arena = [#array.params<[4]>]
func.func @start_and_extent(%a: !v {array.donated}) -> !v {
  %s = array.slice %a starts <[p0]> steps <[1]> : !v -> tensor<1xf32>
  %t = array.negative %s : tensor<1xf32> -> tensor<1xf32>
  %u = array.update %a, %t starts <[p3]> steps <[1]>
      : !v, tensor<1xf32> -> !v
  return %u : !v
}

// CHECK-LABEL: func.func @spread(
// CHECK-SAME:    array.arena = []
// CHECK:         array.fusion (
// CHECK-SAME:      array.into
func.func @spread(%a: !v {array.donated}) -> !v {
  %s = array.slice %a starts <[0]> steps <[1]> : !v -> tensor<1xf32>
  %b = array.broadcast %s axes [0] : tensor<1xf32> -> !i
  %t = array.negative %b : !i -> !i
  %u = array.update %a, %t starts <[1]> steps <[1]> : !v, !i -> !v
  return %u : !v
}

// One kernel reads every neighbour in one array and writes the other: nothing
// is allocated or copied.
// CHECK-LABEL: func.func @jacobi(
// CHECK-SAME:    array.arena = [], array.donations = array<i64: 0, 1>
// CHECK-COUNT-2: array.fusion (
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @jacobi(%a: !m {array.donated}, %b: !m {array.donated}) -> (!m, !m) {
  %0 = array.slice %b starts <[0, 1]> steps <[1, 1]> : !m -> !n
  %1 = array.slice %b starts <[p4, 1]> steps <[1, 1]> : !m -> !n
  %2 = array.slice %b starts <[1, 0]> steps <[1, 1]> : !m -> !n
  %3 = array.slice %b starts <[1, p4]> steps <[1, 1]> : !m -> !n
  %4 = array.add %0, %1 : !n, !n -> !n
  %5 = array.add %2, %3 : !n, !n -> !n
  %6 = array.add %4, %5 : !n, !n -> !n
  %7 = array.update %a, %6 starts <[1, 1]> steps <[1, 1]> : !m, !n -> !m
  %8 = array.slice %7 starts <[0, 1]> steps <[1, 1]> : !m -> !n
  %9 = array.slice %7 starts <[p4, 1]> steps <[1, 1]> : !m -> !n
  %10 = array.add %8, %9 : !n, !n -> !n
  %11 = array.update %b, %10 starts <[1, 1]> steps <[1, 1]> : !m, !n -> !m
  return %7, %11 : !m, !m
}

// What reads the old version goes before the update, wherever it was recorded.
// CHECK-LABEL: func.func @reader_first(
// CHECK-SAME:    array.donations = array<i64: 0, -1>
// CHECK:         array.sum %
// CHECK:         array.into
// CHECK:         array.update
func.func @reader_first(%a: !v {array.donated}) -> (!v, !s) {
  %c = array.constant(1.0 : f64) : !i
  %u = array.update %a, %c starts <[1]> steps <[1]> : !v, !i -> !v
  %s = array.sum %a axes [0] : !v -> !s
  return %u, %s : !v, !s
}

// Where it needs the new version, the old one is copied. What it computes lies
// where the old one did.
// CHECK-LABEL: func.func @reader_of_both(
// CHECK-SAME:    array.donations = array<i64: -1, 0>
// CHECK:         %[[COPY:.*]] = array.fusion (%{{.*}} = %arg0
// CHECK:         array.update %[[COPY]]
// CHECK:         array.subtract
func.func @reader_of_both(%a: !v {array.donated}) -> (!v, !v) {
  %c = array.constant(1.0 : f64) : !i
  %u = array.update %a, %c starts <[1]> steps <[1]> : !v, !i -> !v
  %d = array.subtract %a, %u : !v, !v -> !v
  return %u, %d : !v, !v
}

// Two updates that need each other's old versions: one value waits.
// CHECK-LABEL: func.func @exchange(
// CHECK-SAME:    array.arena = [#array.params<[4, p1]>], array.donations = array<i64: 0, 1>
// CHECK-COUNT-2: array.fusion (
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @exchange(%a: !v {array.donated}, %b: !v {array.donated})
    -> (!v, !v) {
  %s = array.slice %a starts <[0]> steps <[1]> : !v -> !i
  %t = array.slice %b starts <[0]> steps <[1]> : !v -> !i
  %u = array.update %a, %t starts <[1]> steps <[1]> : !v, !i -> !v
  %w = array.update %b, %s starts <[1]> steps <[1]> : !v, !i -> !v
  return %u, %w : !v, !v
}

// One kernel with two results writes into two arrays.
// CHECK-LABEL: func.func @two_values(
// CHECK-SAME:    array.arena = [], array.donations = array<i64: 0, 1>
// CHECK:         array.fusion (
// CHECK-SAME:      array.in_place = array<i64: 0, 1>
// CHECK-SAME:      array.into = [#array.destination<{{.*}}>, #array.destination<{{.*}}>]
// CHECK-SAME:      array.slots = array<i64: -1, -2>
// CHECK-NOT:     array.fusion (
// CHECK:         return
func.func @two_values(%a: !v {array.donated}, %b: !v {array.donated}, %c: !i)
    -> (!v, !v) {
  %s = array.slice %a starts <[1]> steps <[1]> : !v -> !i
  %t = array.slice %b starts <[1]> steps <[1]> : !v -> !i
  %p = array.add %c, %s : !i, !i -> !i
  %q = array.subtract %t, %c : !i, !i -> !i
  %u = array.update %a, %p starts <[1]> steps <[1]> : !v, !i -> !v
  %w = array.update %b, %q starts <[1]> steps <[1]> : !v, !i -> !v
  return %u, %w : !v, !v
}

// A version that the program gives back stays: the next one is a copy.
// CHECK-LABEL: func.func @versions(
// CHECK-SAME:    array.donations = array<i64: 0, -1>
// CHECK:         %[[FIRST:.*]] = array.update %arg0, %{{.*}} {array.slots = array<i64: -1>}
// CHECK:         %[[COPY:.*]] = array.fusion (%{{.*}} = %[[FIRST]]
// CHECK:         array.update %[[COPY]], %{{.*}} {array.slots = array<i64: -2>}
func.func @versions(%a: !v {array.donated}, %x: !i, %y: !i) -> (!v, !v) {
  %u = array.update %a, %x starts <[1]> steps <[1]> : !v, !i -> !v
  %w = array.update %u, %y starts <[p2]> steps <[1]> : !v, !i -> !v
  return %u, %w : !v, !v
}

// Computed arrays are updated where they are; so is the result, from the
// beginning.
// CHECK-LABEL: func.func @computed(
// CHECK-SAME:    array.arena = []
// CHECK:         array.fusion (
// CHECK-SAME:      array.slots = array<i64: -1>
// CHECK:         array.update {{.*}} {array.slots = array<i64: -1>}
// CHECK:         array.update {{.*}} {array.slots = array<i64: -1>}
func.func @computed(%x: !i) -> !v {
  %z = array.constant(0.0 : f64) : !v
  %u = array.update %z, %x starts <[1]> steps <[1]> : !v, !i -> !v
  %w = array.update %u, %x starts <[p2]> steps <[1]> : !v, !i -> !v
  return %w : !v
}

// A kernel that computes the values of two updates, one the other's base, and
// writes neither: views of the later base stay behind the earlier update.
// CHECK-LABEL: func.func @late_base(
// CHECK:         %[[K:.*]]:2 = array.fusion (
// CHECK:         %[[U:.*]] = array.update %arg0,
// CHECK:         %[[R:.*]] = array.reshape %[[U]]
// CHECK:         %[[V:.*]] = array.reshape %[[K]]#1
// CHECK:         array.update %[[R]], %[[V]]
func.func @late_base(%a: !v {array.donated}, %x: !s) -> (!s, tensor<?x?xf32, #array.params<[p4, p5]>>) {
  %s = array.exp %x : !s -> !s
  %t = array.negative %s : !s -> !s
  %v = array.broadcast %s axes [] : !s -> !i
  %u = array.update %a, %v starts <[1]> steps <[1]> : !v, !i -> !v
  %r = array.reshape %u : !v -> tensor<?x?xf32, #array.params<[p4, p5]>>
  %w = array.reshape %t : !s -> tensor<1x1xf32>
  %z = array.update %r, %w starts <[0, 0]> steps <[1, 1]> : tensor<?x?xf32, #array.params<[p4, p5]>>, tensor<1x1xf32> -> tensor<?x?xf32, #array.params<[p4, p5]>>
  return %s, %z : !s, tensor<?x?xf32, #array.params<[p4, p5]>>
}

// A kernel that computes a base does not write the value into a copy of it, which
// exists only then.
// CHECK-LABEL: func.func @value_of_base(
// CHECK:         %[[W:.*]]:2 = array.fusion (
// CHECK-NOT:       array.into
// CHECK:         %[[COPY:.*]] = array.fusion (%{{.*}} = %[[W]]#0
// CHECK:         array.update %[[COPY]], %{{.*}}
func.func @value_of_base(%a: !v) -> (!v, !v) {
  %w = array.add %a, %a : !v, !v -> !v
  %s = array.sum %w axes [0] : !v -> !s
  %o = array.broadcast %s axes [] : !s -> tensor<1xf32>
  %u = array.update %w, %o starts <[0]> steps <[1]> : !v, tensor<1xf32> -> !v
  return %w, %u : !v, !v
}
