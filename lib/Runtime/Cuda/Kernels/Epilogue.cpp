// Device code: scales matrix products and adds arrays to them, where the
// library that multiplied them cannot. Compiled to PTX when the library is
// built.
#include "Device.h"
#include "GemmEpilogue.h"

namespace {

template <typename T>
struct Complex {
  T re, im;
  Complex operator-() const { return {-re, -im}; }
  Complex operator+(Complex y) const { return {re + y.re, im + y.im}; }
  Complex operator*(Complex y) const {
    return {re * y.re - im * y.im, re * y.im + im * y.re};
  }
};

/// Rounds to even; NaN stays NaN.
struct BFloat16 {
  uint16_t bits;

  BFloat16() = default;
  BFloat16(float value) {
    uint32_t wide = __builtin_bit_cast(uint32_t, value);
    uint32_t rounded = wide + 0x7fff + (wide >> 16 & 1);
    bits = uint16_t((value == value ? rounded : wide | 0x400000) >> 16);
  }
  operator float() const {
    return __builtin_bit_cast(float, uint32_t(bits) << 16);
  }
  BFloat16 operator-() const { return -float(*this); }
  BFloat16 operator+(BFloat16 y) const { return float(*this) + float(y); }
  BFloat16 operator*(BFloat16 y) const { return float(*this) * float(y); }
};

/// One element a thread. Sums of no products are zeros.
template <typename T>
void finish(const Result &c, int64_t rows, int64_t cols, int64_t depth,
            int64_t size, const Epilogue &epilogue) {
  int64_t i = getBlock() * kThreads + getThread();
  if (i >= size)
    return;
  int64_t col = i % cols, row = i / cols % rows, index = i / cols / rows;
  T &element = c.at<T>(index, row, col);
  element = epilogue.apply(depth > 0 ? element : T(), index, row, col);
}

} // namespace

#define EPILOGUE(NAME, TYPE)                                                   \
  KERNEL epilogue##NAME(Result c, int64_t rows, int64_t cols, int64_t depth,   \
                        int64_t size, Epilogue epilogue) {                     \
    finish<TYPE>(c, rows, cols, depth, size, epilogue);                        \
  }

EPILOGUE(Float16, _Float16)
EPILOGUE(BFloat16, BFloat16)
EPILOGUE(Float32, float)
EPILOGUE(Float64, double)
EPILOGUE(Complex64, Complex<float>)
EPILOGUE(Complex128, Complex<double>)
EPILOGUE(UInt8, uint8_t)
EPILOGUE(UInt16, uint16_t)
EPILOGUE(UInt32, uint32_t)
EPILOGUE(UInt64, uint64_t)
