// The disk cache: file format, checks, bounded size.
#include "numloom/Compiler/DiskCache.h"

#include "numloom/Support/Environment.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <ctime>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace numloom;
using llvm::StringRef;

using Hash = std::array<uint8_t, 32>;

namespace {
/// What a file begins with; the content follows. In the byte order of the
/// machine: on one with another order the version does not match.
struct FileHeader {
  std::array<char, 8> magic{'N', 'u', 'm', 'l', 'o', 'o', 'm', '\n'};
  uint64_t version = 1;
  Hash buildId, key, content;
};
static_assert(sizeof(FileHeader) == 16 + 3 * 32);
} // namespace

static constexpr uint64_t kDefaultMaxBytes = uint64_t(1) << 30;
/// Stores between two looks at the directory's size.
static constexpr uint64_t kStoresPerTrim = 256;
static constexpr const char *kTemporaryPrefix = ".new-";
/// Temporary files of this age belong to writers that are gone.
static constexpr time_t kTemporarySeconds = 3600;
/// Reading an entry renews its time, at most this often.
static constexpr time_t kRenewSeconds = 24 * 3600;

static Hash getHash(StringRef text) {
  return llvm::SHA256::hash(llvm::arrayRefFromStringRef(text));
}

static FileHeader makeHeader(StringRef buildId, StringRef key,
                             StringRef content) {
  FileHeader header;
  header.buildId = getHash(buildId);
  header.key = getHash(key);
  header.content = getHash(content);
  return header;
}

