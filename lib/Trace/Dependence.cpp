// Follows the elements of an array to what they are computed from.
#include "numloom/Trace/Dependence.h"
#include "numloom/Trace/Flush.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

using namespace numloom;

namespace {

/// Where elements are found along an axis: at `start + step * i`, i being the
/// index along `axis` of the value in question; without an axis at `start`.
struct Coordinate {
  int64_t axis = -1, start = 0, step = 0;
  friend bool operator==(const Coordinate &, const Coordinate &) = default;
};
using Point = std::vector<Coordinate>;

/// The element of `node` at a point. Axes of one element have no coordinate
/// but 0.
struct Read {
  const Node *node;
  Point point;
};

/// The same in memory: the element's place is linear in the value's indices.
struct Place {
  const void *storage;
  int64_t offset;
  /// By the value's axes.
  std::vector<int64_t> steps;
  friend bool operator==(const Place &, const Place &) = default;
};

} // namespace

static Coordinate takeSlice(const Coordinate &at, int64_t start, int64_t step) {
  return {at.axis, start + at.start * step, at.step * step};
}

/// The reading of `node`, of whose axes those of one element forget where.
static Read makeRead(const Node *node, Point point) {
  for (size_t i = 0; i < point.size(); ++i)
    if (node->getShape()[i] == 1)
      point[i] = {};
  return {node, std::move(point)};
}

static Read readBroadcast(const Node *operand, const Point &point) {
  return makeRead(operand,
                  Point(point.end() - operand->getRank(), point.end()));
}

/// Through a reshape that adds or drops axes of one element, and does nothing
/// else.
static std::optional<Point> mapReshape(const Node &view, const Node &operand,
                                       const Point &point) {
  Point mapped(operand.getRank());
  size_t next = 0, rank = point.size();
  auto skipUnits = [&] {
    while (next < rank && view.getShape()[next] == 1)
      ++next;
  };
  for (size_t i = 0; i < mapped.size(); ++i) {
    if (operand.getShape()[i] == 1)
      continue;
    skipUnits();
    if (next == rank || view.getShape()[next] != operand.getShape()[i])
      return std::nullopt;
    mapped[i] = point[next++];
  }
  return mapped;
}

/// Whether the elements of `node` are those of its first operand.
static bool isView(const Node &node) {
  return node.isPending() && (getInfo(node.getOp()).kind == OpKind::View ||
                              node.getOp() == OpCode::Alongside);
}

/// Where the operand of a view has the view's element at `point`.
static std::optional<Point> mapView(const Node &view, const Point &point) {
  const Node &operand = *view.getOperands()[0];
  size_t rank = operand.getShape().size();
  // The first attribute is a list with an entry for each axis.
  const int64_t *list = view.getAttrs().data() + 1;
  Point mapped(rank);
  switch (view.getOp()) {
  case OpCode::Alongside:
    return point;
  case OpCode::Broadcast:
    for (size_t i = 0; i < rank; ++i)
      mapped[i] = point[list[i]];
    return mapped;
  case OpCode::Transpose:
    for (size_t i = 0; i < rank; ++i)
      mapped[list[i]] = point[i];
    return mapped;
  case OpCode::Slice:
    for (size_t i = 0; i < rank; ++i)
      mapped[i] = takeSlice(point[i], list[i], list[rank + 1 + i]);
    return mapped;
  case OpCode::Reshape:
    return mapReshape(view, operand, point);
  default:
    return std::nullopt;
  }
}

static bool isElementwise(const Node &node) {
  return node.isPending() && getInfo(node.getOp()).kind == OpKind::Elementwise;
}

/// What `read` reads below views.
static Read lookThroughViews(Read read) {
  while (isView(*read.node)) {
    std::optional<Point> point = mapView(*read.node, read.point);
    if (!point)
      break;
    read = makeRead(read.node->getOperands()[0], std::move(*point));
  }
  return read;
}

namespace {

/// The search for a proof, of bounded length.
class DependenceProof {
public:
  DependenceProof(const Node &value, AxisRange axes,
                  std::span<const NodeRef> known);
  bool holds() { return isDetermined(makeRead(&value, identity)); }

private:
  /// What the axes and `known` determine.
  bool isDetermined(Read read);
  bool isGatherDetermined(const Read &read);
  bool isConstantAlongAxes(const Read &read) const;
  /// Whether two nodes have the same elements at these points.
  bool areSame(Read a, Read b);
  bool haveSameOp(const Node &a, const Node &b) const;
  Place findPlace(const Read &read) const;

  const Node &value;
  AxisRange axes;
  Point identity;
  std::vector<Read> known;
  /// Graphs whose nodes are used many times have many paths.
  int stepsLeft = 256;
};

} // namespace

