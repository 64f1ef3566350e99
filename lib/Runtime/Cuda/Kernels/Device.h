// What device code needs of the language's headers, which are the host's.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_KERNELS_DEVICE_H
#define NUMLOOM_LIB_RUNTIME_CUDA_KERNELS_DEVICE_H

using int64_t = long long;
using uint8_t = unsigned char;
using uint16_t = unsigned short;
using uint32_t = unsigned;
using uint64_t = unsigned long long;

#define KERNEL extern "C" __attribute__((nvptx_kernel)) void
#define SHARED __attribute__((address_space(3)))

/// As in the host's DeviceMatrix.
struct Matrix {
  const char *data;
  int64_t rowStride, colStride, batchStride;
};

/// As in the host's DeviceResult.
struct Result {
  char *data;
  int64_t rowStride, batchStride;

  /// One element for every (index, row, col).
  template <typename T>
  T &at(int64_t index, int64_t row, int64_t col) const {
    return reinterpret_cast<T *>(
        data)[index * batchStride + row * rowStride + col];
  }
};

/// Threads of a block, as the host launches them.
inline constexpr int kThreads = 256;

inline int getThread() { return __nvvm_read_ptx_sreg_tid_x(); }
inline int64_t getBlock() { return __nvvm_read_ptx_sreg_ctaid_x(); }
inline void synchronizeBlock() { __nvvm_bar_sync(0); }

#endif // NUMLOOM_LIB_RUNTIME_CUDA_KERNELS_DEVICE_H
