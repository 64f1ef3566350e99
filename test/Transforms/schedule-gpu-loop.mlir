// RUN: numloom-opt %s --numloom-schedule-gpu | FileCheck %s

!s = tensor<f32>
!v = tensor<?xf32, #array.params<[p0]>>
!h = tensor<?xf16, #array.params<[p0]>>
!d = tensor<?xf64, #array.params<[p0]>>
!b = tensor<?xi1, #array.params<[p0]>>
!u = tensor<?xui8, #array.params<[p0]>>
!c = tensor<?xcomplex<f32>, #array.params<[p0]>>
!z = tensor<?xcomplex<f64>, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!r = tensor<?xf32, #array.params<[p1]>>
!w = tensor<?x?xf32, #array.params<[p0, p2]>>
!i = tensor<?x?xsi64, #array.params<[p0, p1]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>

//===----------------------------------------------------------------------===//
// Groups and the grid
//===----------------------------------------------------------------------===//

// CHECK:       gpu.module @kernels attributes {array.index_bits = 32 : i64}

// Contiguous arrays are one loop: a thread takes one vector of 16 bytes; what
// is left after the last one is elements of the first threads of a block.
// CHECK-LABEL: gpu.func @contiguous(
// CHECK-SAME:    %[[A:[^:]*]]: memref<f32> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly},
// CHECK-SAME:    %[[B:[^:]*]]: memref<f32> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly},
// CHECK-SAME:    %[[R:[^:]*]]: memref<f32> {llvm.align = 16 : i64, llvm.noalias},
// CHECK-SAME:    %[[P0:[^:]*]]: index, %[[P1:[^:]*]]: index) kernel attributes
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0, p1]>, divisor = 1024>
// CHECK-SAME:    array.buffers = array<i64: 0, 1, 2>
// CHECK-SAME:    array.guards = []
// CHECK-SAME:    array.schedule = {name = "loop", threads = 256 : i64, unroll = 1 : i64, vector = 4 : i64}
// CHECK-SAME:    array.threads = 256 : i64
// CHECK-SAME:    known_block_size = array<i32: 256, 1, 1>
// CHECK-DAG:     %[[THREAD:.*]] = gpu.thread_id x
// CHECK-DAG:     %[[BLOCK:.*]] = gpu.block_id x
// CHECK-DAG:     %[[COUNT:.*]] = arith.muli %[[P0]], %[[P1]]
// CHECK-DAG:     %[[GROUPS:.*]] = arith.divui %[[COUNT]], %{{.*}}
// CHECK-DAG:     %[[FIRST:.*]] = arith.muli %[[BLOCK]], %{{.*}}
// CHECK-DAG:     %[[GROUP:.*]] = arith.addi %[[FIRST]], %[[THREAD]]
// CHECK-DAG:     %[[EXISTS:.*]] = arith.cmpi ult, %[[GROUP]], %[[GROUPS]]
// CHECK-DAG:     %[[AF:.*]] = memref.reinterpret_cast %[[A]]
// CHECK-DAG:     %[[BF:.*]] = memref.reinterpret_cast %[[B]]
// CHECK-DAG:     %[[RF:.*]] = memref.reinterpret_cast %[[R]]
// CHECK:         scf.if %[[EXISTS]] {
// CHECK:           %[[I:.*]] = arith.muli %[[GROUP]], %{{.*}}
// CHECK:           %[[X:.*]] = vector.load %[[AF]][%[[I]]] {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK:           %[[Y:.*]] = vector.load %[[BF]][%[[I]]] {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK:           %[[SUM:.*]] = arith.addf %[[X]], %[[Y]] : vector<4xf32>
// CHECK:           vector.store %[[SUM]], %[[RF]][%[[I]]] {alignment = 16 : i64}
// CHECK:         }
// CHECK:         %[[REST:.*]] = arith.remui %[[COUNT]]
// CHECK:         %[[LAST:.*]] = arith.divui %[[GROUPS]]
// CHECK:         %[[IS_LAST:.*]] = arith.cmpi eq, %[[BLOCK]], %[[LAST]]
// CHECK:         %[[IS_REST:.*]] = arith.cmpi ult, %[[THREAD]], %[[REST]]
// CHECK:         %[[TAIL:.*]] = arith.andi %[[IS_LAST]], %[[IS_REST]]
// CHECK:         scf.if %[[TAIL]] {
// CHECK:           memref.load %[[AF]]
// CHECK:           memref.store {{.*}}, %[[RF]]
// CHECK-NOT:     scf.
// CHECK:         gpu.return
func.func @contiguous(%a: !m, %b: !m) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64} {
  %0 = array.add %a, %b : !m, !m -> !m
  return %0 : !m
}

