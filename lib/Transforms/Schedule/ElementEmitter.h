// Emits the elements of tensors inside loops: the body of every schedule.
#ifndef NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ELEMENTEMITTER_H
#define NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ELEMENTEMITTER_H

#include "IterationSpace.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <functional>

namespace numloom::array {

/// How the vectorised dimension is emitted at present.
struct LaneMode {
  /// Elements per operation along the vectorised dimension; 1: scalar code.
  int64_t lanes = 1;
  /// With a partial vector: how many lanes are live (index); null if all are.
  mlir::Value active;
};

/// How the machine moves vectors between registers and memory.
struct MemoryModel {
  /// The longest access; longer vectors are moved in pieces, each at a multiple
  /// of its size, or element by element where its address is not known to be
  /// one or its elements are apart. 0: at any address, with masks and gathers.
  int64_t maxAccessBytes = 0;
  /// Products of parameters that are multiples of a power of two.
  llvm::SmallVector<std::pair<Monomial, int64_t>> multiples;

  bool isMultiple(const Monomial &size, int64_t powerOfTwo) const;
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

  void setMemoryModel(MemoryModel model) { memory = std::move(model); }

  /// Binds a tensor that lives in memory to its buffer, which begins at a
  /// multiple of the longest access unless it `isUnaligned`.
  void bindBuffer(mlir::Value tensor, mlir::Value buffer,
                  bool isUnaligned = false);

  /// Binds a tensor to elements computed by the schedule: the result of a
  /// reduction, at any point.
  void bindElement(mlir::Value tensor, Elem element);

  /// Elements of a buffer that the schedule holds itself: asked before memory
  /// is read, with the tensor and the offset.
  using HeldFn =
      std::function<std::optional<Elem>(mlir::Value, const LinearExpr &)>;
  void setHeldElements(HeldFn fn) { getHeld = std::move(fn); }

  /// Opens a scope at the end of the builder's block. The outermost is the
  /// function's, the second the work item's, the others are loop bodies.
  void pushScope();
  /// Says that `iv` is the index along `dim` in the innermost scope.
  void bindIv(unsigned dim, mlir::Value iv);
  void popScope();
  /// A scope that is out of the way, with what was emitted in it.
  struct SuspendedScope;
  /// Takes the innermost scope away. Several steps of a walk over the same
  /// dimensions can be alive at once so; their scopes lie in one block.
  SuspendedScope suspendScope();
  /// Makes `suspended` the innermost scope again.
  void resumeScope(SuspendedScope suspended);
  /// While a loop nested in the innermost scope is open, code of that scope
  /// goes before it; null closes the loop.
  void setOpenLoop(mlir::Operation *loop);

  /// With a longest access, the index along `dim` must be a multiple of the
  /// lanes wherever there are several.
  void setVectorDim(std::optional<unsigned> dim) { vectorDim = dim; }
  void setLaneMode(LaneMode mode) { laneMode = mode; }
  /// Whole vectors go past the caches from now on: their addresses must be
  /// multiples of their size, up to 64 bytes.
  void setStreaming(bool value) { streaming = value; }
  /// Whole vectors that are loaded from now on are not needed again: caches may
  /// drop them first.
  void setReadOnce(bool value) { readOnce = value; }
  /// Scalar accesses with long strides along the vectorised dimension also
  /// prefetch what lies so many steps ahead; 0: none do.
  void setPrefetchDistance(int64_t distance) { prefetchDistance = distance; }
  const LaneMode &getLaneMode() const { return laneMode; }

  /// The element of `value` at `point`: a scalar where the point does not
  /// depend on the vectorised dimension.
  Elem emit(mlir::Value value, const Point &point);
  /// The element of the bound `tensor` at `offset` of its buffer, from memory.
  Elem emitLoad(mlir::Value tensor, const LinearExpr &offset);
  /// Writes `element` (splat if need be) into the buffer of `result`, which is
  /// of the form of `tensor`, or reports it there.
  void store(Elem element, unsigned result, mlir::Value tensor,
             mlir::Value buffer, const Point &point);
  /// The same at a known offset of a buffer.
  void storeAt(Elem element, mlir::Value buffer, const LinearExpr &offset);
  Elem loadAt(DType dtype, mlir::Value buffer, const LinearExpr &offset);

