// Tells the tests where the build found OpenBLAS.
#include "numloom/Runtime/Blas.h"

#include <gtest/gtest.h>

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  numloom::setLibraryDir(NUMLOOM_OPENBLAS_DIR);
  return RUN_ALL_TESTS();
}
