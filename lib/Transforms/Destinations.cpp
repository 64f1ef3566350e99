// Kernels, matrix products and concatenations that write a part of a larger
// buffer.
#include "numloom/Transforms/Destinations.h"

#include "Gpu/ScheduleChoice.h"

#include "numloom/Transforms/Attributes.h"

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

/// The concatenation's operand that the owner's result, which is concatenated
/// itself, is placed for; null if it is not.
static OpOperand *getEnclosing(OpOperand &operand) {
  auto concatenate = dyn_cast<ConcatenateOp>(operand.getOwner());
  return concatenate ? getPlacedOperand(concatenate->getResult(0)) : nullptr;
}

Value numloom::getDestinationWhole(OpOperand &operand) {
  OpOperand *part = &operand;
  while (OpOperand *enclosing = getEnclosing(*part))
    part = enclosing;
  return part->getOwner()->getResult(0);
}

/// The index in the owner's result of the `point` of an array of `extents`,
/// whose reshape the operand is.
static std::optional<SmallVector<LinearExpr>>
getIndexInOwner(OpOperand &operand, ArrayRef<int64_t> extents,
                ArrayRef<LinearExpr> point) {
  SmallVector<LinearExpr> index;
  // Both ways round a reshape keeps the row-major position.
  if (failed(mapReshapedIndex(getExtents(operand.get().getType()), extents,
                              point, index)))
    return std::nullopt;
  Operation *owner = operand.getOwner();
  if (auto concatenate = dyn_cast<ConcatenateOp>(owner))
    addToIndex(concatenate, operand.getOperandNumber(), index);
  else if (auto update = dyn_cast<UpdateOp>(owner))
    addToIndex(update, index);
  else if (isa<ReportOp>(owner))
    index.clear();
  else
    return std::nullopt;
  return index;
}

std::optional<SmallVector<LinearExpr>>
numloom::getDestinationIndex(OpOperand &operand, Type type) {
  SmallVector<int64_t> extents = getExtents(type);
  SmallVector<LinearExpr> point;
  for (auto [dim, extent] : llvm::enumerate(extents))
    point.push_back(extent == 1 ? LinearExpr() : LinearExpr::dim(dim));
  auto index = getIndexInOwner(operand, extents, point);
  OpOperand *part = &operand;
  while (OpOperand *enclosing = index ? getEnclosing(*part) : nullptr) {
    extents = getExtents(part->getOwner()->getResult(0).getType());
    index = getIndexInOwner(*enclosing, extents, *index);
    part = enclosing;
  }
  return index;
}

//===----------------------------------------------------------------------===//
// Kernels and products
//===----------------------------------------------------------------------===//

/// What a kernel, a matrix product or a concatenation gave of which `operand`
/// is a reshape.
static OpResult getComputedResult(OpOperand &operand) {
  Value value = operand.get();
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getOperand();
  return isa_and_nonnull<FusionOp, GemmOp, MatmulOp, ConcatenateOp>(
             value.getDefiningOp())
             ? cast<OpResult>(value)
             : OpResult();
}

UpdateOp numloom::getFusedUpdate(OpResult result) {
  auto fusion = dyn_cast<FusionOp>(result.getOwner());
  if (!fusion)
    return nullptr;
  Operation *yield = fusion.getBody().front().getTerminator();
  return yield->getOperand(result.getResultNumber()).getDefiningOp<UpdateOp>();
}

/// Whether kernels of this kind store each element at a linear index.
static bool storesLinearly(FusionOp fusion) {
  return fusion.getKind() != FusionKind::Compress &&
         fusion.getKind() != FusionKind::Scatter;
}

/// The row-major position in the owner's result; none where that is not linear.
static std::optional<LinearExpr> getOffset(OpOperand &operand, Type type) {
  auto index = getDestinationIndex(operand, type);
  if (!index)
    return std::nullopt;
  return getBufferOffset(getDestinationWhole(operand).getType(), *index);
}

static bool keepsRows(OpOperand &operand, Type type) {
  // The sign of a step that is a parameter is not known.
  if (auto update = dyn_cast<UpdateOp>(operand.getOwner()))
    if (llvm::any_of(update.getSteps().getValues(),
                     [](int64_t step) { return isParam(step) || step < 1; }))
      return false;
  auto offset = getOffset(operand, type);
  SmallVector<int64_t> extents = getExtents(type);
  if (!offset || extents.empty())
    return false;
  return extents.back() == 1 ||
         offset->getCoefficient(extents.size() - 1).isOne();
}

/// 16-bit floats that cuBLAS stores at a time where rows begin at multiples of
/// them. On an H200 a product of 4096 x 256 and 256 x 4096 takes 21 us there,
/// 89 elsewhere; in a buffer, from which a kernel copies it, 43.
static constexpr int64_t kHalvesOfStore = 8;

static bool hasHalves(Type type) {
  return isFloat(getDType(type)) && getBytes(getDType(type)) == 2;
}

/// What the places of rows of `type` are sums of multiples of.
static SmallVector<Monomial> getRowOffsets(OpOperand &operand, Type type) {
  LinearExpr offset = *getOffset(operand, type);
  SmallVector<Monomial> offsets(offset.constants.begin(),
                                offset.constants.end());
  for (unsigned dim = 0; dim + 1 < getExtents(type).size(); ++dim)
    offsets.push_back(offset.getCoefficient(dim));
  return offsets;
}

