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
  %0 = array.scatter %x[%i] axes [0], %x combine replace repeats any : !v, !v, !i -> !v
  return
}

func.func @scattered_dtype(%x: !v, %i: !i) {
  // expected-error @+1 {{expects a value of the base's dtype, got 'tensor<?xsi64, #array.params<[p1]>>'}}
  %0 = array.scatter %x[%i] axes [0], %i combine replace repeats any : !v, !i, !i -> !v
  return
}

func.func @combiner_of_integers(%x: !v, %w: !w, %i: !i) {
  // expected-error @+1 {{bitwise_and does not combine elements of 'tensor<?xf32, #array.params<[p0]>>'}}
  %0 = array.scatter %x[%i] axes [0], %w combine bitwise_and repeats any : !v, !w, !i -> !v
  return
}

func.func @combiner_to_another_dtype(%x: !i, %i: !i) {
  // expected-error @+1 {{divide does not combine elements of 'tensor<?xsi64, #array.params<[p1]>>'}}
  %0 = array.scatter %x[%i] axes [0], %x combine divide repeats any : !i, !i, !i -> !i
  return
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!i = tensor<?xsi64, #array.params<[p0]>>

func.func @no_combiner(%x: !v, %i: !i) {
  // expected-error @+1 {{expected string or keyword containing one of the following enum values for attribute 'combine'}}
  %0 = array.scatter %x[%i] axes [0], %x combine power repeats any : !v, !v, !i -> !v
  return
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!w = tensor<?xf32, #array.params<[p1]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>

func.func @updated_type(%x: !v, %y: !w) {
  // expected-error @+1 {{expects a result of the base's type 'tensor<?xf32, #array.params<[p0]>>', got 'tensor<?xf32, #array.params<[p1]>>'}}
  %0 = array.update %x, %y starts <[0]> steps <[1]> : !v, !w -> !w
  return
}

func.func @updated_dtype(%x: !v, %y: tensor<2xf64>) {
  // expected-error @+1 {{expects a value of the base's dtype, got 'tensor<2xf64>'}}
  %0 = array.update %x, %y starts <[0]> steps <[1]> : !v, tensor<2xf64> -> !v
  return
}

func.func @updated_rank(%x: !v, %y: !m) {
  // expected-error @+1 {{expects a value of the base's rank 1}}
  %0 = array.update %x, %y starts <[0]> steps <[1]> : !v, !m -> !v
  return
}

func.func @updated_starts(%x: !v, %y: !w) {
  // expected-error @+1 {{expects 1 starts, one per axis, got 2}}
  %0 = array.update %x, %y starts <[0, 0]> steps <[1]> : !v, !w -> !v
  return
}

func.func @updated_steps(%x: !v, %y: !w) {
  // expected-error @+1 {{expects steps other than 0}}
  %0 = array.update %x, %y starts <[0]> steps <[0]> : !v, !w -> !v
  return
}

func.func @updated_beyond_the_end(%x: tensor<4xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{expects to stay within axis 0 of extent 4}}
  %0 = array.update %x, %y starts <[2]> steps <[1]> : tensor<4xf32>, tensor<3xf32> -> tensor<4xf32>
  return
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!b = tensor<?xi1, #array.params<[p0]>>

func.func @compressed_number(%k: tensor<i1>, %x: tensor<f32>) {
  // expected-error @+1 {{expects 1 to 64 axes to compress, got 'tensor<f32>'}}
  %0 = array.compress %k, %x : tensor<i1>, tensor<f32> -> !v
  return
}

func.func @too_many_axes(%k: tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xi1>, %x: tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32>) {
  // expected-error @+1 {{expects 1 to 64 axes to compress}}
  %0 = array.compress %k, %x : tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xi1>, tensor<1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1x1xf32> -> !v
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
