// The pass that schedules every kernel of a module for the GPU.

#include "../Schedule/VerifyKernel.h"
#include "ScheduleChoice.h"
#include "Schedules.h"
#include "VerifySchedule.h"

#include "numloom/Transforms/Passes.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_SCHEDULEGPUPASS
#include "numloom/Transforms/Passes.h.inc"

LogicalResult array::scheduleForGpu(func::FuncOp kernel,
                                    const CudaTarget &target) {
  if (failed(verifyGpuSchedule(kernel)))
    return failure();
  auto choice = kernel->getAttrOfType<DictionaryAttr>("array.schedule");
  auto name = choice.getAs<StringAttr>("name").getValue();
  auto schedule = llvm::StringSwitch<array::GpuScheduleFn *>(name)
                      .Case("loop", array::scheduleGpuLoop)
                      .Case("transpose", array::scheduleGpuTranspose)
                      .Case("stencil", array::scheduleGpuStencil)
                      .Case("row", array::scheduleGpuRow)
                      .Case("row_tile", array::scheduleGpuRowTile)
                      .Case("split", array::scheduleGpuSplit)
                      .Case("column", array::scheduleGpuColumn)
                      .Case("scan", array::scheduleGpuScan)
                      .Case("tiled_scan", array::scheduleGpuTiledScan)
                      .Case("column_scan", array::scheduleGpuColumnScan)
                      .Case("compress", array::scheduleGpuCompress)
                      .Case("scatter_serial", array::scheduleGpuScatterSerial)
                      .Case("scatter_runs", array::scheduleGpuScatterRuns)
                      .Default(nullptr);
  if (!schedule)
    return kernel.emitError("array.schedule must name one of loop, transpose, "
                            "stencil, row, row_tile, split, column, scan, "
                            "tiled_scan, column_scan, scatter_serial, "
                            "scatter_runs; got ")
           << name;
  FailureOr<array::IterationSpace> space =
      array::IterationSpace::analyze(kernel);
  if (failed(space) || failed(schedule(kernel, *space, target)))
    return failure();
  kernel.erase();
  return success();
}

namespace {
struct ScheduleGpuPass : impl::ScheduleGpuPassBase<ScheduleGpuPass> {
  using ScheduleGpuPassBase::ScheduleGpuPassBase;

  void runOnOperation() override {
    CudaTarget target{computeCapability, multiprocessors, sharedBytes};
    SmallVector<func::FuncOp> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr("array.num_params"))
        kernels.push_back(function);
    for (func::FuncOp kernel : kernels) {
      if (failed(array::verifyKernel(kernel)))
        return signalPassFailure();
      if (!kernel->hasAttr("array.schedule")) {
        auto hints =
            kernel->getAttrOfType<DenseI64ArrayAttr>(array::kParamHintsAttr);
        array::chooseGpuSchedule(
            kernel, hints ? hints.asArrayRef() : ArrayRef<int64_t>(), target);
        // The choice has reported why there is none.
        if (!kernel->hasAttr("array.schedule"))
          return signalPassFailure();
      }
      if (failed(array::scheduleForGpu(kernel, target)))
        return signalPassFailure();
    }
  }
};
} // namespace

} // namespace numloom
