// The steps of plans, and programs that take more than one.
#include "ProgramTest.h"

using namespace numloom;

namespace {

class PlanBuilderTest : public ProgramTest {
protected:
  template <typename StepT>
  const StepT &getStep(size_t index) {
    return std::get<StepT>(plan->steps.at(index));
  }

  /// rows x cols at any strides, times its transpose's extents, in C order.
  static std::vector<double> multiply(const double *a, int64_t aRow,
                                      int64_t aCol, const double *b,
                                      int64_t bRow, int64_t bCol, int64_t m,
                                      int64_t n, int64_t k) {
    std::vector<double> c(m * n);
    for (int64_t i = 0; i < m; ++i)
      for (int64_t j = 0; j < n; ++j)
        for (int64_t l = 0; l < k; ++l)
          c[i * n + j] += a[i * aRow + l * aCol] * b[l * bRow + j * bCol];
    return c;
  }
};

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

TEST_F(PlanBuilderTest, LaunchesTakeTheProgramsParameters) {
  // The kernel's own parameters are 0 and 1.
  compile(R"(
    !a = tensor<?x?xf64, #array.params<[p3, p1]>>
    !r = tensor<?xf64, #array.params<[p1]>>
    func.func @main(%a: !a, %b: !r) -> !a {
      %0 = array.broadcast %b axes [1] : !r -> !a
      %1 = array.add %a, %0 : !a, !a -> !a
      return %1 : !a
    })");
  ASSERT_EQ(plan->steps.size(), 1u);
  const auto &launch = getStep<LaunchStep>(0);
  EXPECT_EQ(launch.sizes, (std::vector<int64_t>{makeParam(3), makeParam(1)}));
  ASSERT_EQ(launch.buffers.size(), 3u);
  // Operands come in the order of the kernel's ops.
  EXPECT_EQ(launch.buffers[0].kind, BufferKind::Input);
  EXPECT_EQ(launch.buffers[0].index, 1);
  EXPECT_EQ(launch.buffers[1].index, 0);
  EXPECT_EQ(launch.buffers[2].kind, BufferKind::Output);
  int64_t params[] = {0, 7, 0, 5};
  EXPECT_EQ(launch.work.evaluate(params), 5);
  EXPECT_EQ(launch.itemCost.evaluate(params), 7 * 8);
  ASSERT_EQ(launch.bytesRead.size(), 2u);
  EXPECT_EQ(launch.bytesRead[0].evaluate(params), 7 * 8);
  EXPECT_EQ(launch.bytesRead[1].evaluate(params), 5 * 7 * 8);
  ASSERT_EQ(launch.bytesWritten.size(), 1u);
  EXPECT_EQ(launch.bytesWritten[0].evaluate(params), 5 * 7 * 8);
  EXPECT_TRUE(plan->slots.empty());
}

TEST_F(PlanBuilderTest, SplitReductionsAreTwoLaunches) {
  compile(R"(
    func.func @main(%a: !v) -> tensor<si64>
        attributes {array.param_hints = array<i64: 10000000>} {
      %0 = array.argmax %a axes [0] : !v -> tensor<si64>
      return %0 : tensor<si64>
    })");
  ASSERT_EQ(plan->steps.size(), 2u);
  // One array of values and one of positions: an entry per piece.
  ASSERT_EQ(plan->slots.size(), 2u);
  int64_t params[] = {65536 * 3 + 1};
  EXPECT_EQ(plan->slots[0].bytes.evaluate(params), 4 * 4);
  EXPECT_EQ(plan->slots[1].bytes.evaluate(params), 4 * 8);
  const auto &partial = getStep<LaunchStep>(0);
  const auto &combine = getStep<LaunchStep>(1);
  EXPECT_EQ(partial.work.evaluate(params), 4);
  EXPECT_EQ(combine.work.evaluate(params), 1);
  EXPECT_EQ(partial.buffers.back().kind, BufferKind::Arena);
  EXPECT_EQ(partial.buffers.back().index, combine.buffers.back().index);
  // Traffic is counted once.
  EXPECT_FALSE(partial.bytesRead.empty());
  EXPECT_TRUE(combine.bytesRead.empty());
}

TEST_F(PlanBuilderTest, LargeResultsAreStoredPastTheCaches) {
  auto isNewKernel = [&](const std::string &hints) {
    compile("func.func @main(%a: !m) -> !m attributes {array.param_hints = " +
            hints + R"(} {
        %0 = array.negative %a : !m -> !m
        return %0 : !m
      })");
    return kernels.counters.compiled.exchange(0) == 1;
  };
  // Streaming kernels are other kernels: each is compiled once.
  EXPECT_TRUE(isNewKernel("array<i64: 4096, 4096>"));
  EXPECT_FALSE(isNewKernel("array<i64: 8192, 4096>"));
  EXPECT_TRUE(isNewKernel("array<i64: 100, 100>"));
  // Without hints for all extents nothing is known.
  EXPECT_FALSE(isNewKernel("array<i64: 10000000000>"));
  EXPECT_FALSE(isNewKernel("array<i64>"));
}