DependenceProof::DependenceProof(const Node &value, AxisRange axes,
                                 std::span<const NodeRef> known)
    : value(value), axes(axes) {
  for (int64_t axis = 0; axis < value.getRank(); ++axis)
    identity.push_back({axis, 0, 1});
  Point entries(identity.begin() + axes.first,
                identity.begin() + axes.first + axes.count);
  for (const NodeRef &node : known)
    this->known.push_back(lookThroughViews(readBroadcast(node.get(), entries)));
}

Place DependenceProof::findPlace(const Read &read) const {
  const Node &node = *read.node;
  Place place{node.getStorage().get(), node.getOffset(),
              std::vector<int64_t>(identity.size())};
  auto bytes = static_cast<int64_t>(getBytes(node.getDType()));
  for (size_t i = 0; i < read.point.size(); ++i) {
    const Coordinate &at = read.point[i];
    int64_t stride = node.getStrides()[i] * bytes;
    place.offset += at.start * stride;
    if (at.axis >= 0)
      place.steps[at.axis] += at.step * stride;
  }
  return place;
}

bool DependenceProof::isConstantAlongAxes(const Read &read) const {
  if (read.node->isEvaluated()) {
    std::vector<int64_t> steps = findPlace(read).steps;
    return std::all_of(steps.begin() + axes.first,
                       steps.begin() + axes.first + axes.count,
                       [](int64_t step) { return step == 0; });
  }
  return std::ranges::none_of(
      read.point, [&](const Coordinate &at) { return axes.contains(at.axis); });
}

bool DependenceProof::isDetermined(Read read) {
  if (--stepsLeft < 0)
    return false;
  read = lookThroughViews(std::move(read));
  const Node &node = *read.node;
  if (isConstantAlongAxes(read) ||
      std::ranges::any_of(known,
                          [&](const Read &one) { return areSame(read, one); }))
    return true;
  if (isElementwise(node))
    return std::ranges::all_of(node.getOperands(), [&](const Node *operand) {
      return isDetermined(readBroadcast(operand, read.point));
    });
  if (!node.isPending())
    return false;
  return node.getOp() == OpCode::Constant ||
         (node.getOp() == OpCode::Iota &&
          !axes.contains(read.point[node.getAttrs()[0]].axis)) ||
         (node.getOp() == OpCode::Gather && isGatherDetermined(read));
}

/// One element of any operand, found by what is determined.
bool DependenceProof::isGatherDetermined(const Read &read) {
  std::span<Node *const> operands = read.node->getOperands();
  // The indices' axes stand where the first of the gathered ones was.
  auto begin = read.point.begin() + read.node->getAttrs()[1];
  auto end = begin + operands[1]->getRank();
  auto isFixed = [&](const Coordinate &at) { return !axes.contains(at.axis); };
  if (!std::all_of(read.point.begin(), begin, isFixed) ||
      !std::all_of(end, read.point.end(), isFixed))
    return false;
  Point entries(begin, end);
  return std::ranges::all_of(operands.subspan(1), [&](const Node *index) {
    return isDetermined(makeRead(index, entries));
  });
}

bool DependenceProof::haveSameOp(const Node &a, const Node &b) const {
  return a.getOp() == b.getOp() && a.getLoop() == b.getLoop() &&
         std::ranges::equal(a.getAttrs(), b.getAttrs());
}

bool DependenceProof::areSame(Read a, Read b) {
  if (--stepsLeft < 0)
    return false;
  a = lookThroughViews(std::move(a));
  b = lookThroughViews(std::move(b));
  const Node &x = *a.node, &y = *b.node;
  if (x.getDType() != y.getDType() || x.getState() != y.getState())
    return false;
  if (x.isEvaluated())
    return findPlace(a) == findPlace(b);
  if (x.isScalar())
    return !std::memcmp(x.getData(), y.getData(), getBytes(x.getDType()));
  if (&x == &y)
    return a.point == b.point;
  if (!haveSameOp(x, y))
    return false;
  if (x.getOp() == OpCode::Constant)
    return true;
  // The same calls on the same operands, recorded twice.
  return isElementwise(x) &&
         std::ranges::equal(x.getOperands(), y.getOperands(),
                            [&](const Node *from, const Node *to) {
                              return areSame(readBroadcast(from, a.point),
                                             readBroadcast(to, b.point));
                            });
}

bool numloom::isFunctionOf(const NodeRef &value, AxisRange axes,
                           std::span<const NodeRef> known) {
  bool holds = false;
  readGraph([&] { holds = DependenceProof(*value, axes, known).holds(); });
  return holds;
}
