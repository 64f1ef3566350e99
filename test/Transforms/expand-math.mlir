// RUN: numloom-opt %s -numloom-expand-math | FileCheck %s

// CHECK-LABEL: @exp
// CHECK-NOT: math.exp
// CHECK: math.fma %{{.*}} : vector<8xf64>
// CHECK-NOT: math.exp
// CHECK: return
func.func @exp(%x: vector<8xf64>) -> vector<8xf64> {
  %0 = math.exp %x : vector<8xf64>
  return %0 : vector<8xf64>
}

// CHECK-LABEL: @scalar
// CHECK-NOT: math.log
// CHECK: math.fma %{{.*}} : f32
// CHECK: return
func.func @scalar(%x: f32) -> f32 {
  %0 = math.log %x : f32
  return %0 : f32
}

// CHECK-LABEL: @tanh
// CHECK-NOT: math.tanh
// CHECK: math.copysign
// CHECK: return
func.func @tanh(%x: vector<3xf32>) -> vector<3xf32> {
  %0 = math.tanh %x : vector<3xf32>
  return %0 : vector<3xf32>
}

// Angles beyond the reduction's range take the library's value, and only they.
// CHECK-LABEL: @sin
// CHECK-SAME: %[[X:.*]]: vector<16xf32>
// CHECK: %[[R:.*]] = arith.truncf %{{.*}} : vector<16xf64> to vector<16xf32>
// CHECK: %[[SMALL:.*]] = arith.cmpf olt
// CHECK: %[[ALL:.*]] = vector.reduction <and>, %[[SMALL]]
// CHECK: scf.if %[[ALL]] -> (vector<16xf32>) {
// CHECK-NEXT: scf.yield %[[R]]
// CHECK: else
// CHECK-NEXT: %[[CALL:.*]] = math.sin %[[X]]
// CHECK-NEXT: %[[EACH:.*]] = arith.select %[[SMALL]], %[[R]], %[[CALL]]
// CHECK-NEXT: scf.yield %[[EACH]]
func.func @sin(%x: vector<16xf32>) -> vector<16xf32> {
  %0 = math.sin %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// CHECK-LABEL: @fmod
// CHECK: arith.divf
// CHECK: scf.if
// CHECK: array.libm "fmod"
func.func @fmod(%x: f64, %y: f64) -> f64 {
  %0 = array.libm "fmod"(%x, %y) : (f64, f64) -> f64
  return %0 : f64
}

// What the library does as well stays.
// CHECK-LABEL: @others
// CHECK: math.sin
// CHECK: math.tan
// CHECK: math.exp %{{.*}} : f16
// CHECK: array.libm "hypot"
func.func @others(%x: vector<8xf64>, %h: f16)
    -> (vector<8xf64>, vector<8xf64>, f16) {
  %0 = math.sin %x : vector<8xf64>
  %1 = math.tan %0 : vector<8xf64>
  %2 = math.exp %h : f16
  %3 = array.libm "hypot"(%x, %1) : (vector<8xf64>, vector<8xf64>) -> vector<8xf64>
  return %0, %3, %2 : vector<8xf64>, vector<8xf64>, f16
}
