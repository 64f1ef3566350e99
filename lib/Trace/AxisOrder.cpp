// NumPy's rule for the axes of results: an insertion sort by the steps of all
// operands.
#include "numloom/Trace/AxisOrder.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <numeric>

using namespace numloom;

AxisSteps numloom::makeSteps(std::span<const int64_t> shape,
                             std::span<const int64_t> strides, size_t rank) {
  AxisSteps steps;
  int64_t *step = steps.allocate(static_cast<uint32_t>(rank));
  step = std::fill_n(step, rank - shape.size(), 0);
  for (size_t i = 0; i < shape.size(); ++i)
    *step++ = shape[i] == 1 ? 0 : std::abs(strides[i]);
  return steps;
}

bool numloom::keepsCOrder(std::span<const int64_t> shape,
                          std::span<const int64_t> strides) {
  int64_t shortest = INT64_MAX;
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t step = std::abs(strides[i]);
    if (shape[i] == 1 || step == 0)
      continue;
    if (step > shortest)
      return false;
    shortest = step;
  }
  return true;
}

namespace {
enum class Place { Unknown, Before, Behind };
} // namespace

/// Where `axis` lies beside `other`, an axis behind it in C order.
static Place compareAxes(std::span<const AxisSteps> operands, int64_t axis,
                         int64_t other) {
  Place place = Place::Unknown;
  for (const AxisSteps &steps : operands) {
    if (steps[axis] == 0 || steps[other] == 0)
      continue;
    if (steps[other] <= steps[axis])
      return Place::Before;
    place = Place::Behind;
  }
  return place;
}

AxisOrder numloom::mergeOrders(std::span<const AxisSteps> operands,
                               size_t rank) {
  AxisOrder order;
  order.allocate(static_cast<uint32_t>(rank));
  // Of some pairs it is not known which goes first, so that this is no sort,
  // and the order in which axes are compared shows.
  std::span<int64_t> axes = order.get();
  for (size_t first = rank; first-- > 0;) {
    int64_t axis = static_cast<int64_t>(first);
    size_t place = first;
    for (size_t i = first + 1; i < rank; ++i) {
      Place found = compareAxes(operands, axis, axes[i]);
      if (found == Place::Before)
        break;
      if (found == Place::Behind)
        place = i;
    }
    std::copy(axes.begin() + first + 1, axes.begin() + place + 1,
              axes.begin() + first);
    axes[place] = axis;
  }
  return order;
}

AxisOrder numloom::joinOrders(std::span<const AxisSteps> operands,
                              size_t rank) {
  AxisOrder order;
  std::iota(order.allocate(static_cast<uint32_t>(rank)), order.data() + rank,
            0);
  std::span<int64_t> axes = order.get();
  for (size_t last = 1; last < rank; ++last) {
    int64_t axis = axes[last];
    size_t place = last;
    for (size_t i = last; i-- > 0;) {
      Place found = compareAxes(operands, axes[i], axis);
      if (found == Place::Before)
        break;
      if (found == Place::Behind)
        place = i;
    }
    std::copy_backward(axes.begin() + place, axes.begin() + last,
                       axes.begin() + last + 1);
    axes[place] = axis;
  }
  return order;
}

AxisOrder numloom::sortAxes(std::span<const int64_t> shape,
                            std::span<const int64_t> strides) {
  AxisOrder longAxes;
  int64_t *last = longAxes.allocate(static_cast<uint32_t>(shape.size()));
  for (size_t i = 0; i < shape.size(); ++i)
    if (shape[i] != 1)
      *last++ = static_cast<int64_t>(i);
  std::sort(longAxes.data(), last, [&](int64_t a, int64_t b) {
    int64_t difference = std::abs(strides[a]) - std::abs(strides[b]);
    return difference == 0 ? a < b : difference > 0;
  });
  AxisOrder order;
  order.allocate(static_cast<uint32_t>(shape.size()));
  const int64_t *next = longAxes.data();
  for (size_t i = 0; i < shape.size(); ++i)
    order[i] = shape[i] == 1 ? static_cast<int64_t>(i) : *next++;
  return order;
}

AxisOrder numloom::makeFortranOrder(size_t rank) {
  AxisOrder order;
  int64_t *axes = order.allocate(static_cast<uint32_t>(rank));
  std::iota(std::reverse_iterator(axes + rank), std::reverse_iterator(axes), 0);
  return order;
}

bool numloom::isCOrder(const AxisOrder &order) {
  return std::ranges::is_sorted(order.get());
}

AxisOrder numloom::invert(const AxisOrder &order) {
  AxisOrder places;
  int64_t *place = places.allocate(order.size());
  for (size_t i = 0; i < order.size(); ++i)
    place[order[i]] = static_cast<int64_t>(i);
  return places;
}

uint64_t numloom::findPlaces(const AxisOrder &order, uint64_t axes) {
  uint64_t places = 0;
  for (size_t i = 0; i < order.size(); ++i)
    places |= (axes >> order[i] & 1) << i;
  return places;
}

AxisOrder numloom::dropAxes(const AxisOrder &order, uint64_t axes) {
  AxisOrder kept;
  int64_t *next = kept.allocate(order.size() - std::popcount(axes));
  for (int64_t axis : order.get()) {
    uint64_t before = axes & ((uint64_t(1) << axis) - 1);
    if (!(axes >> axis & 1))
      *next++ = axis - std::popcount(before);
  }
  return kept;
}
