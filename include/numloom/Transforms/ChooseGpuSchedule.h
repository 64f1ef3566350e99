// The choice of a GPU kernel's schedule.
#ifndef NUMLOOM_TRANSFORMS_CHOOSEGPUSCHEDULE_H
#define NUMLOOM_TRANSFORMS_CHOOSEGPUSCHEDULE_H

#include "numloom/Compiler/Compiler.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace numloom::array {

/// Sets `array.schedule` and `array.guards` of `kernel`, an outlined function.
/// `hints` are values of the kernel's parameters, or none.
void chooseGpuSchedule(mlir::func::FuncOp kernel, llvm::ArrayRef<int64_t> hints,
                       const CudaTarget &target);

} // namespace numloom::array

#endif // NUMLOOM_TRANSFORMS_CHOOSEGPUSCHEDULE_H
