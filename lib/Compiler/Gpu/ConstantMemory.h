// Numbers of kernels in the GPU's constant memory.
#ifndef NUMLOOM_LIB_COMPILER_GPU_CONSTANTMEMORY_H
#define NUMLOOM_LIB_COMPILER_GPU_CONSTANTMEMORY_H

#include "llvm/IR/Module.h"

namespace numloom {

/// Lets the float64 arithmetic of kernels without loops read its constants from
/// constant memory, by one instruction of the warp for each. Immediate operands
/// have but the upper half: others take each thread two instructions.
void moveConstantsToMemory(llvm::Module &module);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_GPU_CONSTANTMEMORY_H
