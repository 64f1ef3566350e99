// Finds a kernel's iteration space and collapses the dimensions that every
// access walks through as one.

#include "IterationSpace.h"

using namespace mlir;

namespace numloom::array {

/// Walks the expressions of a kernel's results and gathers the offsets of all
/// loads and stores, and the dimensions whose index is itself a value.
class IterationSpace::Collector {
public:
  Collector(const IterationSpace &space) : space(space) {}

  void visitStore(Value value) {
    Point point = space.getIdentityPoint(value);
    accesses.push_back(
        {value, space.getStoreOffset(value, point), /*isStore=*/true});
    visit(value, point);
  }

  void visit(Value value, const Point &point) {
    SmallVector<Point> &seen = visited[value];
    if (llvm::is_contained(seen, point))
      return;
    seen.push_back(point);
    Operation *op = value.getDefiningOp();
    if (!op) {
      accesses.push_back({value, getBufferOffset(value.getType(), point),
                          /*isStore=*/false});
      return;
    }
    if (auto view = dyn_cast<ViewOpInterface>(op)) {
      Point operandPoint;
      if (succeeded(view.mapIndex(point, operandPoint)))
        visit(op->getOperand(0), operandPoint);
      return;
    }
    if (auto reduction = dyn_cast<ReductionOpInterface>(op)) {
      if (dropUnitDims(point) != dropUnitDims(space.getIdentityPoint(value)))
        misread = op;
      Value operand = op->getOperand(0);
      visit(operand, space.getIdentityPoint(operand));
      return;
    }
    if (auto indexValue = dyn_cast<IndexValueOpInterface>(op)) {
      if (!indexValue.isUniform())
        pin(point);
      return;
    }
    for (Value operand : op->getOperands())
      visit(operand, point);
  }

  SmallVector<Access> accesses;
  llvm::SmallDenseSet<unsigned> pinned;
  /// A reduction whose result is read at another index than its own: nothing
  /// holds that element yet.
  Operation *misread = nullptr;

private:
  /// `point` without dimensions of extent one: their only index is 0.
  Point dropUnitDims(const Point &point) const {
    Point result = point;
    for (LinearExpr &expr : result)
      llvm::erase_if(expr.terms, [&](const auto &term) {
        return space.extents[term.first] == 1;
      });
    return result;
  }

  void pin(const Point &point) {
    for (const LinearExpr &expr : point)
      for (const auto &[dim, coefficient] : expr.terms)
        pinned.insert(dim);
  }

