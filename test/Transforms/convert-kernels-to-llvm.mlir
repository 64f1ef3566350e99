// RUN: numloom-opt %s --numloom-convert-kernels-to-llvm -split-input-file \
// RUN:   -verify-diagnostics | FileCheck %s

// Buffers are bare pointers, sizes 64-bit integers, and loads and stores need
// no more alignment than their elements.
// CHECK-LABEL: llvm.func @copy(
// CHECK-SAME:    %[[A:.*]]: !llvm.ptr, %[[R:.*]]: !llvm.ptr, %[[BEGIN:.*]]: i64, %[[END:.*]]: i64)
// CHECK-SAME:    attributes {array.buffers = array<i64: 0, 1>}
// CHECK:         llvm.br ^[[HEAD:.*]](%[[BEGIN]] : i64)
// CHECK:       ^[[HEAD]](%[[I:[^:]*]]: i64):
// CHECK:         %[[MORE:.*]] = llvm.icmp "slt" %[[I]], %[[END]]
// CHECK:         llvm.cond_br %[[MORE]]
// CHECK:         %[[FROM:.*]] = llvm.getelementptr %{{.*}}[%[[I]]] : (!llvm.ptr, i64) -> !llvm.ptr, f32
// CHECK:         %[[X:.*]] = llvm.load %[[FROM]] {alignment = 4 : i64} : !llvm.ptr -> vector<16xf32>
// CHECK:         %[[TO:.*]] = llvm.getelementptr %{{.*}}[%[[I]]]
// CHECK:         llvm.store %[[X]], %[[TO]] {alignment = 4 : i64}
func.func @copy(%a: memref<f32>, %r: memref<f32>, %begin: index, %end: index)
    attributes {array.buffers = array<i64: 0, 1>} {
  %c0 = arith.constant 0 : index
  %f = memref.reinterpret_cast %a to offset: [0], sizes: [%c0], strides: [1]
      : memref<f32> to memref<?xf32>
  %g = memref.reinterpret_cast %r to offset: [0], sizes: [%c0], strides: [1]
      : memref<f32> to memref<?xf32>
  cf.br ^head(%begin : index)
^head(%i: index):
  %more = arith.cmpi slt, %i, %end : index
  cf.cond_br %more, ^body, ^exit
^body:
  %x = vector.load %f[%i] : memref<?xf32>, vector<16xf32>
  vector.store %x, %g[%i] : memref<?xf32>, vector<16xf32>
  %c16 = arith.constant 16 : index
  %j = arith.addi %i, %c16 : index
  cf.br ^head(%j : index)
^exit:
  return
}

// Stores past the caches keep their alignment, which such stores need.
// CHECK-LABEL: llvm.func @streaming
// CHECK:         llvm.store {{.*}} {alignment = 64 : i64, nontemporal}
func.func @streaming(%x: vector<16xf32>, %a: memref<64xf32>, %i: index) {
  vector.store %x, %a[%i] {alignment = 64 : i64, nontemporal = true}
      : memref<64xf32>, vector<16xf32>
  return
}

// -----

// A partial vector is a comparison of the lanes' numbers, in 32 bits: a
// register of them is a register of the widest usual elements.
// CHECK-LABEL: llvm.func @partial(
// CHECK-SAME:    %[[LIVE:[^:]*]]: i64
// CHECK:         %[[LANES:.*]] = llvm.mlir.constant(dense<[0, 1, 2, 3, 4, 5, 6, 7]>
// CHECK-SAME:      vector<8xi32>
// CHECK:         %[[NARROW:.*]] = llvm.trunc %[[LIVE]] : i64 to i32
// CHECK:         %[[FIRST:.*]] = llvm.insertelement %[[NARROW]]
// CHECK:         %[[ALL:.*]] = llvm.shufflevector %[[FIRST]]
// CHECK:         %[[MASK:.*]] = llvm.icmp "sgt" %[[ALL]], %[[LANES]]
// CHECK:         %[[X:.*]] = llvm.intr.masked.load %{{.*}}, %[[MASK]], %{{.*}} {alignment = 4 : i32}
// CHECK:         llvm.intr.masked.store %[[X]], %{{.*}}, %[[MASK]] {alignment = 4 : i32}
func.func @partial(%live: index, %a: memref<64xf32>, %i: index) {
  %zero = arith.constant dense<0.0> : vector<8xf32>
  %mask = vector.create_mask %live : vector<8xi1>
  %x = vector.maskedload %a[%i], %mask, %zero
      : memref<64xf32>, vector<8xi1>, vector<8xf32> into vector<8xf32>
  vector.maskedstore %a[%i], %mask, %x
      : memref<64xf32>, vector<8xi1>, vector<8xf32>
  return
}

