// Library algorithms on nodes: operands in memory, the device, the result.
#include "numloom/Trace/Algorithms.h"
#include "Shapes.h"

#include "numloom/Runtime/Algorithms.h"
#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Cuda/Algorithms.h"
#include "numloom/Trace/Error.h"
#include "numloom/Trace/Flush.h"
#include "numloom/Trace/Recorder.h"
#include "numloom/Trace/Transfer.h"

using namespace numloom;

/// `node` computed, with its elements one after another in its device's memory.
static NodeRef prepare(const NodeRef &node) {
  evaluate(node);
  bool isInPlace = node->isEvaluated() && node->isContiguous();
  return isInPlace ? node : duplicate(node);
}

static Rows getRows(const Node &node) {
  int64_t length = node.getShape().back();
  return {length ? node.getNumElements() / length : 0, length};
}

/// A new array of `T` on `device`, filled by `onCpu(data)` or, on a GPU, by
/// `onCuda(ordinal, data)`.
template <typename T, typename OnCpu, typename OnCuda>
static NodeRef makeResult(DType dtype, std::span<const int64_t> shape,
                          Device device, OnCpu &&onCpu, OnCuda &&onCuda) {
  size_t bytes = getBytes(dtype) * countElements(shape);
  StorageRef storage = StorageRef::allocate(bytes, device);
  auto *data = static_cast<T *>(storage->getData());
  if (device.isCuda()) {
    onCuda(device.getOrdinal(), data);
    return makeLeaf(dtype, shape, std::move(storage));
  }
  try {
    onCpu(data);
  } catch (const OutOfMemory &error) {
    // Of the CPU's memory; a GPU's has an exception of its own in Python.
    throw Error(ErrorKind::Memory, error.what());
  }
  return makeLeaf(dtype, shape, std::move(storage));
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// What both runtimes' functions on rows compute: elements or positions (`T`).
template <typename T, typename... Options>
using RowsFn = void(DType, const void *source, T *result, Rows, Options...);
template <typename T, typename... Options>
using CudaRowsFn = void(int ordinal, DType, const void *source, T *result, Rows,
                        Options...);

/// Applies `onCpu` or `onCuda` to the rows of `node`.
template <typename T, typename... Options>
static NodeRef
applyToRows(const NodeRef &node, DType dtype, std::span<const int64_t> shape,
            RowsFn<T, Options...> *onCpu, CudaRowsFn<T, Options...> *onCuda,
            Options... options) {
  NodeRef source = prepare(node);
  Rows rows = getRows(*source);
  return makeResult<T>(
      dtype, shape, source->getDevice(),
      [&](T *result) {
        onCpu(source->getDType(), source->getData(), result, rows, options...);
      },
      [&](int ordinal, T *result) {
        onCuda(ordinal, source->getDType(), source->getData(), result, rows,
               options...);
      });
}

NodeRef numloom::sort(const NodeRef &node) {
  return applyToRows(node, node->getDType(), node->getShape(), sortRows,
                     cuda::sortRows);
}

NodeRef numloom::argsort(const NodeRef &node) {
  return applyToRows(node, DType::Int64, node->getShape(), argsortRows,
                     cuda::argsortRows);
}

NodeRef numloom::partition(const NodeRef &node,
                           std::span<const int64_t> ranks) {
  return applyToRows(node, node->getDType(), node->getShape(), partitionRows,
                     cuda::partitionRows, ranks);
}

NodeRef numloom::argpartition(const NodeRef &node,
                              std::span<const int64_t> ranks) {
  return applyToRows(node, DType::Int64, node->getShape(), argpartitionRows,
                     cuda::argpartitionRows, ranks);
}

NodeRef numloom::orderStatistics(const NodeRef &node,
                                 std::span<const int64_t> ranks) {
  std::vector<int64_t> shape(node->getShape().begin(), node->getShape().end());
  shape.back() = int64_t(ranks.size());
  return applyToRows(node, node->getDType(), shape, selectRows,
                     cuda::selectRows, ranks);
}

//===----------------------------------------------------------------------===//
// Searching and counting
//===----------------------------------------------------------------------===//

NodeRef numloom::searchSorted(const NodeRef &sortedNode,
                              const NodeRef &valueNode, bool behindEqual) {
  NodeRef sorted = prepare(sortedNode), values = prepare(valueNode);
  DType dtype = sorted->getDType();
  int64_t length = sorted->getNumElements(), count = values->getNumElements();
  return makeResult<int64_t>(
      DType::Int64, values->getShape(), values->getDevice(),
      [&](int64_t *result) {
        searchSorted(dtype, sorted->getData(), length, values->getData(), count,
                     behindEqual, result);
      },
      [&](int ordinal, int64_t *result) {
        cuda::searchSorted(ordinal, dtype, sorted->getData(), length,
                           values->getData(), count, behindEqual, result);
      });
}

NodeRef numloom::countBins(const NodeRef &node, int64_t bins) {
  NodeRef source = prepare(node);
  int64_t count = source->getNumElements();
  auto *values = static_cast<const int64_t *>(source->getData());
  return makeResult<int64_t>(
      DType::Int64, {&bins, 1}, source->getDevice(),
      [&](int64_t *counts) { countBins(values, count, counts, bins); },
      [&](int ordinal, int64_t *counts) {
        cuda::countBins(ordinal, values, count, counts, bins);
      });
}

NodeRef numloom::sumBins(const NodeRef &valueNode, const NodeRef &weightNode,
                         int64_t bins) {
  NodeRef source = prepare(valueNode), weightSource = prepare(weightNode);
  int64_t count = source->getNumElements();
  auto *values = static_cast<const int64_t *>(source->getData());
  auto *weights = static_cast<const double *>(weightSource->getData());
  return makeResult<double>(
      DType::Float64, {&bins, 1}, source->getDevice(),
      [&](double *sums) { sumBins(values, weights, count, sums, bins); },
      [&](int ordinal, double *sums) {
        cuda::sumBins(ordinal, values, weights, count, sums, bins);
      });
}

//===----------------------------------------------------------------------===//
// Histograms
//===----------------------------------------------------------------------===//

static HistogramBins getBins(const Node &edges, bool isUniform) {
  return {static_cast<const double *>(edges.getData()),
          edges.getNumElements() - 1, isUniform};
}

NodeRef numloom::countHistogram(const NodeRef &valueNode,
                                const NodeRef &edgeNode, bool isUniform) {
  NodeRef values = prepare(valueNode), edges = prepare(edgeNode);
  HistogramBins bins = getBins(*edges, isUniform);
  DType dtype = values->getDType();
  int64_t count = values->getNumElements();
  return makeResult<int64_t>(
      DType::Int64, {&bins.count, 1}, values->getDevice(),
      [&](int64_t *counts) {
        countHistogram(dtype, values->getData(), count, bins, counts);
      },
      [&](int ordinal, int64_t *counts) {
        cuda::countHistogram(ordinal, dtype, values->getData(), count, bins,
                             counts);
      });
}

NodeRef numloom::findBins(const NodeRef &valueNode, const NodeRef &edgeNode,
                          bool isUniform) {
  NodeRef values = prepare(valueNode), edges = prepare(edgeNode);
  HistogramBins bins = getBins(*edges, isUniform);
  DType dtype = values->getDType();
  int64_t count = values->getNumElements();
  return makeResult<int64_t>(
      DType::Int64, values->getShape(), values->getDevice(),
      [&](int64_t *result) {
        findBins(dtype, values->getData(), count, bins, result);
      },
      [&](int ordinal, int64_t *result) {
        cuda::findBins(ordinal, dtype, values->getData(), count, bins, result);
      });
}
