// The declarations of DriverTypes.h against the toolkit's header.
#include "numloom/Runtime/Cuda/DriverTypes.h"

#if __has_include(<cuda.h>)
#include <cuda.h>

#include <cstddef>
#include <type_traits>

using namespace numloom::cuda;

template <auto ours, auto theirs>
static constexpr bool isEqual = int(ours) == int(theirs);

static_assert(std::is_same_v<StreamHandle, CUstream>);
static_assert(std::is_same_v<EventHandle, CUevent>);
static_assert(std::is_same_v<MemoryPoolHandle, CUmemoryPool>);
static_assert(std::is_same_v<DeviceAddress, CUdeviceptr>);

static_assert(isEqual<Result::OutOfMemory, CUDA_ERROR_OUT_OF_MEMORY>);
static_assert(isEqual<Result::NotReady, CUDA_ERROR_NOT_READY>);
static_assert(isEqual<Result::NotSupported, CUDA_ERROR_NOT_SUPPORTED>);
static_assert(isEqual<Result::Contained, CUDA_ERROR_CONTAINED>);
static_assert(isEqual<Result::IllegalAddress, CUDA_ERROR_ILLEGAL_ADDRESS>);
static_assert(isEqual<Result::LaunchFailed, CUDA_ERROR_LAUNCH_FAILED>);
static_assert(isEqual<Result::TensorMemoryLeak, CUDA_ERROR_TENSOR_MEMORY_LEAK>);
static_assert(isEqual<Result::PeerAccessAlreadyEnabled,
                      CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED>);

static_assert(isEqual<DeviceAttribute::MultiprocessorCount,
                      CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT>);
static_assert(
    isEqual<DeviceAttribute::CacheBytes, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE>);
static_assert(isEqual<DeviceAttribute::ComputeCapabilityMajor,
                      CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR>);
static_assert(isEqual<DeviceAttribute::ComputeCapabilityMinor,
                      CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR>);
static_assert(isEqual<DeviceAttribute::MaxSharedBytesPerBlockOptIn,
                      CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN>);
static_assert(isEqual<DeviceAttribute::SupportsMemoryPools,
                      CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED>);
static_assert(isEqual<FunctionAttribute::SharedBytes,
                      CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES>);
static_assert(isEqual<FunctionAttribute::MaxDynamicSharedBytes,
                      CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES>);
static_assert(isEqual<JitOption::ErrorLogBuffer, CU_JIT_ERROR_LOG_BUFFER>);
static_assert(isEqual<JitOption::ErrorLogBufferBytes,
                      CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES>);
static_assert(
    isEqual<PointerAttribute::MemoryType, CU_POINTER_ATTRIBUTE_MEMORY_TYPE>);
static_assert(isEqual<kMemoryTypeHost, CU_MEMORYTYPE_HOST>);
static_assert(isEqual<MemoryPoolAttribute::ReleaseThreshold,
                      CU_MEMPOOL_ATTR_RELEASE_THRESHOLD>);
static_assert(isEqual<MemoryPoolAttribute::ReservedBytes,
                      CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT>);
static_assert(
    isEqual<MemoryPoolAttribute::UsedBytes, CU_MEMPOOL_ATTR_USED_MEM_CURRENT>);
static_assert(isEqual<kStreamNonBlocking, CU_STREAM_NON_BLOCKING>);
static_assert(isEqual<kEventDisableTiming, CU_EVENT_DISABLE_TIMING>);
static_assert(isEqual<kMemoryAttachGlobal, CU_MEM_ATTACH_GLOBAL>);
static_assert(isEqual<kHostMemoryPortable, CU_MEMHOSTALLOC_PORTABLE>);

static_assert(
    isEqual<StreamCaptureMode::Relaxed, CU_STREAM_CAPTURE_MODE_RELAXED>);
static_assert(sizeof(MemoryPoolProperties) == sizeof(CUmemPoolProps));
static_assert(offsetof(MemoryPoolProperties, maxBytes) ==
              offsetof(CUmemPoolProps, maxSize));
#endif
