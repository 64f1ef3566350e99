// Outlines fusions into functions with canonical parameter numbers.

#include "numloom/Transforms/OutlineKernels.h"

#include "numloom/Transforms/Attributes.h"
#include "numloom/Transforms/Destinations.h"
#include "numloom/Transforms/Passes.h"

#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "numloom/Transforms/Passes.h.inc"

/// Renumbers the parameters under `op` by first use; returns the old numbers.
static SmallVector<int64_t> renumberParams(Operation *op) {
  SmallVector<int64_t> old;
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](array::ParamsAttr attr) {
    SmallVector<int64_t> values;
    for (int64_t value : attr.getValues()) {
      if (!isParam(value)) {
        values.push_back(value);
        continue;
      }
      const int64_t *it = llvm::find(old, getParamIndex(value));
      values.push_back(makeParam(it - old.begin()));
      if (it == old.end())
        old.push_back(getParamIndex(value));
    }
    return std::make_pair(
        Attribute(array::ParamsAttr::get(attr.getContext(), values)),
        WalkResult::skip());
  });
  replacer.recursivelyReplaceElementsIn(op, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  return old;
}

/// The entries of attribute `name` of `kernel`, one for each result.
static SmallVector<Attribute> getEntries(func::FuncOp kernel, StringRef name) {
  auto known = kernel->getAttrOfType<ArrayAttr>(name);
  if (known && known.size() == kernel.getNumResults())
    return llvm::to_vector(known);
  return {kernel.getNumResults(), UnitAttr::get(kernel.getContext())};
}

/// Lets a kernel that gives an update compute the value in its place and copy
/// the base's other elements.
static void splitUpdate(func::FuncOp kernel, OpOperand &result) {
  auto update = result.get().getDefiningOp<array::UpdateOp>();
  auto base =
      dyn_cast_or_null<BlockArgument>(update ? update.getBase() : Value());
  // Anything else is no kernel, as the scheduler's checks will say.
  if (!base || !update->hasOneUse())
    return;
  auto getParams = [&](Type type) {
    return array::ParamsAttr::get(kernel.getContext(), array::getExtents(type));
  };
  unsigned index = result.getOperandNumber();
  Type whole = update.getType(), value = update.getValue().getType();
  auto set = [&](StringRef name, Attribute entry) {
    SmallVector<Attribute> entries = getEntries(kernel, name);
    entries[index] = entry;
    kernel->setAttr(name, ArrayAttr::get(kernel.getContext(), entries));
  };
  set(array::kIntoAttr, getDestination(update.getValueMutable(), value));
  set(array::kBordersAttr,
      array::BorderAttr::get(kernel.getContext(), base.getArgNumber(),
                             update.getStarts(), getParams(value),
                             getParams(whole)));
  result.set(update.getValue());
  update.erase();
}

OutlinedKernel outlineKernel(array::FusionOp fusion, StringRef name) {
  OpBuilder builder(fusion.getContext());
  OutlinedKernel kernel;
  kernel.module = ModuleOp::create(fusion.getLoc());
  builder.setInsertionPointToEnd(kernel.module->getBody());
  auto type = builder.getFunctionType(fusion->getOperandTypes(),
                                      fusion->getResultTypes());
  auto function = func::FuncOp::create(builder, fusion.getLoc(), name, type);
  function->setAttr(array::kKindAttr, fusion.getKindAttr());
  for (StringRef attr : {array::kIntoAttr, array::kStreamingAttr})
    if (auto value = fusion->getAttr(attr))
      function->setAttr(attr, value);
  IRMapping mapping;
  fusion.getBody().cloneInto(&function.getBody(), mapping);
  Operation *yield = function.getBody().front().getTerminator();
  builder.setInsertionPoint(yield);
  auto results =
      func::ReturnOp::create(builder, yield->getLoc(), yield->getOperands());
  yield->erase();
  for (OpOperand &result : results->getOpOperands())
    splitUpdate(function, result);
  function.setFunctionType(builder.getFunctionType(function.getArgumentTypes(),
                                                   results.getOperandTypes()));
  kernel.params = renumberParams(function);
  function->setAttr(array::kNumParamsAttr,
                    builder.getI64IntegerAttr(kernel.params.size()));
  return kernel;
}

namespace {
struct OutlineKernelsPass : impl::OutlineKernelsPassBase<OutlineKernelsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<array::FusionOp> fusions;
    module.walk([&](array::FusionOp fusion) { fusions.push_back(fusion); });
    SmallVector<Operation *> programs;
    for (Operation &op : module.getOps())
      programs.push_back(&op);
    for (auto [i, fusion] : llvm::enumerate(fusions)) {
      OutlinedKernel kernel =
          outlineKernel(fusion, ("kernel_" + Twine(i)).str());
      Operation *function = &kernel.module->getBody()->front();
      function->remove();
      module.getBody()->push_back(function);
    }
    for (Operation *program : programs)
      program->erase();
  }
};
} // namespace

} // namespace numloom
