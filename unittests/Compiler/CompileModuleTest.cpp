// Programs in the array dialect, compiled and run: every kind of kernel, each
// plan with several sizes.
#include "ProgramTest.h"

#include "Cpu/CpuBackend.h"

#include "mlir/Parser/Parser.h"

#include <complex>
#include <numeric>
#include <thread>

using namespace numloom;

namespace {
using CompileModuleTest = ProgramTest;

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

TEST_F(CompileModuleTest, OnePlanServesAllSizes) {
  compile(R"(
    func.func @main(%a: !v, %b: !v, %s: !s) -> !v {
      %0 = array.multiply %a, %b : !v, !v -> !v
      %1 = array.broadcast %s axes [] : !s -> !v
      %2 = array.add %0, %1 : !v, !v -> !v
      return %2 : !v
    })");
  EXPECT_EQ(plan->steps.size(), 1u);
  for (int64_t size : {0, 1, 15, 16, 63, 64, 65, 1000, 100003}) {
    auto a = range<float>(size), b = range<float>(size, 1);
    float s = 0.5;
    auto result = run<float>({a.data(), b.data(), &s}, size, {size});
    for (int64_t i = 0; i < size; ++i)
      ASSERT_EQ(result[i], a[i] * b[i] + s) << i << " of " << size;
  }
}

TEST_F(CompileModuleTest, RowsAndColumnsAreBroadcast) {
  compile(R"(
    func.func @main(%row: !w, %column: !v) -> !m {
      %0 = array.broadcast %row axes [1] : !w -> !m
      %1 = array.broadcast %column axes [0] : !v -> !m
      %2 = array.add %0, %1 : !m, !m -> !m
      return %2 : !m
    })");
  for (auto [rows, cols] : {std::pair<int64_t, int64_t>{1, 1},
                            {3, 5},
                            {7, 64},
                            {2, 200},
                            {0, 5},
                            {5, 0}}) {
    auto row = range<float>(cols), column = range<float>(rows, 0, 100);
    auto result =
        run<float>({row.data(), column.data()}, rows * cols, {rows, cols});
    for (int64_t i = 0; i < rows * cols; ++i)
      ASSERT_EQ(result[i], row[i % cols] + column[i / cols]);
  }
}

TEST_F(CompileModuleTest, ViewsAreIndices) {
  // Backwards, and every p2-th element from p1 on.
  compile(R"(
    func.func @main(%a: !v) -> (!v, tensor<?xf32, #array.params<[p3]>>) {
      %0 = array.slice %a starts <[p4]> steps <[-1]> : !v -> !v
      %1 = array.slice %a starts <[p1]> steps <[p2]>
          : !v -> tensor<?xf32, #array.params<[p3]>>
      return %0, %1 : !v, tensor<?xf32, #array.params<[p3]>>
    })");
  for (int64_t size : {10, 100, 1001}) {
    auto a = range<float>(size);
    int64_t start = 2, step = 3, taken = (size - start + step - 1) / step;
    auto outputs = execute({a.data()}, {size * 4ul, taken * 4ul},
                           {size, start, step, taken, size - 1});
    auto reversed = toVector<float>(outputs[0], size);
    auto strided = toVector<float>(outputs[1], taken);
    for (int64_t i = 0; i < size; ++i)
      ASSERT_EQ(reversed[i], a[size - 1 - i]);
    for (int64_t i = 0; i < taken; ++i)
      ASSERT_EQ(strided[i], a[start + i * step]);
  }
}

TEST_F(CompileModuleTest, StridedInputsAreReadInPlace) {
  // The transpose of rows x cols, its rows backwards.
  compile(R"(
    func.func @main(%a: tensor<?xf32>) -> !m {
      %0 = array.as_strided %a strides <[-1, p2]> : tensor<?xf32> -> !m
      return %0 : !m
    })");
  int64_t rows = 70, cols = 9;
  auto a = range<float>(rows * cols);
  auto result =
      run<float>({a.data() + cols - 1}, rows * cols, {cols, rows, cols});
  for (int64_t i = 0; i < cols; ++i)
    for (int64_t j = 0; j < rows; ++j)
      ASSERT_EQ(result[i * rows + j], a[j * cols + cols - 1 - i]);
}

TEST_F(CompileModuleTest, ComplexAndBool) {
  compile(R"(
    !c = tensor<?xcomplex<f64>, #array.params<[p0]>>
    !b = tensor<?xi1, #array.params<[p0]>>
    func.func @main(%a: !c, %b: !b) -> (!c, !b) {
      %0 = array.multiply %a, %a : !c, !c -> !c
      %1 = array.logical_not %b : !b -> !b
      return %0, %1 : !c, !b
    })");
  for (int64_t size : {1, 16, 77}) {
    std::vector<std::complex<double>> a;
    std::vector<uint8_t> b;
    for (int64_t i = 0; i < size; ++i) {
      a.emplace_back(i, 1);
      b.push_back(i % 3 == 0);
    }
    auto outputs =
        execute({a.data(), b.data()}, {size * 16ul, size * 1ul}, {size});
    auto squares = toVector<std::complex<double>>(outputs[0], size);
    auto negated = toVector<uint8_t>(outputs[1], size);
    for (int64_t i = 0; i < size; ++i) {
      ASSERT_EQ(squares[i], std::complex<double>(i * i - 1, 2 * i));
      ASSERT_EQ(negated[i], i % 3 != 0);
    }
  }
}

TEST_F(CompileModuleTest, LargeHintsDoNotBindSmallArrays) {
  // The hint makes the kernel store past the caches, whatever comes later.
  compile(R"(
    func.func @main(%a: !v) -> !v
        attributes {array.param_hints = array<i64: 100000000>} {
      %0 = array.negative %a : !v -> !v
      return %0 : !v
    })");
  for (int64_t size : {1, 63, 64, 127, 4096, 300001}) {
    auto a = range<float>(size);
    EXPECT_EQ(run<float>({a.data()}, size, {size}), range<float>(size, 0, -1));
  }
}

//===----------------------------------------------------------------------===//
// Reductions and scans
//===----------------------------------------------------------------------===//

TEST_F(CompileModuleTest, Softmax) {
  compile(R"(
    func.func @main(%x: !m) -> !m {
      %0 = array.max %x axes [1] : !m -> !v
      %1 = array.broadcast %0 axes [0] : !v -> !m
      %2 = array.subtract %x, %1 : !m, !m -> !m
      %3 = array.exp %2 : !m -> !m
      %4 = array.sum %3 axes [1] : !m -> !v
      %5 = array.broadcast %4 axes [0] : !v -> !m
      %6 = array.divide %3, %5 : !m, !m -> !m
      return %6 : !m
    })");
  EXPECT_EQ(plan->steps.size(), 1u);
  for (auto [rows, cols] : {std::pair<int64_t, int64_t>{1, 1},
                            {3, 63},
                            {2, 2048},
                            {5, 5000},
                            {0, 3},
                            {3, 0}}) {
    std::vector<float> x;
    for (int64_t i = 0; i < rows * cols; ++i)
      x.push_back(std::sin(static_cast<float>(i)) * 10);
    auto result = run<float>({x.data()}, rows * cols, {rows, cols});
    for (int64_t row = 0; row < rows; ++row) {
      double sum = 0;
      for (int64_t i = row * cols; i < (row + 1) * cols; ++i)
        sum += std::exp(x[i]);
      for (int64_t i = row * cols; i < (row + 1) * cols; ++i)
        ASSERT_NEAR(result[i], std::exp(x[i]) / sum, 1e-6);
    }
  }
}

TEST_F(CompileModuleTest, ReductionsOfEverything) {
  compile(R"(
    func.func @main(%a: !iv) -> (tensor<si64>, tensor<si64>)
        attributes {array.param_hints = array<i64: 10000000>} {
      %0 = array.sum %a axes [0] : !iv -> tensor<si64>
      %1 = array.argmax %a axes [0] : !iv -> tensor<si64>
      return %0, %1 : tensor<si64>, tensor<si64>
    })");
  EXPECT_EQ(plan->steps.size(), 2u);
  for (int64_t size : {1, 100, 65535, 65536, 65537, 200001}) {
    auto a = range<int64_t>(size);
    // The largest is there twice, in two pieces: the first counts.
    a[size / 2] = a[size - 1] = size;
    auto outputs = execute({a.data()}, {8, 8}, {size});
    EXPECT_EQ(toVector<int64_t>(outputs[0], 1)[0],
              std::accumulate(a.begin(), a.end(), int64_t(0)));
    EXPECT_EQ(toVector<int64_t>(outputs[1], 1)[0], size / 2);
  }
}

TEST_F(CompileModuleTest, SumsOfNothing) {
  compile(R"(
    func.func @main(%a: !im) -> (tensor<si64>, !iv, !iw)
        attributes {array.param_hints = array<i64: 1000, 10000>} {
      %0 = array.sum %a axes [0, 1] : !im -> tensor<si64>
      %1 = array.sum %a axes [1] : !im -> !iv
      %2 = array.sum %a axes [0] : !im -> !iw
      return %0, %1, %2 : tensor<si64>, !iv, !iw
    })");
  auto rows = execute({nullptr}, {8, 24, 0}, {3, 0});
  EXPECT_EQ(toVector<int64_t>(rows[0], 1), (std::vector<int64_t>{0}));
  EXPECT_EQ(toVector<int64_t>(rows[1], 3), (std::vector<int64_t>{0, 0, 0}));
  auto columns = execute({nullptr}, {8, 0, 16}, {0, 2});
  EXPECT_EQ(toVector<int64_t>(columns[0], 1), (std::vector<int64_t>{0}));
  EXPECT_EQ(toVector<int64_t>(columns[2], 2), (std::vector<int64_t>{0, 0}));
}

TEST_F(CompileModuleTest, Columns) {
  compile(R"(
    func.func @main(%a: !im) -> !iw {
      %0 = array.sum %a axes [0] : !im -> !iw
      %1 = array.negative %0 : !iw -> !iw
      return %1 : !iw
    })");
  for (auto [rows, cols] : {std::pair<int64_t, int64_t>{1, 1},
                            {9, 63},
                            {9, 64},
                            {9, 65},
                            {100, 300}}) {
    auto a = range<int64_t>(rows * cols);
    auto result = run<int64_t>({a.data()}, cols, {rows, cols});
    for (int64_t j = 0; j < cols; ++j)
      ASSERT_EQ(result[j], -(rows * j + cols * rows * (rows - 1) / 2));
  }
}

TEST_F(CompileModuleTest, ReductionOfTheMiddleAxis) {
  compile(R"(
    !x = tensor<?x?x?xsi64, #array.params<[p0, p1, p2]>>
    !u = tensor<?x?xsi64, #array.params<[p0, p2]>>
    func.func @main(%a: !x) -> (!u, !iw) {
      %0 = array.sum %a axes [1] : !x -> !u
      %1 = array.argmin %a axes [0, 2] : !x -> !iw
      return %0, %1 : !u, !iw
    })");
  int64_t p0 = 3, p1 = 4, p2 = 70;
  auto a = range<int64_t>(p0 * p1 * p2, 0, -1);
  auto outputs = execute({a.data()}, {p0 * p2 * 8ul, p1 * 8ul}, {p0, p1, p2});
  auto sums = toVector<int64_t>(outputs[0], p0 * p2);
  for (int64_t i = 0; i < p0; ++i)
    for (int64_t k = 0; k < p2; ++k) {
      int64_t sum = 0;
      for (int64_t j = 0; j < p1; ++j)
        sum += a[(i * p1 + j) * p2 + k];
      ASSERT_EQ(sums[i * p2 + k], sum);
    }
  EXPECT_EQ(toVector<int64_t>(outputs[1], p1),
            std::vector<int64_t>(p1, p0 * p2 - 1));
}

TEST_F(CompileModuleTest, Scans) {
  compile(R"(
    func.func @main(%a: !im) -> (!im, !im) {
      %0 = array.scan_sum %a axes [1] : !im -> !im
      %1 = array.scan_max %a axes [0] : !im -> !im
      return %0, %1 : !im, !im
    })");
  int64_t rows = 5, cols = 33;
  auto a = range<int64_t>(rows * cols);
  auto outputs =
      execute({a.data()}, {a.size() * 8, a.size() * 8}, {rows, cols});
  auto sums = toVector<int64_t>(outputs[0], a.size());
  for (int64_t i = 0; i < rows; ++i)
    std::partial_sum(a.begin() + i * cols, a.begin() + (i + 1) * cols,
                     a.begin() + i * cols);
  EXPECT_EQ(sums, a);
  EXPECT_EQ(toVector<int64_t>(outputs[1], a.size()),
            range<int64_t>(rows * cols));
}

//===----------------------------------------------------------------------===//
// The kernel cache
//===----------------------------------------------------------------------===//

TEST_F(CompileModuleTest, EqualKernelsAreCompiledOnce) {
  const char *text = R"(
    func.func @main(%a: !v, %b: !w) -> (!v, !w) {
      %0 = array.sqrt %a : !v -> !v
      %1 = array.sqrt %b : !w -> !w
      return %0, %1 : !v, !w
    })";
  compile(text);
  EXPECT_EQ(kernels.counters.compiled, 1);
  EXPECT_EQ(kernels.counters.fromMemory, 1);
  compile(text);
  EXPECT_EQ(kernels.counters.compiled, 1);
  EXPECT_EQ(kernels.counters.fromMemory, 3);
  std::vector<float> a = {1, 4}, b = {9, 16, 25};
  auto outputs = execute({a.data(), b.data()}, {8, 12}, {2, 3});
  EXPECT_EQ(toVector<float>(outputs[0], 2), (std::vector<float>{1, 2}));
  EXPECT_EQ(toVector<float>(outputs[1], 3), (std::vector<float>{3, 4, 5}));
}

