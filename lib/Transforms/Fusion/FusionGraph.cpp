// Builds the graph of computations and the index maps between them.

#include "FusionGraph.h"

#include "../Compression.h"
#include "FusionCost.h"

using namespace mlir;

namespace numloom::array {

/// Additions that a load from anywhere is worth: it waits for a line of the
/// second-level cache.
static constexpr double kGatherCost = 8;

/// The extents of `type` that are not 1.
static ParamsAttr getSpace(Type type) {
  SmallVector<int64_t> extents = getExtents(type);
  llvm::erase(extents, 1);
  return ParamsAttr::get(type.getContext(), extents);
}

/// A point of a tensor of type `type`: one dimension for each axis whose extent
/// is not 1.
SmallVector<LinearExpr> getIdentityPoint(Type type) {
  SmallVector<LinearExpr> point;
  unsigned dim = 0;
  for (int64_t extent : getExtents(type))
    point.push_back(extent == 1 ? LinearExpr() : LinearExpr::dim(dim++));
  return point;
}

bool isLinearView(Operation *op) {
  auto view = dyn_cast<ViewOpInterface>(op);
  if (!view)
    return false;
  SmallVector<LinearExpr> operandIndex;
  return succeeded(view.mapIndex(getIdentityPoint(op->getResult(0).getType()),
                                 operandIndex));
}

bool isComputation(Operation *op) {
  return isa<ElementwiseOpInterface, ReductionOpInterface, GatherOp, ScatterOp>(
      op);
}

Value stripReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getOperand();
  return value;
}

