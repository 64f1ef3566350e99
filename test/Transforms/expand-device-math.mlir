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
// CHECK:         %[[ALL:.*]] = arith.andi %{{.*}} : i1
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

// But not the roots of a tile of results, of which a thread has several vectors:
// each has a branch of its own. Quotients have none.
// CHECK-LABEL: gpu.func @roots
// CHECK:         math.sqrt %{{.*}} : vector<2xf32>
// CHECK:         gpu.barrier
// CHECK-COUNT-4: scf.if %{{.*}} -> (vector<2xf32>) {
// CHECK:           math.sqrt %{{.*}} : vector<2xf32>
// CHECK-NOT:     scf.if
// CHECK:         arith.divf %{{.*}} : vector<2xf32>
// CHECK:         gpu.return
  gpu.func @roots(%x: vector<2xf32>, %y: vector<2xf32>,
                  %r: memref<vector<2xf32>>, %s: memref<vector<2xf32>>,
                  %t: memref<vector<2xf32>>, %u: memref<vector<2xf32>>,
                  %v: memref<vector<2xf32>>) {
    %0 = math.sqrt %x : vector<2xf32>
    gpu.barrier
    %1 = arith.mulf %0, %y : vector<2xf32>
    %2 = math.sqrt %1 : vector<2xf32>
    memref.store %2, %r[] : memref<vector<2xf32>>
    %3 = math.sqrt %2 : vector<2xf32>
    memref.store %3, %s[] : memref<vector<2xf32>>
    %4 = math.sqrt %3 : vector<2xf32>
    memref.store %4, %t[] : memref<vector<2xf32>>
    %5 = math.sqrt %4 : vector<2xf32>
    memref.store %5, %u[] : memref<vector<2xf32>>
    %6 = arith.divf %5, %y : vector<2xf32>
    memref.store %6, %v[] : memref<vector<2xf32>>
    gpu.return
  }

// Exponentials and logarithms of float64: both lanes, and one branch. Exponents
// are those of the upper words.
// CHECK-LABEL: gpu.func @float64
// CHECK:         math.fma %{{.*}} : vector<2xf64>
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.nvvm.lohi.i2d"
// CHECK:         arith.cmpf olt
// CHECK:         %[[ALL:.*]] = arith.andi %{{.*}} : i1
// CHECK:         %[[EXP:.*]] = scf.if %[[ALL]]
// CHECK:         } else {
// CHECK-NEXT:      math.exp %{{.*}} {array.out_of_line} : vector<2xf64>
// CHECK:         llvm.call_intrinsic "llvm.nvvm.d2i.lo"(%{{.*}}) : (f64) -> i32
// CHECK:         arith.cmpi ult, %{{.*}} : i32
// CHECK:         scf.if
// CHECK:           math.log %{{.*}} {array.out_of_line} : f64
  gpu.func @float64(%x: vector<2xf64>, %s: f64, %r: memref<vector<2xf64>>,
                    %t: memref<f64>) {
    %0 = math.exp %x : vector<2xf64>
    memref.store %0, %r[] : memref<vector<2xf64>>
    %1 = math.log %s : f64
    memref.store %1, %t[] : memref<f64>
    gpu.return
  }

// Sines and cosines of one argument are reduced together, to the first's place,
// and have one branch, in which they are a pair for the library.
// CHECK-LABEL: gpu.func @sines
// CHECK:         %[[BOTH:.*]]:3 = scf.if
// CHECK:         } else {
// CHECK:           math.sin %arg0
// CHECK:           math.sin %arg0
// CHECK:           math.cos %arg0
// CHECK:         }
// CHECK:         memref.store %[[BOTH]]#0
// CHECK:         scf.if
// CHECK:           math.cos %arg1
// CHECK:         arith.mulf %[[BOTH]]#1, %[[BOTH]]#2
  gpu.func @sines(%x: f64, %y: f64, %r: memref<f64>) {
    %0 = math.sin %x : f64
    memref.store %0, %r[] : memref<f64>
    %1 = math.cos %y : f64
    %2 = math.sin %x : f64
    %3 = math.cos %x : f64
    %4 = arith.mulf %2, %3 : f64
    %5 = arith.addf %4, %1 : f64
    memref.store %5, %r[] : memref<f64>
    gpu.return
  }

// Loads, and the addresses that they need, come before functions that branch;
// not before stores, and not where a function leads to the address.
// CHECK-LABEL: gpu.func @loads
// CHECK:         arith.addi
// CHECK-NEXT:    memref.load %arg0
// CHECK:         math.fma
// CHECK:         scf.if
// CHECK:         arith.fptoui
// CHECK:         memref.load %arg0
// CHECK:         memref.store
// CHECK:         memref.load %arg0
  gpu.func @loads(%a: memref<?xf64>, %x: f64, %i: index, %r: memref<f64>) {
    %0 = math.exp %x : f64
    %c1 = arith.constant 1 : index
    %1 = arith.addi %i, %c1 : index
    %2 = memref.load %a[%1] : memref<?xf64>
    %3 = arith.fptoui %0 : f64 to i32
    %4 = arith.index_cast %3 : i32 to index
    %5 = memref.load %a[%4] : memref<?xf64>
    %6 = arith.mulf %2, %5 : f64
    memref.store %6, %r[] : memref<f64>
    %7 = memref.load %a[%i] : memref<?xf64>
    memref.store %7, %r[] : memref<f64>
    gpu.return
  }
}
