// The driver's table, errors, contexts and devices.
#include "CudaTest.h"

#include "numloom/Runtime/Cuda/Context.h"

#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace numloom;
using namespace numloom::cuda;

namespace {
class DriverTest : public CudaTest {};
} // namespace

TEST_F(DriverTest, MissingLibraryIsNamed) {
  std::string message = getError([] { Driver::load("libnocuda.so.7"); });
  EXPECT_TRUE(contains(message, "no CUDA driver: ")) << message;
  EXPECT_TRUE(contains(message, "libnocuda.so.7"));
}

TEST_F(DriverTest, LibrariesWithoutTheApiAreRefused) {
  std::string message = getError([] { Driver::load("libc.so.6"); });
  EXPECT_TRUE(contains(message, "too old")) << message;
  EXPECT_TRUE(contains(message, "12.0"));
}

TEST_F(DriverTest, QuestionsCreateNoContext) {
  EXPECT_TRUE(isAvailable());
  EXPECT_EQ(getDeviceCount(), 2);
  EXPECT_EQ(getDriverVersion(), 13000);
  EXPECT_EQ(getComputeCapability(0), (std::pair<int, int>(9, 0)));
  EXPECT_EQ(getDeviceName(1), "Fake");
  EXPECT_EQ(getPciBusId(1), "0000:01:00.0");
  EXPECT_EQ(getDeviceByPciBusId("0000:01:00.0"), 1);
  EXPECT_EQ(getTotalMemory(1), FakeDriver::kDefaultBytes);
  EXPECT_EQ(count("cuDevicePrimaryCtxRetain"), 0);
}

TEST_F(DriverTest, UnknownDevicesAreNamed) {
  for (int ordinal : {-1, 2, 99}) {
    std::string message = getError([&] { getContext(ordinal); });
    EXPECT_TRUE(contains(message, "there is no device")) << message;
    EXPECT_TRUE(contains(message, "sees 2"));
  }
}

TEST_F(DriverTest, ContextsAreRetainedOnce) {
  EXPECT_EQ(getContext(1), getContext(1));
  EXPECT_EQ(count("cuDevicePrimaryCtxRetain"), 1);
}

TEST_F(DriverTest, ScopesRestoreTheContextBefore) {
  auto getCurrent = [] {
    ContextHandle current = nullptr;
    Driver::get().cuCtxGetCurrent(&current);
    return current;
  };
  {
    ContextScope scope(0);
  }
  EXPECT_EQ(getCurrent(), getContext(0));
  {
    ContextScope scope(1);
    EXPECT_EQ(getCurrent(), getContext(1));
    {
      ContextScope inner(1);
    }
    EXPECT_EQ(getCurrent(), getContext(1));
  }
  EXPECT_EQ(getCurrent(), getContext(0));
  std::thread([&] { EXPECT_EQ(getCurrent(), nullptr); }).join();
}

TEST_F(DriverTest, ErrorsNameTheCall) {
  ContextScope scope(0);
  try {
    scope->cuMemFree(12345);
    FAIL();
  } catch (const CudaError &error) {
    EXPECT_EQ(error.getResult(), Result::InvalidValue);
    EXPECT_STREQ(error.what(),
                 "CUDA_ERROR_OF_SOME_KIND (1) from cuMemFree: a sentence");
  }
  EXPECT_FALSE(isContextLost(0));
}

TEST_F(DriverTest, StickyErrorsLoseTheContext) {
  fake.fault(0, Result::IllegalAddress);
  std::string message = getError([] { synchronize(0); });
  EXPECT_TRUE(contains(message, "CUDA_ERROR_ILLEGAL_ADDRESS (700)")) << message;
  EXPECT_TRUE(isContextLost(0));
  // Nothing is called any more; the first error is told again.
  fake.calls.clear();
  message = getError([] { Stream::getNull(0)->synchronize(); });
  EXPECT_TRUE(contains(message, "the context of cuda:0 is lost")) << message;
  EXPECT_TRUE(contains(message, "ILLEGAL_ADDRESS (700) from cuStreamQuery"));
  EXPECT_TRUE(fake.calls.empty());
  EXPECT_NO_THROW(synchronize(1));
}

TEST_F(DriverTest, ReleaseAfterALossIsQuiet) {
  DeviceAllocator allocator;
  StreamPtr stream = Stream::create(0);
  Allocation allocation = allocator.allocate(100, *stream);
  fake.fault(0, Result::LaunchFailed);
  EXPECT_THROW(stream->synchronize(), CudaError);
  release(allocation);
  stream = nullptr;
  EXPECT_EQ(count("cuMemFree"), 0);
  EXPECT_EQ(count("cuStreamDestroy"), 0);
}

TEST_F(DriverTest, ChildProcessesAreToldWhy) {
  Allocation allocation =
      MemoryPool::getDefault()->allocate(100, *Stream::getNull(0));
  pid_t child = fork();
  if (child == 0) {
    std::string message = getError([] { ContextScope scope(0); });
    release(allocation);
    _exit(contains(message, "forked process") && !isAvailable() ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  release(allocation);
}

TEST_F(DriverTest, PeerAccessIsEnabledOnceAndMayBeImpossible) {
  EXPECT_TRUE(enablePeerAccess(0, 1));
  EXPECT_TRUE(enablePeerAccess(0, 1));
  EXPECT_TRUE(fake.peers.contains({0, 1}));
  fake.canAccessPeers = false;
  EXPECT_FALSE(enablePeerAccess(1, 0));
  EXPECT_FALSE(fake.peers.contains({1, 0}));
}

TEST_F(DriverTest, MemoryInfoIsTheDevices) {
  Allocation allocation = DeviceAllocator().allocate(1000, *Stream::getNull(1));
  auto [free, total] = getMemoryInfo(1);
  EXPECT_EQ(total, FakeDriver::kDefaultBytes);
  EXPECT_EQ(free, total - 1000);
  release(allocation);
}
