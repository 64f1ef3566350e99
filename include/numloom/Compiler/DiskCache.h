// Compiled kernels kept on disk between processes.
#ifndef NUMLOOM_COMPILER_DISKCACHE_H
#define NUMLOOM_COMPILER_DISKCACHE_H

#include "llvm/ADT/StringRef.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace numloom {

/// A directory with one file per entry. An entry is used only if the file
/// belongs to this user, nobody else may write it, and its header names this
/// format, this compiler, this key and the content's hash; whatever is wrong,
/// the entry counts as absent. Thread-safe, and safe beside other processes:
/// files appear by renaming and are never changed.
class DiskCache {
public:
  /// A kernel has 3 KB on average, and looking at so many files takes 0.15 s.
  static constexpr size_t kMaxEntries = size_t(1) << 16;

  /// The cache that the environment asks for: NUMLOOM_CACHE_DIR, else
  /// $XDG_CACHE_HOME/numloom, else ~/.cache/numloom; of at most
  /// NUMLOOM_CACHE_BYTES bytes and kMaxEntries entries; none at all if
  /// NUMLOOM_DISK_CACHE is 0.
  static DiskCache &get();

  /// Creates `directory` (mode 0700) if need be. The cache is disabled, with a
  /// message on stderr, if somebody else owns the directory or may write it,
  /// and without one if it is empty or cannot be created. `buildId` tells
  /// compilers apart whose code for the same key differs.
  DiskCache(llvm::StringRef directory, llvm::StringRef buildId,
            uint64_t maxBytes, size_t maxEntries = kMaxEntries);
  ~DiskCache();
  DiskCache(const DiskCache &) = delete;
  DiskCache &operator=(const DiskCache &) = delete;

  bool isEnabled() const { return directory >= 0; }

  std::optional<std::string> load(llvm::StringRef key);
  void store(llvm::StringRef key, llvm::StringRef content);

  /// Removes the entries unused for longest until three quarters of what is
  /// permitted are left, if it is exceeded, and what interrupted writers left
  /// behind. `store` does this now and then.
  void trim();

private:
  std::string buildId;
  uint64_t maxBytes;
  size_t maxEntries;
  /// Descriptor of the checked directory; -1 when disabled. Files are opened
  /// relative to it, so that the path cannot be exchanged afterwards.
  int directory = -1;
  std::atomic<uint64_t> stores{0};
};

} // namespace numloom

#endif // NUMLOOM_COMPILER_DISKCACHE_H
