// Tests of linear index expressions and of the views' index maps.
#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace numloom;
using namespace numloom::array;

namespace {

constexpr int64_t p0 = makeParam(0), p1 = makeParam(1), p2 = makeParam(2);

LinearExpr dim(unsigned d) { return LinearExpr::dim(d); }
LinearExpr constant(int64_t value) { return LinearExpr::constant(value); }

TEST(LinearExprTest, AddsTermsOfEqualParameters) {
  LinearExpr sum = dim(0) * Monomial(p0) + dim(1) + dim(0) * Monomial(p0);
  EXPECT_EQ(sum.getCoefficient(0), Monomial(2) * Monomial(p0));
  EXPECT_TRUE(sum.getCoefficient(1).isOne());
  EXPECT_FALSE(sum.dependsOn(2));
}

TEST(LinearExprTest, DropsZeros) {
  EXPECT_EQ(dim(0) + dim(0) * Monomial(-1), LinearExpr());
  EXPECT_EQ(constant(p0) + constant(p0) * Monomial(-1), constant(0));
  EXPECT_EQ(dim(3) * Monomial(0), LinearExpr());
}

TEST(LinearExprTest, SumsDoNotDependOnOrder) {
  LinearExpr a = constant(p0) + dim(1) * Monomial(p1) + constant(3) + dim(1);
  LinearExpr b = dim(1) + constant(3) + dim(1) * Monomial(p1) + constant(p0);
  EXPECT_EQ(a, b);
  // {} < {p1}, but {p2} > {p1, p2}.
  EXPECT_EQ(a * Monomial(p2),
            dim(1) * Monomial(p2) + dim(1) * Monomial(p2) * Monomial(p1) +
                constant(p0) * Monomial(p2) + constant(p2) * Monomial(3));
}

TEST(LinearExprTest, RowMajorStrides) {
  auto strides = getRowMajorStrides({p0, 3, p1});
  EXPECT_EQ(strides[0], Monomial(3) * Monomial(p1));
  EXPECT_EQ(strides[1], Monomial(p1));
  EXPECT_TRUE(strides[2].isOne());
}

class IndexMapTest : public testing::Test {
protected:
  IndexMapTest() : builder(&context) {
    context.loadDialect<ArrayDialect>();
    builder.setInsertionPointToEnd(module->getBody());
  }

  Value makeInput(ArrayRef<int64_t> extents) {
    return ConstantOp::create(builder, loc, getType(extents),
                              builder.getF64FloatAttr(0));
  }

  RankedTensorType getType(ArrayRef<int64_t> extents) {
    return getTensorType(&context, DType::Float32, extents);
  }

  ParamsAttr getParams(ArrayRef<int64_t> values) {
    return ParamsAttr::get(&context, values);
  }

  /// The map of `view` at the index (d0, d1, ...); nothing where not linear.
  std::optional<SmallVector<LinearExpr>> map(ViewOpInterface view) {
    auto type = cast<RankedTensorType>(view->getResult(0).getType());
    SmallVector<LinearExpr> index, operandIndex;
    for (int64_t d = 0; d < type.getRank(); ++d)
      index.push_back(dim(d));
    if (failed(view.mapIndex(index, operandIndex)))
      return std::nullopt;
    return operandIndex;
  }

  std::optional<SmallVector<LinearExpr>> mapReshape(ArrayRef<int64_t> from,
                                                    ArrayRef<int64_t> to) {
    return map(ReshapeOp::create(builder, loc, getType(to), makeInput(from)));
  }

  using Index = SmallVector<LinearExpr>;
  MLIRContext context;
  OpBuilder builder;
  Location loc = UnknownLoc::get(&context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
};

TEST_F(IndexMapTest, Broadcast) {
  EXPECT_EQ(
      map(BroadcastOp::create(builder, loc, getType({p1, p0, p2}),
                              makeInput({p0, 1}), ArrayRef<int64_t>{1, 2})),
      (Index{dim(1), LinearExpr()}));
}

TEST_F(IndexMapTest, Transpose) {
  EXPECT_EQ(map(TransposeOp::create(builder, loc, getType({p2, p0, p1}),
                                    makeInput({p0, p1, p2}),
                                    ArrayRef<int64_t>{2, 0, 1})),
            (Index{dim(1), dim(2), dim(0)}));
}

TEST_F(IndexMapTest, Slice) {
  EXPECT_EQ(
      map(SliceOp::create(builder, loc, getType({p0, 2}), makeInput({p0, p1}),
                          getParams({p2, 3}), getParams({-1, p1}))),
      (Index{constant(p2) + dim(0) * Monomial(-1),
             constant(3) + dim(1) * Monomial(p1)}));
}

TEST_F(IndexMapTest, AsStrided) {
  auto flat = RankedTensorType::get(ShapedType::kDynamic, builder.getF32Type());
  auto op = AsStridedOp::create(
      builder, loc, getType({p0, p1}),
      UnrealizedConversionCastOp::create(builder, loc, flat, makeInput({}))
          .getResult(0),
      getParams({p2, -1}));
  EXPECT_EQ(map(op), Index{dim(0) * Monomial(p2) + dim(1) * Monomial(-1)});
}

TEST_F(IndexMapTest, ReshapeOfUnitAxes) {
  EXPECT_EQ(mapReshape({p0, p1}, {1, p0, 1, p1}), (Index{dim(1), dim(3)}));
  EXPECT_EQ(mapReshape({1, p0}, {p0}), (Index{LinearExpr(), dim(0)}));
}

TEST_F(IndexMapTest, ReshapeThatSplitsAnAxis) {
  EXPECT_EQ(mapReshape({p0, p2, 5}, {p0, p1, 3, 5}),
            (Index{dim(0), dim(1) * Monomial(3) + dim(2), dim(3)}));
}

TEST_F(IndexMapTest, ReshapeThatJoinsAxesIsNotLinear) {
  EXPECT_EQ(mapReshape({p0, p1}, {p2}), std::nullopt);
  EXPECT_EQ(mapReshape({p0, p1}, {p1, p0}), std::nullopt);
}

} // namespace
