// The threads' lists of memory hooks.
#include "MemoryHooks.h"

using namespace numloom;
using namespace numloom::cuda;

thread_local constinit std::vector<MemoryHook *> cuda::memoryHooks;

void cuda::addMemoryHook(MemoryHook &hook) { memoryHooks.push_back(&hook); }

void cuda::removeMemoryHook(MemoryHook &hook) {
  std::erase(memoryHooks, &hook);
}

bool cuda::hasMemoryHooks() { return !memoryHooks.empty(); }
