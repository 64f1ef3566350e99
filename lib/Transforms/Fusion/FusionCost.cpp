// The roofline model behind fusion decisions.

#include "FusionCost.h"

using namespace mlir;

namespace numloom::array {

/// What one core streams from memory. Writes count twice: a line that is
/// written is read first.
static constexpr double kBytesPerNs = 10;
/// Operands of additions that one core works off, loads from the cache
/// included: a 32-byte vector in half a nanosecond.
static constexpr double kComputeBytesPerNs = 64;
/// A kernel's hand-over to the thread pool and back.
static constexpr double kLaunchNs = 3000;
/// Full reductions of more elements are split among threads. One row of as
/// many float64 elements still lies in the second-level cache.
static constexpr double kSplitElements = 65536;
/// The extent of a parameter without a hint.
static constexpr double kDefaultExtent = 1024;

FusionCost::FusionCost(func::FuncOp function) {
  if (auto attr =
          function->getAttrOfType<DenseI64ArrayAttr>("array.param_hints"))
    hints = SmallVector<int64_t>(attr.asArrayRef());
}

double FusionCost::evaluate(int64_t extent) const {
  if (!isParam(extent))
    return extent;
  size_t index = getParamIndex(extent);
  return index < hints.size() ? hints[index] : kDefaultExtent;
}

double FusionCost::getElements(ParamsAttr space) const {
  double elements = 1;
  for (int64_t extent : space.getValues())
    elements *= evaluate(extent);
  return elements;
}

double FusionCost::getElements(ParamsAttr space,
                               ArrayRef<unsigned> axes) const {
  double elements = 1;
  for (unsigned axis : axes)
    elements *= evaluate(space[axis]);
  return elements;
}

double FusionCost::getBytes(const FusionNode &node) const {
  return getElements(node.resultSpace) * node.getItemSize();
}

double FusionCost::getReadBytes(const FusionNode &source,
                                const FusionNode &reader) const {
  double bytes = getElements(reader.space) * source.getItemSize();
  return source.resultSpace ? std::min(bytes, getBytes(source)) : bytes;
}

double FusionCost::getEvaluations(const FusionRead &read,
                                  const FusionNode &reader) const {
  if (read.isIdentity)
    return getElements(reader.space);
  size_t depth = 0;
  for (const LinearExpr &expr : read.index)
    for (const auto &[dim, coefficient] : expr.terms)
      depth = std::max<size_t>(depth, dim + 1);
  double evaluations = 1;
  for (int64_t extent : reader.space.getValues().take_front(depth))
    evaluations *= evaluate(extent);
  return evaluations;
}

FusionKind FusionCost::chooseReductionKind(ParamsAttr space,
                                           ArrayRef<unsigned> axes) const {
  if (axes.size() == space.size())
    return getElements(space) > kSplitElements ? FusionKind::Split
                                               : FusionKind::Row;
  bool isInnermost = !axes.empty() && axes.back() + 1 == space.size();
  return isInnermost || axes.empty() ? FusionKind::Row : FusionKind::Column;
}

double FusionCost::getReadTime(double bytes) const {
  return bytes / kBytesPerNs;
}

double FusionCost::getWriteTime(double bytes) const {
  return 2 * bytes / kBytesPerNs;
}

double FusionCost::getLaunchTime() const { return kLaunchNs; }

double FusionCost::getComputeTime(double additions,
                                  const FusionNode &node) const {
  return additions * node.getItemSize() / kComputeBytesPerNs;
}

} // namespace numloom::array
