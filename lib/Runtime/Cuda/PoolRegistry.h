// All memory pools of the process.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_POOLREGISTRY_H
#define NUMLOOM_LIB_RUNTIME_CUDA_POOLREGISTRY_H

#include "numloom/Runtime/Cuda/MemoryPool.h"

namespace numloom::cuda {

/// Makes the pool one of those below.
void registerPool(const std::shared_ptr<MemoryPool> &pool);

/// Gives back what all pools hold in cache for the device; whether there was
/// any.
bool freeAllPools(int ordinal);

/// Gives back the memory that pools cache for a stream about to be destroyed;
/// waits for its work where there is any such memory.
void closeStreamArenas(const Stream &stream);

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_POOLREGISTRY_H
