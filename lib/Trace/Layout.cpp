// Layouts of views: their arithmetic, and how they are slices of a buffer.
#include "numloom/Trace/Layout.h"
#include "Indexing.h"
#include "Shapes.h"
#include "Views.h"

#include <algorithm>
#include <cassert>

using namespace numloom;

//===----------------------------------------------------------------------===//
// Facts
//===----------------------------------------------------------------------===//

int64_t Layout::getNumElements() const { return countElements(shape.get()); }

bool Layout::isContiguous() const {
  return numloom::isContiguous(shape.get(), strides.get());
}

bool Layout::isFortranContiguous() const {
  int64_t reversedShape[kMaxRank], reversedStrides[kMaxRank];
  size_t rank = shape.size();
  std::ranges::reverse_copy(shape.get(), reversedShape);
  std::ranges::reverse_copy(strides.get(), reversedStrides);
  return numloom::isContiguous({reversedShape, rank}, {reversedStrides, rank});
}

bool Layout::isWhole() const {
  return offset == 0 && getNumElements() == bufferSize && isContiguous();
}

bool numloom::operator==(const Layout &a, const Layout &b) {
  return a.offset == b.offset && a.part == b.part && a.dtype == b.dtype &&
         std::ranges::equal(a.shape.get(), b.shape.get()) &&
         std::ranges::equal(a.strides.get(), b.strides.get());
}

//===----------------------------------------------------------------------===//
// Slices of the buffer
//===----------------------------------------------------------------------===//

namespace {
/// Axes that carry elements, in the layout's order.
struct Core {
  int64_t extents[kMaxRank], strides[kMaxRank];
  size_t rank = 0;
  bool repeats = false;
};
} // namespace

/// Leaves out axes of extent 1 and such that repeat elements; joins neighbours
/// that behave as one axis if asked to.
static void findCore(const Layout &layout, bool joinsAxes, Core &core) {
  for (size_t i = 0; i < layout.shape.size(); ++i) {
    int64_t extent = layout.shape[i], stride = layout.strides[i];
    if (extent == 1)
      continue;
    if (stride == 0) {
      core.repeats = true;
      continue;
    }
    bool joins = joinsAxes && core.rank > 0 &&
                 core.strides[core.rank - 1] == extent * stride;
    if (joins) {
      core.extents[core.rank - 1] *= extent;
      core.strides[core.rank - 1] = stride;
      continue;
    }
    core.extents[core.rank] = extent;
    core.strides[core.rank++] = stride;
  }
}

/// Finds the axis of the frame along which each axis of the core runs; false if
/// the core is no slice of the frame.
static bool matchAxes(const Layout &layout, std::span<const int64_t> frame,
                      const Core &core, SlicePlan &plan) {
  int64_t frameStrides[kMaxRank];
  fillContiguousStrides(frame, frameStrides);
  plan.frameRank = frame.size();
  plan.coreRank = core.rank;
  plan.repeats = core.repeats;
  int64_t rest = layout.offset;
  for (size_t k = 0; k < frame.size(); ++k) {
    plan.starts[k] = rest / frameStrides[k];
    rest %= frameStrides[k];
    plan.steps[k] = plan.extents[k] = 1;
  }
  uint64_t used = 0;
  int64_t previous = -1;
  for (size_t i = 0; i < core.rank; ++i) {
    int64_t distance = std::abs(core.strides[i]);
    size_t k = 0;
    while (k < frame.size() && (frame[k] == 1 || frameStrides[k] > distance))
      ++k;
    if (k == frame.size() || distance % frameStrides[k] || used >> k & 1)
      return false;
    used |= uint64_t(1) << k;
    int64_t step = core.strides[i] / frameStrides[k];
    int64_t last = plan.starts[k] + step * (core.extents[i] - 1);
    if (last < 0 || last >= frame[k])
      return false;
    plan.steps[k] = step;
    plan.extents[k] = core.extents[i];
    plan.axes[i] = static_cast<int64_t>(k);
    plan.isSorted &= plan.axes[i] > previous;
    previous = plan.axes[i];
  }
  return true;
}

/// A frame whose axes have the strides `strides` (descending) and a rest;
/// false if there is none of the buffer's size.
static bool makeFrame(int64_t size, std::span<const int64_t> strides,
                      Layout::Extents &frame) {
  int64_t extents[kMaxRank + 1];
  size_t rank = 0;
  for (int64_t stride : strides) {
    if (stride == size)
      continue;
    if (size % stride)
      return false;
    extents[rank++] = size / stride;
    size = stride;
  }
  if (size != 1)
    extents[rank++] = size;
  if (rank > kMaxRank)
    return false;
  frame.assign({extents, rank});
  return true;
}

