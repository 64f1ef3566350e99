// RUN: numloom-opt %s | numloom-opt | FileCheck %s
// RUN: numloom-opt %s --mlir-print-op-generic | numloom-opt | FileCheck %s

!f32_n = tensor<?xf32, #array.params<[p0]>>
!f64_n = tensor<?xf64, #array.params<[p0]>>
!si64_n = tensor<?xsi64, #array.params<[p0]>>
!bool_n = tensor<?xi1, #array.params<[p0]>>
!f32_nm = tensor<?x?xf32, #array.params<[p0, p1]>>
!f32_mn = tensor<?x?xf32, #array.params<[p1, p0]>>

// CHECK-LABEL: @types
// CHECK-SAME: tensor<?x1x?xf32, #array.params<[p0, 1, p12]>>
// CHECK-SAME: tensor<0x3xcomplex<f64>>
// CHECK-SAME: tensor<?xui8>
func.func @types(%0: tensor<?x1x?xf32, #array.params<[p0, 1, p12]>>,
                 %1: tensor<0x3xcomplex<f64>>, %2: tensor<?xui8>) {
  return
}

// CHECK-LABEL: @elementwise
func.func @elementwise(%x: !f32_n) -> !f64_n {
  // CHECK: %[[SUM:.*]] = array.add %{{.*}}, %{{.*}} : tensor<?xf32, #array.params<[p0]>>, tensor<?xf32, #array.params<[p0]>> -> tensor<?xf32, #array.params<[p0]>>
  %0 = array.add %x, %x : !f32_n, !f32_n -> !f32_n
  // CHECK: array.cast %[[SUM]] : tensor<?xf32, #array.params<[p0]>> -> tensor<?xf64, #array.params<[p0]>>
  %1 = array.cast %0 : !f32_n -> !f64_n
  return %1 : !f64_n
}

// CHECK-LABEL: @index_values
func.func @index_values() {
  // CHECK: array.constant(1.500000e+00 : f64) : tensor<f32>
  %0 = array.constant(1.5 : f64) : tensor<f32>
  // CHECK: array.constant(-1 : i64) : tensor<?xsi64, #array.params<[p0]>>
  %1 = array.constant(-1 : i64) : !si64_n
  // CHECK: array.empty : tensor<?xf32, #array.params<[p0]>>
  %4 = array.empty : !f32_n
  // CHECK: array.iota axis 0 : tensor<?xsi64, #array.params<[p0]>>
  %2 = array.iota axis 0 : !si64_n
  // CHECK: array.extent <[p0, p1]> : tensor<si64>
  %3 = array.extent <[p0, p1]> : tensor<si64>
  return
}

// CHECK-LABEL: @views
func.func @views(%x: !f32_n, %xy: !f32_nm, %flat: tensor<?xf32>) {
  // CHECK: array.broadcast %{{.*}} axes [1] : tensor<?xf32, #array.params<[p0]>> -> tensor<?x?xf32, #array.params<[p1, p0]>>
  %0 = array.broadcast %x axes [1] : !f32_n -> !f32_mn
  // CHECK: array.transpose %{{.*}} axes [1, 0]
  %1 = array.transpose %xy axes [1, 0] : !f32_nm -> !f32_mn
  // CHECK: array.slice %{{.*}} starts <[p2]> steps <[-1]>
  %2 = array.slice %x starts <[p2]> steps <[-1]> : !f32_n -> !f32_n
  // CHECK: array.as_strided %{{.*}} strides <[p1, -1]> : tensor<?xf32> ->
  %3 = array.as_strided %flat strides <[p1, -1]> : tensor<?xf32> -> !f32_nm
  // CHECK: array.reshape %{{.*}} : tensor<?xf32, #array.params<[p0]>> -> tensor<1x?xf32, #array.params<[1, p0]>>
  %4 = array.reshape %x : !f32_n -> tensor<1x?xf32, #array.params<[1, p0]>>
  return
}

// CHECK-LABEL: @reductions
func.func @reductions(%x: !f32_nm, %b: !bool_n, %i: !si64_n) {
  // CHECK: array.sum %{{.*}} axes [0, 1] : tensor<?x?xf32, #array.params<[p0, p1]>> -> tensor<f32>
  %0 = array.sum %x axes [0, 1] : !f32_nm -> tensor<f32>
  // CHECK: array.prod %{{.*}} axes [1]
  %1 = array.prod %x axes [1] : !f32_nm -> !f32_n
  // CHECK: array.max %{{.*}} axes [1]
  %2 = array.max %x axes [1] : !f32_nm -> !f32_n
  // CHECK: array.min %{{.*}} axes [1]
  %3 = array.min %x axes [1] : !f32_nm -> !f32_n
  // CHECK: array.fmax_reduce %{{.*}} axes [1]
  %4 = array.fmax_reduce %x axes [1] : !f32_nm -> !f32_n
  // CHECK: array.fmin_reduce %{{.*}} axes [1]
  %5 = array.fmin_reduce %x axes [1] : !f32_nm -> !f32_n
  // CHECK: array.all %{{.*}} axes [0] : tensor<?xi1, #array.params<[p0]>> -> tensor<i1>
  %6 = array.all %b axes [0] : !bool_n -> tensor<i1>
  // CHECK: array.any %{{.*}} axes [0]
  %7 = array.any %b axes [0] : !bool_n -> tensor<i1>
  // CHECK: array.bitwise_and_reduce %{{.*}} axes [0]
  %8 = array.bitwise_and_reduce %i axes [0] : !si64_n -> tensor<si64>
  // CHECK: array.bitwise_or_reduce %{{.*}} axes [0]
  %9 = array.bitwise_or_reduce %i axes [0] : !si64_n -> tensor<si64>
  // CHECK: array.bitwise_xor_reduce %{{.*}} axes [0]
  %10 = array.bitwise_xor_reduce %i axes [0] : !si64_n -> tensor<si64>
  // CHECK: array.squared_deviations %{{.*}} axes [1]
  %13 = array.squared_deviations %x axes [1] : !f32_nm -> !f32_n
  // CHECK: array.argmax %{{.*}} axes [1] : tensor<?x?xf32, #array.params<[p0, p1]>> -> tensor<?xsi64, #array.params<[p0]>>
  %11 = array.argmax %x axes [1] : !f32_nm -> !si64_n
  // CHECK: array.argmin %{{.*}} axes [1]
  %12 = array.argmin %x axes [1] : !f32_nm -> !si64_n
  return
}

