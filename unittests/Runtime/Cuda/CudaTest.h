// The fixture of tests that run on the fake driver.
#ifndef NUMLOOM_UNITTESTS_RUNTIME_CUDA_CUDATEST_H
#define NUMLOOM_UNITTESTS_RUNTIME_CUDA_CUDATEST_H

#include "FakeDriver.h"

#include "numloom/Runtime/Cuda/MemoryPool.h"
#include "numloom/Runtime/Plan.h"

#include <gtest/gtest.h>

namespace numloom::cuda {

class CudaTest : public testing::Test {
protected:
  CudaTest() {
    Driver::replace(&fake.getTable());
    fake.reset();
  }
  ~CudaTest() override {
    fake.reset();
    for (int ordinal = 0; ordinal < FakeDriver::kNumDevices; ++ordinal) {
      MemoryPool::getDefault()->freeAllBlocks(ordinal);
      EXPECT_EQ(fake.usedBytes[ordinal], 0u);
    }
    Driver::replace(nullptr);
  }

  /// How often a function of the driver was called.
  int count(const char *name) const {
    auto place = fake.calls.find(name);
    return place == fake.calls.end() ? 0 : place->second;
  }
  /// The kernel `entry` of an image of its own.
  static std::shared_ptr<const GpuKernelCode>
  makeKernel(const std::string &entry, const std::string &bytes = "image") {
    auto image = std::make_shared<GpuImage>();
    image->bytes = bytes;
    auto kernel = std::make_shared<GpuKernelCode>();
    kernel->image = std::move(image);
    kernel->entry = entry;
    return kernel;
  }
  static void release(const Allocation &allocation) {
    allocation.release(allocation.owner, allocation.pointer, 0);
  }
  /// The message of what `fn` throws; empty when it throws nothing.
  template <typename Fn>
  static std::string getError(Fn &&fn) {
    try {
      fn();
    } catch (const std::exception &error) {
      return error.what();
    }
    return {};
  }
  static bool contains(const std::string &text, const std::string &part) {
    return text.find(part) != text.npos;
  }

  FakeDriver &fake = FakeDriver::get();
};

} // namespace numloom::cuda

#endif // NUMLOOM_UNITTESTS_RUNTIME_CUDA_CUDATEST_H
