// Turns a product on strided operands into launches with one batch dimension.
#include "numloom/Runtime/Cuda/Gemm.h"

#include "../GemmKernels.h"
#include "GemmKernels.h"

#include "numloom/Runtime/Cuda/Driver.h"
#include "numloom/Runtime/Cuda/Memory.h"
#include "numloom/Runtime/Cuda/Transfer.h"

#include <algorithm>
#include <cstdlib>

using namespace numloom;
using namespace numloom::cuda;

namespace {

/// Memory for as long as the work that is being enqueued needs it: the next
/// user on the stream runs behind that.
class StreamMemory {
public:
  StreamMemory() = default;
  ~StreamMemory() {
    if (allocation.pointer)
      allocation.release(allocation.owner, allocation.pointer, bytes);
  }
  StreamMemory(const StreamMemory &) = delete;
  StreamMemory &operator=(const StreamMemory &) = delete;

  char *allocate(size_t size, const Stream &stream) {
    allocation = allocateFrom(*getAllocator(), size, stream);
    bytes = size;
    return static_cast<char *>(allocation.pointer);
  }

private:
  Allocation allocation;
  size_t bytes = 0;
};

/// One batch dimension with the operands' strides along it.
struct BatchDim {
  int64_t extent, a, b, c;
};

/// One product. Extents of 1 are dropped from the batch, dimensions that can
/// be walked as one are merged.
class DeviceGemm {
public:
  DeviceGemm(const GemmProblem &problem, const Stream &stream);

  void run();

private:
  void addBatchDim(BatchDim dim);
  void foldIntoRows();
  void packIfNeeded(GemmMatrix &matrix, int64_t rows, int64_t cols,
                    int64_t BatchDim::*stride, StreamMemory &packed);
  void pack(GemmMatrix &matrix, int64_t rows, int64_t cols,
            int64_t BatchDim::*stride, StreamMemory &packed);
  void launch(int64_t offsetA, int64_t offsetB, int64_t offsetC) const;
  /// Calls `fn(index)`, with an index per dimension but the last.
  template <typename Fn>
  void forEachOuterIndex(Fn &&fn) const;

  const Stream &stream;
  DType dtype;
  int64_t elementBytes, m, n, k;
  GemmMatrix a, b;
  char *c;
  /// The last one is left to the kernels.
  std::vector<BatchDim> batch;
  StreamMemory packedA, packedB;
};

} // namespace

DeviceGemm::DeviceGemm(const GemmProblem &problem, const Stream &stream)
    : stream(stream), dtype(problem.dtype), elementBytes(getBytes(dtype)),
      m(problem.m), n(problem.n), k(problem.k), a(problem.a), b(problem.b),
      c(static_cast<char *>(problem.c)) {
  int64_t strideC = m * n * getProduct(problem.batch);
  for (size_t i = 0; i < problem.batch.size(); ++i) {
    strideC /= problem.batch[i];
    addBatchDim(
        {problem.batch[i], a.batchStrides[i], b.batchStrides[i], strideC});
  }
  foldIntoRows();
  // The longest dimension takes the fewest launches.
  if (batch.empty())
    batch.push_back({1, 0, 0, 0});
  std::iter_swap(std::max_element(batch.begin(), batch.end(),
                                  [](const BatchDim &x, const BatchDim &y) {
                                    return x.extent < y.extent;
                                  }),
                 batch.end() - 1);
  if (isFloat(dtype) || isComplex(dtype)) {
    packIfNeeded(a, m, k, &BatchDim::a, packedA);
    packIfNeeded(b, k, n, &BatchDim::b, packedB);
  }
}

void DeviceGemm::addBatchDim(BatchDim dim) {
  if (dim.extent == 1)
    return;
  if (!batch.empty() && batch.back().a == dim.a * dim.extent &&
      batch.back().b == dim.b * dim.extent) {
    dim.extent *= batch.back().extent;
    batch.pop_back();
  }
  batch.push_back(dim);
}

/// Matrices multiplied by one and the same are one taller matrix.
void DeviceGemm::foldIntoRows() {
  while (!batch.empty() && batch.back().b == 0 &&
         (m == 1 || batch.back().a == m * a.rowStride)) {
    if (m == 1)
      a.rowStride = batch.back().a;
    m *= batch.back().extent;
    batch.pop_back();
  }
}

