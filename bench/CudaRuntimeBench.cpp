// Figures of the CUDA runtime alone: start-up, memory, launches, graphs,
// transfers. Needs a device. Usage: numloom-cuda-bench [ordinal]
#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/MemoryPool.h"
#include "numloom/Runtime/Cuda/PinnedMemory.h"
#include "numloom/Runtime/Cuda/Runtime.h"
#include "numloom/Runtime/Plan.h"
#include "numloom/Runtime/ThreadPool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace numloom;
using namespace numloom::cuda;

static constexpr const char *kPtx = R"(
.version 7.0
.target sm_75
.address_size 64
.visible .entry nothing(.param .u64 a, .param .f32 b, .param .u32 n) { ret; }
)";

using Clock = std::chrono::steady_clock;

template <typename Fn>
static double getSeconds(Fn &&fn) {
  auto start = Clock::now();
  fn();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Median seconds of the calls of `fn` that fit into 0.3 s, ten at least.
template <typename Fn>
static double getMedian(Fn &&fn) {
  std::vector<double> times;
  auto end = Clock::now() + std::chrono::milliseconds(300);
  while (times.size() < 10 || Clock::now() < end)
    times.push_back(getSeconds(fn));
  std::ranges::nth_element(times, times.begin() + times.size() / 2);
  return times[times.size() / 2];
}

static void report(const char *what, double value, const char *unit) {
  std::printf("%-52s %9.2f %s\n", what, value, unit);
}

namespace {
class CudaBench {
public:
  explicit CudaBench(int ordinal) : ordinal(ordinal) {}
  void run();

private:
  void measureStart();
  void measureMemory();
  void measureLaunches();
  void measureTransfers();
  /// Microseconds of host time an execution, without waiting.
  template <typename Fn>
  double getIssueTime(Fn &&execute);

  int ordinal;
};
} // namespace

void CudaBench::measureStart() {
  report("driver initialised", getSeconds([] { Driver::get(); }) * 1e3, "ms");
  report("context", getSeconds([&] { getContext(ordinal); }) * 1e3, "ms");
  std::printf("%s, driver for CUDA %d.%d, %d host threads\n",
              getDeviceName(ordinal).c_str(), getDriverVersion() / 1000,
              getDriverVersion() % 1000 / 10, getNumThreads());
}

void CudaBench::measureMemory() {
  auto cycle = [&] {
    Allocation memory = allocate(ordinal, 4000);
    memory.release(memory.owner, memory.pointer, 4000);
  };
  constexpr int kCycles = 1000;
  double seconds = getMedian([&] {
    for (int i = 0; i < kCycles; ++i)
      cycle();
  });
  report("allocation and release, from the pool", seconds / kCycles * 1e9,
         "ns");
}

/// `length` launches of a kernel that does nothing; the number that it takes
/// by value is input 1.
static Plan makePlan(int length) {
  auto image = std::make_shared<GpuImage>();
  image->bytes = kPtx;
  auto kernel = std::make_shared<GpuKernelCode>();
  kernel->image = image;
  kernel->entry = "nothing";
  GpuLaunchStep step;
  step.kernel = kernel;
  step.buffers = {{BufferKind::Input, 0}, {BufferKind::Input, 1}};
  step.byValue = {false, true};
  step.sizes = {makeParam(0)};
  step.blocks = SizeFormula::constant(4);
  Plan plan;
  plan.steps.assign(size_t(length), step);
  return plan;
}

template <typename Fn>
double CudaBench::getIssueTime(Fn &&execute) {
  // Few enough for the queue: a full one would make the host wait.
  constexpr int kCalls = 20;
  std::vector<double> times;
  for (int round = 0; round < 100; ++round) {
    times.push_back(getSeconds([&] {
      for (int i = 0; i < kCalls; ++i)
        execute();
    }));
    synchronize(ordinal);
  }
  std::ranges::nth_element(times, times.begin() + 50);
  return times[50] / kCalls * 1e6;
}

void CudaBench::measureLaunches() {
  int64_t size = 1000;
  alignas(16) int32_t number[4] = {};
  Allocation memory = allocate(ordinal, 4000);
  void *inputs[] = {memory.pointer, number};
  Execution execution{inputs, {}, {&size, 1}};
  for (int length : {1, 3, 10, 30}) {
    Plan plan = makePlan(length);
    auto run = [&] { execute(ordinal, plan, execution); };
    auto runWithNewNumber = [&] {
      ++number[0];
      run();
    };
    std::printf("plan of %d launches\n", length);
    run();
    report("  issue, arguments change", getIssueTime(runWithNewNumber), "us");
    report("  issue, arguments repeat", getIssueTime(run), "us");
    report("  to the end, arguments change",
           getMedian([&] {
             runWithNewNumber();
             Stream::getCurrent(ordinal)->synchronize();
           }) * 1e6,
           "us");
    report("  to the end, arguments repeat",
           getMedian([&] {
             run();
             Stream::getCurrent(ordinal)->synchronize();
           }) * 1e6,
           "us");
  }
  memory.release(memory.owner, memory.pointer, 4000);
}

void CudaBench::measureTransfers() {
  constexpr size_t kLargest = 200'000'000;
  Allocation device = allocate(ordinal, kLargest);
  Allocation pinned = PinnedMemoryPool::get().allocate(kLargest);
  auto *pageable = static_cast<char *>(std::aligned_alloc(4096, kLargest));
  std::memset(pageable, 1, kLargest);
  std::memset(pinned.pointer, 1, kLargest);
  for (size_t bytes : {size_t(8), size_t(4096), size_t(65536), size_t(65537),
                       size_t(1) << 20, size_t(1) << 24, kLargest}) {
    std::printf("%zu bytes\n", bytes);
    auto toDevice = [&](void *host) {
      return getMedian([&] {
        copyToDevice(ordinal, device.pointer, host, bytes);
        Stream::getCurrent(ordinal)->synchronize();
      });
    };
    auto toHost = [&](void *host) {
      return getMedian(
          [&] { copyToHost(ordinal, host, device.pointer, bytes); });
    };
    report("  to device, pageable", toDevice(pageable) * 1e6, "us");
    report("  to device, pinned", toDevice(pinned.pointer) * 1e6, "us");
    report("  to host, pageable", toHost(pageable) * 1e6, "us");
    report("  to host, pinned", toHost(pinned.pointer) * 1e6, "us");
  }
  report("200 MB to fresh pageable memory",
         getMedian([&] {
           void *fresh = std::aligned_alloc(4096, kLargest);
           copyToHost(ordinal, fresh, device.pointer, kLargest);
           std::free(fresh);
         }) * 1e6,
         "us");
  std::free(pageable);
  pinned.release(pinned.owner, pinned.pointer, kLargest);
  device.release(device.owner, device.pointer, kLargest);
}

void CudaBench::run() {
  measureStart();
  measureMemory();
  measureLaunches();
  measureTransfers();
}

int main(int argc, char **argv) {
  try {
    CudaBench(argc > 1 ? std::atoi(argv[1]) : 0).run();
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
