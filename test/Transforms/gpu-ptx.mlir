// What the PTX of kernels promises.
// RUN: numloom-opt %s --numloom-schedule-gpu --numloom-gpu-nvvm \
// RUN:   | numloom-translate --gpu-to-ptx --compute-capability=80 \
// RUN:   | FileCheck %s --implicit-check-not=.local

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!h = tensor<?xbf16, #array.params<[p0]>>
!z = tensor<?xcomplex<f64>, #array.params<[p0]>>
!i = tensor<?xui32, #array.params<[p0]>>
!l = tensor<?xsi64, #array.params<[p0]>>
!n = tensor<ui64>
!u = tensor<?xui64, #array.params<[p0]>>

// CHECK: .target sm_80

// Operands are read 16 bytes at a time through the read-only cache, results
// written so; products are rounded before they are added. Offsets have 32 bits
// until they meet the pointer.
// CHECK-LABEL: .visible .entry multiply_add(
// CHECK-NEXT:    .param .u64 .ptr .align 16 multiply_add_param_0,
// CHECK:         .param .u32 multiply_add_param_{{[0-9]+}}
// CHECK:         .maxntid
// CHECK-NOT:     mul.lo.s64
// CHECK-NOT:     mad.lo.s64
// CHECK:         mul.wide.s32
// CHECK:         ld.global.nc.v4.b32
// CHECK:         ld.global.nc.v4.b32
// CHECK-NOT:     fma
// CHECK:         mul.rn.f32
// CHECK-NOT:     fma
// CHECK:         add.rn.f32
// CHECK:         st.global.v4.b32
// CHECK:         ret;
func.func @multiply_add(%a: !v, %b: !v) -> !v
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<loop>} {
  %0 = array.multiply %a, %b : !v, !v -> !v
  %1 = array.add %0, %a : !v, !v -> !v
  return %1 : !v
}

// The blocks of a long row meet at a counter: what a block stores is seen before
// it counts, and what others stored is read from memory afterwards. The caches may
// drop first what they do not hold anyway.
// CHECK-LABEL: .visible .entry total(
// CHECK-COUNT-4: ld.global.nc.L1::evict_first.v4.b32
// CHECK:         st.global.b32
// CHECK:         bar{{.*}}.sync
// CHECK:         fence.acq_rel.gpu;
// CHECK-NEXT:    atom.global.add.u32
// CHECK-NEXT:    fence.acq_rel.gpu;
// CHECK:         bar{{.*}}.sync
// CHECK-NOT:     ld.global.nc
// CHECK:         st.global.b32
// CHECK-NOT:     ld.global.nc
// CHECK:         ret;
func.func @total(%x: !v) -> tensor<f32>
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<split>, array.param_hints = array<i64: 50000000>} {
  %0 = array.sum %x axes [0] : !v -> tensor<f32>
  return %0 : tensor<f32>
}

// Where blocks have rows of their own, the first ones read what the second-level
// cache keeps, by a policy that a block takes once.
// CHECK-LABEL: .visible .entry row_totals(
// CHECK-DAG:     createpolicy.fractional.L2::evict_normal.b64 [[KEEP:%rd[0-9]+]], 1.0;
// CHECK-DAG:     createpolicy.fractional.L2::evict_first.b64 [[DROP:%rd[0-9]+]], 1.0;
// CHECK-DAG:     setp.lt.u32 [[IS_KEPT:%p[0-9]+]], %r{{[0-9]+}}, 1536;
// CHECK:         selp.b64 [[POLICY:%rd[0-9]+]], [[KEEP]], [[DROP]], [[IS_KEPT]];
// CHECK-COUNT-4: ld.global.nc.L2::cache_hint.v4.b32 {{.*}}, [[POLICY]];
// CHECK:         ret;
func.func @row_totals(%x: !m) -> !v
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<row>, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.sum %x axes [1] : !m -> !v
  return %0 : !v
}

