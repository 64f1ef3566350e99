// Finds and opens OpenBLAS.
#include "numloom/Runtime/Blas.h"

#include "numloom/Support/Environment.h"

#include <dlfcn.h>
#include <mutex>
#include <vector>

using namespace numloom;

static constexpr const char *kLibraryName = "libscipy_openblas.so";

static std::mutex loadMutex;
static std::string libraryDir;

void numloom::setLibraryDir(std::string path) {
  std::lock_guard lock(loadMutex);
  libraryDir = std::move(path);
}

std::string numloom::getLibraryDir() {
  std::lock_guard lock(loadMutex);
  return libraryDir;
}

static std::vector<std::string> getCandidates() {
  std::vector<std::string> paths;
  if (!libraryDir.empty())
    paths.push_back(libraryDir + "/" + kLibraryName);
  if (auto path = getEnvironment("NUMLOOM_OPENBLAS"))
    paths.emplace_back(*path);
  return paths;
}

static void *openLibrary() {
  std::string tried;
  for (const std::string &path : getCandidates()) {
    if (void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))
      return handle;
    tried += std::string("\n  ") + dlerror();
  }
  if (tried.empty())
    tried = " no directory is set and NUMLOOM_OPENBLAS is empty";
  throw BlasError(
      "matrix products need OpenBLAS (" + std::string(kLibraryName) +
      " of the scipy-openblas32 package), which was not found:" + tried);
}

template <typename Fn>
static void resolve(void *handle, const std::string &name, Fn &fn) {
  fn = reinterpret_cast<Fn>(dlsym(handle, name.c_str()));
  if (!fn)
    throw BlasError("OpenBLAS has no entry point " + name);
}

template <typename Scalar>
static void resolveRoutines(void *handle, char type,
                            BlasRoutines<Scalar> &routines) {
  std::string prefix = std::string("scipy_cblas_") + type;
  resolve(handle, prefix + "gemm", routines.gemm);
  resolve(handle, prefix + "gemv", routines.gemv);
}

static Blas load() {
  std::lock_guard lock(loadMutex);
  void *handle = openLibrary();
  Blas blas;
  resolveRoutines(handle, 's', blas.f32);
  resolveRoutines(handle, 'd', blas.f64);
  resolveRoutines(handle, 'c', blas.c64);
  resolveRoutines(handle, 'z', blas.c128);
  // The parallel loop around the calls is ours: two pools would compete for
  // the CPUs, and the split would depend on the number of threads.
  void (*setThreads)(int);
  resolve(handle, "scipy_openblas_set_num_threads", setThreads);
  setThreads(1);
  return blas;
}

const Blas &Blas::get() {
  // A failed initialisation is tried again at the next call.
  static const Blas blas = load();
  return blas;
}
