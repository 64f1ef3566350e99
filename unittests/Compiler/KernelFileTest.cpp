// Kernels as bytes: what the disk cache keeps.
#include "Cpu/KernelFile.h"

#include <gtest/gtest.h>

using namespace numloom;

namespace {

CompiledKernel makeKernel() {
  CompiledKernel kernel;
  kernel.numParams = 2;
  kernel.partialBytes = {4, 8};
  KernelFunction first;
  first.name = "kernel";
  first.bufferIds = {0, 1, 3, 4};
  first.work = {{1, makeParam(0), makeParam(1)}, 1, 65536, 1, {makeParam(0)}};
  first.itemCost.factors = {65536};
  KernelFunction second;
  second.name = "kernel_combine";
  second.bufferIds = {2, 3, 4};
  second.work.factors = {1};
  kernel.functions = {first, second};
  return kernel;
}

const std::string kObject("\x7f"
                          "ELF\0machine code",
                          17);

std::string makeFile() {
  return writeKernelFile(makeKernel(),
                         llvm::ArrayRef(kObject.data(), kObject.size()));
}

/// Reads a copy of `content` that ends where its memory does, so that a read
/// beyond it is seen by the address sanitizer.
std::shared_ptr<CompiledKernel> read(const std::string &content,
                                     std::string &object) {
  std::unique_ptr<char[]> copy(new char[content.size()]);
  std::copy(content.begin(), content.end(), copy.get());
  llvm::ArrayRef<char> code;
  auto kernel =
      readKernelFile(llvm::StringRef(copy.get(), content.size()), code);
  object.assign(code.begin(), code.end());
  return kernel;
}

/// A file is refused, or it is what its kernel is written as.
void expectConsistent(const std::string &content) {
  std::string object;
  if (auto kernel = read(content, object))
    EXPECT_EQ(
        writeKernelFile(*kernel, llvm::ArrayRef(object.data(), object.size())),
        content);
}

TEST(KernelFileTest, RoundTrip) {
  std::string object;
  auto kernel = read(makeFile(), object);
  ASSERT_TRUE(kernel);
  EXPECT_EQ(object, kObject);
  CompiledKernel expected = makeKernel();
  EXPECT_EQ(kernel->numParams, expected.numParams);
  EXPECT_EQ(kernel->partialBytes, expected.partialBytes);
  ASSERT_EQ(kernel->functions.size(), expected.functions.size());
  for (size_t i = 0; i < expected.functions.size(); ++i) {
    const KernelFunction &actual = kernel->functions[i];
    EXPECT_EQ(actual.name, expected.functions[i].name);
    EXPECT_EQ(actual.bufferIds, expected.functions[i].bufferIds);
    EXPECT_EQ(actual.work, expected.functions[i].work);
    EXPECT_EQ(actual.itemCost, expected.functions[i].itemCost);
    EXPECT_EQ(actual.code, nullptr);
  }
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
  llvm::ArrayRef<char> code;
  EXPECT_EQ(readKernelFile(writeKernelFile(empty, {}), code), nullptr);
}

} // namespace