// CHECK-LABEL: @scans
func.func @scans(%x: !f32_nm) {
  // CHECK: array.scan_sum %{{.*}} axes [1] : tensor<?x?xf32, #array.params<[p0, p1]>> -> tensor<?x?xf32, #array.params<[p0, p1]>>
  %0 = array.scan_sum %x axes [1] : !f32_nm -> !f32_nm
  // CHECK: array.scan_prod %{{.*}} axes [0]
  %1 = array.scan_prod %x axes [0] : !f32_nm -> !f32_nm
  // CHECK: array.scan_max %{{.*}} axes [0]
  %2 = array.scan_max %x axes [0] : !f32_nm -> !f32_nm
  // CHECK: array.scan_min %{{.*}} axes [0]
  %3 = array.scan_min %x axes [0] : !f32_nm -> !f32_nm
  return
}

// CHECK-LABEL: @joins
func.func @joins(%x: !f32_nm, %y: !f32_mn) {
  // CHECK: array.concatenate %{{.*}}, %{{.*}} axis 0 :
  %0 = array.concatenate %x, %x axis 0 : !f32_nm, !f32_nm -> tensor<?x?xf32, #array.params<[p2, p1]>>
  // CHECK: array.matmul %{{.*}}, %{{.*}} : {{.*}} -> tensor<?x?xf32, #array.params<[p0, p0]>>
  %1 = array.matmul %x, %y : !f32_nm, !f32_mn -> tensor<?x?xf32, #array.params<[p0, p0]>>
  return
}

// CHECK-LABEL: @fusion
func.func @fusion(%x: !f32_n, %flat: tensor<?xf32>) -> (!f32_n, tensor<f32>) {
  // CHECK: %[[R:.*]]:2 = array.fusion (%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}} : tensor<?xf32, #array.params<[p0]>>, tensor<?xf32>) -> (tensor<?xf32, #array.params<[p0]>>, tensor<f32>) attributes {kind = #array.kind<loop>} {
  %0:2 = array.fusion (%a = %x, %b = %flat : !f32_n, tensor<?xf32>) -> (!f32_n, tensor<f32>) attributes {kind = #array.kind<loop>} {
    // CHECK: array.as_strided %[[B]]
    %1 = array.as_strided %b strides <[0]> : tensor<?xf32> -> !f32_n
    %2 = array.add %a, %1 : !f32_n, !f32_n -> !f32_n
    %3 = array.sum %2 axes [0] : !f32_n -> tensor<f32>
    // CHECK: array.yield %{{.*}}, %{{.*}} : tensor<?xf32, #array.params<[p0]>>, tensor<f32>
    array.yield %2, %3 : !f32_n, tensor<f32>
  }
  // CHECK: array.fusion () -> (tensor<f32>) attributes {kind = #array.kind<loop>} {
  %4 = array.fusion () -> (tensor<f32>) attributes {kind = #array.kind<loop>} {
    %5 = array.constant(0.0 : f64) : tensor<f32>
    array.yield %5 : tensor<f32>
  }
  return %0#0, %4 : !f32_n, tensor<f32>
}

// CHECK-LABEL: @libm
func.func @libm(%x: f64, %y: vector<8xf32>) {
  // CHECK: array.libm "exp"(%{{.*}}) : (f64) -> f64
  %0 = array.libm "exp"(%x) : (f64) -> f64
  // CHECK: array.libm "hypot"(%{{.*}}, %{{.*}}) : (vector<8xf32>, vector<8xf32>) -> vector<8xf32>
  %1 = array.libm "hypot"(%y, %y) : (vector<8xf32>, vector<8xf32>) -> vector<8xf32>
  return
}

// CHECK-LABEL: @reports
func.func @reports(%x: tensor<?xui64, #array.params<[p0]>>, %i: !si64_n)
    -> (tensor<ui64>, !si64_n) {
  // CHECK: %[[R:.*]] = array.report %{{.*}} : tensor<?xui64, #array.params<[p0]>> -> tensor<ui64>
  %0 = array.report %x : tensor<?xui64, #array.params<[p0]>> -> tensor<ui64>
  // CHECK: array.alongside %{{.*}}, %[[R]] : tensor<?xsi64, #array.params<[p0]>>, tensor<ui64>
  %1 = array.alongside %i, %0 : !si64_n, tensor<ui64>
  return %0, %1 : tensor<ui64>, !si64_n
}
