// What a tile of a stencil reads, and which of it comes in whole vectors.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_STENCILLOADS_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_STENCILLOADS_H

#include "../Schedule/ElementEmitter.h"

namespace numloom::array {

/// The loads of a tile of `height` rows of `lanes` neighbouring elements. A
/// row that is read lies at a multiple of the lanes, and elements of it are
/// parts of vectors there, if what the vector reads beyond them is in the
/// array: between two elements that the tile reads anyway.
class StencilLoads {
public:
  StencilLoads(const IterationSpace &space, const LoopDim &row,
               const LoopDim &column, int64_t height, int64_t lanes);

  /// The place of the element at `offset` in its vector; none if it is to be
  /// loaded alone.
  std::optional<int64_t> findLane(mlir::Value tensor,
                                  const LinearExpr &offset) const;

  // The vectors that were loaded, by the offset of their first element.
  Elem *findVector(mlir::Value tensor, const LinearExpr &first);
  void addVector(mlir::Value tensor, const LinearExpr &first, Elem vector) {
    vectors.push_back({tensor, first, vector});
  }

private:
  /// The elements of one row of an array that a tile reads: those from `first`
  /// to `last` behind `start`, which has no constant of its own.
  struct Row {
    mlir::Value tensor;
    LinearExpr start;
    int64_t first, last;
    /// Whether the tile reads this array before this row's elements, or behind.
    bool isFirst = true, isLast = true;
  };
  void addRow(mlir::Value tensor, const LinearExpr &offset);
  void findBounds();

  int64_t lanes;
  llvm::SmallVector<Row> rows;
  struct LoadedVector {
    mlir::Value tensor;
    LinearExpr first;
    Elem elements;
  };
  llvm::SmallVector<LoadedVector> vectors;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_STENCILLOADS_H
