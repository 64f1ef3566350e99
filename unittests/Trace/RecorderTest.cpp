// Recording of ufunc calls: shapes, dtypes, errors.
#include "FakeCompiler.h"

using namespace numloom;

namespace {
using RecorderTest = TraceTest;

TEST_F(RecorderTest, BroadcastsShapes) {
  EXPECT_EQ(getShape(add(makeRange({2, 1}), makeRange({3}))),
            (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(getShape(add(makeRange({0}), makeRange({1}))),
            (std::vector<int64_t>{0}));
  EXPECT_EQ(getShape(add(makeRange({}), makeInt(1))), (std::vector<int64_t>{}));
  expectError(ErrorKind::Value,
              "operands could not be broadcast together with shapes (2,3) "
              "(4,) ",
              [] { add(makeRange({2, 3}), makeRange({4})); });
}

TEST_F(RecorderTest, ConvertsOperandsToTheLoop) {
  int64_t data[] = {1, 2};
  NodeRef integers =
      makeLeaf(DType::Int64, toSpan({2}),
               StorageRef::external(data, sizeof(data), nullptr, nullptr));
  NodeRef result = add(integers, makeRange({2, 1}));
  EXPECT_EQ(result->getDType(), DType::Float64);
  EXPECT_EQ(compute(result), (std::vector<double>{1, 2, 2, 3}));
  // A cast before the broadcast: both conversions are the program's.
  const Program &program = compiler.programs.back();
  ASSERT_EQ(program.nodes.size(), 4u);
  EXPECT_EQ(program.nodes[0].op, OpCode::Cast);
  EXPECT_EQ(program.nodes[1].op, OpCode::Broadcast);
  EXPECT_EQ(program.nodes[2].op, OpCode::Broadcast);
}

TEST_F(RecorderTest, ConvertsAnOperandOnce) {
  int64_t data[] = {1, 2};
  NodeRef integers =
      makeLeaf(DType::Int64, toSpan({2}),
               StorageRef::external(data, sizeof(data), nullptr, nullptr));
  NodeRef x = makeRange({2});
  EXPECT_EQ(compute(multiply(add(x, integers), add(integers, x))),
            (std::vector<double>{1, 9}));
  EXPECT_EQ(compiler.programs.back().nodes.size(), 4u);
}

TEST_F(RecorderTest, ScalarsArePassedByValue) {
  NodeRef x = makeRange({3});
  EXPECT_EQ(compute(add(x, makeFloat(0.5))),
            (std::vector<double>{0.5, 1.5, 2.5}));
  const Program &program = compiler.programs.back();
  ASSERT_EQ(program.inputs.size(), 2u);
  EXPECT_TRUE(program.inputs[1].isScalar);
  EXPECT_TRUE(program.inputs[1].shape.empty());
  EXPECT_EQ(compute(add(x, makeFloat(7))), (std::vector<double>{7, 8, 9}));
  EXPECT_EQ(compiler.programs.size(), 1u);
}

TEST_F(RecorderTest, CastToTheSameDTypeIsTheNode) {
  NodeRef x = makeRange({3});
  EXPECT_EQ(recordCast(x, DType::Float64), x);
  EXPECT_EQ(recordCast(x, DType::Int8)->getDType(), DType::Int8);
}

NodeRef makeIntegers() {
  StorageRef storage = StorageRef::allocate(2 * sizeof(int64_t));
  return makeLeaf(DType::Int64, toSpan({2}), storage);
}

TEST_F(RecorderTest, ComparisonsWithIntegersOutOfRangeAreConstant) {
  PyScalar huge;
  huge.kind = PyScalar::Kind::UInt;
  huge.integer = -1;
  NodeRef x = makeIntegers();
  auto compare = [&](OpCode op, const Operand &a, const Operand &b) {
    Operand operands[] = {a, b};
    NodeRef result = recordElementwise(op, operands);
    EXPECT_EQ(result->getOp(), OpCode::Constant);
    return compute(result)[0];
  };
  EXPECT_EQ(compare(OpCode::Less, x, huge), 1);
  EXPECT_EQ(compare(OpCode::Less, huge, x), 0);
  EXPECT_EQ(compare(OpCode::Greater, huge, x), 1);
  EXPECT_EQ(compare(OpCode::Equal, x, huge), 0);
  EXPECT_EQ(compare(OpCode::NotEqual, x, huge), 1);
}

TEST_F(RecorderTest, NegativePowersOfIntegers) {
  NodeRef x = makeIntegers();
  Operand operands[] = {x, makeInt(-1)};
  expectError(ErrorKind::Value,
              "Integers to negative integer powers are not allowed.",
              [&] { recordElementwise(OpCode::Power, operands); });
}

TEST_F(RecorderTest, DemandedDTypes) {
  NodeRef x = makeRange({2});
  Operand operands[] = {x, makeInt(1)};
  LoopRequest request;
  request.output = DType::Float32;
  EXPECT_EQ(recordElementwise(OpCode::Add, operands, request)->getDType(),
            DType::Float32);
  request.output = DType::Int64;
  expectError(ErrorKind::UfuncType,
              "Cannot cast ufunc 'add' input 0 from dtype('float64') to "
              "dtype('int64') with casting rule 'same_kind'",
              [&] { recordElementwise(OpCode::Add, operands, request); });
  request.casting = Casting::Unsafe;
  EXPECT_EQ(recordElementwise(OpCode::Add, operands, request)->getDType(),
            DType::Int64);
  request.inputs[0] = DType::Float64;
  expectError(ErrorKind::Type,
              "No loop matching the specified signature and casting was found "
              "for ufunc add",
              [&] { recordElementwise(OpCode::Add, operands, request); });
}
} // namespace
