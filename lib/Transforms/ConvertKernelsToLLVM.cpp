// Converts scheduled kernels to the LLVM dialect in one conversion.

#include "KernelConversion.h"

#include "numloom/Transforms/Passes.h"

#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_CONVERTKERNELSTOLLVMPASS
#include "numloom/Transforms/Passes.h.inc"

namespace {
struct ConvertKernelsToLLVMPass
    : impl::ConvertKernelsToLLVMPassBase<ConvertKernelsToLLVMPass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    LowerToLLVMOptions options(context);
    options.useBarePtrCallConv = true;
    LLVMTypeConverter converter(context, options);
    RewritePatternSet patterns(context);
    populateKernelPatterns(converter, patterns);
    populateFuncToLLVMConversionPatterns(converter, patterns);
    LLVMConversionTarget target(*context);
    target.addLegalOp<ModuleOp>();
    if (failed(
            applyFullConversion(getOperation(), target, std::move(patterns))))
      return signalPassFailure();
    allowNegativeIndices(getOperation());
  }
};
} // namespace

} // namespace numloom
