// Promotion, casting and loop selection, as rules.
#include "numloom/Trace/DTypeResolution.h"
#include "numloom/Trace/Error.h"

#include <gtest/gtest.h>

#include <vector>

using namespace numloom;

namespace {
std::vector<DType> getAllDTypes() {
  std::vector<DType> all;
  for (size_t i = 0; i < kNumDTypes; ++i)
    all.push_back(static_cast<DType>(i));
  return all;
}

OperandType strong(DType dtype) { return {dtype, WeakKind::None}; }
OperandType weak(WeakKind kind) { return {DType::Bool, kind}; }

DType resultOf(std::initializer_list<OperandType> types) {
  return resultType(std::span(types.begin(), types.size()));
}

TEST(PromotionTest, IsALattice) {
  for (DType a : getAllDTypes()) {
    EXPECT_EQ(promoteTypes(a, a), a);
    EXPECT_EQ(promoteTypes(a, DType::Bool), a);
    for (DType b : getAllDTypes()) {
      DType joined = promoteTypes(a, b);
      EXPECT_EQ(joined, promoteTypes(b, a));
      EXPECT_TRUE(canCast(a, joined, Casting::Safe))
          << getName(a) << " " << getName(b);
      EXPECT_EQ(promoteTypes(a, joined), joined);
    }
  }
}

TEST(PromotionTest, MixedSignsGrow) {
  EXPECT_EQ(promoteTypes(DType::Int8, DType::UInt8), DType::Int16);
  EXPECT_EQ(promoteTypes(DType::Int64, DType::UInt32), DType::Int64);
  EXPECT_EQ(promoteTypes(DType::Int8, DType::UInt64), DType::Float64);
}

TEST(PromotionTest, IntegersWithFloats) {
  EXPECT_EQ(promoteTypes(DType::UInt8, DType::Float16), DType::Float16);
  EXPECT_EQ(promoteTypes(DType::Int16, DType::Float16), DType::Float32);
  EXPECT_EQ(promoteTypes(DType::Int32, DType::Float32), DType::Float64);
  EXPECT_EQ(promoteTypes(DType::Int16, DType::Complex64), DType::Complex64);
  EXPECT_EQ(promoteTypes(DType::Int32, DType::Complex64), DType::Complex128);
}

TEST(PromotionTest, BFloat16) {
  EXPECT_EQ(promoteTypes(DType::BFloat16, DType::Float16), DType::Float32);
  EXPECT_EQ(promoteTypes(DType::BFloat16, DType::Int8), DType::BFloat16);
  EXPECT_EQ(promoteTypes(DType::BFloat16, DType::Complex64), DType::Complex64);
}

TEST(PromotionTest, PythonNumbersCountByKind) {
  OperandType i = weak(WeakKind::Int), f = weak(WeakKind::Float),
              c = weak(WeakKind::Complex);
  for (DType dtype : getAllDTypes()) {
    bool isBool = dtype == DType::Bool;
    EXPECT_EQ(resultOf({strong(dtype), i}), isBool ? DType::Int64 : dtype);
    EXPECT_EQ(resultOf({f, strong(dtype)}),
              isBool || isInteger(dtype) ? DType::Float64 : dtype);
  }
  EXPECT_EQ(resultOf({strong(DType::Float16), c}), DType::Complex64);
  EXPECT_EQ(resultOf({strong(DType::Float64), c}), DType::Complex128);
  EXPECT_EQ(resultOf({strong(DType::UInt8), c}), DType::Complex128);
  EXPECT_EQ(resultOf({i, f}), DType::Float64);
}

TEST(CastingTest, RulesIncludeOneAnother) {
  for (DType a : getAllDTypes())
    for (DType b : getAllDTypes()) {
      EXPECT_EQ(canCast(a, b, Casting::No), a == b);
      if (canCast(a, b, Casting::Safe))
        EXPECT_TRUE(canCast(a, b, Casting::SameKind));
      EXPECT_TRUE(canCast(a, b, Casting::Unsafe));
    }
  EXPECT_TRUE(canCast(DType::UInt64, DType::Int8, Casting::SameKind));
  EXPECT_FALSE(canCast(DType::Int8, DType::UInt64, Casting::SameKind));
  EXPECT_FALSE(canCast(DType::Float64, DType::Int64, Casting::SameKind));
  EXPECT_TRUE(canCast(DType::Int64, DType::Float64, Casting::Safe));
  EXPECT_EQ(getCastingFromName("same_kind"), Casting::SameKind);
  EXPECT_EQ(getCastingFromName("rough"), std::nullopt);
}

TEST(LoopTest, TheFirstLoopThatFits) {
  auto resolve = [](OperandType a, OperandType b) {
    OperandType types[] = {a, b};
    return getLoops(OpCode::Add)[resolveLoop(OpCode::Add, types)].output;
  };
  EXPECT_EQ(resolve(strong(DType::Int8), strong(DType::UInt8)), DType::Int16);
  EXPECT_EQ(resolve(strong(DType::UInt64), strong(DType::Int64)),
            DType::Float64);
  EXPECT_EQ(resolve(strong(DType::UInt8), weak(WeakKind::Int)), DType::UInt8);
  EXPECT_EQ(resolve(strong(DType::Float32), weak(WeakKind::Float)),
            DType::Float32);
  EXPECT_EQ(resolve(strong(DType::Int8), weak(WeakKind::Float)),
            DType::Float64);
  EXPECT_EQ(resolve(weak(WeakKind::Int), weak(WeakKind::Int)), DType::Int64);
}

TEST(LoopTest, IntegersAndFloats) {
  auto resolve = [](OpCode op, OperandType a, OperandType b) {
    OperandType types[] = {a, b};
    return getLoops(op)[resolveLoop(op, types)];
  };
  OperandType small = strong(DType::Int8), number = weak(WeakKind::Int);
  EXPECT_EQ(resolve(OpCode::Divide, small, small).output, DType::Float64);
  EXPECT_EQ(resolve(OpCode::Divide, small, number).output, DType::Float64);
  EXPECT_EQ(resolve(OpCode::Arctan2, small, small).output, DType::Float16);
  Loop mixed = resolve(OpCode::Less, strong(DType::UInt64), small);
  EXPECT_EQ(mixed.inputs[0], DType::UInt64);
  EXPECT_EQ(mixed.inputs[1], DType::Int64);
  EXPECT_EQ(mixed.output, DType::Bool);
}

TEST(LoopTest, BoolIsRejectedWhereNumPyRejectsIt) {
  OperandType types[] = {strong(DType::Bool), strong(DType::Bool)};
  EXPECT_THROW(resolveLoop(OpCode::Subtract, types), Error);
  EXPECT_THROW(resolveLoop(OpCode::Gcd, types), Error);
  EXPECT_THROW(resolveLoop(OpCode::Negative, std::span(types, 1)), Error);
  types[1] = weak(WeakKind::Int);
  EXPECT_EQ(
      getLoops(OpCode::Subtract)[resolveLoop(OpCode::Subtract, types)].output,
      DType::Int64);
}

TEST(LoopTest, NoLoop) {
  OperandType type = strong(DType::Int8);
  EXPECT_THROW(resolveLoop(OpCode::Sum, std::span(&type, 1)), Error);
  EXPECT_THROW(resolveLoop(OpCode::Add, std::span(&type, 1)), Error);
}
} // namespace
