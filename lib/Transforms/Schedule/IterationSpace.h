// The iteration space of one kernel: its dimensions after collapsing, and the
// accesses that decide what may collapse.
#ifndef NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ITERATIONSPACE_H
#define NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ITERATIONSPACE_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace numloom::array {

/// An index into a tensor: one linear expression per dimension.
using Point = llvm::SmallVector<LinearExpr>;

/// One loop after collapsing.
struct LoopDim {
  /// The dimension whose induction variable the collapsed loop carries.
  unsigned dim;
  Monomial extent;
  bool reduced;
};

/// One load or store of a kernel's body.
struct Access {
  /// The argument that is read, or the result that is written.
  mlir::Value tensor;
  LinearExpr offset;
  bool isStore;
  /// The dimensions along which an index decides what is accessed.
  llvm::SmallDenseSet<unsigned, 2> indexedDims = {};
};

/// The space that a kernel's elements and reductions live in. Dimensions are
/// those of the largest tensors; results of reductions keep the others.
class IterationSpace {
public:
  /// Analyses the body of `kernel`, a function on tensors in the array dialect.
  static mlir::FailureOr<IterationSpace> analyze(mlir::func::FuncOp kernel);

  llvm::ArrayRef<int64_t> getExtents() const { return extents; }
  /// The loops, outermost first.
  llvm::ArrayRef<LoopDim> getLoops() const { return loops; }
  llvm::SmallVector<LoopDim> getLoops(bool reduced) const;
  llvm::ArrayRef<ReductionOpInterface> getReductions() const {
    return reductions;
  }

  /// The point of `value`'s own element: all dimensions, or those that
  /// reductions keep.
  Point getIdentityPoint(mlir::Value value) const;
  /// Identity points lie `distance` further along `dim` from now on.
  void setShift(unsigned dim, int64_t distance) { shift = {dim, distance}; }

  /// The offset at which the element of `value` at `point` is stored as result
  /// `result`: where `array.into` says, if that lies in a larger buffer.
  LinearExpr getStoreOffset(unsigned result, mlir::Value value,
                            const Point &point) const;

  /// Whether it lies in a larger buffer.
  bool hasDestination(unsigned result) const {
    return !destinations.empty() && destinations[result];
  }

  /// Whether its elements are combined into one place, if they are not 0.
  bool isReported(unsigned result) const {
    return hasDestination(result) && destinations[result]->reports;
  }

  /// Dimensions from here on are no loops: each stands for an index that is
  /// itself an element.
  unsigned getFirstElementDim() const { return extents.size(); }

  /// `expr` without dimensions that have no loop of their own: extent one, or
  /// collapsed into the next.
  LinearExpr dropCollapsed(const LinearExpr &expr) const;

  /// All loads and stores; offsets name dimensions that collapsed, too.
  llvm::ArrayRef<Access> getAccesses() const { return accesses; }

  /// Whether an access walks along `dim` with a stride other than -1, 0 and 1.
  bool isStrided(unsigned dim) const;
  /// How many accesses walk along `dim` with a stride that only running tells.
  int64_t countLongStrides(unsigned dim) const;

  /// The row-major position of an element among the reduced ones.
  LinearExpr getReducedPosition() const;

private:
  class Collector;

  mlir::LogicalResult findDestinations(mlir::func::FuncOp kernel);
  mlir::LogicalResult findSpace(mlir::func::FuncOp kernel);
  void collapse(const llvm::SmallDenseSet<unsigned> &pinned);

  llvm::SmallVector<int64_t> extents;
  llvm::SmallVector<bool> reduced;
  llvm::SmallVector<bool> hasLoop;
  llvm::SmallVector<LoopDim> loops;
  llvm::SmallVector<Access> accesses;
  llvm::SmallVector<ReductionOpInterface> reductions;
  /// A dimension, and how far along it identity points are moved.
  std::pair<unsigned, int64_t> shift = {0, 0};
  /// Of a result in a larger buffer: the offset of the first element, and each
  /// dimension's stride.
  struct Destination {
    LinearExpr start;
    llvm::SmallVector<Monomial> strides;
    bool reports = false;
  };
  static mlir::LogicalResult readDestination(DestinationAttr attr,
                                             Destination &destination);
  /// Whether elements of `type` can be reported there.
  static bool canReport(mlir::Type type, const Destination &destination);
  /// One for each result where any has one.
  llvm::SmallVector<std::optional<Destination>> destinations;
};

/// Whether elements so far apart lie side by side: forwards or backwards.
bool isUnitStride(const Monomial &stride);

/// The scatter that gives the first result of `kernel`; null if none does.
ScatterOp getScatter(mlir::func::FuncOp kernel);

/// The point of an index of a gather or scatter whose own is `point`.
Point getIndexPoint(mlir::Value index, llvm::ArrayRef<int64_t> axes,
                    const Point &point);

/// The point of the array that is indexed along `axes`, where `elementDims`
/// stand for the indices' elements.
Point getIndexedPoint(mlir::ValueRange indices, llvm::ArrayRef<int64_t> axes,
                      llvm::ArrayRef<unsigned> elementDims, const Point &point);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ITERATIONSPACE_H
