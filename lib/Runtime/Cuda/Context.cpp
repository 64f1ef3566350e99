// Retains primary contexts and makes them current.
#include "numloom/Runtime/Cuda/Context.h"

#include "ContextTable.h"

#include "numloom/Support/Device.h"

#include <array>
#include <atomic>
#include <mutex>

using namespace numloom;
using namespace numloom::cuda;

namespace {
struct ContextEntry {
  /// Null before the first use.
  std::atomic<ContextHandle> handle{nullptr};
  std::atomic<bool> isLost{false};
};
} // namespace

static std::array<ContextEntry, kMaxCudaDevices> contexts;
static std::mutex contextMutex;
/// Why each lost context is lost; guarded by the mutex.
static std::array<std::string, kMaxCudaDevices> lossReasons;

[[noreturn]] static void throwNoSuchDevice(int ordinal) {
  throw CudaError(Result::InvalidDevice, "there is no device " +
                                             Device::cuda(ordinal).getName() +
                                             ": this process sees " +
                                             std::to_string(getDeviceCount()));
}

void cuda::checkOrdinal(int ordinal) {
  if (ordinal < 0 || ordinal >= kMaxCudaDevices)
    throwNoSuchDevice(ordinal);
}

DeviceHandle cuda::getDeviceHandle(int ordinal) {
  checkOrdinal(ordinal);
  DeviceHandle handle = 0;
  const Driver &driver = Driver::get();
  Result result = driver.cuDeviceGet.attempt(&handle, ordinal);
  if (result == Result::InvalidDevice)
    throwNoSuchDevice(ordinal);
  if (result != Result::Success)
    throwError(result, "cuDeviceGet");
  return handle;
}

[[noreturn]] static void throwLost(int ordinal) {
  std::lock_guard lock(contextMutex);
  throw CudaError(Result::ContextIsDestroyed,
                  "the context of " + Device::cuda(ordinal).getName() +
                      " is lost since an earlier error, and the process must "
                      "be restarted to use the device again: " +
                      lossReasons[ordinal]);
}

static ContextHandle retainContext(int ordinal) {
  DeviceHandle device = getDeviceHandle(ordinal);
  const auto &retain = Driver::get().cuDevicePrimaryCtxRetain;
  // What is thrown locks the table.
  Result result = Result::Success;
  {
    std::lock_guard lock(contextMutex);
    if (ContextHandle known = contexts[ordinal].handle)
      return known;
    ContextHandle handle = nullptr;
    result = retain.attempt(&handle, device);
    if (result == Result::Success)
      return contexts[ordinal].handle = handle;
  }
  throwError(result, retain.name);
}

ContextHandle cuda::getContext(int ordinal) {
  checkOrdinal(ordinal);
  ContextEntry &entry = contexts[ordinal];
  if (entry.isLost.load(std::memory_order_relaxed))
    throwLost(ordinal);
  ContextHandle handle = entry.handle.load(std::memory_order_acquire);
  return handle ? handle : retainContext(ordinal);
}

bool cuda::isContextLost(int ordinal) noexcept {
  return contexts[ordinal].isLost.load(std::memory_order_relaxed);
}

std::optional<int> cuda::findCurrentOrdinal() noexcept {
  const Driver *driver = Driver::getIfUsable();
  ContextHandle current = nullptr;
  if (!driver || driver->cuCtxGetCurrent.attempt(&current) != Result::Success ||
      !current)
    return std::nullopt;
  for (int ordinal = 0; ordinal < kMaxCudaDevices; ++ordinal)
    if (contexts[ordinal].handle == current)
      return ordinal;
  return std::nullopt;
}

void cuda::markCurrentContextLost(const std::string &reason) {
  std::optional<int> ordinal = findCurrentOrdinal();
  std::lock_guard lock(contextMutex);
  if (!ordinal || contexts[*ordinal].isLost)
    return;
  lossReasons[*ordinal] = reason;
  contexts[*ordinal].isLost = true;
}

void cuda::resetContexts() {
  std::lock_guard lock(contextMutex);
  for (ContextEntry &entry : contexts) {
    entry.handle = nullptr;
    entry.isLost = false;
  }
}

ContextScope::ContextScope(int ordinal) : driver(Driver::get()) {
  ContextHandle wanted = getContext(ordinal), current = nullptr;
  driver.cuCtxGetCurrent(&current);
  if (current == wanted)
    return;
  driver.cuCtxSetCurrent(wanted);
  previous = current;
}

ContextScope::~ContextScope() {
  if (previous)
    driver.cuCtxSetCurrent.attempt(previous);
}
