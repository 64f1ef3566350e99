// The fake driver as the shared library that processes open: Python tests run
// on it where there is no GPU. Of its devices they get memory, streams and
// events. Kernels are not found, or with NUMLOOM_FAKE_KERNELS=1 do nothing.
#include "FakeCalls.h"
#include "FakeDriver.h"

#include <cstdlib>
#include <map>
#include <string_view>

using namespace numloom::cuda;

/// The fake's function, if this call of it may go on. A fault that ends a
/// context is the current device's from then on.
template <auto Function, typename... Args>
static Result call(Args... args) {
  FakeDriver &fake = FakeDriver::get();
  const auto &function = fake.getTable().*Function;
  if (Result refused = FakeCalls::get().enter(function.name);
      refused != Result::Success) {
    if (isSticky(refused))
      fake.faultCurrent(refused);
    return refused;
  }
  Result result = function.attempt(args...);
  if (result == Result::Success)
    FakeCalls::get().count(function.name);
  return result;
}

/// What reports errors is no call to be counted.
template <auto Function>
static constexpr bool isCounted = true;
template <>
constexpr bool isCounted<&Driver::cuGetErrorName> = false;
template <>
constexpr bool isCounted<&Driver::cuGetErrorString> = false;

template <auto Function, typename... Args>
static void *getEntry() {
  if constexpr (isCounted<Function>)
    return reinterpret_cast<void *>(call<Function, Args...>);
  else
    return reinterpret_cast<void *>(
        (FakeDriver::get().getTable().*Function).pointer);
}

extern "C" [[gnu::visibility("default")]] Result
cuDriverGetVersion(int *version) {
  return FakeDriver::get().getTable().cuDriverGetVersion.attempt(version);
}

extern "C" [[gnu::visibility("default")]] Result
cuGetProcAddress(const char *symbol, void **function, int, uint64_t) {
  FakeDriver &fake = FakeDriver::get();
  const char *kernels = std::getenv("NUMLOOM_FAKE_KERNELS");
  fake.findsAnyKernel = kernels && std::string_view(kernels) == "1";
  static const std::map<std::string_view, void *> functions = {
#define NUMLOOM_DRIVER_FUNCTION(NAME, ...)                                     \
  {#NAME, getEntry<&Driver::NAME __VA_OPT__(, ) __VA_ARGS__>()},
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

/// Lets as many calls of the driver, cuBLAS and the library that sorts pass and
/// fails the one after with `result`; negative: never.
extern "C" [[gnu::visibility("default")]] void
numloomFakeFailCall(int64_t after, int result) {
  FakeCalls::get().failAfter(after, Result(result));
}

/// The function whose call was failed since then; null without one.
extern "C" [[gnu::visibility("default")]] const char *numloomFakeGetFailed() {
  return FakeCalls::get().getFailed();
}

/// How often a function was called and succeeded.
extern "C" [[gnu::visibility("default")]] int64_t
numloomFakeCountCalls(const char *name) {
  return FakeCalls::get().getCount(name);
}