  /// The same as an atomic operation of one element that is no complex number.
  void combineAtomically(mlir::arith::AtomicRMWKind kind, Elem element,
                         mlir::Value buffer, const LinearExpr &offset);

  /// Where an entry of a scatter goes: an offset of the result's buffer, if
  /// `isInside`, i1 or a vector of it.
  struct Target {
    LinearExpr offset;
    mlir::Value isInside;
  };
  Target emitTarget(ScatterOp op, const Point &point);
  /// Whether the lanes at `offset` are one or lie side by side.
  bool isAccessedAsOne(const LinearExpr &offset) const {
    return laneMode.lanes == 1 || isContiguous(offset);
  }
  /// The offset of each lane's first part.
  llvm::SmallVector<mlir::Value> getLaneStarts(const LinearExpr &offset,
                                               int64_t parts);
  /// `offset`, computed in the innermost scope, as an expression.
  LinearExpr bindPlace(mlir::Value offset);
  /// Entry `index` of an array of partial states, or the entries of a vector
  /// from there on, which must be a multiple of its length; bool lives in
  /// bytes.
  void storePartial(mlir::Value value, mlir::Value buffer, mlir::Value index);
  mlir::Value loadPartial(mlir::Type type, mlir::Value buffer,
                          mlir::Value index);
  /// `buffer` as a memref<?xT>.
  mlir::Value getFlat(mlir::Value buffer);
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
    llvm::DenseMap<mlir::Value, llvm::SmallVector<std::pair<Point, unsigned>>>
        elementDims;
  };

  /// The innermost scope that `expr` needs.
  unsigned getScope(const LinearExpr &expr) const;
  unsigned getScope(const Point &point) const;
  void moveTo(unsigned scope);

  Elem emitUncached(mlir::Value value, const Point &point);
  Elem emitIndexValue(IndexValueOpInterface op, const Point &point);
  Elem emitGather(GatherOp op, const Point &point);
  Point bindIndexedPoint(mlir::ValueRange indices, llvm::ArrayRef<int64_t> axes,
                         const Point &point);
  mlir::Value joinMasks(mlir::Value a, mlir::Value b);
  /// The dimension that stands for the element of `index` at `point`.
  unsigned bindElementDim(mlir::Value index, const Point &point);

  /// The scalar value of `expr` in lane 0.
  mlir::Value emitIndex(const LinearExpr &expr);
  mlir::Value emitIndexInScope(const LinearExpr &expr, unsigned scope);
  /// `expr` in every lane, as a vector of index.
  mlir::Value emitLaneIndices(const LinearExpr &expr);
  /// How far each lane lies from the scalar part of `expr`.
  mlir::Value emitLaneOffsets(const LinearExpr &expr);
  Monomial getLaneStride(const LinearExpr &expr) const;
  /// Whether a term of `expr` is an index element that differs by lane.
  bool isIndexedByLane(const LinearExpr &expr) const;
  bool isSameInLanes(const LinearExpr &expr) const;
  /// Whether lanes lie next to each other.
  bool isContiguous(const LinearExpr &expr) const;
  /// The same, the last lane first.
  bool isReversed(const LinearExpr &expr) const;
  bool isSideBySide(const LinearExpr &expr) const {
    return isContiguous(expr) || isReversed(expr);
  }