TEST_F(CompileModuleTest, KernelsOfOneProgramAreCompiledAtOnce) {
  compile(R"(
    func.func @main(%a: !v, %b: !w, %c: !m) -> (!v, !w, !m, !v) {
      %0 = array.sqrt %a : !v -> !v
      %1 = array.negative %b : !w -> !w
      %2 = array.exp %c : !m -> !m
      %3 = array.scan_sum %a axes [0] : !v -> !v
      return %0, %1, %2, %3 : !v, !w, !m, !v
    })");
  // The square root and the scan of one vector are one kernel.
  EXPECT_EQ(kernels.counters.compiled, 3);
  std::vector<float> a = {1, 4}, b = {9}, c = {0, 0};
  auto outputs = execute({a.data(), b.data(), c.data()}, {8, 4, 8, 8}, {2, 1});
  EXPECT_EQ(toVector<float>(outputs[0], 2), (std::vector<float>{1, 2}));
  EXPECT_EQ(toVector<float>(outputs[1], 1), (std::vector<float>{-9}));
  EXPECT_EQ(toVector<float>(outputs[2], 2), (std::vector<float>{1, 1}));
  EXPECT_EQ(toVector<float>(outputs[3], 2), (std::vector<float>{1, 5}));
}

TEST_F(CompileModuleTest, PlansOutliveTheirCompiler) {
  {
    KernelCompiler other(std::make_unique<CpuBackend>(NUMLOOM_LIBRARY_DIR));
    auto module = parse("func.func @main(%a: !v) -> !v {"
                        "  %0 = array.negative %a : !v -> !v"
                        "  return %0 : !v }");
    plan = compileModule(*module, other, error);
  }
  ASSERT_TRUE(plan) << error;
  float a = 3;
  EXPECT_EQ(run<float>({&a}, 1, {1}), (std::vector<float>{-3}));
}

