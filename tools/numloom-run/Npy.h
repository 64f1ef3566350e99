// Arrays in NumPy's .npy format, and as text. Free of LLVM.
#ifndef NUMLOOM_TOOLS_NUMLOOM_RUN_NPY_H
#define NUMLOOM_TOOLS_NUMLOOM_RUN_NPY_H

#include "numloom/Runtime/Allocator.h"
#include "numloom/Support/DType.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace numloom {

/// A file that is no .npy file or one of a kind that is not supported.
class NpyError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A C-contiguous array.
struct HostArray {
  DType dtype;
  std::vector<int64_t> shape;
  Buffer data;

  /// Uninitialised; throws NpyError when the size overflows, OutOfMemory when
  /// there is no room.
  static HostArray allocate(DType dtype, std::vector<int64_t> shape);
  int64_t getNumElements() const;
};

/// Reads format versions 1 to 3, little-endian, C or Fortran order; bfloat16
/// is what NumPy writes as '<V2'. Throws NpyError.
HostArray readNpy(const std::string &path);

/// Writes format version 1. Throws NpyError.
void writeNpy(const std::string &path, const HostArray &array);

/// `float32[2, 2] = [[1, 2], [3, 4]]`; floats with as many digits as tell
/// them apart.
std::string formatArray(const HostArray &array);

} // namespace numloom

#endif // NUMLOOM_TOOLS_NUMLOOM_RUN_NPY_H
