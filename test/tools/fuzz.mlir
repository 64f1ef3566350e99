// Mutations of every function of this suite must crash neither the parser nor
// a pass. `--print --first N --runs 1` shows the input that a crash names.

// All stages in their order.
// RUN: numloom-fuzz %S/.. --runs 10000 --seed 1 \
// RUN:   --pipeline numloom-program,numloom-cpu-kernels,numloom-cpu-llvm \
// RUN:   --pipeline numloom-program,numloom-gpu-kernels,numloom-gpu-nvvm | FileCheck %s

// Each pass by itself, on what it does not expect.
// RUN: numloom-fuzz %S/.. --runs 10000 --seed 2 \
// RUN:   --pipeline canonicalize,cse \
// RUN:   --pipeline 'func.func(numloom-simplify)' \
// RUN:   --pipeline 'func.func(numloom-fold-gemm-epilogues)' \
// RUN:   --pipeline 'func.func(numloom-one-pass-deviations)' \
// RUN:   --pipeline 'func.func(numloom-form-fusions)' \
// RUN:   --pipeline 'func.func(numloom-plan-buffers)' \
// RUN:   --pipeline numloom-outline-kernels,numloom-schedule-cpu \
// RUN:   --pipeline numloom-expand-math \
// RUN:   --pipeline numloom-lower-math-to-library \
// RUN:   --pipeline numloom-convert-kernels-to-llvm \
// RUN:   --pipeline numloom-schedule-gpu \
// RUN:   --pipeline 'gpu.module(numloom-expand-device-math)' \
// RUN:   --pipeline 'gpu.module(numloom-lower-math-to-libdevice)' \
// RUN:   --pipeline 'gpu.module(numloom-convert-gpu-kernels-to-nvvm)' | FileCheck %s

// CHECK: 10000 inputs, {{[1-9][0-9]+}} parsed, {{[1-9][0-9]+}} lowered
