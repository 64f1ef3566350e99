// Limits of small work and of transfers: launches, waits, pinned copies.
#include "Limits.h"

#include <algorithm>
#include <chrono>

using namespace limits;

static __global__ void smallKernel(const float *x, float *out, int size) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < size)
    out[i] = x[i] + 1.0f;
}

/// Host time of one launch among many.
static double getLaunchSeconds(const Launch &launch) {
  constexpr int calls = 200;
  double best = 1.0;
  for (int sample = 0; sample < 20; ++sample) {
    auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i)
      launch();
    std::chrono::duration<double> seconds =
        std::chrono::steady_clock::now() - begin;
    best = std::min(best, seconds.count() / calls);
    check(cudaDeviceSynchronize());
  }
  return best;
}

static void reportTransfers() {
  constexpr size_t bytes = 200'000'000;
  DeviceArray<float> device(bytes / sizeof(float), 0, 1);
  void *host = nullptr;
  check(cudaMallocHost(&host, bytes));
  float *pointer = device;
  report("host_to_device_200mb", {[=] {
           check(cudaMemcpyAsync(pointer, host, bytes, cudaMemcpyHostToDevice));
         }});
  report("device_to_host_200mb", {[=] {
           check(cudaMemcpyAsync(host, pointer, bytes, cudaMemcpyDeviceToHost));
         }});
  check(cudaFreeHost(host));
}

void limits::runLatency() {
  DeviceArray<float> x(1000, 0, 1), out(1000);
  Launch launch = [&] { smallKernel<<<4, 256>>>(x, out, 1000); };
  report("twenty_ops_1000", {launch});
  double seconds = getLaunchSeconds(launch);
  printRow("small_op_issue", "launch", seconds, seconds);
  reportTransfers();
}
