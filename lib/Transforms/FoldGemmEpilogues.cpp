// Turns matrix products that are scaled and added to arrays into calls that do
// it in the library.

#include "Fusion/FusionGraph.h"

#include "numloom/Transforms/ArrayProgram.h"
#include "numloom/Transforms/Destinations.h"
#include "numloom/Transforms/Passes.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

namespace numloom {
#define GEN_PASS_DEF_FOLDGEMMEPILOGUESPASS
#include "numloom/Transforms/Passes.h.inc"
} // namespace numloom

namespace {

/// An addend, and what it is multiplied by.
struct Addend {
  Value value;
  /// 1 if null.
  Value factor;
  bool isNegated = false;
};

/// What an expression over a product says; see GemmOp.
struct Epilogue {
  MatmulOp product;
  /// 1 if null.
  Value alpha;
  bool isNegated = false;
  SmallVector<Addend, 2> addends;

  bool isPlain() const { return !alpha && !isNegated && addends.empty(); }
};

} // namespace

/// The scalar argument that is the same at every index of `value`, or null.
/// Arguments alone have values on the host, which the library asks for.
static Value getScalar(Value value) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return nullptr;
  auto argument = dyn_cast<BlockArgument>(broadcast.getOperand());
  if (!argument)
    return nullptr;
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  return function.getArgAttr(argument.getArgNumber(), kScalarAttr) ? argument
                                                                   : nullptr;
}

/// Whether the library may scale products of the dtype. It rounds float16 and
/// bfloat16 once at the end: a product that has overflown would come back.
static bool mayScale(DType dtype) {
  return dtype != DType::Float16 && dtype != DType::BFloat16;
}

/// Splits `value` into an array and a scalar in front of it.
static Addend getAddend(Value value) {
  auto multiply = value.getDefiningOp<MultiplyOp>();
  if (!multiply || !value.hasOneUse() || !mayScale(getDType(value.getType())))
    return {value, {}};
  if (Value factor = getScalar(multiply.getY()))
    return {multiply.getX(), factor};
  if (Value factor = getScalar(multiply.getX()))
    return {multiply.getY(), factor};
  return {value, {}};
}

/// Whether `value` lies in the device's memory whether it is added by a kernel
/// or by the library, which reads it at any strides.
static bool isInMemory(Value value) {
  if (getScalar(value) || !isStridedArray(value))
    return false;
  Value root = stripViews(value);
  Operation *op = root.getDefiningOp();
  if (!op || !isComputation(op))
    return true;
  return llvm::any_of(root.getUsers(), [](Operation *user) {
    return isa<func::ReturnOp>(user);
  });
}

/// Whether all that reads `value` reads it from memory, or takes it where the
/// library can write it: where a kernel is left it adds at no cost.
static bool isReadFromMemory(Value value) {
  return llvm::all_of(value.getUses(), [](OpOperand &use) {
    Operation *user = use.getOwner();
    if (isLinearView(user) || isa<ReshapeOp>(user))
      return isReadFromMemory(user->getResult(0));
    if (isa<ConcatenateOp, UpdateOp>(user))
      return takesProduct(use, use.get().getType());
    return isa<func::ReturnOp, MatmulOp, GemmOp>(user);
  });
}

/// One row that is added to all.
static bool isRow(Value value) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  if (!broadcast)
    return false;
  SmallVector<int64_t> from = getExtents(broadcast.getOperand().getType());
  SmallVector<int64_t> to = getExtents(value.getType());
  return !from.empty() && from.back() == to.back() &&
         broadcast.getAxes().back() == int64_t(to.size()) - 1 &&
         llvm::all_of(ArrayRef(from).drop_back(),
                      [](int64_t extent) { return extent == 1; });
}

/// Whether the library adds it at the speed of the product. What it lacks, or
/// does at half the speed (rows of float64), a fused kernel does better.
static bool isFast(const Epilogue &epilogue, const Addend &addend) {
  DType dtype = getDType(addend.value.getType());
  bool hasFactor = addend.factor || addend.isNegated;
  if (isInteger(dtype))
    return epilogue.addends.empty() || !hasFactor;
  if (isRow(addend.value))
    return !hasFactor && dtype != DType::Float64 && !isComplex(dtype) &&
           (epilogue.addends.empty() || !isRow(epilogue.addends[0].value));
  return epilogue.addends.empty() &&
         !addend.value.getDefiningOp<BroadcastOp>() &&
         !addend.value.getDefiningOp<TransposeOp>();
}

