// The fixture of tests on the devices of the fake driver.
#ifndef NUMLOOM_UNITTESTS_TRACE_GPUTRACETEST_H
#define NUMLOOM_UNITTESTS_TRACE_GPUTRACETEST_H

#include "../Runtime/Cuda/FakeDriver.h"
#include "FakeCompiler.h"

#include "numloom/Runtime/Cuda/MemoryPool.h"
#include "numloom/Trace/Transfer.h"

namespace numloom {

/// Two GPUs; the CPU is the default device.
class GpuTraceTest : public TraceTest {
protected:
  void SetUp() override {
    cuda::Driver::replace(&fake.getTable());
    fake.reset();
    TraceTest::SetUp();
    setDefaultDevice(Device());
  }
  void TearDown() override {
    TraceTest::TearDown();
    fake.reset();
    for (int ordinal = 0; ordinal < cuda::FakeDriver::kNumDevices; ++ordinal)
      cuda::MemoryPool::getDefault()->freeAllBlocks(ordinal);
    cuda::Driver::replace(nullptr);
  }

  /// A float64 array 0, 1, 2, ... of the given shape on a GPU.
  static NodeRef makeGpuRange(const Shape &shape, Device device) {
    return transfer(makeRange(shape), device);
  }
  static std::vector<double> computeOnHost(const NodeRef &node) {
    return getElements(transfer(node, Device()));
  }

  cuda::FakeDriver &fake = cuda::FakeDriver::get();
  Device first = Device::cuda(0), second = Device::cuda(1);
};

} // namespace numloom

#endif // NUMLOOM_UNITTESTS_TRACE_GPUTRACETEST_H