// Four neighbours are the words of one block of random bits, whose rounds are
// made once.
// CHECK-LABEL: .visible .entry random_words(
// CHECK:         setp
// CHECK-COUNT-18: mul.wide.u32
// CHECK-NOT:     mul.wide.u32
// CHECK:         st.global.v4.b32
func.func @random_words(%first: !n {array.scalar}, %key: !n {array.scalar}) -> !v
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<loop>} {
  %two = array.constant(2 : i64) : !i
  %three = array.constant(3 : i64) : !i
  %two64 = array.constant(2 : i64) : !u
  %index = array.iota axis 0 : !l
  %place = array.cast %index : !l -> !i
  %part = array.bitwise_and %place, %three : !i, !i -> !i
  %quarter = array.right_shift %place, %two : !i, !i -> !i
  %block = array.cast %quarter : !i -> !u
  %firsts = array.broadcast %first axes [] : !n -> !u
  %keys = array.broadcast %key axes [] : !n -> !u
  %counter = array.add %block, %firsts : !u, !u -> !u
  %shifted = array.left_shift %counter, %two64 : !u, !u -> !u
  %part64 = array.cast %part : !i -> !u
  %number = array.bitwise_or %shifted, %part64 : !u, !u -> !u
  %word = array.philox_word %number, %keys, %keys : !u, !u, !u -> !u
  %bits = array.constant(40 : i64) : !u
  %upper = array.right_shift %word, %bits : !u, !u -> !u
  %result = array.cast %upper : !u -> !v
  return %result : !v
}

// Three divisions and roots: the sequences of all lanes first, whose conditions
// are joined as they come, and one branch to the instructions that are always
// right. Registers are limited, but nothing spills.
// CHECK-LABEL: .visible .entry quotients(
// CHECK:          .minnctapersm 6
// CHECK:          ld.global.nc.v4.b32
// CHECK:          ld.global.nc.v4.b32
// CHECK-NOT:      selp
// CHECK:          rcp.approx.ftz.f32
// CHECK:          or.pred
// CHECK:          rsqrt.approx.ftz.f32
// CHECK-COUNT-7:  rcp.approx.ftz.f32
// CHECK-NOT:      selp
// CHECK-COUNT-2:  or.pred
// CHECK-NEXT:     bra
// CHECK-COUNT-8:  div.rn.f32
// CHECK-NOT:      bra
// CHECK:          st.global.v4.b32
// CHECK:          ret;
func.func @quotients(%a: !v, %b: !v) -> !v
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<loop>} {
  %0 = array.divide %a, %b : !v, !v -> !v
  %1 = array.sqrt %0 : !v -> !v
  %2 = array.divide %1, %a : !v, !v -> !v
  return %2 : !v
}

// A thread has 32 distances in registers, for each two coordinates of which it
// loads eight points and four others, four at a time. Their roots have a branch
// for 16 at a time, and are stored as vectors.
// CHECK-LABEL: .visible .entry distances(
// CHECK:          .maxntid 128
// CHECK:          .minnctapersm 6
// CHECK-COUNT-4:  st.global.v4.b32
// CHECK-NOT:      st.global
// CHECK-COUNT-4:  ld.global.nc.v4.b32
// CHECK-NOT:      ld.global
// CHECK-COUNT-16: st.shared.b32
// CHECK:          bar{{.*}}.sync
// CHECK-COUNT-6:  ld.shared.v4.b32
// CHECK-NOT:      ld.
// CHECK-COUNT-64: mul.rn.f32
// CHECK-NOT:      ld.
// CHECK:          bar{{.*}}.sync
// CHECK-COUNT-16: rsqrt.approx.ftz.f32
// CHECK-NOT:      rsqrt
// CHECK:          bra
// CHECK-COUNT-16: rsqrt.approx.ftz.f32
// CHECK-NOT:      rsqrt
// CHECK-COUNT-4:  st.global.v4.b32
// CHECK-NOT:      st.global
// CHECK-COUNT-16: rsqrt.approx.ftz.f32
// CHECK:          ret;
!row = tensor<?x1x?xf32, #array.params<[p0, 1, p2]>>
!column = tensor<1x?x?xf32, #array.params<[1, p1, p2]>>
!points = tensor<?x?x?xf32, #array.params<[p0, p1, p2]>>
!pairs = tensor<?x?xf32, #array.params<[p0, p1]>>
func.func @distances(%a: !row, %b: !column) -> !pairs
    attributes {array.num_params = 3 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<row>,
                array.param_hints = array<i64: 8000, 8000, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2] : !row -> !points
  %1 = array.broadcast %b axes [0, 1, 2] : !column -> !points
  %2 = array.subtract %0, %1 : !points, !points -> !points
  %3 = array.square %2 : !points -> !points
  %4 = array.sum %3 axes [2] : !points -> !pairs
  %5 = array.sqrt %4 : !pairs -> !pairs
  return %5 : !pairs
}

