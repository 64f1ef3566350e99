// Branches around expansions that are not right for every argument.
#include "Guard.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom {

static SmallVector<Value> guardExpansions(ImplicitLocOpBuilder &b,
                                          ArrayRef<Operation *> ops,
                                          ArrayRef<Expr> values, Expr isValid,
                                          Value allValid) {
  auto choice = scf::IfOp::create(
      b, allValid,
      [&](OpBuilder &, Location) {
        SmallVector<Value> fast;
        for (const Expr &value : values)
          fast.push_back(value.get());
        scf::YieldOp::create(b, fast);
      },
      [&](OpBuilder &, Location) {
        SmallVector<Value> chosen;
        for (auto [op, value] : llvm::zip_equal(ops, values)) {
          Value called = b.clone(*op)->getResult(0);
          chosen.push_back(
              arith::SelectOp::create(b, isValid.get(), value.get(), called));
        }
        scf::YieldOp::create(b, chosen);
      });
  return choice.getResults();
}

Value guardExpansion(ImplicitLocOpBuilder &b, Operation *op,
                     const Expansion &expansion) {
  if (!expansion.isValid)
    return expansion.value.get();
  Value isValid = expansion.isValid->get(), all = isValid;
  if (isa<VectorType>(isValid.getType()))
    all = vector::ReductionOp::create(b, vector::CombiningKind::AND, isValid);
  return guardExpansions(b, op, expansion.value, *expansion.isValid, all)
      .front();
}

SmallVector<Value> guardOnDevice(ImplicitLocOpBuilder &b,
                                 ArrayRef<Operation *> ops,
                                 ArrayRef<Expr> values, Expr isValid) {
  Value all = isValid.get();
  if (auto type = dyn_cast<VectorType>(all.getType())) {
    all = vector::ExtractOp::create(b, isValid.get(), 0);
    for (int64_t lane = 1; lane < type.getNumElements(); ++lane)
      all = arith::AndIOp::create(
          b, all, vector::ExtractOp::create(b, isValid.get(), lane));
  }
  return guardExpansions(b, ops, values, isValid, all);
}

} // namespace numloom
