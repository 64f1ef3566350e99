// Basic indexing: integers, slices, Ellipsis and None as one slice and one
// reshape.
#include "Indexing.h"

#include <algorithm>

using namespace numloom;

static void appendAxis(IndexPlan &plan, int64_t extent, int64_t source) {
  if (plan.rank == kMaxRank)
    throw Error(ErrorKind::Index, "number of dimensions must be within [0, "
                                  "64], indexing result would have 65");
  plan.shape[plan.rank] = extent;
  plan.sources[plan.rank++] = source;
}

static void takeSlice(IndexPlan &plan, int64_t start, int64_t step,
                      int64_t extent) {
  plan.starts[plan.axis] = start;
  plan.steps[plan.axis] = step;
  plan.extents[plan.axis] = extent;
  appendAxis(plan, extent, static_cast<int64_t>(plan.axis++));
}

static void takeElement(IndexPlan &plan, int64_t index) {
  plan.starts[plan.axis] = index;
  plan.steps[plan.axis] = 1;
  plan.extents[plan.axis++] = 1;
}

/// Clips a slice's bounds to an axis, as Python does for sequences.
static void takeSliceOf(IndexPlan &plan, const IndexItem &item,
                        int64_t extent) {
  if (item.step == 0)
    throw Error(ErrorKind::Value, "slice step cannot be zero");
  bool backwards = item.step < 0;
  int64_t low = backwards ? -1 : 0, high = backwards ? extent - 1 : extent;
  auto clip = [&](int64_t bound) {
    if (bound < 0)
      return std::max(bound + extent, low);
    return std::min(bound, high);
  };
  int64_t start = clip(item.start), stop = clip(item.stop);
  int64_t distance = backwards ? start - stop : stop - start;
  // The negation of the least integer is its own magnitude as unsigned.
  uint64_t stride = backwards ? -static_cast<uint64_t>(item.step)
                              : static_cast<uint64_t>(item.step);
  int64_t count = distance <= 0
                      ? 0
                      : static_cast<int64_t>(
                            (static_cast<uint64_t>(distance) - 1) / stride) +
                            1;
  // A step is of use between two elements only; dropping it otherwise keeps
  // start + step in range.
  takeSlice(plan, count ? start : 0, count > 1 ? item.step : 1, count);
}

static void takeElementOf(IndexPlan &plan, int64_t index, int64_t extent) {
  if (index < -extent || index >= extent)
    throw Error(ErrorKind::Index, "index " + std::to_string(index) +
                                      " is out of bounds for axis " +
                                      std::to_string(plan.axis) +
                                      " with size " + std::to_string(extent));
  takeElement(plan, index < 0 ? index + extent : index);
}

/// Axes that the items name; throws where they are too many.
static size_t countIndexedAxes(std::span<const IndexItem> items, size_t rank) {
  size_t indexed = 0, ellipses = 0;
  for (const IndexItem &item : items) {
    ellipses += item.kind == IndexItem::Kind::Ellipsis;
    indexed += item.kind == IndexItem::Kind::Integer ||
               item.kind == IndexItem::Kind::Slice;
  }
  if (ellipses > 1)
    throw Error(ErrorKind::Index,
                "an index can only have a single ellipsis ('...')");
  if (indexed > rank)
    throw Error(ErrorKind::Index,
                "too many indices for array: array is " + std::to_string(rank) +
                    "-dimensional, but " + std::to_string(indexed) +
                    " were indexed");
  return indexed;
}

void numloom::planIndex(std::span<const int64_t> from,
                        std::span<const IndexItem> items, IndexPlan &plan) {
  size_t whole = from.size() - countIndexedAxes(items, from.size());
  auto takeWhole = [&](size_t count) {
    for (; count > 0; --count)
      takeSlice(plan, 0, 1, from[plan.axis]);
  };
  for (const IndexItem &item : items) {
    switch (item.kind) {
    case IndexItem::Kind::Integer:
      takeElementOf(plan, item.start, from[plan.axis]);
      break;
    case IndexItem::Kind::Slice:
      takeSliceOf(plan, item, from[plan.axis]);
      break;
    case IndexItem::Kind::Ellipsis:
      takeWhole(whole);
      break;
    case IndexItem::Kind::NewAxis:
      appendAxis(plan, 1, IndexPlan::kNewAxis);
      break;
    }
  }
  takeWhole(from.size() - plan.axis);
}
