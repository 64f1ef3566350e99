// Finds and opens cuBLAS.
#include "Cublas.h"

#include "numloom/Runtime/Blas.h"
#include "numloom/Support/CudaToolkit.h"

#include <atomic>
#include <dlfcn.h>
#include <string>

using namespace numloom;
using namespace numloom::cuda;

static std::atomic<const Cublas *> replacement{nullptr};

static std::vector<std::string> getCandidates() {
  if (auto path = getEnvironment("NUMLOOM_CUBLAS"))
    return {std::string(*path)};
  return getCudaLibraryPaths(getLibraryDir(), "cublas",
                             {"libcublas.so.13", "libcublas.so.12"});
}

/// libcublas needs the libcublasLt of its own folder, which the loader finds
/// by itself only where the folder is on its search path.
static void *openWithCublasLt(std::string path) {
  if (size_t name = path.rfind("libcublas.so"); name && name != path.npos) {
    std::string lt = path;
    dlopen(lt.insert(name + sizeof("libcublas") - 1, "Lt").c_str(),
           RTLD_NOW | RTLD_GLOBAL);
  }
  return dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
}

static void *openLibrary() {
  std::string tried;
  for (const std::string &path : getCandidates()) {
    if (void *handle = openWithCublasLt(path))
      return handle;
    tried += std::string("\n  ") + dlerror();
  }
  throw BlasError("matrix products on a GPU need cuBLAS of CUDA 12 or 13 (of "
                  "the toolkit or the package nvidia-cublas; NUMLOOM_CUBLAS "
                  "names the file), which was not found:" +
                  tried);
}

template <typename... Args>
static void resolve(void *library, const char *name,
                    CublasFunction<Args...> &function) {
  function.name = name;
  function.pointer =
      reinterpret_cast<CublasStatus (*)(Args...)>(dlsym(library, name));
  if (!function.pointer)
    throw BlasError(std::string("cuBLAS has no entry point ") + name +
                    ": CUDA 12.0 or newer is needed");
}

/// Looked up in libcublas and what it needs, which libcublasLt is part of.
template <typename... Args>
static void resolveIfThere(void *library, const char *name,
                           CublasFunction<Args...> &function) {
  if (dlsym(library, name))
    resolve(library, name, function);
}

static CublasLt loadLt(void *library) {
  CublasLt lt;
  auto find = [&](const char *name, auto &function) {
    resolveIfThere(library, name, function);
  };
  find("cublasLtCreate", lt.create);
  find("cublasLtDestroy", lt.destroy);
  find("cublasLtMatmulDescCreate", lt.createOperation);
  find("cublasLtMatmulDescDestroy", lt.destroyOperation);
  find("cublasLtMatmulDescSetAttribute", lt.setOperation);
  find("cublasLtMatrixLayoutCreate", lt.createLayout);
  find("cublasLtMatrixLayoutDestroy", lt.destroyLayout);
  find("cublasLtMatrixLayoutSetAttribute", lt.setLayout);
  find("cublasLtMatmulPreferenceCreate", lt.createPreference);
  find("cublasLtMatmulPreferenceDestroy", lt.destroyPreference);
  find("cublasLtMatmulPreferenceSetAttribute", lt.setPreference);
  find("cublasLtMatmulAlgoGetHeuristic", lt.findAlgorithm);
  find("cublasLtMatmul", lt.matmul);
  return lt;
}

static Cublas load() {
  void *library = openLibrary();
  Cublas cublas;
  resolve(library, "cublasCreate_v2", cublas.create);
  resolve(library, "cublasDestroy_v2", cublas.destroy);
  resolve(library, "cublasSetStream_v2", cublas.setStream);
  resolve(library, "cublasSetWorkspace_v2", cublas.setWorkspace);
  resolve(library, "cublasSetPointerMode_v2", cublas.setPointerMode);
  resolve(library, "cublasSetMathMode", cublas.setMathMode);
  resolve(library, "cublasGemmStridedBatchedEx_64", cublas.gemm);
  resolve(library, "cublasDotEx_64", cublas.dot);
  resolve(library, "cublasSgemvStridedBatched_64", cublas.gemvFloat32);
  resolve(library, "cublasDgemvStridedBatched_64", cublas.gemvFloat64);
  resolve(library, "cublasCgemvStridedBatched_64", cublas.gemvComplex64);
  resolve(library, "cublasZgemvStridedBatched_64", cublas.gemvComplex128);
  resolve(library, "cublasHSHgemvStridedBatched_64", cublas.gemvFloat16);
  resolve(library, "cublasTSTgemvStridedBatched_64", cublas.gemvBFloat16);
  cublas.lt = loadLt(library);
  return cublas;
}

const Cublas &Cublas::get() {
  if (const Cublas *library = replacement)
    return *library;
  // A failed initialisation is tried again at the next call.
  static const Cublas library = load();
  return library;
}

void Cublas::replace(const Cublas *library) {
  dropCublasHandles();
  replacement = library;
}
