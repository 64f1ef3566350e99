// The fake's state, its devices and contexts.
#include "FakeDriver.h"

#include <algorithm>
#include <cstring>

using namespace numloom;
using namespace numloom::cuda;

/// Contexts are numbers, one more than their device's.
static thread_local ContextHandle currentContext = nullptr;

static ContextHandle makeContext(int device) {
  return reinterpret_cast<ContextHandle>(intptr_t(device + 1));
}

/// -1 for no context.
static int getDevice(ContextHandle context) {
  return int(reinterpret_cast<intptr_t>(context)) - 1;
}

template <typename... Args>
static Result unsupported(Args...) {
  return Result::NotSupported;
}

FakeDriver &FakeDriver::get() {
  static auto *fake = new FakeDriver;
  return *fake;
}

FakeDriver::FakeDriver() {
#define NUMLOOM_DRIVER_FUNCTION(NAME, ...)                                     \
  table.NAME = {unsupported<__VA_ARGS__>, #NAME};
#include "numloom/Runtime/Cuda/DriverFunctions.def"
  table.version = 13000;
  fillDeviceFunctions(table);
  fillMemoryFunctions(table);
  fillStreamFunctions(table);
  fillModuleFunctions(table);
  std::ranges::fill(faults, Result::Success);
  for (int device = 0; device < kNumDevices; ++device)
    nullStreams[device].device = device;
  reset();
}

void FakeDriver::reset() {
  for (int device = 0; device < kNumDevices; ++device) {
    if (faults[device] != Result::Success)
      dropMemory(device);
    totalBytes[device] = kDefaultBytes;
    faults[device] = Result::Success;
    nullStreams[device].isHeld = false;
  }
  allocationsUntilFailure = -1;
  canAccessPeers = true;
  peers.clear();
  // The runtime keeps functions of modules, hence these, for good.
  for (auto &[name, kernel] : kernels)
    kernel = {};
  calls.clear();
  currentContext = nullptr;
  progress();
}

int cuda::enterFake(const char *name) {
  FakeDriver &fake = FakeDriver::get();
  std::lock_guard lock(fake.mutex);
  ++fake.calls[name];
  return getDevice(currentContext);
}

void FakeDriver::faultCurrent(Result result) {
  std::lock_guard lock(mutex);
  if (currentContext)
    fault(getDevice(currentContext), result);
}

bool FakeDriver::injectFailure() {
  return allocationsUntilFailure >= 0 && allocationsUntilFailure-- == 0;
}

static void copyText(char *to, int bytes, const std::string &text) {
  std::strncpy(to, text.c_str(), size_t(bytes));
}

static Result getDeviceAttribute(int *value, DeviceAttribute attribute, int) {
  switch (attribute) {
  case DeviceAttribute::ComputeCapabilityMajor:
    *value = 9;
    return Result::Success;
  case DeviceAttribute::CacheBytes:
    *value = 60 << 20;
    return Result::Success;
  case DeviceAttribute::MaxSharedBytesPerBlockOptIn:
    *value = 227 << 10;
    return Result::Success;
  case DeviceAttribute::SupportsMemoryPools:
    *value = 1;
    return Result::Success;
  default:
    *value = 0;
    return Result::Success;
  }
}

static void fillDriverFunctions(Driver &table) {
  table.cuInit.pointer = [](unsigned) { return Result::Success; };
  table.cuDriverGetVersion.pointer = [](int *version) {
    *version = 13000;
    return Result::Success;
  };
  table.cuGetErrorName.pointer = [](Result result, const char **name) {
    switch (result) {
    case Result::IllegalAddress:
      *name = "CUDA_ERROR_ILLEGAL_ADDRESS";
      break;
    case Result::OutOfMemory:
      *name = "CUDA_ERROR_OUT_OF_MEMORY";
      break;
    default:
      *name = "CUDA_ERROR_OF_SOME_KIND";
    }
    return Result::Success;
  };
  table.cuGetErrorString.pointer = [](Result, const char **text) {
    *text = "a sentence";
    return Result::Success;
  };
}

static void fillContextFunctions(Driver &table) {
  table.cuDevicePrimaryCtxRetain.pointer = [](ContextHandle *context,
                                              DeviceHandle device) {
    enterFake("cuDevicePrimaryCtxRetain");
    *context = makeContext(device);
    return Result::Success;
  };
  table.cuCtxGetCurrent.pointer = [](ContextHandle *context) {
    *context = currentContext;
    return Result::Success;
  };
  table.cuCtxSetCurrent.pointer = [](ContextHandle context) {
    enterFake("cuCtxSetCurrent");
    currentContext = context;
    return Result::Success;
  };
  table.cuCtxEnablePeerAccess.pointer = [](ContextHandle peer, unsigned) {
    int device = enterFake("cuCtxEnablePeerAccess");
    int other = getDevice(peer);
    bool isNew = FakeDriver::get().peers.insert({device, other}).second;
    return isNew ? Result::Success : Result::PeerAccessAlreadyEnabled;
  };
  table.cuCtxGetStreamPriorityRange.pointer = [](int *lowest, int *highest) {
    *lowest = 0;
    *highest = -5;
    return Result::Success;
  };
}

void cuda::fillDeviceFunctions(Driver &table) {
  fillDriverFunctions(table);
  fillContextFunctions(table);
  table.cuDeviceGetCount.pointer = [](int *count) {
    *count = FakeDriver::kNumDevices;
    return Result::Success;
  };
  table.cuDeviceGet.pointer = [](DeviceHandle *device, int ordinal) {
    *device = ordinal;
    return ordinal < FakeDriver::kNumDevices ? Result::Success
                                             : Result::InvalidDevice;
  };
  table.cuDeviceGetName.pointer = [](char *name, int bytes, DeviceHandle) {
    copyText(name, bytes, "Fake");
    return Result::Success;
  };
  table.cuDeviceGetPCIBusId.pointer = [](char *id, int bytes,
                                         DeviceHandle device) {
    copyText(id, bytes, "0000:0" + std::to_string(device) + ":00.0");
    return Result::Success;
  };
  table.cuDeviceGetByPCIBusId.pointer = [](DeviceHandle *device,
                                           const char *id) {
    *device = id[6] - '0';
    return Result::Success;
  };
  table.cuDeviceGetAttribute.pointer = getDeviceAttribute;
  table.cuDeviceTotalMem.pointer = [](size_t *bytes, DeviceHandle device) {
    *bytes = FakeDriver::get().totalBytes[device];
    return Result::Success;
  };
  table.cuDeviceCanAccessPeer.pointer = [](int *can, DeviceHandle,
                                           DeviceHandle) {
    *can = FakeDriver::get().canAccessPeers;
    return Result::Success;
  };
}
