// numloom-opt: runs passes and pipelines on .mlir files.
#include "tools/Support/Registration.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  numloom::registerToolDialects(registry);
  numloom::registerToolPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Numloom's optimizer driver\n", registry));
}