Value stripViews(Value value) {
  while (auto view = value.getDefiningOp<ViewOpInterface>())
    value = view->getOperand(0);
  return value;
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

FusionGraph::FusionGraph(func::FuncOp function, const FusionCost &cost) {
  Block &block = function.getBody().front();
  for (BlockArgument argument : block.getArguments())
    addNode(argument, cost);
  for (Operation &op : block.without_terminator()) {
    if (isa<IndexValueOpInterface>(op) || isLinearView(&op))
      continue;
    for (Value result : op.getResults())
      addNode(result, cost);
    if (isComputation(&op)) {
      if (!isa<CastOp>(op) || !isCountedOnTheWay(&op))
        addReads(nodes.size() - 1, &op);
      continue;
    }
    for (Value operand : op.getOperands()) {
      pin(operand);
      SmallVector<LinearExpr> point = isFlatStorage(operand.getType())
                                          ? SmallVector<LinearExpr>(1)
                                          : getIdentityPoint(operand.getType());
      if (auto source = resolve(operand, point))
        for (Value result : op.getResults())
          addRead(nodeOf[result], {*source, {}, false});
    }
  }
  for (Value result : block.getTerminator()->getOperands())
    pin(result);
  findOverwriters();
}

/// Kernels that read both a version of an array and what comes of the next one
/// would force a copy of it.
void FusionGraph::findOverwriters() {
  for (unsigned node = 0; node < nodes.size(); ++node) {
    auto update = dyn_cast_or_null<UpdateOp>(nodes[node].getOp());
    if (!update)
      continue;
    auto base = lookup(stripReshapes(update.getBase()));
    if (base && llvm::all_of(nodes[*base].readers,
                             [&](unsigned reader) { return reader <= node; }))
      nodes[*base].overwriter = node;
  }
}

void FusionGraph::addNode(Value value, const FusionCost &cost) {
  nodeOf[value] = nodes.size();
  FusionNode &node = nodes.emplace_back();
  node.value = value;
  if (!isFlatStorage(value.getType()))
    node.space = node.resultSpace = getSpace(value.getType());
  Operation *op = value.getDefiningOp();
  if (!op)
    return;
  if (auto elementwise = dyn_cast<ElementwiseOpInterface>(op)) {
    node.kind = FusionKind::Loop;
    // A copy costs its memory traffic alone.
    bool isCopy =
        op->getOperandTypes() == op->getResultTypes() && isa<CastOp>(op);
    node.cost = isCopy ? 0 : elementwise.getElementCost();
    return;
  }
  if (isa<GatherOp>(op)) {
    node.kind = FusionKind::Loop;
    node.cost = kGatherCost;
    return;
  }
  if (auto scatter = dyn_cast<ScatterOp>(op)) {
    node.kind = FusionKind::Scatter;
    node.space = getSpace(scatter.getValue().getType());
    node.cost = kGatherCost;
    return;
  }
  auto reduction = dyn_cast<ReductionOpInterface>(op);
  if (!reduction)
    return;
  Type operand = op->getOperand(0).getType();
  node.space = getSpace(operand);
  node.cost = 1;
  if (getCompressionMask(op)) {
    node.kind = FusionKind::Compress;
    return;
  }
  if (reduction.isScan()) {
    node.kind = FusionKind::Scan;
    return;
  }
  unsigned dim = 0;
  for (auto [axis, extent] : llvm::enumerate(getExtents(operand))) {
    if (extent == 1)
      continue;
    if (llvm::is_contained(reduction.getReducedAxes(), int64_t(axis)))
      node.axes.push_back(dim);
    ++dim;
  }
  node.kind = cost.chooseReductionKind(node.space, node.axes);
}

void FusionGraph::pin(Value value) {
  // Only views that are free reinterpretations lie between a buffer and what
  // demands it: insertCopies has seen to that.
  while (!nodeOf.contains(value) && value.getDefiningOp() &&
         isa<ViewOpInterface>(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  if (auto node = lookup(value))
    nodes[*node].isPinned = true;
}

std::optional<unsigned> FusionGraph::lookup(Value value) const {
  auto it = nodeOf.find(value);
  return it == nodeOf.end() ? std::nullopt : std::optional(it->second);
}

//===----------------------------------------------------------------------===//
// Reads
//===----------------------------------------------------------------------===//

std::optional<unsigned>
FusionGraph::resolve(Value value, SmallVector<LinearExpr> &point) const {
  while (true) {
    if (auto node = lookup(value)) {
      if (isFlatStorage(value.getType()))
        return node;
      SmallVector<LinearExpr> squeezed;
      for (auto [extent, expr] :
           llvm::zip_equal(getExtents(value.getType()), point))
        if (extent != 1)
          squeezed.push_back(expr);
      point = std::move(squeezed);
      return node;
    }
    auto view = dyn_cast<ViewOpInterface>(value.getDefiningOp());
    if (!view)
      return std::nullopt;
    SmallVector<LinearExpr> operandPoint;
    LogicalResult mapped = view.mapIndex(point, operandPoint);
    assert(succeeded(mapped) && "other views are nodes");
    (void)mapped;
    point = std::move(operandPoint);
    value = view->getOperand(0);
  }
}

void FusionGraph::addReads(unsigned reader, Operation *op) {
  if (auto gather = dyn_cast<GatherOp>(op))
    return addGatherReads(reader, gather);
  if (auto scatter = dyn_cast<ScatterOp>(op))
    return addScatterReads(reader, scatter);
  SmallVector<Value> operands(op->getOperands());
  if (isCountedOnTheWay(op))
    operands = {getCompressionMask(op)};
  for (Value operand : operands) {
    if (auto source = lookup(operand))
      addRead(reader, {*source, {}, true});
    else
      addReadAt(reader, operand, getIdentityPoint(operand.getType()));
  }
}

void FusionGraph::addReadAt(unsigned reader, Value operand,
                            SmallVector<LinearExpr> point) {
  auto source = resolve(operand, point);
  if (!source)
    return;
  FusionRead read{*source, {point.begin(), point.end()}, false};
  detectIdentity(reader, read);
  addRead(reader, std::move(read));
}

void FusionGraph::addGatherReads(unsigned reader, GatherOp op) {
  addIndexReads(reader, op.getIndices(), op.getAxes(), op.getType());
  addReadAnywhere(reader, op.getOperand());
}

void FusionGraph::addScatterReads(unsigned reader, ScatterOp op) {
  Type type = op.getValue().getType();
  addReadAt(reader, op.getValue(), getIdentityPoint(type));
  addIndexReads(reader, op.getIndices(), op.getAxes(), type);
  addReadAnywhere(reader, op.getBase());
}

void FusionGraph::addIndexReads(unsigned reader, ValueRange indices,
                                ArrayRef<int64_t> axes, Type type) {
  SmallVector<LinearExpr> point = getIdentityPoint(type);
  for (Value index : indices)
    addReadAt(reader, index,
              llvm::to_vector(ArrayRef(point).slice(
                  axes.front(), getExtents(index.getType()).size())));
}

void FusionGraph::addReadAnywhere(unsigned reader, Value operand) {
  SmallVector<LinearExpr> anywhere(getExtents(operand.getType()).size());
  if (auto source = resolve(operand, anywhere)) {
    nodes[*source].isPinned = true;
    addRead(reader, {*source, {}, false, true});
  }
}

void FusionGraph::addRead(unsigned reader, FusionRead read) {
  SmallVectorImpl<FusionRead> &reads = nodes[reader].reads;
  if (llvm::is_contained(reads, read))
    return;
  SmallVectorImpl<unsigned> &readers = nodes[read.source].readers;
  if (!llvm::is_contained(readers, reader))
    readers.push_back(reader);
  reads.push_back(std::move(read));
}

void FusionGraph::detectIdentity(unsigned reader, FusionRead &read) const {
  if (nodes[read.source].resultSpace != nodes[reader].space)
    return;
  for (auto [dim, expr] : llvm::enumerate(read.index))
    if (!(expr == LinearExpr::dim(dim)))
      return;
  read.index.clear();
  read.isIdentity = true;
}

/// `expr` with the dimensions replaced by `index`.
static LinearExpr substitute(const LinearExpr &expr,
                             ArrayRef<LinearExpr> index) {
  LinearExpr result;
  result.constants = expr.constants;
  for (const auto &[dim, coefficient] : expr.terms)
    result = result + index[dim] * coefficient;
  return result;
}

FusionRead FusionGraph::compose(unsigned reader, const FusionRead &outer,
                                const FusionRead &inner) const {
  if (outer.isIdentity || inner.isGathered)
    return inner;
  FusionRead read{inner.source, {}, false};
  if (inner.isIdentity)
    read.index = outer.index;
  else
    for (const LinearExpr &expr : inner.index)
      read.index.push_back(substitute(expr, outer.index));
  detectIdentity(reader, read);
  return read;
}

void FusionGraph::replaceReads(unsigned reader, unsigned source,
                               ArrayRef<FusionRead> replacements, double cost,
                               unsigned numOps) {
  llvm::erase_if(nodes[reader].reads,
                 [&](const FusionRead &read) { return read.source == source; });
  llvm::erase(nodes[source].readers, reader);
  for (const FusionRead &read : replacements)
    addRead(reader, read);
  nodes[reader].cost += cost;
  nodes[reader].numOps += numOps;
}

} // namespace numloom::array
