// RUN: numloom-opt %s --split-input-file \
// RUN:   --pass-pipeline='builtin.module(gpu.module(numloom-convert-gpu-kernels-to-nvvm))' \
// RUN:   | FileCheck %s

// Buffers are bare pointers with the attributes of their arguments, indices
// have the module's bits, and addresses may lie before the first element: views
// step backwards.
// CHECK-LABEL: gpu.module @kernels
// CHECK:       llvm.func @copy(
// CHECK-SAME:    %[[A:[^:]*]]: !llvm.ptr {llvm.align = 16 : i64, llvm.noalias, llvm.readonly},
// CHECK-SAME:    %[[S:[^:]*]]: bf16, %[[R:[^:]*]]: !llvm.ptr {llvm.noalias}, %[[N:[^:]*]]: i32)
// CHECK-SAME:    nvvm.kernel, nvvm.maxntid = array<i32: 128, 1, 1>
// CHECK:         %[[TID:.*]] = nvvm.read.ptx.sreg.tid.x range <i32, 0, 128> : i32
// CHECK:         %[[I:.*]] = llvm.sub %[[N]], %[[TID]] : i32
// CHECK:         %[[FROM:.*]] = llvm.getelementptr %{{.*}}[%[[I]]] : (!llvm.ptr, i32) -> !llvm.ptr, bf16
// CHECK:         llvm.load %[[FROM]] {alignment = 16 : i64} : !llvm.ptr -> vector<8xbf16>
gpu.module @kernels attributes {array.index_bits = 32 : i64} {
  gpu.func @copy(%a: memref<bf16> {llvm.noalias, llvm.readonly,
                                   llvm.align = 16 : i64},
                 %s: bf16, %r: memref<bf16> {llvm.noalias}, %n: index)
      kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
    %c0 = arith.constant 0 : index
    %f = memref.reinterpret_cast %a to offset: [0], sizes: [%c0], strides: [1]
        : memref<bf16> to memref<?xbf16>
    %g = memref.reinterpret_cast %r to offset: [0], sizes: [%c0], strides: [1]
        : memref<bf16> to memref<?xbf16>
    %tid = gpu.thread_id x
    %i = arith.subi %n, %tid : index
    %x = vector.load %f[%i] {alignment = 16 : i64}
        : memref<?xbf16>, vector<8xbf16>
    vector.store %x, %g[%i] : memref<?xbf16>, vector<8xbf16>
    memref.store %s, %g[%tid] : memref<?xbf16>
    gpu.return
  }
}

// -----

// Without the attribute, indices have 64 bits. Shared memory, shuffles and
// barriers are NVVM's.
// CHECK-LABEL: gpu.module @wide
// CHECK:       llvm.mlir.global internal @{{.*}}() {addr_space = 3 : i32} : !llvm.array<32 x f32>
// CHECK:       llvm.func @reduce(%{{.*}}: !llvm.ptr, %{{.*}}: i64)
// CHECK:         nvvm.shfl.sync bfly
// CHECK:         nvvm.barrier
gpu.module @wide {
  gpu.func @reduce(%r: memref<f32>, %n: index)
      workgroup(%shared: memref<32xf32, #gpu.address_space<workgroup>>)
      kernel {
    %tid = gpu.thread_id x
    %x = memref.load %shared[%tid]
        : memref<32xf32, #gpu.address_space<workgroup>>
    %c16 = arith.constant 16 : i32
    %c32 = arith.constant 32 : i32
    %y, %valid = gpu.shuffle xor %x, %c16, %c32 : f32
    gpu.barrier
    memref.store %y, %r[] : memref<f32>
    gpu.return
  }
}
