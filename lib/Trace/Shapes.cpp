// Arithmetic on shapes and strides.
#include "Shapes.h"

#include "numloom/Trace/Recorder.h"

#include <algorithm>
#include <numeric>

using namespace numloom;

std::string numloom::formatShape(std::span<const int64_t> shape) {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? "," : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

int64_t numloom::countElements(std::span<const int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<>());
}

void numloom::fillContiguousStrides(std::span<const int64_t> shape,
                                    int64_t *strides) {
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(shape[i], 1);
  }
}

bool numloom::isContiguous(std::span<const int64_t> shape,
                           std::span<const int64_t> strides) {
  int64_t expected = 1;
  bool contiguous = true;
  for (size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 0)
      return true;
    contiguous &= shape[i] == 1 || strides[i] == expected;
    expected *= shape[i];
  }
  return contiguous;
}

/// True when axes [first, last) of an array behave as one axis.
static bool isOneAxis(std::span<const int64_t> shape,
                      std::span<const int64_t> strides, size_t first,
                      size_t last) {
  for (size_t k = first; k + 1 < last; ++k)
    if (strides[k] != shape[k + 1] * strides[k + 1])
      return false;
  return true;
}

bool numloom::reshapeStrides(std::span<const int64_t> shape,
                             std::span<const int64_t> strides,
                             std::span<const int64_t> newShape,
                             int64_t *newStrides) {
  if (isContiguous(shape, strides)) {
    fillContiguousStrides(newShape, newStrides);
    return true;
  }
  // Not contiguous, hence not empty. Axes of extent 1 carry no elements.
  int64_t oldExtents[kMaxRank], oldStrides[kMaxRank];
  size_t rank = 0;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1)
      continue;
    oldExtents[rank] = shape[i];
    oldStrides[rank++] = strides[i];
  }
  // Match the smallest groups of old and new axes with equal products.
  std::span<const int64_t> extents(oldExtents, rank), steps(oldStrides, rank);
  size_t oldBegin = 0, newBegin = 0;
  while (oldBegin < rank && newBegin < newShape.size()) {
    size_t oldEnd = oldBegin + 1, newEnd = newBegin + 1;
    int64_t oldCount = extents[oldBegin], newCount = newShape[newBegin];
    while (oldCount != newCount) {
      if (newCount < oldCount)
        newCount *= newShape[newEnd++];
      else
        oldCount *= extents[oldEnd++];
    }
    if (!isOneAxis(extents, steps, oldBegin, oldEnd))
      return false;
    int64_t stride = steps[oldEnd - 1];
    for (size_t i = newEnd; i-- > newBegin;) {
      newStrides[i] = stride;
      stride *= newShape[i];
    }
    oldBegin = oldEnd;
    newBegin = newEnd;
  }
  for (; newBegin < newShape.size(); ++newBegin)
    newStrides[newBegin] = 1;
  return true;
}

ElementRange numloom::findElementRange(int64_t offset,
                                       std::span<const int64_t> shape,
                                       std::span<const int64_t> strides) {
  ElementRange range{offset, offset};
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t reach = (shape[i] - 1) * strides[i];
    (reach < 0 ? range.first : range.last) += reach;
  }
  return range;
}
