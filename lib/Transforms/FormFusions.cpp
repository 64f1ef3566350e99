// Forms fusions: each becomes one kernel.

#include "numloom/Transforms/ArrayProgram.h"
#include "numloom/Transforms/Attributes.h"
#include "numloom/Transforms/Passes.h"

#include "Fusion/FusionEmitter.h"
#include "Fusion/FusionInliner.h"
#include "Fusion/FusionQueue.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"

#include <set>

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

namespace numloom {
#define GEN_PASS_DEF_FORMFUSIONSPASS
#include "numloom/Transforms/Passes.h.inc"
} // namespace numloom

static llvm::cl::opt<bool> debugFusion(
    "debug-fusion",
    llvm::cl::desc("Print every decision of fusion with its reason"),
    llvm::cl::init(false));

namespace {

/// Hears of decisions: prints them and keeps what the report needs.
class FusionLog {
public:
  explicit FusionLog(const FusionGraph &graph) : graph(graph) {}

  void merge(unsigned first, unsigned second, FusionVerdict verdict) {
    // Later rounds refuse again what earlier ones did.
    if (!debugFusion || !printed.insert({{first, second}, verdict}).second)
      return;
    bool accepted = verdict == FusionVerdict::Accept;
    llvm::errs() << (accepted ? "fuse " : "keep apart ") << getName(first)
                 << " and " << getName(second);
    if (!accepted)
      llvm::errs() << ": " << explainVerdict(verdict);
    llvm::errs() << '\n';
  }

  void inlining(unsigned node, InlineVerdict verdict) {
    inlineVerdicts[node] = verdict;
    if (debugFusion)
      llvm::errs() << (verdict == InlineVerdict::Accept ? "inline " : "store ")
                   << getName(node) << ": it " << explainVerdict(verdict)
                   << '\n';
  }

  /// Why `node` was stored rather than recomputed; empty if that was no
  /// question.
  std::string explainStore(unsigned node) const {
    auto it = inlineVerdicts.find(node);
    if (it == inlineVerdicts.end())
      return "";
    return (graph[node].getOp()->getName().stripDialect() + " " +
            explainVerdict(it->second))
        .str();
  }

private:
  std::string getName(unsigned node) const {
    Operation *op = graph[node].getOp();
    StringRef name = op ? op->getName().stripDialect() : "argument";
    return (name + "#" + Twine(node)).str();
  }

  const FusionGraph &graph;
  std::set<std::pair<std::pair<unsigned, unsigned>, FusionVerdict>> printed;
  DenseMap<unsigned, InlineVerdict> inlineVerdicts;
};

struct FormFusionsPass : numloom::impl::FormFusionsPassBase<FormFusionsPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    if (failed(verifyArrayProgram(function)))
      return signalPassFailure();
    if (!function.getOps<FusionOp>().empty()) {
      function.emitError("expects a program that holds no fusions yet");
      return signalPassFailure();
    }
    eraseDeadOps(function);
    insertCopies(function);
    FusionCost cost(function);
    FusionGraph graph(function, cost);
    FusionGroups groups(graph, cost);
    FusionLog log(graph);
    formGroups(graph, groups, cost, log);
    function->setAttr(kFusionReportAttr, getReport(graph, groups, log));
    FusionEmitter(function, graph, groups, cost).run();
  }

private:
  static void eraseDeadOps(func::FuncOp function) {
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

  static void formGroups(FusionGraph &graph, FusionGroups &groups,
                         const FusionCost &cost, FusionLog &log) {
    FusionQueue queue(graph, groups, cost);
    auto logMerge = [&](unsigned first, unsigned second,
                        FusionVerdict verdict) {
      log.merge(first, second, verdict);
    };
    queue.run(logMerge);
    // What is recomputed lies between its readers no more: they may merge.
    FusionInliner inliner(graph, groups, cost);
    if (inliner.run([&](unsigned node, InlineVerdict verdict) {
          log.inlining(node, verdict);
        }))
      queue.run(logMerge);
  }

  /// Why each kernel is not one with those that it reads. Kernels and library
  /// calls are numbered in program order.
  ArrayAttr getReport(const FusionGraph &graph, const FusionGroups &groups,
                      const FusionLog &log);
};

} // namespace

/// Whether a group becomes a numbered step of the program: a kernel or a
/// library call. Updates and reports happen in the kernels of their values, or
/// as copies.
static bool isStep(const FusionGraph &graph, const FusionGroups &groups,
                   unsigned group) {
  if (groups[group].kind)
    return groups.isKernel(group);
  Operation *op = graph[group].getOp();
  return op && !isa<ViewOpInterface, UpdateOp, ReportOp>(op);
}

ArrayAttr FormFusionsPass::getReport(const FusionGraph &graph,
                                     const FusionGroups &groups,
                                     const FusionLog &log) {
  Builder builder(&getContext());
  DenseMap<unsigned, unsigned> numberOf;
  SmallVector<Attribute> lines;
  for (unsigned group : groups.getOrder()) {
    if (!isStep(graph, groups, group))
      continue;
    unsigned number = numberOf.size();
    numberOf[group] = number;
    if (!groups.isKernel(group))
      continue;
    llvm::SmallMapVector<unsigned, unsigned, 8> sources;
    for (unsigned node : groups[group].nodes)
      for (const FusionRead &read : graph[node].reads) {
        unsigned producer = groups.find(read.source);
        if (producer != group && groups.isKernel(producer))
          sources.insert({producer, read.source});
      }
    for (auto [producer, source] : sources) {
      std::string line = llvm::formatv(
          "kernel {0} reads kernel {1}: {2}", number, numberOf[producer],
          explainVerdict(groups.check(producer, group)));
      if (std::string reason = log.explainStore(source); !reason.empty())
        line += "; " + reason;
      lines.push_back(builder.getStringAttr(line));
    }
  }
  return builder.getArrayAttr(lines);
}