  const IterationSpace &space;
  DenseMap<Value, SmallVector<Point>> visited;
};

FailureOr<IterationSpace> IterationSpace::analyze(func::FuncOp kernel) {
  IterationSpace space;
  if (failed(space.findSpace(kernel)))
    return failure();
  if (failed(space.findDestination(kernel)))
    return failure();
  Collector collector(space);
  for (Value value : kernel.getBody().front().getTerminator()->getOperands())
    collector.visitStore(value);
  if (collector.misread)
    return collector.misread->emitError("is read at another index within its "
                                        "kernel");
  space.accesses = std::move(collector.accesses);
  space.collapse(collector.pinned);
  return space;
}

LogicalResult IterationSpace::findSpace(func::FuncOp kernel) {
  kernel.walk([&](ReductionOpInterface op) { reductions.push_back(op); });
  Operation *terminator = kernel.getBody().front().getTerminator();
  if (terminator->getNumOperands() == 0)
    return kernel.emitError("kernel writes nothing");
  Value representative = reductions.empty() ? terminator->getOperand(0)
                                            : reductions.front()->getOperand(0);
  extents = array::getExtents(representative.getType());
  reduced.assign(extents.size(), false);
  if (!reductions.empty())
    for (int64_t axis : reductions.front().getReducedAxes())
      reduced[axis] = true;
  for (ReductionOpInterface reduction : reductions)
    if (array::getExtents(reduction->getOperand(0).getType()) != extents ||
        reduction.getReducedAxes() != reductions.front().getReducedAxes())
      return reduction->emitError("reductions of one kernel must share their "
                                  "operand's shape and their axes");
  return success();
}

/// Two neighbouring dimensions are one loop when stepping the outer one is the
/// same as stepping the inner one `extent` times, in every access.
static bool walksAsOne(ArrayRef<Access> accesses, unsigned outer,
                       unsigned inner, const Monomial &innerExtent) {
  return llvm::all_of(accesses, [&](const Access &access) {
    return access.offset.getCoefficient(outer) ==
           access.offset.getCoefficient(inner) * innerExtent;
  });
}

void IterationSpace::collapse(const llvm::SmallDenseSet<unsigned> &pinned) {
  hasLoop.assign(extents.size(), false);
  for (unsigned dim = 0; dim < extents.size(); ++dim) {
    if (extents[dim] == 1)
      continue;
    Monomial extent(extents[dim]);
    if (!loops.empty()) {
      LoopDim &outer = loops.back();
      if (outer.reduced == reduced[dim] && !pinned.contains(outer.dim) &&
          !pinned.contains(dim) &&
          walksAsOne(accesses, outer.dim, dim, extent)) {
        hasLoop[outer.dim] = false;
        hasLoop[dim] = true;
        outer = {dim, outer.extent * extent, outer.reduced};
        continue;
      }
    }
    hasLoop[dim] = true;
    loops.push_back({dim, extent, reduced[dim]});
  }
}

bool IterationSpace::isStrided(unsigned dim) const {
  return llvm::any_of(accesses, [&](const Access &access) {
    Monomial stride = access.offset.getCoefficient(dim);
    return !stride.isZero() && !stride.isOne();
  });
}

SmallVector<LoopDim> IterationSpace::getLoops(bool reducedOnes) const {
  return SmallVector<LoopDim>(llvm::make_filter_range(
      loops, [&](const LoopDim &loop) { return loop.reduced == reducedOnes; }));
}

Point IterationSpace::getIdentityPoint(Value value) const {
  size_t rank = cast<RankedTensorType>(value.getType()).getRank();
  Point point;
  for (unsigned dim = 0; dim < extents.size(); ++dim)
    if (rank == extents.size() || !reduced[dim])
      point.push_back(LinearExpr::dim(dim));
  return point;
}

LogicalResult IterationSpace::findDestination(func::FuncOp kernel) {
  auto into = kernel->getAttrOfType<ParamsAttr>("array.into");
  if (!into)
    return success();
  auto axis = kernel->getAttrOfType<IntegerAttr>("array.into_axis");
  auto start = kernel->getAttrOfType<ParamsAttr>("array.into_start");
  auto type = cast<RankedTensorType>(kernel.getResultTypes().front());
  if (!axis || !start || axis.getValue().uge(into.size()) ||
      kernel.getNumResults() != 1 || type.getRank() != int64_t(into.size()))
    return kernel.emitError("array.into must have the only result's rank, "
                            "array.into_axis and array.into_start");
  destination = getTensorType(kernel.getContext(),
                              getDType(kernel.getResultTypes().front()),
                              into.getValues());
  destinationStart.assign(into.size(), LinearExpr());
  LinearExpr &along = destinationStart[axis.getValue().getZExtValue()];
  for (int64_t extent : start.getValues())
    along = along + LinearExpr::constant(extent);
  return success();
}

LinearExpr IterationSpace::getStoreOffset(Value value,
                                          const Point &point) const {
  if (!destination)
    return getBufferOffset(value.getType(), point);
  Point shifted;
  for (auto [index, start] : llvm::zip_equal(point, destinationStart))
    shifted.push_back(index + start);
  return getBufferOffset(destination, shifted);
}

LinearExpr IterationSpace::dropCollapsed(const LinearExpr &expr) const {
  LinearExpr result;
  result.constants = expr.constants;
  for (const auto &term : expr.terms)
    if (hasLoop[term.first])
      result.terms.push_back(term);
  return result;
}

LinearExpr IterationSpace::getReducedPosition() const {
  SmallVector<int64_t> reducedExtents;
  SmallVector<unsigned> dims;
  for (unsigned dim = 0; dim < extents.size(); ++dim) {
    if (!reduced[dim])
      continue;
    dims.push_back(dim);
    reducedExtents.push_back(extents[dim]);
  }
  LinearExpr position;
  for (auto [dim, stride] :
       llvm::zip_equal(dims, getRowMajorStrides(reducedExtents)))
    position = position + LinearExpr::dim(dim) * stride;
  return dropCollapsed(position);
}

} // namespace numloom::array
