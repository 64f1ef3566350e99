// Which elements layouts show in common.
#include "Shapes.h"
#include "numloom/Trace/Layout.h"

#include <algorithm>
#include <numeric>

using namespace numloom;

bool Layout::mayOverlapItself() const {
  if (getNumElements() == 0)
    return false;
  size_t order[kMaxRank], count = 0;
  for (size_t i = 0; i < shape.size(); ++i)
    if (shape[i] > 1)
      order[count++] = i;
  // In ascending order each stride must step over all that lies below it.
  auto getStride = [&](size_t i) { return std::abs(strides[i]); };
  std::sort(order, order + count,
            [&](size_t i, size_t j) { return getStride(i) < getStride(j); });
  int64_t reach = 0;
  for (size_t i : std::span(order, count)) {
    if (getStride(i) <= reach)
      return true;
    reach += getStride(i) * (shape[i] - 1);
  }
  return false;
}

namespace {
/// Places that a sum of terms reaches: each term is a multiple of its stride,
/// up to `count` of it.
struct Terms {
  int64_t strides[2 * kMaxRank + 2], counts[2 * kMaxRank + 2];
  /// Of the terms from each on: the least and greatest sum, and the divisor.
  int64_t least[2 * kMaxRank + 3], greatest[2 * kMaxRank + 3],
      divisors[2 * kMaxRank + 3];
  size_t size = 0;

  void append(int64_t stride, int64_t count) {
    if (stride == 0 || count == 0)
      return;
    strides[size] = stride;
    counts[size++] = count;
  }
  /// In units of half an element, of which parts of complex numbers are one.
  void append(const Layout &layout, int64_t sign) {
    for (size_t i = 0; i < layout.shape.size(); ++i)
      append(2 * sign * layout.strides[i], layout.shape[i] - 1);
    if (!isHalf(layout))
      append(sign, 1);
  }
  void finish();
  bool reaches(int64_t target, size_t first) const;

  static bool isHalf(const Layout &layout) {
    return layout.part == ElementPart::Real || layout.part == ElementPart::Imag;
  }
};
} // namespace

void Terms::finish() {
  size_t order[2 * kMaxRank + 2];
  std::iota(order, order + size, size_t(0));
  std::sort(order, order + size, [&](size_t i, size_t j) {
    return std::abs(strides[i]) > std::abs(strides[j]);
  });
  Terms sorted;
  for (size_t i = 0; i < size; ++i)
    sorted.append(strides[order[i]], counts[order[i]]);
  *this = sorted;
  least[size] = greatest[size] = divisors[size] = 0;
  for (size_t i = size; i-- > 0;) {
    int64_t reach = strides[i] * counts[i];
    least[i] = least[i + 1] + std::min<int64_t>(reach, 0);
    greatest[i] = greatest[i + 1] + std::max<int64_t>(reach, 0);
    divisors[i] = std::gcd(divisors[i + 1], strides[i]);
  }
}

/// The long strides leave few choices: what the short ones reach is narrow.
bool Terms::reaches(int64_t target, size_t first) const {
  if (target < least[first] || target > greatest[first])
    return false;
  if (first == size)
    return true;
  if (target % divisors[first])
    return false;
  int64_t stride = strides[first];
  // What the other terms must reach lies in their range.
  int64_t low = target - greatest[first + 1], high = target - least[first + 1];
  if (stride < 0)
    std::swap(low, high);
  int64_t begin = std::max<int64_t>(low / stride, 0);
  int64_t end = std::min<int64_t>(high / stride, counts[first]);
  for (int64_t i = begin; i <= end; ++i)
    if (reaches(target - i * stride, first + 1))
      return true;
  return false;
}

static int64_t getHalves(const Layout &layout) {
  return 2 * layout.offset + (layout.part == ElementPart::Imag);
}

static ElementRange findHalfRange(const Layout &layout) {
  ElementRange range =
      findElementRange(layout.offset, layout.shape.get(), layout.strides.get());
  int64_t width = Terms::isHalf(layout) ? 0 : 1;
  int64_t part = layout.part == ElementPart::Imag;
  return {2 * range.first + part, 2 * range.last + part + width};
}

bool numloom::haveCommonRange(const Layout &a, const Layout &b) {
  if (a.getNumElements() == 0 || b.getNumElements() == 0)
    return false;
  ElementRange rangeA = findHalfRange(a), rangeB = findHalfRange(b);
  return rangeA.first <= rangeB.last && rangeB.first <= rangeA.last;
}

bool numloom::haveCommonElement(const Layout &a, const Layout &b) {
  if (!haveCommonRange(a, b))
    return false;
  Terms terms;
  terms.append(a, 1);
  terms.append(b, -1);
  terms.finish();
  return terms.reaches(getHalves(b) - getHalves(a), 0);
}
