// RUN: numloom-opt %s -numloom-lower-math-to-library | FileCheck %s
// RUN: numloom-opt %s -numloom-lower-math-to-library=vector-abi=avx2 | FileCheck %s --check-prefix=AVX2
// RUN: numloom-opt %s -numloom-lower-math-to-library=vector-abi=scalar | FileCheck %s --check-prefix=SCALAR
// RUN: not numloom-opt %s -numloom-lower-math-to-library=vector-abi=neon 2>&1 | FileCheck %s --check-prefix=ERROR

// ERROR: unknown vector-abi 'neon'

// Nothing that a call does is seen but its result.
// CHECK-DAG: llvm.func @Sleef_sind8_u10avx512f(vector<8xf64>) -> vector<8xf64> attributes {memory_effects = #llvm.memory_effects<other = none, argMem = none, inaccessibleMem = none, errnoMem = none, targetMem0 = none, targetMem1 = none>, no_unwind, will_return}
// CHECK-DAG: llvm.func @csin(f64, f64) -> !llvm.struct<(f64, f64)>

// CHECK-LABEL: @register
// CHECK-SAME: %[[X:.*]]: vector<8xf64>
// CHECK-NEXT: %[[R:.*]] = llvm.call @Sleef_sind8_u10avx512f(%[[X]])
// CHECK-NEXT: return %[[R]]
func.func @register(%x: vector<8xf64>) -> vector<8xf64> {
  %0 = math.sin %x : vector<8xf64>
  return %0 : vector<8xf64>
}

// AVX2-LABEL: @register
// AVX2: %[[LOW:.*]] = vector.shuffle %[[X:.*]], %[[X]] [0, 1, 2, 3]
// AVX2: %[[A:.*]] = llvm.call @Sleef_sind4_u10avx2(%[[LOW]])
// AVX2: %[[HIGH:.*]] = vector.shuffle %[[X]], %[[X]] [4, 5, 6, 7]
// AVX2: %[[B:.*]] = llvm.call @Sleef_sind4_u10avx2(%[[HIGH]])
// AVX2: vector.shuffle %[[A]], %[[B]] [0, 1, 2, 3, 4, 5, 6, 7]

// SCALAR-LABEL: @register
// SCALAR-COUNT-8: llvm.call @sin({{.*}}) : (f64) -> f64
// SCALAR: return

// Lanes beyond the end repeat the last one.
// CHECK-LABEL: @short
// CHECK-SAME: %[[X:.*]]: vector<3xf32>, %[[Y:.*]]: vector<3xf32>
// CHECK: %[[PX:.*]] = vector.shuffle %[[X]], %[[X]] [0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
// CHECK: %[[PY:.*]] = vector.shuffle %[[Y]], %[[Y]] [0, 1, 2, 2
// CHECK: %[[R:.*]] = llvm.call @Sleef_powf16_u10avx512f(%[[PX]], %[[PY]])
// CHECK: vector.shuffle %[[R]], %[[R]] [0, 1, 2]
func.func @short(%x: vector<3xf32>, %y: vector<3xf32>) -> vector<3xf32> {
  %0 = math.powf %x, %y : vector<3xf32>
  return %0 : vector<3xf32>
}

// CHECK-LABEL: @long
// CHECK-COUNT-3: llvm.call @Sleef_tand8_u10avx512f
// CHECK: vector.shuffle %{{.*}}, %{{.*}} [0, 1, {{.*}}, 19] : vector<32xf64>, vector<32xf64>
func.func @long(%x: vector<20xf64>) -> vector<20xf64> {
  %0 = math.tan %x : vector<20xf64>
  return %0 : vector<20xf64>
}

// A scalar takes the vector function, too.
// CHECK-LABEL: @scalar
// CHECK: %[[V:.*]] = vector.broadcast %{{.*}} : f64 to vector<8xf64>
// CHECK: %[[R:.*]] = llvm.call @Sleef_cosd8_u10avx512f(%[[V]])
// CHECK: vector.extract %[[R]][0]
// SCALAR-LABEL: @scalar
// SCALAR: llvm.call @cos(%{{.*}}) : (f64) -> f64
func.func @scalar(%x: f64) -> f64 {
  %0 = math.cos %x : f64
  return %0 : f64
}

// SCALAR-LABEL: @single
// SCALAR: llvm.call @atan2f
func.func @single(%y: f32, %x: f32) -> f32 {
  %0 = math.atan2 %y, %x : f32
  return %0 : f32
}

// CHECK-LABEL: @half
// CHECK: %[[X:.*]] = arith.extf %{{.*}} : vector<16xf16> to vector<16xf32>
// CHECK: %[[R:.*]] = llvm.call @Sleef_cbrtf16_u10avx512f(%[[X]])
// CHECK: arith.truncf %[[R]] : vector<16xf32> to vector<16xf16>
func.func @half(%x: vector<16xf16>) -> vector<16xf16> {
  %0 = math.cbrt %x : vector<16xf16>
  return %0 : vector<16xf16>
}

// CHECK-LABEL: @hypot
// CHECK: llvm.call @Sleef_hypotd8_u05avx512f
func.func @hypot(%x: vector<8xf64>, %y: vector<8xf64>) -> vector<8xf64> {
  %0 = array.libm "hypot"(%x, %y) : (vector<8xf64>, vector<8xf64>) -> vector<8xf64>
  return %0 : vector<8xf64>
}

// CHECK-LABEL: @complex
// CHECK-COUNT-2: llvm.call @csin(%{{.*}}, %{{.*}}) : (f64, f64) -> !llvm.struct<(f64, f64)>
func.func @complex(%re: vector<2xf64>, %im: vector<2xf64>)
    -> (vector<2xf64>, vector<2xf64>) {
  %0:2 = array.libm "csin"(%re, %im)
    : (vector<2xf64>, vector<2xf64>) -> (vector<2xf64>, vector<2xf64>)
  return %0#0, %0#1 : vector<2xf64>, vector<2xf64>
}

// CHECK-LABEL: @overflow
// CHECK: %[[LARGE:.*]] = arith.cmpf ogt
// CHECK: %[[LESS:.*]] = arith.subf
// CHECK: %[[X:.*]] = arith.select %[[LARGE]], %[[LESS]]
// CHECK: llvm.call @Sleef_sinhd8_u10avx512f(%[[X]])
func.func @overflow(%x: vector<8xf64>) -> vector<8xf64> {
  %0 = math.sinh %x : vector<8xf64>
  return %0 : vector<8xf64>
}

// What is an instruction stays.
// CHECK-LABEL: @instructions
// CHECK-NOT: llvm.call
// CHECK: return
func.func @instructions(%x: vector<8xf64>) -> vector<8xf64> {
  %0 = math.sqrt %x : vector<8xf64>
  %1 = math.floor %0 : vector<8xf64>
  %2 = math.roundeven %1 : vector<8xf64>
  %3 = math.absf %2 : vector<8xf64>
  %4 = math.copysign %3, %x : vector<8xf64>
  return %4 : vector<8xf64>
}
