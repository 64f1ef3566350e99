// The tools' own options, and none of LLVM's.
// RUN: numloom-run --help | FileCheck %s --check-prefix=TOOL --implicit-check-not=inline
// RUN: numloom-fuzz --help | FileCheck %s --check-prefix=FUZZ --implicit-check-not=inline

// TOOL: USAGE: numloom-run [options] <program.mlir> <input.npy>...
// TOOL: Options of numloom-run:
// TOOL: --library-dir=<string>
// TOOL: --param=<string>

// FUZZ: Options of numloom-fuzz:
// FUZZ: --first=<ulong>
// FUZZ: --pipeline=<string>
