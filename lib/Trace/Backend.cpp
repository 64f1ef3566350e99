// What recording and evaluation ask of the devices.
#include "Backend.h"
#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/MemoryHook.h"
#include "numloom/Runtime/Cuda/MemoryPool.h"
#include "numloom/Runtime/Cuda/Runtime.h"

#include <algorithm>
#include <array>
#include <mutex>

using namespace numloom;

int backend::countCudaDevices() {
  return cuda::isAvailable() ? cuda::getDeviceCount() : 0;
}

void backend::checkDevice(Device device) {
  if (device.isCuda())
    cuda::getComputeCapability(device.getOrdinal());
}

namespace {
/// What is asked of a GPU again and again.
struct DeviceFacts {
  CudaTarget target;
  int64_t memoryBytes;
};
} // namespace

static DeviceFacts readFacts(int ordinal) {
  auto [major, minor] = cuda::getComputeCapability(ordinal);
  CudaTarget target;
  target.computeCapability = 10 * major + minor;
  target.multiprocessors =
      cuda::getAttribute(ordinal, cuda::DeviceAttribute::MultiprocessorCount);
  target.sharedBytesPerBlock = cuda::getAttribute(
      ordinal, cuda::DeviceAttribute::MaxSharedBytesPerBlockOptIn);
  target.cacheBytes =
      cuda::getAttribute(ordinal, cuda::DeviceAttribute::CacheBytes);
  return {target, static_cast<int64_t>(cuda::getTotalMemory(ordinal))};
}

static const DeviceFacts &getFacts(Device device) {
  static std::array<std::once_flag, kMaxCudaDevices> known;
  static std::array<DeviceFacts, kMaxCudaDevices> facts;
  int ordinal = device.getOrdinal();
  std::call_once(known[ordinal], [&] { facts[ordinal] = readFacts(ordinal); });
  return facts[ordinal];
}

const CudaTarget &backend::getTarget(Device device) {
  return getFacts(device).target;
}

int64_t backend::getHeldBound(Device device, int64_t atMost) {
  if (device.isCpu()) {
    size_t limit = Allocator::get().getInfo().limitBytes;
    return limit ? std::min(static_cast<int64_t>(limit / 4), atMost) : atMost;
  }
  size_t limit = cuda::MemoryPool::getDefault()->getLimit(device.getOrdinal());
  return limit ? static_cast<int64_t>(limit / 4)
               : getFacts(device).memoryBytes / 8;
}

bool backend::canShrink(Device device) {
  return device.isCuda() && !cuda::hasMemoryHooks() &&
         dynamic_cast<cuda::MemoryPool *>(cuda::getAllocator().get());
}

std::shared_ptr<const Plan> backend::compile(Compiler &compiler,
                                             const Program &program,
                                             Device device,
                                             std::string &error) {
  return device.isCpu()
             ? compiler.compileForCpu(program, error)
             : compiler.compileForCuda(program, getTarget(device), error);
}

backend::ThreadState::ThreadState(Device device)
    : stream(cuda::Stream::getCurrent(device.getOrdinal())),
      allocator(cuda::getAllocator()) {}

void backend::ThreadState::adopt() const {
  cuda::Stream::setCurrent(stream);
  cuda::setThreadAllocator(allocator);
}

bool backend::ThreadState::isComplete() { return !cuda::hasMemoryHooks(); }

namespace {
/// What the default pool has in cache.
class CachedMemory : public cuda::MemoryAllocator {
public:
  cuda::Allocation allocate(size_t bytes, const cuda::Stream &stream) override {
    if (auto block =
            cuda::MemoryPool::getDefault()->allocateCached(bytes, stream))
      return *block;
    throw backend::NoneCached();
  }
};
} // namespace

backend::CachedMemoryScope::CachedMemoryScope() {
  static const auto &cached =
      *new cuda::MemoryAllocatorPtr(std::make_shared<CachedMemory>());
  previous = cuda::setThreadAllocator(cached);
}

backend::CachedMemoryScope::~CachedMemoryScope() {
  cuda::setThreadAllocator(std::move(previous));
}

cuda::StreamPtr backend::getStreamForLaunchAhead(Device device) {
  if (cuda::hasMemoryHooks() ||
      cuda::getAllocator() != cuda::MemoryPool::getDefault())
    return nullptr;
  const cuda::StreamPtr &stream = cuda::Stream::getCurrent(device.getOrdinal());
  return stream->isCapturing() ? nullptr : stream;
}

void backend::addMemoryPressureHandler(std::function<bool(Device)> release) {
  cuda::addMemoryPressureHandler(
      [release = std::move(release)](int ordinal, size_t) {
        return release(Device::cuda(ordinal));
      });
}

void backend::synchronize(Device device) {
  cuda::synchronize(device.getOrdinal());
}

void backend::execute(Device device, const Plan &plan,
                      const Execution &execution) {
  if (device.isCpu())
    numloom::execute(plan, execution);
  else
    cuda::execute(device.getOrdinal(), plan, execution);
}
