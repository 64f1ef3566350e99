// Every op that computes, compiled for a GPU on its dtypes; needs no GPU.
#include "numloom/Compiler/Compiler.h"
#include "numloom/Trace/DTypeResolution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>

using namespace numloom;

namespace {

/// One program for an op: a result per loop, over arrays of one shape.
Program makeProgram(OpCode op, std::span<const Loop> loops) {
  Program program;
  std::vector<int64_t> shape = {makeParam(0)};
  int32_t numOperands = 0;
  for (const Loop &loop : loops) {
    for (int i = 0; i < loop.numInputs; ++i)
      program.inputs.push_back({loop.inputs[i], shape, {}});
    ProgramNode node{op, loop.output, shape, {}, {}};
    for (int i = 0; i < loop.numInputs; ++i)
      node.operands.push_back(numOperands++);
    program.nodes.push_back(node);
  }
  for (size_t i = 0; i < loops.size(); ++i)
    program.outputs.push_back(numOperands + i);
  program.paramHints = {int64_t(1) << 20};
  return program;
}

Compiler &getCompiler() {
  setenv("NUMLOOM_DISK_CACHE", "0", 1);
  static Compiler *compiler = [] {
    std::string path = NUMLOOM_LIBRARY_DIR "/libnumloom_compiler.so";
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    EXPECT_TRUE(library) << dlerror();
    auto entry =
        reinterpret_cast<CompilerEntryFn>(dlsym(library, kCompilerEntry));
    return entry(NUMLOOM_LIBRARY_DIR);
  }();
  return *compiler;
}

/// The plan for an H100, which must be right for the hints.
void expectPlan(const Program &program) {
  std::string error;
  auto plan = getCompiler().compileForCuda(program, {}, error);
  ASSERT_TRUE(plan) << error;
  EXPECT_TRUE(plan->isValidFor(program.paramHints.data()));
}

using GpuOpsTest = testing::TestWithParam<size_t>;

std::vector<size_t> getElementwiseOps() {
  std::vector<size_t> ops;
  for (size_t op = 0; op < kNumOps; ++op)
    if (!getLoops(static_cast<OpCode>(op)).empty())
      ops.push_back(op);
  return ops;
}

TEST_P(GpuOpsTest, Compiles) {
  auto op = static_cast<OpCode>(GetParam());
  expectPlan(makeProgram(op, getLoops(op)));
}

INSTANTIATE_TEST_SUITE_P(All, GpuOpsTest,
                         testing::ValuesIn(getElementwiseOps()),
                         [](const testing::TestParamInfo<size_t> &info) {
                           return std::string(kOpInfos[info.param].mnemonic);
                         });

/// What is reduced or scanned: each asks for another schedule.
struct Space {
  const char *name;
  std::vector<int64_t> extents;
  std::vector<int64_t> axes;
};

const Space kSpaces[] = {
    {"ShortRows", {100000, 60}, {1}},  {"Rows", {4096, 4096}, {1}},
    {"LongRows", {4, 1 << 22}, {1}},   {"Columns", {4096, 4096}, {0}},
    {"FewColumns", {1 << 20, 8}, {0}}, {"All", {1 << 24}, {0}},
    {"Middle", {64, 512, 512}, {1}},   {"Outer", {64, 64, 512}, {0, 1}},
};

/// A result per dtype that `op` takes.
Program makeProgram(OpCode op, const Space &space) {
  Program program;
  bool isScan = getInfo(op).kind == OpKind::Scan;
  std::vector<int64_t> shape, reduced;
  for (size_t dim = 0; dim < space.extents.size(); ++dim) {
    shape.push_back(makeParam(dim));
    if (isScan || std::ranges::find(space.axes, dim) == space.axes.end())
      reduced.push_back(shape.back());
  }
  program.paramHints = space.extents;
  bool isPosition = op == OpCode::ArgMax || op == OpCode::ArgMin;
  bool isTruth = op == OpCode::All || op == OpCode::Any;
  bool isBits = op == OpCode::BitAndReduce || op == OpCode::BitOrReduce ||
                op == OpCode::BitXorReduce;
  bool isDeviation = op == OpCode::SquaredDeviations;
  for (DType dtype : {DType::Bool, DType::UInt8, DType::BFloat16,
                      DType::Float32, DType::Complex128}) {
    if ((isBits && (isFloat(dtype) || isComplex(dtype))) ||
        (isTruth && dtype != DType::Bool) || (isScan && dtype == DType::Bool) ||
        (isDeviation && dtype != DType::Float32))
      continue;
    ProgramNode node{op, dtype, reduced, {}, {}};
    if (isPosition || isTruth)
      node.dtype = isPosition ? DType::Int64 : DType::Bool;
    node.operands.push_back(program.inputs.size());
    node.attrs.push_back(space.axes.size());
    node.attrs.insert(node.attrs.end(), space.axes.begin(), space.axes.end());
    program.inputs.push_back({dtype, shape, {}});
    program.nodes.push_back(node);
  }
  for (size_t i = 0; i < program.nodes.size(); ++i)
    program.outputs.push_back(program.inputs.size() + i);
  return program;
}

using GpuReductionsTest =
    testing::TestWithParam<std::tuple<size_t, const Space *>>;

TEST_P(GpuReductionsTest, Compiles) {
  auto [op, space] = GetParam();
  if (getInfo(static_cast<OpCode>(op)).kind == OpKind::Scan &&
      space->axes.size() > 1)
    GTEST_SKIP() << "scans run along one axis";
  expectPlan(makeProgram(static_cast<OpCode>(op), *space));
}

std::vector<size_t> getReductions() {
  std::vector<size_t> ops;
  for (size_t op = 0; op < kNumOps; ++op)
    if (kOpInfos[op].kind == OpKind::Reduction ||
        kOpInfos[op].kind == OpKind::Scan)
      ops.push_back(op);
  return ops;
}

std::vector<const Space *> getSpaces() {
  std::vector<const Space *> spaces;
  for (const Space &space : kSpaces)
    spaces.push_back(&space);
  return spaces;
}

INSTANTIATE_TEST_SUITE_P(
    All, GpuReductionsTest,
    testing::Combine(testing::ValuesIn(getReductions()),
                     testing::ValuesIn(getSpaces())),
    [](const auto &info) {
      return std::string(kOpInfos[std::get<0>(info.param)].mnemonic) +
             std::get<1>(info.param)->name;
    });

} // namespace
