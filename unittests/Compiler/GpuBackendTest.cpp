// Programs compiled for GPUs: plans and machine code, which need no GPU.
#include "Gpu/GpuBackend.h"
#include "ProgramTest.h"

#include <set>

using namespace numloom;

namespace {

class GpuBackendTest : public ProgramTest {
protected:
  void compileForGpu(const std::string &text, const CudaTarget &target = {}) {
    auto backend = GpuBackend::create(target, NUMLOOM_LIBRARY_DIR, error);
    ASSERT_TRUE(backend) << error;
    KernelCompiler gpu(std::move(backend));
    auto module = parse(text);
    ASSERT_TRUE(module);
    plan = compileModule(*module, gpu, error);
    ASSERT_TRUE(plan) << error;
  }

  const GpuLaunchStep &getLaunch(size_t index) {
    return std::get<GpuLaunchStep>(plan->steps.at(index));
  }
};

TEST_F(GpuBackendTest, LoopsAreOneLaunch) {
  compileForGpu(R"(
    func.func @main(%a: !m, %s: !s {array.scalar}) -> !m {
      %0 = array.broadcast %s axes [] : !s -> !m
      %1 = array.multiply %a, %0 : !m, !m -> !m
      return %1 : !m
    })");
  ASSERT_EQ(plan->steps.size(), 1u);
  const GpuLaunchStep &launch = getLaunch(0);
  EXPECT_EQ(launch.buffers.size(), 3u);
  EXPECT_EQ(launch.byValue, (std::vector<bool>{true, false, false}));
  EXPECT_EQ(launch.sizes, (std::vector<int64_t>{makeParam(0), makeParam(1)}));
  int64_t params[] = {1000, 1000}, empty[] = {0, 1000};
  EXPECT_GT(launch.blocks.evaluate(params), 100);
  EXPECT_EQ(launch.blocks.evaluate(empty), 0);
  EXPECT_EQ(launch.threads % 32, 0);
  EXPECT_FALSE(launch.kernel->image->bytes.empty());
  EXPECT_TRUE(launch.kernel->entry.starts_with("numloom_"));
  EXPECT_EQ(launch.bytesRead.back().evaluate(params), 4000000);
}

TEST_F(GpuBackendTest, ReportsTakeNoLaunch) {
  compileForGpu(R"(
    !x = tensor<?xf32, #array.params<[p0]>>
    !i = tensor<?xsi64, #array.params<[p1]>>
    !u = tensor<?xui64, #array.params<[p1]>>
    !y = tensor<?xf32, #array.params<[p1]>>
    func.func @main(%x: !x, %i: !i, %low: !i) -> (!y, tensor<ui64>) {
      %0 = array.maximum %i, %low : !i, !i -> !i
      %1 = array.gather %x[%0] axes [0] : !x, !i -> !y
      %2 = array.subtract %i, %0 : !i, !i -> !i
      %3 = array.cast %2 : !i -> !u
      %4 = array.report %3 : !u -> tensor<ui64>
      return %1, %4 : !y, tensor<ui64>
    })");
  ASSERT_EQ(plan->steps.size(), 1u);
  const GpuLaunchStep &launch = getLaunch(0);
  for (int32_t output : {0, 1}) {
    auto buffer = std::ranges::find(launch.buffers,
                                    BufferRef{BufferKind::Output, output});
    ASSERT_NE(buffer, launch.buffers.end());
    EXPECT_TRUE(launch.isWritten[buffer - launch.buffers.begin()]);
  }
  ASSERT_EQ(launch.bytesWritten.size(), 1u);
  int64_t params[] = {1000, 50};
  EXPECT_EQ(launch.bytesWritten[0].evaluate(params), 200);
}

TEST_F(GpuBackendTest, WorkIsMeasuredInTheLargestSpace) {
  // No array has the extents of the inner loop.
  compileForGpu(R"(
    !p = tensor<?xf32, #array.params<[p0]>>
    !q = tensor<?xf32, #array.params<[p1]>>
    !d = tensor<?x?xf32, #array.params<[p0, p1]>>
    func.func @main(%a: !p, %b: !q) -> !p {
      %0 = array.broadcast %a axes [0] : !p -> !d
      %1 = array.broadcast %b axes [1] : !q -> !d
      %2 = array.subtract %0, %1 : !d, !d -> !d
      %3 = array.sum %2 axes [1] : !d -> !p
      return %3 : !p
    })");
  int64_t params[] = {100000, 1000000};
  double work = 0;
  for (const Step &step : plan->steps)
    work += std::get<GpuLaunchStep>(step).work.evaluate(params);
  EXPECT_GE(work, 2e11);
  EXPECT_LE(work, 4e11);
}

TEST_F(GpuBackendTest, CopiesAreWork) {
  compileForGpu(R"(
    !t = tensor<?x?xf32, #array.params<[p1, p0]>>
    func.func @main(%a: !m) -> !t {
      %0 = array.transpose %a axes [1, 0] : !m -> !t
      return %0 : !t
    })");
  int64_t params[] = {1000, 1000};
  EXPECT_EQ(getLaunch(0).work.evaluate(params), 1e6);
}

TEST_F(GpuBackendTest, EpiloguesAreTheProducts) {
  compileForGpu(R"(
    !a = tensor<?x?xf32, #array.params<[p0, p2]>>
    !b = tensor<?x?xf32, #array.params<[p2, p1]>>
    !c = tensor<?x?xf32, #array.params<[p0, p1]>>
    !r = tensor<?xf32, #array.params<[p1]>>
    func.func @main(%a: !a, %b: !b, %t: tensor<?xf32>, %r: !r, %s: !s {array.scalar}) -> !c {
      %0 = array.matmul %a, %b : !a, !b -> !c
      %1 = array.broadcast %s axes [] : !s -> !c
      %2 = array.as_strided %t strides <[p3, p4]> : tensor<?xf32> -> !c
      %3 = array.multiply %1, %2 : !c, !c -> !c
      %4 = array.subtract %0, %3 : !c, !c -> !c
      %5 = array.broadcast %r axes [1] : !r -> !c
      %6 = array.add %4, %5 : !c, !c -> !c
      return %6 : !c
    })");
  ASSERT_EQ(plan->steps.size(), 1u);
  EXPECT_TRUE(plan->slots.empty());
  const GemmEpilogue &epilogue = std::get<GemmStep>(plan->steps[0]).epilogue;
  EXPECT_FALSE(epilogue.alpha || epilogue.negatesProduct);
  ASSERT_TRUE(epilogue.beta && epilogue.negatesAddend);
  EXPECT_EQ(epilogue.beta->kind, BufferKind::Input);
  EXPECT_EQ(epilogue.beta->index, 4);
  ASSERT_EQ(epilogue.addends.size(), 2u);
  int64_t params[] = {3, 4, 5, 20, 2};
  EXPECT_EQ(epilogue.addends[0].buffer.index, 2);
  EXPECT_EQ(epilogue.addends[0].rowStride.evaluate(params), 20);
  EXPECT_EQ(epilogue.addends[0].colStride.evaluate(params), 2);
  EXPECT_EQ(epilogue.addends[1].buffer.index, 3);
  EXPECT_EQ(epilogue.addends[1].rowStride.evaluate(params), 0);
  EXPECT_EQ(epilogue.addends[1].colStride.evaluate(params), 1);
}

TEST_F(GpuBackendTest, UnalignedArraysAreOtherKernels) {
  auto getEntry = [&](const char *attributes) {
    compileForGpu(std::string("func.func @main(%a: !v ") + attributes +
                  ") -> !v { %0 = array.negative %a : !v -> !v"
                  "  return %0 : !v }");
    return getLaunch(0).kernel->entry;
  };
  std::string aligned = getEntry("");
  EXPECT_EQ(getEntry(""), aligned);
  EXPECT_NE(getEntry("{array.unaligned}"), aligned);
}

TEST_F(GpuBackendTest, KernelsOfAProgramAreDistinct) {
  // Compiled by several threads.
  compileForGpu(R"(
    func.func @main(%a: !v, %b: !w, %c: !m) -> (!v, !w, !m, !v) {
      %0 = array.sqrt %a : !v -> !v
      %1 = array.exp %b : !w -> !w
      %2 = array.negative %c : !m -> !m
      %3 = array.sum %c axes [1] : !m -> !v
      %4 = array.sqrt %3 : !v -> !v
      return %0, %1, %2, %4 : !v, !w, !m, !v
    })");
  std::set<std::string> entries;
  for (size_t i = 0; i < plan->steps.size(); ++i)
    entries.insert(getLaunch(i).kernel->entry);
  EXPECT_GE(plan->steps.size(), 3u);
  EXPECT_EQ(entries.size(), plan->steps.size());
}

TEST_F(GpuBackendTest, GuardsHoldForTheHints) {
  compileForGpu(R"(
    func.func @main(%a: !m, %b: !w) -> !m
        attributes {array.param_hints = array<i64: 4096, 1024>} {
      %0 = array.broadcast %b axes [1] : !w -> !m
      %1 = array.add %a, %0 : !m, !m -> !m
      return %1 : !m
    })");
  int64_t params[] = {4096, 1024};
  EXPECT_TRUE(plan->isValidFor(params));
}

TEST_F(GpuBackendTest, EveryArchitectureHasCode) {
  for (int computeCapability :
       {75, 80, 86, 87, 89, 90, 100, 103, 110, 120, 121})
    compileForGpu("func.func @main(%a: !v) -> !v {"
                  "  %0 = array.exp %a : !v -> !v"
                  "  return %0 : !v }",
                  {computeCapability});
}

TEST_F(GpuBackendTest, OldArchitecturesAreAnError) {
  CudaTarget target{/*computeCapability=*/61};
  EXPECT_EQ(GpuBackend::create(target, NUMLOOM_LIBRARY_DIR, error), nullptr);
  EXPECT_NE(error.find("6.1"), std::string::npos) << error;
}

} // namespace
