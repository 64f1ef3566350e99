// RUN: numloom-opt %s -verify-diagnostics -split-input-file

func.func @matmulRank(%x: tensor<3xf32>) {
  // expected-error @+1 {{expects operands of one rank of at least 2, got 1 and 1}}
  %0 = array.matmul %x, %x : tensor<3xf32>, tensor<3xf32> -> tensor<f32>
  return
}

// -----

func.func @matmulBatch(%x: tensor<2x3x3xf32>, %y: tensor<4x3x3xf32>) {
  // expected-error @+1 {{expects equal batch extents}}
  %0 = array.matmul %x, %y : tensor<2x3x3xf32>, tensor<4x3x3xf32> -> tensor<2x3x3xf32>
  return
}

// -----

func.func @matmulInner(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects columns of 'tensor<2x3xf32>' to be rows of 'tensor<2x3xf32>'}}
  %0 = array.matmul %x, %x : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @matmulDTypes(%x: tensor<2x3xf32>, %y: tensor<3x2xf64>) {
  // expected-error @+1 {{expects operands of one dtype}}
  %0 = array.matmul %x, %y : tensor<2x3xf32>, tensor<3x2xf64> -> tensor<2x2xf32>
  return
}

// -----

func.func @matmulResult(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>) {
  // expected-error @+1 {{expects result type 'tensor<2x2xf32>', got 'tensor<3x3xf32>'}}
  %0 = array.matmul %x, %y : tensor<2x3xf32>, tensor<3x2xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @gemmProduct(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{expects columns of 'tensor<2x3xf32>' to be rows of 'tensor<2x3xf32>'}}
  %0 = array.gemm %x, %x : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @gemmAddends(%x: tensor<2x2xf32>) {
  // expected-error @+1 {{expects at most 2 addends, got 3}}
  %0 = array.gemm %x, %x addends(%x, %x, %x : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  return
}

// -----

func.func @gemmAddend(%x: tensor<2x2xf32>, %row: tensor<2xf32>) {
  // expected-error @+1 {{expects addends of type 'tensor<2x2xf32>', got 'tensor<2xf32>'}}
  %0 = array.gemm %x, %x addends(%row : tensor<2xf32>) : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  return
}

// -----

func.func @gemmNoAddend(%x: tensor<2x2xf32>, %beta: tensor<f32>) {
  // expected-error @+1 {{expects an addend where one is scaled}}
  %0 = array.gemm %x, %x beta(%beta : tensor<f32>) : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  return
}

// -----

func.func @gemmFactor(%x: tensor<2x2xf32>, %alpha: tensor<f64>) {
  // expected-error @+1 {{expects factors of type 'tensor<f32>', got 'tensor<f64>'}}
  %0 = array.gemm %x, %x alpha(%alpha : tensor<f64>) : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  return
}
