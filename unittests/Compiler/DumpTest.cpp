// The stages of programs and kernels as files.
#include "ProgramTest.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cstdlib>

using namespace numloom;

namespace {

class DumpTest : public ProgramTest {
protected:
  DumpTest() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("numloom-dump", folder));
  }
  ~DumpTest() override {
    unsetenv("NUMLOOM_DUMP");
    llvm::sys::fs::remove_directories(folder);
  }

  void compileNegative() {
    compile("func.func @main(%a: !v) -> !v {"
            "  %0 = array.negative %a : !v -> !v"
            "  return %0 : !v }");
  }

  /// Paths below `folder`, sorted, each without the number of its folder.
  std::vector<std::string> listFiles() {
    std::vector<std::string> files;
    std::error_code failed;
    for (llvm::sys::fs::recursive_directory_iterator it(folder, failed), end;
         it != end && !failed; it.increment(failed)) {
      if (it->type() == llvm::sys::fs::file_type::directory_file)
        continue;
      llvm::StringRef path(it->path());
      path.consume_front(folder);
      auto [number, rest] = path.drop_front().split('-');
      EXPECT_EQ(number.size(), 4u);
      contents[rest.str()] =
          (*llvm::MemoryBuffer::getFile(it->path()))->getBuffer().str();
      files.push_back(rest.str());
    }
    llvm::sort(files);
    return files;
  }

  llvm::SmallString<128> folder;
  std::map<std::string, std::string> contents;
};

TEST_F(DumpTest, EveryStageIsAFile) {
  setenv("NUMLOOM_DUMP", folder.c_str(), 1);
  compileNegative();
  EXPECT_EQ(
      listFiles(),
      (std::vector<std::string>{
          "kernel/1-kernel.mlir", "kernel/2-schedule-cpu.mlir",
          "kernel/3-expand-math.mlir", "kernel/4-lower-math-to-library.mlir",
          "kernel/5-convert-scf-to-cf.mlir",
          "kernel/6-convert-kernels-to-llvm.mlir", "kernel/7-kernel.ll",
          "kernel/8-kernel.s", "program/1-program.mlir",
          "program/2-simplify.mlir", "program/3-fold-gemm-epilogues.mlir",
          "program/4-one-pass-deviations.mlir", "program/5-form-fusions.mlir",
          "program/6-plan-buffers.mlir"}));
  auto expectContains = [&](const char *file, const char *text) {
    EXPECT_NE(contents[file].find(text), std::string::npos) << contents[file];
  };
  expectContains("program/1-program.mlir", "array.negative");
  expectContains("program/5-form-fusions.mlir", "array.fusion");
  expectContains("program/6-plan-buffers.mlir", "array.slots");
  expectContains("kernel/1-kernel.mlir", "array.num_params");
  expectContains("kernel/2-schedule-cpu.mlir", "vector.load");
  expectContains("kernel/7-kernel.ll", "define void @numloom_");
  expectContains("kernel/8-kernel.s", "numloom_");
}

TEST_F(DumpTest, KnownKernelsAreNotDumpedAgain) {
  compileNegative();
  setenv("NUMLOOM_DUMP", folder.c_str(), 1);
  compileNegative();
  for (const std::string &file : listFiles())
    EXPECT_TRUE(llvm::StringRef(file).starts_with("program/")) << file;
  EXPECT_FALSE(contents.empty());
}

TEST_F(DumpTest, NothingIsDumpedUnasked) {
  setenv("NUMLOOM_DUMP", "", 1);
  compileNegative();
  unsetenv("NUMLOOM_DUMP");
  compileNegative();
  EXPECT_TRUE(listFiles().empty());
}

TEST_F(DumpTest, FoldersThatCannotBeWrittenDoNoHarm) {
  llvm::SmallString<128> file(folder);
  llvm::sys::path::append(file, "file");
  std::error_code failed;
  llvm::raw_fd_ostream(file, failed) << "no folder";
  ASSERT_FALSE(failed);
  setenv("NUMLOOM_DUMP", file.c_str(), 1);
  testing::internal::CaptureStderr();
  compileNegative();
  EXPECT_NE(testing::internal::GetCapturedStderr().find(
                "cannot write to NUMLOOM_DUMP folder"),
            std::string::npos);
}

} // namespace
