// RUN: numloom-opt %s --numloom-schedule-gpu -split-input-file \
// RUN:   -verify-diagnostics

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.schedule must be a dictionary with a name}}
func.func @no_dictionary(%a: !v) -> !v
    attributes {array.num_params = 1 : i64, array.schedule = "loop"} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.schedule must name one of loop, transpose, stencil, row, row_tile, pairs, split, column, scan, tiled_scan, column_scan, compress, scatter_serial, scatter_runs; got tile}}
func.func @unknown_schedule(%a: !v) -> !v
    attributes {array.num_params = 1 : i64, array.schedule = {name = "tile"}} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.schedule: "vector" must be a power of two from 1 to 16}}
func.func @odd_vector(%a: !v) -> !v
    attributes {array.num_params = 1 : i64,
                array.schedule = {name = "loop", vector = 3 : i64}} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.schedule: "unroll" must be an integer from 1 to 16}}
func.func @option_is_no_integer(%a: !v) -> !v
    attributes {array.num_params = 1 : i64,
                array.schedule = {name = "loop", unroll = 2.0 : f64}} {
  return %a : !v
}

// -----

!m = tensor<?x?xf32, #array.params<[p0, p1]>>

// expected-error @below {{blocks that stay in rows have one turn}}
func.func @turns_in_rows(%a: !m) -> !m
    attributes {array.num_params = 2 : i64,
                array.schedule = {name = "loop", rows = 1 : i64, turns = 2 : i64}} {
  return %a : !m
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.guards must be a list of #array.guard}}
func.func @no_guard(%a: !v) -> !v
    attributes {array.num_params = 1 : i64, array.schedule = {name = "loop"},
                array.guards = [#array.params<[p0]>]} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{argument 0 is passed by value but is an array}}
func.func @array_by_value(%a: !v {array.scalar}) -> !v
    attributes {array.num_params = 1 : i64} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{array.in_place must name an operand, or -1, for each result}}
func.func @in_place_of_nothing(%a: !v) -> !v
    attributes {array.num_params = 1 : i64,
                array.in_place = array<i64: 1>} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{kernel writes nothing}}
func.func @no_result(%a: !v) attributes {array.num_params = 1 : i64} {
  return
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{the loop schedule is for kernels without reductions}}
func.func @reduction_in_loop(%a: !v) -> tensor<f32>
    attributes {array.num_params = 1 : i64, array.schedule = {name = "loop"}} {
  %0 = array.sum %a axes [0] : !v -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

// expected-error @below {{a single element has no vectors and no rows}}
func.func @vector_of_one(%a: tensor<f32>) -> tensor<f32>
    attributes {array.num_params = 0 : i64,
                array.schedule = {name = "loop", vector = 4 : i64}} {
  return %a : tensor<f32>
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>

// expected-error @below {{the transpose schedule needs the dimension along which its operands are contiguous}}
func.func @tile_of_one_dimension(%a: !v) -> !v
    attributes {array.num_params = 1 : i64,
                array.schedule = {name = "transpose", dim = 0 : i64}} {
  return %a : !v
}

// -----

!m = tensor<?x?xf32, #array.params<[p0, p1]>>
!t = tensor<?x?xf32, #array.params<[p1, p0]>>

// expected-error @below {{a tile must have a vector for each thread}}
func.func @tile_of_few_vectors(%a: !t) -> !m
    attributes {array.num_params = 2 : i64,
                array.schedule = {name = "transpose", dim = 0 : i64,
                                  height = 32 : i64, vector = 16 : i64}} {
  %0 = array.transpose %a axes [1, 0] : !t -> !m
  return %0 : !m
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
// expected-error @+1 {{array.schedule: "group" must divide "threads"}}
func.func @group(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.schedule = {name = "row", group = 256, threads = 64}} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
// expected-error @+1 {{columns need a dimension that is kept}}
func.func @no_columns(%a: !v) -> tensor<f32>
    attributes {array.kind = #array.kind<column>, array.num_params = 1 : i64,
                array.schedule = {name = "column"}} {
  %0 = array.sum %a axes [0] : !v -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
// expected-error @+1 {{a split kernel has one stage}}
func.func @stages(%a: !v) -> !v
    attributes {array.kind = #array.kind<split>, array.num_params = 1 : i64,
                array.schedule = {name = "split"}} {
  %0 = array.sum %a axes [0] : !v -> tensor<f32>
  %1 = array.broadcast %0 axes [] : tensor<f32> -> !v
  %2 = array.subtract %a, %1 : !v, !v -> !v
  return %2 : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
// expected-error @+1 {{a row of a cluster takes all threads of a block}}
func.func @cluster(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.schedule = {name = "row", cluster = 2, group = 32, threads = 64}} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
// expected-error @+1 {{tiles of rows have one stage, two loops that are kept, and no results over the rows}}
func.func @row_tile(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.schedule = {name = "row_tile"}} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p0, p1]>>
// expected-error @+1 {{pairs have one stage, one loop that is reduced, two and more that are kept, an operand on either side, and no results over the rows}}
func.func @pairs(%a: !m) -> !v
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.schedule = {name = "pairs"}} {
  %0 = array.sum %a axes [1] : !m -> !v
  return %0 : !v
}

// -----

!a = tensor<?x1x?xf32, #array.params<[p0, 1, p1]>>
!b = tensor<1x?x?xf32, #array.params<[1, p0, p1]>>
!x = tensor<?x?x?xf32, #array.params<[p0, p0, p1]>>
!r = tensor<?x?xf32, #array.params<[p0, p0]>>
// expected-error @+1 {{array.schedule: a tile of pairs must be whole threads, vectors and steps}}
func.func @part_of_step(%a: !a, %b: !b) -> !r
    attributes {array.kind = #array.kind<row>, array.num_params = 2 : i64,
                array.schedule = {name = "pairs", depth = 16, steps = 3}} {
  %0 = array.broadcast %a axes [0, 1, 2] : !a -> !x
  %1 = array.broadcast %b axes [0, 1, 2] : !b -> !x
  %2 = array.multiply %0, %1 : !x, !x -> !x
  %3 = array.max %2 axes [2] : !x -> !r
  return %3 : !r
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
// expected-error @+1 {{the stencil schedule is for kernels of two loops and more without reductions}}
func.func @stencil(%a: !v) -> !v
    attributes {array.num_params = 1 : i64, array.schedule = {name = "stencil"}} {
  return %a : !v
}

// -----

!v = tensor<?xf32, #array.params<[p0]>>
!m = tensor<?x?xf32, #array.params<[p1, p2]>>
!i = tensor<?x?xsi64, #array.params<[p1, p2]>>
// expected-error @+1 {{runs are of indices with one axis}}
func.func @runs(%a: !v, %b: !m, %i: !i) -> !v
    attributes {array.kind = #array.kind<scatter>, array.num_params = 3 : i64,
                array.schedule = {name = "scatter_runs"}} {
  %0 = array.scatter %a[%i] axes [0], %b combine add repeats neighbours : !v, !m, !i -> !v
  return %0 : !v
}
