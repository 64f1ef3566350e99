// Runs the limits: what hand-written kernels reach on this GPU for the programs
// of the benchmark. Arguments NAME=BYTES add copies that move as many bytes,
// other arguments are patterns that choose rows: all when there are none.
#include "Copy.cuh"
#include "Limits.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fnmatch.h>
#include <limits>
#include <string>
#include <vector>

using namespace limits;

/// A finaliser of MurmurHash3: enough for inputs that do not compress.
static __device__ unsigned getRandomBits(size_t i) {
  unsigned h = unsigned(i) * 0x9e3779b9u + unsigned(i >> 32);
  h ^= h >> 16;
  h *= 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  return h ^ h >> 16;
}

template <typename Real>
static __device__ Real scale(unsigned bits, Real low, Real high) {
  return low + (high - low) * Real(bits >> 8) * Real(1.0 / (1 << 24));
}

static __device__ int64_t scale(unsigned bits, int64_t low, int64_t high) {
  return low + (bits * (high - low) >> 32);
}

template <typename T>
static __global__ void fillKernel(T *data, size_t size, T low, T high) {
  size_t step = size_t(gridDim.x) * blockDim.x;
  for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < size;
       i += step)
    data[i] = scale(getRandomBits(i), low, high);
}

void limits::fillUniform(float *data, size_t size, float low, float high) {
  fillKernel<<<1024, 256>>>(data, size, low, high);
  check(cudaDeviceSynchronize());
}

void limits::fillUniform(double *data, size_t size, double low, double high) {
  fillKernel<<<1024, 256>>>(data, size, low, high);
  check(cudaDeviceSynchronize());
}

void limits::fillUniform(int64_t *data, size_t size, int64_t low,
                         int64_t high) {
  fillKernel<<<1024, 256>>>(data, size, low, high);
  check(cudaDeviceSynchronize());
}

static double getSeconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

static double timeOnce(const Launch &launch, int calls) {
  double begin = getSeconds();
  for (int i = 0; i < calls; ++i)
    launch();
  check(cudaDeviceSynchronize());
  return (getSeconds() - begin) / calls;
}

/// Median seconds per call of `samples` runs of `calls` calls.
static double getMedian(const Launch &launch, int samples, int calls) {
  std::vector<double> times;
  for (int i = 0; i < samples; ++i)
    times.push_back(timeOnce(launch, calls));
  std::nth_element(times.begin(), times.begin() + samples / 2, times.end());
  return times[samples / 2];
}

/// The patterns of the rows to measure.
static std::vector<const char *> chosenRows;

static bool isChosen(const char *workload) {
  return chosenRows.empty() ||
         std::ranges::any_of(chosenRows, [&](const char *pattern) {
           return fnmatch(pattern, workload, 0) == 0;
         });
}

static void measure(const char *workload, const char *method,
                    std::initializer_list<Launch> variants) {
  if (!isChosen(workload))
    return;
  double best = std::numeric_limits<double>::max(), bestStream = best;
  for (const Launch &launch : variants) {
    timeOnce(launch, 3);
    check(cudaGetLastError());
    double seconds = getMedian(launch, 30, 1);
    int calls = std::clamp(int(0.03 / seconds), 20, 1000);
    best = std::min(best, seconds);
    bestStream = std::min(bestStream, getMedian(launch, 3, calls));
  }
  printRow(workload, method, best, bestStream);
}

void limits::report(const char *workload,
                    std::initializer_list<Launch> variants) {
  measure(workload, "kernel", variants);
}

static __global__ void compareKernel(const unsigned *x, const unsigned *y,
                                     size_t size, unsigned *differences) {
  size_t step = size_t(gridDim.x) * blockDim.x;
  for (size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x; i < size;
       i += step)
    if (x[i] != y[i])
      atomicAdd(differences, 1);
}

static bool isEqual(const void *x, const void *y, size_t bytes) {
  DeviceArray<unsigned> differences(1);
  check(cudaMemset(differences, 0, sizeof(unsigned)));
  compareKernel<<<1024, 256>>>(static_cast<const unsigned *>(x),
                               static_cast<const unsigned *>(y),
                               bytes / sizeof(unsigned), differences);
  unsigned count = 0;
  check(cudaMemcpy(&count, differences, sizeof count, cudaMemcpyDeviceToHost));
  return count == 0;
}

bool limits::areCorrect(const char *workload,
                        std::initializer_list<Launch> variants, void *result,
                        const void *expected, size_t bytes) {
  bool areEqual = true;
  for (const Launch &launch : variants) {
    check(cudaMemset(result, 0xff, bytes));
    launch();
    check(cudaGetLastError());
    if (isEqual(result, expected, bytes))
      continue;
    std::fprintf(stderr, "%s: variant %d is wrong\n", workload,
                 int(&launch - variants.begin()));
    areEqual = false;
  }
  return areEqual;
}

void limits::printRow(const char *workload, const char *method, double seconds,
                      double streamSeconds) {
  std::printf("{\"workload\": \"%s\", \"method\": \"%s\", \"seconds\": %.9f, "
              "\"stream_seconds\": %.9f}\n",
              workload, method, seconds, streamSeconds);
  std::fflush(stdout);
}

void limits::runCopy(const char *workload, size_t bytes) {
  size_t size = divideUp(bytes, 2 * sizeof(float4));
  DeviceArray<float> from(4 * size, 0, 1), to(4 * size);
  auto *source = reinterpret_cast<const float4 *>((float *)from);
  auto *target = reinterpret_cast<float4 *>((float *)to);
  auto launch = [&]<int Unroll>(std::integral_constant<int, Unroll>) -> Launch {
    return [=] { launchCopy<Unroll>(source, target, size); };
  };
  measure(workload, "bandwidth",
          {launch(std::integral_constant<int, 1>()),
           launch(std::integral_constant<int, 2>()),
           launch(std::integral_constant<int, 4>())});
}

static void runPrograms() {
  runLatency();
  runElementwise();
  runReductions();
  runRows();
  runColumns();
  runMovement();
  runScans();
  runStencils();
  runGaussian();
  runGather();
  runScatter();
  runScatterAdd();
  runSelect();
  runDistances();
}

int main(int argc, char **argv) {
  std::vector<const char *> copies;
  for (int i = 1; i < argc; ++i)
    (std::strchr(argv[i], '=') ? copies : chosenRows).push_back(argv[i]);
  runPrograms();
  for (const char *copy : copies) {
    const char *separator = std::strchr(copy, '=');
    std::string name(copy, separator);
    runCopy(name.c_str(), std::strtoull(separator + 1, nullptr, 10));
  }
}
