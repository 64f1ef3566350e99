// Chooses the vectors of a walk along one dimension, and the guards that keep
// their addresses aligned.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_VECTORCHOICE_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_VECTORCHOICE_H

#include "ScheduleChoice.h"

namespace numloom::array {

/// The longest access of a thread.
inline constexpr int64_t kMaxAccessBytes = 16;

/// Bytes of an element of `tensor` in memory.
int64_t getElementBytes(mlir::Value tensor);

/// Whether `access` moves by one element, or by none, along `dim`.
bool isContiguous(const Access &access, unsigned dim);
bool isUniform(const Access &access, unsigned dim);
/// Whether `access` moves by one element along `dim`, forwards or backwards.
bool hasUnitStride(const Access &access, unsigned dim);

/// Looks for the widest vectors whose addresses are multiples of their size,
/// and for the guards that make them so.
class VectorChoice {
public:
  VectorChoice(mlir::func::FuncOp kernel, const IterationSpace &space,
               const SizeHints &hints)
      : kernel(kernel), space(space), hints(hints) {}

  /// Requires that `access` is the same or contiguous along `dim`, and that
  /// what is added to the index along it are multiples of the lanes.
  void addAccess(const Access &access, unsigned dim);
  /// Requires that rows of `size` elements are whole vectors.
  void addRow(const Monomial &size);

  /// Lanes of at most 16 bytes, and of one line where addresses are not
  /// multiples of an access. Adds the guards that they need.
  int64_t choose(int64_t maxLanes, llvm::SmallVectorImpl<GuardAttr> &guards);

private:
  bool isUnaligned(mlir::Value tensor);
  /// Whether `sizes` are multiples of `lanes` if the guards added hold.
  bool addGuards(llvm::ArrayRef<Monomial> sizes, int64_t lanes,
                 llvm::SmallVectorImpl<GuardAttr> &guards) const;

  mlir::func::FuncOp kernel;
  const IterationSpace &space;
  const SizeHints &hints;
  /// What has to be a multiple of the lanes.
  llvm::SmallVector<Monomial> addresses, rows;
  bool isAligned = true;
  int64_t widest = 1;
};

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_VECTORCHOICE_H
