// RUN: numloom-opt %s --numloom-schedule-gpu | FileCheck %s

!m = tensor<?x?xf32, #array.params<[p0, p1]>>

// Rows of a larger array: one loop, which begins where a guard says that
// vectors do.
// CHECK-LABEL: gpu.func @rows(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index, %{{[^:]*}}: index, %[[P3:[^:]*]]: index)
// CHECK-SAME:    array.blocks = #array.size<factors = <[p0, p1]>, divisor = 1024>
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p1, p3]>>, multiple = 4>]
// CHECK:         %[[START:.*]] = arith.muli %[[P1]], %[[P3]]
// CHECK:         scf.if
// CHECK:           %[[X:.*]] = vector.load %{{.*}}[%[[I:.*]]] {alignment = 16 : i64}
// CHECK:           %[[TO:.*]] = arith.addi %[[START]], %[[I]]
// CHECK:           vector.store %[[X]], %{{.*}}[%[[TO]]] {alignment = 16 : i64}
func.func @rows(%a: !m) -> !m
    attributes {array.num_params = 4 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 5, 7, 20, 8>,
                array.into = [#array.destination<
                    start = [#array.params<[p3, p1]>],
                    strides = [#array.params<[p1]>, #array.params<[1]>]>]} {
  return %a : !m
}

// Columns: rows of the part and of the array, and the start, are whole vectors.
// CHECK-LABEL: gpu.func @columns
// CHECK-SAME:    array.guards = [#array.guard<value = <factors = <[p1]>>, multiple = 4>, #array.guard<value = <factors = <[p2]>>, multiple = 4>, #array.guard<value = <factors = <[p3]>>, multiple = 4>]
// CHECK:         vector.load {{.*}} {alignment = 16 : i64}
// CHECK:         vector.store {{.*}} {alignment = 16 : i64}
func.func @columns(%a: !m) -> !m
    attributes {array.num_params = 4 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 5, 8, 20, 4>,
                array.into = [#array.destination<
                    start = [#array.params<[p3]>],
                    strides = [#array.params<[p2]>, #array.params<[1]>]>]} {
  return %a : !m
}

// CHECK-LABEL: gpu.func @odd_columns
// CHECK-SAME:    array.guards = []
// CHECK-NOT:     vector.
// CHECK:         gpu.return
func.func @odd_columns(%a: !m) -> !m
    attributes {array.num_params = 4 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 5, 8, 20, 5>,
                array.into = [#array.destination<
                    start = [#array.params<[p3]>],
                    strides = [#array.params<[p2]>, #array.params<[1]>]>]} {
  return %a : !m
}

// Elements that are apart are stored one by one, and loaded as vectors no more.
// CHECK-LABEL: gpu.func @strided
// CHECK-NOT:     vector.store
// CHECK:         memref.store
// CHECK:         gpu.return
func.func @strided(%a: !m) -> !m
    attributes {array.num_params = 4 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 8, 8, 32, 2>,
                array.into = [#array.destination<
                    start = [#array.params<[1]>],
                    strides = [#array.params<[p2]>, #array.params<[p3]>]>]} {
  return %a : !m
}

// A kernel that writes into what it reads: neither is noalias.
// CHECK-LABEL: gpu.func @in_place(
// CHECK-SAME:    memref<f32> {llvm.align = 16 : i64}, %{{[^:]*}}: memref<f32> {llvm.align = 16 : i64}, %{{[^:]*}}: memref<f32> {llvm.align = 16 : i64, llvm.noalias}
func.func @in_place(%a: tensor<?xf32, #array.params<[p0]>>)
    -> (tensor<?xf32, #array.params<[p1]>>, tensor<?xf32, #array.params<[p1]>>)
    attributes {array.num_params = 2 : i64, array.index_bits = 32 : i64,
                array.param_hints = array<i64: 1002, 1000>,
                array.in_place = array<i64: 0, -1>,
                array.into = [#array.destination<
                    start = [#array.params<[1]>],
                    strides = [#array.params<[1]>]>, unit]} {
  %0 = array.slice %a starts <[1]> steps <[1]>
      : tensor<?xf32, #array.params<[p0]>> -> tensor<?xf32, #array.params<[p1]>>
  %1 = array.negative %0
      : tensor<?xf32, #array.params<[p1]>> -> tensor<?xf32, #array.params<[p1]>>
  return %1, %0
      : tensor<?xf32, #array.params<[p1]>>, tensor<?xf32, #array.params<[p1]>>
}

// Reported numbers need no vectors and no stores: the others' decide.
// CHECK-LABEL: gpu.func @reports
// CHECK:         %[[X:.*]] = vector.load
// CHECK:         vector.store
// CHECK:         %[[MAX:.*]] = vector.reduction <maxui>
// CHECK:         %[[ANY:.*]] = arith.cmpi ne, %[[MAX]]
// CHECK:         scf.if %[[ANY]]
// CHECK-NEXT:      memref.atomic_rmw maxu %[[MAX]]
// CHECK:         gpu.return
func.func @reports(%a: tensor<?xf64, #array.params<[p0]>>)
    -> (tensor<?xf64, #array.params<[p0]>>, tensor<?xui64, #array.params<[p0]>>)
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64,
                array.index_bits = 32 : i64, array.param_hints = array<i64: 1000000>,
                array.into = [unit, #array.destination<
                    start = [], strides = [#array.params<[0]>],
                    reports = true>]} {
  %0 = array.cast %a : tensor<?xf64, #array.params<[p0]>> -> tensor<?xui64, #array.params<[p0]>>
  return %a, %0 : tensor<?xf64, #array.params<[p0]>>, tensor<?xui64, #array.params<[p0]>>
}
