// RUN: numloom-opt %s -canonicalize | FileCheck %s

!bool = tensor<?xi1, #array.params<[p0]>>
!i8 = tensor<?xsi8, #array.params<[p0]>>
!i16 = tensor<?xsi16, #array.params<[p0]>>
!i32 = tensor<?xsi32, #array.params<[p0]>>
!u8 = tensor<?xui8, #array.params<[p0]>>
!f16 = tensor<?xf16, #array.params<[p0]>>
!bf16 = tensor<?xbf16, #array.params<[p0]>>
!f32 = tensor<?xf32, #array.params<[p0]>>
!f64 = tensor<?xf64, #array.params<[p0]>>
!f32_nm = tensor<?x?xf32, #array.params<[p0, p1]>>
!f32_mn = tensor<?x?xf32, #array.params<[p1, p0]>>

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @identity_cast
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @identity_cast(%x: !f32) -> !f32 {
  %0 = array.cast %x : !f32 -> !f32
  return %0 : !f32
}

// CHECK-LABEL: @round_trip
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @round_trip(%x: !f32) -> !f32 {
  %0 = array.cast %x : !f32 -> !f64
  %1 = array.cast %0 : !f64 -> !f32
  return %1 : !f32
}

// A constant of another dialect holds an element for each index.
// CHECK-LABEL: @foreign_constant
// CHECK: array.cast
func.func @foreign_constant() -> tensor<2xf64> {
  %0 = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = array.cast %0 : tensor<2xf32> -> tensor<2xf64>
  return %1 : tensor<2xf64>
}

// CHECK-LABEL: @lossy_inner
// CHECK-COUNT-2: array.cast
func.func @lossy_inner(%x: !f64) -> !f64 {
  %0 = array.cast %x : !f64 -> !f32
  %1 = array.cast %0 : !f32 -> !f64
  return %1 : !f64
}

// bfloat16 has exponents that float16 has not.
// CHECK-LABEL: @bfloat16_by_way_of_float16
// CHECK-COUNT-2: array.cast
func.func @bfloat16_by_way_of_float16(%x: !bf16) -> !f32 {
  %0 = array.cast %x : !bf16 -> !f16
  %1 = array.cast %0 : !f16 -> !f32
  return %1 : !f32
}

// CHECK-LABEL: @integer_wraps_once
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: %[[R:.*]] = array.cast %[[X]] : {{.*}}si32{{.*}} -> {{.*}}ui8
// CHECK-NEXT: return %[[R]]
func.func @integer_wraps_once(%x: !i32) -> !u8 {
  %0 = array.cast %x : !i32 -> !i16
  %1 = array.cast %0 : !i16 -> !u8
  return %1 : !u8
}

// CHECK-LABEL: @integer_wraps_then_extends
// CHECK-COUNT-2: array.cast
func.func @integer_wraps_then_extends(%x: !i32) -> !i16 {
  %0 = array.cast %x : !i32 -> !u8
  %1 = array.cast %0 : !u8 -> !i16
  return %1 : !i16
}

// What an int32 beyond int8 becomes through a float is not wrapping.
// CHECK-LABEL: @integer_by_way_of_float
// CHECK-COUNT-2: array.cast
func.func @integer_by_way_of_float(%x: !i32) -> !i8 {
  %0 = array.cast %x : !i32 -> !f64
  %1 = array.cast %0 : !f64 -> !i8
  return %1 : !i8
}

// CHECK-LABEL: @float_to_integer
// CHECK-COUNT-2: array.cast
func.func @float_to_integer(%x: !f32) -> !i8 {
  %0 = array.cast %x : !f32 -> !f64
  %1 = array.cast %0 : !f64 -> !i8
  return %1 : !i8
}

// CHECK-LABEL: @cast_constants
func.func @cast_constants() -> (!f64, !f32, !i8, !bool) {
  %0 = array.constant(0.1 : f64) : !f32
  %1 = array.constant(2 : i64) : !i32
  // The value is that of float32.
  // CHECK-DAG: array.constant(0.10000000149011612 : f64) : tensor<?xf64
  %2 = array.cast %0 : !f32 -> !f64
  // CHECK-DAG: array.constant(2.000000e+00 : f64) : tensor<?xf32
  %3 = array.cast %1 : !i32 -> !f32
  // CHECK-DAG: array.constant(1 : i64) : tensor<?xi1
  %4 = array.cast %0 : !f32 -> !bool
  // What a narrower integer makes of a constant is left to run time.
  // CHECK-DAG: array.cast %{{.*}} : {{.*}}si32{{.*}} -> {{.*}}si8
  %5 = array.cast %1 : !i32 -> !i8
  return %2, %3, %5, %4 : !f64, !f32, !i8, !bool
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @identity_views
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]]
func.func @identity_views(%x: !f32_nm) -> (!f32_nm, !f32_nm, !f32_nm, !f32_nm) {
  %0 = array.broadcast %x axes [0, 1] : !f32_nm -> !f32_nm
  %1 = array.transpose %x axes [0, 1] : !f32_nm -> !f32_nm
  %2 = array.slice %x starts <[0, 0]> steps <[1, 1]> : !f32_nm -> !f32_nm
  %3 = array.reshape %x : !f32_nm -> !f32_nm
  return %0, %1, %2, %3 : !f32_nm, !f32_nm, !f32_nm, !f32_nm
}

