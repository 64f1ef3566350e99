// Branches around expansions that are not right for every argument.
#include "Guard.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom {

Value guardExpansion(ImplicitLocOpBuilder &b, Operation *op,
                     const Expansion &expansion) {
  Value value = expansion.value.get();
  if (!expansion.isValid)
    return value;
  Value isValid = expansion.isValid->get(), all = isValid;
  if (isa<VectorType>(isValid.getType()))
    all = vector::ReductionOp::create(b, vector::CombiningKind::AND, isValid);
  auto choice = scf::IfOp::create(
      b, all, [&](OpBuilder &, Location) { scf::YieldOp::create(b, value); },
      [&](OpBuilder &, Location) {
        Value called = b.clone(*op)->getResult(0);
        Value each = arith::SelectOp::create(b, isValid, value, called);
        scf::YieldOp::create(b, each);
      });
  return choice.getResult(0);
}

} // namespace numloom
