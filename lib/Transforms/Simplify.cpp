// The pass that applies the algebra of SimplifyPatterns.td, folds and CSE.
#include "SimplifyUpdates.h"

#include "numloom/Transforms/Passes.h"

#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include "llvm/ADT/APFloat.h"

namespace numloom {
#define GEN_PASS_DEF_SIMPLIFYPASS
#include "numloom/Transforms/Passes.h.inc"
} // namespace numloom

using namespace mlir;
using namespace numloom;

//===----------------------------------------------------------------------===//
// What the patterns ask of dtypes and constants
//===----------------------------------------------------------------------===//

static bool isBool(DType dtype) { return dtype == DType::Bool; }

static bool isUnsigned(DType dtype) {
  return getKind(dtype) == DTypeKind::Unsigned;
}

static bool isDiscrete(DType dtype) {
  return isBool(dtype) || isInteger(dtype);
}

static int64_t getInteger(Attribute constant) {
  return cast<IntegerAttr>(constant).getInt();
}

/// Whether a constant is `number`, the sign of zeros included.
static bool isNumber(Attribute constant, double number) {
  if (auto integer = dyn_cast<IntegerAttr>(constant))
    return integer.getInt() == number;
  return cast<FloatAttr>(constant).getValue().bitwiseIsEqual(APFloat(number));
}

/// `number` as the value of a constant of `dtype`.
static Attribute getNumber(DType dtype, Builder &builder, int64_t number) {
  if (isDiscrete(dtype))
    return builder.getI64IntegerAttr(number);
  return builder.getF64FloatAttr(number);
}

static bool isPowerOfTwo(Attribute constant) {
  int64_t value = getInteger(constant);
  return value > 0 && llvm::isPowerOf2_64(value);
}

/// The reciprocal of a float constant of `type` where its dtype has it.
static std::optional<double> getExactInverse(Attribute constant, Type type) {
  APFloat inverse(0.0);
  if (!array::getFloatValue(constant, array::getDType(type))
           .getExactInverse(&inverse))
    return std::nullopt;
  return inverse.convertToDouble();
}

#include "numloom/Transforms/SimplifyPatterns.inc"

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {

struct SimplifyPass : numloom::impl::SimplifyPassBase<SimplifyPass> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateWithGenerated(set);
    populateUpdatePatterns(set);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    // Equal operands are one value only after CSE, and rewrites make ops equal
    // that were not.
    eliminateCommonSubexpressions();
    if (failed(applyPatternsGreedily(getOperation(), patterns)))
      return signalPassFailure();
    eliminateCommonSubexpressions();
  }

private:
  void eliminateCommonSubexpressions() {
    DominanceInfo dominance;
    IRRewriter rewriter(&getContext());
    eliminateCommonSubExpressions(rewriter, dominance, getOperation());
  }

  FrozenRewritePatternSet patterns;
};

} // namespace
