// Matrix products of every dtype and layout against the defining sum.
#include "numloom/Runtime/Gemm.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/ThreadPool.h"

#include <gtest/gtest.h>

#include <bit>
#include <complex>
#include <cstring>
#include <random>

using namespace numloom;

namespace {

struct BFloat16 {
  uint16_t bits;
  BFloat16(float value = 0) : bits(std::bit_cast<uint32_t>(value) >> 16) {}
  operator float() const { return std::bit_cast<float>(uint32_t(bits) << 16); }
};

/// An element type with its dtype and the type that holds exact results for
/// the small integers that the tests multiply.
template <typename T, DType Type, typename Exact = T>
struct Element {
  using Value = T;
  using Sum = Exact;
  static constexpr DType dtype = Type;
};

/// An operand: the order of its dimensions in memory, steps between elements,
/// whether it is the same for the whole batch.
struct Layout {
  bool transposed = false;
  int64_t innerStep = 1;
  int64_t padding = 0;
  bool broadcast = false;
  bool reversed = false;
};

template <typename T>
struct Operand {
  std::vector<T> storage;
  std::vector<int64_t> batchStrides;
  int64_t rowStride, colStride, offset = 0;

  Operand(int64_t batch, int64_t rows, int64_t cols, Layout layout,
          std::mt19937 &random) {
    int64_t inner = layout.transposed ? rows : cols;
    int64_t outer = layout.transposed ? cols : rows;
    int64_t innerStride = layout.innerStep;
    int64_t outerStride = inner * innerStride + layout.padding;
    int64_t size = outer * outerStride;
    if (layout.reversed) {
      innerStride = -innerStride;
      offset = (inner - 1) * layout.innerStep;
    }
    rowStride = layout.transposed ? innerStride : outerStride;
    colStride = layout.transposed ? outerStride : innerStride;
    batchStrides = {layout.broadcast ? 0 : size};
    storage.resize(std::max<int64_t>(size * (layout.broadcast ? 1 : batch), 1));
    for (T &value : storage)
      value = T(int(random() % 4));
  }
  GemmMatrix getMatrix() const {
    return {storage.data() + offset, batchStrides, rowStride, colStride};
  }
  T at(int64_t batch, int64_t row, int64_t col) const {
    return storage[offset + batch * batchStrides[0] + row * rowStride +
                   col * colStride];
  }
};

template <typename E>
class GemmTest : public testing::Test {
protected:
  using T = typename E::Value;
  using Sum = typename E::Sum;

  static Sum multiply(Sum sum, T a, T b) {
    if constexpr (std::is_same_v<T, bool>)
      return sum || (a && b);
    else
      return static_cast<Sum>(sum + static_cast<Sum>(a) * static_cast<Sum>(b));
  }

  /// Elements between the rows of the result, and between its matrices, stay.
  void check(int64_t batch, int64_t m, int64_t n, int64_t k, Layout layoutA,
             Layout layoutB, int64_t paddingC = 0) {
    // std::vector<bool> has no elements to point to.
    using Cell = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;
    Operand<Cell> a(batch, m, k, layoutA, random),
        b(batch, k, n, layoutB, random);
    if constexpr (std::is_same_v<T, bool>)
      for (auto *operand : {&a, &b})
        for (Cell &cell : operand->storage)
          cell = cell == 3;
    int64_t rowStride = n + paddingC, matrixStride = (m + paddingC) * rowStride;
    std::vector<Cell> c(batch * matrixStride + 1, Cell(5));
    gemm({E::dtype,
          {&batch, 1},
          m,
          n,
          k,
          a.getMatrix(),
          b.getMatrix(),
          {c.data(), {&matrixStride, 1}, rowStride}});
    for (int64_t i = 0; i < batch; ++i)
      for (int64_t row = 0; row < m + paddingC; ++row)
        for (int64_t col = 0; col < rowStride; ++col) {
          T actual = T(c[i * matrixStride + row * rowStride + col]);
          if (row >= m || col >= n) {
            ASSERT_EQ(actual, T(Cell(5))) << "beyond the result";
            continue;
          }
          Sum sum{};
          for (int64_t p = 0; p < k; ++p)
            sum = multiply(sum, T(a.at(i, row, p)), T(b.at(i, p, col)));
          ASSERT_EQ(actual, static_cast<T>(sum))
              << batch << " x " << m << " x " << n << " x " << k << " at " << i
              << ", " << row << ", " << col;
        }
    EXPECT_EQ(T(c.back()), T(Cell(5)));
  }

