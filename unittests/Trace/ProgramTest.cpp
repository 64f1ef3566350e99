// Programs: parameters, structure, when two graphs are one program.
#include "FakeCompiler.h"

using namespace numloom;

namespace {
class ProgramTest : public TraceTest {
protected:
  const Program &getProgram() { return compiler.programs.back(); }
  size_t getNumPrograms() { return compiler.programs.size(); }
};

TEST_F(ProgramTest, EqualExtentsShareAParameter) {
  evaluate(multiply(makeRange({5, 7}), makeRange({7})));
  const Program &program = getProgram();
  EXPECT_EQ(program.inputs[0].shape,
            (std::vector<int64_t>{makeParam(0), makeParam(1)}));
  EXPECT_EQ(program.inputs[1].shape, (std::vector<int64_t>{makeParam(1)}));
  EXPECT_EQ(program.paramHints, (std::vector<int64_t>{5, 7}));
  evaluate(multiply(makeRange({3, 4}), makeRange({4})));
  EXPECT_EQ(getNumPrograms(), 1u);
  evaluate(multiply(makeRange({4, 4}), makeRange({4})));
  EXPECT_EQ(getNumPrograms(), 2u);
}

TEST_F(ProgramTest, ZeroAndOneAreConstants) {
  evaluate(add(makeRange({1, 3}), makeRange({0, 1})));
  EXPECT_EQ(getProgram().inputs[0].shape,
            (std::vector<int64_t>{1, makeParam(0)}));
  EXPECT_EQ(getProgram().inputs[1].shape, (std::vector<int64_t>{0, 1}));
}

TEST_F(ProgramTest, StartsAndExtentsAreNumberedApart) {
  // Start 4 of 9 elements, 4 of them: equal by coincidence.
  EXPECT_EQ(compute(sliceVector(add(makeRange({9}), makeInt(0)), 4, 1, 4))[0],
            4);
  EXPECT_EQ(getProgram().paramHints, (std::vector<int64_t>{9, 4, 4}));
  EXPECT_EQ(compute(sliceVector(add(makeRange({9}), makeInt(0)), 3, 1, 5))[0],
            3);
  EXPECT_EQ(getNumPrograms(), 1u);
  EXPECT_EQ(compute(sliceVector(add(makeRange({9}), makeInt(0)), 8, -1, 5))[4],
            4);
  EXPECT_EQ(getNumPrograms(), 2u);
}

TEST_F(ProgramTest, StridedInputs) {
  int64_t axes[] = {1, 0};
  NodeRef x = makeTranspose(makeRange({2, 3}), axes);
  EXPECT_EQ(compute(add(x, makeInt(0))),
            (std::vector<double>{0, 3, 1, 4, 2, 5}));
  const ProgramInput &input = getProgram().inputs[0];
  EXPECT_FALSE(input.contiguous);
  EXPECT_EQ(input.strides, (std::vector<int64_t>{1, makeParam(2)}));
  EXPECT_EQ(getProgram().paramHints[2], 3);
}

TEST_F(ProgramTest, OneLeafIsOneInput) {
  NodeRef x = makeRange({3});
  evaluate(add(x, x));
  EXPECT_EQ(getProgram().inputs.size(), 1u);
  evaluate(add(x, makeRange({3})));
  EXPECT_EQ(getNumPrograms(), 2u);
}

TEST_F(ProgramTest, OutputsAreValueNumbers) {
  NodeHandle held(add(makeRange({3}), makeInt(1)));
  evaluate(multiply(held.get(), held.get()));
  const Program &program = getProgram();
  EXPECT_EQ(program.nodes.size(), 3u); // broadcast of 1, add, multiply
  EXPECT_EQ(program.outputs, (std::vector<int32_t>{3, 4}));
}

TEST_F(ProgramTest, SizeClassesAreCompiledApart) {
  evaluate(add(makeRange({100}), makeInt(1)));
  evaluate(add(makeRange({10000}), makeInt(1)));
  EXPECT_EQ(getNumPrograms(), 1u);
  evaluate(add(makeRange({70000}), makeInt(1)));
  EXPECT_EQ(getNumPrograms(), 2u);
}

TEST_F(ProgramTest, NodesKeepTheirSourceLines) {
  setLocationResolver([](SourceLocation location) {
    return SourceLine{"file.py", static_cast<int32_t>(location.offset)};
  });
  int code;
  setSourceLocation({&code, 12});
  NodeRef x = add(makeRange({3}), makeRange({3}));
  setSourceLocation({&code, 13});
  evaluate(multiply(x, x));
  const Program &program = getProgram();
  ASSERT_EQ(program.lines.size(), 2u);
  EXPECT_EQ(program.lines[program.nodes[1].line].line, 13);
  EXPECT_EQ(program.lines[program.nodes[0].line].file, "file.py");
  setLocationResolver(nullptr);
}
} // namespace
