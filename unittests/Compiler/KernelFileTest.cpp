// Kernels as bytes: what the disk cache keeps.
#include "KernelFile.h"

#include <gtest/gtest.h>

using namespace numloom;

namespace {

CompiledKernel makeKernel() {
  CompiledKernel kernel;
  kernel.partials = {
      {SizeFormula::constant(4)},
      {{{makeParam(1)}, 1, 65536, 8, {}}, ArenaSlot::Content::Counters}};
  KernelFunction first;
  first.name = "kernel";
  first.bufferIds = {0, 1, 3, 4};
  LaunchStep onCpu;
  onCpu.work = {{1, makeParam(0), makeParam(1)}, 1, 65536, 1, {makeParam(0)}};
  onCpu.itemCost.factors = {65536};
  first.launch = onCpu;
  KernelFunction second;
  second.name = "kernel_combine";
  second.bufferIds = {2, 3, 4};
  GpuLaunchStep onGpu;
  onGpu.blocks.factors = {makeParam(0)};
  onGpu.threads = 128;
  onGpu.sharedBytes = SizeFormula::constant(4096);
  second.launch = onGpu;
  kernel.functions = {first, second};
  return kernel;
}

const std::string kObject("\x7f"
                          "ELF\0machine code",
                          17);

std::string makeFile() { return writeKernelFile(makeKernel(), kObject); }

/// Reads a copy of `content` that ends where its memory does, so that a read
/// beyond it is seen by the address sanitizer.
std::shared_ptr<CompiledKernel> read(const std::string &content,
                                     std::string &object) {
  std::unique_ptr<char[]> copy(new char[content.size()]);
  std::copy(content.begin(), content.end(), copy.get());
  llvm::StringRef code;
  auto kernel =
      readKernelFile(llvm::StringRef(copy.get(), content.size()), code);
  object = code.str();
  return kernel;
}

/// A file is refused, or it is what its kernel is written as.
void expectConsistent(const std::string &content) {
  std::string object;
  if (auto kernel = read(content, object))
    EXPECT_EQ(writeKernelFile(*kernel, object), content);
}

TEST(KernelFileTest, RoundTrip) {
  std::string object;
  auto kernel = read(makeFile(), object);
  ASSERT_TRUE(kernel);
  EXPECT_EQ(object, kObject);
  CompiledKernel expected = makeKernel();
  ASSERT_EQ(kernel->partials.size(), expected.partials.size());
  for (size_t i = 0; i < expected.partials.size(); ++i) {
    EXPECT_EQ(kernel->partials[i].bytes, expected.partials[i].bytes);
    EXPECT_EQ(kernel->partials[i].content, expected.partials[i].content);
  }
  ASSERT_EQ(kernel->functions.size(), expected.functions.size());
  for (size_t i = 0; i < expected.functions.size(); ++i) {
    EXPECT_EQ(kernel->functions[i].name, expected.functions[i].name);
    EXPECT_EQ(kernel->functions[i].bufferIds, expected.functions[i].bufferIds);
  }
  const auto &onCpu = std::get<LaunchStep>(kernel->functions[0].launch);
  const auto &expectedOnCpu =
      std::get<LaunchStep>(expected.functions[0].launch);
  EXPECT_EQ(onCpu.work, expectedOnCpu.work);
  EXPECT_EQ(onCpu.itemCost, expectedOnCpu.itemCost);
  EXPECT_EQ(onCpu.kernel, nullptr);
  const auto &onGpu = std::get<GpuLaunchStep>(kernel->functions[1].launch);
  EXPECT_EQ(onGpu.blocks.factors, (std::vector<int64_t>{makeParam(0)}));
  EXPECT_EQ(onGpu.threads, 128);
  EXPECT_EQ(onGpu.sharedBytes, SizeFormula::constant(4096));
}

TEST(KernelFileTest, EveryTruncationIsRefused) {
  std::string content = makeFile(), object;
  for (size_t size = 0; size < content.size(); ++size)
    EXPECT_EQ(read(content.substr(0, size), object), nullptr) << size;
  EXPECT_EQ(read(content + '\0', object), nullptr);
}

TEST(KernelFileTest, NoBitFlipIsMisread) {
  std::string content = makeFile();
  for (size_t bit = 0; bit < content.size() * 8; ++bit) {
    std::string damaged = content;
    damaged[bit / 8] ^= 1 << (bit % 8);
    expectConsistent(damaged);
  }
}

TEST(KernelFileTest, NoNumberIsMisread) {
  std::string content = makeFile();
  for (int64_t number :
       {int64_t(0), int64_t(-1), int64_t(1) << 40,
        std::numeric_limits<int64_t>::max(),
        std::numeric_limits<int64_t>::min(), int64_t(content.size())})
    for (size_t at = 0; at + sizeof(number) <= content.size(); ++at) {
      std::string damaged = content;
      std::memcpy(damaged.data() + at, &number, sizeof(number));
      expectConsistent(damaged);
    }
}

TEST(KernelFileTest, AKernelHasFunctions) {
  CompiledKernel empty;
  llvm::StringRef code;
  EXPECT_EQ(readKernelFile(writeKernelFile(empty, {}), code), nullptr);
}

} // namespace
