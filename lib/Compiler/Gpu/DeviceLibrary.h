// The functions that GPU kernels may call.
#ifndef NUMLOOM_LIB_COMPILER_GPU_DEVICELIBRARY_H
#define NUMLOOM_LIB_COMPILER_GPU_DEVICELIBRARY_H

#include "llvm/IR/Module.h"

namespace numloom {

/// Gives `module` the definitions of the library functions that it declares.
void linkDeviceLibrary(llvm::Module &module);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_GPU_DEVICELIBRARY_H
