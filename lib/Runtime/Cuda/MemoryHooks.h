// Calling the thread's memory hooks.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_MEMORYHOOKS_H
#define NUMLOOM_LIB_RUNTIME_CUDA_MEMORYHOOKS_H

#include "numloom/Runtime/Cuda/MemoryHook.h"

#include <vector>

namespace numloom::cuda {

extern thread_local constinit std::vector<MemoryHook *> memoryHooks;

/// Calls one of the hooks' functions.
template <typename Function>
void callHooks(Function function, const MemoryHookEvent &event) {
  for (MemoryHook *hook : memoryHooks)
    (hook->*function)(event);
}

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_MEMORYHOOKS_H
