// Slices, transposes and broadcasts: memory shared, or an op recorded.
#include "Views.h"
#include "NodeFactory.h"
#include "Shapes.h"
#include "numloom/Trace/Recorder.h"

#include <algorithm>
#include <numeric>

using namespace numloom;

bool numloom::computeViewLayout(OpCode op, std::span<const int64_t> attrs,
                                std::span<const int64_t> shape,
                                const Node &operand, ViewLayout &layout) {
  std::span<const int64_t> strides = operand.getStrides();
  layout.offset = operand.getOffset();
  if (op == OpCode::Reshape)
    return reshapeStrides(operand.getShape(), strides, shape, layout.strides);
  size_t rank = strides.size();
  std::fill_n(layout.strides, shape.size(), 0);
  // The first attribute is a list with an entry for each axis.
  const int64_t *list = attrs.data() + 1;
  for (size_t i = 0; i < rank; ++i) {
    if (op == OpCode::Transpose) {
      layout.strides[i] = strides[list[i]];
    } else if (op == OpCode::Broadcast) {
      if (operand.getShape()[i] != 1)
        layout.strides[list[i]] = strides[i];
    } else {
      int64_t step = list[rank + 1 + i];
      layout.strides[i] = strides[i] * step;
      // An empty view has no first element, and its start may be the end.
      if (shape[i] != 0)
        layout.offset += list[i] * strides[i] *
                         static_cast<int64_t>(getBytes(operand.getDType()));
    }
  }
  return true;
}

/// The view as an array in memory if the operand is one, else as a node.
static NodeRef makeView(OpCode op, const NodeRef &node,
                        std::span<const int64_t> shape,
                        std::span<const int64_t> attrs, ViewForm form) {
  ViewLayout layout;
  if (form == ViewForm::Memory && node->isEvaluated() &&
      computeViewLayout(op, attrs, shape, *node, layout))
    return NodeFactory::makeEvaluated(node->getDType(), shape,
                                      node->getStorage(), layout.offset,
                                      {layout.strides, shape.size()});
  return record(op, std::span(&node, 1), shape, node->getDType(), attrs);
}

NodeRef numloom::makeLeaf(DType dtype, std::span<const int64_t> shape,
                          StorageRef storage, int64_t offset,
                          std::span<const int64_t> strides) {
  if (!strides.empty() || shape.empty())
    return NodeFactory::makeEvaluated(dtype, shape, std::move(storage), offset,
                                      strides);
  int64_t contiguous[kMaxRank];
  fillContiguousStrides(shape, contiguous);
  return NodeFactory::makeEvaluated(dtype, shape, std::move(storage), offset,
                                    {contiguous, shape.size()});
}

NodeRef numloom::makeSlice(const NodeRef &node, std::span<const int64_t> starts,
                           std::span<const int64_t> steps,
                           std::span<const int64_t> shape, ViewForm form) {
  auto isZero = [](int64_t start) { return start == 0; };
  auto isOne = [](int64_t step) { return step == 1; };
  if (std::ranges::equal(shape, node->getShape()) &&
      std::ranges::all_of(starts, isZero) && std::ranges::all_of(steps, isOne))
    return node;
  int64_t attrs[2 * (kMaxRank + 1)];
  size_t rank = shape.size();
  attrs[0] = attrs[rank + 1] = static_cast<int64_t>(rank);
  std::ranges::copy(starts, attrs + 1);
  std::ranges::copy(steps, attrs + rank + 2);
  return makeView(OpCode::Slice, node, shape, {attrs, 2 * (rank + 1)}, form);
}

int64_t numloom::normalizeAxis(int64_t axis, size_t rank) {
  int64_t bound = static_cast<int64_t>(rank);
  if (axis < -bound || axis >= bound)
    throw Error(ErrorKind::Axis, "axis " + std::to_string(axis) +
                                     " is out of bounds for array of "
                                     "dimension " +
                                     std::to_string(rank));
  return axis < 0 ? axis + bound : axis;
}

bool numloom::normalizePermutation(std::span<const int64_t> axes, size_t rank,
                                   int64_t *permutation) {
  if (axes.size() != rank)
    throw Error(ErrorKind::Value, "axes don't match array");
  uint64_t seen = 0;
  bool identity = true;
  for (size_t i = 0; i < rank; ++i) {
    int64_t axis = normalizeAxis(axes[i], rank);
    if (seen >> axis & 1)
      throw Error(ErrorKind::Value, "repeated axis in transpose");
    seen |= uint64_t(1) << axis;
    identity &= axis == static_cast<int64_t>(i);
    permutation[i] = axis;
  }
  return !identity;
}

NodeRef numloom::makeTranspose(const NodeRef &node,
                               std::span<const int64_t> axes, ViewForm form) {
  size_t rank = node->getShape().size();
  int64_t shape[kMaxRank], attrs[kMaxRank + 1];
  if (!normalizePermutation(axes, rank, attrs + 1))
    return node;
  attrs[0] = static_cast<int64_t>(rank);
  for (size_t i = 0; i < rank; ++i)
    shape[i] = node->getShape()[attrs[i + 1]];
  return makeView(OpCode::Transpose, node, {shape, rank}, {attrs, rank + 1},
                  form);
}