TEST_F(PlanBuilderTest, ValuesBetweenKernelsLiveInTheArena) {
  // The column's sums are read at every row.
  compile(R"(
    func.func @main(%a: !im) -> !im {
      %0 = array.sum %a axes [0] : !im -> !iw
      %1 = array.broadcast %0 axes [1] : !iw -> !im
      %2 = array.subtract %a, %1 : !im, !im -> !im
      return %2 : !im
    })");
  EXPECT_EQ(plan->steps.size(), 2u);
  EXPECT_EQ(plan->slots.size(), 1u);
  int64_t rows = 3, cols = 100;
  auto a = range<int64_t>(rows * cols);
  auto result = run<int64_t>({a.data()}, a.size(), {rows, cols});
  for (int64_t i = 0; i < rows * cols; ++i)
    ASSERT_EQ(result[i], a[i] - (3 * (i % cols) + 3 * cols));
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

TEST_F(PlanBuilderTest, ProductsTakeTransposedOperands) {
  compile(R"(
    !a = tensor<?x?xf64, #array.params<[p2, p0]>>
    !at = tensor<?x?xf64, #array.params<[p0, p2]>>
    !b = tensor<?x?xf64, #array.params<[p1, p2]>>
    !bt = tensor<?x?xf64, #array.params<[p2, p1]>>
    !c = tensor<?x?xf64, #array.params<[p0, p1]>>
    func.func @main(%a: !a, %b: !b) -> !c {
      %0 = array.transpose %a axes [1, 0] : !a -> !at
      %1 = array.transpose %b axes [1, 0] : !b -> !bt
      %2 = array.matmul %0, %1 : !at, !bt -> !c
      return %2 : !c
    })");
  ASSERT_EQ(plan->steps.size(), 1u);
  for (auto [m, n, k] :
       {std::array<int64_t, 3>{1, 1, 1}, {3, 4, 5}, {20, 1, 30}, {2, 3, 0}}) {
    auto a = range<double>(k * m), b = range<double>(n * k, -3);
    EXPECT_EQ(run<double>({a.data(), b.data()}, m * n, {m, n, k}),
              multiply(a.data(), 1, m, b.data(), 1, k, m, n, k));
  }
}

TEST_F(PlanBuilderTest, ProductsTakeStridedInputs) {
  compile(R"(
    !a = tensor<?x?xf64, #array.params<[p0, p2]>>
    !b = tensor<?x?xf64, #array.params<[p2, p1]>>
    !c = tensor<?x?xf64, #array.params<[p0, p1]>>
    func.func @main(%a: tensor<?xf64>, %b: !b) -> !c {
      %0 = array.as_strided %a strides <[p3, p4]> : tensor<?xf64> -> !a
      %1 = array.matmul %0, %b : !a, !b -> !c
      return %1 : !c
    })");
  ASSERT_EQ(plan->steps.size(), 1u);
  int64_t m = 4, n = 5, k = 6;
  auto a = range<double>(1000), b = range<double>(k * n, 1);
  // Rows forwards and columns backwards, and neither of unit stride.
  for (auto [row, col] : {std::pair<int64_t, int64_t>{20, -1}, {40, 3}})
    EXPECT_EQ(
        run<double>({a.data() + 100, b.data()}, m * n, {m, n, k, row, col}),
        multiply(a.data() + 100, row, col, b.data(), n, 1, m, n, k));
}

TEST_F(PlanBuilderTest, ProductsTakeSlicesAndFlips) {
  // Views with an offset.
  compile(R"(
    !a = tensor<?x?xf64, #array.params<[p0, p2]>>
    !b = tensor<?x?xf64, #array.params<[p2, p1]>>
    !c = tensor<?x?xf64, #array.params<[p0, p1]>>
    func.func @main(%a: !a, %b: !b) -> !c {
      %0 = array.slice %a starts <[p3, 0]> steps <[-1, 1]> : !a -> !a
      %1 = array.matmul %0, %b : !a, !b -> !c
      return %1 : !c
    })");
  int64_t m = 4, n = 5, k = 6;
  auto a = range<double>(m * k), b = range<double>(k * n, 1);
  EXPECT_EQ(run<double>({a.data(), b.data()}, m * n, {m, n, k, m - 1}),
            multiply(a.data() + (m - 1) * k, -k, 1, b.data(), n, 1, m, n, k));
}

TEST_F(PlanBuilderTest, BatchedProductsOfIntegers) {
  // The second operand is the same for every product of the batch.
  compile(R"(
    !x = tensor<?x?x?xsi64, #array.params<[p3, p0, p2]>>
    !b = tensor<?x?xsi64, #array.params<[p2, p1]>>
    !y = tensor<?x?x?xsi64, #array.params<[p3, p2, p1]>>
    !c = tensor<?x?x?xsi64, #array.params<[p3, p0, p1]>>
    func.func @main(%a: !x, %b: !b) -> !c {
      %0 = array.broadcast %b axes [1, 2] : !b -> !y
      %1 = array.matmul %a, %0 : !x, !y -> !c
      return %1 : !c
    })");
  int64_t m = 2, n = 3, k = 4, batch = 3;
  auto a = range<int64_t>(batch * m * k), b = range<int64_t>(k * n, 1);
  auto c = run<int64_t>({a.data(), b.data()}, batch * m * n, {m, n, k, batch});
  for (int64_t i = 0; i < batch * m; ++i)
    for (int64_t j = 0; j < n; ++j) {
      int64_t sum = 0;
      for (int64_t l = 0; l < k; ++l)
        sum += a[i * k + l] * b[l * n + j];
      ASSERT_EQ(c[i * n + j], sum);
    }
}

//===----------------------------------------------------------------------===//
// Joining and reshaping
//===----------------------------------------------------------------------===//

TEST_F(PlanBuilderTest, ConcatenatesRows) {
  // Along the first axis, with a computed part between two stored ones.
  compile(R"(
    !a = tensor<?x?xf32, #array.params<[p0, p2]>>
    !b = tensor<?x?xf32, #array.params<[p1, p2]>>
    !c = tensor<?x?xf32, #array.params<[p3, p2]>>
    func.func @main(%a: !a, %b: !b) -> !c {
      %0 = array.negative %a : !a -> !a
      %1 = array.concatenate %a, %0, %b axis 0 : !a, !a, !b -> !c
      return %1 : !c
    })");
  EXPECT_EQ(plan->steps.size(), 3u);
  for (auto [p0, p1, cols] :
       {std::array<int64_t, 3>{2, 3, 70}, {1, 0, 5}, {0, 4, 3}, {2, 2, 0}}) {
    auto a = range<float>(p0 * cols, 1), b = range<float>(p1 * cols, 1000);
    std::vector<float> expected = a;
    for (float value : a)
      expected.push_back(-value);
    expected.insert(expected.end(), b.begin(), b.end());
    EXPECT_EQ(run<float>({a.data(), b.data()}, expected.size(),
                         {p0, p1, cols, 2 * p0 + p1}),
              expected);
  }
}

TEST_F(PlanBuilderTest, ConcatenatesColumns) {
  compile(R"(
    !a = tensor<?x?xf32, #array.params<[p2, p0]>>
    !b = tensor<?x?xf32, #array.params<[p2, p1]>>
    !c = tensor<?x?xf32, #array.params<[p2, p3]>>
    func.func @main(%a: !a, %b: !b) -> !c {
      %0 = array.concatenate %a, %b axis 1 : !a, !b -> !c
      return %0 : !c
    })");
  for (auto [p0, p1, rows] :
       {std::array<int64_t, 3>{2, 3, 7}, {100, 1, 3}, {0, 4, 3}, {4, 0, 1}}) {
    auto a = range<float>(rows * p0), b = range<float>(rows * p1, 1000);
    std::vector<float> expected;
    for (int64_t row = 0; row < rows; ++row) {
      expected.insert(expected.end(), a.begin() + row * p0,
                      a.begin() + (row + 1) * p0);
      expected.insert(expected.end(), b.begin() + row * p1,
                      b.begin() + (row + 1) * p1);
    }
    EXPECT_EQ(run<float>({a.data(), b.data()}, expected.size(),
                         {p0, p1, rows, p0 + p1}),
              expected);
  }
}

TEST_F(PlanBuilderTest, ReshapesAreTheirOperandsBuffers) {
  // Flattening a product takes no step: the kernel reads the product's slot.
  compile(R"(
    !q = tensor<?x?xf64, #array.params<[p0, p0]>>
    !f = tensor<?xf64, #array.params<[p1]>>
    func.func @main(%a: !q, %b: !f) -> !f {
      %0 = array.matmul %a, %a : !q, !q -> !q
      %1 = array.reshape %0 : !q -> !f
      %2 = array.add %1, %b : !f, !f -> !f
      return %2 : !f
    })");
  ASSERT_EQ(plan->steps.size(), 2u);
  EXPECT_EQ(getStep<LaunchStep>(1).buffers[0].index,
            getStep<GemmStep>(0).c.buffer.index);
  int64_t n = 3;
  auto a = range<double>(n * n), b = range<double>(n * n, 0, 100);
  auto expected = multiply(a.data(), n, 1, a.data(), n, 1, n, n, n);
  for (int64_t i = 0; i < n * n; ++i)
    expected[i] += b[i];
  EXPECT_EQ(run<double>({a.data(), b.data()}, n * n, {n, n * n}), expected);
}

TEST_F(PlanBuilderTest, ProductsOfPartsLieInParts) {
  compile(R"(
    !whole = tensor<?x?xf64, #array.params<[p0, p1]>>
    !c = tensor<?x?xf64, #array.params<[p2, p3]>>
    !b = tensor<?x?xf64, #array.params<[p3, p3]>>
    func.func @main(%w: !whole, %b: !b) -> !whole {
      %0 = array.slice %w starts <[p4, 1]> steps <[2, 1]> : !whole -> !c
      %1 = array.matmul %0, %b : !c, !b -> !c
      %2 = array.update %w, %1 starts <[0, p4]> steps <[3, 1]> : !whole, !c -> !whole
      return %2 : !whole
    })");
  ASSERT_EQ(plan->steps.size(), 2u);
  EXPECT_TRUE(plan->slots.empty());
  const auto &product = getStep<GemmStep>(1);
  int64_t params[] = {9, 8, 3, 4, 2};
  EXPECT_EQ(product.c.buffer, getStep<LaunchStep>(0).buffers.back());
  EXPECT_EQ(product.c.rowStride.evaluate(params), 24);
  EXPECT_EQ(product.a.rowStride.evaluate(params), 16);
  auto w = range<double>(9 * 8), b = range<double>(4 * 4, 0, 2);
  std::vector<double> expected = w;
  auto part = multiply(&w[2 * 8 + 1], 16, 1, b.data(), 4, 1, 3, 4, 4);
  for (int64_t row = 0; row < 3; ++row)
    std::copy_n(&part[row * 4], 4, &expected[row * 24 + 2]);
  EXPECT_EQ(run<double>({w.data(), b.data()}, 9 * 8, {9, 8, 3, 4, 2}),
            expected);
}

TEST_F(PlanBuilderTest, ResultsThatAreArgumentsAreCopied) {
  compile("func.func @main(%a: !v) -> (!v, !v) { return %a, %a : !v, !v }");
  auto a = range<float>(100);
  auto outputs = execute({a.data()}, {400, 400}, {100});
  EXPECT_EQ(toVector<float>(outputs[0], 100), a);
  EXPECT_EQ(toVector<float>(outputs[1], 100), a);
}

} // namespace
