// RUN: numloom-opt %s -verify-diagnostics -split-input-file

// expected-error @+1 {{expects a positive divisor, got 0}}
func.func private @size() attributes {test.size = #array.size<factors = <[p0]>, divisor = 0>}

// -----

// expected-error @+1 {{expects a positive multiple, got -1}}
func.func private @guard() attributes {test.guard = #array.guard<value = <factors = <[p0]>>, multiple = -1>}

// -----

// The dialect's attributes of functions and their arguments.

// expected-error @+1 {{array.param_hints must be an array of i64}}
func.func private @hints() attributes {array.param_hints = 1000}

// -----

// expected-error @+1 {{array.donations must be an array of i64}}
func.func private @donations() attributes {array.donations = array<i32: 0>}

// -----

// expected-error @+1 {{array.gpu must be unit}}
func.func private @gpu() attributes {array.gpu = true}

// -----

// expected-error @+1 {{array.index_bits must be 32 or 64}}
func.func private @index_bits() attributes {array.index_bits = 16}

// -----

// expected-error @+1 {{array.scalar of argument 1 must be unit}}
func.func private @scalar(tensor<f32>, tensor<f32> {array.scalar = 1})