// The widest element in memory fills 16 bytes; groups are doubled until a
// thread has 32 bytes on their way.
// CHECK-LABEL: gpu.func @half_to_float
// CHECK-SAME:    divisor = 2048
// CHECK-SAME:    unroll = 2 : i64, vector = 4 : i64
// CHECK:         scf.if
// CHECK:           vector.load {{.*}} {alignment = 8 : i64} : memref<?xf16>, vector<4xf16>
// CHECK:           %[[SECOND:.*]] = arith.minui
// CHECK:           vector.load {{.*}} {alignment = 8 : i64} : memref<?xf16>, vector<4xf16>
// CHECK:           vector.store {{.*}} {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK:           arith.cmpi ult
// CHECK:           scf.if
// CHECK:             vector.store {{.*}} {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
func.func @half_to_float(%a: !h) -> !v
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.cast %a : !h -> !v
  return %0 : !v
}

// CHECK-LABEL: gpu.func @bytes
// CHECK-SAME:    vector = 16 : i64
// CHECK:         vector.load {{.*}} {alignment = 16 : i64} : memref<?xi8>, vector<16xi8>
func.func @bytes(%a: !u) -> !u
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.invert %a : !u -> !u
  return %0 : !u
}

// Several results: everything is loaded before anything is stored.
// CHECK-LABEL: gpu.func @two_results
// CHECK:         vector.load
// CHECK:         vector.load
// CHECK:         vector.store {{.*}} memref<?xf32>, vector<4xf32>
// CHECK:         arith.extui {{.*}} vector<4xi1> to vector<4xi8>
// CHECK:         vector.store {{.*}} {alignment = 4 : i64} : memref<?xi8>, vector<4xi8>
func.func @two_results(%a: !v, %b: !v) -> (!v, !b)
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.add %a, %b : !v, !v -> !v
  %1 = array.less %a, %b : !v, !v -> !b
  return %0, %1 : !v, !b
}

// CHECK-LABEL: gpu.func @single_element
// CHECK-SAME:    array.blocks = #array.size<factors = <[]>, divisor = 256>
// CHECK:         scf.if
// CHECK-NEXT:      memref.load
// CHECK-NEXT:      arith.negf
// CHECK-NEXT:      memref.store
func.func @single_element(%a: !s) -> !s
    attributes {array.num_params = 0 : i64, array.index_bits = 32 : i64} {
  %0 = array.negative %a : !s -> !s
  return %0 : !s
}

//===----------------------------------------------------------------------===//
// Several loops
//===----------------------------------------------------------------------===//

// Long rows: a block stays in one and divides once.
// CHECK-LABEL: gpu.func @rows(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index) kernel
// CHECK-SAME:    array.blocks = #array.size<factors = <[p1]>, divisor = 1024, outer = <[p0]>>
// CHECK:         %[[BLOCK:.*]] = gpu.block_id x
// CHECK:         %[[ROW:.*]] = arith.divui %[[BLOCK]]
// CHECK:         scf.if
// CHECK-NOT:       arith.divui
// CHECK:           vector.load {{.*}} {alignment = 16 : i64}
// CHECK:           vector.load {{.*}} {alignment = 16 : i64}
// CHECK:         gpu.return
func.func @rows(%a: !m, %b: !r) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.schedule = {name = "loop", vector = 4, unroll = 1,
                                  rows = 1, threads = 256},
                array.guards = [#array.guard<value = <factors = <[p1]>>,
                                             multiple = 4>]} {
  %0 = array.broadcast %b axes [1] : !r -> !m
  %1 = array.add %a, %0 : !m, !m -> !m
  return %1 : !m
}

// Short rows: groups are numbered through the whole space.
// CHECK-LABEL: gpu.func @short_rows
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0, p1]>, divisor = 1024>
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p1]>>, multiple = 4>]
// CHECK:         scf.if
// CHECK:           arith.divui
// CHECK:           vector.load {{.*}} {alignment = 16 : i64}
func.func @short_rows(%a: !m, %b: !r) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 10000, 40>} {
  %0 = array.broadcast %b axes [1] : !r -> !m
  %1 = array.add %a, %0 : !m, !m -> !m
  return %1 : !m
}

