// Updates in place: what plans donate, launch and compute.
#include "ProgramTest.h"

using namespace numloom;

namespace {

class UpdateTest : public ProgramTest {
protected:
  /// Runs the compiled plan with its donated inputs as outputs.
  template <typename T>
  void runInPlace(std::vector<std::vector<T> *> arrays,
                  const std::vector<int64_t> &params) {
    std::vector<void *> inputs, outputs;
    for (std::vector<T> *array : arrays)
      inputs.push_back(array->data());
    for (int32_t input : plan->donations) {
      ASSERT_GE(input, 0);
      outputs.push_back(inputs[input]);
    }
    numloom::execute(*plan, {inputs, outputs, params});
  }
};

TEST_F(UpdateTest, OneLaunchAndNoMemory) {
  compile(R"(
    !i = tensor<?x?xf32, #array.params<[p2, p3]>>
    func.func @main(%a: !m {array.donated}, %b: !m {array.donated}) -> !m {
      %0 = array.slice %b starts <[0, 1]> steps <[1, 1]> : !m -> !i
      %1 = array.slice %b starts <[p4, 1]> steps <[1, 1]> : !m -> !i
      %2 = array.slice %a starts <[1, 1]> steps <[1, 1]> : !m -> !i
      %3 = array.add %0, %1 : !i, !i -> !i
      %4 = array.add %2, %3 : !i, !i -> !i
      %5 = array.update %a, %4 starts <[1, 1]> steps <[1, 1]> : !m, !i -> !m
      return %5 : !m
    })");
  EXPECT_EQ(plan->donations, (std::vector<int32_t>{0}));
  EXPECT_EQ(plan->steps.size(), 1u);
  EXPECT_TRUE(plan->slots.empty());
  for (int64_t rows : {2, 3, 7})
    for (int64_t cols : {2, 3, 20, 300}) {
      auto a = range<float>(rows * cols), b = range<float>(rows * cols, 1, 2);
      std::vector<float> expected = a;
      for (int64_t i = 1; i + 1 < rows; ++i)
        for (int64_t j = 1; j + 1 < cols; ++j)
          expected[i * cols + j] +=
              b[(i - 1) * cols + j] + b[(i + 1) * cols + j];
      runInPlace<float>({&a, &b}, {rows, cols, rows - 2, cols - 2, 2});
      EXPECT_EQ(a, expected);
    }
}

TEST_F(UpdateTest, WhatIsNotDonatedIsCopied) {
  compile(R"(
    func.func @main(%a: !v, %x: !w) -> !v {
      %0 = array.update %a, %x starts <[p2]> steps <[p3]> : !v, !w -> !v
      return %0 : !v
    })");
  EXPECT_TRUE(plan->donations.empty());
  auto a = range<float>(100), x = range<float>(30, 1000);
  for (int64_t step : {1, 3, -1, -3}) {
    std::vector<float> expected = a;
    int64_t start = step > 0 ? 5 : 95;
    for (int64_t i = 0; i < 30; ++i)
      expected[start + i * step] = x[i];
    EXPECT_EQ(run<float>({a.data(), x.data()}, 100, {100, 30, start, step}),
              expected);
  }
  EXPECT_EQ(run<float>({a.data(), x.data()}, 100, {100, 0, 0, 1}), a);
}

TEST_F(UpdateTest, ValuesThatReadWhatTheyOverwriteWait) {
  compile(R"(
    func.func @main(%a: !v {array.donated}) -> !v
        attributes {array.param_hints = array<i64: 1000, 300>} {
      %0 = array.slice %a starts <[0]> steps <[1]> : !v -> !w
      %1 = array.add %0, %0 : !w, !w -> !w
      %2 = array.update %a, %1 starts <[1]> steps <[1]> : !v, !w -> !v
      return %2 : !v
    })");
  EXPECT_EQ(plan->steps.size(), 2u);
  auto a = range<float>(1000), expected = a;
  for (size_t i = 1; i < 301; ++i)
    expected[i] = 2 * a[i - 1];
  runInPlace<float>({&a}, {1000, 300});
  EXPECT_EQ(a, expected);
}

TEST_F(UpdateTest, MostOfAnArrayMakesTheNextVersion) {
  compile(R"(
    !i = tensor<?x?xf32, #array.params<[p2, p3]>>
    func.func @main(%a: !m {array.donated}) -> !m {
      %0 = array.slice %a starts <[0, 1]> steps <[1, 1]> : !m -> !i
      %1 = array.slice %a starts <[1, 0]> steps <[1, 1]> : !m -> !i
      %2 = array.add %0, %1 : !i, !i -> !i
      %3 = array.update %a, %2 starts <[1, p4]> steps <[1, 1]> : !m, !i -> !m
      return %3 : !m
    })");
  EXPECT_EQ(plan->donations, (std::vector<int32_t>{}));
  EXPECT_EQ(plan->steps.size(), 1u);
  EXPECT_TRUE(plan->slots.empty());
  for (int64_t rows : {2, 5, 300})
    for (int64_t cols : {4, 21, 700})
      for (int64_t below : {0, 1}) {
        auto a = range<float>(rows * cols), expected = a;
        int64_t height = rows - 1 - (rows > 2 ? below : 0), width = cols - 3;
        for (int64_t i = 0; i < height; ++i)
          for (int64_t j = 0; j < width; ++j)
            expected[(i + 1) * cols + j + 2] =
                a[i * cols + j + 1] + a[(i + 1) * cols + j];
        EXPECT_EQ(
            run<float>({a.data()}, rows * cols, {rows, cols, height, width, 2}),
            expected);
      }
}

TEST_F(UpdateTest, HalvesOfARedBlackScheme) {
  compile(R"(
    func.func @main(%a: !v {array.donated}) -> !v {
      %0 = array.slice %a starts <[0]> steps <[p2]> : !v -> !w
      %1 = array.slice %a starts <[p2]> steps <[p2]> : !v -> !w
      %2 = array.add %0, %1 : !w, !w -> !w
      %3 = array.update %a, %2 starts <[1]> steps <[p2]> : !v, !w -> !v
      return %3 : !v
    })");
  EXPECT_EQ(plan->steps.size(), 1u);
  auto a = range<float>(201), expected = a;
  for (size_t i = 1; i < a.size(); i += 2)
    expected[i] = a[i - 1] + a[i + 1];
  runInPlace<float>({&a}, {201, 100, 2});
  EXPECT_EQ(a, expected);
}

TEST_F(UpdateTest, ComplexNumbersAndBools) {
  compile(R"(
    !c = tensor<?xcomplex<f32>, #array.params<[p0]>>
    !d = tensor<?xcomplex<f32>, #array.params<[p1]>>
    !b = tensor<?xi1, #array.params<[p0]>>
    !e = tensor<?xi1, #array.params<[p1]>>
    func.func @main(%a: !c, %x: !d, %f: !b, %y: !e) -> (!c, !b) {
      %0 = array.update %a, %x starts <[1]> steps <[p2]> : !c, !d -> !c
      %1 = array.update %f, %y starts <[1]> steps <[p2]> : !b, !e -> !b
      return %0, %1 : !c, !b
    })");
  auto a = range<float>(80), x = range<float>(40, 100);
  std::vector<uint8_t> f(40, 0), y(20, 1);
  auto results = execute({a.data(), x.data(), f.data(), y.data()},
                         {80 * sizeof(float), 40}, {40, 20, 2});
  for (size_t i = 0; i < 20; ++i) {
    a[4 * i + 2] = x[2 * i];
    a[4 * i + 3] = x[2 * i + 1];
    f[2 * i + 1] = 1;
  }
  EXPECT_EQ(toVector<float>(results[0], 80), a);
  EXPECT_EQ(toVector<uint8_t>(results[1], 40), f);
}

/// A chain of updates, each of the elements that the one before it wrote.
std::string makeChain(int updates) {
  std::string text = "func.func @main(%u0: !v {array.donated}) -> !v {\n";
  for (int i = 0; i < updates; ++i) {
    std::string k = std::to_string(i), start = std::to_string(i + 2);
    std::string next = std::to_string(i + 1);
    text += "%s" + k + " = array.slice %u" + k + " starts <[p" + start +
            "]> steps <[1]> : !v -> !w\n%t" + k + " = array.negative %s" + k +
            " : !w -> !w\n%u" + next + " = array.update %u" + k + ", %t" + k +
            " starts <[p" + start + "]> steps <[1]> : !v, !w -> !v\n";
  }
  return text + "return %u" + std::to_string(updates) + " : !v\n}";
}

TEST_F(UpdateTest, ManyUpdatesAreOneKernel) {
  constexpr int kUpdates = 1000;
  compile(makeChain(kUpdates));
  EXPECT_EQ(plan->steps.size(), size_t(kUpdates));
  EXPECT_EQ(kernels.counters.compiled, 1);
  std::vector<int64_t> params{kUpdates + 10, 3};
  std::vector<float> a(kUpdates + 10, 1), expected = a;
  for (int i = 0; i < kUpdates; ++i) {
    params.push_back(i);
    for (int k = 0; k < 3; ++k)
      expected[i + k] = -expected[i + k];
  }
  runInPlace<float>({&a}, params);
  EXPECT_EQ(a, expected);
}

} // namespace
