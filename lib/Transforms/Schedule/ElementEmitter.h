// Emits the elements of tensors inside loops: the body of every schedule.
#ifndef NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ELEMENTEMITTER_H
#define NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ELEMENTEMITTER_H

#include "IterationSpace.h"

#include "mlir/IR/IRMapping.h"

namespace numloom::array {

/// How the vectorised dimension is emitted at present.
struct LaneMode {
  /// Elements per operation along the vectorised dimension; 1: scalar code.
  int64_t lanes = 1;
  /// With a partial vector: how many lanes are live (index); null if all are.
  mlir::Value active;
};

/// Emits tensor elements on demand, walking producers backwards. Every value
/// is emitted once per point, in the outermost loop whose induction variables
/// its point needs.
class ElementEmitter {
public:
  /// Buffers are the rank-0 memrefs that stand for tensor arguments; `params`
  /// are the index-typed run-time parameters.
  ElementEmitter(ElementBuilder &builder, const IterationSpace &space,
                 mlir::ValueRange params);

  /// Binds a tensor that lives in memory to its buffer.
  void bindBuffer(mlir::Value tensor, mlir::Value buffer);

  /// Binds a tensor to elements computed by the schedule: the result of a
  /// reduction, at any point.
  void bindElement(mlir::Value tensor, Elem element);

  /// Opens a scope at the end of the builder's block. The outermost is the
  /// function's, the second the work item's, the others are loop bodies.
  void pushScope();
  /// Says that `iv` is the index along `dim` in the innermost scope.
  void bindIv(unsigned dim, mlir::Value iv);
  void popScope();
  /// While a loop nested in the innermost scope is open, code of that scope
  /// goes before it; null closes the loop.
  void setOpenLoop(mlir::Operation *loop);

  void setVectorDim(std::optional<unsigned> dim) { vectorDim = dim; }
  void setLaneMode(LaneMode mode) { laneMode = mode; }
  /// Whole vectors go past the caches from now on: their addresses must be
  /// multiples of their size, up to 64 bytes.
  void setStreaming(bool value) { streaming = value; }
  const LaneMode &getLaneMode() const { return laneMode; }

  /// The element of `value` at `point`: a scalar where the point does not
  /// depend on the vectorised dimension.
  Elem emit(mlir::Value value, const Point &point);
  /// Writes `element` (splat if need be) into the buffer of `tensor`.
  void store(Elem element, mlir::Value tensor, mlir::Value buffer,
             const Point &point);
  /// Entry `index` of an array of partial states; bool lives in bytes.
  void storePartial(mlir::Value value, mlir::Value buffer, mlir::Value index);
  mlir::Value loadPartial(mlir::Type type, mlir::Value buffer,
                          mlir::Value index);
  /// The int64 value of `expr`; a vector if it depends on the vectorised
  /// dimension.
  Elem emitPosition(const LinearExpr &expr);
  /// The index-typed value of `monomial`.
  mlir::Value emitMonomial(const Monomial &monomial);

private:
  struct Scope {
    mlir::Block *block;
    mlir::Operation *openLoop = nullptr;
    llvm::DenseMap<mlir::Value, llvm::SmallVector<std::pair<Point, Elem>>>
        elements;
    llvm::SmallVector<std::pair<LinearExpr, mlir::Value>> indices;
    llvm::SmallVector<std::pair<Monomial, mlir::Value>> monomials;
  };

  /// The innermost scope that `expr` needs.
  unsigned getScope(const LinearExpr &expr) const;
  unsigned getScope(const Point &point) const;
  void moveTo(unsigned scope);

  Elem emitUncached(mlir::Value value, const Point &point);
  Elem emitIndexValue(IndexValueOpInterface op, const Point &point);

  /// The scalar value of `expr` in lane 0.
  mlir::Value emitIndex(const LinearExpr &expr);
  mlir::Value emitIndexInScope(const LinearExpr &expr, unsigned scope);
  /// `expr` in every lane, as a vector of index.
  mlir::Value emitLaneIndices(const LinearExpr &expr);
  Monomial getLaneStride(const LinearExpr &expr) const;

  /// Moves `count` floats, integers or bytes; element `offset` of `buffer`.
  mlir::Value loadPart(mlir::Value buffer, const LinearExpr &offset,
                       mlir::Type memoryType);
  Elem loadElem(DType dtype, mlir::Value buffer, const LinearExpr &offset);
  void storePart(mlir::Value value, mlir::Value buffer,
                 const LinearExpr &offset);
  mlir::Value getMask(int64_t factor);
  /// For accesses that are not contiguous: each lane's offset from the first,
  /// and which lanes are live.
  std::pair<mlir::Value, mlir::Value>
  getLaneOffsets(const Monomial &laneStride);
  mlir::Value getFlat(mlir::Value buffer);

  ElementBuilder &builder;
  const IterationSpace &space;
  llvm::SmallVector<mlir::Value> params;
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<mlir::Value, mlir::Value> flatBuffers;
  llvm::DenseMap<mlir::Value, Elem> bound;
  llvm::SmallVector<Scope, 0> scopes;
  /// Scope and induction variable of each dimension in scope.
  llvm::DenseMap<unsigned, std::pair<unsigned, mlir::Value>> ivs;
  std::optional<unsigned> vectorDim;
  LaneMode laneMode;
  bool streaming = false;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ELEMENTEMITTER_H
