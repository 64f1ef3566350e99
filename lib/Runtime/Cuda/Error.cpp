// Turns CUDA's results into exceptions.
#include "numloom/Runtime/Cuda/Error.h"

#include "ContextTable.h"
#include "PoolRegistry.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Cuda/Driver.h"

using namespace numloom;
using namespace numloom::cuda;

using GetText = DriverFunction<Result, const char **>;

/// What the driver says about `result`, or `fallback` where it says nothing.
static std::string getText(GetText Driver::*function, Result result,
                           std::string fallback) {
  const char *text = nullptr;
  const Driver *driver = Driver::getIfUsable();
  if (driver && (driver->*function).attempt(result, &text) == Result::Success &&
      text)
    return text;
  return fallback;
}

std::string cuda::getErrorName(Result result) {
  return getText(&Driver::cuGetErrorName, result, "CUDA error");
}

std::string cuda::getErrorDescription(Result result) {
  return getText(&Driver::cuGetErrorString, result, "no description");
}

bool cuda::isSticky(Result result) {
  switch (result) {
  case Result::EccUncorrectable:
  case Result::NvlinkUncorrectable:
  case Result::Contained:
  case Result::IllegalAddress:
  case Result::LaunchTimeout:
  case Result::ContextIsDestroyed:
  case Result::Assert:
  case Result::HardwareStackError:
  case Result::IllegalInstruction:
  case Result::MisalignedAddress:
  case Result::InvalidAddressSpace:
  case Result::InvalidPc:
  case Result::LaunchFailed:
  case Result::TensorMemoryLeak:
    return true;
  default:
    return false;
  }
}

bool cuda::freeCachedMemory() noexcept {
  try {
    std::optional<int> ordinal = findCurrentOrdinal();
    return ordinal && freeAllPools(*ordinal);
  } catch (const std::exception &) {
    return false;
  }
}

namespace {
/// Memory that ran out where no pool had asked for it.
class OutOfMemoryInCall : public OutOfMemory {
public:
  explicit OutOfMemoryInCall(std::string text)
      : OutOfMemory(0, {}), text(std::move(text)) {}
  const char *what() const noexcept override { return text.c_str(); }

private:
  std::string text;
};
} // namespace

void cuda::throwOutOfMemory(const std::string &message) {
  size_t free = 0, total = 0;
  const Driver *driver = Driver::getIfUsable();
  if (!driver || driver->cuMemGetInfo.attempt(&free, &total) != Result::Success)
    throw OutOfMemoryInCall(message);
  throw OutOfMemoryInCall(message + "; the device uses " +
                          std::to_string(total - free) + " of its " +
                          std::to_string(total) + " bytes");
}

void cuda::throwError(Result result, const char *call,
                      const std::string &details) {
  std::string message = getErrorName(result) + " (" +
                        std::to_string(int(result)) + ") from " + call + ": " +
                        getErrorDescription(result) + details;
  if (result == Result::OutOfMemory)
    throwOutOfMemory(message);
  if (isSticky(result))
    markCurrentContextLost(message);
  throw CudaError(result, message);
}
