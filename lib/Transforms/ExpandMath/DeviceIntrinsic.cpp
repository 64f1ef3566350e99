// Calls of LLVM's intrinsics for NVIDIA's GPUs.

#include "DeviceIntrinsic.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom {

Expr callDeviceIntrinsic(ImplicitLocOpBuilder &b, StringRef intrinsic,
                         ArrayRef<Expr> operands, Type result) {
  Type type = operands.front().get().getType();
  if (!result)
    result = getElementTypeOrSelf(type);
  auto call = [&](ArrayRef<Value> elements) -> Value {
    return LLVM::CallIntrinsicOp::create(b, result, b.getStringAttr(intrinsic),
                                         elements)
        .getResult(0);
  };
  auto vector = dyn_cast<VectorType>(type);
  int64_t lanes = vector ? vector.getNumElements() : 1;
  Value gathered;
  if (vector)
    gathered = arith::ConstantOp::create(
        b, b.getZeroAttr(VectorType::get(vector.getShape(), result)));
  for (int64_t lane = 0; lane < lanes; ++lane) {
    SmallVector<Value> elements;
    for (const Expr &operand : operands)
      elements.push_back(
          vector ? vector::ExtractOp::create(b, operand.get(), lane).getResult()
                 : operand.get());
    Value element = call(elements);
    gathered =
        vector
            ? vector::InsertOp::create(b, element, gathered, lane).getResult()
            : element;
  }
  return {b, gathered};
}

} // namespace numloom
