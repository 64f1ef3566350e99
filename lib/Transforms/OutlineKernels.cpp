// Outlines fusions into functions with canonical parameter numbers.

#include "numloom/Transforms/OutlineKernels.h"

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

OutlinedKernel outlineKernel(array::FusionOp fusion, StringRef name) {
  OpBuilder builder(fusion.getContext());
  OutlinedKernel kernel;
  kernel.module = ModuleOp::create(fusion.getLoc());
  builder.setInsertionPointToEnd(kernel.module->getBody());
  auto type = builder.getFunctionType(fusion->getOperandTypes(),
                                      fusion->getResultTypes());
  auto function = func::FuncOp::create(builder, fusion.getLoc(), name, type);
  if (auto kind = fusion->getAttr("kind"))
    function->setAttr("array.kind", kind);
  for (StringRef attr :
       {StringRef(array::kIntoAttr), StringRef("array.streaming")})
    if (auto value = fusion->getAttr(attr))
      function->setAttr(attr, value);
  IRMapping mapping;
  fusion.getBody().cloneInto(&function.getBody(), mapping);
  Operation *yield = function.getBody().front().getTerminator();
  builder.setInsertionPoint(yield);
  func::ReturnOp::create(builder, yield->getLoc(), yield->getOperands());
  yield->erase();
  kernel.params = renumberParams(function);
  function->setAttr("array.num_params",
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
