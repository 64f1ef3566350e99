// Locks of whoever calls the runtime, during calls of the driver that wait.
#include "numloom/Runtime/Cuda/Unlock.h"

#include <atomic>

using namespace numloom::cuda;

static std::atomic<void *(*)()> beginHook{nullptr};
static std::atomic<void (*)(void *)> endHook{nullptr};

void numloom::cuda::setUnlockHooks(void *(*begin)(), void (*end)(void *)) {
  endHook = end;
  beginHook = begin;
}

UnlockedCall::UnlockedCall() {
  if (auto begin = beginHook.load())
    state = begin();
}

UnlockedCall::~UnlockedCall() {
  if (state)
    endHook.load()(state);
}
