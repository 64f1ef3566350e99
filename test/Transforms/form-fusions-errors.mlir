// RUN: numloom-opt %s --numloom-form-fusions -verify-diagnostics

// expected-error @+1 {{expects a program that holds no fusions yet}}
func.func @fused_already(%x: tensor<f32>) -> tensor<f32> {
  %0 = array.fusion (%a = %x : tensor<f32>) -> (tensor<f32>) attributes {kind = #array.kind<loop>} {
    array.yield %a : tensor<f32>
  }
  return %0 : tensor<f32>
}
