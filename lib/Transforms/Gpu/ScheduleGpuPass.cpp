// The pass that schedules every kernel of a module for the GPU.

#include "../Schedule/VerifyKernel.h"
#include "ScheduleChoice.h"
#include "Schedules.h"
#include "VerifySchedule.h"

#include "numloom/Transforms/Attributes.h"
#include "numloom/Transforms/Passes.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_SCHEDULEGPUPASS
#include "numloom/Transforms/Passes.h.inc"

/// The schedules by the names that `array.schedule` gives them.
static constexpr std::pair<StringLiteral, array::GpuScheduleFn *> kSchedules[] =
    {
        {"loop", array::scheduleGpuLoop},
        {"transpose", array::scheduleGpuTranspose},
        {"stencil", array::scheduleGpuStencil},
        {"row", array::scheduleGpuRow},
        {"row_tile", array::scheduleGpuRowTile},
        {"pairs", array::scheduleGpuPairs},
        {"split", array::scheduleGpuSplit},
        {"column", array::scheduleGpuColumn},
        {"scan", array::scheduleGpuScan},
        {"tiled_scan", array::scheduleGpuTiledScan},
        {"column_scan", array::scheduleGpuColumnScan},
        {"compress", array::scheduleGpuCompress},
        {"scatter_serial", array::scheduleGpuScatterSerial},
        {"scatter_runs", array::scheduleGpuScatterRuns},
};

/// The schedule that the kernel names.
static FailureOr<array::GpuScheduleFn *> findSchedule(func::FuncOp kernel) {
  auto choice = kernel->getAttrOfType<DictionaryAttr>(array::kScheduleAttr);
  auto wanted = choice.getAs<StringAttr>("name").getValue();
  for (auto [name, schedule] : kSchedules)
    if (name == wanted)
      return schedule;
  return kernel.emitError("array.schedule must name one of ")
         << llvm::join(llvm::make_first_range(kSchedules), ", ") << "; got "
         << wanted;
}

LogicalResult array::scheduleForGpu(func::FuncOp kernel,
                                    const CudaTarget &target) {
  if (failed(verifyGpuSchedule(kernel)))
    return failure();
  FailureOr<GpuScheduleFn *> schedule = findSchedule(kernel);
  if (failed(schedule))
    return failure();
  FailureOr<array::IterationSpace> space =
      array::IterationSpace::analyze(kernel);
  if (failed(space) || failed((*schedule)(kernel, *space, target)))
    return failure();
  kernel.erase();
  return success();
}

namespace {
struct ScheduleGpuPass : impl::ScheduleGpuPassBase<ScheduleGpuPass> {
  using ScheduleGpuPassBase::ScheduleGpuPassBase;

  void runOnOperation() override {
    CudaTarget target{computeCapability, multiprocessors, sharedBytes,
                      cacheBytes};
    SmallVector<func::FuncOp> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(array::kNumParamsAttr))
        kernels.push_back(function);
    for (func::FuncOp kernel : kernels) {
      if (failed(array::verifyKernel(kernel)))
        return signalPassFailure();
      if (!kernel->hasAttr(array::kScheduleAttr)) {
        auto hints =
            kernel->getAttrOfType<DenseI64ArrayAttr>(array::kParamHintsAttr);
        array::chooseGpuSchedule(
            kernel, hints ? hints.asArrayRef() : ArrayRef<int64_t>(), target);
        // The choice has reported why there is none.
        if (!kernel->hasAttr(array::kScheduleAttr))
          return signalPassFailure();
      }
      if (failed(array::scheduleForGpu(kernel, target)))
        return signalPassFailure();
    }
  }
};
} // namespace

} // namespace numloom