// CHECK-LABEL: @views_of_constants
// CHECK-NEXT: %[[C:.*]] = array.constant(1.000000e+00 : f64) : tensor<?x?xf32
// CHECK-NEXT: return %[[C]]
func.func @views_of_constants() -> !f32_nm {
  %0 = array.constant(1.0 : f64) : tensor<f32>
  %1 = array.broadcast %0 axes [] : tensor<f32> -> !f32_mn
  %2 = array.transpose %1 axes [1, 0] : !f32_mn -> !f32_nm
  %3 = array.slice %2 starts <[0, p2]> steps <[1, -1]> : !f32_nm -> !f32_nm
  return %3 : !f32_nm
}

// CHECK-LABEL: @double_transpose
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @double_transpose(%x: !f32_nm) -> !f32_nm {
  %0 = array.transpose %x axes [1, 0] : !f32_nm -> !f32_mn
  %1 = array.transpose %0 axes [1, 0] : !f32_mn -> !f32_nm
  return %1 : !f32_nm
}

// CHECK-LABEL: @rotation
// CHECK: array.transpose %{{.*}} axes [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
func.func @rotation(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = array.transpose %x axes [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  %1 = array.transpose %0 axes [1, 2, 0] : tensor<3x4x2xf32> -> tensor<4x2x3xf32>
  return %1 : tensor<4x2x3xf32>
}

// CHECK-LABEL: @double_broadcast
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: array.broadcast %[[X]] axes [0, 2] : tensor<?x1xf32
func.func @double_broadcast(%x: tensor<?x1xf32, #array.params<[p0, 1]>>) -> tensor<?x?x?xf32, #array.params<[p0, p2, p1]>> {
  %0 = array.broadcast %x axes [0, 1] : tensor<?x1xf32, #array.params<[p0, 1]>> -> !f32_nm
  %1 = array.broadcast %0 axes [0, 2] : !f32_nm -> tensor<?x?x?xf32, #array.params<[p0, p2, p1]>>
  return %1 : tensor<?x?x?xf32, #array.params<[p0, p2, p1]>>
}

// CHECK-LABEL: @double_flip
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @double_flip(%x: !f32) -> !f32 {
  %0 = array.slice %x starts <[p1]> steps <[-1]> : !f32 -> !f32
  %1 = array.slice %0 starts <[p1]> steps <[-1]> : !f32 -> !f32
  return %1 : !f32
}

// CHECK-LABEL: @slice_of_slice
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: array.slice %[[X]] starts <[7]> steps <[6]> : tensor<20xf32> -> tensor<2xf32>
func.func @slice_of_slice(%x: tensor<20xf32>) -> tensor<2xf32> {
  %0 = array.slice %x starts <[1]> steps <[3]> : tensor<20xf32> -> tensor<6xf32>
  %1 = array.slice %0 starts <[2]> steps <[2]> : tensor<6xf32> -> tensor<2xf32>
  return %1 : tensor<2xf32>
}

// A sum of parameters has no name.
// CHECK-LABEL: @unnamed_start
// CHECK-COUNT-2: array.slice
func.func @unnamed_start(%x: !f32) -> !f32 {
  %0 = array.slice %x starts <[p1]> steps <[1]> : !f32 -> !f32
  %1 = array.slice %0 starts <[p2]> steps <[1]> : !f32 -> !f32
  return %1 : !f32
}

// CHECK-LABEL: @double_reshape
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: array.reshape %[[X]] : tensor<?x?xf32, #array.params<[p0, p1]>> -> tensor<?x?xf32, #array.params<[p1, p0]>>
func.func @double_reshape(%x: !f32_nm) -> !f32_mn {
  %0 = array.reshape %x : !f32_nm -> tensor<?xf32, #array.params<[p2]>>
  %1 = array.reshape %0 : tensor<?xf32, #array.params<[p2]>> -> !f32_mn
  return %1 : !f32_mn
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

// What is to be in the program is.
// CHECK-LABEL: @alongside
// CHECK-SAME: %[[X:.*]]: tensor<?xf32
// CHECK-NOT: array.alongside
// CHECK: return %[[X]]
func.func @alongside(%x: !f32, %r: tensor<ui64>) -> !f32 {
  %0 = array.alongside %x, %r : !f32, tensor<ui64>
  return %0 : !f32
}
