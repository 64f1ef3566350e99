// The disk cache: what it keeps, and what it must never use.
#include "numloom/Compiler/DiskCache.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <functional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace numloom;
namespace fs = llvm::sys::fs;

namespace {
constexpr uint64_t kMaxBytes = 1 << 20;
constexpr uid_t kNobody = 65534;

class DiskCacheTest : public testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<64> path;
    ASSERT_FALSE(fs::createUniqueDirectory("numloom-cache", path));
    root = path.str().str();
    directory = root + "/deep/cache";
  }
  void TearDown() override { fs::remove_directories(root); }

  std::unique_ptr<DiskCache> open(llvm::StringRef buildId = "build",
                                  uint64_t maxBytes = kMaxBytes) {
    return std::make_unique<DiskCache>(directory, buildId, maxBytes);
  }

  /// Paths of all files in the cache.
  std::vector<std::string> listFiles() {
    std::vector<std::string> files;
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; it != end && !error;
         it.increment(error))
      files.push_back(it->path());
    return files;
  }

  /// The only file in the cache.
  std::string getFile() {
    std::vector<std::string> files = listFiles();
    EXPECT_EQ(files.size(), 1u);
    return files.empty() ? "" : files[0];
  }

  static std::string read(const std::string &path) {
    return (*llvm::MemoryBuffer::getFile(path))->getBuffer().str();
  }
  static void write(const std::string &path, llvm::StringRef content) {
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << content;
    ASSERT_FALSE(error);
  }

  /// Stores an entry, lets `damage` loose on its file, and expects a miss that
  /// a new store repairs.
  void expectMissAfter(const std::function<void(const std::string &)> &damage) {
    auto cache = open();
    cache->store("key", "content");
    damage(getFile());
    EXPECT_EQ(cache->load("key"), std::nullopt);
    cache->store("key", "content");
    EXPECT_EQ(cache->load("key"), "content");
  }

  std::string root, directory;
};
} // namespace

TEST_F(DiskCacheTest, KeepsEntries) {
  std::string binary("\0binary\n\xff", 9);
  {
    auto cache = open();
    EXPECT_TRUE(cache->isEnabled());
    EXPECT_EQ(cache->load("key"), std::nullopt);
    cache->store("key", binary);
    cache->store("empty", "");
    EXPECT_EQ(cache->load("key"), binary);
  }
  auto again = open();
  EXPECT_EQ(again->load("key"), binary);
  EXPECT_EQ(again->load("empty"), "");
  EXPECT_EQ(again->load("other"), std::nullopt);
}

TEST_F(DiskCacheTest, StoringAgainReplaces) {
  auto cache = open();
  cache->store("key", "old");
  cache->store("key", "new");
  EXPECT_EQ(cache->load("key"), "new");
  EXPECT_EQ(listFiles().size(), 1u);
}

