// Locks of whoever calls the runtime, during calls of the driver that wait.
#ifndef NUMLOOM_RUNTIME_CUDA_UNLOCK_H
#define NUMLOOM_RUNTIME_CUDA_UNLOCK_H

namespace numloom::cuda {

/// Sets what is called around the driver's calls in destructors, which may wait
/// for the device: a stream's callback that needs a lock of the caller's would
/// wait for ever. `begin` lets go of that lock, if the thread has it, and
/// returns what `end` takes it back with; null: there is nothing to take back.
/// Neither throws.
void setUnlockHooks(void *(*begin)(), void (*end)(void *));

/// A scope of such a call.
class UnlockedCall {
public:
  UnlockedCall();
  ~UnlockedCall();
  UnlockedCall(const UnlockedCall &) = delete;
  UnlockedCall &operator=(const UnlockedCall &) = delete;

private:
  void *state = nullptr;
};

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_UNLOCK_H
