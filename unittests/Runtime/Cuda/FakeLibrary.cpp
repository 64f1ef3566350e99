// The fake driver as the shared library that processes open: Python tests run
// on it where there is no GPU. Of its devices they get memory, streams and
// events. Kernels are not found, or with NUMLOOM_FAKE_KERNELS=1 do nothing.
#include "FakeDriver.h"

#include <cstdlib>
#include <map>
#include <string_view>

using namespace numloom::cuda;

extern "C" [[gnu::visibility("default")]] Result
cuDriverGetVersion(int *version) {
  return FakeDriver::get().getTable().cuDriverGetVersion.attempt(version);
}

extern "C" [[gnu::visibility("default")]] Result
cuGetProcAddress(const char *symbol, void **function, int, uint64_t) {
  FakeDriver &fake = FakeDriver::get();
  const Driver &table = fake.getTable();
  const char *kernels = std::getenv("NUMLOOM_FAKE_KERNELS");
  fake.findsAnyKernel = kernels && std::string_view(kernels) == "1";
  static const std::map<std::string_view, void *> functions = {
#define NUMLOOM_DRIVER_FUNCTION(NAME, ...)                                     \
  {#NAME, reinterpret_cast<void *>(table.NAME.pointer)},
#include "numloom/Runtime/Cuda/DriverFunctions.def"
  };
  auto entry = functions.find(symbol);
  if (entry == functions.end())
    return Result::InvalidValue;
  *function = entry->second;
  return Result::Success;
}

/// Fails every later call on the device; 0 ends that.
extern "C" [[gnu::visibility("default")]] void numloomFakeFault(int device,
                                                                int result) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  fake.fault(device, Result(result));
}

/// Lets as many allocations pass and fails the one after; negative: never.
extern "C" [[gnu::visibility("default")]] void
numloomFakeFailAllocation(int64_t after) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  fake.allocationsUntilFailure = after;
}

/// Keeps the work of a device's null stream until it is let go.
extern "C" [[gnu::visibility("default")]] void numloomFakeHold(int device,
                                                               int isHeld) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  fake.getStream(nullptr, device).isHeld = isHeld != 0;
}