// Rows that are no whole vectors, or not known to be: elements, several a
// thread.
// CHECK-LABEL: gpu.func @odd_rows
// CHECK-SAME:    array.guards = []
// CHECK-SAME:    unroll = 4 : i64, vector = 1 : i64
// CHECK-NOT:     vector.load
// CHECK:         gpu.return
// CHECK-LABEL: gpu.func @unknown_rows
// CHECK-SAME:    unroll = 4 : i64, vector = 1 : i64
func.func @odd_rows(%a: !m, %b: !r) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 10000, 41>} {
  %0 = array.broadcast %b axes [1] : !r -> !m
  %1 = array.add %a, %0 : !m, !m -> !m
  return %1 : !m
}
func.func @unknown_rows(%a: !m, %b: !r) -> !m
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64} {
  %0 = array.broadcast %b axes [1] : !r -> !m
  %1 = array.add %a, %0 : !m, !m -> !m
  return %1 : !m
}

// One division for each loop but the outermost.
// CHECK-LABEL: gpu.func @three_loops
// CHECK:         scf.if
// CHECK-COUNT-3:   arith.divui
// CHECK-NOT:       arith.{{div|rem}}ui
// CHECK:         gpu.return
func.func @three_loops(%a: !x, %b: !w) -> !x
    attributes {array.num_params = 3 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 10, 10, 40>} {
  %0 = array.broadcast %b axes [0, 2] : !w -> !x
  %1 = array.add %a, %0 : !x, !x -> !x
  return %1 : !x
}

// An index that is itself a value.
// CHECK-LABEL: gpu.func @iota
// CHECK:         vector.step : vector<2xindex>
// CHECK:         arith.index_cast {{.*}} : vector<2xindex> to vector<2xi64>
func.func @iota(%a: !i) -> !i
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 10, 10>} {
  %0 = array.iota axis 1 : !i
  %1 = array.add %a, %0 : !i, !i -> !i
  return %1 : !i
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

// What lies apart is loaded lane by lane, never gathered.
// CHECK-LABEL: gpu.func @reversed
// CHECK-SAME:    unroll = 4 : i64, vector = 1 : i64
// CHECK-NOT:     vector.
// CHECK:         gpu.return
func.func @reversed(%a: !v) -> !v
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64} {
  %0 = array.slice %a starts <[p1]> steps <[-1]> : !v -> !v
  return %0 : !v
}

// Narrow elements at odd addresses: lanes of one line.
// CHECK-LABEL: gpu.func @unaligned_bytes(
// CHECK-SAME:    memref<i8> {llvm.noalias, llvm.readonly}
// CHECK-SAME:    vector = 4 : i64
// CHECK-COUNT-4:   memref.load
// CHECK:           vector.from_elements {{.*}} : vector<4xi8>
// CHECK:           vector.store {{.*}} {alignment = 4 : i64} : memref<?xi8>, vector<4xi8>
func.func @unaligned_bytes(%a: !u {array.unaligned}) -> !u
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.invert %a : !u -> !u
  return %0 : !u
}

// A part of an array begins where a guard says that vectors do.
// CHECK-LABEL: gpu.func @part
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p2]>>, multiple = 4>]
// CHECK:         vector.load {{.*}} {alignment = 16 : i64}
func.func @part(%a: !r) -> !v
    attributes {array.num_params = 3 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 100, 200, 64>} {
  %0 = array.slice %a starts <[p2]> steps <[1]> : !r -> !v
  return %0 : !v
}

// The parts of complex numbers lie side by side.
// CHECK-LABEL: gpu.func @complex
// CHECK:         %[[BOTH:.*]] = vector.load {{.*}} {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK:         vector.deinterleave %[[BOTH]]
// CHECK:         vector.interleave
// CHECK:         vector.store {{.*}} {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>
// CHECK-LABEL: gpu.func @double_complex
// CHECK:         vector.load {{.*}} {alignment = 16 : i64} : memref<?xf64>, vector<2xf64>
// CHECK-NOT:     interleave
// CHECK:         gpu.return
func.func @complex(%a: !c) -> !c
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.conjugate %a : !c -> !c
  return %0 : !c
}
func.func @double_complex(%a: !z) -> !z
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.conjugate %a : !z -> !z
  return %0 : !z
}

