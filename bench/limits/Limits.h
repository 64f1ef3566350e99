// What the hand-written limits share: device arrays, launches, timing.
#ifndef NUMLOOM_BENCH_LIMITS_H
#define NUMLOOM_BENCH_LIMITS_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <initializer_list>

namespace limits {

inline void check(cudaError_t error) {
  if (error == cudaSuccess)
    return;
  std::fprintf(stderr, "CUDA error: %s\n", cudaGetErrorString(error));
  std::exit(1);
}

/// Fills `data` with reproducible numbers in [low, high).
void fillUniform(float *data, size_t size, float low, float high);
void fillUniform(double *data, size_t size, double low, double high);
void fillUniform(int64_t *data, size_t size, int64_t low, int64_t high);

/// Device memory of a limit's run.
template <typename T>
class DeviceArray {
public:
  explicit DeviceArray(size_t size) {
    check(cudaMalloc(&data, size * sizeof(T)));
  }
  DeviceArray(size_t size, double low, double high) : DeviceArray(size) {
    fillUniform(data, size, low, high);
  }
  DeviceArray(const DeviceArray &) = delete;
  ~DeviceArray() { cudaFree(data); }
  operator T *() const { return data; }

private:
  T *data = nullptr;
};

using Launch = std::function<void()>;

/// Times each variant as the benchmark times the libraries, once with a wait
/// after every call and once with many calls in a row, and prints the best of
/// each as one JSON line.
void report(const char *workload, std::initializer_list<Launch> variants);
/// Whether each variant turns `result` into `expected`, both on the device and
/// of `bytes` bytes; says on stderr which one does not.
bool areCorrect(const char *workload, std::initializer_list<Launch> variants,
                void *result, const void *expected, size_t bytes);
void printRow(const char *workload, const char *method, double seconds,
              double streamSeconds);

constexpr size_t divideUp(size_t value, size_t divisor) {
  return (value + divisor - 1) / divisor;
}

void runElementwise();
void runReductions();
void runRows();
void runColumns();
void runMovement();
void runScans();
void runStencils();
void runGaussian();
void runGather();
void runScatter();
void runScatterAdd();
void runSelect();
void runDistances();
void runLatency();
/// A copy that reads and writes `bytes` in all.
void runCopy(const char *workload, size_t bytes);

} // namespace limits

#endif // NUMLOOM_BENCH_LIMITS_H
