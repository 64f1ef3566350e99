// RUN: numloom-opt %s --numloom-schedule-cpu | FileCheck %s

!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!c = tensor<?xcomplex<f32>, #array.params<[p0]>>

// Rows of a larger array: contiguous there too, so one loop.
// CHECK-LABEL: func.func @rows(
// CHECK-SAME:    %{{.*}}: memref<f32>, %[[R:[^:]*]]: memref<f32>, %{{.*}}: index, %[[P1:[^:]*]]: index, %{{.*}}: index, %[[P3:[^:]*]]: index, %{{.*}}: index, %{{.*}}: index)
// CHECK-SAME:    array.work = #array.params<[1, p0, p1]>
// CHECK-DAG:     %[[FIXED:.*]] = arith.muli %{{.*}}, %[[P1]]
// CHECK-DAG:     %[[PART:.*]] = arith.muli %[[P1]], %[[P3]]
// CHECK-DAG:     %[[START:.*]] = arith.addi %[[FIXED]], %[[PART]]
// CHECK-COUNT-1: scf.for %[[I:[^ ]*]] =
// CHECK-NEXT:      %[[X:.*]] = vector.load %{{.*}}[%[[I]]]
// CHECK-NEXT:      %[[TO:.*]] = arith.addi %[[START]], %[[I]]
// CHECK-NEXT:      vector.store %[[X]], %{{.*}}[%[[TO]]]
// CHECK-COUNT-1: scf.for
// CHECK-NOT:     scf.for
// CHECK:         vector.maskedstore
func.func @rows(%a: !m) -> !m
    attributes {array.kind = #array.kind<loop>, array.num_params = 4 : i64,
                array.into = [#array.destination<
                    start = [#array.params<[p3, p1]>, #array.params<[2, p1]>],
                    strides = [#array.params<[p1]>, #array.params<[1]>]>]} {
  return %a : !m
}

// Columns: a loop over rows that lie further apart than they are long.
// CHECK-LABEL: func.func @columns(
// CHECK-SAME:    index, %[[P1:[^:]*]]: index, %[[P2:[^:]*]]: index, %[[P3:[^:]*]]: index, %{{.*}}: index, %{{.*}}: index)
// CHECK-SAME:    array.work = #array.params<[1, p0]>
// CHECK:         scf.for %[[ROW:[^ ]*]] =
// CHECK-DAG:       %[[FROM:.*]] = arith.muli %[[ROW]], %[[P1]]
// CHECK-DAG:       %[[LINE:.*]] = arith.muli %[[ROW]], %[[P2]]
// CHECK-DAG:       %[[TO:.*]] = arith.addi %[[P3]], %[[LINE]]
// CHECK:           scf.for %[[I:[^ ]*]] =
// CHECK-DAG:         %[[SOURCE:.*]] = arith.addi %[[FROM]], %[[I]]
// CHECK-DAG:         %[[X:.*]] = vector.load %{{.*}}[%[[SOURCE]]]
// CHECK-DAG:         %[[TARGET:.*]] = arith.addi %[[TO]], %[[I]]
// CHECK:             vector.store %[[X]], %{{.*}}[%[[TARGET]]]
func.func @columns(%a: !m) -> !m
    attributes {array.kind = #array.kind<loop>, array.num_params = 4 : i64,
                array.into = [#array.destination<
                    start = [#array.params<[p3]>],
                    strides = [#array.params<[p2]>, #array.params<[1]>]>]} {
  return %a : !m
}

// The first part begins at zero.
// CHECK-LABEL: func.func @first
// CHECK:         scf.for %[[I:[^ ]*]] =
// CHECK-NEXT:      %[[X:.*]] = vector.load %{{.*}}[%[[I]]]
// CHECK-NEXT:      vector.store %[[X]], %{{.*}}[%[[I]]]
func.func @first(%a: !m) -> !m
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64,
                array.into = [#array.destination<
                    start = [],
                    strides = [#array.params<[p1]>, #array.params<[1]>]>]} {
  return %a : !m
}

// CHECK-LABEL: func.func @complex(
// CHECK-SAME:    index, %{{.*}}: index, %[[P2:[^:]*]]: index, %{{.*}}: index, %{{.*}}: index)
// CHECK:         %[[START:.*]] = arith.muli %{{.*}}, %[[P2]]
// CHECK:         scf.for %[[I:[^ ]*]] =
// CHECK:           %[[FROM:.*]] = arith.muli %[[I]]
// CHECK:           vector.load %{{.*}}[%[[FROM]]] : memref<?xf32>, vector<64xf32>
// CHECK:           %[[TO:.*]] = arith.addi %[[START]]
// CHECK:           vector.store %{{.*}}, %{{.*}}[%[[TO]]] : memref<?xf32>, vector<64xf32>
func.func @complex(%a: !c) -> !c
    attributes {array.kind = #array.kind<loop>, array.num_params = 3 : i64,
                array.into = [#array.destination<
                    start = [#array.params<[p2]>],
                    strides = [#array.params<[1]>]>]} {
  return %a : !c
}

// Elements that are apart: vectors are scattered.
// CHECK-LABEL: func.func @strided(
// CHECK-SAME:    %[[X:[^:]*]]: memref<f32>, %[[R:[^:]*]]: memref<f32>, %{{[^:]*}}: index, %[[START:[^:]*]]: index, %[[STEP:[^:]*]]: index
// CHECK:         scf.for %[[I:[^ ]*]] =
// CHECK:           %[[ROOM:.*]] = arith.muli %[[I]], %[[STEP]]
// CHECK:           %[[TO:.*]] = arith.addi %[[START]], %[[ROOM]]
// CHECK:           vector.scatter %{{.*}}[%[[TO]]]
func.func @strided(%a: tensor<?xf32, #array.params<[p0]>>)
    -> tensor<?xf32, #array.params<[p0]>>
    attributes {array.kind = #array.kind<loop>, array.num_params = 3 : i64,
                array.into = [#array.destination<
                    start = [#array.params<[p1]>],
                    strides = [#array.params<[p2]>]>]} {
  return %a : tensor<?xf32, #array.params<[p0]>>
}

// Backwards: no loop of two dimensions.
// CHECK-LABEL: func.func @backwards(
// CHECK-SAME:    array.work = #array.params<[1, p0]>
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             %[[X:.*]] = vector.load
// CHECK:             %[[TURNED:.*]] = vector.shuffle %[[X]], %[[X]] [63, 62, {{.*}}, 1, 0]
// CHECK:             vector.store %[[TURNED]]
// CHECK:           scf.for
// CHECK:             vector.maskedload
// CHECK:             %[[FRONT:.*]] = vector.create_mask %{{.*}} : vector<16xi1>
// CHECK:             %[[LIVE:.*]] = arith.xori %[[FRONT]]
// CHECK:             vector.maskedstore {{.*}}, %[[LIVE]]
// CHECK-NOT:     vector.scatter
// CHECK:         return
func.func @backwards(%a: !m) -> !m
    attributes {array.kind = #array.kind<loop>, array.num_params = 3 : i64,
                array.into = [#array.destination<
                    start = [#array.params<[p2]>],
                    strides = [#array.params<[p1]>, #array.params<[-1]>]>]} {
  return %a : !m
}

// Results have their own places, or are whole.
// CHECK-LABEL: func.func @results(
// CHECK-SAME:    %{{[^:]*}}: memref<f32>, %[[A:[^:]*]]: memref<f32>, %[[B:[^:]*]]: memref<f32>,
// CHECK-DAG:     %[[FLAT_A:.*]] = memref.reinterpret_cast %[[A]]
// CHECK-DAG:     %[[FLAT_B:.*]] = memref.reinterpret_cast %[[B]]
// CHECK-COUNT-2: scf.for
// CHECK-DAG:       vector.store %{{.*}}, %[[FLAT_A]][%[[I:.*]]]
// CHECK-DAG:       vector.store %{{.*}}, %[[FLAT_B]]
func.func @results(%a: !m) -> (!m, !m)
    attributes {array.kind = #array.kind<loop>, array.num_params = 4 : i64,
                array.into = [unit, #array.destination<
                    start = [#array.params<[p2]>],
                    strides = [#array.params<[p3]>, #array.params<[1]>]>]} {
  %0 = array.negative %a : !m -> !m
  return %a, %0 : !m, !m
}

// Reported numbers that are not 0 meet in one place.
// CHECK-LABEL: func.func @reports(
// CHECK:         scf.for
// CHECK:           %[[X:.*]] = vector.maskedload
// CHECK:           %[[LIVE:.*]] = arith.select %{{.*}}, %[[X]]
// CHECK:           %[[MAX:.*]] = vector.reduction <maxui>, %[[LIVE]]
// CHECK:           %[[ANY:.*]] = arith.cmpi ne, %[[MAX]]
// CHECK:           scf.if %[[ANY]]
// CHECK-NEXT:        memref.atomic_rmw maxu %[[MAX]]
// CHECK-NOT:     vector.store
// CHECK:         return
func.func @reports(%a: tensor<?xui64, #array.params<[p0]>>)
    -> tensor<?xui64, #array.params<[p0]>>
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64,
                array.into = [#array.destination<
                    start = [], strides = [#array.params<[0]>],
                    reports = true>]} {
  return %a : tensor<?xui64, #array.params<[p0]>>
}
