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

// That a quotient's absolute value is large enough, and that the argument of a
// logarithm is positive, is one comparison.
// CHECK-LABEL: gpu.func @log_of_quotient
// CHECK-COUNT-3: math.fma
// CHECK:         %[[Q:.*]] = math.fma
// CHECK-NEXT:    %[[SIZE:.*]] = math.absf %[[Q]]
// CHECK-NOT:     arith.cmpf {{.*}}%[[SIZE]]
// CHECK:         %[[IS_LARGE:.*]] = arith.cmpf ogt, %[[Q]]
// CHECK-NOT:     arith.cmpf {{.*}}%[[SIZE]]
// CHECK:         %[[BOTH:.*]] = arith.andi %[[IS_LARGE]], %{{.*}} : i1
// CHECK:         %[[IS_FINITE:.*]] = arith.cmpf olt, %[[Q]]
// CHECK:         arith.andi %{{.*}}, %[[IS_FINITE]] : i1
  gpu.func @log_of_quotient(%x: vector<2xf32>, %y: vector<2xf32>,
                            %r: memref<vector<2xf32>>)
      attributes {known_block_size = array<i32: 256, 1, 1>} {
    %0 = arith.divf %x, %y : vector<2xf32>
    %1 = math.log %0 : vector<2xf32>
    %2 = arith.divf %1, %y : vector<2xf32>
    memref.store %2, %r[] : memref<vector<2xf32>>
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
// leads to, and threads meet in shuffles after it. Scalars are the assembler's.
// CHECK-LABEL: gpu.func @ends
// CHECK:         %[[I:.*]] = scf.if %{{.*}} -> (vector<2xf32>)
// CHECK:         vector.extract %[[I]][0]
// CHECK:         memref.load
// CHECK:         %[[Q:.*]] = scf.if %{{.*}} -> (vector<2xf32>)
// CHECK:         %[[X:.*]] = vector.extract %[[Q]][1]
// CHECK:         gpu.shuffle xor %[[X]]
// CHECK:         arith.divf %{{.*}} : f32
  gpu.func @ends(%x: vector<2xf32>, %y: vector<2xf32>, %a: memref<?xf32>,
                 %r: memref<f32>) {
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
// one branch for each group, to the roots of any numbers. Quotients have none.
// CHECK-LABEL: gpu.func @roots
// CHECK:         math.sqrt %{{.*}} : vector<2xf32>
// CHECK:         gpu.barrier
// CHECK-COUNT-4: scf.if %{{.*}} -> (vector<2xf32>) {
// CHECK-COUNT-2:   llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.ftz.f"
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

// A group ends with 16 lanes, and where something needs its roots.
// CHECK-LABEL: gpu.func @groups_of_roots
// CHECK:         gpu.barrier
// CHECK:         vector.insert_strided_slice %{{.*}} : vector<4xf32> into vector<16xf32>
// CHECK:         llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.ftz.f"
// CHECK:         %[[FOUR:.*]] = scf.if %{{.*}} -> (vector<16xf32>) {
// CHECK:         vector.extract_strided_slice %[[FOUR]] {{{.*}}offsets = [12]
// CHECK:         %[[ONE:.*]] = scf.if %{{.*}} -> (vector<4xf32>) {
// CHECK-NOT:     scf.if
// CHECK:         memref.store
// CHECK:         %[[TWO:.*]] = scf.if %{{.*}} -> (vector<8xf32>) {
// CHECK-NOT:     math.sqrt
// CHECK-NOT:     scf.if
// CHECK:         gpu.return
  gpu.func @groups_of_roots(%x: vector<4xf32>, %y: vector<4xf32>,
                            %r: memref<vector<4xf32>>) {
    gpu.barrier
    %0 = math.sqrt %x : vector<4xf32>
    %1 = arith.addf %x, %y : vector<4xf32>
    %2 = math.sqrt %1 : vector<4xf32>
    %3 = math.sqrt %y : vector<4xf32>
    %4 = arith.mulf %x, %y : vector<4xf32>
    %5 = math.sqrt %4 : vector<4xf32>
    %6 = math.sqrt %x : vector<4xf32>
    %7 = arith.addf %0, %2 : vector<4xf32>
    %8 = arith.addf %3, %5 : vector<4xf32>
    memref.store %7, %r[] : memref<vector<4xf32>>
    memref.store %8, %r[] : memref<vector<4xf32>>
    memref.store %6, %r[] : memref<vector<4xf32>>
    %9 = math.sqrt %6 : vector<4xf32>
    %10 = math.sqrt %7 : vector<4xf32>
    memref.store %9, %r[] : memref<vector<4xf32>>
    memref.store %10, %r[] : memref<vector<4xf32>>
    gpu.return
  }

// Exponentials, logarithms and roots of float64: both lanes, and one branch to
// what comes of arguments that are no ordinary ones. Exponents are those of the
// upper words.
// CHECK-LABEL: gpu.func @float64
// CHECK:         math.fma %{{.*}} : vector<2xf64>
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.nvvm.lohi.i2d"
// CHECK:         arith.cmpf olt
// CHECK:         %[[ALL:.*]] = arith.andi %{{.*}} : i1
// CHECK:         %[[EXP:.*]] = scf.if %[[ALL]]
// CHECK:         } else {
// CHECK-COUNT-2:   llvm.call_intrinsic "llvm.nvvm.lohi.i2d"
// CHECK:           arith.mulf %{{.*}} : vector<2xf64>
// CHECK:         llvm.call_intrinsic "llvm.nvvm.d2i.lo"(%{{.*}}) : (f64) -> i32
// CHECK:         arith.cmpi ult, %{{.*}} : i32
// CHECK:         scf.if
// CHECK:           math.fma %{{.*}} : f64
// CHECK:         llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.ftz.d"
// CHECK:         %[[ROOT:.*]] = scf.if
// CHECK:           llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.ftz.d"
// CHECK:         memref.store %[[ROOT]]
  gpu.func @float64(%x: vector<2xf64>, %s: f64, %r: memref<vector<2xf64>>,
                    %t: memref<f64>) {
    %0 = math.exp %x : vector<2xf64>
    memref.store %0, %r[] : memref<vector<2xf64>>
    %1 = math.log %s : f64
    memref.store %1, %t[] : memref<f64>
    %2 = math.sqrt %s : f64
    memref.store %2, %t[] : memref<f64>
    gpu.return
  }

// The remainder of a quotient that has no more bits than a float64 is exact.
// CHECK-LABEL: gpu.func @remainder
// CHECK:         arith.divf %{{.*}} : vector<2xf64>
// CHECK:         math.trunc
// CHECK:         math.fma
// CHECK:         %[[ALL:.*]] = arith.andi %{{.*}} : i1
// CHECK:         scf.if %[[ALL]]
// CHECK:         } else {
// CHECK-NEXT:      array.libm "fmod"(%{{.*}}) {array.out_of_line}
  gpu.func @remainder(%x: vector<2xf64>, %y: vector<2xf64>,
                      %r: memref<vector<2xf64>>) {
    %0 = array.libm "fmod"(%x, %y)
        : (vector<2xf64>, vector<2xf64>) -> vector<2xf64>
    memref.store %0, %r[] : memref<vector<2xf64>>
    gpu.return
  }

// Sines and cosines of one argument are reduced together, in the first's place:
// large ones before that by a function. What follows has no branch.
// CHECK-LABEL: gpu.func @sines
// CHECK:         %[[ANGLE:.*]]:2 = scf.if
// CHECK:         } else {
// CHECK-NEXT:      array.libm "reduce_angle"(%arg0) {array.out_of_line}
// CHECK:         }
// CHECK:         math.fma %[[ANGLE]]#0, %{{.*}}
// CHECK:         arith.bitcast %[[ANGLE]]#1 : f64 to i64
// CHECK:         memref.store %[[SINE:.*]], %arg2
// CHECK:         scf.if
// CHECK:           array.libm "reduce_angle"(%arg1) {array.out_of_line}
// CHECK-NOT:     scf.if
// CHECK:         arith.mulf %[[SINE]], %{{.*}}
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

// The exponential of a complex number: those of its parts, side by side, where
// neither overflows.
// CHECK-LABEL: gpu.func @complex_exp
// CHECK-NOT:     array.libm "cexp"
// CHECK:         %[[SIZE:.*]] = scf.if %{{.*}} -> (vector<2xf64>) {
// CHECK:         %[[RE:.*]] = arith.mulf %[[SIZE]], %{{.*}} : vector<2xf64>
// CHECK-NEXT:    %[[IM:.*]] = arith.mulf %[[SIZE]], %{{.*}} : vector<2xf64>
// CHECK:         %[[PARTS:.*]]:2 = scf.if
// CHECK-NEXT:      scf.yield %[[RE]], %[[IM]]
// CHECK-NEXT:    } else {
// CHECK-NEXT:      array.libm "cexp"(%arg0, %arg1) {array.out_of_line}
// CHECK:         memref.store %[[PARTS]]#0
  gpu.func @complex_exp(%x: vector<2xf64>, %y: vector<2xf64>,
                        %r: memref<vector<2xf64>>) {
    %0:2 = array.libm "cexp"(%x, %y)
        : (vector<2xf64>, vector<2xf64>) -> (vector<2xf64>, vector<2xf64>)
    memref.store %0#0, %r[] : memref<vector<2xf64>>
    memref.store %0#1, %r[] : memref<vector<2xf64>>
    gpu.return
  }

// Of a product of words the upper one is a register; and what is multiplied is
// plainly a word. Other products have no such half.
// CHECK-LABEL: gpu.func @upper_half
// CHECK:         %[[LOW:.*]] = llvm.call_intrinsic "llvm.nvvm.d2i.lo"
// CHECK:         %[[WORD:.*]] = arith.extui %[[LOW]] : i32 to i64
// CHECK:         %[[PRODUCT:.*]] = arith.muli %[[WORD]], %{{.*}} : i64
// CHECK:         %[[BITS:.*]] = arith.bitcast %[[PRODUCT]] : i64 to f64
// CHECK:         llvm.call_intrinsic "llvm.nvvm.d2i.hi"(%[[BITS]])
// CHECK:         arith.muli %arg0, %arg0
// CHECK-NEXT:    arith.shrui
  gpu.func @upper_half(%x: i64, %r: memref<i64>) {
    %mask = arith.constant 0xffffffff : i64
    %multiplier = arith.constant 0xd2511f53 : i64
    %c32 = arith.constant 32 : i64
    %0 = arith.andi %x, %mask : i64
    %1 = arith.muli %0, %multiplier : i64
    %2 = arith.shrui %1, %c32 : i64
    memref.store %2, %r[] : memref<i64>
    %3 = arith.muli %x, %x : i64
    %4 = arith.shrui %3, %c32 : i64
    memref.store %4, %r[] : memref<i64>
    gpu.return
  }

// A quotient that may be rough is a product with the approximate inverse; one
// that may merely be off in the last place is not. Conditions of several lanes
// are combined one by one.
// CHECK-LABEL: gpu.func @rough
// CHECK:         llvm.call_intrinsic "llvm.nvvm.rcp.approx.ftz.d"
// CHECK:         arith.mulf %arg0
// CHECK:         arith.divf %arg0, %arg1 fastmath<afn>
// CHECK-NOT:     vector.reduction
// CHECK:         arith.ori %{{.*}} : i1
  gpu.func @rough(%x: f64, %y: f64, %c: vector<2xi1>, %r: memref<f64>,
                  %t: memref<i1>) {
    %0 = arith.divf %x, %y fastmath<arcp,afn> : f64
    memref.store %0, %r[] : memref<f64>
    %1 = arith.divf %x, %y fastmath<afn> : f64
    memref.store %1, %r[] : memref<f64>
    %2 = vector.reduction <or>, %c : vector<2xi1> into i1
    memref.store %2, %t[] : memref<i1>
    gpu.return
  }

// Quotients of float16 are corrected once, and kept where the remainder is zero
// or NaN; exponentials have the instruction's precision. Of float32 they stay.
// CHECK-LABEL: gpu.func @halves
// CHECK:         %[[X:.*]] = arith.extf %arg0
// CHECK:         %[[INVERSE:.*]] = llvm.call_intrinsic "llvm.nvvm.rcp.approx.ftz.f"
// CHECK:         %[[QUOTIENT:.*]] = arith.mulf %[[X]], %[[INVERSE]]
// CHECK:         %[[REST:.*]] = math.fma %{{.*}}, %[[QUOTIENT]], %[[X]]
// CHECK:         %[[CORRECTED:.*]] = math.fma %[[REST]], %[[INVERSE]], %[[QUOTIENT]]
// CHECK:         arith.select %{{.*}}, %[[CORRECTED]], %[[QUOTIENT]]
// CHECK:         llvm.call_intrinsic "llvm.nvvm.ex2.approx.ftz"
// CHECK:         arith.divf
// CHECK:         math.exp
  gpu.func @halves(%x: f16, %y: f16, %wide: f32, %r: memref<f16>,
                   %t: memref<f32>) {
    %0 = arith.extf %x : f16 to f32
    %1 = arith.extf %y : f16 to f32
    %2 = arith.divf %0, %1 : f32
    %3 = arith.truncf %2 : f32 to f16
    memref.store %3, %r[] : memref<f16>
    %4 = math.exp %0 : f32
    %5 = arith.truncf %4 : f32 to f16
    memref.store %5, %r[] : memref<f16>
    %6 = arith.divf %0, %wide : f32
    %7 = arith.truncf %6 : f32 to f16
    memref.store %7, %r[] : memref<f16>
    %8 = math.exp %wide : f32
    memref.store %8, %t[] : memref<f32>
    gpu.return
  }

// A constant is a float16 if it has no more digits, in all lanes.
// CHECK-LABEL: gpu.func @half_by_constant
// CHECK:         llvm.nvvm.rcp.approx.ftz.f
// CHECK:         llvm.nvvm.rcp.approx.ftz.f
// CHECK-NOT:     llvm.nvvm.rcp
// CHECK:         arith.divf
  gpu.func @half_by_constant(%x: vector<2xf16>, %r: memref<vector<2xf16>>) {
    %0 = arith.extf %x : vector<2xf16> to vector<2xf32>
    %three = arith.constant dense<3.0> : vector<2xf32>
    %1 = arith.divf %0, %three : vector<2xf32>
    %2 = arith.truncf %1 : vector<2xf32> to vector<2xf16>
    memref.store %2, %r[] : memref<vector<2xf16>>
    %tenth = arith.constant dense<0.1> : vector<2xf32>
    %3 = arith.divf %0, %tenth : vector<2xf32>
    %4 = arith.truncf %3 : vector<2xf32> to vector<2xf16>
    memref.store %4, %r[] : memref<vector<2xf16>>
    gpu.return
  }
}
