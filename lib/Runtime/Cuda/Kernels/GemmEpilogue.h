// What kernels do with elements of a matrix product before they store them.
// Behind Device.h, or on the host, in tests, behind what stands for it.
#ifndef NUMLOOM_LIB_RUNTIME_CUDA_KERNELS_GEMMEPILOGUE_H
#define NUMLOOM_LIB_RUNTIME_CUDA_KERNELS_GEMMEPILOGUE_H

template <typename T>
T multiply(T x, T y) {
  return x * y;
}
/// Else they are promoted to int, which must not overflow.
inline uint16_t multiply(uint16_t x, uint16_t y) {
  return uint16_t(uint32_t(x) * y);
}

/// As the host's DeviceFactor.
struct Factor {
  uint64_t bits[2];
  int64_t mode;

  template <typename T>
  T apply(T value) const {
    if (mode & 2)
      value = multiply(*reinterpret_cast<const T *>(bits), value);
    return mode & 1 ? T(-value) : value;
  }
};

/// As the host's DeviceEpilogue. Each step is rounded to T, as in NumPy.
struct Epilogue {
  Matrix addends[2];
  Factor factors[2];

  template <typename T>
  T apply(T value, int64_t index, int64_t row, int64_t col) const {
    value = factors[0].apply(value);
    if (addends[0].data)
      value = value + factors[1].apply(load<T>(addends[0], index, row, col));
    if (addends[1].data)
      value = value + load<T>(addends[1], index, row, col);
    return value;
  }

private:
  template <typename T>
  static T load(const Matrix &from, int64_t index, int64_t row, int64_t col) {
    return reinterpret_cast<const T *>(
        from.data)[index * from.batchStride + row * from.rowStride +
                   col * from.colStride];
  }
};

#endif // NUMLOOM_LIB_RUNTIME_CUDA_KERNELS_GEMMEPILOGUE_H