// LLVM leaves the question whether both operands are one array. The mirror image
// of a tile is stored as vectors.
// CHECK-LABEL: .visible .entry mirrored(
// CHECK:          ld.param.b64 [[FIRST:%rd[0-9]+]], [mirrored_param_0];
// CHECK-NEXT:     cvta.to.global.u64 [[LHS:%rd[0-9]+]], [[FIRST]];
// CHECK-NEXT:     ld.param.b64 [[SECOND:%rd[0-9]+]], [mirrored_param_1];
// CHECK-NEXT:     cvta.to.global.u64 [[RHS:%rd[0-9]+]], [[SECOND]];
// CHECK:          setp.{{eq|ne}}.b64 %{{.*}}, [[LHS]], [[RHS]];
// CHECK:          bar{{.*}}.sync
// CHECK-COUNT-8:  st.global.v4.b32
// CHECK-NOT:      st.global
// CHECK:          ret;
func.func @mirrored(%a: tensor<?x1x?xf32, #array.params<[p0, 1, p1]>>,
                    %b: tensor<1x?x?xf32, #array.params<[1, p0, p1]>>)
    -> tensor<?x?xf32, #array.params<[p0, p0]>>
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<row>,
                array.param_hints = array<i64: 8000, 16>} {
  %0 = array.broadcast %a axes [0, 1, 2]
      : tensor<?x1x?xf32, #array.params<[p0, 1, p1]>>
      -> tensor<?x?x?xf32, #array.params<[p0, p0, p1]>>
  %1 = array.broadcast %b axes [0, 1, 2]
      : tensor<1x?x?xf32, #array.params<[1, p0, p1]>>
      -> tensor<?x?x?xf32, #array.params<[p0, p0, p1]>>
  %2 = array.multiply %0, %1 : tensor<?x?x?xf32, #array.params<[p0, p0, p1]>>,
      tensor<?x?x?xf32, #array.params<[p0, p0, p1]>>
      -> tensor<?x?x?xf32, #array.params<[p0, p0, p1]>>
  %3 = array.sum %2 axes [2]
      : tensor<?x?x?xf32, #array.params<[p0, p0, p1]>>
      -> tensor<?x?xf32, #array.params<[p0, p0]>>
  return %3 : tensor<?x?xf32, #array.params<[p0, p0]>>
}

// Constants of float64 with a lower half are operands from constant memory. In
// loops constants are in registers.
// CHECK-LABEL: .visible .entry exponential(
// CHECK:         ld.const.b64 [[LOG2E:%rd[0-9]+]], [constants];
// CHECK-NEXT:    fma.rn.f64 %{{.*}}, %{{.*}}, [[LOG2E]], 0d4338000000000000;
// CHECK-NOT:     call.uni
// CHECK:         ret;
func.func @exponential(%x: tensor<?xf64, #array.params<[p0]>>)
    -> tensor<?xf64, #array.params<[p0]>>
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<loop>} {
  %0 = array.exp %x : tensor<?xf64, #array.params<[p0]>>
      -> tensor<?xf64, #array.params<[p0]>>
  return %0 : tensor<?xf64, #array.params<[p0]>>
}

