// RUN: numloom-opt %s -verify-diagnostics -split-input-file

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p2]>>
!i = tensor<?xsi64, #array.params<[p1]>>
!w = tensor<?xf32, #array.params<[p1]>>

func.func @no_index(%x: !v) {
  // expected-error @+1 {{expects one index for each of its axes}}
  %0 = "array.gather"(%x) {axes = array<i64>} : (!v) -> !v
  return
}

func.func @axis_out_of_range(%x: !v, %i: !i) {
  // expected-error @+1 {{expects ascending axes of 'tensor<?xf32, #array.params<[p0]>>', got [1]}}
  %0 = array.gather %x[%i] axes [1] : !v, !i -> !w
  return
}

func.func @descending_axes(%x: !m, %i: !i) {
  // expected-error @+1 {{expects ascending axes}}
  %0 = array.gather %x[%i, %i] axes [1, 0] : !m, !i, !i -> !w
  return
}

func.func @other_shapes(%x: !m, %i: !i, %j: tensor<2xsi64>) {
  // expected-error @+1 {{expects indices of one shape}}
  %0 = array.gather %x[%i, %j] axes [0, 1] : !m, !i, tensor<2xsi64> -> !w
  return
}

func.func @gathered_extents(%x: !v, %i: !i) {
  // expected-error @+1 {{expects result type 'tensor<?xf32, #array.params<[p1]>>', got 'tensor<?xf32, #array.params<[p0]>>'}}
  %0 = array.gather %x[%i] axes [0] : !v, !i -> !v
  return
}

func.func @index_dtype(%x: !v, %i: !w) {
  // expected-error @+1 {{operand #1 must be variadic of tensor with static or named extents}}
  %0 = array.gather %x[%i] axes [0] : !v, !w -> !w
  return
}

func.func @scattered_extents(%x: !v, %i: !i) {
  // expected-error @+1 {{expects a value of the indices' axes and the base's others}}
  %0 = array.scatter %x[%i] axes [0], %x combine 0 repeats 0 : !v, !v, !i -> !v
  return
}

func.func @scattered_dtype(%x: !v, %i: !i) {
  // expected-error @+1 {{expects a value of the base's dtype}}
  %0 = array.scatter %x[%i] axes [0], %i combine 0 repeats 0 : !v, !i, !i -> !v
  return
}

func.func @combiner(%x: !v, %w: !w, %i: !i) {
  // expected-error @+1 {{expects combine below 10 and repeats below 3}}
  %0 = array.scatter %x[%i] axes [0], %w combine 10 repeats 0 : !v, !w, !i -> !v
  return
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!b = tensor<?xi1, #array.params<[p0]>>

func.func @compressed_number(%k: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{expects an axis to compress}}
  %0 = array.compress %k, %x : tensor<i1>, tensor<f32> -> !v
  return
}

func.func @mask_of_other_extents(%k: tensor<2xi1>, %x: !v) {
  // expected-error @+1 {{expects a mask of the value's extents}}
  %0 = array.compress %k, %x : tensor<2xi1>, !v -> !v
  return
}

func.func @compressed_to_a_matrix(%k: !b, %x: !v) {
  // expected-error @+1 {{expects a vector of the value's dtype}}
  %0 = array.compress %k, %x : !b, !v -> tensor<2x2xf32>
  return
}

func.func @compressed_to_another_dtype(%k: !b, %x: !v) {
  // expected-error @+1 {{expects a vector of the value's dtype}}
  %0 = array.compress %k, %x : !b, !v -> tensor<2xf64>
  return
}
