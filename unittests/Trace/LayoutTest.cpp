// Layouts: NumPy's strides, contiguity and overlap.
#include "FakeCompiler.h"

#include "numloom/Trace/Layout.h"

using namespace numloom;

namespace {
using LayoutTest = TraceTest;
using Kind = IndexItem::Kind;
using Values = std::vector<int64_t>;

constexpr IndexItem kAll{Kind::Slice, 0, INT64_MAX, 1};
IndexItem slice(int64_t start, int64_t stop, int64_t step = 1) {
  return {Kind::Slice, start, stop, step};
}
IndexItem at(int64_t index) { return {Kind::Integer, index, 0, 1}; }
constexpr IndexItem kNewAxis{Kind::NewAxis, 0, 0, 1};
constexpr IndexItem kEllipsis{Kind::Ellipsis, 0, 0, 1};

Layout makeWhole(const Shape &shape) {
  return Layout::makeWhole(DType::Float64, toSpan(shape));
}
Layout index(const Layout &layout, std::initializer_list<IndexItem> items) {
  return indexLayout(layout, std::span(items.begin(), items.size()));
}
Layout transpose(const Layout &layout, const Shape &axes) {
  return transposeLayout(layout, toSpan(axes));
}
Layout reshape(const Layout &layout, const Shape &shape) {
  return *reshapeLayout(layout, toSpan(shape));
}
Values toValues(const Layout::Extents &extents) {
  return {extents.get().begin(), extents.get().end()};
}

TEST_F(LayoutTest, IndicesGiveOffsetAndStrides) {
  Layout layout = index(makeWhole({4, 6}), {slice(1, 4, 2), kNewAxis, at(-2)});
  EXPECT_EQ(layout.offset, 10);
  EXPECT_EQ(toValues(layout.shape), (Values{2, 1}));
  EXPECT_EQ(toValues(layout.strides), (Values{12, 0}));
}

TEST_F(LayoutTest, IndexErrors) {
  Layout x = makeWhole({2, 3});
  expectError(ErrorKind::Index,
              "index 5 is out of bounds for axis 1 with size 3",
              [&] { index(x, {slice(0, 2), at(5)}); });
  expectError(ErrorKind::Index,
              "too many indices for array: array is 2-dimensional, but 3 were "
              "indexed",
              [&] { index(x, {at(0), at(0), at(0)}); });
  expectError(ErrorKind::Index,
              "an index can only have a single ellipsis ('...')",
              [&] { index(x, {kEllipsis, kEllipsis}); });
  expectError(ErrorKind::Value, "slice step cannot be zero",
              [&] { index(x, {slice(0, 2, 0)}); });
}

TEST_F(LayoutTest, UnitAxesComeAndGo) {
  const int64_t ends[] = {0, -1}, last[] = {2}, second[] = {1};
  Layout grown = expandDimsOfLayout(makeWhole({4, 6}), ends);
  EXPECT_EQ(toValues(grown.shape), (Values{1, 4, 6, 1}));
  Layout shrunk = squeezeLayout(makeWhole({4, 1, 6}), second);
  EXPECT_EQ(toValues(shrunk.shape), (Values{4, 6}));
  expectError(ErrorKind::Value,
              "cannot select an axis to squeeze out which has size not equal "
              "to one",
              [&] { squeezeLayout(makeWhole({4, 1, 6}), last); });
}

TEST_F(LayoutTest, ReshapesThatCopyHaveNoLayout) {
  Layout transposed = transpose(makeWhole({2, 3}), {1, 0});
  EXPECT_FALSE(reshapeLayout(transposed, toSpan({6})));
  EXPECT_TRUE(reshapeLayout(transposed, toSpan({3, 1, 2})));
}

TEST_F(LayoutTest, Contiguity) {
  Layout whole = makeWhole({2, 3});
  EXPECT_TRUE(whole.isWhole());
  EXPECT_FALSE(whole.isFortranContiguous());
  Layout transposed = transpose(whole, {1, 0});
  EXPECT_FALSE(transposed.isContiguous());
  EXPECT_TRUE(transposed.isFortranContiguous());
  EXPECT_TRUE(index(whole, {at(1)}).isContiguous());
  EXPECT_FALSE(index(whole, {at(1)}).isWhole());
}

TEST_F(LayoutTest, FramesAreTheBuffersShapeWhereThatWorks) {
  Layout inner = index(makeWhole({4, 6}), {slice(1, 3), slice(2, 5)});
  EXPECT_EQ(toValues(inner.frame), (Values{4, 6}));
  Layout reshaped = index(reshape(makeWhole({24}), {4, 6}), {kAll, at(0)});
  EXPECT_EQ(toValues(reshaped.frame), (Values{4, 6}));
}

TEST_F(LayoutTest, DiagonalsAreSlicesOfAVector) {
  const int64_t shape[] = {3}, strides[] = {5};
  Layout diagonal = stridedLayout(makeWhole({4, 4}), 1, shape, strides);
  EXPECT_TRUE(diagonal.isSliced);
  EXPECT_EQ(toValues(diagonal.frame), (Values{16}));
  SlicePlan plan;
  planSlice(diagonal, plan);
  EXPECT_EQ(plan.starts[0], 1);
  EXPECT_EQ(plan.steps[0], 5);
  EXPECT_EQ(plan.extents[0], 3);
}

TEST_F(LayoutTest, DiagonalsOfABatchKeepTheBatch) {
  const int64_t shape[] = {2, 3}, strides[] = {9, 4};
  Layout diagonal = stridedLayout(makeWhole({2, 3, 3}), 0, shape, strides);
  EXPECT_TRUE(diagonal.isSliced);
  EXPECT_EQ(toValues(diagonal.frame), (Values{2, 9}));
}

TEST_F(LayoutTest, SplitAxesOfASliceAreJoined) {
  Layout split =
      reshape(index(makeWhole({4, 6}), {kAll, slice(1, 5)}), {4, 2, 2});
  EXPECT_TRUE(split.isSliced);
  EXPECT_TRUE(split.joinsAxes);
  EXPECT_EQ(toValues(split.frame), (Values{4, 6}));
}

TEST_F(LayoutTest, WindowsAreNoSlices) {
  const int64_t shape[] = {4, 3}, strides[] = {1, 1};
  Layout windows = stridedLayout(makeWhole({6}), 0, shape, strides);
  EXPECT_FALSE(windows.isSliced);
  EXPECT_TRUE(windows.mayOverlapItself());
  EXPECT_FALSE(makeWhole({3, 4}).mayOverlapItself());
}

TEST_F(LayoutTest, StridesMustStayInTheBuffer) {
  const int64_t shape[] = {4}, strides[] = {2};
  expectError(ErrorKind::Value, "strides reach elements outside of the array",
              [&] { stridedLayout(makeWhole({6}), 0, shape, strides); });
}

TEST_F(LayoutTest, Overlap) {
  Layout whole = makeWhole({10});
  Layout even = index(whole, {slice(0, 10, 2)});
  Layout odd = index(whole, {slice(1, 10, 2)});
  Layout tail = index(whole, {slice(5, 10)});
  EXPECT_FALSE(haveCommonElement(even, odd));
  EXPECT_TRUE(haveCommonRange(even, odd));
  EXPECT_TRUE(haveCommonElement(even, tail));
  EXPECT_FALSE(haveCommonElement(index(whole, {slice(0, 5)}), tail));
  EXPECT_FALSE(haveCommonRange(index(whole, {slice(0, 5)}), tail));
  EXPECT_FALSE(haveCommonElement(index(whole, {slice(3, 3)}), whole));
  EXPECT_FALSE(haveCommonElement(index(whole, {at(3)}), index(whole, {at(4)})));
  EXPECT_TRUE(haveCommonElement(index(whole, {at(3)}), index(whole, {at(3)})));
}

TEST_F(LayoutTest, ColumnsOfAMatrixDoNotOverlap) {
  Layout whole = makeWhole({1000, 1000});
  Layout left = index(whole, {kAll, slice(0, 500)});
  Layout right = index(whole, {kAll, slice(500, 1000)});
  EXPECT_FALSE(haveCommonElement(left, right));
  EXPECT_FALSE(haveCommonElement(left, transpose(right, {1, 0})));
}

TEST_F(LayoutTest, PartsOfComplexNumbersDoNotOverlap) {
  Layout real = makeWhole({4}), imag = makeWhole({4});
  real.part = ElementPart::Real;
  imag.part = ElementPart::Imag;
  EXPECT_TRUE(haveCommonRange(real, imag));
  EXPECT_FALSE(haveCommonElement(real, imag));
  EXPECT_TRUE(haveCommonElement(real, makeWhole({4})));
}

} // namespace