// What few elements take is a function.
// CHECK-LABEL: .visible .entry sine(
// CHECK:         call.uni (retval0), __numloom_reduce_angle,
// CHECK:         ret;
func.func @sine(%x: tensor<?xf64, #array.params<[p0]>>)
    -> tensor<?xf64, #array.params<[p0]>>
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<loop>} {
  %0 = array.sin %x : tensor<?xf64, #array.params<[p0]>>
      -> tensor<?xf64, #array.params<[p0]>>
  return %0 : tensor<?xf64, #array.params<[p0]>>
}

// CHECK-LABEL: .visible .entry largest_exponential(
// CHECK-NOT:     ld.const
// CHECK:         fma.rn.f64
// CHECK-NOT:     ld.const
// CHECK:         ret;
func.func @largest_exponential(%x: tensor<?xf64, #array.params<[p0]>>)
    -> tensor<f64>
    attributes {array.num_params = 1 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<split>, array.param_hints = array<i64: 50000000>} {
  %0 = array.exp %x : tensor<?xf64, #array.params<[p0]>>
      -> tensor<?xf64, #array.params<[p0]>>
  %1 = array.max %0 axes [0] : tensor<?xf64, #array.params<[p0]>> -> tensor<f64>
  return %1 : tensor<f64>
}

// A tile is loaded 16 bytes at a time before its threads count; neighbours store
// what it lets through, and one thread how much that is.
// CHECK-LABEL: .visible .entry positive(
// CHECK-COUNT-7: ld.global.nc.v4.b32
// CHECK-NOT:     ld.global.nc
// CHECK-COUNT-5: shfl.sync.up.b32
// CHECK:         bar{{.*}}.sync
// CHECK:         st.shared.b32
// CHECK:         ld.shared.b32
// CHECK:         st.global.b32
// CHECK:         st.global.b64
// CHECK:         ret;
func.func @positive(%x: !v, %zero: tensor<f32> {array.scalar})
    -> (tensor<?xf32, #array.params<[p1]>>, tensor<si64>)
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<compress>,
                array.param_hints = array<i64: 50000000, 25000000>} {
  %0 = array.broadcast %zero axes [] : tensor<f32> -> !v
  %1 = array.greater %x, %0 : !v, !v -> tensor<?xi1, #array.params<[p0]>>
  %2 = array.compress %1, %x : tensor<?xi1, #array.params<[p0]>>, !v
      -> tensor<?xf32, #array.params<[p1]>>
  %3 = array.cast %1 : tensor<?xi1, #array.params<[p0]>>
      -> tensor<?xsi64, #array.params<[p0]>>
  %4 = array.sum %3 axes [0] : tensor<?xsi64, #array.params<[p0]>>
      -> tensor<si64>
  return %2, %4 : tensor<?xf32, #array.params<[p1]>>, tensor<si64>
}

// Of float16 two maxima are one instruction, as is the choice of two elements.
// CHECK-LABEL: .visible .entry half_row_maxima(
// CHECK-NOT:     selp.b16
// CHECK:         selp.b32
// CHECK-NOT:     setp.nan.f16
// CHECK:         max.NaN.f16x2
// CHECK:         ret;
func.func @half_row_maxima(%x: tensor<?x?xf16, #array.params<[p0, p1]>>)
    -> tensor<?xf16, #array.params<[p0]>>
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.kind = #array.kind<row>, array.param_hints = array<i64: 8192, 4096>} {
  %0 = array.max %x axes [1] : tensor<?x?xf16, #array.params<[p0, p1]>> -> tensor<?xf16, #array.params<[p0]>>
  return %0 : tensor<?xf16, #array.params<[p0]>>
}