template <typename Fn>
void DeviceGemm::forEachOuterIndex(Fn &&fn) const {
  size_t outer = batch.size() - 1;
  std::vector<int64_t> index(outer, 0);
  while (true) {
    fn(std::span<const int64_t>(index));
    size_t i = outer;
    while (i > 0 && ++index[i - 1] == batch[i - 1].extent)
      index[--i] = 0;
    if (i == 0)
      return;
  }
}

void DeviceGemm::packIfNeeded(GemmMatrix &matrix, int64_t rows, int64_t cols,
                              int64_t BatchDim::*stride, StreamMemory &packed) {
  MatrixRef ref{nullptr, matrix.rowStride, matrix.colStride};
  if (!hasLeadingDimension(rows, cols, ref) || batch.back().*stride < 0)
    return pack(matrix, rows, cols, stride, packed);
  matrix.rowStride = ref.rowStride;
  matrix.colStride = ref.colStride;
}

/// Dimensions along which the operand is broadcast are not repeated.
void DeviceGemm::pack(GemmMatrix &matrix, int64_t rows, int64_t cols,
                      int64_t BatchDim::*stride, StreamMemory &packed) {
  // The direction with the smaller stride becomes the contiguous one.
  bool isTransposed = std::abs(matrix.rowStride) < std::abs(matrix.colStride);
  std::vector<int64_t> target(batch.size(), 0);
  int64_t size = rows * cols;
  for (size_t i = batch.size(); i-- > 0;)
    if (batch[i].*stride != 0) {
      target[i] = size;
      size *= batch[i].extent;
    }
  char *to = packed.allocate(size * elementBytes, stream);
  DeviceMatrix source{nullptr, matrix.rowStride, matrix.colStride,
                      batch.back().*stride};
  if (isTransposed)
    std::swap(source.rowStride, source.colStride);
  int64_t copies = target.back() ? batch.back().extent : 1;
  forEachOuterIndex([&](std::span<const int64_t> index) {
    int64_t from = 0, offset = 0;
    for (size_t i = 0; i < index.size(); ++i) {
      if (index[i] && !target[i])
        return;
      from += index[i] * (batch[i].*stride);
      offset += index[i] * target[i];
    }
    source.data = static_cast<const char *>(matrix.data) + from * elementBytes;
    launchPack(source, to + offset * elementBytes, copies,
               isTransposed ? cols : rows, isTransposed ? rows : cols,
               elementBytes, stream);
  });
  for (size_t i = 0; i < batch.size(); ++i)
    batch[i].*stride = target[i];
  matrix.data = to;
  matrix.rowStride = isTransposed ? 1 : cols;
  matrix.colStride = isTransposed ? rows : 1;
}

void DeviceGemm::launch(int64_t offsetA, int64_t offsetB,
                        int64_t offsetC) const {
  auto getMatrix = [&](const GemmMatrix &matrix, int64_t offset,
                       int64_t batchStride) {
    return DeviceMatrix{static_cast<const char *>(matrix.data) +
                            offset * elementBytes,
                        matrix.rowStride, matrix.colStride, batchStride};
  };
  const BatchDim &inner = batch.back();
  StridedGemm gemm{dtype,
                   m,
                   n,
                   k,
                   inner.extent,
                   getMatrix(a, offsetA, inner.a),
                   getMatrix(b, offsetB, inner.b),
                   c + offsetC * elementBytes,
                   inner.c};
  if (isFloat(dtype) || isComplex(dtype))
    launchCublas(gemm, stream);
  else
    launchIntegerGemm(gemm, stream);
}

void DeviceGemm::run() {
  forEachOuterIndex([&](std::span<const int64_t> index) {
    int64_t offsetA = 0, offsetB = 0, offsetC = 0;
    for (size_t i = 0; i < index.size(); ++i) {
      offsetA += index[i] * batch[i].a;
      offsetB += index[i] * batch[i].b;
      offsetC += index[i] * batch[i].c;
    }
    launch(offsetA, offsetB, offsetC);
  });
}

void cuda::gemm(const GemmProblem &problem, const Stream &stream) {
  int64_t size = getProduct(problem.batch) * problem.m * problem.n;
  if (size == 0)
    return;
  if (problem.k == 0)
    return enqueueFill(stream, problem.c, 0, size * getBytes(problem.dtype));
  DeviceGemm(problem, stream).run();
}