// Numbers of the program are arguments by value.
// CHECK-LABEL: gpu.func @numbers(
// CHECK-SAME:    %{{[^:]*}}: memref<f32> {{[^}]*}}}, %[[S:[^:]*]]: f32, %[[FLAG:[^:]*]]: i8, %{{[^:]*}}: memref<f32>
// CHECK-DAG:     arith.cmpi ne, %[[FLAG]]
// CHECK:         vector.broadcast %[[S]] : f32 to vector<4xf32>
// CHECK-LABEL: gpu.func @complex_number(
// CHECK-SAME:    %[[C:[^:]*]]: vector<2xf32>
// CHECK-DAG:     vector.extract %[[C]][0]
// CHECK-DAG:     vector.extract %[[C]][1]
func.func @numbers(%a: !v, %s: !s {array.scalar}, %f: tensor<i1> {array.scalar}) -> !v
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.broadcast %s axes [] : !s -> !v
  %1 = array.broadcast %f axes [] : tensor<i1> -> !b
  %2 = array.where %1, %a, %0 : !b, !v, !v -> !v
  return %2 : !v
}
func.func @complex_number(%a: !c, %s: tensor<complex<f32>> {array.scalar}) -> !c
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64} {
  %0 = array.broadcast %s axes [] : tensor<complex<f32>> -> !c
  %1 = array.add %a, %0 : !c, !c -> !c
  return %1 : !c
}

// A result over an operand: neither is the only way to its memory, nor is any
// operand of that dtype, which may be another view of the same buffer.
// CHECK-LABEL: gpu.func @in_place(
// CHECK-SAME:    %{{[^:]*}}: memref<f32> {llvm.align = 16 : i64}, %{{[^:]*}}: memref<f64> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly}, %{{[^:]*}}: memref<f32> {llvm.align = 16 : i64}, %{{[^:]*}}: memref<f64> {llvm.align = 16 : i64, llvm.noalias}, %{{[^:]*}}: index)
func.func @in_place(%a: !v, %b: !d) -> (!v, !d)
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.in_place = array<i64: 0, -1>} {
  %0 = array.negative %a : !v -> !v
  %1 = array.negative %b : !d -> !d
  return %0, %1 : !v, !d
}

//===----------------------------------------------------------------------===//
// Kernels that are called off
//===----------------------------------------------------------------------===//

// Without the condition nothing is stored. Few blocks, each with eight turns, find
// that out sooner; the guard says from how many elements on.
// CHECK-LABEL: gpu.func @called_off(
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0]>, divisor = 8192>
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p0]>>, minimum = 4194304>]
// CHECK-SAME:    turns = 8 : i64, unroll = 1 : i64, vector = 4 : i64}
// CHECK:         %[[BYTE:.*]] = memref.load %{{.*}} : memref<?xi8>
// CHECK:         %[[GOES_ON:.*]] = arith.cmpi ne, %[[BYTE]]
// CHECK-NOT:     vector.store
// CHECK:         scf.if %[[GOES_ON]] {
// CHECK:           scf.for
// CHECK:             vector.store
// CHECK:             memref.store
// CHECK:         }
func.func @called_off(%flag: tensor<i1>) -> !v
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 5000000>} {
  %0 = array.constant(1.0 : f64) : !v
  %1 = array.empty : !v
  %2 = array.broadcast %flag axes [] : tensor<i1> -> !b
  %3 = array.where %2, %0, %1 : !b, !v, !v -> !v
  return %3 : !v
}

// CHECK-LABEL: gpu.func @called_off_small(
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p0]>>, maximum = 4194303>]
// CHECK-SAME:    array.schedule = {name = "loop", threads = 256 : i64, unroll = 1 : i64, vector = 4 : i64}
// CHECK:         scf.if
func.func @called_off_small(%flag: tensor<i1>) -> !v
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 5000>} {
  %0 = array.constant(1.0 : f64) : !v
  %1 = array.empty : !v
  %2 = array.broadcast %flag axes [] : tensor<i1> -> !b
  %3 = array.where %2, %0, %1 : !b, !v, !v -> !v
  return %3 : !v
}

// Whatever depends on the element is computed.
// CHECK-LABEL: gpu.func @not_called_off(
// CHECK-SAME:    array.guards = []
// CHECK:         arith.select
// CHECK:         vector.store
func.func @not_called_off(%flags: !b) -> !v
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 5000000>} {
  %0 = array.constant(1.0 : f64) : !v
  %1 = array.empty : !v
  %2 = array.where %flags, %0, %1 : !b, !v, !v -> !v
  return %2 : !v
}

// Kernels whose offsets need 64 bits have a module of their own.
// CHECK:       gpu.module @kernels_wide attributes {array.index_bits = 64 : i64}
// CHECK:         gpu.func @wide
func.func @wide(%a: !v) -> !v
    attributes {array.num_params = 1 : i64, array.index_bits = 64 : i64} {
  %0 = array.negative %a : !v -> !v
  return %0 : !v
}
