// How much a fusion computes.
#ifndef NUMLOOM_LIB_COMPILER_KERNELWORK_H
#define NUMLOOM_LIB_COMPILER_KERNELWORK_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Runtime/Plan.h"

namespace numloom {

/// A bound of the operations of the fusion's kernel, in the program's
/// parameters: what is computed for each row may be computed again for each
/// element, hence all operations in the largest space.
KernelWork measureWork(array::FusionOp fusion);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_KERNELWORK_H
