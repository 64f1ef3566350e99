// The table of driver functions, filled from libcuda at first use.
#ifndef NUMLOOM_RUNTIME_CUDA_DRIVER_H
#define NUMLOOM_RUNTIME_CUDA_DRIVER_H

#include "numloom/Runtime/Cuda/Error.h"

namespace numloom::cuda {

/// One function of the driver.
template <typename... Args>
class DriverFunction {
public:
  using Pointer = Result (*)(Args...);

  /// Calls it, as `attemptFreeing`; throws as `throwError` unless it succeeds.
  void operator()(Args... args) const {
    Result result = attemptFreeing(args...);
    if (result != Result::Success) [[unlikely]]
      throwError(result, name);
  }
  /// Calls it and leaves the result to the caller.
  Result attempt(Args... args) const { return pointer(args...); }
  /// The same; calls it again if the device had no room and got some.
  Result attemptFreeing(Args... args) const {
    Result result = pointer(args...);
    if (result == Result::OutOfMemory && freeCachedMemory()) [[unlikely]]
      return pointer(args...);
    return result;
  }

  Pointer pointer = nullptr;
  const char *name = nullptr;
};

/// The driver API. Members bear CUDA's names.
struct Driver {
#define NUMLOOM_DRIVER_FUNCTION(NAME, ...) DriverFunction<__VA_ARGS__> NAME;
#include "numloom/Runtime/Cuda/DriverFunctions.def"

  /// The version, as 1000 * major + 10 * minor, of the newest CUDA that the
  /// driver knows.
  int version = 0;

  /// The initialised driver; opens libcuda.so.1 at the first call, creates no
  /// context. Throws CudaError when there is no driver, no device, when the
  /// driver is too old, and in the child of a process that used it.
  static const Driver &get();
  /// The same for those that cannot throw: null when nothing was initialised
  /// or can be called any more.
  static const Driver *getIfUsable() noexcept;

  /// Opens and initialises `library`; what `get` does once.
  static Driver load(const char *library);
  /// For tests: what `get` returns from now on; null goes back to the system's
  /// driver. Devices must not be in use.
  static void replace(const Driver *driver);
};

/// The oldest driver that works: CUDA 12.0.
inline constexpr int kMinDriverVersion = 12000;

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_DRIVER_H
