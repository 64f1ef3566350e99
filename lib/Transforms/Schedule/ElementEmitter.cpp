// Demand-driven emission of elements: operations, views and index values.

#include "ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

ElementEmitter::ElementEmitter(ElementBuilder &builder,
                               const IterationSpace &space, ValueRange params)
    : builder(builder), space(space), params(params) {}

void ElementEmitter::bindBuffer(Value tensor, Value buffer, bool isUnaligned) {
  buffers[tensor] = buffer;
  if (isUnaligned)
    unaligned.insert(buffer);
}

void ElementEmitter::bindElement(Value tensor, Elem element) {
  bound[tensor] = element;
}

//===----------------------------------------------------------------------===//
// Scopes
//===----------------------------------------------------------------------===//

void ElementEmitter::pushScope() {
  Scope scope;
  scope.block = builder.getInsertionBlock();
  scopes.push_back(std::move(scope));
}

void ElementEmitter::bindIv(unsigned dim, Value iv) {
  ivs[dim] = {scopes.size() - 1, iv};
}

ElementEmitter::SuspendedScope ElementEmitter::suspendScope() {
  SuspendedScope suspended;
  unsigned closing = scopes.size() - 1;
  for (auto &[dim, scopeAndIv] : ivs)
    if (scopeAndIv.first == closing)
      suspended.ivs.push_back({dim, scopeAndIv.second});
  for (auto &[dim, iv] : suspended.ivs)
    ivs.erase(dim);
  suspended.scope = scopes.pop_back_val();
  return suspended;
}

void ElementEmitter::resumeScope(SuspendedScope suspended) {
  scopes.push_back(std::move(suspended.scope));
  for (auto &[dim, iv] : suspended.ivs)
    bindIv(dim, iv);
}

void ElementEmitter::popScope() { suspendScope(); }

void ElementEmitter::setOpenLoop(Operation *loop) {
  for (Scope &scope : scopes)
    if (scope.block == scopes.back().block)
      scope.openLoop = loop;
}

void ElementEmitter::moveTo(unsigned index) {
  Scope &scope = scopes[index];
  if (scope.openLoop)
    builder.setInsertionPoint(scope.openLoop);
  else
    builder.setInsertionPointToEnd(scope.block);
}

unsigned ElementEmitter::getScope(const LinearExpr &expr) const {
  unsigned scope = 0;
  for (const auto &[dim, coefficient] : expr.terms)
    if (auto it = ivs.find(dim); it != ivs.end())
      scope = std::max(scope, it->second.first);
  return scope;
}

