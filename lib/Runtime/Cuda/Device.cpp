// Questions about devices.
#include "numloom/Runtime/Cuda/Context.h"

#include "numloom/Support/Device.h"

#include <algorithm>

using namespace numloom;
using namespace numloom::cuda;

int cuda::getDeviceCount() {
  try {
    int count = 0;
    Driver::get().cuDeviceGetCount(&count);
    return std::min(count, kMaxCudaDevices);
  } catch (const CudaError &error) {
    if (error.getResult() == Result::NoDevice)
      return 0;
    throw;
  }
}

bool cuda::isAvailable() noexcept {
  try {
    return getDeviceCount() > 0;
  } catch (const std::exception &) {
    return false;
  }
}

int cuda::getDriverVersion() { return Driver::get().version; }

int cuda::getAttribute(int ordinal, DeviceAttribute attribute) {
  DeviceHandle device = getDeviceHandle(ordinal);
  int value = 0;
  Driver::get().cuDeviceGetAttribute(&value, attribute, device);
  return value;
}

std::pair<int, int> cuda::getComputeCapability(int ordinal) {
  return {getAttribute(ordinal, DeviceAttribute::ComputeCapabilityMajor),
          getAttribute(ordinal, DeviceAttribute::ComputeCapabilityMinor)};
}

std::string cuda::getDeviceName(int ordinal) {
  DeviceHandle device = getDeviceHandle(ordinal);
  char name[256] = {};
  Driver::get().cuDeviceGetName(name, sizeof(name), device);
  return name;
}

std::string cuda::getPciBusId(int ordinal) {
  DeviceHandle device = getDeviceHandle(ordinal);
  char id[32] = {};
  Driver::get().cuDeviceGetPCIBusId(id, sizeof(id), device);
  return id;
}

int cuda::getDeviceByPciBusId(const std::string &busId) {
  const Driver &driver = Driver::get();
  DeviceHandle device = 0;
  driver.cuDeviceGetByPCIBusId(&device, busId.c_str());
  for (int ordinal = 0, count = getDeviceCount(); ordinal < count; ++ordinal)
    if (getDeviceHandle(ordinal) == device)
      return ordinal;
  throwError(Result::InvalidDevice, "cuDeviceGetByPCIBusId");
}

size_t cuda::getTotalMemory(int ordinal) {
  DeviceHandle device = getDeviceHandle(ordinal);
  size_t bytes = 0;
  Driver::get().cuDeviceTotalMem(&bytes, device);
  return bytes;
}

std::pair<size_t, size_t> cuda::getMemoryInfo(int ordinal) {
  ContextScope scope(ordinal);
  size_t free = 0, total = 0;
  scope->cuMemGetInfo(&free, &total);
  return {free, total};
}

bool cuda::canAccessPeer(int ordinal, int peer) {
  int can = 0;
  DeviceHandle from = getDeviceHandle(ordinal), to = getDeviceHandle(peer);
  Driver::get().cuDeviceCanAccessPeer(&can, from, to);
  return can;
}

bool cuda::enablePeerAccess(int ordinal, int peer) {
  if (!canAccessPeer(ordinal, peer))
    return false;
  ContextHandle peerContext = getContext(peer);
  ContextScope scope(ordinal);
  Result result = scope->cuCtxEnablePeerAccess.attempt(peerContext, 0);
  if (result != Result::Success && result != Result::PeerAccessAlreadyEnabled)
    throwError(result, "cuCtxEnablePeerAccess");
  return true;
}

std::pair<int, int> cuda::getStreamPriorityRange(int ordinal) {
  ContextScope scope(ordinal);
  int lowest = 0, highest = 0;
  scope->cuCtxGetStreamPriorityRange(&lowest, &highest);
  return {lowest, highest};
}
