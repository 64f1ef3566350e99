// Figures of the CPU runtime alone: overhead of an execution, hand-over to
// threads, memory bandwidth, matrix products. Usage:
//   numloom-runtime-bench <directory of libscipy_openblas.so>
#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Blas.h"
#include "numloom/Runtime/Executor.h"
#include "numloom/Runtime/Gemm.h"
#include "numloom/Runtime/ThreadPool.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

using namespace numloom;

/// Seconds of the fastest of the calls of `fn` that fit into 0.3 s.
template <typename Fn>
static double getBestTime(Fn fn) {
  using Clock = std::chrono::steady_clock;
  auto end = Clock::now() + std::chrono::milliseconds(300);
  std::chrono::duration<double> best(1e9);
  do {
    auto start = Clock::now();
    fn();
    best = std::min<std::chrono::duration<double>>(best, Clock::now() - start);
  } while (Clock::now() < end);
  return best.count();
}

/// Nanoseconds per call of something too short to be timed alone.
template <typename Fn>
static double getNanoseconds(Fn fn) {
  constexpr int kCalls = 10000;
  double seconds = getBestTime([&] {
    for (int i = 0; i < kCalls; ++i)
      fn();
  });
  return seconds / kCalls * 1e9;
}

static void addFloats(void **buffers, const int64_t *, int64_t begin,
                      int64_t end) {
  const auto *a = static_cast<const float *>(buffers[0]);
  const auto *b = static_cast<const float *>(buffers[1]);
  auto *c = static_cast<float *>(buffers[2]);
  for (int64_t i = begin; i < end; ++i)
    c[i] = a[i] + b[i];
}

/// out = in0 + in1 over as many floats as parameter 0 says.
static Plan makeAddPlan() {
  auto code = std::make_shared<KernelCode>();
  code->function = addFloats;
  LaunchStep step;
  step.kernel = code;
  step.buffers = {
      {BufferKind::Input, 0}, {BufferKind::Input, 1}, {BufferKind::Output, 0}};
  step.work = {{makeParam(0)}};
  step.bytesRead = {{{makeParam(0)}, 8}};
  step.bytesWritten = {{{makeParam(0)}, 4}};
  Plan plan;
  plan.steps.push_back(step);
  return plan;
}

static Buffer allocateOnes(int64_t count) {
  Buffer buffer = Allocator::get().allocate(count * sizeof(float));
  std::fill_n(static_cast<float *>(buffer.data()), count, 1.0f);
  return buffer;
}

static void benchOverhead() {
  Plan plan = makeAddPlan();
  float a[10] = {}, b[10] = {}, c[10];
  void *inputs[] = {a, b}, *outputs[] = {c};
  int64_t size = 10;
  std::printf("plan of one launch, 10 elements: %.0f ns\n", getNanoseconds([&] {
                execute(plan, {inputs, outputs, {&size, 1}});
              }));
  std::printf("allocate and release 100 bytes: %.0f ns\n",
              getNanoseconds([] { Allocator::get().allocate(100); }));
  std::printf("parallel loop of two empty pieces: %.0f ns\n",
              getNanoseconds(
                  [] { parallelFor(2, 1, [](int64_t, int64_t) noexcept {}); }));
}

static void benchAdd(int64_t size) {
  Plan plan = makeAddPlan();
  Buffer a = allocateOnes(size), b = allocateOnes(size), c = allocateOnes(size);
  void *inputs[] = {a.data(), b.data()}, *outputs[] = {c.data()};
  double seconds =
      getBestTime([&] { execute(plan, {inputs, outputs, {&size, 1}}); });
  std::printf("  add of %lld float32: %.1f us, %.0f GB/s\n", (long long)size,
              seconds * 1e6, size * 12 / seconds / 1e9);
}

/// Writing a result of 200 MB into memory that is cached or fresh.
static void benchFirstTouch(bool cached) {
  Plan plan = makeAddPlan();
  int64_t size = 50000000;
  Buffer a = allocateOnes(size);
  double seconds = getBestTime([&] {
    if (!cached)
      Allocator::get().freeAllBlocks();
    Buffer c = Allocator::get().allocate(size * sizeof(float));
    void *inputs[] = {a.data(), a.data()}, *outputs[] = {c.data()};
    execute(plan, {inputs, outputs, {&size, 1}});
  });
  std::printf("  200 MB result in %s memory: %.1f ms\n",
              cached ? "cached" : "fresh", seconds * 1e3);
}

static void benchGemm(int64_t batch, int64_t m, int64_t n, int64_t k) {
  Buffer a = allocateOnes(batch * m * k), b = allocateOnes(batch * k * n);
  Buffer c = allocateOnes(batch * m * n);
  int64_t strideA = m * k, strideB = k * n, strideC = m * n;
  GemmProblem problem{DType::Float32,
                      {&batch, 1},
                      m,
                      n,
                      k,
                      {a.data(), {&strideA, 1}, k, 1},
                      {b.data(), {&strideB, 1}, n, 1},
                      {c.data(), {&strideC, 1}, n}};
  double seconds = getBestTime([&] { gemm(problem); });
  std::printf("  float32 %lld x (%lld x %lld x %lld): %.1f us, %.0f GFLOPS\n",
              (long long)batch, (long long)m, (long long)n, (long long)k,
              seconds * 1e6, 2e-9 * batch * m * n * k / seconds);
}

int main(int argc, char **argv) {
  if (argc > 1)
    setLibraryDir(argv[1]);
  int maxThreads = getNumThreads();
  benchOverhead();
  for (int threads = 1; threads <= maxThreads; threads *= 2) {
    setNumThreads(threads);
    std::printf("%d threads\n", threads);
    for (int64_t size : {65536, 262144, 1048576, 50000000})
      benchAdd(size);
    for (bool cached : {true, false})
      benchFirstTouch(cached);
    for (int64_t extent : {256, 1024, 4096})
      benchGemm(1, extent, extent, extent);
    benchGemm(1, 4096, 1, 4096);
    benchGemm(1, 64, 64, 1000000);
    for (int64_t extent : {4, 8, 16})
      benchGemm(4096, extent, extent, extent);
  }
}