void numloom::checkBroadcast(std::span<const int64_t> from,
                             std::span<const int64_t> to) {
  if (std::ranges::any_of(to, [](int64_t extent) { return extent < 0; }))
    throw Error(ErrorKind::Value,
                "all elements of broadcast shape must be non-negative");
  if (from.size() > to.size())
    throw Error(ErrorKind::Value, "input operand has more dimensions than "
                                  "allowed by the axis remapping");
  size_t added = to.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i)
    if (from[i] != to[added + i] && from[i] != 1)
      throw Error(ErrorKind::Value,
                  "operands could not be broadcast together with remapped "
                  "shapes [original->remapped]: " +
                      formatShape(from) + "  and requested shape " +
                      formatShape(to));
}

NodeRef numloom::makeBroadcastTo(const NodeRef &node,
                                 std::span<const int64_t> shape,
                                 ViewForm form) {
  std::span<const int64_t> from = node->getShape();
  checkBroadcast(from, shape);
  if (std::ranges::equal(from, shape))
    return node;
  int64_t attrs[kMaxRank + 1];
  attrs[0] = static_cast<int64_t>(from.size());
  std::iota(attrs + 1, attrs + 1 + from.size(),
            static_cast<int64_t>(shape.size() - from.size()));
  return makeView(OpCode::Broadcast, node, shape, {attrs, from.size() + 1},
                  form);
}

//===----------------------------------------------------------------------===//
// Reshapes
//===----------------------------------------------------------------------===//

[[noreturn]] static void throwRankTooLarge(size_t rank) {
  throw Error(ErrorKind::Value, "maximum supported dimension for an ndarray "
                                "is currently 64, found " +
                                    std::to_string(rank));
}

/// The shape as NumPy's error shows it: unknown extents in front are left out.
static std::string formatRequestedShape(std::span<const int64_t> shape) {
  size_t first = 0;
  while (first < shape.size() && shape[first] < 0)
    ++first;
  std::string text = "(";
  for (size_t i = first; i < shape.size(); ++i)
    text += (i > first ? "," : "") +
            (shape[i] < 0 ? "newaxis" : std::to_string(shape[i]));
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::span<const int64_t>
numloom::completeShape(int64_t numElements, std::span<const int64_t> requested,
                       int64_t *shape) {
  if (requested.size() > kMaxRank)
    throwRankTooLarge(requested.size());
  int64_t known = 1;
  size_t unknown = requested.size();
  bool overflow = false;
  for (size_t i = 0; i < requested.size(); ++i) {
    shape[i] = requested[i];
    if (requested[i] >= 0) {
      overflow |= __builtin_mul_overflow(known, requested[i], &known);
      continue;
    }
    if (unknown != requested.size())
      throw Error(ErrorKind::Value, "can only specify one unknown dimension");
    unknown = i;
  }
  bool fits = !overflow && known == numElements;
  if (unknown != requested.size()) {
    fits = !overflow && known != 0 && numElements % known == 0;
    if (fits)
      shape[unknown] = numElements / known;
  }
  if (!fits)
    throw Error(ErrorKind::Value,
                "cannot reshape array of size " + std::to_string(numElements) +
                    " into shape " + formatRequestedShape(requested));
  return {shape, requested.size()};
}

NodeRef numloom::makeReshape(const NodeRef &node,
                             std::span<const int64_t> requested,
                             ViewForm form) {
  int64_t buffer[kMaxRank];
  std::span<const int64_t> shape =
      completeShape(node->getNumElements(), requested, buffer);
  if (std::ranges::equal(shape, node->getShape()))
    return node;
  return makeView(OpCode::Reshape, node, shape, {}, form);
}

std::span<const int64_t> numloom::expandShape(std::span<const int64_t> from,
                                              std::span<const int64_t> axes,
                                              int64_t *shape) {
  size_t rank = from.size() + axes.size();
  if (rank > kMaxRank)
    throwRankTooLarge(rank);
  uint64_t added = 0;
  for (int64_t axis : axes) {
    uint64_t bit = uint64_t(1) << normalizeAxis(axis, rank);
    if (added & bit)
      throw Error(ErrorKind::Value, "repeated axis");
    added |= bit;
  }
  for (size_t i = 0, next = 0; i < rank; ++i)
    shape[i] = added >> i & 1 ? 1 : from[next++];
  return {shape, rank};
}

std::span<const int64_t> numloom::squeezeShape(std::span<const int64_t> from,
                                               std::span<const int64_t> axes,
                                               int64_t *shape) {
  uint64_t dropped = 0;
  for (int64_t axis : axes) {
    int64_t index = normalizeAxis(axis, from.size());
    if (from[index] != 1)
      throw Error(ErrorKind::Value, "cannot select an axis to squeeze out "
                                    "which has size not equal to one");
    dropped |= uint64_t(1) << index;
  }
  size_t rank = 0;
  for (size_t i = 0; i < from.size(); ++i)
    if (!(dropped >> i & 1))
      shape[rank++] = from[i];
  return {shape, rank};
}
