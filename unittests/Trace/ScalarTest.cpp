// Python numbers as elements.
#include "FakeCompiler.h"

#include <cstring>

using namespace numloom;

namespace {
template <typename T>
T getAs(const ScalarBytes &bytes) {
  T value;
  std::memcpy(&value, bytes.bytes, sizeof(T));
  return value;
}

PyScalar makeUInt(uint64_t value) {
  PyScalar scalar;
  scalar.kind = PyScalar::Kind::UInt;
  scalar.integer = static_cast<int64_t>(value);
  return scalar;
}

PyScalar makeHuge(std::string_view digits, double value) {
  PyScalar scalar;
  scalar.kind = PyScalar::Kind::HugeInt;
  scalar.digits = digits;
  scalar.real = value;
  return scalar;
}

ScalarBytes convert(const PyScalar &scalar, DType dtype) {
  return recordScalar(scalar, dtype)->getScalar();
}

TEST(ScalarTest, IntegersKeepTheirValueOrOverflow) {
  EXPECT_EQ(getAs<int8_t>(convert(makeInt(-128), DType::Int8)), -128);
  EXPECT_EQ(getAs<uint8_t>(convert(makeInt(255), DType::UInt8)), 255);
  EXPECT_EQ(getAs<uint64_t>(convert(makeUInt(~0ull), DType::UInt64)), ~0ull);
  EXPECT_EQ(getAs<float>(convert(makeUInt(1ull << 63), DType::Float32)),
            0x1p63f);
  expectError(ErrorKind::Overflow, "Python integer 300 out of bounds for uint8",
              [] { convert(makeInt(300), DType::UInt8); });
  expectError(ErrorKind::Overflow, "Python integer -1 out of bounds for uint64",
              [] { convert(makeInt(-1), DType::UInt64); });
  expectError(ErrorKind::Overflow, "Python int too large to convert to C long",
              [] { convert(makeUInt(1ull << 63), DType::Int64); });
  expectError(
      ErrorKind::Overflow,
      "Python integer 100000000000000000000 out of bounds for int32",
      [] { convert(makeHuge("100000000000000000000", 1e20), DType::Int32); });
}

TEST(ScalarTest, FloatsRoundToNearestEven) {
  EXPECT_EQ(getAs<uint16_t>(convert(makeFloat(1e6), DType::Float16)), 0x7c00);
  EXPECT_EQ(getAs<uint16_t>(convert(makeFloat(1), DType::BFloat16)), 0x3f80);
  EXPECT_EQ(getAs<uint16_t>(convert(makeFloat(1 + 0x1p-8), DType::BFloat16)),
            0x3f80);
  EXPECT_EQ(getAs<uint16_t>(convert(makeFloat(1 + 0x1.8p-7), DType::BFloat16)),
            0x3f82);
}

TEST(ScalarTest, ComplexHasBothParts) {
  PyScalar scalar;
  scalar.kind = PyScalar::Kind::Complex;
  scalar.real = 1;
  scalar.imag = -2;
  ScalarBytes bytes = convert(scalar, DType::Complex64);
  float parts[2];
  std::memcpy(parts, bytes.bytes, sizeof(parts));
  EXPECT_EQ(parts[0], 1);
  EXPECT_EQ(parts[1], -2);
}

TEST(ScalarTest, NumbersAloneHaveNumPysDTypes) {
  EXPECT_EQ(recordScalar(makeInt(1))->getDType(), DType::Int64);
  EXPECT_EQ(recordScalar(makeUInt(1ull << 63))->getDType(), DType::UInt64);
  EXPECT_EQ(recordScalar(makeFloat(1))->getDType(), DType::Float64);
  EXPECT_TRUE(recordScalar(makeFloat(1))->isScalar());
}
} // namespace
