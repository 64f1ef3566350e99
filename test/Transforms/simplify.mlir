// RUN: numloom-opt %s -numloom-simplify | FileCheck %s

!bool = tensor<?xi1, #array.params<[p0]>>
!i32 = tensor<?xsi32, #array.params<[p0]>>
!u8 = tensor<?xui8, #array.params<[p0]>>
!f16 = tensor<?xf16, #array.params<[p0]>>
!f32 = tensor<?xf32, #array.params<[p0]>>
!c64 = tensor<?xcomplex<f32>, #array.params<[p0]>>

//===----------------------------------------------------------------------===//
// Ops applied twice, and ops that change nothing
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @involutions(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[I:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: return %[[X]], %[[I]]
func.func @involutions(%x: !f32, %i: !i32) -> (!f32, !i32) {
  %0 = array.negative %x : !f32 -> !f32
  %1 = array.negative %0 : !f32 -> !f32
  %2 = array.invert %i : !i32 -> !i32
  %3 = array.invert %2 : !i32 -> !i32
  return %1, %3 : !f32, !i32
}

// CHECK-LABEL: @rounded_again(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[R:.*]] = array.floor %[[X]]
// CHECK-NEXT: return %[[R]]
func.func @rounded_again(%x: !f32) -> !f32 {
  %0 = array.floor %x : !f32 -> !f32
  %1 = array.rint %0 : !f32 -> !f32
  %2 = array.ceil %1 : !f32 -> !f32
  return %2 : !f32
}

// CHECK-LABEL: @rounded_integer(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: return %[[X]]
func.func @rounded_integer(%x: !i32) -> !i32 {
  %0 = array.trunc %x : !i32 -> !i32
  return %0 : !i32
}

// CHECK-LABEL: @real_numbers(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: return %[[X]]
func.func @real_numbers(%x: !f32) -> !f32 {
  %0 = array.conjugate %x : !f32 -> !f32
  %1 = array.real %0 : !f32 -> !f32
  %2 = array.positive %1 : !f32 -> !f32
  return %2 : !f32
}

// CHECK-LABEL: @complex_numbers(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: array.conjugate
// CHECK-NEXT: array.real
func.func @complex_numbers(%x: !c64) -> !f32 {
  %0 = array.conjugate %x : !c64 -> !c64
  %1 = array.real %0 : !c64 -> !f32
  return %1 : !f32
}

// Products become equal operands by CSE.
// CHECK-LABEL: @equal_operands(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[R:.*]] = array.multiply %[[X]], %[[Y]]
// CHECK-NEXT: return %[[R]]
func.func @equal_operands(%x: !f32, %y: !f32) -> !f32 {
  %0 = array.multiply %x, %y : !f32, !f32 -> !f32
  %1 = array.multiply %x, %y : !f32, !f32 -> !f32
  %2 = array.maximum %0, %1 : !f32, !f32 -> !f32
  %3 = array.fmin %2, %2 : !f32, !f32 -> !f32
  return %3 : !f32
}

//===----------------------------------------------------------------------===//
// Logic
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @not_equal(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[R:.*]] = array.not_equal %[[X]], %[[Y]]
// CHECK-NEXT: return %[[R]]
func.func @not_equal(%x: !f32, %y: !f32) -> !bool {
  %0 = array.equal %x, %y : !f32, !f32 -> !bool
  %1 = array.logical_not %0 : !bool -> !bool
  return %1 : !bool
}

// Of NaN both less and greater_equal are false.
// CHECK-LABEL: @not_less_float(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: array.less
// CHECK-NEXT: array.logical_not
func.func @not_less_float(%x: !f32, %y: !f32) -> !bool {
  %0 = array.less %x, %y : !f32, !f32 -> !bool
  %1 = array.logical_not %0 : !bool -> !bool
  return %1 : !bool
}

// CHECK-LABEL: @not_less_integer(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[R:.*]] = array.greater_equal %[[X]], %[[Y]]
// CHECK-NEXT: return %[[R]]
func.func @not_less_integer(%x: !i32, %y: !i32) -> !bool {
  %0 = array.less %x, %y : !i32, !i32 -> !bool
  %1 = array.invert %0 : !bool -> !bool
  return %1 : !bool
}

// CHECK-LABEL: @double_not(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: array.logical_not %[[Y]]
// CHECK-NEXT: %[[R:.*]] = array.logical_not
// CHECK-NEXT: return %[[X]], %[[R]]
func.func @double_not(%x: !bool, %y: !f32) -> (!bool, !bool) {
  %0 = array.logical_not %x : !bool -> !bool
  %1 = array.logical_not %0 : !bool -> !bool
  %2 = array.logical_not %y : !f32 -> !bool
  %3 = array.logical_not %2 : !bool -> !bool
  return %1, %3 : !bool, !bool
}

//===----------------------------------------------------------------------===//
// Selection
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @equal_arms(
// CHECK-SAME: %[[C:.*]]: tensor<{{[^%]*}}, %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: return %[[X]]
func.func @equal_arms(%c: !bool, %x: !f32) -> !f32 {
  %0 = array.where %c, %x, %x : !bool, !f32, !f32 -> !f32
  return %0 : !f32
}

// CHECK-LABEL: @constant_condition(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: return %[[X]], %[[Y]]
func.func @constant_condition(%x: !f32, %y: !f32) -> (!f32, !f32) {
  %t = array.constant(1 : i64) : !bool
  %f = array.constant(0 : i64) : !bool
  %0 = array.where %t, %x, %y : !bool, !f32, !f32 -> !f32
  %1 = array.where %f, %x, %y : !bool, !f32, !f32 -> !f32
  return %0, %1 : !f32, !f32
}

// CHECK-LABEL: @same_condition(
// CHECK-SAME: %[[C:.*]]: tensor<{{[^%]*}}, %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}}, %[[Z:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[R:.*]] = array.where %[[C]], %[[X]], %[[Z]]
// CHECK-NEXT: return %[[R]]
func.func @same_condition(%c: !bool, %x: !f32, %y: !f32, %z: !f32) -> !f32 {
  %0 = array.where %c, %x, %y : !bool, !f32, !f32 -> !f32
  %1 = array.logical_not %c : !bool -> !bool
  %2 = array.where %1, %z, %0 : !bool, !f32, !f32 -> !f32
  return %2 : !f32
}

//===----------------------------------------------------------------------===//
// Signs
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @added_negative(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[R:.*]] = array.subtract %[[X]], %[[Y]]
// CHECK-NEXT: return %[[R]]
func.func @added_negative(%x: !f32, %y: !f32) -> !f32 {
  %0 = array.negative %y : !f32 -> !f32
  %1 = array.add %0, %x : !f32, !f32 -> !f32
  return %1 : !f32
}

// CHECK-LABEL: @product_of_negatives(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[R:.*]] = array.multiply %[[X]], %[[Y]]
// CHECK-NEXT: return %[[R]]
func.func @product_of_negatives(%x: !f32, %y: !f32) -> !f32 {
  %0 = array.negative %y : !f32 -> !f32
  %1 = array.negative %x : !f32 -> !f32
  %2 = array.multiply %1, %0 : !f32, !f32 -> !f32
  return %2 : !f32
}

// CHECK-LABEL: @even_functions(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-DAG: %[[A:.*]] = array.absolute %[[X]]
// CHECK-DAG: %[[S:.*]] = array.square %[[X]]
// CHECK-NEXT: return %[[A]], %[[S]]
func.func @even_functions(%x: !f32) -> (!f32, !f32) {
  %0 = array.negative %x : !f32 -> !f32
  %1 = array.absolute %0 : !f32 -> !f32
  %2 = array.square %1 : !f32 -> !f32
  return %1, %2 : !f32, !f32
}

// The negative of 1 is 255, whose absolute value is 255.
// CHECK-LABEL: @absolute_of_unsigned(
// CHECK-NEXT: %[[N:.*]] = array.negative
// CHECK-NEXT: array.absolute %[[N]]
func.func @absolute_of_unsigned(%x: !u8) -> !u8 {
  %0 = array.negative %x : !u8 -> !u8
  %1 = array.absolute %0 : !u8 -> !u8
  return %1 : !u8
}

//===----------------------------------------------------------------------===//
// Neutral and absorbing constants
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @neutral_float(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: return %[[X]]
func.func @neutral_float(%x: !f32) -> !f32 {
  %m0 = array.constant(-0.0 : f64) : !f32
  %p0 = array.constant(0.0 : f64) : !f32
  %one = array.constant(1.0 : f64) : !f32
  %0 = array.add %m0, %x : !f32, !f32 -> !f32
  %1 = array.subtract %0, %p0 : !f32, !f32 -> !f32
  %2 = array.multiply %1, %one : !f32, !f32 -> !f32
  %3 = array.divide %2, %one : !f32, !f32 -> !f32
  %4 = array.power %3, %one : !f32, !f32 -> !f32
  return %4 : !f32
}

// -0.0 + 0.0 is 0.0.
// CHECK-LABEL: @positive_zero(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK: array.add
func.func @positive_zero(%x: !f32) -> !f32 {
  %0 = array.constant(0.0 : f64) : !f32
  %1 = array.add %x, %0 : !f32, !f32 -> !f32
  return %1 : !f32
}

// 0.0 * inf is NaN.
// CHECK-LABEL: @zero_times_float(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK: array.multiply
func.func @zero_times_float(%x: !f32) -> !f32 {
  %0 = array.constant(0.0 : f64) : !f32
  %1 = array.multiply %x, %0 : !f32, !f32 -> !f32
  return %1 : !f32
}

// (a + ib)(1 + i0) is NaN where b is infinite.
// CHECK-LABEL: @complex_one(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK: array.multiply
func.func @complex_one(%x: !c64) -> !c64 {
  %0 = array.constant(1.0 : f64) : !c64
  %1 = array.multiply %x, %0 : !c64, !c64 -> !c64
  return %1 : !c64
}

// CHECK-LABEL: @neutral_integer(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: return %[[X]]
func.func @neutral_integer(%x: !i32) -> !i32 {
  %z = array.constant(0 : i64) : !i32
  %one = array.constant(1 : i64) : !i32
  %0 = array.add %z, %x : !i32, !i32 -> !i32
  %1 = array.bitwise_xor %0, %z : !i32, !i32 -> !i32
  %2 = array.floor_divide %1, %one : !i32, !i32 -> !i32
  %3 = array.left_shift %2, %z : !i32, !i32 -> !i32
  return %3 : !i32
}

// CHECK-LABEL: @absorbing_integer(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[Z:.*]] = array.constant(0 : i64)
// CHECK-NEXT: return %[[Z]], %[[Z]]
func.func @absorbing_integer(%x: !i32) -> (!i32, !i32) {
  %z = array.constant(0 : i64) : !i32
  %0 = array.multiply %x, %z : !i32, !i32 -> !i32
  %1 = array.subtract %x, %x : !i32, !i32 -> !i32
  return %0, %1 : !i32, !i32
}

// inf - inf is NaN.
// CHECK-LABEL: @float_minus_itself(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK: array.subtract
func.func @float_minus_itself(%x: !f32) -> !f32 {
  %0 = array.subtract %x, %x : !f32, !f32 -> !f32
  return %0 : !f32
}

// CHECK-LABEL: @power_of_zero(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[R:.*]] = array.constant(1.000000e+00 : f64)
// CHECK-NEXT: return %[[R]]
func.func @power_of_zero(%x: !f32) -> !f32 {
  %0 = array.constant(0.0 : f64) : !f32
  %1 = array.power %x, %0 : !f32, !f32 -> !f32
  return %1 : !f32
}

//===----------------------------------------------------------------------===//
// Cheaper ops
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @square(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[R:.*]] = array.square %[[X]]
// CHECK-NEXT: return %[[R]]
func.func @square(%x: !f32) -> !f32 {
  %0 = array.constant(2.0 : f64) : !f32
  %1 = array.power %x, %0 : !f32, !f32 -> !f32
  return %1 : !f32
}

// CHECK-LABEL: @divide_by_power_of_two(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}})
// CHECK-NEXT: %[[C:.*]] = array.constant(1.250000e-01 : f64)
// CHECK-NEXT: %[[R:.*]] = array.multiply %[[X]], %[[C]]
// CHECK-NEXT: return %[[R]]
func.func @divide_by_power_of_two(%x: !f32) -> !f32 {
  %0 = array.constant(8.0 : f64) : !f32
  %1 = array.divide %x, %0 : !f32, !f32 -> !f32
  return %1 : !f32
}

// The reciprocal of 2^15 is no normal float16.
// CHECK-LABEL: @divide_inexactly(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-COUNT-2: array.divide
func.func @divide_inexactly(%x: !f32, %y: !f16) -> (!f32, !f16) {
  %0 = array.constant(3.0 : f64) : !f32
  %1 = array.divide %x, %0 : !f32, !f32 -> !f32
  %2 = array.constant(32768.0 : f64) : !f16
  %3 = array.divide %y, %2 : !f16, !f16 -> !f16
  return %1, %3 : !f32, !f16
}

// CHECK-LABEL: @divide_integers(
// CHECK-SAME: %[[X:.*]]: tensor<{{[^%]*}}, %[[Y:.*]]: tensor<{{[^%]*}})
// CHECK-DAG: %[[C4:.*]] = array.constant(4 : i64) : tensor<?xsi32
// CHECK-DAG: %[[C15:.*]] = array.constant(15 : i64) : tensor<?xsi32
// CHECK-DAG: %[[C127:.*]] = array.constant(127 : i64) : tensor<?xui8
// CHECK-DAG: %[[Q:.*]] = array.right_shift %[[X]], %[[C4]]
// CHECK-DAG: %[[R:.*]] = array.bitwise_and %[[X]], %[[C15]]
// CHECK-DAG: %[[S:.*]] = array.bitwise_and %[[Y]], %[[C127]]
// CHECK: return %[[Q]], %[[R]], %[[S]]
func.func @divide_integers(%x: !i32, %y: !u8) -> (!i32, !i32, !u8) {
  %0 = array.constant(16 : i64) : !i32
  %1 = array.floor_divide %x, %0 : !i32, !i32 -> !i32
  %2 = array.remainder %x, %0 : !i32, !i32 -> !i32
  %3 = array.constant(128 : i64) : !u8
  %4 = array.remainder %y, %3 : !u8, !u8 -> !u8
  return %1, %2, %4 : !i32, !i32, !u8
}
