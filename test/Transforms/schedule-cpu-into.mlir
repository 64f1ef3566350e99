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
// CHECK-NOT:     scf.for
// CHECK:         vector.maskedstore
func.func @rows(%a: !m) -> !m
    attributes {array.kind = "loop", array.num_params = 4 : i64,
                array.into = #array.params<[p2, p1]>,
                array.into_axis = 0 : i64,
                array.into_start = #array.params<[p3, 2]>} {
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
    attributes {array.kind = "loop", array.num_params = 4 : i64,
                array.into = #array.params<[p0, p2]>,
                array.into_axis = 1 : i64,
                array.into_start = #array.params<[p3]>} {
  return %a : !m
}

// The first part begins at zero.
// CHECK-LABEL: func.func @first
// CHECK:         scf.for %[[I:[^ ]*]] =
// CHECK-NEXT:      %[[X:.*]] = vector.load %{{.*}}[%[[I]]]
// CHECK-NEXT:      vector.store %[[X]], %{{.*}}[%[[I]]]
func.func @first(%a: !m) -> !m
    attributes {array.kind = "loop", array.num_params = 3 : i64,
                array.into = #array.params<[p2, p1]>,
                array.into_axis = 0 : i64,
                array.into_start = #array.params<[]>} {
  return %a : !m
}

// CHECK-LABEL: func.func @complex(
// CHECK-SAME:    index, %{{.*}}: index, %[[P2:[^:]*]]: index, %{{.*}}: index, %{{.*}}: index)
// CHECK:         %[[START:.*]] = arith.muli %{{.*}}, %[[P2]]
// CHECK:         scf.for %[[I:[^ ]*]] =
// CHECK:           %[[FROM:.*]] = arith.muli %[[I]]
// CHECK:           vector.load %{{.*}}[%[[FROM]]] : memref<?xf32>, vector<128xf32>
// CHECK:           %[[TO:.*]] = arith.addi %[[START]]
// CHECK:           vector.store %{{.*}}, %{{.*}}[%[[TO]]] : memref<?xf32>, vector<128xf32>
func.func @complex(%a: !c) -> !c
    attributes {array.kind = "loop", array.num_params = 3 : i64,
                array.into = #array.params<[p1]>, array.into_axis = 0 : i64,
                array.into_start = #array.params<[p2]>} {
  return %a : !c
}
