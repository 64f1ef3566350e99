// Turns a product on strided operands into launches with one batch dimension.
#include "numloom/Runtime/Cuda/Gemm.h"

#include "../GemmKernels.h"
#include "GemmKernels.h"
#include "StreamMemory.h"

#include <algorithm>
#include <cstdlib>

using namespace numloom;
using namespace numloom::cuda;

namespace {

/// One batch dimension with the operands' strides along it.
struct BatchDim {
  int64_t extent, a, b, c;
  /// Of the addends; 0 where there is none.
  int64_t first = 0, second = 0;
};

/// One product. Extents of 1 are dropped from the batch, dimensions that can
/// be walked as one are merged.
class DeviceGemm {
public:
  DeviceGemm(const GemmProblem &problem, const Stream &stream,
             const GemmTerms &terms);

  void run();

private:
  void addBatchDim(BatchDim dim);
  /// Whether walking `inner` to its end goes on with the next of `outer`.
  static bool areOne(const BatchDim &outer, const BatchDim &inner);
  bool mayFoldIntoRows(const BatchDim &dim) const;
  void foldIntoRows();
  void packIfNeeded(GemmMatrix &matrix, int64_t rows, int64_t cols,
                    int64_t BatchDim::*stride, StreamMemory &packed);
  void pack(GemmMatrix &matrix, int64_t rows, int64_t cols,
            int64_t BatchDim::*stride, StreamMemory &packed);
  /// `offsets` holds those of the outer dimensions; its extent is unused.
  void launch(const BatchDim &offsets) const;
  /// Calls `fn(index)`, with an index per dimension but the last.
  template <typename Fn>
  void forEachOuterIndex(Fn &&fn) const;

  const Stream &stream;
  DType dtype;
  int64_t elementBytes, m, n, k;
  GemmMatrix a, b;
  GemmResult c;
  GemmTerms terms;
  /// The last one is left to the kernels.
  std::vector<BatchDim> batch;
  StreamMemory packedA, packedB;
};

} // namespace

DeviceGemm::DeviceGemm(const GemmProblem &problem, const Stream &stream,
                       const GemmTerms &terms)
    : stream(stream), dtype(problem.dtype), elementBytes(getBytes(dtype)),
      m(problem.m), n(problem.n), k(problem.k), a(problem.a), b(problem.b),
      c(problem.c), terms(terms) {
  auto getStride = [](const GemmMatrix &matrix, size_t dim) {
    return matrix.data ? matrix.batchStrides[dim] : 0;
  };
  for (size_t i = 0; i < problem.batch.size(); ++i)
    addBatchDim({problem.batch[i], a.batchStrides[i], b.batchStrides[i],
                 c.batchStrides[i], getStride(terms.addends[0], i),
                 getStride(terms.addends[1], i)});
  foldIntoRows();
  // The longest dimension takes the fewest launches.
  if (batch.empty())
    batch.push_back({1, 0, 0, 0});
  std::iter_swap(std::max_element(batch.begin(), batch.end(),
                                  [](const BatchDim &x, const BatchDim &y) {
                                    return x.extent < y.extent;
                                  }),
                 batch.end() - 1);
  if (k > 0 && (isFloat(dtype) || isComplex(dtype))) {
    packIfNeeded(a, m, k, &BatchDim::a, packedA);
    packIfNeeded(b, k, n, &BatchDim::b, packedB);
  }
}

bool DeviceGemm::areOne(const BatchDim &outer, const BatchDim &inner) {
  return outer.a == inner.a * inner.extent &&
         outer.b == inner.b * inner.extent &&
         outer.c == inner.c * inner.extent &&
         outer.first == inner.first * inner.extent &&
         outer.second == inner.second * inner.extent;
}

void DeviceGemm::addBatchDim(BatchDim dim) {
  if (dim.extent == 1)
    return;
  if (!batch.empty() && areOne(batch.back(), dim)) {
    dim.extent *= batch.back().extent;
    batch.pop_back();
  }
  batch.push_back(dim);
}

bool DeviceGemm::mayFoldIntoRows(const BatchDim &dim) const {
  return dim.b == 0 &&
         (m == 1 || (dim.a == m * a.rowStride && dim.c == m * c.rowStride &&
                     dim.first == m * terms.addends[0].rowStride &&
                     dim.second == m * terms.addends[1].rowStride));
}

/// Matrices multiplied by one and the same are one taller matrix.
void DeviceGemm::foldIntoRows() {
  while (!batch.empty() && mayFoldIntoRows(batch.back())) {
    if (m == 1) {
      a.rowStride = batch.back().a;
      c.rowStride = batch.back().c;
      terms.addends[0].rowStride = batch.back().first;
      terms.addends[1].rowStride = batch.back().second;
    }
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

void DeviceGemm::launch(const BatchDim &offsets) const {
  auto getMatrix = [&](const GemmMatrix &matrix, int64_t offset,
                       int64_t batchStride) {
    if (!matrix.data)
      return DeviceMatrix{};
    return DeviceMatrix{static_cast<const char *>(matrix.data) +
                            offset * elementBytes,
                        matrix.rowStride, matrix.colStride, batchStride};
  };
  const BatchDim &inner = batch.back();
  StridedGemm gemm{
      dtype,
      m,
      n,
      k,
      inner.extent,
      getMatrix(a, offsets.a, inner.a),
      getMatrix(b, offsets.b, inner.b),
      {static_cast<char *>(c.data) + offsets.c * elementBytes, c.rowStride,
       inner.c},
      {{getMatrix(terms.addends[0], offsets.first, inner.first),
        getMatrix(terms.addends[1], offsets.second, inner.second)},
       {DeviceFactor(terms.alpha, dtype), DeviceFactor(terms.beta, dtype)}}};
  if (k == 0)
    launchEpilogue(gemm, stream);
  else if (isFloat(dtype) || isComplex(dtype))
    launchCublas(gemm, stream);
  else
    launchIntegerGemm(gemm, stream);
}

void DeviceGemm::run() {
  forEachOuterIndex([&](std::span<const int64_t> index) {
    BatchDim offsets{};
    for (size_t i = 0; i < index.size(); ++i) {
      offsets.a += index[i] * batch[i].a;
      offsets.b += index[i] * batch[i].b;
      offsets.c += index[i] * batch[i].c;
      offsets.first += index[i] * batch[i].first;
      offsets.second += index[i] * batch[i].second;
    }
    launch(offsets);
  });
}

void cuda::gemm(const GemmProblem &problem, const Stream &stream,
                const GemmTerms &terms) {
  if (getProduct(problem.batch) * problem.m * problem.n > 0)
    DeviceGemm(problem, stream, terms).run();
}
