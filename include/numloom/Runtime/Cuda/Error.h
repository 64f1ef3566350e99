// What CUDA reports, as an exception.
#ifndef NUMLOOM_RUNTIME_CUDA_ERROR_H
#define NUMLOOM_RUNTIME_CUDA_ERROR_H

#include "numloom/Runtime/Cuda/DriverTypes.h"

#include <stdexcept>
#include <string>

namespace numloom::cuda {

/// A call of the driver that failed, or a device that cannot be used. The
/// message holds CUDA's name and number for the error and what was called.
class CudaError : public std::runtime_error {
public:
  CudaError(Result result, const std::string &message)
      : std::runtime_error(message), result(result) {}
  Result getResult() const { return result; }

private:
  Result result;
};

/// CUDA's name for an error, such as CUDA_ERROR_INVALID_VALUE.
std::string getErrorName(Result result);
/// CUDA's sentence on an error.
std::string getErrorDescription(Result result);

/// Whether an error leaves the context unusable: everything later fails too.
bool isSticky(Result result);

/// Lets the memory pools give back what they hold in cache on the current
/// context's device; whether there was any. Calls of the driver and of cuBLAS
/// allocate outside of the pools.
bool freeCachedMemory() noexcept;

/// Throws OutOfMemory with a message of the caller's, and how full the current
/// context's device is.
[[noreturn]] void throwOutOfMemory(const std::string &message);

/// Throws the CudaError for a `result` of `call`, OutOfMemory where the device
/// has no room; remembers that the current context is lost when the error is
/// sticky. `details` ends the message.
[[noreturn]] void throwError(Result result, const char *call,
                             const std::string &details = {});

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_ERROR_H