// CHECK-LABEL: llvm.func @strided
// CHECK:         %[[NUMBERS:.*]] = llvm.mlir.constant(dense<[0, 1, 2, 3, 4, 5, 6, 7]>
// CHECK:         %[[OFFSETS:.*]] = llvm.mul %[[NUMBERS]], %{{.*}} : vector<8xi64>
// CHECK:         %[[FROM:.*]] = llvm.getelementptr %{{.*}}[%[[OFFSETS]]]
// CHECK:         %[[X:.*]] = llvm.intr.masked.gather %[[FROM]]
// CHECK:         %[[TO:.*]] = llvm.getelementptr %{{.*}}[%[[OFFSETS]]]
// CHECK:         llvm.intr.masked.scatter %[[X]], %[[TO]]
func.func @strided(%a: memref<64xf32>, %i: index, %stride: index,
                   %mask: vector<8xi1>, %none: vector<8xf32>) {
  %lanes = vector.step : vector<8xindex>
  %strides = vector.broadcast %stride : index to vector<8xindex>
  %offsets = arith.muli %lanes, %strides : vector<8xindex>
  %x = vector.gather %a[%i] [%offsets], %mask, %none
      : memref<64xf32>, vector<8xindex>, vector<8xi1>, vector<8xf32>
      into vector<8xf32>
  vector.scatter %a[%i] [%offsets], %mask, %x
      : memref<64xf32>, vector<8xindex>, vector<8xi1>, vector<8xf32>
  return
}

// Real and imaginary parts, and the halves that reductions combine, are
// shuffles.
// CHECK-LABEL: llvm.func @shuffles(
// CHECK-SAME:    %[[X:[^:]*]]: vector<8xf32>
// CHECK:         %[[RE:.*]] = llvm.shufflevector %[[X]], %{{.*}} [0, 2, 4, 6]
// CHECK:         %[[IM:.*]] = llvm.shufflevector %[[X]], %{{.*}} [1, 3, 5, 7]
// CHECK:         llvm.shufflevector %[[IM]], %[[RE]] [0, 4, 1, 5, 2, 6, 3, 7]
// CHECK:         llvm.shufflevector %{{.*}}, %{{.*}} [2, 3]
func.func @shuffles(%x: vector<8xf32>) -> (vector<8xf32>, vector<2xf32>) {
  %re, %im = vector.deinterleave %x : vector<8xf32> -> vector<4xf32>
  %0 = vector.interleave %im, %re : vector<4xf32> -> vector<8xf32>
  %1 = vector.extract_strided_slice %re
      {offsets = [2], sizes = [2], strides = [1]}
      : vector<4xf32> to vector<2xf32>
  return %0, %1 : vector<8xf32>, vector<2xf32>
}

// Arithmetic is exact to the bit: no flags that let LLVM contract or reorder.
// CHECK-LABEL: llvm.func @arithmetic
// CHECK-NOT:     fastmath
// CHECK:         llvm.fmul %{{.*}}, %{{.*}} : vector<8xf32>
// CHECK:         llvm.fadd %{{.*}}, %{{.*}} : vector<8xf32>
// CHECK:         llvm.intr.sqrt(%{{.*}}) : (vector<8xf32>)
func.func @arithmetic(%x: vector<8xf32>, %y: vector<8xf32>) -> vector<8xf32> {
  %0 = arith.mulf %x, %y : vector<8xf32>
  %1 = arith.addf %0, %x : vector<8xf32>
  %2 = math.sqrt %1 : vector<8xf32>
  return %2 : vector<8xf32>
}

// Rounding up without overflow; zero blocks of nothing.
// CHECK-LABEL: llvm.func @blocks(
// CHECK-SAME:    %[[N:.*]]: i64, %[[WIDTH:.*]]: i64
// CHECK:         %[[NONE:.*]] = llvm.icmp "eq" %[[N]]
// CHECK:         %[[LESS:.*]] = llvm.sub %[[N]]
// CHECK:         %[[WHOLE:.*]] = llvm.udiv %[[LESS]], %[[WIDTH]]
// CHECK:         %[[SOME:.*]] = llvm.add %[[WHOLE]]
// CHECK:         llvm.select %[[NONE]], %{{.*}}, %[[SOME]]
func.func @blocks(%n: index, %width: index) -> index {
  %0 = arith.ceildivui %n, %width : index
  return %0 : index
}

// -----

// Math functions must have become library calls before.
func.func @leftover(%x: f32) -> f32 {
  // expected-error @below {{failed to legalize operation 'array.libm'}}
  %0 = array.libm "hypot"(%x, %x) : (f32, f32) -> f32
  return %0 : f32
}

// -----

// Views that step backwards have negative indices.
// CHECK-LABEL: llvm.func @backward(
// CHECK:         llvm.getelementptr %{{[^ ]*}}[%{{[^ ]*}}] : (!llvm.ptr, i64)
func.func @backward(%a: memref<f32>, %i: index) -> f32 {
  %c0 = arith.constant 0 : index
  %f = memref.reinterpret_cast %a to offset: [0], sizes: [%c0], strides: [1]
      : memref<f32> to memref<?xf32>
  %x = memref.load %f[%i] : memref<?xf32>
  return %x : f32
}