  std::mt19937 random{42};
};

using Elements = testing::Types<
    Element<bool, DType::Bool>, Element<int8_t, DType::Int8>,
    Element<int16_t, DType::Int16>, Element<int32_t, DType::Int32>,
    Element<int64_t, DType::Int64>, Element<uint8_t, DType::UInt8>,
    Element<uint16_t, DType::UInt16>, Element<uint32_t, DType::UInt32>,
    Element<uint64_t, DType::UInt64>, Element<_Float16, DType::Float16, float>,
    Element<BFloat16, DType::BFloat16, float>, Element<float, DType::Float32>,
    Element<double, DType::Float64>,
    Element<std::complex<float>, DType::Complex64>,
    Element<std::complex<double>, DType::Complex128>>;
TYPED_TEST_SUITE(GemmTest, Elements);

} // namespace

TYPED_TEST(GemmTest, Shapes) {
  for (auto [m, n, k] : std::vector<std::array<int64_t, 3>>{{1, 1, 1},
                                                            {2, 3, 4},
                                                            {5, 1, 3},
                                                            {1, 5, 3},
                                                            {17, 33, 9},
                                                            {65, 70, 13},
                                                            {70, 1, 60},
                                                            {1, 70, 60},
                                                            {1, 1, 60},
                                                            {3, 130, 5},
                                                            {9, 10, 40}})
    this->check(1, m, n, k, {}, {});
}

TYPED_TEST(GemmTest, EmptyExtents) {
  for (auto [m, n, k] : std::vector<std::array<int64_t, 3>>{
           {0, 3, 4}, {3, 0, 4}, {3, 4, 0}, {0, 0, 0}})
    this->check(2, m, n, k, {}, {});
  this->check(0, 2, 2, 2, {}, {});
}

TYPED_TEST(GemmTest, Layouts) {
  Layout layouts[] = {{},
                      {.transposed = true},
                      {.padding = 3},
                      {.transposed = true, .padding = 3},
                      {.innerStep = 2},
                      {.transposed = true, .innerStep = 3},
                      {.reversed = true}};
  for (Layout a : layouts)
    for (Layout b : layouts)
      // The last three are beyond what the float dtypes' loops take.
      for (auto [m, n] : {std::pair(1, 1), std::pair(11, 13), std::pair(40, 41),
                          std::pair(1, 1200), std::pair(1200, 1)})
        this->check(1, m, n, 30, a, b);
}

TYPED_TEST(GemmTest, Batches) {
  this->check(7, 3, 4, 5, {}, {});
  this->check(7, 13, 14, 15, {}, {.transposed = true});
  this->check(7, 13, 14, 15, {.broadcast = true}, {.innerStep = 2});
  this->check(3, 13, 14, 15, {}, {.innerStep = 2, .broadcast = true});
  this->check(3, 40, 41, 30, {.innerStep = 2}, {.broadcast = true});
  this->check(3, 40, 41, 30, {}, {.innerStep = 2, .broadcast = true});
}

TYPED_TEST(GemmTest, PartsOfLargerArrays) {
  for (auto [m, n, k] : std::vector<std::array<int64_t, 3>>{{1, 1, 1},
                                                            {3, 4, 0},
                                                            {5, 1, 60},
                                                            {1, 5, 60},
                                                            {17, 33, 9},
                                                            {65, 130, 60}})
    for (int64_t padding : {1, 3})
      this->check(2, m, n, k, {}, {}, padding);
}