/// The strides, descending, of the frame's axes that the core's strides are
/// multiples of: the frame that they make joins the other axes to them.
static size_t findUsedStrides(std::span<const int64_t> frame, const Core &core,
                              int64_t *used) {
  int64_t frameStrides[kMaxRank];
  fillContiguousStrides(frame, frameStrides);
  size_t count = 0;
  for (size_t k = 0; k < frame.size(); ++k) {
    auto divides = [&](int64_t stride) {
      size_t first = 0;
      while (first < k && (frame[first] == 1 || stride % frameStrides[first]))
        ++first;
      return first == k && stride % frameStrides[k] == 0;
    };
    if (frame[k] != 1 &&
        std::any_of(core.strides, core.strides + core.rank, divides))
      used[count++] = frameStrides[k];
  }
  return count;
}

/// Sets the frame to one in which the layout is a slice, `candidate` where that
/// works.
static void resolveFrame(Layout &layout, std::span<const int64_t> candidate) {
  layout.joinsAxes = false;
  layout.frame.assign(candidate);
  if (layout.getNumElements() == 0)
    return;
  auto fits = [&](const Core &core) {
    SlicePlan plan;
    return matchAxes(layout, layout.frame.get(), core, plan);
  };
  Core core;
  findCore(layout, false, core);
  if (fits(core))
    return;
  Core joined;
  findCore(layout, true, joined);
  layout.joinsAxes = true;
  if (fits(joined))
    return;
  int64_t strides[kMaxRank];
  size_t count = findUsedStrides(candidate, joined, strides);
  if (makeFrame(layout.bufferSize, {strides, count}, layout.frame) &&
      fits(joined))
    return;
  std::transform(core.strides, core.strides + core.rank, strides,
                 [](int64_t stride) { return std::abs(stride); });
  std::sort(strides, strides + core.rank, std::greater<>());
  layout.joinsAxes = false;
  layout.isSliced =
      makeFrame(layout.bufferSize, {strides, core.rank}, layout.frame) &&
      fits(core);
  if (!layout.isSliced)
    layout.frame.assign(candidate);
}

void numloom::planSlice(const Layout &layout, SlicePlan &plan) {
  Core core;
  findCore(layout, layout.joinsAxes, core);
  [[maybe_unused]] bool fits =
      matchAxes(layout, layout.frame.get(), core, plan);
  assert(fits && "the frame was chosen so that the layout is a slice of it");
}

//===----------------------------------------------------------------------===//
// New layouts
//===----------------------------------------------------------------------===//

Layout Layout::makeWhole(DType dtype, std::span<const int64_t> shape) {
  Layout layout;
  layout.dtype = dtype;
  layout.shape.assign(shape);
  fillContiguousStrides(
      shape, layout.strides.allocate(static_cast<uint32_t>(shape.size())));
  layout.frame.assign(shape);
  layout.bufferSize = countElements(shape);
  return layout;
}

/// A layout of the same buffer, to be filled.
static Layout makeRelated(const Layout &layout) {
  Layout related;
  related.offset = layout.offset;
  related.bufferSize = layout.bufferSize;
  related.dtype = layout.dtype;
  related.part = layout.part;
  return related;
}

Layout numloom::indexLayout(const Layout &layout,
                            std::span<const IndexItem> items) {
  IndexPlan plan;
  planIndex(layout.shape.get(), items, plan);
  Layout result = makeRelated(layout);
  bool isEmpty = false;
  for (size_t i = 0; i < plan.axis; ++i)
    isEmpty |= plan.extents[i] == 0;
  for (size_t i = 0; i < plan.axis && !isEmpty; ++i)
    result.offset += plan.starts[i] * layout.strides[i];
  result.shape.assign({plan.shape, plan.rank});
  int64_t *strides = result.strides.allocate(static_cast<uint32_t>(plan.rank));
  for (size_t i = 0; i < plan.rank; ++i) {
    int64_t source = plan.sources[i];
    strides[i] = source == IndexPlan::kNewAxis
                     ? 0
                     : layout.strides[source] * plan.steps[source];
  }
  resolveFrame(result, layout.frame.get());
  return result;
}

