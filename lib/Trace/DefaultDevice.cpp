// Where arrays are made that come from no other array.
#include "numloom/Trace/DefaultDevice.h"
#include "Backend.h"
#include "numloom/Support/Environment.h"
#include "numloom/Trace/Error.h"

#include <atomic>
#include <charconv>
#include <string>

using namespace numloom;

namespace {
/// A Device or nothing, in a form that an atomic and a thread's variable hold
/// without construction.
using Code = int;
constexpr Code kUndecided = -2, kCpu = -1;

Code encode(Device device) {
  return device.isCpu() ? kCpu : device.getOrdinal();
}
Device decode(Code code) {
  return code == kCpu ? Device() : Device::cuda(code);
}

std::atomic<Code> processDevice{kUndecided};
thread_local Code threadDevice = kUndecided;
} // namespace

static Device chooseDevice() {
  if (auto name = getEnvironment("NUMLOOM_DEVICE")) {
    Device device = parseDevice(*name);
    checkDevice(device);
    return device;
  }
  return backend::countCudaDevices() > 0 ? Device::cuda(0) : Device();
}

void numloom::checkDevice(Device device) { backend::checkDevice(device); }

Device numloom::getDefaultDevice() {
  if (threadDevice != kUndecided)
    return decode(threadDevice);
  Code code = processDevice.load(std::memory_order_relaxed);
  if (code == kUndecided) {
    // Threads that race here choose the same, unless one of them sets it.
    Code chosen = encode(chooseDevice());
    if (processDevice.compare_exchange_strong(code, chosen))
      code = chosen;
  }
  return decode(code);
}

void numloom::setDefaultDevice(Device device) {
  checkDevice(device);
  processDevice = encode(device);
  threadDevice = kUndecided;
}

std::optional<Device> numloom::selectDevice(std::optional<Device> device) {
  std::optional<Device> previous;
  if (threadDevice != kUndecided)
    previous = decode(threadDevice);
  threadDevice = device ? encode(*device) : kUndecided;
  return previous;
}

Device numloom::parseDevice(std::string_view name) {
  if (name == "cpu")
    return {};
  if (name == "cuda")
    return Device::cuda(threadDevice > kCpu ? threadDevice : 0);
  constexpr std::string_view kPrefix = "cuda:";
  if (name.starts_with(kPrefix)) {
    int ordinal = 0;
    const char *end = name.data() + name.size();
    auto [last, error] =
        std::from_chars(name.data() + kPrefix.size(), end, ordinal);
    if (error == std::errc() && last == end && ordinal >= 0 &&
        ordinal < kMaxCudaDevices)
      return Device::cuda(ordinal);
  }
  throw Error(ErrorKind::Value,
              "Device not understood. Only \"cpu\", \"cuda\" and \"cuda:<n>\" "
              "are allowed, but received: " +
                  std::string(name));
}
