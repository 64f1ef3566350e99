// A pool on the fake driver.
#ifndef NUMLOOM_UNITTESTS_RUNTIME_CUDA_MEMORYPOOLTEST_H
#define NUMLOOM_UNITTESTS_RUNTIME_CUDA_MEMORYPOOLTEST_H

#include "CudaTest.h"

namespace numloom::cuda {

/// A new pool, whose blocks are of device 0 and its null stream.
class MemoryPoolTest : public CudaTest {
protected:
  Allocation take(size_t bytes) { return pool->allocate(bytes, *null); }
  size_t getUsed() { return pool->getUsedBytes(0); }
  size_t getTotal() { return pool->getTotalBytes(0); }

  StreamPtr null = Stream::getNull(0);
  std::shared_ptr<MemoryPool> pool = MemoryPool::create();
};

inline constexpr size_t kMiB = size_t(1) << 20;

} // namespace numloom::cuda

#endif // NUMLOOM_UNITTESTS_RUNTIME_CUDA_MEMORYPOOLTEST_H
