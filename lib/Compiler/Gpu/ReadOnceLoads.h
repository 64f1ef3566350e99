// Loads of what is not needed again.
#ifndef NUMLOOM_LIB_COMPILER_GPU_READONCELOADS_H
#define NUMLOOM_LIB_COMPILER_GPU_READONCELOADS_H

#include "llvm/IR/Module.h"

namespace numloom {

/// Turns nontemporal 16-byte loads of memory that kernels do not write into
/// instructions that let caches drop it first, in functions with
/// array::kKeptBlocksAttr those of the blocks behind: LLVM's back end (22) has
/// none for them.
void emitReadOnceLoads(llvm::Module &module);

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_GPU_READONCELOADS_H
