// Converts scheduled GPU kernels to the LLVM and NVVM dialects in one
// conversion.

#include "../KernelConversion.h"

#include "numloom/Transforms/Passes.h"

#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_CONVERTGPUKERNELSTONVVMPASS
#include "numloom/Transforms/Passes.h.inc"

static unsigned getIndexBits(gpu::GPUModuleOp module) {
  auto bits = module->getAttrOfType<IntegerAttr>(array::kIndexBitsAttr);
  return bits ? bits.getInt() : 64;
}

/// An `or` of zero reads a word that other blocks write. As a load it is one
/// transaction for a warp; as an atomic operation, one for each thread.
static void replaceIdempotentAtomics(gpu::GPUModuleOp module) {
  module.walk([](LLVM::AtomicRMWOp op) {
    if (op.getBinOp() != LLVM::AtomicBinOp::_or ||
        !matchPattern(op.getVal(), m_Zero()))
      return;
    OpBuilder builder(op);
    Type type = op.getType();
    unsigned bytes = type.getIntOrFloatBitWidth() / 8;
    auto load = LLVM::LoadOp::create(
        builder, op.getLoc(), type, op.getPtr(), bytes, /*isVolatile=*/false,
        /*isNonTemporal=*/false, /*isInvariant=*/false,
        /*isInvariantGroup=*/false, LLVM::AtomicOrdering::monotonic, "device");
    op.replaceAllUsesWith(load.getResult());
    op.erase();
  });
}

/// Blocks of one device alone meet in memory. An atomic operation orders the
/// accesses around it where something depends on what it found.
static void relaxAtomics(gpu::GPUModuleOp module) {
  module.walk([](LLVM::AtomicRMWOp op) {
    op.setSyncscope("device");
    if (op.use_empty())
      op.setOrdering(LLVM::AtomicOrdering::monotonic);
  });
}

namespace {
/// Compares addresses, which have more bits than indices.
struct CompareAddresses : ConvertOpToLLVMPattern<arith::CmpIOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(arith::CmpIOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value, 2> addresses;
    for (Value operand : op->getOperands()) {
      auto address =
          operand.getDefiningOp<memref::ExtractAlignedPointerAsIndexOp>();
      if (!address || op.getPredicate() != arith::CmpIPredicate::eq)
        return failure();
      MemRefDescriptor buffer(rewriter.getRemappedValue(address.getSource()));
      addresses.push_back(buffer.alignedPtr(rewriter, op.getLoc()));
    }
    rewriter.replaceOpWithNewOp<LLVM::ICmpOp>(op, LLVM::ICmpPredicate::eq,
                                              addresses[0], addresses[1]);
    return success();
  }
};

struct ConvertGpuKernelsToNVVMPass
    : impl::ConvertGpuKernelsToNVVMPassBase<ConvertGpuKernelsToNVVMPass> {
  void runOnOperation() override {
    gpu::GPUModuleOp module = getOperation();
    MLIRContext *context = &getContext();
    LowerToLLVMOptions options(context);
    options.useBarePtrCallConv = true;
    options.overrideIndexBitwidth(getIndexBits(module));
    LLVMTypeConverter converter(context, options);
    configureGpuToNVVMTypeConverter(converter);
    RewritePatternSet patterns(context);
    populateKernelPatterns(converter, patterns);
    populateGpuToNVVMConversionPatterns(converter, patterns);
    patterns.add<CompareAddresses>(converter, /*benefit=*/2);
    LLVMConversionTarget target(*context);
    configureGpuToNVVMConversionLegality(target);
    target.addIllegalDialect<arith::ArithDialect, cf::ControlFlowDialect,
                             math::MathDialect, memref::MemRefDialect,
                             scf::SCFDialect, vector::VectorDialect>();
    if (failed(applyPartialConversion(module, target, std::move(patterns))))
      return signalPassFailure();
    allowNegativeIndices(module);
    replaceIdempotentAtomics(module);
    relaxAtomics(module);
  }
};
} // namespace

} // namespace numloom
