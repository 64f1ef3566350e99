// Sorts and selections: against the standard library's, for all sizes at which
// another algorithm takes over.
#include "numloom/Runtime/Algorithms.h"
#include "numloom/Runtime/ThreadPool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

using namespace numloom;

namespace {

constexpr int64_t kSizes[] = {0, 1, 2, 24, 25, 1000, 131071, 131072, 400000};

template <typename T>
constexpr DType kDType = DType::Float64;
template <>
constexpr DType kDType<uint8_t> = DType::UInt8;
template <>
constexpr DType kDType<int16_t> = DType::Int16;
template <>
constexpr DType kDType<int32_t> = DType::Int32;
template <>
constexpr DType kDType<uint64_t> = DType::UInt64;
template <>
constexpr DType kDType<float> = DType::Float32;

/// NumPy's order: NaN last.
template <typename T>
bool isLess(T a, T b) {
  return a < b || (b != b && a == a);
}

/// Few values and many, NaN and both zeros where the type has them.
template <typename T>
std::vector<T> makeElements(int64_t count, uint64_t seed = 0) {
  std::mt19937_64 engine(seed);
  std::vector<T> result(static_cast<size_t>(count));
  for (T &element : result) {
    element = static_cast<T>(static_cast<int64_t>(engine()) >> 40);
    if (engine() % 3 == 0)
      element = static_cast<T>(engine() % 5);
    if constexpr (std::is_floating_point_v<T>)
      if (engine() % 7 == 0)
        element = engine() % 2 ? std::numeric_limits<T>::quiet_NaN() : T(-0.0);
  }
  return result;
}

template <typename T>
class SortTest : public testing::Test {};
using Elements =
    testing::Types<uint8_t, int16_t, int32_t, uint64_t, float, double>;
TYPED_TEST_SUITE(SortTest, Elements);

TYPED_TEST(SortTest, SortsEverySize) {
  for (int64_t size : kSizes) {
    auto source = makeElements<TypeParam>(size);
    std::vector<TypeParam> result(source.size());
    sortRows(kDType<TypeParam>, source.data(), result.data(), {1, size});
    std::ranges::sort(source, isLess<TypeParam>);
    for (size_t i = 0; i < source.size(); ++i)
      ASSERT_TRUE(!isLess(source[i], result[i]) &&
                  !isLess(result[i], source[i]))
          << i << " of " << size;
  }
}

TYPED_TEST(SortTest, PositionsAreStable) {
  for (int64_t size : kSizes) {
    auto source = makeElements<TypeParam>(size, 1);
    std::vector<int64_t> expected(source.size()), result(source.size());
    std::iota(expected.begin(), expected.end(), 0);
    std::ranges::stable_sort(expected, [&](int64_t a, int64_t b) {
      return isLess(source[a], source[b]);
    });
    argsortRows(kDType<TypeParam>, source.data(), result.data(), {1, size});
    ASSERT_EQ(result, expected) << size;
  }
}

TYPED_TEST(SortTest, PartitionsAtRanks) {
  for (int64_t size : {1, 1000, 400000}) {
    auto source = makeElements<TypeParam>(size, 2);
    std::vector<TypeParam> result(source.size());
    std::vector<int64_t> ranks = {0, size / 3, size - 1};
    partitionRows(kDType<TypeParam>, source.data(), result.data(), {1, size},
                  ranks);
    std::ranges::sort(source, isLess<TypeParam>);
    for (int64_t rank : ranks) {
      ASSERT_FALSE(isLess(source[rank], result[rank]));
      ASSERT_FALSE(isLess(result[rank], source[rank]));
      for (int64_t i = 0; i < size; ++i)
        ASSERT_FALSE(i < rank ? isLess(result[rank], result[i])
                              : isLess(result[i], result[rank]));
    }
  }
}

TYPED_TEST(SortTest, PartitionsAroundOneRank) {
  for (int64_t size : {257, 1000, 5000, 100000})
    for (int64_t rank : {int64_t(0), size / 7, size - 1}) {
      auto source = makeElements<TypeParam>(size, 1);
      std::vector<TypeParam> result(source.size());
      std::vector<int64_t> positions(source.size());
      partitionRows(kDType<TypeParam>, source.data(), result.data(), {1, size},
                    {&rank, 1});
      argpartitionRows(kDType<TypeParam>, source.data(), positions.data(),
                       {1, size}, {&rank, 1});
      auto sorted = source;
      std::ranges::sort(sorted, isLess<TypeParam>);
      // -1, 0, 1: less, equal, greater.
      auto getPart = [&](TypeParam x) {
        return isLess(sorted[rank], x) - isLess(x, sorted[rank]);
      };
      for (int64_t i = 0; i < size; ++i) {
        ASSERT_EQ(getPart(result[i]), getPart(sorted[i]));
        ASSERT_EQ(getPart(source[positions[i]]), getPart(sorted[i]));
        // Narrow elements are sorted.
        if (i && getPart(sorted[i - 1]) == getPart(sorted[i]) &&
            (sizeof(TypeParam) == 8 || getPart(sorted[i]) == 0))
          ASSERT_LT(positions[i - 1], positions[i]);
      }
    }
}

TYPED_TEST(SortTest, SelectsFromRows) {
  for (Rows rows : {Rows{1, 1}, Rows{5, 1000}, Rows{2, 200000}}) {
    auto source = makeElements<TypeParam>(rows.size(), 2);
    std::vector<int64_t> ranks = {0, rows.length / 3, rows.length - 1};
    std::vector<TypeParam> result(ranks.size() * size_t(rows.count));
    selectRows(kDType<TypeParam>, source.data(), result.data(), rows, ranks);
    auto row = source.begin();
    for (size_t i = 0; i < result.size(); ++i) {
      if (i % ranks.size() == 0) {
        row = source.begin() + int64_t(i / ranks.size()) * rows.length;
        std::sort(row, row + rows.length, isLess<TypeParam>);
      }
      TypeParam expected = row[ranks[i % ranks.size()]];
      ASSERT_FALSE(isLess(expected, result[i]));
      ASSERT_FALSE(isLess(result[i], expected));
    }
  }
}

TEST(SortRowsTest, SortsRowsApart) {
  Rows rows{300, 70};
  auto source = makeElements<int32_t>(rows.size());
  std::vector<int32_t> result(source.size());
  sortRows(DType::Int32, source.data(), result.data(), rows);
  for (int64_t row = 0; row < rows.count; ++row)
    std::sort(source.begin() + row * rows.length,
              source.begin() + (row + 1) * rows.length);
  EXPECT_EQ(result, source);
}

TEST(SortRowsTest, ComplexNaNComeLast) {
  double nan = std::nan("");
  std::vector<double> source = {nan, nan, 1, nan, nan, 2, 3, 1, 1, 5, 0, nan};
  std::vector<int64_t> order(6);
  argsortRows(DType::Complex128, source.data(), order.data(), {1, 6});
  EXPECT_EQ(order, (std::vector<int64_t>{4, 3, 5, 1, 2, 0}));
}

TEST(SortRowsTest, ResultsDoNotDependOnThreads) {
  int threads = getNumThreads();
  auto source = makeElements<float>(600000);
  std::vector<int64_t> ranks = {1000, 300000};
  std::vector<float> results[2];
  for (int i = 0; i < 2; ++i) {
    setNumThreads(i + 1);
    results[i].resize(source.size());
    partitionRows(DType::Float32, source.data(), results[i].data(),
                  {1, int64_t(source.size())}, ranks);
  }
  setNumThreads(threads);
  EXPECT_EQ(0, std::memcmp(results[0].data(), results[1].data(),
                           source.size() * sizeof(float)));
}

} // namespace
