// Arrays from one device to another.
#include "GpuTraceTest.h"

using namespace numloom;

namespace {
using TransferTest = GpuTraceTest;

TEST_F(TransferTest, BetweenAllDevices) {
  Device devices[] = {Device(), first, second};
  for (Device from : devices)
    for (Device to : devices) {
      NodeRef x = add(makeGpuRange({5}, from), makeInt(1));
      NodeRef y = transfer(x, to);
      EXPECT_EQ(y->getDevice(), to);
      EXPECT_EQ(y == x, from == to);
      EXPECT_EQ(computeOnHost(y), (std::vector<double>{1, 2, 3, 4, 5}));
    }
}

TEST_F(TransferTest, NumbersStayNumbers) {
  NodeRef number = recordScalar(makeFloat(2.5), DType::Float64, first);
  NodeRef moved = transfer(number, second);
  EXPECT_TRUE(moved->isScalar());
  EXPECT_EQ(moved->getDevice(), second);
  double value = 0;
  copyToHost(moved, &value);
  EXPECT_EQ(value, 2.5);
}

TEST_F(TransferTest, StridesAreKeptWhereFewBytesLieBetween) {
  int64_t axes[] = {1, 0};
  NodeRef x = makeTranspose(makeGpuRange({2, 3}, first), axes);
  NodeRef y = transfer(x, Device());
  EXPECT_EQ(getElements(y), (std::vector<double>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(y->getStorage()->getBytes(), 6 * sizeof(double));
  EXPECT_EQ(getTraceStats().flushes, 0);
}

TEST_F(TransferTest, ReversedAxes) {
  NodeRef x = sliceVector(makeGpuRange({6}, first), 3, -1, 4);
  EXPECT_EQ(computeOnHost(x), (std::vector<double>{3, 2, 1, 0}));
}

TEST_F(TransferTest, ScatteredElementsAreGatheredOnTheirDevice) {
  NodeRef x = sliceVector(makeGpuRange({30000}, first), 0, 10000, 3);
  NodeRef y = transfer(x, Device());
  EXPECT_EQ(getElements(y), (std::vector<double>{0, 10000, 20000}));
  EXPECT_EQ(y->getStorage()->getBytes(), 3 * sizeof(double));
}

TEST_F(TransferTest, HostMemoryGetsElementsInOrder) {
  for (Device device : {Device(), first}) {
    int64_t axes[] = {1, 0};
    NodeRef x = makeTranspose(makeGpuRange({2, 2}, device), axes);
    double values[4];
    copyToHost(x, values);
    EXPECT_EQ(std::vector<double>(values, values + 4),
              (std::vector<double>{0, 2, 1, 3}));
  }
}

TEST_F(TransferTest, DuplicatesHaveMemoryOfTheirOwn) {
  for (Device device : {Device(), first}) {
    int64_t axes[] = {1, 0};
    NodeRef x = makeGpuRange({2, 2}, device);
    for (const NodeRef &node : {x, makeTranspose(x, axes)}) {
      NodeRef y = duplicate(node);
      EXPECT_NE(y->getData(), x->getData());
      EXPECT_EQ(y->getDevice(), device);
      EXPECT_TRUE(y->isContiguous());
      EXPECT_EQ(computeOnHost(y), computeOnHost(node));
    }
    NodeRef number = duplicate(recordScalar(makeFloat(2.5), DType::Float64));
    EXPECT_TRUE(number->isEvaluated());
    EXPECT_EQ(computeOnHost(number), (std::vector<double>{2.5}));
  }
}

TEST_F(TransferTest, MemoryIsOverwritten) {
  for (Device device : {Device(), first}) {
    NodeRef x = makeGpuRange({3}, device);
    overwrite(*x, add(x, makeInt(1)));
    EXPECT_EQ(computeOnHost(x), (std::vector<double>{1, 2, 3}));
    overwrite(*x, x);
    EXPECT_EQ(computeOnHost(x), (std::vector<double>{1, 2, 3}));
  }
}

TEST_F(TransferTest, FromHostMemory) {
  const double values[] = {1, 2, 3, 4};
  NodeRef x = copyFromHost(DType::Float64, toSpan({2, 2}), values, second);
  EXPECT_EQ(x->getDevice(), second);
  EXPECT_EQ(computeOnHost(x), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_TRUE(copyFromHost(DType::Float64, {}, values, second)->isScalar());
  NodeRef empty = copyFromHost(DType::Float64, toSpan({0, 3}), nullptr, first);
  EXPECT_TRUE(computeOnHost(empty).empty());
}
} // namespace
