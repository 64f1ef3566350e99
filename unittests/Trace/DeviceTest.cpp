// Programs on GPUs: which device, which plan, what is reported.
#include "GpuTraceTest.h"

#include <bit>

using namespace numloom;

namespace {
using DeviceTest = GpuTraceTest;

NodeRef makeConstant(const Shape &shape) {
  int64_t value = std::bit_cast<int64_t>(2.0);
  return record(OpCode::Constant, {}, toSpan(shape), DType::Float64,
                std::span(&value, 1));
}

TEST_F(DeviceTest, AProgramRunsWhereItsOperandsLie) {
  NodeRef x = makeGpuRange({2, 3}, second);
  NodeRef y = sum(multiply(add(x, makeFloat(0.5)), x), {0});
  EXPECT_EQ(y->getDevice(), second);
  EXPECT_EQ(computeOnHost(y), (std::vector<double>{10.5, 19.5, 32.5}));
  EXPECT_EQ(y->getStorage()->getDevice(), second);
}

TEST_F(DeviceTest, OperandsOnTwoDevicesAreAnError) {
  NodeRef x = makeGpuRange({3}, first);
  auto message = [](const char *a, const char *b) {
    return std::string("operands must lie on one device, but one is on ") + a +
           " and another on " + b + "; to_device() copies an array";
  };
  expectError(ErrorKind::Value, message("cuda:0", "cuda:1"),
              [&] { add(x, makeGpuRange({3}, second)); });
  expectError(ErrorKind::Value, message("cpu", "cuda:0"),
              [&] { add(makeRange({3}), x); });
}

TEST_F(DeviceTest, NumbersJoinAnyDevice) {
  NodeRef number = makeScalar(DType::Float64, {}, first);
  NodeRef x = makeGpuRange({3}, second);
  EXPECT_EQ(add(number, x)->getDevice(), second);
  EXPECT_EQ(add(makeInt(1), x)->getDevice(), second);
  EXPECT_EQ(add(number, makeInt(1))->getDevice(), first);
  EXPECT_EQ(add(makeInt(1), makeInt(2))->getDevice(), Device());
}

TEST_F(DeviceTest, CreationUsesTheDefaultDevice) {
  EXPECT_EQ(makeConstant({3})->getDevice(), Device());
  selectDevice(second);
  NodeRef constant = makeConstant({3});
  selectDevice(std::nullopt);
  EXPECT_EQ(constant->getDevice(), second);
  EXPECT_EQ(computeOnHost(constant), (std::vector<double>{2, 2, 2}));
}

TEST_F(DeviceTest, DevicesOfOneKindShareTheirPrograms) {
  for (Device device : {Device(), first, second})
    evaluate(add(makeGpuRange({3}, device), makeInt(1)));
  EXPECT_EQ(getTraceStats().cacheMisses, 2);
  EXPECT_EQ(getTraceStats().cacheHits, 1);
}

TEST_F(DeviceTest, TargetsOnSeveralDevices) {
  NodeRef targets[] = {add(makeGpuRange({2}, first), makeInt(1)),
                       add(makeRange({2}), makeInt(2)),
                       add(makeGpuRange({2}, first), makeInt(3))};
  EXPECT_EQ(explain(targets), "4 nodes2 nodes");
  evaluate(targets);
  EXPECT_EQ(getTraceStats().flushes, 2);
  EXPECT_EQ(computeOnHost(targets[0])[1], 2);
  EXPECT_EQ(computeOnHost(targets[1])[1], 3);
  EXPECT_EQ(computeOnHost(targets[2])[1], 4);
}

TEST_F(DeviceTest, UnalignedArraysMakeAnotherProgramOnAGpu) {
  for (Device device : {Device(), first})
    for (int64_t start : {0, 2, 1}) {
      NodeRef part = sliceVector(makeGpuRange({8}, device), start, 1, 3);
      EXPECT_EQ(computeOnHost(add(part, makeInt(1)))[0], start + 1);
    }
  EXPECT_EQ(getTraceStats().cacheMisses, 1 + 2);
  EXPECT_TRUE(compiler.programs[1].inputs[0].isAligned);
  EXPECT_FALSE(compiler.programs[2].inputs[0].isAligned);
}

TEST_F(DeviceTest, LargeArraysNeedWideIndices) {
  compiler.emptyPlans = true;
  for (int64_t rows : {int64_t(1) << 10, int64_t(1) << 16}) {
    NodeRef wide = makeBroadcastTo(makeGpuRange({1 << 16}, first),
                                   toSpan({rows, 1 << 16}));
    evaluate(sum(wide, {0, 1}));
  }
  ASSERT_EQ(compiler.programs.size(), 2u);
  EXPECT_FALSE(compiler.programs[0].needsWideIndices);
  EXPECT_TRUE(compiler.programs[1].needsWideIndices);
}

TEST_F(DeviceTest, APlanIsCompiledForEachClassOfParameters) {
  SizeFormula extent;
  extent.factors = {makeParam(0)};
  auto run = [&](int64_t size, PlanGuard guard) {
    compiler.guards = {guard};
    NodeRef x = makeGpuRange({size}, first);
    EXPECT_EQ(computeOnHost(add(x, makeInt(1))).back(), double(size));
  };
  PlanGuard even{extent, 0, 1000, 2}, any{extent};
  run(10, even);
  run(20, even);
  run(21, any);
  run(10, any);
  EXPECT_EQ(getTraceStats().cacheMisses, 2);
  EXPECT_EQ(getTraceStats().cacheHits, 2);
}

TEST_F(DeviceTest, ErrorsNameTheLineThatRecorded) {
  static const int code = 0;
  NodeRef x = makeGpuRange({3}, first);
  setLocationResolver(
      [](SourceLocation) { return SourceLine{"program.py", 12}; });
  setSourceLocation({&code, 4});
  NodeRef y = add(x, makeInt(1));
  fake.fault(0, cuda::Result::IllegalAddress);
  try {
    evaluate(y);
    ADD_FAILURE() << "no error";
  } catch (const cuda::CudaError &error) {
    EXPECT_EQ(error.getResult(), cuda::Result::IllegalAddress);
    EXPECT_TRUE(
        std::string(error.what()).ends_with("; recorded at program.py:12"))
        << error.what();
  }
  setLocationResolver(nullptr);
  EXPECT_TRUE(y->isPending());
}

TEST_F(DeviceTest, OutOfMemoryLeavesNodesPending) {
  NodeRef y = add(makeGpuRange({1000}, first), makeInt(1));
  auto pool = cuda::MemoryPool::getDefault();
  pool->setLimit(0, 8192);
  EXPECT_THROW(evaluate(y), OutOfMemory);
  pool->setLimit(0, 0);
  EXPECT_EQ(computeOnHost(y)[999], 1000);
}

TEST_F(DeviceTest, WhatPendingNodesHoldIsBoundedByTheDevicesMemory) {
  auto pool = cuda::MemoryPool::getDefault();
  for (size_t limit : {size_t(0), size_t(64) << 20}) {
    pool->setLimit(0, limit);
    NodeRef y;
    {
      NodeHandle x(makeGpuRange({3 << 20}, first));
      y = add(x.get(), makeInt(1));
    }
    EXPECT_EQ(isFlushDue(*add(y, makeInt(2))), limit != 0);
  }
  pool->setLimit(0, 0);
}

/// Computes an array while memory is allocated for another.
struct CuriousAllocator : cuda::DeviceAllocator {
  cuda::Allocation allocate(size_t bytes, const cuda::Stream &stream) override {
    evaluate(other);
    return DeviceAllocator::allocate(bytes, stream);
  }
  NodeRef other;
};

TEST_F(DeviceTest, EvaluationInsideAnEvaluationIsAnError) {
  auto allocator = std::make_shared<CuriousAllocator>();
  NodeRef x = makeGpuRange({3}, first);
  allocator->other = add(x, makeInt(1));
  cuda::setThreadAllocator(allocator);
  NodeRef y = add(x, makeInt(2));
  EXPECT_THROW(evaluate(y), Error);
  cuda::setThreadAllocator(nullptr);
  EXPECT_EQ(computeOnHost(y)[0], 2);
  EXPECT_EQ(computeOnHost(allocator->other)[0], 1);
}
} // namespace
