// What is known of each device's context; shared by the files of this folder.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_CONTEXTTABLE_H
#define NUMLOOM_LIB_RUNTIME_CUDA_CONTEXTTABLE_H

#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/Unlock.h"

#include <optional>
#include <string>

namespace numloom::cuda {

/// Throws CudaError unless `ordinal` can be that of a device.
void checkOrdinal(int ordinal);

/// Lets every later use of the calling thread's current context fail, with
/// `reason` in the message.
void markCurrentContextLost(const std::string &reason);

/// The device whose context is current for the calling thread; nothing for
/// contexts of others.
std::optional<int> findCurrentOrdinal() noexcept;

/// Forgets all contexts.
void resetContexts();

/// Runs `fn(scope)` with the device's context current and without the caller's
/// locks, for destructors: does nothing where the device cannot be used any
/// more, and ignores errors, which nobody could act on.
template <typename Fn>
void runQuietly(int ordinal, Fn &&fn) noexcept {
  if (!Driver::getIfUsable() || isContextLost(ordinal))
    return;
  UnlockedCall unlocked;
  try {
    ContextScope scope(ordinal);
    fn(scope);
  } catch (...) {
  }
}

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_CONTEXTTABLE_H
