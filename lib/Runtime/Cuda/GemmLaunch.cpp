// Launches the runtime's own kernels for matrix products, which are embedded as
// PTX.
#include "GemmKernels.h"

#include "../GemmKernels.h"
#include "Modules.h"

#include "numloom/Runtime/Cuda/Error.h"

#include <cstring>
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
static constexpr char kEpilogue[] = {
#embed "Epilogue.ptx"
};
#pragma clang diagnostic pop

template <size_t Size>
static std::shared_ptr<const GpuImage> makeImage(const char (&text)[Size]) {
  auto image = std::make_shared<GpuImage>();
  image->bytes.assign(text, Size);
  return image;
}

DeviceFactor::DeviceFactor(const GemmFactor &factor, DType dtype)
    : mode(factor.isNegated + (factor.value ? 2 : 0)) {
  if (factor.value)
    std::memcpy(bits, factor.value, size_t(getBytes(dtype)));
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
  std::shared_ptr<const GpuImage> epilogue = makeImage(kEpilogue);
  GpuKernelCode epilogueFloat16{epilogue, "epilogueFloat16"};
  GpuKernelCode epilogueBFloat16{epilogue, "epilogueBFloat16"};
  GpuKernelCode epilogueFloat32{epilogue, "epilogueFloat32"};
  GpuKernelCode epilogueFloat64{epilogue, "epilogueFloat64"};
  GpuKernelCode epilogueComplex64{epilogue, "epilogueComplex64"};
  GpuKernelCode epilogueComplex128{epilogue, "epilogueComplex128"};
  GpuKernelCode epilogueUInt8{epilogue, "epilogueUInt8"};
  GpuKernelCode epilogueUInt16{epilogue, "epilogueUInt16"};
  GpuKernelCode epilogueUInt32{epilogue, "epilogueUInt32"};
  GpuKernelCode epilogueUInt64{epilogue, "epilogueUInt64"};

  /// Never destroyed: other threads may be launching when the process ends.
  static const Kernels &get() {
    static const auto *kernels = new Kernels;
    return *kernels;
  }
  const GpuKernelCode &getMultiply(DType dtype) const;
  const GpuKernelCode &getPack(int64_t elementBytes) const;
  const GpuKernelCode &getEpilogue(DType dtype) const;
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

const GpuKernelCode &Kernels::getEpilogue(DType dtype) const {
  switch (dtype) {
  case DType::Float16:
    return epilogueFloat16;
  case DType::BFloat16:
    return epilogueBFloat16;
  case DType::Float32:
    return epilogueFloat32;
  case DType::Float64:
    return epilogueFloat64;
  case DType::Complex64:
    return epilogueComplex64;
  case DType::Complex128:
    return epilogueComplex128;
  default:
    break;
  }
  // Signedness does not matter: integers wrap around.
  switch (getBytes(dtype)) {
  case 1:
    return epilogueUInt8;
  case 2:
    return epilogueUInt16;
  case 4:
    return epilogueUInt32;
  default:
    return epilogueUInt64;
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
         p.m, p.n, p.k, p.epilogue);
}

void cuda::launchEpilogue(const StridedGemm &p, const Stream &stream) {
  int64_t size = p.batch * p.m * p.n;
  launch(Kernels::get().getEpilogue(p.dtype), divideUp(size, kThreads), stream,
         p.c, p.m, p.n, p.k, size, p.epilogue);
}

void cuda::launchPack(const DeviceMatrix &source, char *target, int64_t batch,
                      int64_t rows, int64_t cols, int64_t elementBytes,
                      const Stream &stream) {
  int64_t size = batch * rows * cols;
  launch(Kernels::get().getPack(elementBytes), divideUp(size, kThreads), stream,
         source, target, rows, cols, size);
}
