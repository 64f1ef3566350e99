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

// Legs are scaled, and no library is called, whatever they are.
// CHECK-LABEL: @hypot
// CHECK-NOT: array.libm
// CHECK: arith.subi %{{.*}} : vector<8xi64>
// CHECK: math.sqrt %{{.*}} : vector<8xf64>
// CHECK-NOT: array.libm
// CHECK: return
func.func @hypot(%x: vector<8xf64>, %y: vector<8xf64>) -> vector<8xf64> {
  %0 = array.libm "hypot"(%x, %y) : (vector<8xf64>, vector<8xf64>) -> vector<8xf64>
  return %0 : vector<8xf64>
}

// What the root's cube leaves corrects it, without a division.
// CHECK-LABEL: @cube_root
// CHECK-NOT: math.cbrt
// CHECK-NOT: arith.divf
// CHECK: math.fma
// CHECK: math.copysign
// CHECK: return
func.func @cube_root(%x: vector<8xf64>, %y: f32) -> (vector<8xf64>, f32) {
  %0 = math.cbrt %x : vector<8xf64>
  %1 = math.cbrt %y : f32
  return %0, %1 : vector<8xf64>, f32
}

// One quotient, and what rounding it left.
// CHECK-LABEL: @arc_tangents
// CHECK-NOT: math.atan
// CHECK: %[[Q:.*]] = arith.divf
// CHECK: %[[NEGATED:.*]] = arith.negf %[[Q]]
// CHECK: math.fma %[[NEGATED]]
// CHECK: arith.divf
// CHECK-NOT: math.atan
// CHECK: return
func.func @arc_tangents(%x: vector<8xf64>, %y: f32) -> (vector<8xf64>, f32) {
  %0 = math.atan2 %x, %x : vector<8xf64>
  %1 = math.atan %y : f32
  return %0, %1 : vector<8xf64>, f32
}

// CHECK-LABEL: @logarithms
// CHECK-NOT: math.{{log1p|asinh|acosh|atanh}}
// CHECK: return
func.func @logarithms(%x: vector<8xf64>, %y: f32)
    -> (vector<8xf64>, vector<8xf64>, f32, f32) {
  %0 = math.log1p %x : vector<8xf64>
  %1 = math.asinh %x : vector<8xf64>
  %2 = math.acosh %y : f32
  %3 = math.atanh %y : f32
  return %0, %1, %2, %3 : vector<8xf64>, vector<8xf64>, f32, f32
}

// CHECK-LABEL: @hyperbolics
// CHECK-NOT: math.{{expm1|sinh|cosh}}
// CHECK: return
func.func @hyperbolics(%x: vector<8xf64>, %y: f32) -> (vector<8xf64>, f32, f32) {
  %0 = math.cosh %x : vector<8xf64>
  %1 = math.sinh %y : f32
  %2 = math.expm1 %y : f32
  return %0, %1, %2 : vector<8xf64>, f32, f32
}

// The powers of float32 have no precondition, so no branch.
// CHECK-LABEL: @power
// CHECK-NOT: math.powf
// CHECK-NOT: scf.if
// CHECK: arith.truncf %{{.*}} : vector<8xf64> to vector<8xf32>
// CHECK-NOT: scf.if
// CHECK: return
func.func @power(%x: vector<8xf32>, %y: vector<8xf32>) -> vector<8xf32> {
  %0 = math.powf %x, %y : vector<8xf32>
  return %0 : vector<8xf32>
}

// What the library does as well, or more exactly, stays.
// CHECK-LABEL: @others
// CHECK: math.sin
// CHECK: math.tan
// CHECK: math.exp %{{.*}} : f16
// CHECK: math.sinh
// CHECK: math.powf
func.func @others(%x: vector<8xf64>, %h: f16)
    -> (vector<8xf64>, vector<8xf64>, f16) {
  %0 = math.sin %x : vector<8xf64>
  %1 = math.tan %0 : vector<8xf64>
  %2 = math.exp %h : f16
  %3 = math.sinh %1 : vector<8xf64>
  %4 = math.powf %x, %3 : vector<8xf64>
  return %0, %4, %2 : vector<8xf64>, vector<8xf64>, f16
}
