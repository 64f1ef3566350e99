// The element types of arrays and their NumPy facts; free of LLVM.
#ifndef NUMLOOM_SUPPORT_DTYPE_H
#define NUMLOOM_SUPPORT_DTYPE_H

#include <cstddef>
#include <cstdint>
#include <optional>

namespace numloom {

/// Element type of an array.
enum class DType : uint8_t {
#define NUMLOOM_DTYPE(Enum, Name, Char, Kind, Bytes) Enum,
#include "numloom/Support/DType.def"
};

/// The families that NumPy's promotion distinguishes.
enum class DTypeKind : uint8_t { Bool, Signed, Unsigned, Float, Complex };

/// What is known of a dtype without looking at any array.
struct DTypeInfo {
  const char *name;
  char typeChar;
  DTypeKind kind;
  uint8_t bytes;
};

inline constexpr DTypeInfo kDTypeInfos[] = {
#define NUMLOOM_DTYPE(Enum, Name, Char, Kind, Bytes)                           \
  {Name, Char, DTypeKind::Kind, Bytes},
#include "numloom/Support/DType.def"
};

inline constexpr size_t kNumDTypes = sizeof(kDTypeInfos) / sizeof(DTypeInfo);

inline constexpr const DTypeInfo &getInfo(DType dtype) {
  return kDTypeInfos[static_cast<size_t>(dtype)];
}
inline constexpr size_t getBytes(DType dtype) { return getInfo(dtype).bytes; }
inline constexpr DTypeKind getKind(DType dtype) { return getInfo(dtype).kind; }
inline constexpr const char *getName(DType dtype) {
  return getInfo(dtype).name;
}

inline constexpr bool isInteger(DType dtype) {
  return getKind(dtype) == DTypeKind::Signed ||
         getKind(dtype) == DTypeKind::Unsigned;
}
inline constexpr bool isFloat(DType dtype) {
  return getKind(dtype) == DTypeKind::Float;
}
inline constexpr bool isComplex(DType dtype) {
  return getKind(dtype) == DTypeKind::Complex;
}

/// The dtype of the real and imaginary parts; `dtype` itself if not complex.
inline constexpr DType getRealDType(DType dtype) {
  if (dtype == DType::Complex64)
    return DType::Float32;
  if (dtype == DType::Complex128)
    return DType::Float64;
  return dtype;
}

/// The dtype with NumPy type character `c` ('q'/'Q' mean int64/uint64 too).
constexpr std::optional<DType> getDTypeFromChar(char c) {
  if (c == 'q' || c == 'Q')
    c = c == 'q' ? 'l' : 'L';
  for (size_t i = 0; i < kNumDTypes; ++i)
    if (kDTypeInfos[i].typeChar == c)
      return static_cast<DType>(i);
  return std::nullopt;
}

} // namespace numloom

#endif // NUMLOOM_SUPPORT_DTYPE_H
