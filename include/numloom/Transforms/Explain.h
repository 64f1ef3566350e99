// A fused program in words.
#ifndef NUMLOOM_TRANSFORMS_EXPLAIN_H
#define NUMLOOM_TRANSFORMS_EXPLAIN_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace numloom {

/// Describes a module whose fusions are formed and whose buffers are planned:
/// each kernel, what it computes, reads and writes, with bytes at the program's
/// parameter hints, and why it is not one with the kernels before it.
std::string explainFusions(mlir::ModuleOp module);

} // namespace numloom

#endif // NUMLOOM_TRANSFORMS_EXPLAIN_H
