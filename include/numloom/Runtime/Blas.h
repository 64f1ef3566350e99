// OpenBLAS, loaded at first use.
#ifndef NUMLOOM_RUNTIME_BLAS_H
#define NUMLOOM_RUNTIME_BLAS_H

#include <cstdint>
#include <stdexcept>
#include <string>

namespace numloom {

/// A matrix product that cannot be computed: no library, or too large for it.
class BlasError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Names the directory to look for libscipy_openblas.so in before the file
/// that NUMLOOM_OPENBLAS names. Has no effect after the first product.
void setLibraryDir(std::string path);
/// What `setLibraryDir` set: the folder of the package.
std::string getLibraryDir();

/// CBLAS's enumerations, by value.
enum class CblasOrder : int { RowMajor = 101 };
enum class CblasTranspose : int { None = 111, Transposed = 112 };

/// The routines in use, for one element type. `Scalar` is how CBLAS takes the
/// factors: by value for real types, by pointer for complex ones.
template <typename Scalar>
struct BlasRoutines {
  void (*gemm)(CblasOrder, CblasTranspose a, CblasTranspose b, int32_t m,
               int32_t n, int32_t k, Scalar alpha, const void *a_, int32_t lda,
               const void *b_, int32_t ldb, Scalar beta, void *c, int32_t ldc);
  void (*gemv)(CblasOrder, CblasTranspose, int32_t m, int32_t n, Scalar alpha,
               const void *a, int32_t lda, const void *x, int32_t incx,
               Scalar beta, void *y, int32_t incy);
};

/// The library's entry points.
struct Blas {
  BlasRoutines<float> f32;
  BlasRoutines<double> f64;
  BlasRoutines<const void *> c64, c128;

  /// Loads the library at the first call; throws BlasError with what was
  /// looked for when there is none, at every call.
  static const Blas &get();
};

} // namespace numloom

#endif // NUMLOOM_RUNTIME_BLAS_H
