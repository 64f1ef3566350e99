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

  /// The offset at which the element of `value` at `point` is stored. Kernels
  /// that fill a part of a larger array say where by attributes:
  ///   array.into        the larger array's extents
  ///   array.into_axis   the axis along which the part lies
  ///   array.into_start  extents whose sum is where the part begins
  LinearExpr getStoreOffset(mlir::Value value, const Point &point) const;

  /// `expr` without dimensions that have no loop of their own: extent one, or
  /// collapsed into the next.
  LinearExpr dropCollapsed(const LinearExpr &expr) const;

  /// All loads and stores; offsets name dimensions that collapsed, too.
  llvm::ArrayRef<Access> getAccesses() const { return accesses; }

  /// Whether an access walks along `dim` with a stride other than 0 and 1.
  bool isStrided(unsigned dim) const;

  /// The row-major position of an element among the reduced ones.
  LinearExpr getReducedPosition() const;

private:
  class Collector;

  mlir::LogicalResult findDestination(mlir::func::FuncOp kernel);
  mlir::LogicalResult findSpace(mlir::func::FuncOp kernel);
  void collapse(const llvm::SmallDenseSet<unsigned> &pinned);

  llvm::SmallVector<int64_t> extents;
  llvm::SmallVector<bool> reduced;
  llvm::SmallVector<bool> hasLoop;
  llvm::SmallVector<LoopDim> loops;
  llvm::SmallVector<Access> accesses;
  llvm::SmallVector<ReductionOpInterface> reductions;
  /// The larger array's type and the part's start along each axis; null type
  /// when results are whole arrays.
  mlir::Type destination;
  Point destinationStart;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ITERATIONSPACE_H
