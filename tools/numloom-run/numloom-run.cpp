// numloom-run: executes @main of an .mlir file in the array dialect on arrays
// from .npy files.
#include "numloom/Compiler/CompileModule.h"
#include "tools/numloom-run/Binding.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace numloom;

namespace cl = llvm::cl;

/// What --help shows: LLVM registers options by the hundred.
static cl::OptionCategory category("Options of numloom-run");

static cl::opt<std::string> programPath(cl::Positional, cl::Required,
                                        cl::cat(category),
                                        cl::desc("<program.mlir>"));
static cl::list<std::string> inputPaths(cl::Positional, cl::cat(category),
                                        cl::desc("<input.npy>..."));
static cl::list<std::string>
    outputPaths("o", cl::cat(category),
                cl::desc("File of the next result; without one results "
                         "are printed"));
static cl::list<std::string>
    params("param", cl::cat(category),
           cl::desc("<index>=<value> of a parameter that is no "
                    "argument's extent"));
static cl::opt<std::string> libraryDir("library-dir", cl::cat(category),
                                       cl::desc("Folder of SLEEF and OpenBLAS"),
                                       cl::init(NUMLOOM_LIBRARY_DIR));

static LogicalResult reportError(const llvm::Twine &message) {
  llvm::errs() << "error: " << message << '\n';
  return failure();
}

static LogicalResult bindParams(ParamBinding &binding) {
  for (StringRef param : params) {
    auto [index, value] = param.split('=');
    int64_t indexNumber, valueNumber;
    if (index.getAsInteger(10, indexNumber) ||
        value.getAsInteger(10, valueNumber))
      return reportError("--param takes <index>=<value>, got '" + param + "'");
    if (failed(binding.set(indexNumber, valueNumber)))
      return failure();
  }
  return success();
}

static LogicalResult readInputs(func::FuncOp main, ParamBinding &binding,
                                std::vector<HostArray> &inputs) {
  if (inputPaths.size() != main.getNumArguments())
    return main.emitError() << "takes " << main.getNumArguments()
                            << " arrays, got " << inputPaths.size();
  for (auto [index, path] : llvm::enumerate(inputPaths)) {
    std::string error;
    std::optional<HostArray> input = tryReadNpy(path, error);
    if (!input)
      return reportError(path + ": " + error);
    if (failed(binding.bindArgument(index, *input, path)))
      return failure();
    inputs.push_back(std::move(*input));
  }
  return binding.verifyComplete();
}

static LogicalResult writeResults(llvm::ArrayRef<HostArray> results) {
  for (auto [index, result] : llvm::enumerate(results)) {
    std::string error;
    if (index >= outputPaths.size())
      llvm::outs() << formatArray(result) << '\n';
    else if (!tryWriteNpy(outputPaths[index], result, error))
      return reportError(outputPaths[index] + ": " + error);
  }
  return success();
}

static LogicalResult run(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (!main || main.isDeclaration())
    return module.emitError() << "has no function @main";
  ParamBinding binding(main);
  std::vector<HostArray> inputs;
  std::vector<ResultType> resultTypes;
  // Compiling rewrites @main, so its types are read first.
  if (failed(bindParams(binding)) ||
      failed(readInputs(main, binding, inputs)) ||
      failed(binding.getResultTypes(resultTypes)))
    return failure();
  std::string error;
  std::shared_ptr<const Plan> plan = compileModule(module, libraryDir, error);
  if (!plan)
    return reportError(error);
  auto results = tryExecute(*plan, inputs, resultTypes, binding.getValues(),
                            libraryDir, error);
  if (!results)
    return reportError(error);
  return writeResults(*results);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Numloom's program runner\n");
  DialectRegistry registry;
  registerCompilerDialects(registry);
  MLIRContext context(registry);
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(programPath);
  if (!buffer)
    return failed(
        reportError(programPath + ": " + buffer.getError().message()));
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  SourceMgrDiagnosticHandler handler(sources, &context);
  auto module = parseSourceFile<ModuleOp>(sources, &context);
  return !module || failed(run(*module));
}