TEST(GemmDriverTest, SlicedDepthAddsUp) {
  int64_t k = 1000000;
  std::vector<double> a(3 * k, 1.0), b(2 * k, 2.0), c(9, 5.0);
  gemm({DType::Float64,
        {},
        3,
        2,
        k,
        {a.data(), {}, k, 1},
        {b.data(), {}, 2, 1},
        {c.data(), {}, 3}});
  double sum = 2.0 * double(k);
  EXPECT_EQ(c, (std::vector{sum, sum, 5.0, sum, sum, 5.0, sum, sum, 5.0}));
}

TEST(GemmDriverTest, ResultsDoNotDependOnTheNumberOfThreads) {
  int initial = getNumThreads();
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  for (auto [m, n, k] : std::vector<std::array<int64_t, 3>>{
           {300, 200, 100}, {400, 1, 3000}, {1, 400, 3000}, {8, 8, 200000}}) {
    std::vector<float> a(m * k), b(k * n), c(m * n), again(m * n);
    for (auto *values : {&a, &b})
      for (float &value : *values)
        value = normal(random);
    GemmProblem problem{DType::Float32,
                        {},
                        m,
                        n,
                        k,
                        {a.data(), {}, k, 1},
                        {b.data(), {}, n, 1},
                        {c.data(), {}, n}};
    setNumThreads(1);
    gemm(problem);
    setNumThreads(4);
    problem.c.data = again.data();
    gemm(problem);
    EXPECT_EQ(std::memcmp(c.data(), again.data(), c.size() * 4), 0);
  }
  setNumThreads(initial);
}

TEST(GemmDriverTest, IntegersWrapAround) {
  std::vector<int8_t> a(100, 127), c(1);
  gemm({DType::Int8,
        {},
        1,
        1,
        100,
        {a.data(), {}, 100, 1},
        {a.data(), {}, 1, 1},
        {c.data(), {}, 1}});
  EXPECT_EQ(c[0], static_cast<int8_t>(100 * 127 * 127));
}

TEST(GemmDriverTest, BFloat16RoundsToNearestEven) {
  // 1 + 2^-8 lies between two neighbours, 1 + 3 * 2^-8 too.
  BFloat16 a[2] = {1.0f, 1.0f}, b[2] = {1.0f, 0x1p-8f}, c;
  gemm({DType::BFloat16,
        {},
        1,
        1,
        2,
        {a, {}, 2, 1},
        {b, {}, 1, 1},
        {&c, {}, 1}});
  EXPECT_EQ(float(c), 1.0f);
  b[0] = 1.0f + 0x1p-7f;
  gemm({DType::BFloat16,
        {},
        1,
        1,
        2,
        {a, {}, 2, 1},
        {b, {}, 1, 1},
        {&c, {}, 1}});
  EXPECT_EQ(float(c), 1.0f + 0x1p-6f);
}

TEST(GemmDriverTest, FailedAllocationIsReported) {
  std::vector<float> a(64 * 64 * 2, 1), c(64 * 64);
  GemmProblem problem{DType::Float32,
                      {},
                      64,
                      64,
                      64,
                      {a.data(), {}, 128, 2},
                      {a.data(), {}, 128, 2},
                      {c.data(), {}, 64}};
  size_t used = Allocator::get().getInfo().usedBytes;
  for (int failing = 0; failing < 2; ++failing) {
    Allocator::get().failAfter(failing);
    EXPECT_THROW(gemm(problem), OutOfMemory);
    EXPECT_EQ(Allocator::get().getInfo().usedBytes, used);
  }
  Allocator::get().failAfter(-1);
  EXPECT_NO_THROW(gemm(problem));
}
