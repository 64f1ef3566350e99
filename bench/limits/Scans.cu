// Limits of running sums: CUB's single pass with look-back, and a block a row.
#include "Limits.h"

#include <cub/block/block_load.cuh>
#include <cub/block/block_scan.cuh>
#include <cub/block/block_store.cuh>
#include <cub/device/device_scan.cuh>
#include <thrust/iterator/transform_iterator.h>

using namespace limits;

namespace {
struct Square {
  __host__ __device__ float operator()(float x) const { return x * x; }
};
} // namespace

template <typename Input>
static void reportScan(const char *name, Input in, float *out, int size) {
  size_t bytes = 0;
  check(cub::DeviceScan::InclusiveSum(nullptr, bytes, in, out, size));
  DeviceArray<char> storage(bytes);
  report(name, {[&]() mutable {
           check(cub::DeviceScan::InclusiveSum((char *)storage, bytes, in, out,
                                               size));
         }});
}

template <int Threads, int Cols>
static __global__ void __launch_bounds__(Threads)
    rowScanKernel(const float *x, float *out) {
  constexpr int items = Cols / Threads;
  using Load = cub::BlockLoad<float, Threads, items, cub::BLOCK_LOAD_TRANSPOSE>;
  using Store =
      cub::BlockStore<float, Threads, items, cub::BLOCK_STORE_TRANSPOSE>;
  using Scan = cub::BlockScan<float, Threads>;
  __shared__ union {
    typename Load::TempStorage load;
    typename Store::TempStorage store;
    typename Scan::TempStorage scan;
  } storage;
  float values[items];
  size_t base = size_t(blockIdx.x) * Cols;
  Load(storage.load).Load(x + base, values);
  __syncthreads();
  Scan(storage.scan).InclusiveSum(values, values);
  __syncthreads();
  Store(storage.store).Store(out + base, values);
}

static void reportRowScans() {
  constexpr int rows = 8192, cols = 4096;
  DeviceArray<float> x(size_t(rows) * cols, 0, 1), out(size_t(rows) * cols);
  report("cumsum_rows",
         {[&] { rowScanKernel<256, cols><<<rows, 256>>>(x, out); },
          [&] { rowScanKernel<512, cols><<<rows, 512>>>(x, out); }});
}

void limits::runScans() {
  constexpr int size = 50'000'000;
  DeviceArray<float> x(size, 0, 1), out(size);
  const float *in = x;
  reportScan("cumsum", in, out, size);
  reportScan("cumsum_of_squares", thrust::make_transform_iterator(in, Square()),
             out, size);
  reportRowScans();
}
