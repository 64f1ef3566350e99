// Where new arrays lie, and the names of devices.
#include "GpuTraceTest.h"

#include <thread>

using namespace numloom;

namespace {
using DefaultDeviceTest = GpuTraceTest;

TEST_F(DefaultDeviceTest, NamesOfDevices) {
  EXPECT_EQ(parseDevice("cpu"), Device());
  EXPECT_EQ(parseDevice("cuda"), first);
  EXPECT_EQ(parseDevice("cuda:1"), second);
  for (const char *name : {"", "gpu", "cuda:", "cuda:-1", "cuda:1x", "cuda:99"})
    expectError(ErrorKind::Value,
                std::string("Device not understood. Only \"cpu\", \"cuda\" and "
                            "\"cuda:<n>\" are allowed, but received: ") +
                    name,
                [&] { parseDevice(name); });
}

TEST_F(DefaultDeviceTest, AThreadsSelectionGoesBeforeTheProcesss) {
  setDefaultDevice(first);
  EXPECT_EQ(selectDevice(second), std::nullopt);
  EXPECT_EQ(getDefaultDevice(), second);
  EXPECT_EQ(parseDevice("cuda"), second);
  std::thread([&] { EXPECT_EQ(getDefaultDevice(), first); }).join();
  EXPECT_EQ(selectDevice(std::nullopt), second);
  EXPECT_EQ(getDefaultDevice(), first);
  selectDevice(second);
  setDefaultDevice(first);
  EXPECT_EQ(getDefaultDevice(), first);
}

TEST_F(DefaultDeviceTest, ADeviceThatDoesNotExistIsNoDefault) {
  EXPECT_THROW(setDefaultDevice(Device::cuda(7)), cuda::CudaError);
  EXPECT_EQ(getDefaultDevice(), Device());
}
} // namespace
