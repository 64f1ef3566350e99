// What form-fusions would have made of it is not there.
// RUN: numloom-opt %s --numloom-plan-buffers -verify-diagnostics

!m = tensor<2x3xf32>
!t = tensor<3x2xf32>

func.func @base_is_a_view(%a: !m, %v: !t) -> !t {
  %0 = array.transpose %a axes [1, 0] : !m -> !t
  // expected-error @+1 {{expects a base that is stored as it is}}
  %1 = array.update %0, %v starts <[0, 0]> steps <[1, 1]> : !t, !t -> !t
  return %1 : !t
}

func.func @report_between_kernels(%x: tensor<2xui64>) -> tensor<ui64> {
  // expected-error @+1 {{expects to be a result of the program}}
  %0 = array.report %x : tensor<2xui64> -> tensor<ui64>
  %1 = array.fusion (%a = %0 : tensor<ui64>) -> (tensor<ui64>)
      attributes {kind = #array.kind<loop>} {
    %2 = array.invert %a : tensor<ui64> -> tensor<ui64>
    array.yield %2 : tensor<ui64>
  }
  return %1 : tensor<ui64>
}
