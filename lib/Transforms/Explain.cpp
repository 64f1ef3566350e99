// Prints fused programs for people.

#include "numloom/Transforms/Explain.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/Attributes.h"
#include "numloom/Transforms/Destinations.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace numloom {
namespace {

class Explainer {
public:
  explicit Explainer(func::FuncOp function) : function(function), out(text) {
    if (auto hints =
            function->getAttrOfType<DenseI64ArrayAttr>(array::kParamHintsAttr))
      params = llvm::to_vector(hints.asArrayRef());
  }

  std::string run();

private:
  void explain(Operation *op, unsigned index);
  void explainPart(OpOperand &part);
  void explainBody(array::FusionOp fusion);
  void explainBuffers(StringRef verb, ValueRange values);
  void explainRejections();
  std::string describe(Type type) const;
  int64_t getBytes(Type type) const;

  func::FuncOp function;
  SmallVector<int64_t> params;
  std::string text;
  llvm::raw_string_ostream out;
};

std::string Explainer::run() {
  unsigned kernels = 0;
  for (Operation &op : function.getBody().front().without_terminator())
    if (auto update = dyn_cast<array::UpdateOp>(op))
      explainPart(update.getValueMutable());
    else if (auto report = dyn_cast<array::ReportOp>(op))
      explainPart(report.getOperandMutable());
    else if (!isa<array::ViewOpInterface>(op))
      explain(&op, kernels++);
  explainRejections();
  return text;
}

/// What is stored of a kernel's result: of reported numbers their report.
static Value getStored(OpResult result) {
  OpOperand *part = getPlacedOperand(result);
  if (part && isa<array::ReportOp>(part->getOwner()))
    return part->getOwner()->getResult(0);
  return result;
}

void Explainer::explain(Operation *op, unsigned index) {
  auto fusion = dyn_cast<array::FusionOp>(op);
  out << "kernel " << index << ": ";
  if (fusion)
    out << stringifyFusionKind(fusion.getKind()) << " kernel\n";
  else
    out << op->getName().stripDialect() << '\n';
  explainBuffers("reads ", op->getOperands());
  explainBuffers("writes", llvm::map_to_vector(op->getResults(), getStored));
  if (fusion)
    explainBody(fusion);
}

/// An update costs nothing where its value was computed in place, a report
/// where the numbers were computed.
void Explainer::explainPart(OpOperand &part) {
  if (isPlaced(part))
    return;
  out << "copy into an array\n";
  explainBuffers("reads ", part.get());
  explainBuffers("writes", part.get());
}

void Explainer::explainBody(array::FusionOp fusion) {
  llvm::MapVector<StringRef, unsigned> counts;
  fusion.getBody().walk([&](Operation *op) {
    if (!op->hasTrait<OpTrait::IsTerminator>())
      ++counts[op->getName().stripDialect()];
  });
  out << "  ops   ";
  for (auto &[name, count] : counts) {
    out << ' ' << name;
    if (count > 1)
      out << " x" << count;
  }
  out << '\n';
}

void Explainer::explainBuffers(StringRef verb, ValueRange values) {
  int64_t bytes = 0;
  out << "  " << verb;
  for (Value value : values) {
    out << ' ' << describe(value.getType());
    bytes += getBytes(value.getType());
  }
  out << llvm::formatv(" ({0} bytes)\n", bytes);
}

void Explainer::explainRejections() {
  auto report = function->getAttrOfType<ArrayAttr>(array::kFusionReportAttr);
  if (!report)
    return;
  for (StringRef line : report.getAsValueRange<StringAttr>())
    out << "not fused: " << line << '\n';
}

int64_t Explainer::getBytes(Type type) const {
  if (array::isFlatStorage(type))
    return 0;
  int64_t bytes = numloom::getBytes(array::getDType(type));
  for (int64_t extent : array::getExtents(type))
    bytes *= evaluate(extent, params.data());
  return bytes;
}

std::string Explainer::describe(Type type) const {
  std::string name = getName(array::getDType(type));
  if (array::isFlatStorage(type))
    return name + "[strided]";
  name += '[';
  for (auto [i, extent] : llvm::enumerate(array::getExtents(type)))
    name += (i ? "," : "") + std::to_string(evaluate(extent, params.data()));
  return name + ']';
}

} // namespace

std::string explainFusions(ModuleOp module) {
  std::string text;
  for (auto function : module.getOps<func::FuncOp>())
    text += Explainer(function).run();
  return text;
}

} // namespace numloom