/// Adds `addend` to the sum, in which the order of additions is NumPy's. The
/// library has a factor for the first alone.
static bool append(Epilogue &epilogue, Addend addend) {
  if (epilogue.addends.size() == 2 || !isInMemory(addend.value) ||
      !isFast(epilogue, addend))
    return false;
  epilogue.addends.push_back(addend);
  return true;
}

static std::optional<Epilogue> match(Value value);

/// The epilogue of an operand that nothing else reads.
static std::optional<Epilogue> matchOperand(Value value) {
  return value.hasOneUse() ? match(value) : std::nullopt;
}

static std::optional<Epilogue> matchScaled(MultiplyOp op) {
  for (auto [factor, operand] :
       {std::pair(op.getX(), op.getY()), std::pair(op.getY(), op.getX())}) {
    Value alpha = getScalar(factor);
    auto epilogue = alpha ? matchOperand(operand) : std::nullopt;
    if (epilogue && epilogue->isPlain() && mayScale(getDType(op.getType()))) {
      epilogue->alpha = alpha;
      return epilogue;
    }
  }
  return std::nullopt;
}

static std::optional<Epilogue> matchNegated(NegativeOp op) {
  auto epilogue = matchOperand(op.getX());
  if (!epilogue || !epilogue->addends.empty())
    return std::nullopt;
  epilogue->isNegated = !epilogue->isNegated;
  return epilogue;
}

static std::optional<Epilogue> matchSum(AddOp op) {
  for (auto [sum, other] :
       {std::pair(op.getX(), op.getY()), std::pair(op.getY(), op.getX())})
    if (auto epilogue = matchOperand(sum);
        epilogue && append(*epilogue, getAddend(other)))
      return epilogue;
  return std::nullopt;
}

static std::optional<Epilogue> matchDifference(SubtractOp op) {
  if (auto epilogue = matchOperand(op.getX())) {
    Addend addend = getAddend(op.getY());
    addend.isNegated = true;
    if (append(*epilogue, addend))
      return epilogue;
  }
  auto epilogue = matchOperand(op.getY());
  if (!epilogue || !epilogue->addends.empty())
    return std::nullopt;
  epilogue->isNegated = !epilogue->isNegated;
  if (!append(*epilogue, getAddend(op.getX())))
    return std::nullopt;
  return epilogue;
}

static std::optional<Epilogue> match(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto product = dyn_cast_or_null<MatmulOp>(op)) {
    if (getDType(product.getType()) == DType::Bool)
      return std::nullopt;
    Epilogue epilogue;
    epilogue.product = product;
    return epilogue;
  }
  if (auto multiply = dyn_cast_or_null<MultiplyOp>(op))
    return matchScaled(multiply);
  if (auto negative = dyn_cast_or_null<NegativeOp>(op))
    return matchNegated(negative);
  if (auto add = dyn_cast_or_null<AddOp>(op))
    return matchSum(add);
  if (auto subtract = dyn_cast_or_null<SubtractOp>(op))
    return matchDifference(subtract);
  return std::nullopt;
}

static void replace(Operation *op, const Epilogue &epilogue) {
  OpBuilder builder(op);
  SmallVector<Value> addends;
  for (const Addend &addend : epilogue.addends)
    addends.push_back(addend.value);
  Addend first = addends.empty() ? Addend{} : epilogue.addends.front();
  MatmulOp product = epilogue.product;
  auto gemm = GemmOp::create(builder, op->getLoc(), op->getResult(0).getType(),
                             product.getX(), product.getY(), epilogue.alpha,
                             first.factor, addends, epilogue.isNegated,
                             first.isNegated);
  op->replaceAllUsesWith(gemm);
  op->erase();
}

namespace {

struct FoldGemmEpiloguesPass
    : numloom::impl::FoldGemmEpiloguesPassBase<FoldGemmEpiloguesPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal() || !function->hasAttr(kGpuAttr))
      return;
    if (failed(verifyArrayProgram(function)))
      return signalPassFailure();
    // From the end, so that the largest expression is met first.
    for (Operation &op : llvm::make_early_inc_range(
             llvm::reverse(function.getBody().front()))) {
      if (isOpTriviallyDead(&op)) {
        op.erase();
        continue;
      }
      if (!isa<AddOp, MultiplyOp, NegativeOp, SubtractOp>(op) ||
          !isReadFromMemory(op.getResult(0)))
        continue;
      if (auto epilogue = match(op.getResult(0)))
        replace(&op, *epilogue);
    }
  }
};

} // namespace
