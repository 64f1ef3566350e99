// Finds the masks of compressions and of counts.
#include "Compression.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

using namespace mlir;

namespace numloom::array {

Value getCountedMask(Operation *op) {
  auto sum = dyn_cast_or_null<SumOp>(op);
  auto cast = sum ? sum.getOperand().getDefiningOp<CastOp>() : CastOp();
  if (!cast || getDType(sum.getType()) != DType::Int64 ||
      !getExtents(sum.getType()).empty())
    return {};
  Value mask = cast.getOperand();
  return getDType(mask.getType()) == DType::Bool ? mask : Value();
}

Value getCompressionMask(Operation *op) {
  if (auto compress = dyn_cast_or_null<CompressOp>(op))
    return compress.getMask();
  Value mask = getCountedMask(op);
  bool compresses = mask && llvm::any_of(mask.getUsers(), [&](Operation *user) {
                      auto other = dyn_cast<CompressOp>(user);
                      return other && other.getMask() == mask;
                    });
  return compresses ? mask : Value();
}

bool isCountedOnTheWay(Operation *op) {
  if (isa<SumOp>(op))
    return bool(getCompressionMask(op));
  return isa<CastOp>(op) && !op->use_empty() &&
         llvm::all_of(op->getUsers(), [](Operation *user) {
           return isa<SumOp>(user) && getCompressionMask(user);
         });
}

} // namespace numloom::array
