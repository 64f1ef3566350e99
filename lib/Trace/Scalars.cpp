// Python numbers as elements of a dtype.
#include "NodeFactory.h"
#include "numloom/Trace/Recorder.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

using namespace numloom;

/// Round to nearest even; NaN keeps its sign and stays NaN.
static uint16_t toBFloat16(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value))
    return static_cast<uint16_t>((bits >> 16) | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

template <typename T>
static void put(ScalarBytes &out, T value, size_t at = 0) {
  std::memcpy(out.bytes + at, &value, sizeof(T));
}

static double toDouble(const PyScalar &scalar) {
  switch (scalar.kind) {
  case PyScalar::Kind::Bool:
  case PyScalar::Kind::Int:
    return static_cast<double>(scalar.integer);
  case PyScalar::Kind::UInt:
    return static_cast<double>(static_cast<uint64_t>(scalar.integer));
  case PyScalar::Kind::HugeInt:
    if (std::isinf(scalar.real))
      throw Error(ErrorKind::Overflow, "int too large to convert to float");
    [[fallthrough]];
  default:
    return scalar.real;
  }
}

static void putReal(ScalarBytes &out, DType dtype, double value,
                    size_t at = 0) {
  switch (dtype) {
  case DType::Float16:
    return put(out, static_cast<_Float16>(value), at);
  case DType::BFloat16:
    return put(out, toBFloat16(static_cast<float>(value)), at);
  case DType::Float32:
    return put(out, static_cast<float>(value), at);
  default:
    return put(out, value, at);
  }
}

[[noreturn]] static void throwOutOfBounds(const PyScalar &scalar, DType dtype) {
  if (dtype == DType::Int64)
    throw Error(ErrorKind::Overflow,
                "Python int too large to convert to C long");
  std::string text;
  if (scalar.kind == PyScalar::Kind::HugeInt)
    text = scalar.digits;
  else if (scalar.kind == PyScalar::Kind::UInt)
    text = std::to_string(static_cast<uint64_t>(scalar.integer));
  else
    text = std::to_string(scalar.integer);
  throw Error(ErrorKind::Overflow, "Python integer " + text +
                                       " out of bounds for " + getName(dtype));
}

bool numloom::fitsInteger(const PyScalar &scalar, DType dtype) {
  if (scalar.kind == PyScalar::Kind::HugeInt)
    return false;
  if (scalar.kind == PyScalar::Kind::UInt)
    return dtype == DType::UInt64;
  int64_t value = scalar.integer;
  unsigned bits = 8 * static_cast<unsigned>(getBytes(dtype));
  if (getKind(dtype) == DTypeKind::Unsigned)
    return value >= 0 && (bits == 64 || value >> bits == 0);
  return value >> (bits - 1) == 0 || value >> (bits - 1) == -1;
}

/// As a cast of float64 to int64: what does not fit becomes the least integer.
static int64_t truncate(double value) {
  constexpr double kBound = 9223372036854775808.0;
  return value >= -kBound && value < kBound
             ? static_cast<int64_t>(value)
             : std::numeric_limits<int64_t>::min();
}

/// Writes to zeros.
static void convertTo(ScalarBytes &out, const PyScalar &scalar, DType dtype) {
  switch (getKind(dtype)) {
  case DTypeKind::Bool:
    put(out, static_cast<uint8_t>(toDouble(scalar) != 0 || scalar.imag != 0));
    break;
  case DTypeKind::Signed:
  case DTypeKind::Unsigned:
    if (scalar.getWeakKind() <= WeakKind::Int && !fitsInteger(scalar, dtype))
      throwOutOfBounds(scalar, dtype);
    // The low bytes of the little-endian integer are the element.
    put(out, scalar.getWeakKind() <= WeakKind::Int ? scalar.integer
                                                   : truncate(scalar.real));
    std::memset(out.bytes + getBytes(dtype), 0,
                sizeof(out.bytes) - getBytes(dtype));
    break;
  case DTypeKind::Float:
    putReal(out, dtype, toDouble(scalar));
    break;
  case DTypeKind::Complex: {
    DType real = getRealDType(dtype);
    putReal(out, real, toDouble(scalar));
    putReal(out, real, scalar.imag, getBytes(real));
    break;
  }
  }
}

NodeRef numloom::makeScalar(DType dtype, const ScalarBytes &value,
                            Device device) {
  return NodeFactory::makeScalar(dtype, value, device);
}

NodeRef numloom::recordScalar(const PyScalar &scalar, DType dtype,
                              Device device) {
  NodeRef node = NodeFactory::makeScalar(dtype, {}, device);
  convertTo(NodeFactory::getNumber(*node), scalar, dtype);
  return node;
}

NodeRef numloom::recordScalar(const PyScalar &scalar) {
  if (scalar.kind == PyScalar::Kind::UInt)
    return recordScalar(scalar, DType::UInt64);
  OperandType type = Operand(scalar).getType();
  return recordScalar(scalar, resultType(std::span(&type, 1)));
}
