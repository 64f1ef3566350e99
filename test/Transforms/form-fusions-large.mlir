// An equation of more than a hundred terms is one kernel: scalars are no
// buffers to count.
// RUN: awk -v n=150 -f %S/Inputs/horner.awk \
// RUN:   | numloom-opt --numloom-form-fusions | FileCheck %s --check-prefix=ONE

// ONE:     array.fusion (
// ONE-NOT: array.fusion (

// A thousand operations are as few kernels as the limit allows.
// RUN: awk -v n=500 -f %S/Inputs/horner.awk \
// RUN:   | numloom-opt --numloom-form-fusions | FileCheck %s --check-prefix=MANY

// MANY:         array.fusion_report = ["kernel 1 reads kernel 0: the kernel would have too many operations
// MANY-COUNT-3: array.fusion (
// MANY-NOT:     array.fusion (
