// RUN: numloom-opt %s --numloom-simplify | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!i = tensor<?xf32, #array.params<[p1]>>

// What was written is the value, if nobody else needs the array.
// CHECK-LABEL: func.func @read_back(
// CHECK-NEXT:    return %arg1
func.func @read_back(%a: !v, %x: !i) -> !i {
  %u = array.update %a, %x starts <[1]> steps <[p2]> : !v, !i -> !v
  %s = array.slice %u starts <[1]> steps <[p2]> : !v -> !i
  return %s : !i
}

// CHECK-LABEL: func.func @read_elsewhere(
// CHECK:         array.update
// CHECK:         array.slice
func.func @read_elsewhere(%a: !v, %x: !i) -> !i {
  %u = array.update %a, %x starts <[1]> steps <[1]> : !v, !i -> !v
  %s = array.slice %u starts <[0]> steps <[1]> : !v -> !i
  return %s : !i
}

// Otherwise it is found in the array.
// CHECK-LABEL: func.func @read_what_is_stored(
// CHECK:         %[[U:.*]] = array.update
// CHECK:         array.slice %[[U]]
func.func @read_what_is_stored(%a: !v, %x: !i) -> (!v, !i) {
  %u = array.update %a, %x starts <[1]> steps <[1]> : !v, !i -> !v
  %s = array.slice %u starts <[1]> steps <[1]> : !v -> !i
  return %u, %s : !v, !i
}

// CHECK-LABEL: func.func @twice(
// CHECK-NEXT:    %[[U:.*]] = array.update %arg0, %arg2
// CHECK-NEXT:    return %[[U]]
func.func @twice(%a: !v, %x: !i, %y: !i) -> !v {
  %u = array.update %a, %x starts <[1]> steps <[1]> : !v, !i -> !v
  %w = array.update %u, %y starts <[1]> steps <[1]> : !v, !i -> !v
  return %w : !v
}

// CHECK-LABEL: func.func @twice_but_seen(
// CHECK-COUNT-2: array.update
func.func @twice_but_seen(%a: !v, %x: !i, %y: !i) -> (!v, !v) {
  %u = array.update %a, %x starts <[1]> steps <[1]> : !v, !i -> !v
  %w = array.update %u, %y starts <[1]> steps <[1]> : !v, !i -> !v
  return %u, %w : !v, !v
}

// CHECK-LABEL: func.func @by_itself(
// CHECK-NEXT:    return %arg0
func.func @by_itself(%a: !v) -> !v {
  %s = array.slice %a starts <[p2]> steps <[-1]> : !v -> !i
  %u = array.update %a, %s starts <[p2]> steps <[-1]> : !v, !i -> !v
  return %u : !v
}

// CHECK-LABEL: func.func @whole(
// CHECK-NEXT:    return %arg1
func.func @whole(%a: !v, %x: !v) -> !v {
  %u = array.update %a, %x starts <[0]> steps <[1]> : !v, !v -> !v
  return %u : !v
}

// CHECK-LABEL: func.func @whole_backwards(
// CHECK:         array.update
func.func @whole_backwards(%a: !v, %x: !v) -> !v {
  %u = array.update %a, %x starts <[p2]> steps <[-1]> : !v, !v -> !v
  return %u : !v
}
