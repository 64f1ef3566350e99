// Checks kernels before they are scheduled.

#include "VerifyKernel.h"

#include "../Compression.h"
#include "IterationSpace.h"

#include "numloom/Transforms/ArrayProgram.h"
#include "numloom/Transforms/Attributes.h"

#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;

namespace numloom::array {

static bool isLinearView(ViewOpInterface view) {
  Point point, operandPoint;
  size_t rank = getExtents(view->getResult(0).getType()).size();
  for (unsigned dim = 0; dim < rank; ++dim)
    point.push_back(LinearExpr::dim(dim));
  return succeeded(view.mapIndex(point, operandPoint));
}

static LogicalResult verifyOp(Operation *op) {
  if (auto view = dyn_cast<ViewOpInterface>(op)) {
    if (!isLinearView(view))
      return op->emitOpError("is no linear view, which a kernel cannot hold");
    return success();
  }
  if (!isa<ElementwiseOpInterface, IndexValueOpInterface, ReductionOpInterface,
           GatherOp, ScatterOp, func::ReturnOp>(op))
    return op->emitOpError("has no place in a kernel");
  return success();
}

/// Every parameter is an argument: this many are no kernel, and would not fit
/// a function.
static constexpr int64_t kMaxKernelParams = 1 << 16;

/// One more than the largest parameter that `kernel` names.
static int64_t countParams(func::FuncOp kernel) {
  int64_t count = 0;
  AttrTypeWalker walker;
  walker.addWalk([&](ParamsAttr attr) {
    for (int64_t value : attr.getValues())
      if (isParam(value))
        count = std::max(count, getParamIndex(value) + 1);
  });
  kernel->walk([&](Operation *op) {
    walker.walk(op->getAttrDictionary());
    for (Type type : op->getResultTypes())
      walker.walk(type);
  });
  return count;
}

static LogicalResult verifyParams(func::FuncOp kernel) {
  auto declared = kernel->getAttrOfType<IntegerAttr>(kNumParamsAttr);
  int64_t count = countParams(kernel);
  if (count > kMaxKernelParams)
    return kernel.emitError("a kernel takes at most ")
           << kMaxKernelParams << " parameters";
  if (!declared || !declared.getType().isSignlessInteger(64) ||
      declared.getInt() != count)
    return kernel.emitError("array.num_params must be ") << count;
  return success();
}

/// Whether `entry` is a border of a result that lies in a larger array.
static bool isBorder(func::FuncOp kernel, Attribute entry, Type result,
                     Attribute destination) {
  auto border = dyn_cast<BorderAttr>(entry);
  if (!border || !isa<DestinationAttr>(destination) ||
      border.getOperand() < 0 ||
      border.getOperand() >= kernel.getNumArguments() ||
      kernel.getArgAttr(border.getOperand(), kScalarAttr))
    return false;
  size_t rank = border.getWhole().size();
  return rank > 0 && border.getStarts().size() == rank &&
         border.getExtents().size() == rank &&
         border.getExtents() != border.getWhole() &&
         getDType(kernel.getArgumentTypes()[border.getOperand()]) ==
             getDType(result);
}

static LogicalResult verifyBorders(func::FuncOp kernel) {
  Attribute attr = kernel->getAttr(kBordersAttr);
  if (!attr)
    return success();
  auto kind = kernel->getAttrOfType<FusionKindAttr>(kKindAttr);
  auto borders = dyn_cast<ArrayAttr>(attr);
  auto into = kernel->getAttrOfType<ArrayAttr>(kIntoAttr);
  bool isValid = kind && kind.getValue() == FusionKind::Loop && borders &&
                 into && borders.size() == kernel.getNumResults() &&
                 into.size() == borders.size();
  for (auto [i, type] : llvm::enumerate(kernel.getResultTypes()))
    isValid = isValid && (isa<UnitAttr>(borders[i]) ||
                          isBorder(kernel, borders[i], type, into[i]));
  if (!isValid)
    return kernel.emitError("array.borders must be unit or have the axes of "
                            "an operand of its dtype for each result of a "
                            "loop kernel that lies in a larger array");
  return success();
}

LogicalResult verifyKernel(func::FuncOp kernel) {
  if (failed(verifyArrayProgram(kernel)) || failed(verifyParams(kernel)) ||
      failed(verifyBorders(kernel)))
    return failure();
  for (Operation &op : kernel.getBody().front())
    if (failed(verifyOp(&op)))
      return failure();
  return success();
}

LogicalResult verifyCompressKernel(func::FuncOp kernel) {
  auto fail = [&] {
    return kernel.emitError("array.kind compress is for kernels that compress "
                            "by one mask");
  };
  CompressOp first;
  Value mask;
  for (Value result : kernel.getBody().front().getTerminator()->getOperands()) {
    Value own = getCompressionMask(result.getDefiningOp());
    if (!mask)
      mask = own;
    if (!own || own != mask)
      return fail();
    auto op = result.getDefiningOp<CompressOp>();
    if (!first)
      first = op;
    if (op && getExtents(op.getType()) != getExtents(first.getType()))
      return fail();
  }
  return first ? success() : LogicalResult(fail());
}

} // namespace numloom::array
