// numloom-translate: GPU kernels in the NVVM dialect to PTX.
#include "numloom/Compiler/CompileModule.h"
#include "numloom/Compiler/EmitPtx.h"

#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "llvm/Support/CommandLine.h"

using namespace mlir;

static llvm::cl::opt<int> computeCapability(
    "compute-capability", llvm::cl::init(90),
    llvm::cl::desc("The device that PTX is for: 10 * major + minor"));

static LogicalResult printPtx(Operation *op, llvm::raw_ostream &output) {
  WalkResult result = op->walk([&](gpu::GPUModuleOp kernels) {
    std::string error;
    std::string ptx = numloom::emitPtx(
        kernels, computeCapability, [](StringRef name) { return name.str(); },
        /*llvmIr=*/nullptr, error);
    if (ptx.empty()) {
      kernels.emitError(error);
      return WalkResult::interrupt();
    }
    output << ptx;
    return WalkResult::skip();
  });
  return failure(result.wasInterrupted());
}

int main(int argc, char **argv) {
  TranslateFromMLIRRegistration registration(
      "gpu-to-ptx", "PTX of every gpu.module", printPtx,
      numloom::registerCompilerDialects);
  return failed(mlirTranslateMain(argc, argv, "Numloom's translations\n"));
}
