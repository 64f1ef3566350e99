// What kernels cost: bytes, operations and launches, by the hints of sizes.
#ifndef NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONCOST_H
#define NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONCOST_H

#include "FusionGraph.h"

namespace numloom::array {

/// The figures of a machine that decisions depend on.
struct FusionMachine {
  /// Memory bandwidth, and how many times a written byte counts.
  double bytesPerNs, writeFactor;
  /// Bytes of operands of additions per nanosecond.
  double computeBytesPerNs;
  double launchNs;
  /// Full reductions of more elements are split.
  double splitElements;
  /// What a row may occupy when it is walked more than once.
  double maxRowBytes;
  /// Rows of fewer elements are reduced by vectors across rows.
  int64_t minRowElements;
  /// Additions per element of a value that recomputing may waste: what a store
  /// and a load of it are worth. Bounds chains of stencils whatever the sizes
  /// are.
  double recomputeCap;
};

/// A roofline over the parameters' values at compile time. All times are
/// nanoseconds. Costs decide between programs that are right for any size.
class FusionCost {
public:
  /// Takes `array.param_hints` from `function`, and the machine: a GPU if it
  /// has the attribute `array.gpu`.
  explicit FusionCost(mlir::func::FuncOp function);

  /// Product of the extents of `space`.
  double getElements(ParamsAttr space) const;
  /// Product of the extents of `space` along `axes`.
  double getElements(ParamsAttr space, llvm::ArrayRef<unsigned> axes) const;
  double getBytes(const FusionNode &node) const;
  /// The bytes that reading `source` over the space of `reader` moves.
  double getReadBytes(const FusionNode &source, const FusionNode &reader) const;

  /// How often the source's element is computed anew for `reader`, when code
  /// that is invariant in the inner loops moves out of them.
  double getEvaluations(const FusionRead &read, const FusionNode &reader) const;

  /// The schedule for a reduction of `axes` of `space`.
  FusionKind chooseReductionKind(ParamsAttr space,
                                 llvm::ArrayRef<unsigned> axes) const;

  double getReadTime(double bytes) const;
  double getWriteTime(double bytes) const;
  double getLaunchTime() const;
  double getMaxRowBytes() const { return machine.maxRowBytes; }
  int64_t getMinRowElements() const { return machine.minRowElements; }
  double getRecomputeCap() const { return machine.recomputeCap; }
  /// The time of `additions` on elements of `node`'s type.
  double getComputeTime(double additions, const FusionNode &node) const;

private:
  double evaluate(int64_t extent) const;

  const FusionMachine &machine;
  llvm::SmallVector<int64_t> hints;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_FUSION_FUSIONCOST_H
