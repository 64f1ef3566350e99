// Elements as unsigned keys whose order is NumPy's sort order; for host and
// CUDA device code.
#ifndef NUMLOOM_RUNTIME_KEYENCODING_H
#define NUMLOOM_RUNTIME_KEYENCODING_H

#include "numloom/Support/DType.h"

#include <cstdint>
#include <type_traits>

#ifdef __CUDACC__
#define NUMLOOM_HOST_DEVICE __host__ __device__ constexpr
#else
#define NUMLOOM_HOST_DEVICE constexpr
#endif

namespace numloom {

__extension__ typedef unsigned __int128 UInt128;

/// The unsigned integer of so many bytes.
template <size_t bytes>
using UnsignedOf = std::conditional_t<
    bytes == 1, uint8_t,
    std::conditional_t<
        bytes == 2, uint16_t,
        std::conditional_t<bytes == 4, uint32_t,
                           std::conditional_t<bytes == 8, uint64_t, UInt128>>>>;

/// `encode` maps the bits of an element to a key and `decode` back. Keys are in
/// NumPy's order: NaN come last, complex numbers go by their real parts first.
/// All NaN have one key. -0.0 lies before 0.0; under `encodeMerged` they are
/// equal, as they are to comparisons.
template <DType dtype, DTypeKind kind = getKind(dtype)>
struct KeyEncoding {
  using Bits = UnsignedOf<getBytes(dtype)>;
  static NUMLOOM_HOST_DEVICE Bits encode(Bits bits) { return bits; }
  static NUMLOOM_HOST_DEVICE Bits encodeMerged(Bits bits) { return bits; }
  static NUMLOOM_HOST_DEVICE Bits decode(Bits key) { return key; }
};

template <DType dtype>
struct KeyEncoding<dtype, DTypeKind::Signed> {
  using Bits = UnsignedOf<getBytes(dtype)>;
  static constexpr Bits kSign = Bits(Bits(1) << (8 * sizeof(Bits) - 1));
  static NUMLOOM_HOST_DEVICE Bits encode(Bits bits) { return bits ^ kSign; }
  static NUMLOOM_HOST_DEVICE Bits encodeMerged(Bits bits) {
    return bits ^ kSign;
  }
  static NUMLOOM_HOST_DEVICE Bits decode(Bits key) { return key ^ kSign; }
};

/// The bits of infinity, below which a magnitude is a number.
constexpr uint64_t getInfinityBits(DType dtype) {
  switch (dtype) {
  case DType::Float16:
    return 0x7C00;
  case DType::BFloat16:
    return 0x7F80;
  case DType::Float32:
    return 0x7F800000;
  default:
    return 0x7FF0000000000000;
  }
}

template <DType dtype>
struct KeyEncoding<dtype, DTypeKind::Float> {
  using Bits = UnsignedOf<getBytes(dtype)>;
  static constexpr Bits kSign = Bits(Bits(1) << (8 * sizeof(Bits) - 1));
  static constexpr Bits kInfinity = Bits(getInfinityBits(dtype));
  static constexpr Bits kNaN = Bits(~Bits(0));
  static NUMLOOM_HOST_DEVICE Bits encode(Bits bits) {
    Bits ordered = bits & kSign ? Bits(~bits) : Bits(bits | kSign);
    return Bits(bits & Bits(~kSign)) > kInfinity ? kNaN : ordered;
  }
  static NUMLOOM_HOST_DEVICE Bits encodeMerged(Bits bits) {
    return encode(bits == kSign ? Bits(0) : bits);
  }
  static NUMLOOM_HOST_DEVICE Bits decode(Bits key) {
    return key & kSign ? Bits(key ^ kSign) : Bits(~key);
  }
};

/// NumPy's order of complex numbers has four classes: no NaN, a NaN imaginary
/// part (by real part), a NaN real part (by imaginary part), two NaN. Keys of
/// real parts end well below all ones, so the upper half has room for classes.
template <DType dtype>
struct KeyEncoding<dtype, DTypeKind::Complex> {
  using Part = KeyEncoding<getRealDType(dtype)>;
  using Half = typename Part::Bits;
  using Bits = UnsignedOf<getBytes(dtype)>;
  static constexpr int kShift = 8 * sizeof(Half);
  static constexpr Half kBoth = Part::kNaN;
  static constexpr Half kNaNReal = Half(kBoth - 1);
  static constexpr Half kNaNImag = Half(kBoth - 2);

  static NUMLOOM_HOST_DEVICE Bits join(Half high, Half low) {
    return Bits(Bits(high) << kShift) | Bits(low);
  }
  static NUMLOOM_HOST_DEVICE Bits order(Half real, Half imag) {
    if (real != Part::kNaN)
      return imag != Part::kNaN ? join(real, imag) : join(kNaNImag, real);
    return imag != Part::kNaN ? join(kNaNReal, imag) : join(kBoth, kBoth);
  }
  static NUMLOOM_HOST_DEVICE Bits encode(Bits bits) {
    return order(Part::encode(Half(bits)), Part::encode(Half(bits >> kShift)));
  }
  static NUMLOOM_HOST_DEVICE Bits encodeMerged(Bits bits) {
    return order(Part::encodeMerged(Half(bits)),
                 Part::encodeMerged(Half(bits >> kShift)));
  }
  static NUMLOOM_HOST_DEVICE Bits decode(Bits key) {
    Half high = Half(key >> kShift), low = Half(key);
    Half real = high, imag = low;
    if (high == kNaNImag) {
      real = low;
      imag = Part::kNaN;
    } else if (high == kNaNReal) {
      real = Part::kNaN;
    }
    return join(Part::decode(imag), Part::decode(real));
  }
};

/// Calls `fn` with KeyEncoding<dtype>.
template <typename Fn>
decltype(auto) visitKeyEncoding(DType dtype, Fn &&fn) {
  switch (dtype) {
#define NUMLOOM_DTYPE(Enum, Name, Char, Kind, Bytes)                           \
  case DType::Enum:                                                            \
    return fn(KeyEncoding<DType::Enum>());
#include "numloom/Support/DType.def"
  }
  __builtin_unreachable();
}

} // namespace numloom

#endif // NUMLOOM_RUNTIME_KEYENCODING_H
