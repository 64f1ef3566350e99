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

/// A new array, which `fill(data)` fills.
template <typename Fill>
static NodeRef makeResult(DType dtype, std::span<const int64_t> shape,
                          Device device, Fill &&fill) {
  size_t bytes = getBytes(dtype) * countElements(shape);
  StorageRef storage = StorageRef::allocate(bytes, device);
  try {
    fill(storage->getData());
  } catch (const OutOfMemory &error) {
    // Of the CPU's memory; a GPU's has an exception of its own in Python.
    if (device.isCuda())
      throw;
    throw Error(ErrorKind::Memory, error.what());
  }
  return makeLeaf(dtype, shape, std::move(storage));
}

/// Calls `onCuda(ordinal)` or `onCpu()`.
template <typename OnCpu, typename OnCuda>
static void dispatch(Device device, OnCpu &&onCpu, OnCuda &&onCuda) {
  if (device.isCuda())
    onCuda(device.getOrdinal());
  else
    onCpu();
}

/// The elements that `onCpu` or `onCuda` choose from those of `node`.
template <typename OnCpu, typename OnCuda>
static NodeRef makeElements(const NodeRef &node, std::span<const int64_t> shape,
                            OnCpu &&onCpu, OnCuda &&onCuda) {
  return makeResult(node->getDType(), shape, node->getDevice(),
                    [&](void *result) {
                      dispatch(
                          node->getDevice(), [&] { onCpu(result); },
                          [&](int gpu) { onCuda(gpu, result); });
                    });
}

NodeRef numloom::sort(const NodeRef &node) {
  NodeRef source = prepare(node);
  DType dtype = source->getDType();
  Rows rows = getRows(*source);
  const void *data = source->getData();
  return makeElements(
      source, source->getShape(),
      [&](void *result) { sortRows(dtype, data, result, rows); },
      [&](int gpu, void *result) {
        cuda::sortRows(gpu, dtype, data, result, rows);
      });
}

/// The positions that `onCpu` or `onCuda` find in the rows of `node`.
template <typename OnCpu, typename OnCuda>
static NodeRef makePositions(const NodeRef &node, OnCpu &&onCpu,
                             OnCuda &&onCuda) {
  return makeResult(DType::Int64, node->getShape(), node->getDevice(),
                    [&](void *memory) {
                      auto *result = static_cast<int64_t *>(memory);
                      dispatch(
                          node->getDevice(), [&] { onCpu(result); },
                          [&](int gpu) { onCuda(gpu, result); });
                    });
}

NodeRef numloom::argsort(const NodeRef &node) {
  NodeRef source = prepare(node);
  DType dtype = source->getDType();
  Rows rows = getRows(*source);
  const void *data = source->getData();
  return makePositions(
      source, [&](int64_t *result) { argsortRows(dtype, data, result, rows); },
      [&](int gpu, int64_t *result) {
        cuda::argsortRows(gpu, dtype, data, result, rows);
      });
}

NodeRef numloom::partition(const NodeRef &node,
                           std::span<const int64_t> ranks) {
  NodeRef source = prepare(node);
  DType dtype = source->getDType();
  Rows rows = getRows(*source);
  const void *data = source->getData();
  return makeElements(
      source, source->getShape(),
      [&](void *result) { partitionRows(dtype, data, result, rows, ranks); },
      [&](int gpu, void *result) {
        cuda::partitionRows(gpu, dtype, data, result, rows, ranks);
      });
}

NodeRef numloom::argpartition(const NodeRef &node,
                              std::span<const int64_t> ranks) {
  NodeRef source = prepare(node);
  DType dtype = source->getDType();
  Rows rows = getRows(*source);
  const void *data = source->getData();
  return makePositions(
      source,
      [&](int64_t *result) {
        argpartitionRows(dtype, data, result, rows, ranks);
      },
      [&](int gpu, int64_t *result) {
        cuda::argpartitionRows(gpu, dtype, data, result, rows, ranks);
      });
}

NodeRef numloom::orderStatistics(const NodeRef &node,
                                 std::span<const int64_t> ranks) {
  NodeRef source = prepare(node);
  DType dtype = source->getDType();
  Rows rows = getRows(*source);
  const void *data = source->getData();
  std::vector<int64_t> shape(source->getShape().begin(),
                             source->getShape().end());
  shape.back() = int64_t(ranks.size());
  return makeElements(
      source, shape,
      [&](void *result) { selectRows(dtype, data, result, rows, ranks); },
      [&](int gpu, void *result) {
        cuda::selectRows(gpu, dtype, data, result, rows, ranks);
      });
}

NodeRef numloom::searchSorted(const NodeRef &sortedNode,
                              const NodeRef &valueNode, bool behindEqual) {
  NodeRef sorted = prepare(sortedNode), values = prepare(valueNode);
  DType dtype = sorted->getDType();
  int64_t length = sorted->getNumElements(), count = values->getNumElements();
  return makePositions(
      values,
      [&](int64_t *result) {
        searchSorted(dtype, sorted->getData(), length, values->getData(), count,
                     behindEqual, result);
      },
      [&](int gpu, int64_t *result) {
        cuda::searchSorted(gpu, dtype, sorted->getData(), length,
                           values->getData(), count, behindEqual, result);
      });
}

NodeRef numloom::countBins(const NodeRef &node, int64_t bins) {
  NodeRef source = prepare(node);
  int64_t count = source->getNumElements();
  auto *values = static_cast<const int64_t *>(source->getData());
  return makeResult(DType::Int64, {&bins, 1}, source->getDevice(),
                    [&](void *memory) {
                      auto *counts = static_cast<int64_t *>(memory);
                      dispatch(
                          source->getDevice(),
                          [&] { countBins(values, count, counts, bins); },
                          [&](int gpu) {
                            cuda::countBins(gpu, values, count, counts, bins);
                          });
                    });
}

NodeRef numloom::sumBins(const NodeRef &valueNode, const NodeRef &weightNode,
                         int64_t bins) {
  NodeRef source = prepare(valueNode), weightSource = prepare(weightNode);
  int64_t count = source->getNumElements();
  auto *values = static_cast<const int64_t *>(source->getData());
  auto *weights = static_cast<const double *>(weightSource->getData());
  return makeResult(
      DType::Float64, {&bins, 1}, source->getDevice(), [&](void *memory) {
        auto *sums = static_cast<double *>(memory);
        dispatch(
            source->getDevice(),
            [&] { sumBins(values, weights, count, sums, bins); },
            [&](int gpu) {
              cuda::sumBins(gpu, values, weights, count, sums, bins);
            });
      });
}

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
  return makeResult(
      DType::Int64, {&bins.count, 1}, values->getDevice(), [&](void *memory) {
        auto *counts = static_cast<int64_t *>(memory);
        dispatch(
            values->getDevice(),
            [&] {
              countHistogram(dtype, values->getData(), count, bins, counts);
            },
            [&](int gpu) {
              cuda::countHistogram(gpu, dtype, values->getData(), count, bins,
                                   counts);
            });
      });
}

NodeRef numloom::findBins(const NodeRef &valueNode, const NodeRef &edgeNode,
                          bool isUniform) {
  NodeRef values = prepare(valueNode), edges = prepare(edgeNode);
  HistogramBins bins = getBins(*edges, isUniform);
  DType dtype = values->getDType();
  int64_t count = values->getNumElements();
  return makePositions(
      values,
      [&](int64_t *result) {
        findBins(dtype, values->getData(), count, bins, result);
      },
      [&](int gpu, int64_t *result) {
        cuda::findBins(gpu, dtype, values->getData(), count, bins, result);
      });
}
