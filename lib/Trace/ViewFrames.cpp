// Grouping of views by their distance in memory.
#include "ViewFrames.h"

#include <algorithm>
#include <cstdlib>

using namespace numloom;

/// A GPU's widest access.
static constexpr int64_t kMaxAccessBytes = 16;

int64_t ViewFrame::getReach() const {
  int64_t offset = 0;
  for (size_t d = 0; d < shape.size(); ++d)
    offset += (shape[d] - 1) * strides[d];
  return isComplex(dtype) ? 2 * offset : offset;
}

/// Whether `input` may have neighbours: a part of an array, dense along its
/// last axis.
static bool isPartOfArray(const Node &input) {
  auto isDense = [&] {
    return input.getRank() > 0 && input.getStrides().back() == 1 &&
           std::ranges::all_of(input.getShape(),
                               [](int64_t extent) { return extent > 1; }) &&
           std::ranges::all_of(input.getStrides(),
                               [](int64_t stride) { return stride > 0; });
  };
  return !input.isScalar() &&
         input.getStorage()->getBytes() > size_t(input.getNumBytes()) &&
         isDense();
}

static int64_t getAddress(const Node &node) {
  return static_cast<int64_t>(reinterpret_cast<uintptr_t>(node.getData()));
}

/// How many elements `view` lies behind `origin` along each axis; false if it
/// lies elsewhere.
static bool measure(const Node &origin, const Node &view,
                    std::vector<int64_t> &distances) {
  if (origin.getStorage().get() != view.getStorage().get() ||
      origin.getDType() != view.getDType() ||
      !std::ranges::equal(origin.getStrides(), view.getStrides()))
    return false;
  int64_t bytes = getAddress(view) - getAddress(origin);
  auto itemBytes = static_cast<int64_t>(getBytes(view.getDType()));
  if (bytes % itemBytes != 0)
    return false;
  int64_t rest = bytes / itemBytes;
  distances.clear();
  for (int64_t stride : view.getStrides()) {
    // The nearest multiple: what is left may be negative.
    int64_t distance =
        (std::abs(rest) + stride / 2) / stride * (rest < 0 ? -1 : 1);
    if (std::abs(distance) > ViewFrames::kMaxDistance)
      return false;
    rest -= distance * stride;
    distances.push_back(distance);
  }
  return rest == 0;
}

void ViewFrames::clear() {
  frames.clear();
  members.clear();
}

void ViewFrames::find(std::span<Node *const> inputs) {
  if (std::ranges::count_if(
          inputs, [](const Node *input) { return isPartOfArray(*input); }) < 2)
    return;
  members.resize(inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i)
    if (members[i].frame < 0 && isPartOfArray(*inputs[i]))
      addFrame(inputs, i);
}

std::vector<size_t> ViewFrames::findViewsNear(std::span<Node *const> inputs,
                                              size_t first) {
  std::vector<size_t> views;
  std::vector<int64_t> distances;
  for (size_t i = first; i < inputs.size(); ++i)
    if (members[i].frame < 0 && isPartOfArray(*inputs[i]) &&
        measure(*inputs[first], *inputs[i], distances)) {
      views.push_back(i);
      members[i].starts = distances;
    }
  return views;
}

std::vector<int64_t>
ViewFrames::findCorner(std::span<const size_t> views) const {
  std::vector<int64_t> corner = members[views.front()].starts;
  for (size_t view : views)
    for (size_t d = 0; d < corner.size(); ++d)
      corner[d] = std::min(corner[d], members[view].starts[d]);
  return corner;
}

/// The memory of the element that lies `corner` behind `origin`. Vectors need
/// an aligned one, which may lie in the array but in no view: `corner` moves
/// there.
static char *alignCorner(const Node &origin, std::vector<int64_t> &corner) {
  auto itemBytes = static_cast<int64_t>(getBytes(origin.getDType()));
  int64_t offset = origin.getOffset();
  for (size_t d = 0; d < corner.size(); ++d)
    offset += corner[d] * origin.getStrides()[d] * itemBytes;
  auto *storage = static_cast<char *>(origin.getStorage()->getData());
  auto before = static_cast<int64_t>(
      reinterpret_cast<uintptr_t>(storage + offset) % kMaxAccessBytes);
  if (before % itemBytes != 0 || before > offset)
    return storage + offset;
  corner.back() -= before / itemBytes;
  return storage + offset - before;
}

void ViewFrames::addFrame(std::span<Node *const> inputs, size_t first) {
  std::vector<size_t> views = findViewsNear(inputs, first);
  if (views.size() < 2)
    return;
  const Node &origin = *inputs[first];
  std::vector<int64_t> corner = findCorner(views);
  char *data = alignCorner(origin, corner);
  std::span<const int64_t> strides = origin.getStrides();
  ViewFrame frame{origin.getDType(),
                  data,
                  std::vector<int64_t>(corner.size(), 1),
                  {strides.begin(), strides.end()}};
  for (size_t view : views) {
    members[view].frame = static_cast<int32_t>(frames.size());
    for (size_t d = 0; d < corner.size(); ++d) {
      int64_t &start = members[view].starts[d];
      start -= corner[d];
      frame.shape[d] =
          std::max(frame.shape[d], start + inputs[view]->getShape()[d]);
    }
  }
  frames.push_back(std::move(frame));
}
