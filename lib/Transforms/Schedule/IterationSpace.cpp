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

  void visitStore(unsigned result, Value value) {
    if (auto scatter = value.getDefiningOp<ScatterOp>())
      return visitScatter(scatter);
    Point point = space.getIdentityPoint(value);
    // Where a compressed element goes, its mask decides.
    if (!value.getDefiningOp<CompressOp>())
      accesses.push_back({value, space.getStoreOffset(result, value, point),
                          /*isStore=*/true});
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
                          /*isStore=*/false, getIndexedDims(point)});
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
      for (Value operand : op->getOperands())
        visit(operand, space.getIdentityPoint(operand));
      return;
    }
    if (auto indexValue = dyn_cast<IndexValueOpInterface>(op)) {
      if (!indexValue.isUniform())
        pin(point);
      return;
    }
    if (auto gather = dyn_cast<GatherOp>(op))
      return visitGather(gather, point);
    for (Value operand : op->getOperands())
      visit(operand, point);
  }

  SmallVector<Access> accesses;
  llvm::SmallDenseSet<unsigned> pinned;
  /// A reduction whose result is read at another index than its own: nothing
  /// holds that element yet.
  Operation *misread = nullptr;

private:
  void visitScatter(ScatterOp op) {
    Point point = space.getIdentityPoint(op.getValue());
    visit(op.getValue(), point);
    Point target = visitIndices(op.getIndices(), op.getAxes(), point);
    accesses.push_back({op, getBufferOffset(op.getType(), target),
                        /*isStore=*/true, getIndexedDims(target)});
  }

  void visitGather(GatherOp op, const Point &point) {
    visit(op.getOperand(), visitIndices(op.getIndices(), op.getAxes(), point));
  }

  /// Where an array is accessed that is indexed along `axes`.
  Point visitIndices(ValueRange indices, ArrayRef<int64_t> axes,
                     const Point &point) {
    SmallVector<unsigned> dims;
    for (Value index : indices) {
      Point indexPoint = getIndexPoint(index, axes, point);
      visit(index, indexPoint);
      dims.push_back(addElementDim(indexPoint));
    }
    return getIndexedPoint(indices, axes, dims, point);
  }

  /// A dimension for the element of an index at `point`.
  unsigned addElementDim(const Point &point) {
    llvm::SmallDenseSet<unsigned, 2> dims = getIndexedDims(point);
    for (const LinearExpr &expr : point)
      for (const auto &[dim, coefficient] : expr.terms)
        if (dim < space.getFirstElementDim())
          dims.insert(dim);
    elementDims.push_back(std::move(dims));
    return space.getFirstElementDim() + elementDims.size() - 1;
  }

  llvm::SmallDenseSet<unsigned, 2> getIndexedDims(const Point &point) const {
    llvm::SmallDenseSet<unsigned, 2> dims;
    for (const LinearExpr &expr : point)
      for (const auto &[dim, coefficient] : expr.terms)
        if (dim >= space.getFirstElementDim())
          dims.insert_range(elementDims[dim - space.getFirstElementDim()]);
    return dims;
  }

  /// `point` without dimensions of extent one: their only index is 0.
  Point dropUnitDims(const Point &point) const {
    Point result = point;
    for (LinearExpr &expr : result)
      llvm::erase_if(expr.terms, [&](const auto &term) {
        return term.first < space.getFirstElementDim() &&
               space.extents[term.first] == 1;
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
  /// The dimensions that each index element depends on.
  SmallVector<llvm::SmallDenseSet<unsigned, 2>> elementDims;
};

Point getIndexPoint(Value index, ArrayRef<int64_t> axes, const Point &point) {
  size_t rank = array::getExtents(index.getType()).size();
  return llvm::to_vector(ArrayRef(point).slice(axes.front(), rank));
}

Point getIndexedPoint(ValueRange indices, ArrayRef<int64_t> axes,
                      ArrayRef<unsigned> elementDims, const Point &point) {
  size_t rank = array::getExtents(indices.front().getType()).size();
  Point indexed = point;
  indexed.erase(indexed.begin() + axes.front(),
                indexed.begin() + axes.front() + rank);
  // Ascending axes: each goes where it is to be in the end.
  for (auto [axis, dim] : llvm::zip_equal(axes, elementDims))
    indexed.insert(indexed.begin() + axis, LinearExpr::dim(dim));
  return indexed;
}

FailureOr<IterationSpace> IterationSpace::analyze(func::FuncOp kernel) {
  IterationSpace space;
  if (failed(space.findSpace(kernel)))
    return failure();
  if (failed(space.findDestinations(kernel)))
    return failure();
  Collector collector(space);
  Operation *terminator = kernel.getBody().front().getTerminator();
  for (auto [result, value] : llvm::enumerate(terminator->getOperands()))
    collector.visitStore(result, value);
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
  if (auto scatter = representative.getDefiningOp<ScatterOp>())
    representative = scatter.getValue();
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

bool isUnitStride(const Monomial &stride) {
  return stride.isOne() || stride == Monomial(-1);
}

bool IterationSpace::isStrided(unsigned dim) const {
  return llvm::any_of(accesses, [&](const Access &access) {
    Monomial stride = access.offset.getCoefficient(dim);
    return access.indexedDims.contains(dim) ||
           (!stride.isZero() && !isUnitStride(stride));
  });
}

int64_t IterationSpace::countLongStrides(unsigned dim) const {
  return llvm::count_if(accesses, [&](const Access &access) {
    return !access.indexedDims.contains(dim) &&
           !access.offset.getCoefficient(dim).params.empty();
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
      point.push_back(dim == shift.first
                          ? LinearExpr::dim(dim) +
                                LinearExpr::constant(shift.second)
                          : LinearExpr::dim(dim));
  return point;
}

/// The product of the entries of `factors`; none if it is no list of numbers.
static std::optional<Monomial> getProduct(Attribute factors) {
  auto params = dyn_cast<ParamsAttr>(factors);
  if (!params)
    return std::nullopt;
  Monomial product;
  for (int64_t factor : params.getValues())
    product = product * Monomial(factor);
  return product;
}

bool IterationSpace::canReport(Type type, const Destination &destination) {
  return getDType(type) == DType::UInt64 &&
         llvm::all_of(destination.strides,
                      [](const Monomial &stride) { return stride.isZero(); });
}

LogicalResult IterationSpace::findDestinations(func::FuncOp kernel) {
  Attribute attr = kernel->getAttr(kIntoAttr);
  if (!attr)
    return success();
  auto into = dyn_cast<ArrayAttr>(attr);
  if (!into || into.size() != kernel.getNumResults())
    return kernel.emitError("array.into must have an entry for each result");
  for (auto [entry, type] : llvm::zip(into, kernel.getResultTypes())) {
    std::optional<Destination> &destination = destinations.emplace_back();
    if (isa<UnitAttr>(entry))
      continue;
    auto attr = dyn_cast<DestinationAttr>(entry);
    if (!attr || attr.getStrides().size() != array::getExtents(type).size() ||
        failed(readDestination(attr, destination.emplace())))
      return kernel.emitError("array.into must be unit or have a product of "
                              "parameters for each axis of a result");
    if (attr.getReports() && !canReport(type, *destination))
      return kernel.emitError("array.into reports unsigned integers of 64 bits "
                              "at one place");
  }
  return success();
}

LogicalResult IterationSpace::readDestination(DestinationAttr attr,
                                              Destination &destination) {
  destination.reports = attr.getReports();
  for (Attribute part : attr.getStart()) {
    std::optional<Monomial> product = getProduct(part);
    if (!product)
      return failure();
    LinearExpr sum;
    sum.constants.push_back(*product);
    destination.start = destination.start + sum;
  }
  for (Attribute stride : attr.getStrides()) {
    std::optional<Monomial> product = getProduct(stride);
    if (!product)
      return failure();
    destination.strides.push_back(*product);
  }
  return success();
}

LinearExpr IterationSpace::getStoreOffset(unsigned result, Value value,
                                          const Point &point) const {
  if (!hasDestination(result))
    return getBufferOffset(value.getType(), point);
  const Destination &destination = *destinations[result];
  LinearExpr offset = destination.start;
  for (auto [index, stride] : llvm::zip_equal(point, destination.strides))
    offset = offset + index * stride;
  return offset;
}

LinearExpr IterationSpace::dropCollapsed(const LinearExpr &expr) const {
  LinearExpr result;
  result.constants = expr.constants;
  for (const auto &term : expr.terms)
    if (term.first >= getFirstElementDim() || hasLoop[term.first])
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
