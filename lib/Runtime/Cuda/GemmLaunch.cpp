// Launches the runtime's own kernels for matrix products, which are embedded as
// PTX.
#include "GemmKernels.h"

#include "../GemmKernels.h"
#include "Modules.h"

#include "numloom/Runtime/Cuda/Error.h"

#include <limits>

using namespace numloom;
using namespace numloom::cuda;

/// As in the kernels.
static constexpr int64_t kThreads = 256, kTile = 64;

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static constexpr char kMultiplyBool[] = {
#embed "MultiplyBool.ptx"
};
static constexpr char kMultiplyUInt8[] = {
#embed "MultiplyUInt8.ptx"
};
static constexpr char kMultiplyUInt16[] = {
#embed "MultiplyUInt16.ptx"
};
static constexpr char kMultiplyUInt32[] = {
#embed "MultiplyUInt32.ptx"
};
static constexpr char kMultiplyUInt64[] = {
#embed "MultiplyUInt64.ptx"
};
static constexpr char kPack[] = {
#embed "Pack.ptx"
};
#pragma clang diagnostic pop

template <size_t Size>
static std::shared_ptr<const GpuImage> makeImage(const char (&text)[Size]) {
  auto image = std::make_shared<GpuImage>();
  image->bytes.assign(text, Size);
  return image;
}

namespace {
/// The kernels; images are loaded when they are used first.
struct Kernels {
  GpuKernelCode multiplyBool{makeImage(kMultiplyBool), "multiply"};
  GpuKernelCode multiply1{makeImage(kMultiplyUInt8), "multiply"};
  GpuKernelCode multiply2{makeImage(kMultiplyUInt16), "multiply"};
  GpuKernelCode multiply4{makeImage(kMultiplyUInt32), "multiply"};
  GpuKernelCode multiply8{makeImage(kMultiplyUInt64), "multiply"};
  std::shared_ptr<const GpuImage> pack = makeImage(kPack);
  GpuKernelCode pack2{pack, "pack2"};
  GpuKernelCode pack4{pack, "pack4"};
  GpuKernelCode pack8{pack, "pack8"};
  GpuKernelCode pack16{pack, "pack16"};

  /// Never destroyed: other threads may be launching when the process ends.
  static const Kernels &get() {
    static const auto *kernels = new Kernels;
    return *kernels;
  }
  const GpuKernelCode &getMultiply(DType dtype) const;
  const GpuKernelCode &getPack(int64_t elementBytes) const;
};
} // namespace

const GpuKernelCode &Kernels::getMultiply(DType dtype) const {
  if (dtype == DType::Bool)
    return multiplyBool;
  switch (getBytes(dtype)) {
  case 1:
    return multiply1;
  case 2:
    return multiply2;
  case 4:
    return multiply4;
  default:
    return multiply8;
  }
}

const GpuKernelCode &Kernels::getPack(int64_t elementBytes) const {
  switch (elementBytes) {
  case 2:
    return pack2;
  case 4:
    return pack4;
  case 8:
    return pack8;
  default:
    return pack16;
  }
}

template <typename... Args>
static void launch(const GpuKernelCode &kernel, int64_t blocks,
                   const Stream &stream, Args... args) {
  if (blocks > std::numeric_limits<int32_t>::max())
    throw CudaError(Result::InvalidValue,
                    "a matrix product of " + std::to_string(blocks) +
                        " blocks: a grid has at most 2147483647");
  ContextScope scope(stream.getOrdinal());
  void *arguments[] = {&args...};
  scope->cuLaunchKernel(getFunction(scope, stream.getOrdinal(), kernel),
                        unsigned(blocks), 1, 1, kThreads, 1, 1, 0,
                        stream.getHandle(), arguments, nullptr);
}

void cuda::launchIntegerGemm(const StridedGemm &p, const Stream &stream) {
  int64_t blocks = divideUp(p.m, kTile) * divideUp(p.n, kTile) * p.batch;
  launch(Kernels::get().getMultiply(p.dtype), blocks, stream, p.a, p.b, p.c,
         p.batchStrideC, p.m, p.n, p.k);
}

void cuda::launchPack(const DeviceMatrix &source, char *target, int64_t batch,
                      int64_t rows, int64_t cols, int64_t elementBytes,
                      const Stream &stream) {
  int64_t size = batch * rows * cols;
  launch(Kernels::get().getPack(elementBytes), divideUp(size, kThreads), stream,
         source, target, rows, cols, size);
}
