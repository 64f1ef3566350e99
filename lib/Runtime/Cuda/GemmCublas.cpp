// Matrix products through cuBLAS.
#include "CublasTypes.h"
#include "StreamMemory.h"

#include "numloom/Support/Environment.h"

#include <cmath>
#include <complex>
#include <cstring>

using namespace numloom;
using namespace numloom::cuda;

/// A product by a vector reads the matrix once, which gemv does at the speed of
/// memory, a block per few outputs: with fewer outputs than this and a long
/// depth it leaves most of the device idle, and gemm, which splits the depth,
/// is used.
static constexpr int64_t kMinVectorOutputs = 128, kMaxVectorDepth = 16384;

/// Whether float32 operands may be rounded to 10 bits of mantissa, which is
/// several times as fast.
static bool allowsTf32() {
  static const bool isAllowed = getEnvironment("NUMLOOM_TF32") == "1";
  return isAllowed;
}

/// The library reads factors by vector instructions: std::complex<double> is
/// aligned to 8 bytes, its counterpart there to 16.
template <typename T>
alignas(16) static constexpr T kOne = T(1);
template <typename T>
alignas(16) static constexpr T kZero = T(0);

template <typename Factor>
static CublasType makeType(CudaDataType data, CublasComputeType compute,
                           CudaDataType dotCompute,
                           const CublasGemv Cublas::*gemv) {
  return {data, compute, dotCompute, &kOne<Factor>, &kZero<Factor>, gemv};
}

CublasType cuda::getCublasType(DType dtype) {
  using Data = CudaDataType;
  using Compute = CublasComputeType;
  switch (dtype) {
  case DType::Float16:
    return makeType<float>(Data::Float16, Compute::Float32, Data::Float32,
                           &Cublas::gemvFloat16);
  case DType::BFloat16:
    return makeType<float>(Data::BFloat16, Compute::Float32, Data::Float32,
                           &Cublas::gemvBFloat16);
  case DType::Float32:
    return makeType<float>(Data::Float32,
                           allowsTf32() ? Compute::Tf32 : Compute::Float32,
                           Data::Float32, &Cublas::gemvFloat32);
  case DType::Float64:
    return makeType<double>(Data::Float64, Compute::Float64, Data::Float64,
                            &Cublas::gemvFloat64);
  case DType::Complex64:
    return makeType<std::complex<float>>(
        Data::Complex64, allowsTf32() ? Compute::Tf32 : Compute::Float32,
        Data::Complex64, &Cublas::gemvComplex64);
  default:
    return makeType<std::complex<double>>(Data::Complex128, Compute::Float64,
                                          Data::Complex128,
                                          &Cublas::gemvComplex128);
  }
}

ColumnMajor cuda::getTransposed(const DeviceMatrix &matrix, int64_t cols) {
  if (matrix.colStride == 1 && matrix.rowStride >= cols)
    return {CublasOperation::None, matrix.rowStride};
  return {CublasOperation::Transposed, matrix.colStride};
}

namespace {
/// c = alpha * product + beta * c; c is not read if beta is 0.
struct Factors {
  const void *alpha, *beta;
};
} // namespace

/// c^T = b^T @ a^T, all of them column-major.
static void callGemm(const Cublas &cublas, CublasHandle handle,
                     const StridedGemm &p, Factors factors) {
  CublasType type = getCublasType(p.dtype);
  ColumnMajor a = getTransposed(p.a, p.k), b = getTransposed(p.b, p.n);
  cublas.gemm(handle, b.operation, a.operation, p.n, p.m, p.k, factors.alpha,
              p.b.data, type.data, b.leadingDimension, p.b.batchStride,
              p.a.data, type.data, a.leadingDimension, p.a.batchStride,
              factors.beta, p.c.data, type.data, p.c.rowStride, p.c.batchStride,
              p.batch, type.compute, kCublasDefaultAlgorithm);
}

/// c = matrix @ x, with `outputs` rows of `depth`, that lie `stepC` apart.
static void callGemv(const Cublas &cublas, CublasHandle handle,
                     const StridedGemm &p, const DeviceMatrix &matrix,
                     int64_t outputs, const DeviceMatrix &x, int64_t stepX,
                     int64_t stepC, Factors factors) {
  CublasType type = getCublasType(p.dtype);
  auto [operation, leadingDimension] = getTransposed(matrix, p.k);
  bool isRowMajor = operation == CublasOperation::None;
  (cublas.*type.gemv)(
      handle, isRowMajor ? CublasOperation::Transposed : CublasOperation::None,
      isRowMajor ? p.k : outputs, isRowMajor ? outputs : p.k, factors.alpha,
      matrix.data, leadingDimension, matrix.batchStride, x.data, stepX,
      x.batchStride, factors.beta, p.c.data, stepC, p.c.batchStride, p.batch);
}

