// A program as fusion sees it: what computes, and which elements it reads.
#ifndef NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONGRAPH_H
#define NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONGRAPH_H

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <vector>

namespace numloom::array {

class FusionCost;

/// Whether kernels of this kind hold several results.
inline bool mayMerge(std::optional<FusionKind> kind) {
  return kind && kind != FusionKind::Scatter;
}

/// The elements of `source` that a node reads at one point of its space.
struct FusionRead {
  unsigned source;
  /// The index along each axis of the source whose extent is not 1, in terms
  /// of the reader's dimensions; left empty for identities.
  llvm::SmallVector<LinearExpr, 0> index;
  /// Reader and source have one space, and each point reads itself.
  bool isIdentity = false;
  /// The place is found through an index: it may be any.
  bool isGathered = false;

  bool operator==(const FusionRead &other) const = default;
};

/// A value that has elements of its own: an argument of the program, the result
/// of a computation, or that of an op that is no kernel of ours.
struct FusionNode {
  mlir::Value value;
  /// What a group of this node alone would be; none: no kernel of ours.
  std::optional<FusionKind> kind;
  /// The extents other than 1 that the node is evaluated over, and those of its
  /// result; null where the program does not say (flat storage).
  ParamsAttr space, resultSpace;
  /// The reduced dimensions of `space`, for reductions.
  llvm::SmallVector<unsigned, 2> axes;
  llvm::SmallVector<FusionRead, 2> reads;
  /// Nodes that read this one, each once.
  llvm::SmallVector<unsigned, 2> readers;
  /// The update that is to write into this one's buffer: the last to read it.
  std::optional<unsigned> overwriter;
  /// Additions per element and ops in a kernel, with what the node recomputes.
  double cost = 0;
  unsigned numOps = 1;
  /// Read by something other than a kernel: must have a buffer.
  bool isPinned = false;

  mlir::Operation *getOp() const { return value.getDefiningOp(); }
  bool isReduction() const {
    return kind == FusionKind::Row || kind == FusionKind::Column ||
           kind == FusionKind::Split;
  }
  bool isScalar() const { return resultSpace && resultSpace.size() == 0; }
  int64_t getItemSize() const { return getBytes(getDType(value.getType())); }
};

/// Nodes in program order, with views and index values dissolved into reads.
class FusionGraph {
public:
  FusionGraph(mlir::func::FuncOp function, const FusionCost &cost);

  size_t size() const { return nodes.size(); }
  const FusionNode &operator[](unsigned node) const { return nodes[node]; }

  /// The node whose elements `value` is; none for views and index values.
  std::optional<unsigned> lookup(mlir::Value value) const;

  /// `inner`, a read of the node that `outer` reads, seen from `reader`, the
  /// node that reads with `outer`.
  FusionRead compose(unsigned reader, const FusionRead &outer,
                     const FusionRead &inner) const;

  /// Lets `reader` read `replacements` in place of `source`, at the price of
  /// so many additions per element and ops.
  void replaceReads(unsigned reader, unsigned source,
                    llvm::ArrayRef<FusionRead> replacements, double cost,
                    unsigned numOps);

private:
  void addNode(mlir::Value value, const FusionCost &cost);
  void addReads(unsigned reader, mlir::Operation *op);
  /// Adds the read of `operand` at `point`, in terms of the reader's
  /// dimensions.
  void addReadAt(unsigned reader, mlir::Value operand,
                 llvm::SmallVector<LinearExpr> point);
  void addGatherReads(unsigned reader, GatherOp op);
  void findOverwriters();
  void addScatterReads(unsigned reader, ScatterOp op);
  /// Adds the reads of indices whose axes take the place of `axes` in `type`,
  /// that of the reader's space.
  void addIndexReads(unsigned reader, mlir::ValueRange indices,
                     llvm::ArrayRef<int64_t> axes, mlir::Type type);
  /// Adds a read of `operand` at places that only the kernel finds: all of its
  /// elements must lie in memory.
  void addReadAnywhere(unsigned reader, mlir::Value operand);
  void addRead(unsigned reader, FusionRead read);
  void detectIdentity(unsigned reader, FusionRead &read) const;
  /// Follows views from `value` at `point` to the node that is read.
  std::optional<unsigned> resolve(mlir::Value value,
                                  llvm::SmallVector<LinearExpr> &point) const;
  void pin(mlir::Value value);

  std::vector<FusionNode> nodes;
  llvm::DenseMap<mlir::Value, unsigned> nodeOf;
};

/// Whether `op` is a view that is an index map, to be read through.
bool isLinearView(mlir::Operation *op);

/// Whether `op` computes elements inside kernels.
bool isComputation(mlir::Operation *op);

/// `value` without the reshapes that it went through.
mlir::Value stripReshapes(mlir::Value value);

/// `value` without the views that it went through: the buffer that it reads,
/// if it is stored.
mlir::Value stripViews(mlir::Value value);

/// The index of each element of `type`, a dimension for each axis whose extent
/// is not 1.
llvm::SmallVector<LinearExpr> getIdentityPoint(mlir::Type type);

/// Whether `value` is a stored value at some strides, those of broadcasts being
/// 0, or a part of a value that is stored anyway: matrix products take it as it
/// is.
bool isStridedArray(mlir::Value value);

/// Gives every value that must have a buffer of its own one: results that are
/// arguments, views, constants or other results, and operands of library calls
/// that are views, become copies (casts to their own dtype).
void insertCopies(mlir::func::FuncOp function);

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONGRAPH_H
