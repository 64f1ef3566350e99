// Rewrites a program into fusions and the ops between them.
#ifndef NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONEMITTER_H
#define NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONEMITTER_H

#include "FusionGroups.h"

namespace numloom::array {

/// Replaces the body of a function by one `array.fusion` per group.
class FusionEmitter {
public:
  FusionEmitter(mlir::func::FuncOp function, const FusionGraph &graph,
                const FusionGroups &groups, const FusionCost &cost);

  void run();

private:
  /// The old ops that a kernel holds, in order, and the old values it reads.
  struct Body {
    llvm::SmallVector<mlir::Operation *> ops;
    llvm::SmallVector<mlir::Value> inputs;
  };

  void emitGroup(unsigned group);
  Body collectBody(unsigned group, llvm::ArrayRef<unsigned> results) const;
  /// Whether a kernel of `group` reads `value` from a buffer.
  bool isInput(mlir::Value value, unsigned group) const;
  /// The shape in which the kernel of `group` stores `node`.
  llvm::SmallVector<int64_t> getStoredExtents(unsigned group, unsigned node,
                                              unsigned firstResult) const;
  FusionKind getKind(unsigned group, llvm::ArrayRef<unsigned> results) const;
  /// Whether the kernel of `group` vectorises along rows or, where those are
  /// short, across them.
  bool dependsOnRowLength(unsigned group,
                          llvm::ArrayRef<unsigned> results) const;
  /// The row lengths for which that choice is right; null if it always is.
  GuardAttr getRowGuard(unsigned group) const;
  void emitOther(unsigned node);
  /// The new value of an old one, views on its way included.
  mlir::Value getBuffer(mlir::Value old);

  const FusionGraph &graph;
  const FusionGroups &groups;
  const FusionCost &cost;
  mlir::Block &block;
  mlir::OpBuilder builder;
  llvm::SmallVector<mlir::Operation *> oldOps;
  llvm::DenseMap<mlir::Operation *, unsigned> position;
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONEMITTER_H
