// Emits the fusions of a program in topological order.

#include "FusionEmitter.h"

#include "numloom/Transforms/Attributes.h"

#include "mlir/IR/IRMapping.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace numloom::array {

FusionEmitter::FusionEmitter(func::FuncOp function, const FusionGraph &graph,
                             const FusionGroups &groups, const FusionCost &cost)
    : graph(graph), groups(groups), cost(cost),
      block(function.getBody().front()), builder(block.getTerminator()) {
  for (Operation &op : block.without_terminator()) {
    position[&op] = oldOps.size();
    oldOps.push_back(&op);
  }
  for (BlockArgument argument : block.getArguments())
    buffers[argument] = argument;
}

void FusionEmitter::run() {
  for (unsigned group : groups.getOrder()) {
    if (groups.isKernel(group))
      emitGroup(group);
    else if (!groups[group].kind && graph[group].getOp())
      emitOther(group);
  }
  for (OpOperand &result : block.getTerminator()->getOpOperands())
    result.set(getBuffer(result.get()));
  for (Operation *op : llvm::reverse(oldOps))
    op->erase();
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

bool FusionEmitter::isInput(Value value, unsigned group) const {
  auto node = graph.lookup(value);
  if (!node || groups.find(*node) == group)
    return false;
  return !graph[*node].kind || groups.isMaterialized(*node);
}

FusionEmitter::Body
FusionEmitter::collectBody(unsigned group, ArrayRef<unsigned> results) const {
  Body body;
  DenseSet<Operation *> seen;
  auto push = [&](Operation *op) {
    if (seen.insert(op).second)
      body.ops.push_back(op);
  };
  for (unsigned node : results)
    push(graph[node].getOp());
  for (size_t next = 0; next < body.ops.size(); ++next)
    for (Value operand : body.ops[next]->getOperands())
      if (!isInput(operand, group))
        push(operand.getDefiningOp());
  llvm::sort(body.ops, [&](Operation *a, Operation *b) {
    return position.lookup(a) < position.lookup(b);
  });
  llvm::SmallSetVector<Value, 8> inputs;
  for (Operation *op : body.ops)
    for (Value operand : op->getOperands())
      if (isInput(operand, group))
        inputs.insert(operand);
  body.inputs = inputs.takeVector();
  return body;
}

SmallVector<int64_t>
FusionEmitter::getStoredExtents(unsigned group, unsigned node,
                                unsigned firstResult) const {
  const FusionGroup &kernel = groups[group];
  const FusionNode &value = graph[node];
  if (kernel.kind == FusionKind::Compress)
    return getExtents(value.value.getType());
  if (!kernel.reduction) {
    // Schedules take the exact shape of a scan.
    const unsigned *scan = llvm::find_if(kernel.nodes, [&](unsigned member) {
      return graph[member].kind == FusionKind::Scan;
    });
    unsigned shaped = scan == kernel.nodes.end() ? firstResult : *scan;
    return getExtents(graph[shaped].value.getType());
  }
  bool isOnFullSpace = !value.isReduction() && value.space == kernel.space &&
                       !kernel.axes.empty();
  return getExtents(isOnFullSpace ? kernel.reduction->getOperand(0).getType()
                                  : kernel.reduction->getResult(0).getType());
}

FusionKind FusionEmitter::getKind(unsigned group,
                                  ArrayRef<unsigned> results) const {
  const FusionGroup &kernel = groups[group];
  bool compresses = llvm::any_of(kernel.nodes, [&](unsigned node) {
    return isa_and_nonnull<CompressOp>(graph[node].getOp());
  });
  // A count that something keeps apart from who compresses is a sum.
  if (kernel.kind == FusionKind::Compress && !compresses)
    return cost.chooseReductionKind(
        kernel.space,
        llvm::to_vector(llvm::seq<unsigned>(0, kernel.space.size())));
  bool isShortRow = dependsOnRowLength(group, results) &&
                    cost.getElements(kernel.space, kernel.axes) <
                        double(cost.getMinRowElements());
  return isShortRow ? FusionKind::Column : *kernel.kind;
}

bool FusionEmitter::dependsOnRowLength(unsigned group,
                                       ArrayRef<unsigned> results) const {
  const FusionGroup &kernel = groups[group];
  // Loads may skip along the vectorised axis, stores are of whole vectors.
  bool storesRows = llvm::any_of(results, [&](unsigned node) {
    return graph[node].resultSpace == kernel.space;
  });
  return kernel.kind == FusionKind::Row && !kernel.isStaged && !storesRows &&
         kernel.keptSpace.size() > 0 && !kernel.axes.empty();
}

GuardAttr FusionEmitter::getRowGuard(unsigned group) const {
  const FusionGroup &kernel = groups[group];
  int64_t bound = cost.getMinRowElements();
  bool isShort = cost.getElements(kernel.space, kernel.axes) < double(bound);
  int64_t factor = 1;
  SmallVector<int64_t> params;
  for (unsigned axis : kernel.axes)
    if (int64_t extent = kernel.space[axis]; isParam(extent))
      params.push_back(extent);
    else
      factor *= extent;
  if (params.empty())
    return {};
  MLIRContext *context = builder.getContext();
  auto length = SizeAttr::get(context, ParamsAttr::get(context, params), factor,
                              /*divisor=*/1, /*scale=*/1, ParamsAttr());
  // Either schedule will do near the bound: sizes that vary there are one plan.
  return GuardAttr::get(context, length, isShort ? 0 : bound / 2,
                        isShort ? bound * 3 / 2 : INT64_MAX, /*multiple=*/1);
}

/// `value` with the shape `extents`, which differs in axes of extent 1 alone.
static Value reshapeTo(OpBuilder &builder, Value value,
                       ArrayRef<int64_t> extents) {
  Type type =
      getTensorType(builder.getContext(), getDType(value.getType()), extents);
  if (type == value.getType())
    return value;
  return ReshapeOp::create(builder, value.getLoc(), type, value);
}

void FusionEmitter::emitGroup(unsigned group) {
  SmallVector<unsigned> results;
  for (unsigned node : groups[group].nodes)
    if (groups.isMaterialized(node))
      results.push_back(node);
  llvm::sort(results);
  Body body = collectBody(group, results);

  SmallVector<Type> types;
  for (unsigned node : results)
    types.push_back(getTensorType(
        builder.getContext(), getDType(graph[node].value.getType()),
        getStoredExtents(group, node, results.front())));
  auto inputs = llvm::map_to_vector(
      body.inputs, [&](Value input) { return buffers.lookup(input); });
  auto fusion = FusionOp::create(builder, graph[results.back()].value.getLoc(),
                                 types, inputs, getKind(group, results));
  if (dependsOnRowLength(group, results))
    if (GuardAttr guard = getRowGuard(group))
      fusion->setAttr(kGuardsAttr, builder.getArrayAttr(guard));

  OpBuilder::InsertionGuard guard(builder);
  Block *kernel = builder.createBlock(&fusion.getBody());
  IRMapping mapping;
  for (Value input : body.inputs)
    mapping.map(input, kernel->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : body.ops) {
    // Copies compute nothing.
    if (isa<CastOp>(op) && op->getOperandTypes() == op->getResultTypes())
      mapping.map(op->getResult(0), mapping.lookup(op->getOperand(0)));
    else
      builder.clone(*op, mapping);
  }
  SmallVector<Value> yielded;
  for (auto [node, type] : llvm::zip_equal(results, types))
    yielded.push_back(reshapeTo(builder, mapping.lookup(graph[node].value),
                                getExtents(type)));
  YieldOp::create(builder, fusion.getLoc(), yielded);

  builder.setInsertionPoint(block.getTerminator());
  for (auto [node, result] : llvm::zip_equal(results, fusion.getResults()))
    buffers[graph[node].value] =
        reshapeTo(builder, result, getExtents(graph[node].value.getType()));
}

//===----------------------------------------------------------------------===//
// What lies between kernels
//===----------------------------------------------------------------------===//

Value FusionEmitter::getBuffer(Value old) {
  if (Value known = buffers.lookup(old))
    return known;
  Operation *op = old.getDefiningOp();
  assert(isa<ViewOpInterface>(op) && "value without a buffer");
  IRMapping mapping;
  mapping.map(op->getOperand(0), getBuffer(op->getOperand(0)));
  return buffers[old] = builder.clone(*op, mapping)->getResult(0);
}

void FusionEmitter::emitOther(unsigned node) {
  Operation *op = graph[node].getOp();
  if (buffers.contains(graph[node].value))
    return;
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, getBuffer(operand));
  Operation *clone = builder.clone(*op, mapping);
  for (auto [old, result] :
       llvm::zip_equal(op->getResults(), clone->getResults()))
    buffers[old] = result;
}

} // namespace numloom::array
