// Mutations of every test of this suite must neither crash the parser nor a
// pass. `--print --first N --runs 1` shows the input that a crash names.

// RUN: numloom-fuzz %S/.. --runs 10000 --seed 1 | FileCheck %s
// CHECK: 10000 inputs, {{[1-9][0-9]*}} parsed
