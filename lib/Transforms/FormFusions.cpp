// Forms fusions: each becomes one kernel.

#include "numloom/Transforms/Passes.h"

#include "Fusion/FusionEmitter.h"
#include "Fusion/FusionInliner.h"
#include "Fusion/FusionQueue.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/CommandLine.h"

#include <set>

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

namespace numloom {
#define GEN_PASS_DEF_FORMFUSIONSPASS
#include "numloom/Transforms/Passes.h.inc"
} // namespace numloom

static llvm::cl::opt<bool>
    debugFusion("debug-fusion",
                llvm::cl::desc("Print every decision of fusion with its reason"),
                llvm::cl::init(false));

namespace {

/// Prints decisions as they are made.
class FusionLog {
public:
  explicit FusionLog(const FusionGraph &graph) : graph(graph) {}

  void merge(unsigned first, unsigned second, FusionVerdict verdict) {
    // Later rounds refuse again what earlier ones did.
    if (!debugFusion || !known.insert({{first, second}, verdict}).second)
      return;
    bool accepted = verdict == FusionVerdict::Accept;
    llvm::errs() << (accepted ? "fuse " : "keep apart ") << getName(first)
                 << " and " << getName(second);
    if (!accepted)
      llvm::errs() << ": " << explainVerdict(verdict);
    llvm::errs() << '\n';
  }

  void inlining(unsigned node, InlineVerdict verdict) {
    if (debugFusion)
      llvm::errs() << (verdict == InlineVerdict::Accept ? "inline " : "store ")
                   << getName(node) << ": it " << explainVerdict(verdict)
                   << '\n';
  }

private:
  std::string getName(unsigned node) const {
    Operation *op = graph[node].getOp();
    StringRef name = op ? op->getName().stripDialect() : "argument";
    return (name + "#" + Twine(node)).str();
  }

  const FusionGraph &graph;
  std::set<std::pair<std::pair<unsigned, unsigned>, FusionVerdict>> known;
};

struct FormFusionsPass : numloom::impl::FormFusionsPassBase<FormFusionsPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    if (!function.getBody().hasOneBlock() ||
        !function.getOps<FusionOp>().empty()) {
      function.emitError("expects one block that holds no fusions yet");
      return signalPassFailure();
    }
    eraseDeadOps(function);
    insertCopies(function);
    FusionCost cost(function);
    FusionGraph graph(function, cost);
    FusionGroups groups(graph, cost);
    formGroups(graph, groups, cost);
    function->setAttr("array.fusion_report", getReport(graph, groups));
    FusionEmitter(function, graph, groups, cost).run();
  }

private:
  static void eraseDeadOps(func::FuncOp function) {
    for (Operation &op : llvm::make_early_inc_range(
             llvm::reverse(function.getBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
  }

  static void formGroups(FusionGraph &graph, FusionGroups &groups,
                         const FusionCost &cost) {
    FusionLog log(graph);
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

  /// Why each kernel, in program order, is not one with those that it reads.
  ArrayAttr getReport(const FusionGraph &graph, const FusionGroups &groups);
};

} // namespace

ArrayAttr FormFusionsPass::getReport(const FusionGraph &graph,
                                     const FusionGroups &groups) {
  Builder builder(&getContext());
  DenseMap<unsigned, unsigned> numberOf;
  SmallVector<Attribute> lines;
  for (unsigned group : groups.getOrder()) {
    if (!groups.isKernel(group))
      continue;
    unsigned number = numberOf.size();
    numberOf[group] = number;
    llvm::SmallSetVector<unsigned, 8> producers;
    for (unsigned node : groups[group].nodes)
      for (const FusionRead &read : graph[node].reads)
        if (unsigned producer = groups.find(read.source);
            producer != group && numberOf.contains(producer))
          producers.insert(producer);
    for (unsigned producer : producers)
      lines.push_back(builder.getStringAttr(
          Twine(number) + " reads " + Twine(numberOf[producer]) + ": " +
          explainVerdict(groups.check(producer, group))));
  }
  return builder.getArrayAttr(lines);
}