unsigned ElementEmitter::getScope(const Point &point) const {
  unsigned scope = 0;
  for (const LinearExpr &expr : point)
    scope = std::max(scope, getScope(expr));
  return scope;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

Elem ElementEmitter::emit(Value value, const Point &point) {
  if (auto it = bound.find(value); it != bound.end())
    return it->second;
  // A reduction's result dominates only what follows its loop, so values that
  // use one are emitted no further out than the item they belong to; the
  // schedules open one scope per item, below the function's.
  unsigned index = getScope(point);
  if (index == 0)
    index = std::min<unsigned>(scopes.size() - 1, 1);
  for (auto &[knownPoint, element] : scopes[index].elements[value])
    if (knownPoint == point)
      return element;
  OpBuilder::InsertionGuard guard(builder);
  moveTo(index);
  Elem element = emitUncached(value, point);
  scopes[index].elements[value].push_back({point, element});
  return element;
}

Elem ElementEmitter::emitLoad(Value tensor, const LinearExpr &offset) {
  return loadAt(getDType(tensor.getType()), buffers.at(tensor), offset);
}

Elem ElementEmitter::emitUncached(Value value, const Point &point) {
  if (buffers.contains(value)) {
    LinearExpr offset =
        space.dropCollapsed(getBufferOffset(value.getType(), point));
    if (getHeld)
      if (std::optional<Elem> held = getHeld(value, offset))
        return *held;
    return emitLoad(value, offset);
  }
  Operation *op = value.getDefiningOp();
  assert(op && "tensor argument without a buffer");
  if (auto view = dyn_cast<ViewOpInterface>(op)) {
    Point operandPoint;
    LogicalResult mapped = view.mapIndex(point, operandPoint);
    assert(succeeded(mapped) && "fusions hold linear views only");
    (void)mapped;
    return emit(op->getOperand(0), operandPoint);
  }
  if (auto indexValue = dyn_cast<IndexValueOpInterface>(op))
    return emitIndexValue(indexValue, point);
  if (auto gather = dyn_cast<GatherOp>(op))
    return emitGather(gather, point);
  auto elementwise = cast<ElementwiseOpInterface>(op);
  SmallVector<Elem> operands;
  for (Value operand : op->getOperands()) {
    OpBuilder::InsertionGuard guard(builder);
    operands.push_back(emit(operand, point));
  }
  builder.unify(operands);
  return elementwise.emitElement(builder, operands);
}

Elem ElementEmitter::emitIndexValue(IndexValueOpInterface op,
                                    const Point &point) {
  SmallVector<Value> index;
  if (!op.isUniform())
    for (const LinearExpr &full : point) {
      // Only dimensions of extent one have no loop: values pin the others.
      LinearExpr expr = space.dropCollapsed(full);
      index.push_back(isSameInLanes(expr) ? emitIndex(expr)
                                          : emitLaneIndices(expr));
    }
  return op.emitAtIndex(builder, index, [&](const Monomial &monomial) {
    return emitMonomial(monomial);
  });
}

void ElementEmitter::store(Elem element, unsigned result, Value tensor,
                           Value buffer, const Point &point) {
  LinearExpr offset =
      space.dropCollapsed(space.getStoreOffset(result, tensor, point));
  if (space.isReported(result))
    report(element, buffer, offset);
  else
    storeAt(element, buffer, offset);
}

void ElementEmitter::storeAt(Elem element, Value buffer,
                             const LinearExpr &offset) {
  bool vector = laneMode.lanes > 1 && !isSameInLanes(offset);
  if (vector && !element.isVector())
    element = builder.splat(element, laneMode.lanes);
  if (element.dtype == DType::Bool)
    element.re = arith::ExtUIOp::create(
        builder, builder.getTypeLike(builder.getI8Type(), element.re),
        element.re);
  if (memory.maxAccessBytes)
    return storePieces(element, buffer, offset);
  if (isSideBySide(offset))
    return storeNeighbours(element, buffer, offset);
  if (!element.im)
    return storePart(element.re, buffer, offset);
  LinearExpr real = offset * Monomial(2);
  storePart(element.re, buffer, real);
  storePart(element.im, buffer, real + LinearExpr::constant(1));
}

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

Monomial ElementEmitter::getLaneStride(const LinearExpr &expr) const {
  if (!vectorDim || laneMode.lanes == 1)
    return Monomial(0);
  return expr.getCoefficient(*vectorDim);
}

bool ElementEmitter::isIndexedByLane(const LinearExpr &expr) const {
  return llvm::any_of(expr.terms, [&](const auto &term) {
    auto it = ivs.find(term.first);
    return it != ivs.end() && isa<VectorType>(it->second.second.getType());
  });
}

bool ElementEmitter::isSameInLanes(const LinearExpr &expr) const {
  return getLaneStride(expr).isZero() && !isIndexedByLane(expr);
}

bool ElementEmitter::isContiguous(const LinearExpr &expr) const {
  return getLaneStride(expr).isOne() && !isIndexedByLane(expr);
}

bool ElementEmitter::isReversed(const LinearExpr &expr) const {
  return getLaneStride(expr) == Monomial(-1) && !isIndexedByLane(expr);
}

Value ElementEmitter::emitMonomial(const Monomial &monomial) {
  for (auto &[known, value] : scopes.front().monomials)
    if (known == monomial)
      return value;
  OpBuilder::InsertionGuard guard(builder);
  moveTo(0);
  Value product =
      arith::ConstantIndexOp::create(builder, monomial.factor).getResult();
  for (auto [i, param] : llvm::enumerate(monomial.params)) {
    Value factor = params[param];
    product = i == 0 && monomial.factor == 1
                  ? factor
                  : arith::MulIOp::create(builder, product, factor).getResult();
  }
  scopes.front().monomials.push_back({monomial, product});
  return product;
}

Value ElementEmitter::emitIndex(const LinearExpr &expr) {
  if (isIndexedByLane(expr)) {
    LinearExpr scalars = expr;
    llvm::erase_if(scalars.terms, [&](const auto &term) {
      return isa<VectorType>(ivs.at(term.first).second.getType());
    });
    return emitIndex(scalars);
  }
  // Split by scope so that each loop adds its own part only.
  return emitIndexInScope(expr, getScope(expr));
}

Value ElementEmitter::emitIndexInScope(const LinearExpr &expr, unsigned index) {
  for (auto &[known, value] : scopes[index].indices)
    if (known == expr)
      return value;
  LinearExpr outer;
  outer.constants = expr.constants;
  SmallVector<std::pair<unsigned, Monomial>, 2> own;
  for (const auto &term : expr.terms) {
    auto it = ivs.find(term.first);
    assert(it != ivs.end() && "index outside its loop");
    if (index > 0 && it->second.first == index)
      own.push_back(term);
    else
      outer.terms.push_back(term);
  }
  Value sum;
  // Every partial sum is the offset of an element, which an index can hold: the
  // GPU's narrow indices widen before constants are added that way.
  auto flags = memory.maxAccessBytes ? arith::IntegerOverflowFlags::nsw
                                     : arith::IntegerOverflowFlags::none;
  auto addTerm = [&](Value term) {
    sum = sum ? arith::AddIOp::create(builder, sum, term, flags).getResult()
              : term;
  };
  if (!outer.terms.empty() || (index > 0 && !outer.constants.empty()))
    if (index > 0)
      sum = emitIndexInScope(outer, getScope(outer));
  OpBuilder::InsertionGuard guard(builder);
  moveTo(index);
  if (index == 0) {
    for (const Monomial &constant : outer.constants)
      addTerm(emitMonomial(constant));
    own = outer.terms;
  }
  for (const auto &[dim, coefficient] : own) {
    Value iv = ivs[dim].second;
    addTerm(coefficient.isOne()
                ? iv
                : arith::MulIOp::create(builder, iv, emitMonomial(coefficient))
                      .getResult());
  }
  if (!sum)
    sum = arith::ConstantIndexOp::create(builder, 0);
  scopes[index].indices.push_back({expr, sum});
  return sum;
}

Value ElementEmitter::emitLaneIndices(const LinearExpr &expr) {
  Value base = emitIndex(expr);
  Value lanes = emitLaneOffsets(expr);
  return arith::AddIOp::create(
      builder, vector::BroadcastOp::create(builder, lanes.getType(), base),
      lanes);
}

Value ElementEmitter::emitLaneOffsets(const LinearExpr &expr) {
  auto type = VectorType::get({laneMode.lanes}, builder.getIndexType());
  Value sum;
  auto addScaled = [&](Value lanes, const Monomial &factor) {
    if (!factor.isOne())
      lanes = arith::MulIOp::create(
          builder, lanes,
          vector::BroadcastOp::create(builder, type, emitMonomial(factor)));
    sum = sum ? arith::AddIOp::create(builder, sum, lanes).getResult() : lanes;
  };
  if (Monomial stride = getLaneStride(expr); !stride.isZero())
    addScaled(vector::StepOp::create(builder, type), stride);
  for (const auto &[dim, coefficient] : expr.terms)
    if (Value iv = ivs.at(dim).second; isa<VectorType>(iv.getType()))
      addScaled(iv, coefficient);
  return sum;
}

Elem ElementEmitter::emitPosition(const LinearExpr &expr) {
  bool vector = !isSameInLanes(expr);
  Value index = vector ? emitLaneIndices(expr) : emitIndex(expr);
  Type type = builder.getI64Type();
  if (vector)
    type = VectorType::get({laneMode.lanes}, type);
  return {DType::Int64, arith::IndexCastOp::create(builder, type, index), {}};
}

} // namespace numloom::array
