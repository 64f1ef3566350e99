// The compiler behind the shared library's door: programs to plans.

#include "numloom/Compiler/Compiler.h"

#include "Cpu/CpuBackend.h"
#include "Gpu/GpuBackend.h"
#include "PlanBuilder.h"
#include "RunPasses.h"
#include "Session.h"

#include "numloom/Compiler/BuildModule.h"
#include "numloom/Compiler/CompileModule.h"
#include "numloom/Compiler/Dump.h"
#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/Explain.h"
#include "numloom/Transforms/Pipelines.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"

#include <chrono>
#include <mutex>

using namespace mlir;

namespace numloom {

void registerCompilerDialects(DialectRegistry &registry) {
  registry.insert<array::ArrayDialect, arith::ArithDialect,
                  cf::ControlFlowDialect, func::FuncDialect, gpu::GPUDialect,
                  LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
                  NVVM::NVVMDialect, scf::SCFDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
}

Compiler *getCompiler(const char *libraryDir);

namespace {

/// The kernels of every GPU that programs were compiled for.
class GpuKernels {
public:
  explicit GpuKernels(const char *packageDir) : packageDir(packageDir) {}

  /// Null and `error` set where no code can be made for `target`.
  KernelCompiler *get(const CudaTarget &target, std::string &error) {
    std::lock_guard lock(mutex);
    for (auto &[known, compiler] : compilers)
      if (known == target)
        return compiler.get();
    auto backend = GpuBackend::create(target, packageDir, error);
    if (!backend)
      return nullptr;
    auto compiler = std::make_unique<KernelCompiler>(std::move(backend));
    return compilers.emplace_back(target, std::move(compiler)).second.get();
  }

  void forEach(llvm::function_ref<void(KernelCompiler &)> visit) {
    std::lock_guard lock(mutex);
    for (auto &[target, compiler] : compilers)
      visit(*compiler);
  }

private:
  std::string packageDir;
  std::mutex mutex;
  std::vector<std::pair<CudaTarget, std::unique_ptr<KernelCompiler>>> compilers;
};

class MlirCompiler final : public Compiler {
public:
  explicit MlirCompiler(const char *libraryDir)
      : cpu(std::make_unique<CpuBackend>(libraryDir)), gpus(libraryDir) {}

  std::shared_ptr<const Plan> compileForCpu(const Program &program,
                                            std::string &error) override {
    return compile(program, cpu, error);
  }

  std::shared_ptr<const Plan> compileForCuda(const Program &program,
                                             const CudaTarget &target,
                                             std::string &error) override {
    KernelCompiler *kernels = gpus.get(target, error);
    return kernels ? compile(program, *kernels, error) : nullptr;
  }

  std::string explain(const Program &program, bool isForGpu,
                      std::string &error) override {
    Session session;
    OwningOpRef<ModuleOp> module = buildModule(session.getContext(), program);
    if (module && isForGpu)
      GpuBackend::mark(module->lookupSymbol<func::FuncOp>("main"));
    PassManager manager(&session.getContext());
    buildProgramPipeline(manager);
    std::string text;
    if (!module)
      error = kInvalidProgram;
    else if (succeeded(manager.run(*module)))
      text = explainFusions(*module);
    else
      error = "fusion failed";
    if (!error.empty())
      error += "\n" + session.takeMessages();
    return text;
  }

  CompilerStats getStats() override {
    CompilerStats stats;
    stats.programsCompiled = programs;
    stats.compileMilliseconds = microseconds / 1000.0;
    forEachKernels([&](KernelCompiler &kernels) {
      stats.kernelsCompiled += kernels.counters.compiled;
      stats.kernelsFromMemory += kernels.counters.fromMemory;
      stats.kernelsFromDisk += kernels.counters.fromDisk;
    });
    return stats;
  }

  void resetStats() override {
    programs = microseconds = 0;
    forEachKernels([](KernelCompiler &kernels) {
      kernels.counters.compiled = 0;
      kernels.counters.fromMemory = kernels.counters.fromDisk = 0;
    });
  }

private:
  static constexpr const char *kInvalidProgram = "the program is invalid";

  std::shared_ptr<const Plan>
  compile(const Program &program, KernelCompiler &kernels, std::string &error) {
    auto start = std::chrono::steady_clock::now();
    Session session;
    OwningOpRef<ModuleOp> module = buildModule(session.getContext(), program);
    std::shared_ptr<const Plan> plan;
    if (module)
      plan = compileModule(*module, kernels, error);
    else
      error = kInvalidProgram;
    if (!plan)
      error += "\n" + session.takeMessages();
    ++programs;
    microseconds += std::chrono::duration_cast<std::chrono::microseconds>(
                        std::chrono::steady_clock::now() - start)
                        .count();
    return plan;
  }

  void forEachKernels(llvm::function_ref<void(KernelCompiler &)> visit) {
    visit(cpu);
    gpus.forEach(visit);
  }

  KernelCompiler cpu;
  GpuKernels gpus;
  std::atomic<int64_t> programs{0}, microseconds{0};
};

} // namespace

std::shared_ptr<const Plan>
compileModule(ModuleOp module, KernelCompiler &kernels, std::string &error) {
  Dump dump = Dump::startProgram();
  dump.write("program.mlir", module);
  auto function = module.lookupSymbol<func::FuncOp>("main");
  if (!function) {
    error = "the module has no function @main";
    return nullptr;
  }
  kernels.getBackend().prepare(function);
  if (!runPasses(module, dump, buildProgramPipeline)) {
    error = "program passes failed";
    return nullptr;
  }
  return buildPlan(function, kernels, error);
}

std::shared_ptr<const Plan>
compileModule(ModuleOp module, llvm::StringRef libraryDir, std::string &error) {
  static KernelCompiler *kernels =
      new KernelCompiler(std::make_unique<CpuBackend>(libraryDir.str()));
  return compileModule(module, *kernels, error);
}

Compiler *getCompiler(const char *libraryDir) {
  // Never destroyed: plans may outlive every other static object.
  static Compiler *compiler = new MlirCompiler(libraryDir);
  return compiler;
}

} // namespace numloom
