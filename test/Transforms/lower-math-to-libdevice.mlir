// RUN: numloom-opt %s \
// RUN:   --pass-pipeline='builtin.module(gpu.module(numloom-lower-math-to-libdevice))' \
// RUN:   | FileCheck %s

// CHECK-LABEL: gpu.module @kernels
gpu.module @kernels {
// Calls have no effects: they may be merged and hoisted.
// CHECK:         llvm.func @__nv_expf(f32) -> f32
// CHECK-SAME:      no_unwind, will_return
// CHECK-LABEL:   gpu.func @real
// CHECK:           %[[X:.*]] = vector.extract %{{.*}}[0] : f32 from vector<2xf32>
// CHECK:           llvm.call @__nv_expf(%[[X]]) : (f32) -> f32
// CHECK:           llvm.call @__nv_expf
// CHECK:           llvm.call @__nv_hypot({{.*}}) : (f64, f64) -> f64
// Instructions stay.
// CHECK:           math.sqrt
  gpu.func @real(%x: vector<2xf32>, %y: f64, %r: memref<vector<2xf32>>,
                 %s: memref<f64>) {
    %0 = math.exp %x : vector<2xf32>
    %1 = array.libm "hypot"(%y, %y) : (f64, f64) -> f64
    %2 = math.sqrt %0 : vector<2xf32>
    memref.store %2, %r[] : memref<vector<2xf32>>
    memref.store %1, %s[] : memref<f64>
    gpu.return
  }

// The sine and the cosine of one argument are computed together.
// CHECK-LABEL:   gpu.func @pair
// CHECK:           %[[CIS:.*]] = llvm.call @__numloom_cis(%{{.*}}) : (f64) -> !llvm.struct<(f64, f64)>
// CHECK:           %[[COS:.*]] = llvm.extractvalue %[[CIS]][0]
// CHECK:           %[[SIN:.*]] = llvm.extractvalue %[[CIS]][1]
// CHECK:           llvm.call @__nv_sin(
// CHECK:           memref.store %[[SIN]]
// CHECK:           memref.store %[[COS]]
  gpu.func @pair(%x: f64, %y: f64, %r: memref<f64>, %s: memref<f64>,
                 %t: memref<f64>) {
    %0 = math.sin %x : f64
    %1 = math.sin %y : f64
    %2 = math.cos %x : f64
    memref.store %0, %r[] : memref<f64>
    memref.store %2, %s[] : memref<f64>
    memref.store %1, %t[] : memref<f64>
    gpu.return
  }

// What few elements take is called: nothing inlines it.
// CHECK-LABEL:   gpu.func @out_of_line
// CHECK-COUNT-2:   llvm.call @__nv_log(%{{.*}}) {no_inline} : (f64) -> f64
// CHECK:           llvm.call @__numloom_cis(%{{.*}}) {no_inline} :
// CHECK:           llvm.call @__nv_log(%{{.*}}) : (f64) -> f64
  gpu.func @out_of_line(%x: vector<2xf64>, %y: f64, %r: memref<vector<2xf64>>,
                        %s: memref<f64>, %t: memref<f64>, %u: memref<f64>) {
    %0 = math.log %x {array.out_of_line} : vector<2xf64>
    %1 = math.sin %y {array.out_of_line} : f64
    %2 = math.cos %y {array.out_of_line} : f64
    %3 = math.log %y : f64
    memref.store %0, %r[] : memref<vector<2xf64>>
    memref.store %1, %s[] : memref<f64>
    memref.store %2, %t[] : memref<f64>
    memref.store %3, %u[] : memref<f64>
    gpu.return
  }

// A cosine is of one of two equal sines.
// CHECK-LABEL:   gpu.func @two_sines
// CHECK:           llvm.call @__numloom_cis(
// CHECK:           llvm.call @__nv_sin(
// CHECK-NOT:       math.
  gpu.func @two_sines(%x: f64, %r: memref<f64>, %s: memref<f64>,
                      %t: memref<f64>) {
    %0 = math.sin %x : f64
    %1 = math.sin %x : f64
    %2 = math.cos %x : f64
    memref.store %0, %r[] : memref<f64>
    memref.store %1, %s[] : memref<f64>
    memref.store %2, %t[] : memref<f64>
    gpu.return
  }

// Half types are computed in float32.
// CHECK-LABEL:   gpu.func @half
// CHECK:           %[[WIDE:.*]] = arith.extf %{{.*}} : f16 to f32
// CHECK:           %[[Y:.*]] = llvm.call @__nv_tanhf(%[[WIDE]])
// CHECK:           arith.truncf %[[Y]] : f32 to f16
  gpu.func @half(%x: f16, %r: memref<f16>) {
    %0 = math.tanh %x : f16
    memref.store %0, %r[] : memref<f16>
    gpu.return
  }

// Complex functions are Numloom's own, and return pairs.
// CHECK-LABEL:   gpu.func @complex
// CHECK:           %[[Z:.*]] = llvm.call @__numloom_cpow({{.*}}) : (f64, f64, f64, f64) -> !llvm.struct<(f64, f64)>
// CHECK:           llvm.extractvalue %[[Z]][1]
  gpu.func @complex(%x: f64, %y: f64, %r: memref<f64>) {
    %0:2 = array.libm "cpow"(%x, %y, %x, %y)
        : (f64, f64, f64, f64) -> (f64, f64)
    memref.store %0#1, %r[] : memref<f64>
    gpu.return
  }
}
