// Each file that is no input, and each array that does not fit.

// RUN: not numloom-run %s %S/Inputs/missing.npy 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: {{.*}}missing.npy: cannot be opened

// RUN: not numloom-run %s %S/Inputs/text.npy 2>&1 | FileCheck %s --check-prefix=TEXT
// TEXT: text.npy: is no .npy file

// RUN: not numloom-run %s %S/Inputs/truncated.npy 2>&1 | FileCheck %s --check-prefix=TRUNCATED
// TRUNCATED: truncated.npy: has 20 bytes of data where its header says 24

// RUN: not numloom-run %s %S/Inputs/bad-header.npy 2>&1 | FileCheck %s --check-prefix=HEADER
// HEADER: bad-header.npy: header: expected True or False at byte {{[0-9]+}}

// RUN: not numloom-run %s %S/Inputs/object.npy 2>&1 | FileCheck %s --check-prefix=OBJECT
// OBJECT: object.npy: header: dtype '|O8' is not supported

// RUN: not numloom-run %s %S/Inputs/huge.npy 2>&1 | FileCheck %s --check-prefix=HUGE
// HUGE: huge.npy: the array is too big

// RUN: not numloom-run %s 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: numloom-run-errors.mlir:[[#@LINE+10]]:1: error: takes 1 arrays, got 0

// RUN: not numloom-run %s %S/Inputs/f32-2x3.npy 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: numloom-run-errors.mlir:[[#@LINE+7]]:17: error: argument 0 is 'tensor<?xf64, #array.params<[p0]>>', but {{.*}}f32-2x3.npy holds float32[2, 3]

// RUN: not numloom-run %s %S/Inputs/f64-3.npy 2>&1 | FileCheck %s --check-prefix=PARAM
// PARAM: numloom-run-errors.mlir:[[#@LINE+4]]:1: error: parameter p1 is the extent of no argument; give it with --param 1=<value>

!f64_n = tensor<?xf64, #array.params<[p0]>>
!f64_m = tensor<?xf64, #array.params<[p1]>>
func.func @main(%a: !f64_n) -> !f64_m {
  %0 = array.constant(1.0 : f64) : !f64_m
  return %0 : !f64_m
}
