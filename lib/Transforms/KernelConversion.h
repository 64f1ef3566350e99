// The conversion of scheduled kernels to the LLVM dialect, as far as it is the
// same for all machines.
#ifndef NUMLOOM_LIB_TRANSFORMS_KERNELCONVERSION_H
#define NUMLOOM_LIB_TRANSFORMS_KERNELCONVERSION_H

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/IR/PatternMatch.h"

namespace numloom {

/// Patterns for everything that schedules emit inside functions.
void populateKernelPatterns(const mlir::LLVMTypeConverter &converter,
                            mlir::RewritePatternSet &patterns);

/// Loads and stores are converted as if no index was negative; those of views
/// that step backwards are.
void allowNegativeIndices(mlir::Operation *kernels);

} // namespace numloom

#endif // NUMLOOM_LIB_TRANSFORMS_KERNELCONVERSION_H
