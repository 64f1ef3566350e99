// The compiler's passes and pipelines.
#ifndef NUMLOOM_TRANSFORMS_PASSES_H
#define NUMLOOM_TRANSFORMS_PASSES_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/Pass.h"

namespace numloom {

#define GEN_PASS_DECL
#include "numloom/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "numloom/Transforms/Passes.h.inc"

/// Registers the pipelines under their command-line names.
void registerNumloomPipelines();

} // namespace numloom

#endif // NUMLOOM_TRANSFORMS_PASSES_H
