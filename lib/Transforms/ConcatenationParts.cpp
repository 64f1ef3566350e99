// Kernels that write a part of a concatenation.
#include "numloom/Transforms/ConcatenationParts.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

void numloom::placeInto(FusionOp fusion, ConcatenateOp op, unsigned part) {
  SmallVector<int64_t> starts;
  for (Value before : op.getOperands().take_front(part))
    starts.push_back(getExtents(before.getType())[op.getAxis()]);
  auto getParams = [&](ArrayRef<int64_t> values) {
    return ParamsAttr::get(op.getContext(), values);
  };
  fusion->setAttr("array.into", getParams(getExtents(op.getType())));
  fusion->setAttr("array.into_axis", op.getAxisAttr());
  fusion->setAttr("array.into_start", getParams(starts));
}

ConcatenateOp numloom::getDestination(FusionOp fusion) {
  if (!fusion->hasAttr("array.into") || !fusion->hasOneUse())
    return nullptr;
  return dyn_cast<ConcatenateOp>(*fusion->user_begin());
}

void numloom::placeProducers(ConcatenateOp op) {
  for (auto [part, operand] : llvm::enumerate(op.getOperands())) {
    auto fusion = operand.getDefiningOp<FusionOp>();
    auto kind = fusion ? fusion->getAttrOfType<StringAttr>("kind") : nullptr;
    if (kind && kind.getValue() == "loop" && fusion->getNumResults() == 1 &&
        operand.hasOneUse())
      placeInto(fusion, op, part);
  }
}
