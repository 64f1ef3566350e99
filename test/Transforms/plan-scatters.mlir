// RUN: numloom-opt %s --numloom-plan-buffers | FileCheck %s

!v = tensor<?xf64, #array.params<[p0]>>
!m = tensor<?x?xf64, #array.params<[p1, p2]>>
!i = tensor<?xsi64, #array.params<[p3]>>
!w = tensor<?xf64, #array.params<[p3]>>

// A donated base that the kernel only scatters into is changed in place.
// CHECK-LABEL: func.func @alone(
// CHECK-SAME:    array.donations = array<i64: 0>
// CHECK-COUNT-1: array.fusion (
// CHECK-SAME:      array.in_place = array<i64: 0>
// CHECK-NOT:     array.fusion (
func.func @alone(%x: !v {array.donated}, %i: !i, %w: !w) -> !v {
  %0 = array.fusion (%a = %x, %b = %i, %c = %w : !v, !i, !w) -> (!v) attributes {kind = #array.kind<scatter>} {
    %1 = array.scatter %a[%b] axes [0], %c combine replace repeats any : !v, !w, !i -> !v
    array.yield %1 : !v
  }
  return %0 : !v
}

// A kernel that gathers from what it scatters into reads the old elements: it
// scatters into a copy, which is an operand of its own.
// CHECK-LABEL: func.func @gathers(
// CHECK-NOT:     array.donations
// CHECK:         %[[COPY:.*]] = array.fusion (%{{.*}} = %arg0
// CHECK:         array.fusion (%[[X:.*]] = %arg0, %[[I:.*]] = %arg1, %[[BASE:.*]] = %[[COPY]] :
// CHECK-SAME:      array.in_place = array<i64: 2>
// CHECK-NEXT:      %[[OLD:.*]] = array.gather %[[X]][%[[I]]]
// CHECK-NEXT:      %[[NEW:.*]] = array.negative %[[OLD]]
// CHECK-NEXT:      array.scatter %[[BASE]][%[[I]]] axes [0], %[[NEW]]
func.func @gathers(%x: !v, %i: !i) -> !v {
  %0 = array.fusion (%a = %x, %b = %i : !v, !i) -> (!v) attributes {kind = #array.kind<scatter>} {
    %1 = array.gather %a[%b] axes [0] : !v, !i -> !w
    %2 = array.negative %1 : !w -> !w
    %3 = array.scatter %a[%b] axes [0], %2 combine replace repeats any : !v, !w, !i -> !v
    array.yield %3 : !v
  }
  return %0 : !v
}

// The same below a reshape that both have in common, of a base that is donated.
// CHECK-LABEL: func.func @gathers_reshaped(
// CHECK:         %[[COPY:.*]] = array.fusion (%{{.*}} = %arg0
// CHECK:         array.fusion (%[[X:.*]] = %arg0, %[[I:.*]] = %arg1, %[[BASE:.*]] = %[[COPY]] :
// CHECK-SAME:      array.in_place = array<i64: 2>
// CHECK-NEXT:      %[[FLAT:.*]] = array.reshape %[[X]]
// CHECK-NEXT:      %[[OLD:.*]] = array.gather %[[FLAT]][%[[I]]]
// CHECK-NEXT:      %[[FLAT_BASE:.*]] = array.reshape %[[BASE]]
// CHECK-NEXT:      array.scatter %[[FLAT_BASE]][%[[I]]] axes [0], %[[OLD]]
func.func @gathers_reshaped(%x: !m {array.donated}, %i: !i) -> !v {
  %0 = array.fusion (%a = %x, %b = %i : !m, !i) -> (!v) attributes {kind = #array.kind<scatter>} {
    %1 = array.reshape %a : !m -> !v
    %2 = array.gather %1[%b] axes [0] : !v, !i -> !w
    %3 = array.scatter %1[%b] axes [0], %2 combine replace repeats any : !v, !w, !i -> !v
    array.yield %3 : !v
  }
  return %0 : !v
}

// Another operand that reads the base through a view reads the old elements.
// CHECK-LABEL: func.func @reads_view(
// CHECK:         %[[VIEW:.*]] = array.slice %arg0
// CHECK:         %[[COPY:.*]] = array.fusion (%{{.*}} = %arg0
// CHECK:         array.fusion (%{{.*}} = %[[COPY]], %{{.*}} = %arg1, %{{.*}} = %[[VIEW]] :
// CHECK-SAME:      array.in_place = array<i64: 0>
func.func @reads_view(%x: !v {array.donated}, %i: !i) -> !v {
  %s = array.slice %x starts <[1]> steps <[1]> : !v -> !w
  %0 = array.fusion (%a = %x, %b = %i, %c = %s : !v, !i, !w) -> (!v) attributes {kind = #array.kind<scatter>} {
    %1 = array.scatter %a[%b] axes [0], %c combine replace repeats any : !v, !w, !i -> !v
    array.yield %1 : !v
  }
  return %0 : !v
}

// A donated base of which a later version must be copied, since what the old
// one holds is read after that, becomes no result: it is copied, too.
// CHECK-LABEL: func.func @later_copy(
// CHECK-SAME:    array.arena = [#array.params<[8, p0]>]
// CHECK-NOT:     array.donations
// CHECK:         %[[FIRST:.*]] = array.fusion (%{{.*}} = %arg0
// CHECK-SAME:      array.slots = array<i64: 0>
// CHECK:         %[[A:.*]] = array.fusion (%{{.*}} = %[[FIRST]],
// CHECK-SAME:      array.slots = array<i64: 0>
// CHECK:         %[[SECOND:.*]] = array.fusion (%{{.*}} = %[[A]] :
// CHECK-SAME:      array.slots = array<i64: -1>
// CHECK:         array.fusion (%{{.*}} = %[[A]], {{.*}} = %[[SECOND]] :
// CHECK-SAME:      array.slots = array<i64: -1>
func.func @later_copy(%x: !v {array.donated}, %i: !i, %w: !w) -> !v {
  %0 = array.fusion (%a = %x, %b = %i, %c = %w : !v, !i, !w) -> (!v) attributes {kind = #array.kind<scatter>} {
    %1 = array.scatter %a[%b] axes [0], %c combine replace repeats any : !v, !w, !i -> !v
    array.yield %1 : !v
  }
  %2 = array.fusion (%a = %0, %b = %i : !v, !i) -> (!v) attributes {kind = #array.kind<scatter>} {
    %1 = array.gather %a[%b] axes [0] : !v, !i -> !w
    %3 = array.scatter %a[%b] axes [0], %1 combine replace repeats any : !v, !w, !i -> !v
    array.yield %3 : !v
  }
  return %2 : !v
}
