// RUN: numloom-opt %s | numloom-opt | FileCheck %s

!v = tensor<?xf32, #array.params<[p0]>>
!i = tensor<?xsi64, #array.params<[p1]>>
!w = tensor<?xf32, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p2]>>
!j = tensor<?x?xsi64, #array.params<[p1, p3]>>

// CHECK-LABEL: func @gather
func.func @gather(%x: !v, %m: !m, %i: !i, %j: !j) {
  // CHECK: array.gather %{{.*}}[%{{.*}}] axes [0] : tensor<?xf32, #array.params<[p0]>>, tensor<?xsi64, #array.params<[p1]>> -> tensor<?xf32, #array.params<[p1]>>
  %0 = array.gather %x[%i] axes [0] : !v, !i -> !w
  // The indices' axes stand where the first indexed axis stood.
  // CHECK: array.gather %{{.*}}[%{{.*}}] axes [1]
  %1 = array.gather %m[%j] axes [1] : !m, !j
      -> tensor<?x?x?xf32, #array.params<[p0, p1, p3]>>
  // CHECK: array.gather %{{.*}}[%{{.*}}, %{{.*}}] axes [0, 1]
  %2 = array.gather %m[%i, %i] axes [0, 1] : !m, !i, !i -> !w
  return
}

// CHECK-LABEL: func @scatter
func.func @scatter(%x: !v, %m: !m, %i: !i, %w: !w) {
  // CHECK: array.scatter %{{.*}}[%{{.*}}] axes [0], %{{.*}} combine add repeats any
  %0 = array.scatter %x[%i] axes [0], %w combine add repeats any : !v, !w, !i -> !v
  // CHECK: array.scatter %{{.*}}[%{{.*}}, %{{.*}}] axes [0, 1], %{{.*}} combine replace repeats none
  %1 = array.scatter %m[%i, %i] axes [0, 1], %w combine replace repeats none
      : !m, !w, !i, !i -> !m
  // CHECK: combine replace repeats equal
  %2 = array.scatter %x[%i] axes [0], %w combine replace repeats equal : !v, !w, !i -> !v
  return
}

// CHECK-LABEL: func @compress
func.func @compress(%x: !m, %k: tensor<?x?xi1, #array.params<[p0, p2]>>) {
  // CHECK: array.compress %{{.*}}, %{{.*}} : tensor<?x?xi1, #array.params<[p0, p2]>>, tensor<?x?xf32, #array.params<[p0, p2]>> -> tensor<?xf32, #array.params<[p1]>>
  %0 = array.compress %k, %x : tensor<?x?xi1, #array.params<[p0, p2]>>, !m -> !w
  return
}
