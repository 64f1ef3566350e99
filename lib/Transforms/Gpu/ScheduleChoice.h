// Chooses the GPU's schedule of a kernel, its block, vectors and unrolling.
#ifndef NUMLOOM_LIB_TRANSFORMS_GPU_SCHEDULECHOICE_H
#define NUMLOOM_LIB_TRANSFORMS_GPU_SCHEDULECHOICE_H

#include "../Schedule/IterationSpace.h"

#include "numloom/Transforms/ChooseGpuSchedule.h"

namespace numloom::array {

/// What was chosen: becomes `array.schedule` and `array.guards`.
struct ScheduleChoice {
  llvm::StringRef name;
  llvm::SmallVector<std::pair<llvm::StringRef, int64_t>> options;
  llvm::SmallVector<GuardAttr> guards;

  /// Adds the guard that `size` lies in [minimum, maximum], unless it is a
  /// constant.
  void addGuard(mlir::MLIRContext *context, const Monomial &size,
                int64_t minimum, int64_t maximum);
  /// Assumes that `size`, whose hint is `value`, stays on its side of `least`;
  /// returns whether that is from there on.
  bool assumeSide(mlir::MLIRContext *context, const Monomial &size,
                  int64_t value, int64_t least);
};

/// The parameters' values at the first execution, if known: they guide the
/// choice, and hold afterwards only as far as guards say.
class SizeHints {
public:
  explicit SizeHints(llvm::ArrayRef<int64_t> hints) : hints(hints) {}
  /// The value of `size`; none if a parameter has no hint.
  std::optional<int64_t> evaluate(const Monomial &size) const;

private:
  llvm::ArrayRef<int64_t> hints;
};

/// The choice for kernels with reductions or scans (ReductionChoice.cpp).
ScheduleChoice chooseReductionSchedule(mlir::func::FuncOp kernel,
                                       const IterationSpace &space,
                                       const SizeHints &hints,
                                       const CudaTarget &target);

/// For each result the operand whose buffer it is written over, or -1; empty if
/// none is.
llvm::ArrayRef<int64_t> getInPlace(mlir::func::FuncOp kernel);
/// Whether any result is.
bool isWrittenInPlace(mlir::func::FuncOp kernel);

/// The guard that `size` lies in [minimum, maximum] and is a multiple of
/// `multiple`.
GuardAttr getGuard(mlir::MLIRContext *context, const Monomial &size,
                   int64_t multiple = 1, int64_t minimum = 0,
                   int64_t maximum = std::numeric_limits<int64_t>::max());

/// `factors` and `outer` as a formula of the plan:
/// ceil(factors / divisor) * scale * outer.
SizeAttr getSizeAttr(mlir::MLIRContext *context, const Monomial &factors,
                     int64_t divisor = 1, int64_t scale = 1,
                     const Monomial &outer = Monomial(1));

} // namespace numloom::array

#endif // NUMLOOM_LIB_TRANSFORMS_GPU_SCHEDULECHOICE_H
