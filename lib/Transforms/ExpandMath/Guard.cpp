// Branches around expansions that are not right for every argument.
#include "Guard.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace numloom {

using GetOthersFn = function_ref<SmallVector<Value>()>;

static SmallVector<Value> branch(ImplicitLocOpBuilder &b, ArrayRef<Expr> values,
                                 Value areValid, GetOthersFn getOthers) {
  auto choice = scf::IfOp::create(
      b, areValid,
      [&](OpBuilder &, Location) {
        SmallVector<Value> fast;
        for (const Expr &value : values)
          fast.push_back(value.get());
        scf::YieldOp::create(b, fast);
      },
      [&](OpBuilder &, Location) { scf::YieldOp::create(b, getOthers()); });
  return choice.getResults();
}

/// `others` in lanes where `values` are not valid.
static SmallVector<Value> select(ImplicitLocOpBuilder &b, Expr isValid,
                                 ArrayRef<Expr> values,
                                 SmallVector<Value> others) {
  for (auto [other, value] : llvm::zip_equal(others, values))
    other = arith::SelectOp::create(b, isValid.get(), value.get(), other);
  return others;
}

static SmallVector<Value> cloneAll(ImplicitLocOpBuilder &b,
                                   ArrayRef<Operation *> ops) {
  SmallVector<Value> results;
  for (Operation *op : ops)
    results.push_back(b.clone(*op)->getResult(0));
  return results;
}

Value guardExpansion(ImplicitLocOpBuilder &b, Operation *op,
                     const Expansion &expansion) {
  if (!expansion.isValid)
    return expansion.value.get();
  Value isValid = expansion.isValid->get(), all = isValid;
  if (isa<VectorType>(isValid.getType()))
    all = vector::ReductionOp::create(b, vector::CombiningKind::AND, isValid);
  return branch(b, expansion.value, all,
                [&] {
                  return select(b, *expansion.isValid, expansion.value,
                                cloneAll(b, op));
                })
      .front();
}

/// All lanes of a condition, combined with `OpTy`.
template <typename OpTy>
static Value combineLanes(ImplicitLocOpBuilder &b, Value condition) {
  auto type = dyn_cast<VectorType>(condition.getType());
  if (!type)
    return condition;
  Value all = vector::ExtractOp::create(b, condition, 0);
  for (int64_t lane = 1; lane < type.getNumElements(); ++lane)
    all = OpTy::create(b, all, vector::ExtractOp::create(b, condition, lane));
  return all;
}

/// The constant that `condition` compares a number with, if it asks whether
/// that is greater.
static std::optional<APFloat> getLeast(arith::CmpFOp condition) {
  FloatAttr least;
  if (!condition || condition.getPredicate() != arith::CmpFPredicate::OGT ||
      !matchPattern(condition.getRhs(), m_Constant(&least)))
    return std::nullopt;
  return least.getValue();
}

/// `|x| > c` and `x > d`, where c >= d >= 0, are `x > c`: makes that of the
/// former, if it is one of `all`, and says whether `condition` is the latter.
static bool isJoined(Value all, Value condition) {
  auto isPositive = condition.getDefiningOp<arith::CmpFOp>();
  std::optional<APFloat> least = getLeast(isPositive);
  if (!least || least->isNegative())
    return false;
  while (all) {
    auto both = all.getDefiningOp<arith::AndIOp>();
    auto isLarge = (both ? both.getRhs() : all).getDefiningOp<arith::CmpFOp>();
    std::optional<APFloat> other = getLeast(isLarge);
    auto absolute =
        other ? isLarge.getLhs().getDefiningOp<math::AbsFOp>() : math::AbsFOp();
    if (absolute && absolute.getOperand() == isPositive.getLhs() &&
        *other >= *least) {
      isLarge.getLhsMutable().assign(isPositive.getLhs());
      return true;
    }
    all = both ? both.getLhs() : Value();
  }
  return false;
}

Value joinCondition(ImplicitLocOpBuilder &b, Value all, Value condition) {
  if (isJoined(all, condition))
    return all;
  return all ? arith::AndIOp::create(b, all, condition).getResult() : condition;
}

SmallVector<Value> branchOnDevice(ImplicitLocOpBuilder &b,
                                  ArrayRef<Expr> values, Expr isValid,
                                  GetOthersFn getOthers) {
  return branch(b, values, combineLanes<arith::AndIOp>(b, isValid.get()),
                getOthers);
}

static Value combineLanes(vector::ReductionOp op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  return op.getKind() == vector::CombiningKind::AND
             ? combineLanes<arith::AndIOp>(b, op.getVector())
             : combineLanes<arith::OrIOp>(b, op.getVector());
}

void combineConditions(Operation *kernel) {
  SmallVector<vector::ReductionOp> ops;
  kernel->walk([&](vector::ReductionOp op) {
    bool isCombined = op.getKind() == vector::CombiningKind::AND ||
                      op.getKind() == vector::CombiningKind::OR;
    if (op.getType().isInteger(1) && isCombined && !op.getAcc())
      ops.push_back(op);
  });
  for (vector::ReductionOp op : ops) {
    op.replaceAllUsesWith(combineLanes(op));
    op.erase();
  }
}

SmallVector<Value> guardOnDevice(ImplicitLocOpBuilder &b, ArrayRef<Expr> values,
                                 Expr isValid, GetOthersFn getOthers) {
  return branchOnDevice(b, values, isValid, [&] {
    return select(b, isValid, values, getOthers());
  });
}

SmallVector<Value> guardOnDevice(ImplicitLocOpBuilder &b,
                                 ArrayRef<Operation *> ops,
                                 ArrayRef<Expr> values, Expr isValid) {
  return guardOnDevice(b, values, isValid, [&] { return cloneAll(b, ops); });
}

} // namespace numloom
