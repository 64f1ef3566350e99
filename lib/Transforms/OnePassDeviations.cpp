// Replaces sums of squared distances from a mean by a reduction of one pass.

#include "Fusion/FusionCost.h"

#include "numloom/Transforms/Passes.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

namespace numloom {
#define GEN_PASS_DEF_ONEPASSDEVIATIONSPASS
#include "numloom/Transforms/Passes.h.inc"
} // namespace numloom

namespace {

/// `total = sum((x - broadcast(center))**2)` with `center = sum(x) / d` or
/// `sum(x) * d`, which has the elements of the results but for axes of extent
/// one.
struct Deviations {
  SumOp total, sum;
  SubtractOp difference;
  Value center;
};

} // namespace

static SmallVector<int64_t> dropOnes(ArrayRef<int64_t> extents) {
  SmallVector<int64_t> others;
  llvm::copy_if(extents, std::back_inserter(others),
                [](int64_t extent) { return extent != 1; });
  return others;
}

/// `value` before reshapes that add or remove axes of extent one.
static Value skipUnitAxes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>()) {
    Value operand = reshape.getOperand();
    if (dropOnes(getExtents(operand.getType())) !=
        dropOnes(getExtents(value.getType())))
      break;
    value = operand;
  }
  return value;
}

/// What is repeated along `axes` to give `value`, an element for each row; null
/// if anything else is.
static Value getRepeated(Value value, ArrayRef<int64_t> axes) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return nullptr;
  Value operand = broadcast.getOperand();
  SmallVector<int64_t> kept, repeated;
  for (auto [axis, extent] : llvm::enumerate(getExtents(value.getType())))
    if (extent != 1 && !llvm::is_contained(axes, int64_t(axis)))
      kept.push_back(axis);
  for (auto [axis, extent] :
       llvm::zip_equal(broadcast.getAxes(), getExtents(operand.getType())))
    if (extent != 1)
      repeated.push_back(axis);
  return kept == repeated ? operand : Value();
}

/// The sum over the elements of `total`'s differences that `center` is a
/// multiple of, or null.
static SumOp getScaledSum(Value center, Value elements, SumOp total) {
  Operation *scaled = skipUnitAxes(center).getDefiningOp();
  if (!isa_and_nonnull<DivideOp, MultiplyOp>(scaled))
    return {};
  unsigned numFactors = isa<MultiplyOp>(scaled) ? 2 : 1;
  for (Value factor : scaled->getOperands().take_front(numFactors)) {
    auto sum = skipUnitAxes(factor).getDefiningOp<SumOp>();
    if (sum && sum.getOperand() == elements && sum.getAxes() == total.getAxes())
      return sum;
  }
  return {};
}

static std::optional<Deviations> match(SumOp total) {
  Operation *power = total.getOperand().getDefiningOp();
  bool isSquare = isa_and_nonnull<SquareOp>(power);
  bool isProduct = isa_and_nonnull<MultiplyOp>(power) &&
                   power->getOperand(0) == power->getOperand(1);
  if (!isSquare && !isProduct)
    return std::nullopt;
  auto difference = power->getOperand(0).getDefiningOp<SubtractOp>();
  if (!difference)
    return std::nullopt;
  Value center = getRepeated(difference.getY(), total.getAxes());
  if (!center)
    return std::nullopt;
  SumOp sum = getScaledSum(center, difference.getX(), total);
  if (!sum)
    return std::nullopt;
  return Deviations{total, sum, difference, center};
}

/// Whether another reduction needs the differences: a second pass is left.
static bool isReducedOtherwise(Deviations deviations) {
  llvm::SmallSetVector<Operation *, 16> reached;
  reached.insert(deviations.difference);
  for (size_t i = 0; i < reached.size(); ++i)
    for (Operation *user : reached[i]->getUsers()) {
      if (user == deviations.total)
        continue;
      if (isa<ReductionOpInterface>(user))
        return true;
      if (isa<ElementwiseOpInterface>(user))
        reached.insert(user);
    }
  return false;
}

/// Whether a kernel could not keep the rows for a second stage.
static bool needsSecondPass(SumOp total, const FusionCost &cost) {
  SmallVector<int64_t> extents = getExtents(total.getOperand().getType());
  SmallVector<int64_t> space;
  SmallVector<unsigned> axes;
  for (auto [axis, extent] : llvm::enumerate(extents)) {
    if (extent == 1)
      continue;
    if (llvm::is_contained(total.getAxes(), int64_t(axis)))
      axes.push_back(space.size());
    space.push_back(extent);
  }
  auto params = ParamsAttr::get(total.getContext(), space);
  if (axes.empty())
    return false;
  double bytes = cost.getElements(params, axes) *
                 getBytes(getDType(total.getOperand().getType()));
  return cost.chooseReductionKind(params, axes) != FusionKind::Row ||
         bytes > cost.getMaxRowBytes();
}

/// How many elements each of `sum` is of, as elements like it.
static Value getCount(OpBuilder &builder, SumOp sum) {
  SmallVector<int64_t> extents = getExtents(sum.getOperand().getType());
  SmallVector<int64_t> factors;
  for (int64_t axis : sum.getAxes())
    factors.push_back(extents[axis]);
  MLIRContext *context = sum.getContext();
  Type indices =
      getTensorType(context, DType::Int64, getExtents(sum.getType()));
  Value count = ExtentOp::create(builder, sum.getLoc(), indices,
                                 ParamsAttr::get(context, factors));
  return CastOp::create(builder, sum.getLoc(), sum.getType(), count);
}

static void rewrite(Deviations deviations) {
  SumOp total = deviations.total;
  OpBuilder builder(total);
  Location loc = total.getLoc();
  Type type = total.getType();
  Value count = getCount(builder, deviations.sum);
  Value sum = deviations.sum;
  Value mean = DivideOp::create(builder, loc, type, sum, count);
  Value center = deviations.center;
  if (center.getType() != type)
    center = ReshapeOp::create(builder, loc, type, center);
  // All elements are infinitely far from a sum that has overflown.
  Type truth = getTensorType(total.getContext(), DType::Bool, getExtents(type));
  Value distance = WhereOp::create(
      builder, loc, type, IsInfOp::create(builder, loc, truth, center), center,
      SubtractOp::create(builder, loc, type, mean, center));
  Value square = SquareOp::create(builder, loc, type, distance);
  Value rest = MultiplyOp::create(builder, loc, type, count, square);
  Value around = SquaredDeviationsOp::create(
      builder, loc, type, deviations.difference.getX(), total.getAxes());
  total.replaceAllUsesWith(
      AddOp::create(builder, loc, type, around, rest).getResult());
  total.erase();
}

namespace {
struct OnePassDeviationsPass
    : numloom::impl::OnePassDeviationsPassBase<OnePassDeviationsPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || !function->hasAttr(kGpuAttr))
      return;
    FusionCost cost(function);
    for (auto total : llvm::make_early_inc_range(function.getOps<SumOp>())) {
      DType dtype = getDType(total.getType());
      if (dtype != DType::Float32 && dtype != DType::Float64)
        continue;
      std::optional<Deviations> deviations = match(total);
      if (deviations && needsSecondPass(total, cost) &&
          !isReducedOtherwise(*deviations))
        rewrite(*deviations);
    }
  }
};
} // namespace
