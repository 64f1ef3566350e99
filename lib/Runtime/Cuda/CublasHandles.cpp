// Keeps cuBLAS handles, which take long to make.
#include "ContextTable.h"
#include "Cublas.h"
#include "GraphBuilder.h"

#include "numloom/Runtime/Blas.h"
#include "numloom/Runtime/Cuda/Memory.h"

#include <list>
#include <map>
#include <string>

using namespace numloom;
using namespace numloom::cuda;

/// Handles kept for all devices together: each holds tens of megabytes.
static constexpr size_t kMaxHandles = 16;

namespace {
struct Entry {
  const Cublas *library;
  int ordinal;
  StreamHandle stream;
  CublasHandle handle;
};

/// Every handle, the one used last first.
struct HandleTable {
  std::mutex mutex;
  std::list<Entry> entries;
  /// By device and stream. They outlive handles: graphs refer to them.
  std::map<std::pair<int, StreamHandle>, CublasWorkspace> workspaces;
};
} // namespace

static HandleTable &getTable() {
  // Never destroyed: by then the driver may be gone.
  static auto *table = new HandleTable;
  return *table;
}

static std::string getStatusText(CublasStatus status) {
  switch (int(status)) {
  case 1:
    return "CUBLAS_STATUS_NOT_INITIALIZED";
  case 3:
    return "CUBLAS_STATUS_ALLOC_FAILED";
  case 7:
    return "CUBLAS_STATUS_INVALID_VALUE";
  case 8:
    return "CUBLAS_STATUS_ARCH_MISMATCH";
  case 13:
    return "CUBLAS_STATUS_EXECUTION_FAILED";
  case 14:
    return "CUBLAS_STATUS_INTERNAL_ERROR";
  case 15:
    return "CUBLAS_STATUS_NOT_SUPPORTED";
  default:
    return "status " + std::to_string(int(status));
  }
}

void cuda::throwCublasError(const char *function, CublasStatus status) {
  std::string message = std::string(function) + ": " + getStatusText(status);
  if (status == CublasStatus::AllocationFailed)
    throwOutOfMemory(message);
  // The reason may be an earlier kernel's fault, which the driver tells.
  const Driver *driver = Driver::getIfUsable();
  Result state =
      driver ? driver->cuStreamQuery.attempt(nullptr) : Result::Success;
  if (isSticky(state))
    throwError(state, function, " (" + getStatusText(status) + ")");
  throw BlasError(message);
}

/// What the library reports without room is not always that.
static CublasHandle createHandle(const Cublas &library, int ordinal) {
  CublasHandle handle = nullptr;
  if (library.create.pointer(&handle) != CublasStatus::Success) {
    getAllocator()->freeCached(ordinal);
    library.create(&handle);
  }
  CublasStatus status = library.setMathMode.pointer(
      handle, CublasMathMode::DisallowReducedPrecisionReduction);
  if (status != CublasStatus::Success) {
    library.destroy.pointer(handle);
    throwCublasError(library.setMathMode.name, status);
  }
  return handle;
}

/// The entry for the stream, moved to the front; made if there is none.
static Entry &findEntry(HandleTable &table, const Cublas &library,
                        const Stream &stream) {
  auto &entries = table.entries;
  for (auto it = entries.begin(); it != entries.end(); ++it)
    if (it->ordinal == stream.getOrdinal() &&
        it->stream == stream.getHandle()) {
      entries.splice(entries.begin(), entries, it);
      return entries.front();
    }
  if (entries.size() == kMaxHandles) {
    // Waits for the work that the handle was given.
    entries.back().library->destroy.pointer(entries.back().handle);
    entries.pop_back();
  }
  entries.push_front({&library, stream.getOrdinal(), stream.getHandle(),
                      createHandle(library, stream.getOrdinal())});
  return entries.front();
}

size_t cuda::getCublasWorkspaceBytes(int ordinal) {
  int major = getAttribute(ordinal, DeviceAttribute::ComputeCapabilityMajor);
  return size_t(major < 9 ? 4 : major < 12 ? 32 : 12) << 20;
}

/// The stream's workspace, made at its first capture.
static const CublasWorkspace &getWorkspace(HandleTable &table,
                                           const Stream &stream) {
  CublasWorkspace &workspace =
      table.workspaces[{stream.getOrdinal(), stream.getHandle()}];
  if (!workspace.memory) {
    size_t bytes = getCublasWorkspaceBytes(stream.getOrdinal());
    ContextScope scope(stream.getOrdinal());
    DeviceAddress address = 0;
    scope->cuMemAlloc(&address, bytes);
    workspace = {reinterpret_cast<void *>(address), bytes};
  }
  return workspace;
}

CublasLease::CublasLease(const Cublas &library, const Stream &stream)
    : library(library), lock(getTable().mutex) {
  const GemmCapture *capture = GemmCapture::get();
  if (!capture) {
    handle = findEntry(getTable(), library, stream).handle;
    library.setStream(handle, stream.getHandle());
    return;
  }
  handle = findEntry(getTable(), library, capture->owner).handle;
  workspace = ::getWorkspace(getTable(), capture->owner);
  library.setStream(handle, stream.getHandle());
  owner = &capture->owner;
  library.setWorkspace(handle, workspace.memory, workspace.bytes);
}

CublasLease::~CublasLease() {
  if (owner)
    library.setStream.pointer(handle, owner->getHandle());
}

void cuda::dropCublasHandles() {
  HandleTable &table = getTable();
  std::lock_guard lock(table.mutex);
  for (const Entry &entry : table.entries)
    entry.library->destroy.pointer(entry.handle);
  table.entries.clear();
  for (const auto &[key, workspace] : table.workspaces)
    if (workspace.memory)
      runQuietly(key.first, [&](ContextScope &scope) {
        scope->cuMemFree(reinterpret_cast<DeviceAddress>(workspace.memory));
      });
  table.workspaces.clear();
  dropCublasLtCalls();
}
