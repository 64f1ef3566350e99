// operator new for processes whose allocations are to fail, loaded before all
// else (LD_PRELOAD): those that the extension's code makes. The compiler's are
// left alone: LLVM ends a process that has no memory.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <link.h>
#include <new>

namespace {
/// The code whose allocations are counted.
uintptr_t codeBegin = 0, codeEnd = 0;
std::atomic<int64_t> allocationsUntilFailure{-1};
std::atomic<bool> hasFailed{false};
} // namespace

static int findCode(dl_phdr_info *info, size_t, void *name) {
  if (!std::strstr(info->dlpi_name, static_cast<const char *>(name)))
    return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i)
    if (const auto &part = info->dlpi_phdr[i];
        part.p_type == PT_LOAD && (part.p_flags & PF_X)) {
      codeBegin = info->dlpi_addr + part.p_vaddr;
      codeEnd = codeBegin + part.p_memsz;
    }
  return 1;
}

#define NUMLOOM_EXPORT extern "C" [[gnu::visibility("default")]]

/// Counts allocations of the library whose path contains `name`, lets as many
/// pass and fails the one after; negative: none.
NUMLOOM_EXPORT void numloomFailNew(const char *name, int64_t after) {
  dl_iterate_phdr(findCode, const_cast<char *>(name));
  hasFailed = false;
  allocationsUntilFailure = after;
}

/// Whether one has failed since then.
NUMLOOM_EXPORT int numloomHasNewFailed() { return hasFailed; }

/// Null where there is no memory, or is to be none.
static void *allocate(size_t bytes, size_t alignment, void *caller) {
  auto address = reinterpret_cast<uintptr_t>(caller);
  if (allocationsUntilFailure >= 0 && address >= codeBegin &&
      address < codeEnd && allocationsUntilFailure-- == 0) {
    hasFailed = true;
    return nullptr;
  }
  void *memory = nullptr;
  alignment = alignment < sizeof(void *) ? sizeof(void *) : alignment;
  return posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
}

static void *check(void *memory) {
  if (!memory)
    throw std::bad_alloc();
  return memory;
}

static constexpr size_t kAlignment = alignof(std::max_align_t);

// The other forms call these.
#define NUMLOOM_ALLOCATE(ALIGNMENT)                                            \
  allocate(bytes, size_t(ALIGNMENT), __builtin_return_address(0))
[[gnu::visibility("default")]] void *operator new(size_t bytes) {
  return check(NUMLOOM_ALLOCATE(kAlignment));
}
[[gnu::visibility("default")]] void *operator new[](size_t bytes) {
  return check(NUMLOOM_ALLOCATE(kAlignment));
}
[[gnu::visibility("default")]] void *operator new(size_t bytes,
                                                  std::align_val_t alignment) {
  return check(NUMLOOM_ALLOCATE(alignment));
}
[[gnu::visibility("default")]] void *
operator new(size_t bytes, const std::nothrow_t &) noexcept {
  return NUMLOOM_ALLOCATE(kAlignment);
}
[[gnu::visibility("default")]] void operator delete(void *memory) noexcept {
  std::free(memory);
}
[[gnu::visibility("default")]] void operator delete[](void *memory) noexcept {
  std::free(memory);
}
[[gnu::visibility("default")]] void operator delete(void *memory,
                                                    size_t) noexcept {
  std::free(memory);
}
[[gnu::visibility("default")]] void operator delete[](void *memory,
                                                      size_t) noexcept {
  std::free(memory);
}
[[gnu::visibility("default")]] void operator delete(void *memory,
                                                    std::align_val_t) noexcept {
  std::free(memory);
}
