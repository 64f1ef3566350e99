// What cuBLAS computes, by loops on the host.
#ifndef NUMLOOM_UNITTESTS_RUNTIME_CUDA_HOSTGEMM_H
#define NUMLOOM_UNITTESTS_RUNTIME_CUDA_HOSTGEMM_H

#include "../../../lib/Runtime/Cuda/Cublas.h"

#include <utility>

namespace numloom::cuda {

/// A batch of column-major float32 matrices under an operation.
struct HostMatrix {
  const void *data;
  CublasOperation operation;
  int64_t leadingDimension;
  long long stride;

  float at(int64_t index, int64_t row, int64_t col) const {
    if (operation == CublasOperation::Transposed)
      std::swap(row, col);
    return static_cast<const float *>(
        data)[index * stride + row + col * leadingDimension];
  }
};

/// c = alpha * a @ b + beta * c for matrices of m x k and k x n; c is not read
/// if beta is 0.
struct HostGemm {
  int64_t m, n, k, batch;
  HostMatrix a, b;
  float alpha, beta;
  void *c;
  int64_t leadingDimensionC;
  long long strideC;

  void run() const {
    for (int64_t i = 0; i < batch; ++i)
      for (int64_t row = 0; row < m; ++row)
        for (int64_t col = 0; col < n; ++col)
          compute(i, row, col);
  }

private:
  void compute(int64_t index, int64_t row, int64_t col) const {
    float sum = 0;
    for (int64_t p = 0; p < k; ++p)
      sum += a.at(index, row, p) * b.at(index, p, col);
    float &element = static_cast<float *>(
        c)[index * strideC + row + col * leadingDimensionC];
    element = beta == 0 ? alpha * sum : alpha * sum + beta * element;
  }
};

} // namespace numloom::cuda

#endif // NUMLOOM_UNITTESTS_RUNTIME_CUDA_HOSTGEMM_H