/// One file per key and compiler: two versions of Numloom that are used in
/// turn do not evict each other's kernels.
static std::string getFileName(StringRef buildId, StringRef key) {
  llvm::SHA256 hash;
  hash.update(getHash(buildId));
  hash.update(getHash(key));
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

/// True when the file is this user's and nobody else may write it.
static bool isTrusted(const struct stat &status) {
  return status.st_uid == geteuid() &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static std::string getDirectory() {
  if (getEnvironment("NUMLOOM_DISK_CACHE") == "0")
    return "";
  if (auto path = getEnvironment("NUMLOOM_CACHE_DIR"))
    return std::string(*path);
  llvm::SmallString<128> path;
  // The XDG specification has relative paths ignored.
  auto xdg = getEnvironment("XDG_CACHE_HOME");
  if (xdg && llvm::sys::path::is_absolute(*xdg))
    path = *xdg;
  else if (llvm::sys::path::home_directory(path))
    llvm::sys::path::append(path, ".cache");
  else
    return "";
  llvm::sys::path::append(path, "numloom");
  return path.str().str();
}

/// Identifies the file that this code was loaded from, as compiler caches do:
/// every build or installation has its own size or time.
static std::string getCompilerBuildId() {
  Dl_info info;
  struct stat status;
  static const char anchor = 0;
  if (!dladdr(&anchor, &info) || stat(info.dli_fname, &status) != 0)
    return "";
  return llvm::formatv("{0}-{1}-{2}.{3}", LLVM_VERSION_STRING, status.st_size,
                       status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

/// Opens the cache's directory; -1 if it cannot be had or not be trusted.
static int openDirectory(StringRef path) {
  if (path.empty())
    return -1;
  namespace fs = llvm::sys::fs;
  fs::create_directories(llvm::sys::path::parent_path(path));
  mkdir(path.str().c_str(), 0700);
  int directory = open(path.str().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0)
    return -1;
  struct stat status;
  if (fstat(directory, &status) == 0 && isTrusted(status))
    return directory;
  llvm::errs() << "numloom: kernels are not cached: " << path
               << " belongs to another user or others may write it\n";
  close(directory);
  return -1;
}

/// A number that differs from process to process.
static uint64_t pickNumber() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return uint64_t(now.tv_nsec) / 1000 + uint64_t(getpid());
}

DiskCache &DiskCache::get() {
  // Never destroyed: another thread may still compile when the process ends.
  static auto *cache = [] {
    auto *created = new DiskCache(
        getDirectory(), getCompilerBuildId(),
        getEnvironmentNumber("NUMLOOM_CACHE_BYTES").value_or(kDefaultMaxBytes));
    // Most processes store a few kernels: one store in so many trims, whoever
    // makes it, not the first of each process.
    created->stores = pickNumber();
    return created;
  }();
  return *cache;
}

DiskCache::DiskCache(StringRef path, StringRef buildId, uint64_t maxBytes,
                     size_t maxEntries)
    : buildId(buildId), maxBytes(maxBytes), maxEntries(maxEntries),
      directory(openDirectory(path)) {}

DiskCache::~DiskCache() {
  if (isEnabled())
    close(directory);
}

/// Reads all of an open file into memory: a mapping could change or vanish
/// under the reader.
static std::unique_ptr<llvm::MemoryBuffer> readFile(int file, uint64_t size) {
  auto buffer = llvm::MemoryBuffer::getOpenFile(
      llvm::sys::fs::convertFDToNativeFile(file), "cache entry", size,
      /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  return buffer ? std::move(*buffer) : nullptr;
}

/// Keeps an entry that is in use from being the oldest.
static void renew(int file, const struct stat &status) {
  if (status.st_mtime + kRenewSeconds < time(nullptr))
    futimens(file, nullptr);
}

std::optional<std::string> DiskCache::load(StringRef key) {
  if (!isEnabled())
    return std::nullopt;
  // Not to be stopped by a pipe, nor led away by a link, of that name.
  int file = openat(directory, getFileName(buildId, key).c_str(),
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0)
    return std::nullopt;
  llvm::scope_exit closeFile([&] { close(file); });
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) ||
      !isTrusted(status) || uint64_t(status.st_size) < sizeof(FileHeader) ||
      uint64_t(status.st_size) > maxBytes)
    return std::nullopt;
  auto buffer = readFile(file, status.st_size);
  if (!buffer || buffer->getBufferSize() < sizeof(FileHeader))
    return std::nullopt;
  StringRef content = buffer->getBuffer().drop_front(sizeof(FileHeader));
  FileHeader expected = makeHeader(buildId, key, content);
  if (std::memcmp(buffer->getBufferStart(), &expected, sizeof(expected)) != 0)
    return std::nullopt;
  renew(file, status);
  return content.str();
}

/// Writes a new file of this name; false, and no file, if anything fails.
static bool writeFile(int directory, const std::string &name,
                      const FileHeader &header, StringRef content) {
  int file = openat(directory, name.c_str(),
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0)
    return false;
  llvm::raw_fd_ostream stream(file, /*shouldClose=*/true);
  stream << StringRef(reinterpret_cast<const char *>(&header), sizeof(header))
         << content;
  stream.close();
  if (!stream.has_error())
    return true;
  stream.clear_error();
  unlinkat(directory, name.c_str(), 0);
  return false;
}

void DiskCache::store(StringRef key, StringRef content) {
  if (!isEnabled() || content.size() + sizeof(FileHeader) > maxBytes)
    return;
  uint64_t number = stores++;
  if (number % kStoresPerTrim == 0)
    trim();
  std::string name = getFileName(buildId, key);
  // Processes in different containers may share a directory and a number.
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  std::string temporary =
      llvm::formatv("{0}{1}-{2}-{3}.{4}", kTemporaryPrefix, getpid(), number,
                    now.tv_sec, now.tv_nsec);
  if (!writeFile(directory, temporary, makeHeader(buildId, key, content),
                 content))
    return;
  if (renameat(directory, temporary.c_str(), directory, name.c_str()) != 0)
    unlinkat(directory, temporary.c_str(), 0);
}

namespace {
struct Entry {
  std::string name;
  uint64_t bytes;
  timespec modified;

  bool operator<(const Entry &other) const {
    return std::pair(modified.tv_sec, modified.tv_nsec) <
           std::pair(other.modified.tv_sec, other.modified.tv_nsec);
  }
};
} // namespace

/// The regular files of `directory`.
static std::vector<Entry> listEntries(int directory) {
  std::vector<Entry> entries;
  // A descriptor of its own: the position in the directory is shared.
  int descriptor = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = descriptor < 0 ? nullptr : fdopendir(descriptor);
  if (!stream)
    return entries;
  while (const dirent *found = readdir(stream)) {
    struct stat status;
    if (fstatat(directory, found->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode))
      entries.push_back(
          {found->d_name, uint64_t(status.st_size), status.st_mtim});
  }
  closedir(stream);
  return entries;
}

/// True for names that this class gives to its files.
static bool isEntryName(StringRef name) {
  return name.size() == 64 && llvm::all_of(name, llvm::isHexDigit);
}

void DiskCache::trim() {
  if (!isEnabled())
    return;
  std::vector<Entry> entries = listEntries(directory);
  llvm::erase_if(entries, [&](const Entry &entry) {
    bool isTemporary = StringRef(entry.name).starts_with(kTemporaryPrefix);
    if (isTemporary &&
        entry.modified.tv_sec + kTemporarySeconds < time(nullptr))
      unlinkat(directory, entry.name.c_str(), 0);
    return !isEntryName(entry.name);
  });
  uint64_t total = 0;
  for (const Entry &entry : entries)
    total += entry.bytes;
  size_t count = entries.size();
  if (total <= maxBytes && count <= maxEntries)
    return;
  llvm::sort(entries);
  for (const Entry &entry : entries) {
    if (total <= maxBytes / 4 * 3 && count <= maxEntries / 4 * 3)
      break;
    unlinkat(directory, entry.name.c_str(), 0);
    total -= entry.bytes;
    --count;
  }
}
