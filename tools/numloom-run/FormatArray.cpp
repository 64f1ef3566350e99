// Arrays as text.
#include "tools/numloom-run/Npy.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

using namespace numloom;

template <typename T>
static T load(const char *element) {
  T value;
  std::memcpy(&value, element, sizeof(T));
  return value;
}

template <typename T>
static std::string formatNumber(T value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}

/// The value of an IEEE half.
static float decodeHalf(uint16_t bits) {
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  float magnitude = exponent == 31
                        ? (fraction ? NAN : INFINITY)
                        : std::ldexp(fraction + (exponent ? 1024.f : 0.f),
                                     (exponent ? exponent : 1) - 25);
  return bits >> 15 ? -magnitude : magnitude;
}

static float decodeBFloat(uint16_t bits) {
  return std::bit_cast<float>(uint32_t(bits) << 16);
}

template <typename T>
static std::string formatComplex(const char *element) {
  T imaginary = load<T>(element + sizeof(T));
  return formatNumber(load<T>(element)) + (std::signbit(imaginary) ? "" : "+") +
         formatNumber(imaginary) + "j";
}

static std::string formatElement(DType dtype, const char *element) {
  switch (dtype) {
  case DType::Bool:
    return *element ? "True" : "False";
  case DType::Int8:
    return formatNumber<int>(load<int8_t>(element));
  case DType::Int16:
    return formatNumber(load<int16_t>(element));
  case DType::Int32:
    return formatNumber(load<int32_t>(element));
  case DType::Int64:
    return formatNumber(load<int64_t>(element));
  case DType::UInt8:
    return formatNumber<int>(load<uint8_t>(element));
  case DType::UInt16:
    return formatNumber(load<uint16_t>(element));
  case DType::UInt32:
    return formatNumber(load<uint32_t>(element));
  case DType::UInt64:
    return formatNumber(load<uint64_t>(element));
  case DType::Float16:
    return formatNumber(decodeHalf(load<uint16_t>(element)));
  case DType::BFloat16:
    return formatNumber(decodeBFloat(load<uint16_t>(element)));
  case DType::Float32:
    return formatNumber(load<float>(element));
  case DType::Float64:
    return formatNumber(load<double>(element));
  case DType::Complex64:
    return formatComplex<float>(element);
  case DType::Complex128:
    return formatComplex<double>(element);
  }
  __builtin_unreachable();
}

/// Appends the elements below `axis` and moves `element` behind them.
static void appendElements(std::string &text, const HostArray &array,
                           size_t axis, const char *&element) {
  if (axis == array.shape.size()) {
    text += formatElement(array.dtype, element);
    element += getBytes(array.dtype);
    return;
  }
  text += '[';
  for (int64_t i = 0; i < array.shape[axis]; ++i) {
    text += i ? ", " : "";
    appendElements(text, array, axis + 1, element);
  }
  text += ']';
}

std::string numloom::formatArray(const HostArray &array) {
  std::string text = std::string(getName(array.dtype)) + '[';
  for (size_t axis = 0; axis < array.shape.size(); ++axis)
    text += (axis ? ", " : "") + std::to_string(array.shape[axis]);
  text += "] = ";
  auto *element = static_cast<const char *>(array.data.data());
  appendElements(text, array, 0, element);
  return text;
}
