// numloom-fuzz: mutated .mlir files through the parser and the pipelines, all
// in one process that must survive them.
#include "tools/Support/Registration.h"
#include "tools/numloom-fuzz/Mutator.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace cl = llvm::cl;

/// What --help shows: LLVM registers options by the hundred.
static cl::OptionCategory category("Options of numloom-fuzz");

static cl::opt<std::string> corpusDir(cl::Positional, cl::Required,
                                      cl::cat(category),
                                      cl::desc("<folder of .mlir files>"));
static cl::opt<uint64_t> runs("runs", cl::cat(category),
                              cl::desc("How many inputs"), cl::init(10000));
static cl::opt<uint64_t> first("first", cl::cat(category),
                               cl::desc("Index of the first input"),
                               cl::init(0));
static cl::opt<uint64_t> seed("seed", cl::cat(category),
                              cl::desc("Seed of the mutations"), cl::init(1));
static cl::opt<bool> print("print", cl::cat(category),
                           cl::desc("Print each input"));
static cl::list<std::string>
    pipelines("pipeline", cl::cat(category),
              cl::desc("Passes on a module, as in a,b(c); inputs take "
                       "turns when there are several"));

/// A context holds every attribute and type it has seen: a new one after this
/// many inputs keeps memory bounded.
static constexpr uint64_t kInputsPerContext = 500;

/// Adds each function of `source`, behind the aliases that precede it, as a
/// text: in small texts an edit more often leaves something that parses.
/// Comments would only take edits away.
static void addFunctions(StringRef source, std::vector<std::string> &corpus) {
  std::string aliases, function;
  for (StringRef line : llvm::split(source, '\n')) {
    if (line.ltrim().starts_with("//"))
      continue;
    bool isAlias = line.starts_with("!") || line.starts_with("#");
    std::string &text = isAlias ? aliases : function;
    text += line;
    text += '\n';
    if (line == "}")
      corpus.push_back(aliases + std::exchange(function, ""));
  }
}

static std::vector<std::string> readCorpus() {
  std::vector<std::string> paths, corpus;
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator it(corpusDir, error), end;
       it != end && !error; it.increment(error))
    if (llvm::sys::path::extension(it->path()) == ".mlir")
      paths.push_back(it->path());
  llvm::sort(paths);
  for (const std::string &path : paths)
    if (auto buffer = llvm::MemoryBuffer::getFile(path))
      addFunctions((*buffer)->getBuffer(), corpus);
  return corpus;
}

/// How far the inputs came.
struct Outcome {
  uint64_t parsed = 0;
  uint64_t lowered = 0;
};

static void runInput(MLIRContext &context, uint64_t index, StringRef text,
                     Outcome &outcome) {
  // Asks for the width of `index`, and crashes, in MLIR 22's own parser.
  if (text.contains("array<index"))
    return;
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return;
  ++outcome.parsed;
  if (pipelines.empty())
    return;
  PassManager manager(&context);
  if (failed(parsePassPipeline(pipelines[index % pipelines.size()], manager)))
    llvm::report_fatal_error("malformed --pipeline");
  outcome.lowered += succeeded(manager.run(*module));
}

static Outcome runInputs(numloom::Mutator &mutator,
                         const DialectRegistry &registry) {
  Outcome outcome;
  std::unique_ptr<MLIRContext> context;
  for (uint64_t index = first; index < first + runs; ++index) {
    llvm::PrettyStackTraceFormat trace("running input %llu of seed %llu",
                                       (unsigned long long)index,
                                       (unsigned long long)seed);
    if (!context || index % kInputsPerContext == 0) {
      context = std::make_unique<MLIRContext>(registry,
                                              MLIRContext::Threading::DISABLED);
      context->loadAllAvailableDialects();
      // Diagnostics are the expected answer to most inputs.
      context->getDiagEngine().registerHandler([](Diagnostic &) {});
    }
    std::string text = mutator.makeInput(index);
    if (print)
      llvm::outs() << text << '\n';
    runInput(*context, index, text, outcome);
  }
  return outcome;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  DialectRegistry registry;
  numloom::registerToolDialects(registry);
  numloom::registerToolPasses();
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Numloom's fuzzer\n");
  std::vector<std::string> corpus = readCorpus();
  if (corpus.empty()) {
    llvm::errs() << "no functions in .mlir files of " << corpusDir << '\n';
    return 1;
  }
  numloom::Mutator mutator(std::move(corpus), seed);
  Outcome outcome = runInputs(mutator, registry);
  llvm::outs() << runs << " inputs, " << outcome.parsed << " parsed, "
               << outcome.lowered << " lowered\n";
  return 0;
}
