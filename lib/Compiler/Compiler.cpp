// The compiler behind the shared library's door: programs to plans.

#include "numloom/Compiler/Compiler.h"

#include "PlanBuilder.h"

#include "numloom/Compiler/BuildModule.h"
#include "numloom/Compiler/CompileModule.h"
#include "numloom/Compiler/Dump.h"
#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/Explain.h"
#include "numloom/Transforms/Pipelines.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"

#include <chrono>

using namespace mlir;

namespace numloom {

void registerCompilerDialects(DialectRegistry &registry) {
  registry
      .insert<array::ArrayDialect, arith::ArithDialect, cf::ControlFlowDialect,
              func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
              memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

Compiler *getCompiler(const char *libraryDir);

namespace {

/// An MLIR context with every dialect loaded, and its diagnostics as text. One
/// per compiling thread: contexts are costly to make and not shared.
class Session {
public:
  Session() : context(MLIRContext::Threading::DISABLED) {
    DialectRegistry registry;
    registerCompilerDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
      llvm::raw_string_ostream stream(messages);
      stream << diagnostic.getLocation() << ": " << diagnostic << '\n';
      return success();
    });
  }

  MLIRContext context;
  std::string messages;
};

class CpuCompiler final : public Compiler {
public:
  explicit CpuCompiler(const char *libraryDir) : kernels(libraryDir) {}

  std::shared_ptr<const Plan> compileForCpu(const Program &program,
                                            std::string &error) override {
    auto start = std::chrono::steady_clock::now();
    Session &session = getSession();
    OwningOpRef<ModuleOp> module = buildModule(session.context, program);
    std::shared_ptr<const Plan> plan;
    if (module)
      plan = compileModule(*module, kernels, error);
    else
      error = kInvalidProgram;
    finish(session, plan != nullptr, error);
    ++programs;
    microseconds += std::chrono::duration_cast<std::chrono::microseconds>(
                        std::chrono::steady_clock::now() - start)
                        .count();
    return plan;
  }

  std::string explain(const Program &program, std::string &error) override {
    Session &session = getSession();
    OwningOpRef<ModuleOp> module = buildModule(session.context, program);
    PassManager manager(&session.context);
    buildProgramPipeline(manager);
    std::string text;
    if (!module)
      error = kInvalidProgram;
    else if (succeeded(manager.run(*module)))
      text = explainFusions(*module);
    else
      error = "fusion failed";
    finish(session, error.empty(), error);
    return text;
  }

  CompilerStats getStats() override {
    CompilerStats stats;
    stats.programsCompiled = programs;
    stats.kernelsCompiled = kernels.counters.compiled;
    stats.kernelsFromMemory = kernels.counters.fromMemory;
    stats.kernelsFromDisk = kernels.counters.fromDisk;
    stats.compileMilliseconds = microseconds / 1000.0;
    return stats;
  }

  void resetStats() override {
    programs = microseconds = 0;
    kernels.counters.compiled = 0;
    kernels.counters.fromMemory = kernels.counters.fromDisk = 0;
  }

private:
  static constexpr const char *kInvalidProgram = "the program is invalid";

  static Session &getSession() {
    thread_local Session session;
    return session;
  }

  static void finish(Session &session, bool succeeded, std::string &error) {
    if (!succeeded)
      error += "\n" + session.messages;
    session.messages.clear();
  }

  KernelCompiler kernels;
  std::atomic<int64_t> programs{0}, microseconds{0};
};

} // namespace

std::shared_ptr<const Plan>
compileModule(ModuleOp module, KernelCompiler &kernels, std::string &error) {
  Dump dump = Dump::startProgram();
  dump.write("program.mlir", module);
  PassManager manager(module.getContext());
  manager.enableVerifier(false);
  buildProgramPipeline(manager);
  dump.watch(manager);
  if (failed(manager.run(module))) {
    error = "program passes failed";
    return nullptr;
  }
  auto function = module.lookupSymbol<func::FuncOp>("main");
  if (!function) {
    error = "the module has no function @main";
    return nullptr;
  }
  return buildPlan(function, kernels, error);
}

std::shared_ptr<const Plan>
compileModule(ModuleOp module, llvm::StringRef libraryDir, std::string &error) {
  static KernelCompiler *kernels = new KernelCompiler(libraryDir.str());
  return compileModule(module, *kernels, error);
}

Compiler *getCompiler(const char *libraryDir) {
  // Never destroyed: plans may outlive every other static object.
  static Compiler *compiler = new CpuCompiler(libraryDir);
  return compiler;
}

} // namespace numloom