TEST_F(DiskCacheTest, FilesAreTheUsersAlone) {
  open()->store("key", "content");
  struct stat status;
  ASSERT_EQ(stat(directory.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(stat(getFile().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(DiskCacheTest, CompilersDoNotShareEntries) {
  auto one = open("one"), two = open("two");
  one->store("key", "content");
  EXPECT_EQ(two->load("key"), std::nullopt);
  // Not even under the other's file name.
  std::string content = read(getFile());
  std::string name = getFile();
  two->store("key", "two");
  for (const std::string &file : listFiles())
    if (file != name)
      write(file, content);
  EXPECT_EQ(two->load("key"), std::nullopt);
}

TEST_F(DiskCacheTest, EntryUnderAnotherKeysNameIsNotUsed) {
  auto cache = open();
  cache->store("a", "content of a");
  std::string fileA = getFile();
  cache->store("b", "content of b");
  for (const std::string &file : listFiles())
    if (file != fileA)
      write(file, read(fileA));
  EXPECT_EQ(cache->load("b"), std::nullopt);
}

TEST_F(DiskCacheTest, TruncatedFilesAreNotUsed) {
  open()->store("key", "content");
  size_t size = read(getFile()).size();
  for (size_t length = 0; length < size; ++length)
    expectMissAfter([&](const std::string &file) {
      ASSERT_EQ(truncate(file.c_str(), length), 0);
    });
}

TEST_F(DiskCacheTest, ExtendedFilesAreNotUsed) {
  expectMissAfter(
      [](const std::string &file) { write(file, read(file) + "x"); });
}

TEST_F(DiskCacheTest, FilesWithAnyBitFlippedAreNotUsed) {
  // Every byte: magic, version, build, key, hash and content.
  open()->store("key", "content");
  size_t size = read(getFile()).size();
  for (size_t byte = 0; byte < size; ++byte)
    expectMissAfter([&](const std::string &file) {
      std::string content = read(file);
      content[byte] ^= 1 << byte % 8;
      write(file, content);
    });
}

TEST_F(DiskCacheTest, LinksAreNotFollowed) {
  expectMissAfter([&](const std::string &file) {
    std::string target = root + "/elsewhere";
    ASSERT_EQ(rename(file.c_str(), target.c_str()), 0);
    ASSERT_EQ(symlink(target.c_str(), file.c_str()), 0);
  });
}

TEST_F(DiskCacheTest, PipesDoNotBlock) {
  expectMissAfter([](const std::string &file) {
    unlink(file.c_str());
    ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  });
}

TEST_F(DiskCacheTest, FilesThatOthersMayWriteAreNotUsed) {
  for (mode_t mode : {0620, 0602})
    expectMissAfter([&](const std::string &file) {
      ASSERT_EQ(chmod(file.c_str(), mode), 0);
    });
}

TEST_F(DiskCacheTest, FilesOfOthersAreNotUsed) {
  if (geteuid() != 0)
    GTEST_SKIP() << "only root can give files away";
  expectMissAfter([](const std::string &file) {
    ASSERT_EQ(chown(file.c_str(), kNobody, kNobody), 0);
  });
}

TEST_F(DiskCacheTest, DirectoryThatOthersMayWriteIsRefused) {
  for (mode_t mode : {0720, 0702, 0777}) {
    open()->store("key", "content");
    ASSERT_EQ(chmod(directory.c_str(), mode), 0);
    testing::internal::CaptureStderr();
    auto cache = open();
    EXPECT_NE(testing::internal::GetCapturedStderr().find(directory),
              std::string::npos);
    EXPECT_FALSE(cache->isEnabled());
    EXPECT_EQ(cache->load("key"), std::nullopt);
    cache->store("other", "content");
    EXPECT_EQ(listFiles().size(), 1u);
    ASSERT_EQ(chmod(directory.c_str(), 0700), 0);
  }
}

TEST_F(DiskCacheTest, DirectoryOfAnotherUserIsRefused) {
  if (geteuid() != 0)
    GTEST_SKIP() << "only root can give directories away";
  open()->store("key", "content");
  ASSERT_EQ(chown(directory.c_str(), kNobody, kNobody), 0);
  testing::internal::CaptureStderr();
  EXPECT_FALSE(open()->isEnabled());
  EXPECT_NE(testing::internal::GetCapturedStderr(), "");
}

TEST_F(DiskCacheTest, NoDirectoryNoCache) {
  testing::internal::CaptureStderr();
  write(root + "/file", "");
  for (std::string path : {std::string(), root + "/file", root + "/file/sub"}) {
    DiskCache cache(path, "build", kMaxBytes);
    EXPECT_FALSE(cache.isEnabled());
    cache.store("key", "content");
    EXPECT_EQ(cache.load("key"), std::nullopt);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(DiskCacheTest, OldestEntriesAreRemoved) {
  std::string content(1000, 'x');
  auto cache = open("build", 20000);
  for (int i = 0; i < 30; ++i) {
    cache->store(std::to_string(i), content);
    for (const std::string &file : listFiles()) {
      struct stat status;
      stat(file.c_str(), &status);
      timespec times[2] = {status.st_atim, status.st_mtim};
      times[1].tv_sec -= 1;
      utimensat(AT_FDCWD, file.c_str(), times, 0);
    }
  }
  cache->trim();
  EXPECT_EQ(listFiles().size(), 13u);
  EXPECT_EQ(cache->load("0"), std::nullopt);
  EXPECT_EQ(cache->load("29"), content);
}

TEST_F(DiskCacheTest, ManySmallEntriesAreTooMany) {
  DiskCache cache(directory, "build", kMaxBytes, /*maxEntries=*/16);
  for (int i = 0; i < 16; ++i)
    cache.store(std::to_string(i), "x");
  cache.trim();
  EXPECT_EQ(listFiles().size(), 16u);
  cache.store("16", "x");
  cache.trim();
  EXPECT_EQ(listFiles().size(), 12u);
}

TEST_F(DiskCacheTest, OneStoreInManyTrims) {
  DiskCache cache(directory, "build", kMaxBytes, /*maxEntries=*/16);
  auto store = [&](int first, int last) {
    for (int i = first; i < last; ++i)
      cache.store(std::to_string(i), "x");
    return listFiles().size();
  };
  EXPECT_EQ(store(0, 256), 256u);
  EXPECT_EQ(store(256, 257), 13u);
}

TEST_F(DiskCacheTest, EntriesTooLargeAreNotStored) {
  auto cache = open("build", 1000);
  cache->store("key", std::string(1000, 'x'));
  EXPECT_EQ(listFiles().size(), 0u);
}

TEST_F(DiskCacheTest, TrimmingLeavesStrangersAlone) {
  auto cache = open("build", 1000);
  write(directory + "/notes.txt", std::string(2000, 'x'));
  write(directory + "/.new-1", "fresh");
  write(directory + "/.new-2", "stale");
  timespec times[2] = {{1, 0}, {1, 0}};
  utimensat(AT_FDCWD, (directory + "/.new-2").c_str(), times, 0);
  cache->trim();
  EXPECT_TRUE(fs::exists(directory + "/notes.txt"));
  EXPECT_TRUE(fs::exists(directory + "/.new-1"));
  EXPECT_FALSE(fs::exists(directory + "/.new-2"));
}

/// Content that tells whose it is, large enough to be written in pieces.
static std::string makeContent(int writer) {
  return std::string(300000, 'a' + writer);
}

/// Stores and loads one key; true if every load gave a whole entry.
static bool writeAndCheck(DiskCache &cache, int writer) {
  for (int round = 0; round < 100; ++round) {
    cache.store("key", makeContent(writer));
    std::optional<std::string> found = cache.load("key");
    if (found != makeContent(0) && found != makeContent(1))
      return false;
  }
  return true;
}

TEST_F(DiskCacheTest, ProcessesWriteAtOnce) {
  pid_t children[2];
  for (int writer = 0; writer < 2; ++writer) {
    children[writer] = fork();
    if (children[writer] == 0)
      _exit(writeAndCheck(*open(), writer) ? 0 : 1);
  }
  for (pid_t child : children) {
    int status = 1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(listFiles().size(), 1u);
}

TEST_F(DiskCacheTest, EnvironmentSwitches) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        setenv("NUMLOOM_CACHE_DIR", directory.c_str(), 1);
        DiskCache::get().store("key", "content");
        _exit(DiskCache::get().load("key") == "content" && fs::exists(directory)
                  ? 0
                  : 1);
      },
      testing::ExitedWithCode(0), "");
  EXPECT_EXIT(
      {
        setenv("NUMLOOM_DISK_CACHE", "0", 1);
        _exit(DiskCache::get().isEnabled());
      },
      testing::ExitedWithCode(0), "");
  EXPECT_EXIT(
      {
        setenv("XDG_CACHE_HOME", root.c_str(), 1);
        unsetenv("NUMLOOM_CACHE_DIR");
        DiskCache::get();
        _exit(!fs::is_directory(root + "/numloom"));
      },
      testing::ExitedWithCode(0), "");
}