Layout numloom::transposeLayout(const Layout &layout,
                                std::span<const int64_t> axes) {
  int64_t permutation[kMaxRank];
  if (!normalizePermutation(axes, layout.shape.size(), permutation))
    return layout;
  Layout result = layout;
  for (size_t i = 0; i < axes.size(); ++i) {
    result.shape[i] = layout.shape[permutation[i]];
    result.strides[i] = layout.strides[permutation[i]];
  }
  // Each axis fits the frame by itself unless neighbours were joined.
  if (layout.joinsAxes || !layout.isSliced)
    resolveFrame(result, layout.frame.get());
  return result;
}

/// `layout` with another shape under strides that show the same elements.
static Layout restride(const Layout &layout, std::span<const int64_t> shape,
                       std::span<const int64_t> strides) {
  Layout result = makeRelated(layout);
  result.shape.assign(shape);
  result.strides.assign(strides);
  // Most views of a reshaped array are slices of its shape.
  resolveFrame(result, result.isWhole() ? shape : layout.frame.get());
  return result;
}

std::optional<Layout> numloom::reshapeLayout(const Layout &layout,
                                             std::span<const int64_t> shape) {
  int64_t completed[kMaxRank], strides[kMaxRank];
  shape = completeShape(layout.getNumElements(), shape, completed);
  if (!reshapeStrides(layout.shape.get(), layout.strides.get(), shape, strides))
    return std::nullopt;
  return restride(layout, shape, {strides, shape.size()});
}

Layout numloom::broadcastLayout(const Layout &layout,
                                std::span<const int64_t> shape) {
  checkBroadcast(layout.shape.get(), shape);
  int64_t strides[kMaxRank];
  size_t added = shape.size() - layout.shape.size();
  for (size_t i = 0; i < shape.size(); ++i)
    strides[i] = i < added || layout.shape[i - added] != shape[i]
                     ? 0
                     : layout.strides[i - added];
  return restride(layout, shape, {strides, shape.size()});
}

Layout numloom::diagonalLayout(const Layout &layout,
                               std::span<const int64_t> arguments) {
  size_t rank = layout.shape.size();
  if (rank < 2)
    throw Error(ErrorKind::Value,
                "diag requires an array of at least two dimensions");
  int64_t offset = arguments[0];
  size_t row = normalizeAxis(arguments[1], rank);
  size_t column = normalizeAxis(arguments[2], rank);
  if (row == column)
    throw Error(ErrorKind::Value, "axis1 and axis2 cannot be the same");
  int64_t rows = layout.shape[row] - std::max<int64_t>(-offset, 0);
  int64_t columns = layout.shape[column] - std::max<int64_t>(offset, 0);
  int64_t length = std::max<int64_t>(std::min(rows, columns), 0);
  int64_t shape[kMaxRank], strides[kMaxRank];
  size_t next = 0;
  for (size_t i = 0; i < rank; ++i)
    if (i != row && i != column) {
      shape[next] = layout.shape[i];
      strides[next++] = layout.strides[i];
    }
  shape[next] = length;
  strides[next++] = layout.strides[row] + layout.strides[column];
  int64_t first = offset < 0 ? -offset * layout.strides[row]
                             : offset * layout.strides[column];
  return stridedLayout(layout, length ? first : 0, {shape, next},
                       {strides, next});
}

Layout numloom::bitsLayout(const Layout &layout, DType dtype) {
  if (getBytes(dtype) != getBytes(layout.dtype))
    throw Error(ErrorKind::Value,
                "the bits of elements are those of a dtype of their size");
  Layout result = layout;
  result.dtype = dtype;
  return result;
}

Layout numloom::expandDimsOfLayout(const Layout &layout,
                                   std::span<const int64_t> axes) {
  int64_t shape[kMaxRank];
  return *reshapeLayout(layout, expandShape(layout.shape.get(), axes, shape));
}

Layout numloom::squeezeLayout(const Layout &layout,
                              std::span<const int64_t> axes) {
  int64_t shape[kMaxRank];
  return *reshapeLayout(layout, squeezeShape(layout.shape.get(), axes, shape));
}

Layout numloom::stridedLayout(const Layout &layout, int64_t offset,
                              std::span<const int64_t> shape,
                              std::span<const int64_t> strides) {
  Layout result = makeRelated(layout);
  result.shape.assign(shape);
  result.strides.assign(strides);
  if (result.getNumElements() != 0) {
    result.offset += offset;
    ElementRange range = findElementRange(result.offset, shape, strides);
    if (range.first < 0 || range.last >= layout.bufferSize)
      throw Error(ErrorKind::Value,
                  "strides reach elements outside of the array");
  }
  resolveFrame(result, layout.frame.get());
  return result;
}
