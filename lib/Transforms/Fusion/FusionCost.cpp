// The roofline model behind fusion decisions.

#include "FusionCost.h"

using namespace mlir;

namespace numloom::array {

/// A CPU with few cores: what one core streams from memory, where writes count
/// twice, as a line that is written is read first; operands of additions that
/// it works off, loads from the cache included (a 32-byte vector in half a
/// nanosecond); a hand-over to the thread pool and back. One row of 65536
/// float64 elements still lies in the second-level cache, of which a row that
/// is walked more than once gets a quarter.
static constexpr FusionMachine kCpu = {
    .bytesPerNs = 10,
    .writeFactor = 2,
    .computeBytesPerNs = 64,
    .launchNs = 3000,
    .splitElements = 65536,
    .maxRowBytes = 256 * 1024,
    .minRowElements = 16,
    .recomputeCap = 16,
};

/// A GPU of the H100's kind: 4 TB/s; 132 multiprocessors of 128 lanes at
/// 2 GHz, four bytes each; a launch behind others on a stream. A reduction of
/// more elements keeps one block busy for longer than several take to meet. A
/// row must fit the registers of the eight blocks of a cluster, or the part of
/// the second-level cache that falls to it.
static constexpr FusionMachine kGpu = {
    .bytesPerNs = 4000,
    .writeFactor = 1,
    .computeBytesPerNs = 130000,
    .launchNs = 2500,
    .splitElements = 16384,
    .maxRowBytes = 1024 * 1024,
    .minRowElements = 32,
    .recomputeCap = 64,
};

/// The extent of a parameter without a hint.
static constexpr double kDefaultExtent = 1024;

FusionCost::FusionCost(func::FuncOp function)
    : machine(function->hasAttr(kGpuAttr) ? kGpu : kCpu) {
  if (auto attr = function->getAttrOfType<DenseI64ArrayAttr>(kParamHintsAttr))
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
    return getElements(space) > machine.splitElements ? FusionKind::Split
                                                      : FusionKind::Row;
  bool isInnermost = !axes.empty() && axes.back() + 1 == space.size();
  return isInnermost || axes.empty() ? FusionKind::Row : FusionKind::Column;
}

double FusionCost::getReadTime(double bytes) const {
  return bytes / machine.bytesPerNs;
}

double FusionCost::getWriteTime(double bytes) const {
  return machine.writeFactor * bytes / machine.bytesPerNs;
}

double FusionCost::getLaunchTime() const { return machine.launchNs; }

double FusionCost::getComputeTime(double additions,
                                  const FusionNode &node) const {
  return additions * node.getItemSize() / machine.computeBytesPerNs;
}

} // namespace numloom::array
