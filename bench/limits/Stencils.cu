// Limits of stencils: a thread walks down a few rows and keeps three of them.
#include "Limits.h"

using namespace limits;

namespace {

/// The three elements of a row around one column.
struct Line {
  float left, center, right;
};

struct Jacobi {
  static __device__ float compute(Line top, Line middle, Line bottom) {
    return 0.25f * (top.center + bottom.center + middle.left + middle.right);
  }
};

struct Sobel {
  static __device__ float compute(Line top, Line middle, Line bottom) {
    float dx = top.right - top.left + 2.0f * (middle.right - middle.left) +
               bottom.right - bottom.left;
    float dy = bottom.left - top.left + 2.0f * (bottom.center - top.center) +
               bottom.right - top.right;
    return sqrtf(dx * dx + dy * dy);
  }
};

} // namespace

static __device__ Line loadLine(const float *at) {
  return {__ldg(at), __ldg(at + 1), __ldg(at + 2)};
}

/// `size` x `size` in, two less each way out.
template <typename Stencil, int Rows>
static __global__ void stencilKernel(const float *x, float *out, int size) {
  int col = blockIdx.x * blockDim.x + threadIdx.x;
  int first = (blockIdx.y * blockDim.y + threadIdx.y) * Rows;
  if (col >= size - 2 || first >= size - 2)
    return;
  const float *at = x + size_t(first) * size + col;
  Line top = loadLine(at), middle = loadLine(at + size);
#pragma unroll
  for (int i = 0; i < Rows; ++i) {
    if (first + i >= size - 2)
      return;
    Line bottom = loadLine(at + size_t(i + 2) * size);
    out[size_t(first + i) * (size - 2) + col] =
        Stencil::compute(top, middle, bottom);
    top = middle;
    middle = bottom;
  }
}

template <typename Stencil>
static void reportStencil(const char *name, int size) {
  DeviceArray<float> x(size_t(size) * size, 0, 1), out(size_t(size) * size);
  auto launch = [&]<int Rows>(std::integral_constant<int, Rows>,
                              dim3 threads) -> Launch {
    return [&, size, threads] {
      dim3 blocks(divideUp(size, threads.x), divideUp(size, threads.y * Rows));
      stencilKernel<Stencil, Rows><<<blocks, threads>>>(x, out, size);
    };
  };
  report(name, {launch(std::integral_constant<int, 1>(), dim3(64, 4)),
                launch(std::integral_constant<int, 4>(), dim3(64, 4)),
                launch(std::integral_constant<int, 8>(), dim3(128, 2)),
                launch(std::integral_constant<int, 16>(), dim3(256, 1))});
}

void limits::runStencils() {
  reportStencil<Jacobi>("jacobi_step", 4096);
  reportStencil<Sobel>("sobel", 8192);
}
