// Opens libnumloom_cub.so and calls it with the runtime's stream and memory.
#include "numloom/Runtime/Cuda/Algorithms.h"

#include "../Cub/CubLibrary.h"
#include "Polling.h"
#include "WorkEstimate.h"

#include "numloom/Runtime/Blas.h"
#include "numloom/Runtime/Cuda/Context.h"
#include "numloom/Runtime/Cuda/Error.h"
#include "numloom/Runtime/Cuda/Runtime.h"
#include "numloom/Runtime/Cuda/Stream.h"
#include "numloom/Support/Environment.h"

#include <dlfcn.h>
#include <exception>
#include <string>
#include <vector>

using namespace numloom;
using namespace numloom::cuda;
using cub_library::Functions;

static constexpr char kLibraryName[] = "libnumloom_cub.so";

[[noreturn]] static void refuse(const std::string &reason) {
  throw CudaError(Result::LibraryNotFound,
                  "sorting, searching and counting on a GPU need " +
                      std::string(kLibraryName) +
                      ", which is part of Numloom where it was built with "
                      "CUDA's nvcc: " +
                      reason);
}

static const Functions &load() {
  auto other = getEnvironment("NUMLOOM_CUB");
  std::string path =
      other ? std::string(*other) : getLibraryDir() + kLibraryName;
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    refuse(dlerror());
  auto *getFunctions = reinterpret_cast<cub_library::GetFunctions *>(
      dlsym(library, cub_library::kEntryPoint));
  if (!getFunctions || getFunctions()->version != cub_library::kVersion)
    refuse(path + " is of another version");
  return *getFunctions();
}

static const Functions &getFunctions() {
  // A failed initialisation is tried again at the next call.
  static const Functions &functions = load();
  return functions;
}

namespace {
/// The device memory of one call. Released when the call has enqueued its work:
/// the allocator gives it out again in stream order.
class Workspace {
public:
  explicit Workspace(int ordinal) : ordinal(ordinal) {}
  Workspace(const Workspace &) = delete;
  Workspace &operator=(const Workspace &) = delete;
  ~Workspace() {
    for (const Block &block : blocks)
      if (block.memory.release)
        block.memory.release(block.memory.owner, block.memory.pointer,
                             block.bytes);
  }

  /// No exception passes through the library: it is kept for `rethrow`.
  void *allocate(size_t bytes) noexcept {
    try {
      blocks.reserve(blocks.size() + 1);
      blocks.push_back({cuda::allocate(ordinal, bytes), bytes});
      return blocks.back().memory.pointer;
    } catch (...) {
      failure = std::current_exception();
      return nullptr;
    }
  }
  void rethrow() const {
    if (failure)
      std::rethrow_exception(failure);
  }

private:
  struct Block {
    Allocation memory;
    size_t bytes;
  };
  int ordinal;
  std::vector<Block> blocks;
  std::exception_ptr failure;
};
} // namespace

[[noreturn]] static void throwLibraryError(const char *name, int error,
                                           const std::string &errorName) {
  // What CUDA's runtime says of drivers that are older than it.
  constexpr int kInsufficientDriver = 35, kCallNeedsNewerDriver = 36;
  if (error == kInsufficientDriver || error == kCallNeedsNewerDriver) {
    int version = getDriverVersion();
    throw CudaError(Result::DriverTooOld,
                    std::string(name) +
                        " on a GPU needs a newer driver: this one supports "
                        "CUDA " +
                        std::to_string(version / 1000) + "." +
                        std::to_string(version % 1000 / 10) + " (" + errorName +
                        ")");
  }
  throwError(static_cast<Result>(error), name,
             " (" + errorName + " of CUDA's runtime)");
}

/// Runs one function of the library.
template <typename... Parameters, typename... Arguments>
static void run(int ordinal, const char *name,
                int (*Functions::*function)(const cub_library::Call &,
                                            Parameters...),
                Arguments &&...arguments) {
  const Functions &functions = getFunctions();
  ContextScope scope(ordinal);
  Workspace workspace(ordinal);
  cub_library::Call call{
      .stream = Stream::getCurrent(ordinal)->getHandle(),
      .allocate =
          [](void *context, size_t bytes) {
            return static_cast<Workspace *>(context)->allocate(bytes);
          },
      .context = &workspace};
  noteEnqueued(ordinal, kUnknownTime);
  int error = (functions.*function)(call, arguments...);
  workspace.rethrow();
  if (error)
    throwLibraryError(name, error, functions.getErrorName(error));
}

void cuda::sortRows(int ordinal, DType dtype, const void *source, void *result,
                    Rows rows) {
  if (rows.size())
    run(ordinal, "sort", &Functions::sortRows, dtype, source, result, rows);
}

/// Positions are carried in 32 bits.
static void checkPositions(const char *name, Rows rows) {
  if (rows.size() > int64_t(UINT32_MAX))
    throw CudaError(Result::InvalidValue,
                    std::string(name) +
                        " on a GPU takes fewer than 2^32 elements");
}

void cuda::argsortRows(int ordinal, DType dtype, const void *source,
                       int64_t *result, Rows rows) {
  checkPositions("argsort", rows);
  if (rows.size())
    run(ordinal, "argsort", &Functions::argsortRows, dtype, source, result,
        rows);
}

void cuda::selectRows(int ordinal, DType dtype, const void *source,
                      void *result, Rows rows, std::span<const int64_t> ranks) {
  if (rows.size() && !ranks.empty())
    run(ordinal, "select", &Functions::selectRows, dtype, source, result, rows,
        ranks.data(), int64_t(ranks.size()));
}

void cuda::partitionRows(int ordinal, DType dtype, const void *source,
                         void *result, Rows rows,
                         std::span<const int64_t> ranks) {
  if (rows.size())
    run(ordinal, "partition", &Functions::partitionRows, dtype, source, result,
        rows, ranks.data(), int64_t(ranks.size()));
}

void cuda::argpartitionRows(int ordinal, DType dtype, const void *source,
                            int64_t *result, Rows rows,
                            std::span<const int64_t> ranks) {
  checkPositions("argpartition", rows);
  if (rows.size())
    run(ordinal, "argpartition", &Functions::argpartitionRows, dtype, source,
        result, rows, ranks.data(), int64_t(ranks.size()));
}

void cuda::searchSorted(int ordinal, DType dtype, const void *sorted,
                        int64_t length, const void *values, int64_t count,
                        bool behindEqual, int64_t *result) {
  if (count)
    run(ordinal, "searchsorted", &Functions::searchSorted, dtype, sorted,
        length, values, count, behindEqual, result);
}

void cuda::countBins(int ordinal, const int64_t *values, int64_t count,
                     int64_t *counts, int64_t bins) {
  if (bins)
    run(ordinal, "bincount", &Functions::countBins, values, count, counts,
        bins);
}

void cuda::sumBins(int ordinal, const int64_t *values, const double *weights,
                   int64_t count, double *sums, int64_t bins) {
  if (bins)
    run(ordinal, "bincount", &Functions::sumBins, values, weights, count, sums,
        bins);
}

void cuda::countHistogram(int ordinal, DType dtype, const void *values,
                          int64_t count, const HistogramBins &bins,
                          int64_t *counts) {
  run(ordinal, "histogram", &Functions::countHistogram, dtype, values, count,
      bins, counts);
}

void cuda::findBins(int ordinal, DType dtype, const void *values, int64_t count,
                    const HistogramBins &bins, int64_t *result) {
  if (count)
    run(ordinal, "histogram", &Functions::findBins, dtype, values, count, bins,
        result);
}