/// The result stays on the device; every other routine takes its factors from
/// the host.
static void callDot(const Cublas &cublas, CublasHandle handle,
                    const StridedGemm &p) {
  CublasType type = getCublasType(p.dtype);
  cublas.setPointerMode(handle, CublasPointerMode::Device);
  CublasStatus status = cublas.dot.pointer(
      handle, p.k, p.a.data, type.data, p.a.colStride, p.b.data, type.data,
      p.b.rowStride, p.c.data, type.data, type.scale);
  cublas.setPointerMode(handle, CublasPointerMode::Host);
  if (status != CublasStatus::Success)
    throwCublasError(cublas.dot.name, status);
}

static bool isGemvFast(const StridedGemm &p) {
  return p.m * p.n * p.batch >= kMinVectorOutputs || p.k <= kMaxVectorDepth;
}

/// `dot` has neither factor.
static bool isDot(const StridedGemm &p) {
  return p.m == 1 && p.n == 1 && p.batch == 1 && !p.isInPlace();
}

bool cuda::isForGemm(const StridedGemm &p) {
  return !isDot(p) && ((p.m > 1 && p.n > 1) || !isGemvFast(p));
}

static void multiply(const StridedGemm &p, const Stream &stream,
                     Factors factors) {
  const Cublas &cublas = Cublas::get();
  CublasLease lease(cublas, stream);
  CublasHandle handle = lease.getHandle();
  if (isDot(p))
    return callDot(cublas, handle, p);
  if (isForGemm(p))
    return callGemm(cublas, handle, p, factors);
  if (p.n == 1)
    return callGemv(cublas, handle, p, p.a, p.m, p.b, p.b.rowStride,
                    p.c.rowStride, factors);
  DeviceMatrix matrix = p.b;
  std::swap(matrix.rowStride, matrix.colStride);
  callGemv(cublas, handle, p, matrix, p.n, p.a, p.a.colStride, 1, factors);
}

template <typename T>
static std::optional<CublasFactor> makeFactor(const DeviceFactor &factor) {
  T value(1);
  if (factor.hasNumber())
    std::memcpy(&value, factor.bits, sizeof(T));
  std::complex<double> number = value;
  if (number == 0.0 || !std::isfinite(number.real()) ||
      !std::isfinite(number.imag()))
    return std::nullopt;
  if (factor.isNegated())
    value = -value;
  CublasFactor result;
  std::memcpy(result.bytes, &value, sizeof(T));
  return result;
}

std::optional<CublasFactor> cuda::getCublasFactor(const DeviceFactor &factor,
                                                  DType dtype) {
  switch (dtype) {
  case DType::Float64:
    return makeFactor<double>(factor);
  case DType::Complex64:
    return makeFactor<std::complex<float>>(factor);
  case DType::Complex128:
    return makeFactor<std::complex<double>>(factor);
  case DType::Float32:
    return makeFactor<float>(factor);
  default:
    // The numbers of 16-bit floats would need a conversion.
    return factor.hasNumber() ? std::nullopt : makeFactor<float>(factor);
  }
}

/// With the epilogue as the routine's own factors: whether that can be.
static bool multiplyScaled(const StridedGemm &p, const Stream &stream) {
  const DeviceEpilogue &epilogue = p.epilogue;
  auto alpha = getCublasFactor(epilogue.factors[0], p.dtype);
  auto beta = getCublasFactor(epilogue.factors[1], p.dtype);
  bool adds = epilogue.addends[0].data;
  if (!alpha || (adds && !beta) || (adds && !p.isInPlace()) ||
      epilogue.addends[1].data || isDot(p))
    return false;
  multiply(p, stream,
           {alpha->bytes, adds ? beta->bytes : getCublasType(p.dtype).zero});
  return true;
}

/// The epilogue by a kernel behind the product.
static void multiplyAndFinish(StridedGemm p, const Stream &stream) {
  StreamMemory copy;
  if (p.isInPlace()) {
    // The product goes over what is added to it.
    DeviceMatrix &addend = p.epilogue.addends[0];
    int64_t size = p.m * p.n, bytes = getBytes(p.dtype);
    char *to = copy.allocate(size_t(p.batch * size * bytes), stream);
    launchPack(addend, to, p.batch, p.m, p.n, bytes, stream);
    addend = {to, p.n, 1, size};
  }
  CublasType type = getCublasType(p.dtype);
  multiply(p, stream, {type.one, type.zero});
  launchEpilogue(p, stream);
}

void cuda::launchCublas(const StridedGemm &p, const Stream &stream) {
  CublasType type = getCublasType(p.dtype);
  if (p.epilogue.isPlain())
    return multiply(p, stream, {type.one, type.zero});
  if (!multiplyScaled(p, stream) && !launchCublasLt(p, stream))
    multiplyAndFinish(p, stream);
}
