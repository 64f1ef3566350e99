// RUN: numloom-opt %s -verify-diagnostics -split-input-file

func.func @fusionResult(%x: tensor<2xf32>) {
  // expected-error @+1 {{expects to yield values of its results' types}}
  %0 = array.fusion (%a = %x : tensor<2xf32>) -> (tensor<3xf32>) attributes {kind = #array.kind<loop>} {
    array.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @fusionWithoutKind(%x: tensor<2xf32>) {
  // expected-error @+1 {{requires attribute 'kind'}}
  %0 = array.fusion (%a = %x : tensor<2xf32>) -> (tensor<2xf32>) {
    array.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @fusionOfOtherKind(%x: tensor<2xf32>) {
  // expected-error @+2 {{to be one of: loop, row, column, split, scan, compress, scatter}}
  // expected-error @+1 {{failed to parse Array_FusionKindAttr parameter 'value'}}
  %0 = array.fusion (%a = %x : tensor<2xf32>) -> (tensor<2xf32>) attributes {kind = #array.kind<tile>} {
    array.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @fusionArgument(%x: tensor<2xf32>) {
  // expected-error @+1 {{expects block arguments of its inputs' types}}
  %0 = "array.fusion"(%x) <{kind = #array.kind<loop>}> ({
  ^bb0(%a: tensor<3xf32>):
    "array.yield"(%a) : (tensor<3xf32>) -> ()
  }) : (tensor<2xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @foreignTerminator(%x: tensor<2xf32>) {
  // expected-note @+2 {{implies 'array.yield'}}
  // expected-error @+1 {{expects regions to end with 'array.yield', found 'llvm.unreachable'}}
  %0 = "array.fusion"(%x) <{kind = #array.kind<loop>}> ({
  ^bb0(%a: tensor<2xf32>):
    "llvm.unreachable"() : () -> ()
  }) : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @outsideFusion(%x: tensor<2xf32>) {
  // expected-error @+1 {{expects parent op 'array.fusion'}}
  array.yield %x : tensor<2xf32>
}

// -----

func.func @capture(%x: tensor<2xf32>) {
  // expected-note @+1 {{required by region isolation constraints}}
  %0 = array.fusion () -> (tensor<2xf32>) attributes {kind = #array.kind<loop>} {
    // expected-error @+1 {{using value defined outside the region}}
    array.yield %x : tensor<2xf32>
  }
  return
}
