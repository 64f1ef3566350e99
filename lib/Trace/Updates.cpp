// Views and updates of a buffer: a layout as slice, transpose and reshape; what
// is none as a scatter.
#include "numloom/Trace/Updates.h"
#include "NodeFactory.h"

#include <algorithm>
#include <array>

using namespace numloom;

static std::span<const int64_t> getStarts(const SlicePlan &plan) {
  return {plan.starts, plan.frameRank};
}
static std::span<const int64_t> getSteps(const SlicePlan &plan) {
  return {plan.steps, plan.frameRank};
}
static std::span<const int64_t> getExtents(const SlicePlan &plan) {
  return {plan.extents, plan.frameRank};
}

NodeRef numloom::makeFramed(const NodeRef &base, const Layout &layout) {
  return makeReshape(base, layout.frame.get());
}

bool numloom::isReadable(const NodeRef &base, const Layout &layout) {
  return layout.isSliced || layout.getNumElements() == 0 ||
         (base->isEvaluated() && base->isContiguous());
}

NodeRef numloom::makeContiguous(const NodeRef &node) {
  if (!node->isEvaluated() || node->isContiguous())
    return node;
  return record(OpCode::Cast, std::span(&node, 1), node->getShape(),
                node->getDType());
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// A layout that is no slice, on the base's memory.
static NodeRef readMemory(const NodeRef &base, const Layout &layout) {
  int64_t bytes = static_cast<int64_t>(getBytes(base->getDType()));
  return NodeFactory::makeEvaluated(
      base->getDType(), layout.shape.get(), base->getStorage(),
      base->getOffset() + layout.offset * bytes, layout.strides.get());
}

/// The places of the core's axes among themselves in the frame's order: core
/// axis i is number places[i].
static void findPlaces(const SlicePlan &plan, int64_t *places) {
  for (size_t i = 0; i < plan.coreRank; ++i)
    places[i] = std::count_if(plan.axes, plan.axes + plan.coreRank,
                              [&](int64_t k) { return k < plan.axes[i]; });
}

/// The slice of the frame with its axes in the layout's order.
static NodeRef permuteSlice(const NodeRef &slice, const SlicePlan &plan) {
  int64_t places[kMaxRank], extents[kMaxRank];
  findPlaces(plan, places);
  for (size_t i = 0; i < plan.coreRank; ++i)
    extents[places[i]] = plan.extents[plan.axes[i]];
  NodeRef core =
      makeReshape(slice, {extents, plan.coreRank}, ViewForm::Recorded);
  return makeTranspose(core, {places, plan.coreRank}, ViewForm::Recorded);
}

/// The shape of the layout before elements are repeated.
static std::span<const int64_t> getUnrepeatedShape(const Layout &layout,
                                                   int64_t *shape) {
  for (size_t i = 0; i < layout.shape.size(); ++i)
    shape[i] = layout.strides[i] == 0 ? 1 : layout.shape[i];
  return {shape, layout.shape.size()};
}

/// The elements, before `part` takes something of them.
static NodeRef readElements(const NodeRef &base, const Layout &layout) {
  if (!layout.isSliced)
    return readMemory(base, layout);
  if (layout.isWhole())
    return makeReshape(base, layout.shape.get(), ViewForm::Recorded);
  SlicePlan plan;
  planSlice(layout, plan);
  NodeRef node =
      makeSlice(makeFramed(base, layout), getStarts(plan), getSteps(plan),
                getExtents(plan), ViewForm::Recorded);
  if (!plan.isSorted)
    node = permuteSlice(node, plan);
  if (!plan.repeats)
    return makeReshape(node, layout.shape.get(), ViewForm::Recorded);
  int64_t shape[kMaxRank];
  node =
      makeReshape(node, getUnrepeatedShape(layout, shape), ViewForm::Recorded);
  return makeBroadcastTo(node, layout.shape.get(), ViewForm::Recorded);
}

static NodeRef takePart(const NodeRef &node, ElementPart part) {
  return record(part == ElementPart::Real ? OpCode::Real : OpCode::Imag,
                std::span(&node, 1), node->getShape(),
                getRealDType(node->getDType()));
}

static NodeRef castBits(const NodeRef &node, DType dtype) {
  if (node->getDType() == dtype)
    return node;
  // A bool is a byte of 0 or 1; other bytes than 0 are taken for true.
  if (node->getDType() == DType::Bool || dtype == DType::Bool)
    return recordCast(node, dtype);
  return record(OpCode::Bitcast, std::span(&node, 1), node->getShape(), dtype);
}

NodeRef numloom::readView(const NodeRef &base, const Layout &layout) {
  if (layout.getNumElements() == 0)
    return recordConstant(0, layout.shape.get(), layout.dtype,
                          base->getDevice());
  NodeRef node = readElements(base, layout);
  if (layout.part != ElementPart::Whole)
    node = takePart(node, layout.part);
  return castBits(node, layout.dtype);
}

//===----------------------------------------------------------------------===//
// Updating
//===----------------------------------------------------------------------===//

/// The elements that hold `value` in the part that the layout shows, and in the
/// other part what they hold.
static NodeRef mergePart(const NodeRef &base, const Layout &layout,
                         const NodeRef &value) {
  DType dtype = base->getDType();
  if (layout.part == ElementPart::Whole)
    return castBits(value, dtype);
  NodeRef part = castBits(value, getRealDType(dtype));
  bool isReal = layout.part == ElementPart::Real;
  NodeRef rest = takePart(readElements(base, layout),
                          isReal ? ElementPart::Imag : ElementPart::Real);
  return record(OpCode::MakeComplex,
                isReal ? std::array{part, rest} : std::array{rest, part},
                layout.shape.get(), dtype);
}

/// `value` in the order and shape of the slice of the frame.
static NodeRef arrangeValue(const Layout &layout, const SlicePlan &plan,
                            const NodeRef &value) {
  if (value->getNumElements() == 1)
    return makeBroadcastTo(makeReshape(value, {}), getExtents(plan));
  NodeRef node = makeBroadcastTo(value, layout.shape.get());
  if (plan.isSorted)
    return makeReshape(node, getExtents(plan));
  int64_t places[kMaxRank], axes[kMaxRank], extents[kMaxRank];
  findPlaces(plan, places);
  for (size_t i = 0; i < plan.coreRank; ++i) {
    extents[i] = plan.extents[plan.axes[i]];
    axes[places[i]] = static_cast<int64_t>(i);
  }
  node = makeReshape(node, {extents, plan.coreRank});
  node = makeTranspose(node, {axes, plan.coreRank});
  return makeReshape(node, getExtents(plan));
}

/// `value`, which covers the complete frame, with the axes that the slice takes
/// backwards turned round.
static NodeRef reverseAxes(const SlicePlan &plan, const NodeRef &value) {
  return makeSlice(value, getStarts(plan), getSteps(plan), getExtents(plan));
}

/// The place in the buffer of each element of the layout.
static NodeRef recordPlaces(const Layout &layout, Device device) {
  NodeRef sum;
  for (size_t i = 0; i < layout.shape.size(); ++i) {
    int64_t axis = static_cast<int64_t>(i);
    NodeRef index = recordCreation(OpCode::Iota, layout.shape.get(),
                                   DType::Int64, {&axis, 1}, device);
    NodeRef places = recordBinary(OpCode::Multiply, index, layout.strides[i]);
    sum = sum ? recordBinary(OpCode::Add, sum, places) : places;
  }
  return recordBinary(OpCode::Add, sum, layout.offset);
}

/// An update of elements that no slice describes; the last one of several
/// values for an element stays.
static NodeRef recordScatter(const NodeRef &framed, const Layout &layout,
                             const NodeRef &value) {
  NodeRef base = makeReshape(framed, {&layout.bufferSize, 1});
  NodeRef places = recordPlaces(layout, base->getDevice());
  NodeRef elements =
      makeBroadcastTo(mergePart(framed, layout, value), layout.shape.get());
  // One axis, number 0; the value replaces what is there; repeated or not.
  const int64_t attrs[] = {1, 0, 0, layout.mayOverlapItself() ? 0 : 1};
  NodeRef result = record(OpCode::Scatter, std::array{base, elements, places},
                          base->getShape(), base->getDType(), attrs);
  return makeReshape(result, layout.frame.get());
}

NodeRef numloom::recordUpdate(const NodeRef &base, const Layout &layout,
                              const NodeRef &value) {
  NodeRef framed = makeFramed(base, layout);
  if (layout.getNumElements() == 0)
    return framed;
  SlicePlan plan;
  if (layout.isSliced)
    planSlice(layout, plan);
  if (!layout.isSliced || plan.repeats)
    return recordScatter(framed, layout, value);
  NodeRef elements =
      arrangeValue(layout, plan, mergePart(framed, layout, value));
  if (elements->getNumElements() == layout.bufferSize)
    return reverseAxes(plan, elements);
  int64_t attrs[2 * (kMaxRank + 1)];
  size_t rank = plan.frameRank;
  attrs[0] = attrs[rank + 1] = static_cast<int64_t>(rank);
  std::ranges::copy(getStarts(plan), attrs + 1);
  std::ranges::copy(getSteps(plan), attrs + rank + 2);
  return record(OpCode::Update, std::array{framed, elements},
                layout.frame.get(), base->getDType(), {attrs, 2 * (rank + 1)});
}
