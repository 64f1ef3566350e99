// From a fused program with planned buffers to the runtime's plan.
#ifndef NUMLOOM_LIB_COMPILER_PLANBUILDER_H
#define NUMLOOM_LIB_COMPILER_PLANBUILDER_H

#include "numloom/Runtime/Plan.h"

#include "KernelCompiler.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace numloom {

/// Builds the plan of `program`, compiling its kernels. Null and `error` set on
/// failure.
std::shared_ptr<const Plan> buildPlan(mlir::func::FuncOp program,
                                      KernelCompiler &compiler,
                                      std::string &error);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_PLANBUILDER_H
