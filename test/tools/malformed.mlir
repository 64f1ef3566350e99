// Malformed text is a diagnostic with line and column and exit status 1.

// RUN: not numloom-opt %s 2>&1 | FileCheck %s
// RUN: not numloom-run %s 2>&1 | FileCheck %s

// CHECK: malformed.mlir:[[#@LINE+2]]:{{[0-9]+}}: error: custom op 'array.no_such_op' is unknown
func.func @main(%a: tensor<3xf32>) -> tensor<3xf32> {
  %0 = array.no_such_op %a : tensor<3xf32>
  return %0 : tensor<3xf32>
}