  /// Lanes at places of their own, one by one: the gathers of machines are no
  /// faster, and some are several times as slow.
  mlir::Value loadLanes(mlir::VectorType type, mlir::Value flat,
                        mlir::Value base, mlir::Value lanes);
  /// Prefetches what is at `offset` the prefetch distance ahead.
  void prefetch(mlir::Value flat, mlir::Value base, const LinearExpr &offset,
                bool isWrite);
  /// Moves lanes that lie side by side, either way, as one vector.
  Elem loadNeighbours(DType dtype, mlir::Value buffer,
                      const LinearExpr &offset);
  void storeNeighbours(Elem element, mlir::Value buffer,
                       const LinearExpr &offset);
  /// Where in memory the first of them lies, and which are live.
  mlir::Value emitNeighboursIndex(const LinearExpr &offset, int64_t parts);
  mlir::Value getNeighboursMask(const LinearExpr &offset, int64_t parts);
  mlir::Value reverseLanes(mlir::Value vector);
  Elem reverseLanes(Elem element);
  /// Moves floats, integers or bytes that are one or lie apart.
  mlir::Value loadPart(mlir::Value buffer, const LinearExpr &offset,
                       mlir::Type memoryType);
  /// As `loadAt`, but bool stays the bytes that it is in memory.
  Elem loadMemoryElem(DType dtype, mlir::Value buffer,
                      const LinearExpr &offset);
  /// Combines what is not 0 with the element at `offset`, the same in all
  /// lanes, which other threads do, too (ElementReports.cpp).
  void report(Elem element, mlir::Value buffer, const LinearExpr &offset);
  mlir::Value reduceReport(mlir::Value lanes);
  void storePart(mlir::Value value, mlir::Value buffer,
                 const LinearExpr &offset);
  /// The same for machines with a longest access (ElementPieces.cpp).
  Elem loadPieces(DType dtype, mlir::Value buffer, const LinearExpr &offset);
  void storePieces(Elem element, mlir::Value buffer, const LinearExpr &offset);
  /// `count` neighbouring elements, a scalar if one.
  mlir::Value loadRun(mlir::Value buffer, const LinearExpr &offset,
                      int64_t count, mlir::Value first);
  void storeRun(mlir::Value values, mlir::Value buffer,
                const LinearExpr &offset, mlir::Value first);
  /// Elements per access of a run of `count` that begins at `offset`.
  int64_t getPieceSize(mlir::Value buffer, const LinearExpr &offset,
                       int64_t count) const;
  /// `start` plus a lane of `indices` times `factor`.
  mlir::Value addScaledLane(mlir::Value start, mlir::Value indices,
                            int64_t lane, const Monomial &factor);
  mlir::Value addOffset(mlir::Value index, const Monomial &offset);
  llvm::MaybeAlign getPartialAlignment(mlir::VectorType vector) const;
  mlir::Value getMask(int64_t factor);
  /// The mask of as many lanes at the end of the vector.
  mlir::Value getLastLanesMask(int64_t factor);
  /// For accesses that are not contiguous: each lane's offset from the first,
  /// and which lanes are live.
  std::pair<mlir::Value, mlir::Value> getLaneOffsets(const LinearExpr &offset);

  ElementBuilder &builder;
  const IterationSpace &space;
  llvm::SmallVector<mlir::Value> params;
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<mlir::Value, mlir::Value> flatBuffers;
  llvm::DenseSet<mlir::Value> unaligned;
  MemoryModel memory;
  HeldFn getHeld;
  llvm::DenseMap<mlir::Value, Elem> bound;
  llvm::SmallVector<Scope, 0> scopes;
  /// Scope and induction variable of each dimension in scope; index elements
  /// are a scalar or a vector.
  llvm::DenseMap<unsigned, std::pair<unsigned, mlir::Value>> ivs;
  unsigned numElementDims = 0;
  std::optional<unsigned> vectorDim;
  LaneMode laneMode;
  bool streaming = false;
  bool readOnce = false;
  int64_t prefetchDistance = 0;
};

struct ElementEmitter::SuspendedScope {
  Scope scope;
  llvm::SmallVector<std::pair<unsigned, mlir::Value>, 2> ivs;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_SCHEDULE_ELEMENTEMITTER_H
