// Kernels that write a part of a larger buffer.
#include "numloom/Transforms/Destinations.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

//===----------------------------------------------------------------------===//
// Index maps
//===----------------------------------------------------------------------===//

static void addToIndex(ConcatenateOp op, unsigned part,
                       MutableArrayRef<LinearExpr> index) {
  LinearExpr &along = index[op.getAxis()];
  for (Value before : op.getOperands().take_front(part))
    along = along +
            LinearExpr::constant(getExtents(before.getType())[op.getAxis()]);
}

static void addToIndex(UpdateOp op, MutableArrayRef<LinearExpr> index) {
  for (auto [expr, start, step] : llvm::zip_equal(
           index, op.getStarts().getValues(), op.getSteps().getValues()))
    expr = LinearExpr::constant(start) + expr * Monomial(step);
}

std::optional<SmallVector<LinearExpr>>
numloom::getDestinationIndex(OpOperand &operand, Type type) {
  SmallVector<int64_t> extents = getExtents(type);
  SmallVector<LinearExpr> point, index;
  for (auto [dim, extent] : llvm::enumerate(extents))
    point.push_back(extent == 1 ? LinearExpr() : LinearExpr::dim(dim));
  // Both ways round a reshape keeps the row-major position.
  if (failed(mapReshapedIndex(getExtents(operand.get().getType()), extents,
                              point, index)))
    return std::nullopt;
  Operation *owner = operand.getOwner();
  if (auto concatenate = dyn_cast<ConcatenateOp>(owner))
    addToIndex(concatenate, operand.getOperandNumber(), index);
  else if (auto update = dyn_cast<UpdateOp>(owner))
    addToIndex(update, index);
  else
    return std::nullopt;
  return index;
}

//===----------------------------------------------------------------------===//
// Fusions
//===----------------------------------------------------------------------===//

/// What a fusion gave of which `operand` is a reshape.
static OpResult getFusionResult(OpOperand &operand) {
  Value value = operand.get();
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getOperand();
  return value.getDefiningOp<FusionOp>() ? cast<OpResult>(value) : OpResult();
}

UpdateOp numloom::getFusedUpdate(OpResult result) {
  auto fusion = cast<FusionOp>(result.getOwner());
  Operation *yield = fusion.getBody().front().getTerminator();
  return yield->getOperand(result.getResultNumber()).getDefiningOp<UpdateOp>();
}

/// Whether kernels of this kind store each element at a linear index.
static bool storesLinearly(FusionOp fusion) {
  auto kind = fusion->getAttrOfType<StringAttr>("kind");
  return kind && llvm::is_contained({"loop", "row", "column", "split", "scan"},
                                    kind.getValue());
}

OpResult numloom::getPlaceableResult(OpOperand &operand) {
  OpResult result = getFusionResult(operand);
  if (!result || !storesLinearly(cast<FusionOp>(result.getOwner())) ||
      !result.hasOneUse() || getFusedUpdate(result) ||
      !getDestinationIndex(operand, result.getType()))
    return {};
  for (Value value = operand.get(); value != result;
       value = value.getDefiningOp<ReshapeOp>().getOperand())
    if (!value.hasOneUse())
      return {};
  return result;
}

static Attribute getFactors(MLIRContext *context, const Monomial &product) {
  SmallVector<int64_t> factors;
  if (product.factor != 1 || product.params.empty())
    factors.push_back(product.factor);
  for (int64_t param : product.params)
    factors.push_back(makeParam(param));
  return ParamsAttr::get(context, factors);
}

DestinationAttr numloom::getDestination(OpOperand &operand, Type type) {
  MLIRContext *context = type.getContext();
  auto index = getDestinationIndex(operand, type);
  assert(index && "no place for the fusion's result");
  LinearExpr offset =
      getBufferOffset(operand.getOwner()->getResult(0).getType(), *index);
  SmallVector<Attribute> start, strides;
  for (const Monomial &part : offset.constants)
    start.push_back(getFactors(context, part));
  for (unsigned dim = 0; dim < getExtents(type).size(); ++dim)
    strides.push_back(getFactors(context, offset.getCoefficient(dim)));
  return DestinationAttr::get(context, ArrayAttr::get(context, start),
                              ArrayAttr::get(context, strides));
}

