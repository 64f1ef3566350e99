// Parameters that are the extent of no argument are given by number.

// RUN: split-file %s %t
// RUN: numloom-run %t/one.mlir --param 0=3 | FileCheck %s
// CHECK: float32[3] = [1, 1, 1]

// RUN: not numloom-run %t/one.mlir --param 1=3 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: has no parameter p1

// RUN: not numloom-run %t/one.mlir --param 0=-7 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// NEGATIVE: error: result 0 of type 'tensor<?xf32, #array.params<[p0]>>' has a negative extent under these parameters

// RUN: not numloom-run %t/many.mlir 2>&1 | FileCheck %s --check-prefix=EXCESS
// EXCESS: error: has a parameter p4000000000, but none beyond p1048575 can have a value

//--- one.mlir
!v = tensor<?xf32, #array.params<[p0]>>
func.func @main() -> !v {
  %0 = array.constant(1.0 : f64) : !v
  return %0 : !v
}

//--- many.mlir
!v = tensor<?xf32, #array.params<[p4000000000]>>
func.func @main() -> !v {
  %0 = array.constant(1.0 : f64) : !v
  return %0 : !v
}
