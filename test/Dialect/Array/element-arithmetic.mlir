// RUN: numloom-opt %s --numloom-schedule-gpu --canonicalize --cse | FileCheck %s

// What elementwise ops are in kernels, where that is more than an instruction.

!d = tensor<?xf64, #array.params<[p0]>>
!l = tensor<?xsi64, #array.params<[p0]>>
!n = tensor<ui64>
!u = tensor<?xui64, #array.params<[p0]>>

// Both halves of a block come of the same ten rounds of two products.
// CHECK-LABEL:     gpu.func @philox
// CHECK:             vector.load
// CHECK-COUNT-20:    arith.muli %{{.*}} : vector<2xi64>
// CHECK-NOT:         arith.muli %{{.*}} : vector<2xi64>
// CHECK-COUNT-2:     vector.store
func.func @philox(%counter: !u, %upper: !n, %key: !n) -> (!u, !u)
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.broadcast %upper axes [] : !n -> !u
  %1 = array.broadcast %key axes [] : !n -> !u
  %2 = array.philox_outer %counter, %0, %1 : !u, !u, !u -> !u
  %3 = array.philox_inner %counter, %0, %1 : !u, !u, !u -> !u
  return %2, %3 : !u, !u
}

// Integers are divided until float64 holds them, which has what is left.
// CHECK-LABEL: gpu.func @gcd
// CHECK:         %[[SMALL:.*]]:2 = scf.while {{.*}} (vector<2xi64>, vector<2xi64>)
// CHECK:           arith.divui
// CHECK:         %[[X:.*]] = arith.uitofp %[[SMALL]]#0
// CHECK:         %[[Y:.*]] = arith.uitofp %[[SMALL]]#1
// CHECK:         %[[RESULT:.*]]:2 = scf.while (%[[A:.*]] = %[[X]], %[[B:.*]] = %[[Y]])
// CHECK:           %[[RATIO:.*]] = arith.divf %{{.*}} fastmath<arcp,afn>
// CHECK:           %[[Q:.*]] = math.roundeven %[[RATIO]]
// CHECK:           %[[NEGATED:.*]] = arith.negf %[[Q]]
// CHECK:           %[[REST:.*]] = math.fma %[[NEGATED]]
// CHECK:           math.absf %[[REST]]
// CHECK:         %[[INTEGER:.*]] = arith.fptosi %[[RESULT]]#0
// CHECK:         arith.select %{{.*}}, %[[SMALL]]#0, %[[INTEGER]]
func.func @gcd(%x: !l, %y: !l) -> !l
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.gcd %x, %y : !l, !l -> !l
  return %0 : !l
}

// The ratio rounded down, less one where the rest's sign says so; the remainder
// is computed only where that may be wrong.
// CHECK-LABEL: gpu.func @floor_divide
// CHECK:         %[[RATIO:.*]] = arith.divf
// CHECK:         %[[DOWN:.*]] = math.floor %[[RATIO]]
// CHECK:         %[[NEGATED:.*]] = arith.negf %[[DOWN]]
// CHECK:         math.fma %[[NEGATED]]
// CHECK:         %[[RESULT:.*]] = arith.select %{{.*}}, %{{.*}}, %[[DOWN]]
// CHECK:         scf.if %{{.*}} -> (f64) {
// CHECK-NEXT:      scf.yield %[[RESULT]]
// CHECK-NEXT:    } else {
// CHECK-NEXT:      array.libm "fmod"
func.func @floor_divide(%x: !d, %y: !d) -> !d
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.floor_divide %x, %y : !d, !d -> !d
  return %0 : !d
}

// Vectors of int64 are divided by two products with the divisor's inverse, the
// second for what the first left; elements by an instruction.
// CHECK-LABEL: gpu.func @divide_integers
// CHECK:         %[[INVERSE:.*]] = arith.divf %{{.*}} : vector<2xf64>
// CHECK:         arith.mulf %{{.*}}, %[[INVERSE]]
// CHECK:         arith.mulf %{{.*}}, %[[INVERSE]]
// CHECK-NOT:     arith.divsi %{{.*}} : vector
// CHECK:         vector.store
// CHECK:         arith.divsi %{{.*}} : i64
func.func @divide_integers(%x: !l, %y: !l) -> !l
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.floor_divide %x, %y : !l, !l -> !l
  return %0 : !l
}
