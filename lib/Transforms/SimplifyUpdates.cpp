// Updates that nobody sees, or that change nothing.
#include "SimplifyUpdates.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

/// Whether two ops are about the same elements of an array, of which `a` and
/// `b` are those elements' types.
template <typename OpA, typename OpB>
static bool haveEqualPlaces(OpA opA, Type a, OpB opB, Type b) {
  return opA.getStarts() == opB.getStarts() &&
         opA.getSteps() == opB.getSteps() && a == b;
}

namespace {

/// What an update wrote, read back and nothing else: the value.
struct ReadUpdated : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto update = op.getOperand().getDefiningOp<UpdateOp>();
    // Elsewhere the value is found in the buffer without being computed or
    // stored a second time.
    if (!update || !update->hasOneUse() ||
        !haveEqualPlaces(op, op.getType(), update, update.getValue().getType()))
      return rewriter.notifyMatchFailure(
          op, "reads anything but what an update wrote");
    rewriter.replaceOp(op, update.getValue());
    return success();
  }
};

/// Elements that are replaced again before anybody sees them.
struct UpdateTwice : OpRewritePattern<UpdateOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(UpdateOp op,
                                PatternRewriter &rewriter) const override {
    auto earlier = op.getBase().getDefiningOp<UpdateOp>();
    if (!earlier || !earlier->hasOneUse() ||
        !haveEqualPlaces(op, op.getValue().getType(), earlier,
                         earlier.getValue().getType()))
      return rewriter.notifyMatchFailure(
          op, "no earlier update of the same elements alone");
    rewriter.modifyOpInPlace(
        op, [&] { op.getBaseMutable().assign(earlier.getBase()); });
    return success();
  }
};

/// Elements that are replaced by themselves.
struct UpdateByItself : OpRewritePattern<UpdateOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(UpdateOp op,
                                PatternRewriter &rewriter) const override {
    auto slice = op.getValue().getDefiningOp<SliceOp>();
    if (!slice || slice.getOperand() != op.getBase() ||
        !haveEqualPlaces(op, op.getValue().getType(), slice, slice.getType()))
      return rewriter.notifyMatchFailure(
          op, "writes another value than the elements that are there");
    rewriter.replaceOp(op, op.getBase());
    return success();
  }
};

/// All elements, in their order.
struct UpdateWhole : OpRewritePattern<UpdateOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(UpdateOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getValue().getType() != op.getType() || !op.getStarts().isAll(0) ||
        !op.getSteps().isAll(1))
      return rewriter.notifyMatchFailure(op, "leaves elements of the base");
    rewriter.replaceOp(op, op.getValue());
    return success();
  }
};

} // namespace

void numloom::populateUpdatePatterns(RewritePatternSet &patterns) {
  patterns.add<ReadUpdated, UpdateTwice, UpdateByItself, UpdateWhole>(
      patterns.getContext());
}
