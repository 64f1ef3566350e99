// Kernels in a device's context.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_MODULES_H
#define NUMLOOM_LIB_RUNTIME_CUDA_MODULES_H

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Plan.h"

namespace numloom::cuda {

/// The kernel's function in the device's context, which is current; loads its
/// image at first use. Throws CudaError with the driver's log when the image
/// is wrong.
FunctionHandle getFunction(const ContextScope &scope, int ordinal,
                           const GpuKernelCode &kernel);

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_MODULES_H
