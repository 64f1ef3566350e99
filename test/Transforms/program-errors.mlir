// What is no program in the array dialect is refused by the passes on programs.
// RUN: numloom-opt %s --numloom-form-fusions -split-input-file \
// RUN:   -verify-diagnostics
// RUN: numloom-opt %s --numloom-plan-buffers -split-input-file \
// RUN:   -verify-diagnostics

// expected-error @below {{expects arrays as arguments, got 'i32'}}
func.func @scalar_argument(%x: tensor<3xf32>, %y: i32) {
  return
}

// -----

// expected-error @below {{expects arrays as arguments, got 'tensor<3xi7>'}}
func.func @no_dtype(%x: tensor<3xi7>) -> tensor<3xi7> {
  return %x : tensor<3xi7>
}

// -----

// expected-error @below {{expects results of named extents, got 'tensor<?xf32>'}}
func.func @storage_result(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

// -----

func.func @foreign_op(%x: tensor<f32>) {
  // expected-error @below {{is no operation on arrays}}
  %0 = arith.constant 1 : i32
  return
}

// -----

// expected-error @below {{expects a program of one block}}
func.func @two_blocks(%x: tensor<f32>) {
  cf.br ^bb1
^bb1:
  return
}
