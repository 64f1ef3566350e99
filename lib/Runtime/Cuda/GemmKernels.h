// What the matrix products on a device are made of.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_GEMMKERNELS_H
#define NUMLOOM_LIB_RUNTIME_CUDA_GEMMKERNELS_H

#include "numloom/Runtime/Cuda/Gemm.h"

#include <cstdint>

namespace numloom::cuda {

/// A matrix of a batch in device memory; strides in elements.
struct DeviceMatrix {
  const char *data;
  int64_t rowStride, colStride, batchStride;
};

/// A factor as kernels take it.
struct DeviceFactor {
  DeviceFactor(const GemmFactor &factor, DType dtype);

  bool isOne() const { return mode == 0; }
  bool isNegated() const { return mode & 1; }
  bool hasNumber() const { return mode & 2; }

  /// The number, if there is one.
  uint64_t bits[2] = {};
  /// Bit 0: negated. Bit 1: `bits` holds the number.
  int64_t mode;
};

/// As in GemmTerms; kernels take it as it is.
struct DeviceEpilogue {
  DeviceMatrix addends[2];
  /// Of the product and of the first addend.
  DeviceFactor factors[2];

  bool isPlain() const { return factors[0].isOne() && !addends[0].data; }
};

/// A result of which the elements of a row are neighbours; kernels take it as
/// it is.
struct DeviceResult {
  char *data;
  int64_t rowStride, batchStride;
};

/// c[i] = a[i] @ b[i] and the epilogue for i < batch, with one batch dimension.
/// Every extent is at least 1, but k may be 0 for `launchEpilogue`.
struct StridedGemm {
  DType dtype;
  int64_t m, n, k, batch;
  DeviceMatrix a, b;
  DeviceResult c;
  DeviceEpilogue epilogue;

  /// Whether the first addend is what lies where the product goes.
  bool isInPlace() const { return epilogue.addends[0].data == c.data; }
};

/// Through cuBLAS: float and complex dtypes whose operands satisfy
/// `hasLeadingDimension`. Throws BlasError.
void launchCublas(const StridedGemm &problem, const Stream &stream);

/// Through a kernel of the runtime: bool and integers, any strides.
void launchIntegerGemm(const StridedGemm &problem, const Stream &stream);

/// Through cublasLt, with the epilogue: whether that can be, gives NumPy's
/// result, and was done.
bool launchCublasLt(const StridedGemm &problem, const Stream &stream);

/// The epilogue alone, on products that lie in c, or on zeros if k is 0: a
/// kernel of the runtime.
void launchEpilogue(const StridedGemm &problem, const Stream &stream);

/// Copies `batch` matrices into contiguous ones that lie one behind the other;
/// `rows` is the dimension to become the slower one. Any strides.
void launchPack(const DeviceMatrix &source, char *target, int64_t batch,
                int64_t rows, int64_t cols, int64_t elementBytes,
                const Stream &stream);

} // namespace numloom::cuda

#endif // NUMLOOM_LIB_RUNTIME_CUDA_GEMMKERNELS_H
