// RUN: numloom-opt %s \
// RUN:   --pass-pipeline='builtin.module(gpu.module(numloom-expand-device-math))' \
// RUN:   | FileCheck %s

gpu.module @kernels {
// Three ops and what follows from them, lane by lane: fast, with the conditions
// joined one by one, and plainly behind one branch. What only they need is
// computed with them. A quotient of one is its inverse.
// CHECK-LABEL: gpu.func @chain
// CHECK-SAME:    nvvm.minctasm = 6 : i32
// CHECK:         llvm.call_intrinsic "llvm.nvvm.rcp.approx.ftz.f"
// CHECK-COUNT-4: math.fma
// CHECK:         arith.mulf
// CHECK:         llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.ftz.f"
// CHECK-COUNT-2: math.fma
// CHECK:         arith.andi %{{.*}} : i1
// CHECK:         llvm.call_intrinsic "llvm.nvvm.rcp.approx.ftz.f"
// CHECK-COUNT-2: math.fma
// CHECK-NOT:     math.fma
// CHECK:         arith.addf
// CHECK:         vector.insert %{{.*}} [0]
// CHECK:         llvm.call_intrinsic "llvm.nvvm.rcp.approx.ftz.f"
// CHECK:         %[[FAST:.*]] = vector.insert %{{.*}} [1]
// CHECK-NEXT:    %[[R:.*]] = scf.if %{{.*}} -> (vector<2xf32>) {
// CHECK-NEXT:      scf.yield %[[FAST]]
// CHECK-NEXT:    } else {
// CHECK:           arith.divf %{{.*}} : f32
// CHECK:           math.sqrt %{{.*}} : f32
// CHECK:           arith.divf %{{.*}} : f32
// CHECK:           vector.insert %{{.*}} [0]
// CHECK:           arith.divf %{{.*}} : f32
// CHECK:           %[[PLAIN:.*]] = vector.insert %{{.*}} [1]
// CHECK-NEXT:      scf.yield %[[PLAIN]]
// CHECK-NEXT:    }
// CHECK-NEXT:    memref.store %[[R]]
  gpu.func @chain(%x: vector<2xf32>, %y: vector<2xf32>,
                  %r: memref<vector<2xf32>>)
      attributes {known_block_size = array<i32: 256, 1, 1>} {
    %one = arith.constant 1.0 : f32
    %ones = vector.broadcast %one : f32 to vector<2xf32>
    %0 = arith.divf %x, %y : vector<2xf32>
    %1 = arith.mulf %x, %x : vector<2xf32>
    %2 = math.sqrt %0 : vector<2xf32>
    %3 = arith.divf %ones, %2 : vector<2xf32>
    %4 = arith.addf %3, %1 : vector<2xf32>
    memref.store %4, %r[] : memref<vector<2xf32>>
    gpu.return
  }

// Few of them for each result are left to the assembler.
// CHECK-LABEL: gpu.func @few
// CHECK-NOT:     scf.if
// CHECK:         gpu.return
  gpu.func @few(%x: vector<2xf32>, %y: vector<2xf32>,
                %r: memref<vector<2xf32>>, %s: memref<vector<2xf32>>) {
    %0 = arith.divf %x, %y : vector<2xf32>
    %1 = math.sqrt %x : vector<2xf32>
    %2 = arith.divf %0, %1 : vector<2xf32>
    memref.store %2, %r[] : memref<vector<2xf32>>
    memref.store %0, %s[] : memref<vector<2xf32>>
    gpu.return
  }

// The logarithm is the same in every kernel: alone it has a branch of its own.
// Elements for which the fast one is right keep it.
// CHECK-LABEL: gpu.func @log
// CHECK:         math.fma %{{.*}} : vector<2xf32>
// CHECK:         %[[ALL:.*]] = vector.reduction <and>
// CHECK:         scf.if %[[ALL]]
// CHECK-NEXT:      scf.yield %[[FAST:.*]] : vector<2xf32>
// CHECK:         } else {
// CHECK-NEXT:      %[[PLAIN:.*]] = math.log %{{.*}} : vector<2xf32>
// CHECK-NEXT:      %[[EACH:.*]] = arith.select %{{.*}}, %[[FAST]], %[[PLAIN]]
// CHECK-NEXT:      scf.yield %[[EACH]]
// CHECK:         memref.store
// CHECK:         math.fma %{{.*}} : f32
// CHECK:         scf.if
// CHECK:           math.log %{{.*}} : f32
// CHECK:         gpu.return
  gpu.func @log(%x: vector<2xf32>, %s: f32, %r: memref<vector<2xf32>>,
                %t: memref<f32>) {
    %0 = math.log %x : vector<2xf32>
    memref.store %0, %r[] : memref<vector<2xf32>>
    %1 = math.log %s : f32
    memref.store %1, %t[] : memref<f32>
    gpu.return
  }

// What is computed fast may be wrong until the branch: no place is read that it
// leads to, and threads meet in shuffles after it. Scalars, and float64, are the
// assembler's.
// CHECK-LABEL: gpu.func @ends
// CHECK:         %[[I:.*]] = scf.if %{{.*}} -> (vector<2xf32>)
// CHECK:         vector.extract %[[I]][0]
// CHECK:         memref.load
// CHECK:         %[[Q:.*]] = scf.if %{{.*}} -> (vector<2xf32>)
// CHECK:         %[[X:.*]] = vector.extract %[[Q]][1]
// CHECK:         gpu.shuffle xor %[[X]]
// CHECK:         arith.divf %{{.*}} : f32
// CHECK:         math.sqrt %{{.*}} : vector<2xf64>
  gpu.func @ends(%x: vector<2xf32>, %y: vector<2xf32>, %a: memref<?xf32>,
                 %w: vector<2xf64>, %r: memref<f32>,
                 %v: memref<vector<2xf64>>) {
    %0 = arith.divf %x, %y : vector<2xf32>
    %1 = math.sqrt %0 : vector<2xf32>
    %2 = arith.divf %1, %y : vector<2xf32>
    %3 = vector.extract %2[0] : f32 from vector<2xf32>
    %4 = arith.fptoui %3 : f32 to i32
    %5 = arith.index_cast %4 : i32 to index
    %6 = memref.load %a[%5] : memref<?xf32>
    %7 = arith.divf %2, %x : vector<2xf32>
    %8 = math.sqrt %7 : vector<2xf32>
    %9 = arith.divf %8, %y : vector<2xf32>
    %10 = vector.extract %9[1] : f32 from vector<2xf32>
    %c1 = arith.constant 1 : i32
    %c32 = arith.constant 32 : i32
    %11, %valid = gpu.shuffle xor %10, %c1, %c32 : f32
    %12 = arith.divf %6, %11 : f32
    memref.store %12, %r[] : memref<f32>
    %13 = math.sqrt %w : vector<2xf64>
    memref.store %13, %v[] : memref<vector<2xf64>>
    gpu.return
  }

// What follows where threads meet is computed once for many elements, by kernels
// that need their registers for these.
// CHECK-LABEL: gpu.func @behind
// CHECK-NOT:     nvvm.minctasm
// CHECK-NOT:     scf.if
// CHECK-COUNT-3: arith.divf %{{.*}} : vector<2xf32>
// CHECK:         gpu.return
  gpu.func @behind(%x: vector<2xf32>, %y: vector<2xf32>,
                   %r: memref<vector<2xf32>>)
      attributes {known_block_size = array<i32: 256, 1, 1>} {
    gpu.barrier
    %0 = arith.divf %x, %y : vector<2xf32>
    %1 = arith.divf %0, %y : vector<2xf32>
    %2 = arith.divf %1, %y : vector<2xf32>
    memref.store %2, %r[] : memref<vector<2xf32>>
    gpu.return
  }
}