void numloom::placeInto(OpResult result, OpOperand &operand) {
  Operation *fusion = result.getOwner();
  MLIRContext *context = fusion->getContext();
  SmallVector<Attribute> into(fusion->getNumResults(), UnitAttr::get(context));
  auto known = fusion->getAttrOfType<ArrayAttr>(kIntoAttr);
  if (known && known.size() == into.size())
    into.assign(known.begin(), known.end());
  into[result.getResultNumber()] = getDestination(operand, result.getType());
  fusion->setAttr(kIntoAttr, ArrayAttr::get(context, into));
}

static bool hasDestination(OpResult result) {
  Operation *fusion = result.getOwner();
  auto into = fusion->getAttrOfType<ArrayAttr>(kIntoAttr);
  return into && into.size() == fusion->getNumResults() &&
         isa<DestinationAttr>(into[result.getResultNumber()]);
}

bool numloom::isPlaced(OpOperand &operand) {
  OpResult result = getFusionResult(operand);
  return result && hasDestination(result);
}

OpOperand *numloom::getPlacedOperand(OpResult result) {
  if (!hasDestination(result))
    return nullptr;
  Value value = result;
  while (value.hasOneUse()) {
    OpOperand &use = *value.use_begin();
    if (isa<ConcatenateOp, UpdateOp>(use.getOwner()))
      return &use;
    auto reshape = dyn_cast<ReshapeOp>(use.getOwner());
    if (!reshape)
      break;
    value = reshape;
  }
  return nullptr;
}

/// The scatter of a fusion of kind "scatter"; null for other fusions.
static ScatterOp getScatter(FusionOp fusion) {
  auto kind = fusion->getAttrOfType<StringAttr>("kind");
  if (!kind || kind.getValue() != "scatter" || fusion.getNumResults() != 1)
    return nullptr;
  Value result = fusion.getBody().front().getTerminator()->getOperand(0);
  return result.getDefiningOp<ScatterOp>();
}

/// What a fusion of kind "scatter" scatters into.
static OpOperand *getScatteredBase(FusionOp fusion) {
  ScatterOp scatter = getScatter(fusion);
  Value base = scatter ? scatter.getBase() : Value();
  while (base && base.getDefiningOp<ReshapeOp>())
    base = base.getDefiningOp<ReshapeOp>().getOperand();
  auto argument = dyn_cast_or_null<BlockArgument>(base);
  return argument ? &fusion->getOpOperand(argument.getArgNumber()) : nullptr;
}

OpOperand *numloom::getUpdatedBase(Operation *op) {
  if (auto update = dyn_cast_or_null<UpdateOp>(op))
    return &update.getBaseMutable();
  auto fusion = dyn_cast_or_null<FusionOp>(op);
  return fusion ? getScatteredBase(fusion) : nullptr;
}

bool numloom::readsScatteredBase(OpOperand &base) {
  Value value = getScatter(cast<FusionOp>(base.getOwner())).getBase();
  while (value.hasOneUse() && value.getDefiningOp<ReshapeOp>())
    value = value.getDefiningOp<ReshapeOp>().getOperand();
  return !value.hasOneUse();
}

void numloom::replaceUpdatedBase(Operation *op, Value base) {
  OpOperand &old = *getUpdatedBase(op);
  auto fusion = dyn_cast<FusionOp>(op);
  if (!fusion || !readsScatteredBase(old))
    return old.set(base);
  fusion.getInputsMutable().append(base);
  Value argument = fusion.getBody().addArgument(base.getType(), op->getLoc());
  ScatterOp scatter = getScatter(fusion);
  if (argument.getType() != scatter.getBase().getType()) {
    OpBuilder builder(scatter);
    argument = ReshapeOp::create(builder, op->getLoc(),
                                 scatter.getBase().getType(), argument);
  }
  scatter.getBaseMutable().set(argument);
}

FusionOp numloom::createCopy(OpBuilder &builder, Value source) {
  auto copy =
      FusionOp::create(builder, source.getLoc(), source.getType(), source);
  Block *body = &copy.getBody().emplaceBlock();
  Value argument = body->addArgument(source.getType(), source.getLoc());
  OpBuilder atEnd = OpBuilder::atBlockEnd(body);
  YieldOp::create(atEnd, source.getLoc(), argument);
  copy->setAttr("kind", builder.getStringAttr("loop"));
  return copy;
}
