// Numbered folders and files of the compiler's stages.

#include "numloom/Compiler/Dump.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <atomic>
#include <cstdlib>

namespace numloom {
namespace {
struct DumpAfterPasses : mlir::PassInstrumentation {
  explicit DumpAfterPasses(Dump &dump) : dump(dump) {}

  void runAfterPass(mlir::Pass *pass, mlir::Operation *op) override {
    llvm::StringRef name = pass->getArgument();
    if (name.empty()) // the adaptor that runs nested passes
      return;
    name.consume_front("numloom-");
    dump.write((name + ".mlir").str(), op);
  }

  Dump &dump;
};
} // namespace

void Dump::watch(mlir::PassManager &manager) {
  if (!folder.empty())
    manager.addInstrumentation(std::make_unique<DumpAfterPasses>(*this));
}

Dump::Dump(llvm::StringRef kind) {
  static std::atomic<int> count{0};
  const char *root = std::getenv("NUMLOOM_DUMP");
  if (!root || !*root)
    return;
  llvm::SmallString<128> path(root);
  llvm::sys::path::append(path,
                          llvm::formatv("{0,0+4}-{1}", count++, kind).str());
  if (std::error_code failed = llvm::sys::fs::create_directories(path)) {
    llvm::errs() << "numloom: cannot write to NUMLOOM_DUMP folder " << path
                 << ": " << failed.message() << '\n';
    return;
  }
  folder = path.str().str();
}

std::unique_ptr<llvm::raw_ostream> Dump::open(llvm::StringRef stage) {
  if (folder.empty())
    return nullptr;
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path,
                          llvm::formatv("{0}-{1}", ++stages, stage).str());
  std::error_code failed;
  auto file = std::make_unique<llvm::raw_fd_ostream>(path, failed);
  if (failed)
    return nullptr;
  return file;
}

void Dump::write(llvm::StringRef stage, mlir::Operation *op) {
  if (auto file = open(stage))
    op->print(*file, mlir::OpPrintingFlags());
}

} // namespace numloom
