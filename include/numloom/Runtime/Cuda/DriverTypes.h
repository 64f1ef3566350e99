// The driver API's types, as far as the runtime uses them. They are declared
// here, not taken from cuda.h: the runtime then builds without a toolkit, and
// signatures stay those of one version, whatever the header's macros rename.
#ifndef NUMLOOM_RUNTIME_CUDA_DRIVERTYPES_H
#define NUMLOOM_RUNTIME_CUDA_DRIVERTYPES_H

#include <cstddef>
#include <cstdint>

// The tags of cuda.h, so that handles are the same types where both are seen.
struct CUctx_st;
struct CUevent_st;
struct CUfunc_st;
struct CUgraph_st;
struct CUgraphExec_st;
struct CUgraphNode_st;
struct CUkern_st;
struct CUmemPoolHandle_st;
struct CUmod_st;
struct CUstream_st;

namespace numloom::cuda {

using DeviceHandle = int;
using ContextHandle = CUctx_st *;
using EventHandle = CUevent_st *;
using FunctionHandle = CUfunc_st *;
using GraphHandle = CUgraph_st *;
using GraphExecHandle = CUgraphExec_st *;
using GraphNodeHandle = CUgraphNode_st *;
using MemoryPoolHandle = CUmemPoolHandle_st *;
using ModuleHandle = CUmod_st *;
using StreamHandle = CUstream_st *;
/// CUdeviceptr.
using DeviceAddress = unsigned long long;
using HostFunction = void (*)(void *userData);

/// CUresult: the values that the runtime tells apart.
enum class Result : int {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NotInitialized = 3,
  Deinitialized = 4,
  DriverTooOld = 36,
  NoDevice = 100,
  InvalidDevice = 101,
  EccUncorrectable = 214,
  NvlinkUncorrectable = 220,
  Contained = 226,
  LibraryNotFound = 303,
  NotReady = 600,
  IllegalAddress = 700,
  LaunchTimeout = 702,
  PeerAccessAlreadyEnabled = 704,
  ContextIsDestroyed = 709,
  Assert = 710,
  HardwareStackError = 714,
  IllegalInstruction = 715,
  MisalignedAddress = 716,
  InvalidAddressSpace = 717,
  InvalidPc = 718,
  LaunchFailed = 719,
  TensorMemoryLeak = 721,
  NotSupported = 801,
};

/// CUdevice_attribute: the values that the runtime reads.
enum class DeviceAttribute : int {
  MultiprocessorCount = 16,
  CacheBytes = 38,
  ComputeCapabilityMajor = 75,
  ComputeCapabilityMinor = 76,
  MaxSharedBytesPerBlockOptIn = 97,
  SupportsMemoryPools = 115,
};

/// CUfunction_attribute.
enum class FunctionAttribute : int {
  SharedBytes = 1,
  MaxDynamicSharedBytes = 8,
};

/// CUjit_option.
enum class JitOption : int { ErrorLogBuffer = 5, ErrorLogBufferBytes = 6 };

/// CUpointer_attribute and the CUmemorytype of host memory.
enum class PointerAttribute : int { MemoryType = 2, DeviceOrdinal = 9 };
inline constexpr unsigned kMemoryTypeHost = 1;

/// CUmemPool_attribute.
enum class MemoryPoolAttribute : int {
  ReleaseThreshold = 4,
  ReservedBytes = 5,
  UsedBytes = 7,
};

/// CUmemPoolProps.
struct MemoryPoolProperties {
  int allocationType = 1;
  int handleTypes = 0;
  int locationType = 1;
  int locationId = 0;
  void *securityAttributes = nullptr;
  size_t maxBytes = 0;
  unsigned char reserved[56] = {};
};

/// CUDA_KERNEL_NODE_PARAMS.
struct KernelNodeParams {
  FunctionHandle function;
  unsigned gridX, gridY, gridZ;
  unsigned blockX, blockY, blockZ;
  unsigned sharedBytes;
  void **arguments;
  void **extra;
  CUkern_st *kernel;
  ContextHandle context;
};

/// CUstreamCaptureMode.
enum class StreamCaptureMode : int {
  /// Calls that wait or allocate do no harm, also those of other threads.
  Relaxed = 2
};

/// CUDA_MEMSET_NODE_PARAMS.
struct MemsetNodeParams {
  DeviceAddress destination;
  size_t pitch;
  unsigned value;
  unsigned elementBytes;
  size_t width, height;
};

inline constexpr unsigned kStreamNonBlocking = 1;
/// CU_STREAM_PER_THREAD: of each calling thread another stream.
inline const StreamHandle kPerThreadStream = reinterpret_cast<StreamHandle>(2);
inline constexpr unsigned kEventBlockingSync = 1;
inline constexpr unsigned kEventDisableTiming = 2;
inline constexpr unsigned kMemoryAttachGlobal = 1;
inline constexpr unsigned kHostMemoryPortable = 1;

} // namespace numloom::cuda

#endif // NUMLOOM_RUNTIME_CUDA_DRIVERTYPES_H