TEST_F(CompileModuleTest, ThreadsCompileTheSameKernel) {
  std::vector<std::shared_ptr<const Plan>> plans(4);
  std::vector<std::thread> threads;
  for (auto &slot : plans)
    threads.emplace_back([&] {
      mlir::DialectRegistry registry;
      registerCompilerDialects(registry);
      mlir::MLIRContext own(registry, mlir::MLIRContext::Threading::DISABLED);
      own.loadAllAvailableDialects();
      auto module = mlir::parseSourceString<mlir::ModuleOp>(
          std::string(kTypes) + "func.func @main(%a: !v) -> !v {"
                                "  %0 = array.floor %a : !v -> !v"
                                "  return %0 : !v }",
          &own);
      std::string text;
      slot = compileModule(*module, kernels, text);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (auto &compiled : plans) {
    plan = compiled;
    ASSERT_TRUE(plan);
    float a = 2.5;
    EXPECT_EQ(run<float>({&a}, 1, {1}), (std::vector<float>{2}));
  }
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST_F(CompileModuleTest, NoMain) {
  EXPECT_EQ(tryCompile("func.func @other(%a: !v) -> !v { return %a : !v }"),
            nullptr);
  EXPECT_EQ(error, "the module has no function @main");
}

TEST_F(CompileModuleTest, NoProgram) {
  std::string messages;
  mlir::ScopedDiagnosticHandler handler(
      &context,
      [&](mlir::Diagnostic &diagnostic) { messages += diagnostic.str(); });
  EXPECT_EQ(tryCompile("func.func @main(%a: i32) -> i32 { return %a : i32 }"),
            nullptr);
  EXPECT_EQ(error, "program passes failed");
  EXPECT_NE(messages.find("expects arrays as arguments"), std::string::npos);
}

} // namespace
