// RUN: numloom-opt %s --numloom-schedule-cpu -split-input-file \
// RUN:   -verify-diagnostics

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.kind must be a #array.kind}}
func.func @kind_is_text(%a: !v) -> !v
    attributes {array.kind = "loop", array.num_params = 1 : i64} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{kernel writes nothing}}
func.func @no_result(%a: !v)
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  return
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.kind loop is for kernels without reductions}}
func.func @reduction_in_loop(%a: !v) -> tensor<f32>
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  %0 = array.sum %a axes [0] : !v -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!w = tensor<?xf32, #array.params<[p1]>>

func.func @different_shapes(%a: !v, %b: !w) -> (tensor<f32>, tensor<f32>)
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64} {
  %0 = array.sum %a axes [0] : !v -> tensor<f32>
  // expected-error @below {{reductions of one kernel must share their operand's shape and their axes}}
  %1 = array.sum %b axes [0] : !w -> tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!q = tensor<?x?xf32, #array.params<[p0, p0]>>

func.func @different_axes(%a: !q) -> (!v, !v)
    attributes {array.kind = #array.kind<row>, array.num_params = 1 : i64} {
  %0 = array.sum %a axes [0] : !q -> !v
  // expected-error @below {{reductions of one kernel must share their operand's shape and their axes}}
  %1 = array.sum %a axes [1] : !q -> !v
  return %0, %1 : !v, !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!q = tensor<?x?xf32, #array.params<[p0, p0]>>

// The sum of row j at element (i, j) is another item's.
func.func @other_row(%a: !q) -> !q
    attributes {array.kind = #array.kind<row>, array.num_params = 1 : i64} {
  // expected-error @below {{is read at another index within its kernel}}
  %0 = array.sum %a axes [1] : !q -> !v
  %1 = array.broadcast %0 axes [1] : !v -> !q
  %2 = array.divide %a, %1 : !q, !q -> !q
  return %2 : !q
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!w = tensor<?x?xf32, #array.params<[p1, p2]>>

func.func @not_linear(%a: !w) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 3 : i64} {
  // expected-error @below {{is no linear view, which a kernel cannot hold}}
  %0 = array.reshape %a : !w -> !v
  return %0 : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!w = tensor<?xf32, #array.params<[p1]>>

func.func @no_element(%a: !v, %b: !v) -> !w
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  // expected-error @below {{has no place in a kernel}}
  %0 = array.concatenate %a, %b axis 0 : !v, !v -> !w
  return %0 : !w
}

// -----

!v = tensor<?xf32, #array.params<[p2]>>

// expected-error @below {{array.num_params must be 3}}
func.func @too_few_params(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.num_params must be 2}}
func.func @no_params(%a: !v) -> !v attributes {array.kind = #array.kind<loop>} {
  %0 = array.slice %a starts <[p1]> steps <[1]> : !v -> !v
  return %0 : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.num_params must be 1}}
func.func @too_many_params(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 9223372036854775807} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p4000000000]>>

// expected-error @below {{a kernel takes at most 65536 parameters}}
func.func @parameter_out_of_range(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.into must have an entry for each result}}
func.func @into_for_one_result(%a: !v, %b: tensor<f32>) -> (!v, tensor<f32>)
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64,
                array.into = [unit]} {
  return %a, %b : !v, tensor<f32>
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.into must be unit or have a product of parameters for each axis of a result}}
func.func @into_without_stride(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64,
                array.into = [#array.destination<start = [], strides = []>]} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.into must be unit or have a product of parameters for each axis of a result}}
func.func @into_no_number(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64,
                array.into = [#array.destination<start = ["x"],
                                                 strides = [unit]>]} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.borders must be unit or have the axes of an operand of its dtype}}
func.func @border_without_place(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 2 : i64,
                array.borders = [#array.border<operand = 0, starts = <[1]>, extents = <[p0]>, whole = <[p1]>>]} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.borders must be unit or have the axes of an operand of its dtype}}
func.func @border_of_nothing(%a: !v) -> !v
    attributes {array.kind = #array.kind<loop>, array.num_params = 1 : i64,
                array.into = [#array.destination<start = [], strides = [#array.params<[1]>]>],
                array.borders = [#array.border<operand = 1, starts = <[]>, extents = <[]>, whole = <[]>>]} {
  return %a : !v
}

// -----

// Functions without a kind are no kernels.
func.func @no_kernel(%a: i32) -> i32 {
  return %a : i32
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.kind scatter is for kernels whose only result is that of a scatter}}
func.func @no_scatter(%a: !v) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 1 : i64} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!b = tensor<?xi1, #array.params<[p0]>>
!w = tensor<?xf32, #array.params<[p1]>>

// expected-error @below {{array.kind compress is for kernels that compress by one mask}}
func.func @two_masks(%a: !b, %b: !b, %x: !v) -> (!w, !w)
    attributes {array.kind = #array.kind<compress>, array.num_params = 2 : i64} {
  %0 = array.compress %a, %x : !b, !v -> !w
  %1 = array.compress %b, %x : !b, !v -> !w
  return %0, %1 : !w, !w
}