/// Whether whole stores lead to `size`, by the hints.
static bool isWholeStores(const Monomial &size, Operation *op) {
  auto attr =
      op->getParentOfType<func::FuncOp>()->getAttrOfType<DenseI64ArrayAttr>(
          kParamHintsAttr);
  SizeHints hints(attr ? attr.asArrayRef() : ArrayRef<int64_t>());
  std::optional<int64_t> value = hints.evaluate(size);
  return value && *value % kHalvesOfStore == 0;
}

static bool hasAlignedRows(OpOperand &operand, Type type) {
  return llvm::all_of(getRowOffsets(operand, type), [&](const Monomial &size) {
    return isWholeStores(size, operand.getOwner());
  });
}

/// Whether rows are stored as fast as in a buffer of the product's own. Where
/// not, by the hints, the plan with the buffer does for other sizes too.
static bool storesRowsFast(OpOperand &operand, Type type) {
  return !hasHalves(type) || hasAlignedRows(operand, type) ||
         !isWholeStores(Monomial(getExtents(type).back()), operand.getOwner());
}

bool numloom::takesProduct(OpOperand &operand, Type type) {
  return keepsRows(operand, type) && storesRowsFast(operand, type);
}

/// Whether the op that gives `result` can write it as `operand` lies in the
/// owner's result.
static bool canPlace(OpResult result, OpOperand &operand) {
  if (isa<ConcatenateOp>(result.getOwner()))
    return isa<ConcatenateOp>(operand.getOwner()) &&
           getDestinationIndex(operand, result.getType());
  auto fusion = dyn_cast<FusionOp>(result.getOwner());
  if (!fusion)
    return !isa<ReportOp>(operand.getOwner()) &&
           takesProduct(operand, result.getType());
  return storesLinearly(fusion) && !getFusedUpdate(result) &&
         getDestinationIndex(operand, result.getType());
}

OpResult numloom::getPlaceableResult(OpOperand &operand) {
  OpResult result = getComputedResult(operand);
  if (!result || !result.hasOneUse() || !canPlace(result, operand))
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
      getBufferOffset(getDestinationWhole(operand).getType(), *index);
  SmallVector<Attribute> start, strides;
  for (const Monomial &part : offset.constants)
    start.push_back(getFactors(context, part));
  for (unsigned dim = 0; dim < getExtents(type).size(); ++dim)
    strides.push_back(getFactors(context, offset.getCoefficient(dim)));
  return DestinationAttr::get(context, ArrayAttr::get(context, start),
                              ArrayAttr::get(context, strides),
                              isa<ReportOp>(operand.getOwner()));
}

/// Rows that are no longer aligned get another plan.
static void guardRows(OpResult product, OpOperand &operand) {
  if (!hasHalves(product.getType()) ||
      !hasAlignedRows(operand, product.getType()))
    return;
  MLIRContext *context = product.getContext();
  SmallVector<Attribute> guards;
  for (const Monomial &offset : getRowOffsets(operand, product.getType()))
    if (!offset.isConstant())
      guards.push_back(getGuard(context, offset, kHalvesOfStore));
  product.getOwner()->setAttr(kGuardsAttr, ArrayAttr::get(context, guards));
}

void numloom::placeInto(OpResult result, OpOperand &operand) {
  Operation *op = result.getOwner();
  MLIRContext *context = op->getContext();
  SmallVector<Attribute> into(op->getNumResults(), UnitAttr::get(context));
  auto known = op->getAttrOfType<ArrayAttr>(kIntoAttr);
  if (known && known.size() == into.size())
    into.assign(known.begin(), known.end());
  into[result.getResultNumber()] = getDestination(operand, result.getType());
  op->setAttr(kIntoAttr, ArrayAttr::get(context, into));
  if (isa<GemmOp, MatmulOp>(op))
    guardRows(result, operand);
}

static bool hasDestination(OpResult result) {
  Operation *op = result.getOwner();
  auto into = op->getAttrOfType<ArrayAttr>(kIntoAttr);
  return into && into.size() == op->getNumResults() &&
         isa<DestinationAttr>(into[result.getResultNumber()]);
}

bool numloom::isPlaced(OpOperand &operand) {
  OpResult result = getComputedResult(operand);
  return result && hasDestination(result);
}

OpOperand *numloom::getPlacedOperand(OpResult result) {
  if (!hasDestination(result))
    return nullptr;
  Value value = result;
  while (value.hasOneUse()) {
    OpOperand &use = *value.use_begin();
    if (isa<ConcatenateOp, UpdateOp, ReportOp>(use.getOwner()))
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
  if (fusion.getKind() != FusionKind::Scatter || fusion.getNumResults() != 1)
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
  auto copy = FusionOp::create(builder, source.getLoc(), source.getType(),
                               source, FusionKind::Loop);
  Block *body = &copy.getBody().emplaceBlock();
  Value argument = body->addArgument(source.getType(), source.getLoc());
  OpBuilder atEnd = OpBuilder::atBlockEnd(body);
  YieldOp::create(atEnd, source.getLoc(), argument);
  return copy;
}
