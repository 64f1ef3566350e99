// Writes the compiler's stages to files, for reading.
#ifndef NUMLOOM_COMPILER_DUMP_H
#define NUMLOOM_COMPILER_DUMP_H

#include "mlir/Pass/PassManager.h"

#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>

namespace numloom {

/// The dump of one program or kernel under the folder that NUMLOOM_DUMP names;
/// does nothing when the variable is unset. Files are numbered in the order of
/// the stages: `0003-program/2-form-fusions.mlir`.
class Dump {
public:
  static Dump startProgram() { return Dump("program"); }
  static Dump startKernel() { return Dump("kernel"); }

  /// Writes `op` as the next stage.
  void write(llvm::StringRef stage, mlir::Operation *op);
  /// Writes what every pass of `manager` leaves, as a stage named after it.
  /// The dump must outlive the manager's run.
  void watch(mlir::PassManager &manager);
  /// The file of the next stage; null when nothing is dumped.
  std::unique_ptr<llvm::raw_ostream> open(llvm::StringRef stage);

private:
  explicit Dump(llvm::StringRef kind);

  std::string folder;
  int stages = 0;
};

} // namespace numloom

#endif // NUMLOOM_COMPILER_DUMP_H
