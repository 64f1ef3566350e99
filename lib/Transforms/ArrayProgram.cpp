// Checks that a function is a program of the array dialect.
#include "numloom/Transforms/ArrayProgram.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

using namespace mlir;
using namespace numloom;

static bool isArray(Type type) {
  if (!array::hasNamedExtents(type) && !array::isFlatStorage(type))
    return false;
  return llvm::any_of(llvm::seq<size_t>(0, kNumDTypes), [&](size_t dtype) {
    return getElementTypeOrSelf(type) ==
           array::getElementType(type.getContext(), static_cast<DType>(dtype));
  });
}

LogicalResult numloom::verifyArrayProgram(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return function.emitError("expects a program of one block");
  for (BlockArgument argument : function.getArguments())
    if (!isArray(argument.getType()))
      return emitError(argument.getLoc(), "expects arrays as arguments, got ")
             << argument.getType();
  for (Type type : function.getResultTypes())
    if (array::isFlatStorage(type))
      return function.emitError("expects results of named extents, got ")
             << type;
  WalkResult result = function.walk([&](Operation *op) {
    if (isa<func::FuncOp, func::ReturnOp>(op))
      return WalkResult::advance();
    if (!isa<array::ArrayDialect>(op->getDialect())) {
      op->emitOpError("is no operation on arrays");
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}
