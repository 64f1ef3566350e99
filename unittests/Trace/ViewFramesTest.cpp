// Views side by side in one array: GPU programs read them as slices of one
// input.
#include "GpuTraceTest.h"

using namespace numloom;

namespace {
class ViewFramesTest : public GpuTraceTest {
protected:
  static NodeRef slice(const NodeRef &x, std::vector<int64_t> starts,
                       std::vector<int64_t> shape, int64_t step = 1) {
    std::vector<int64_t> steps(starts.size(), 1);
    steps[0] = step;
    return makeSlice(x, starts, steps, shape);
  }
  const Program &getProgram() { return compiler.programs.back(); }
  /// The attributes of the program's slices.
  std::vector<std::vector<int64_t>> getSlices() {
    std::vector<std::vector<int64_t>> slices;
    for (const ProgramNode &node : getProgram().nodes)
      if (node.op == OpCode::Slice)
        slices.push_back(node.attrs);
    return slices;
  }
};

TEST_F(ViewFramesTest, NeighboursAreSlicesOfTheArray) {
  NodeRef x = makeGpuRange({4, 5}, first);
  NodeRef y = add(slice(x, {0, 1}, {2, 3}), slice(x, {2, 2}, {2, 3}));
  EXPECT_EQ(computeOnHost(y), (std::vector<double>{13, 15, 17, 23, 25, 27}));
  const Program &program = getProgram();
  ASSERT_EQ(program.inputs.size(), 1u);
  // Two views of 2 x 3 elements, two rows and one column apart, from column 0
  // on: element 1 is at no multiple of 16 bytes.
  EXPECT_TRUE(program.inputs[0].isAligned);
  EXPECT_TRUE(program.inputs[0].contiguous);
  EXPECT_EQ(getSlices(), (std::vector<std::vector<int64_t>>{
                             {2, 0, 1, 2, 1, 1}, {2, 2, 2, 2, 1, 1}}));
}

TEST_F(ViewFramesTest, FramesAreStridedWhereTheyAreParts) {
  NodeRef x = makeGpuRange({20, 30}, first);
  NodeRef y = add(slice(x, {4, 4}, {3, 3}), slice(x, {5, 6}, {3, 3}));
  EXPECT_EQ(computeOnHost(y)[0], 124 + 156);
  const ProgramInput &input = getProgram().inputs[0];
  EXPECT_FALSE(input.contiguous);
  EXPECT_EQ(input.strides.back(), 1);
  EXPECT_EQ(getSlices(), (std::vector<std::vector<int64_t>>{
                             {2, 0, 0, 2, 1, 1}, {2, 1, 2, 2, 1, 1}}));
}

TEST_F(ViewFramesTest, ViewsFarApartOrOtherwiseSteppedAreInputs) {
  NodeRef x = makeGpuRange({40, 30}, first);
  evaluate(add(slice(x, {0, 0}, {3, 30}), slice(x, {20, 0}, {3, 30})));
  EXPECT_EQ(getProgram().inputs.size(), 2u);
  evaluate(add(slice(x, {0, 0}, {3, 30}), slice(x, {1, 0}, {3, 30}, 2)));
  EXPECT_EQ(getProgram().inputs.size(), 2u);
  evaluate(add(x, slice(x, {1, 0}, {1, 30})));
  EXPECT_EQ(getProgram().inputs.size(), 2u);
}

TEST_F(ViewFramesTest, OtherDistancesAreOtherPrograms) {
  NodeRef x = makeGpuRange({20, 30}, first);
  auto evaluateAt = [&](int64_t start) {
    evaluate(add(slice(x, {0, 0}, {9, 9}), slice(x, {start, 0}, {9, 9})));
  };
  evaluateAt(1);
  evaluateAt(2);
  EXPECT_EQ(compiler.programs.size(), 2u);
  evaluateAt(1);
  EXPECT_EQ(compiler.programs.size(), 2u);
}

TEST_F(ViewFramesTest, TheCpuReadsViewsAsTheyLie) {
  NodeRef x = makeRange({4, 5});
  evaluate(add(slice(x, {0, 1}, {2, 3}), slice(x, {2, 2}, {2, 3})));
  EXPECT_EQ(getProgram().inputs.size(), 2u);
}
} // namespace
