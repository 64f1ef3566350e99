// Memory that evaluated nodes share, whoever owns it.
#ifndef NUMLOOM_TRACE_STORAGE_H
#define NUMLOOM_TRACE_STORAGE_H

#include "numloom/Support/Device.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace numloom {

/// A block of a device's memory with a reference count. The runtime's allocator
/// owns the results of programs; an exporter (a NumPy array, a buffer) owns
/// what came from outside and is told through `release` when the last user is
/// gone.
class Storage {
public:
  /// Called once, on whatever thread drops the last reference; must not throw.
  using ReleaseFn = void (*)(void *owner, void *data, size_t bytes);

  Storage(void *data, size_t bytes, ReleaseFn release, void *owner,
          Device device)
      : device(device), data(data), bytes(bytes), release(release),
        owner(owner) {}
  Storage(const Storage &) = delete;
  Storage &operator=(const Storage &) = delete;

  Device getDevice() const { return device; }
  void *getData() const { return data; }
  size_t getBytes() const { return bytes; }
  /// What is told when the last user is gone.
  void *getOwner() const { return owner; }
  /// True when nobody but the caller's one reference sees the memory.
  bool isUnique() const { return refs.load(std::memory_order_acquire) == 1; }
  /// Whether the runtime's allocator owns the memory: nobody outside knows it.
  bool isOwn() const { return own; }

  /// The number of the cut at which the contents were computed (FlushPolicy),
  /// or 0.
  uint64_t getCut() const { return cut; }
  void setCut(uint64_t value) { cut = value; }

  /// Gives what lies behind the first `size` bytes back to the device's pool.
  /// False where the memory is not a pool's. Nobody else may know the memory
  /// yet.
  bool shrink(size_t size);

  /// Count the libraries that see the memory and may write to it at any time.
  void addSharer() {
    everShared.store(true, std::memory_order_relaxed);
    sharers.fetch_add(1, std::memory_order_relaxed);
  }
  void dropSharer() { sharers.fetch_sub(1, std::memory_order_relaxed); }
  bool isShared() const { return sharers.load(std::memory_order_relaxed) > 0; }
  /// Whether there were any: then nodes may have changed.
  bool wasEverShared() const {
    return everShared.load(std::memory_order_relaxed);
  }

  /// Count the nodes in this memory that the user holds. Memory of which none
  /// is left is there for pending nodes only, and counts as held (FlushPolicy).
  void addUser() {
    if (users.fetch_add(1, std::memory_order_relaxed) <= 0)
      setHeld(false);
  }
  void dropUser() {
    if (users.fetch_sub(1, std::memory_order_relaxed) <= 1)
      setHeld(true);
  }

  /// Has `noteDeath` called before the memory goes: a program awaits what lies
  /// here (Foresight).
  void setAwaited() { isAwaited = true; }
  /// Whether the memory is a block of the default pool's that goes back to the
  /// thread's current stream.
  bool isOfCurrentStream() const;

private:
  friend class StorageRef;
  friend class Linearizer;
  ~Storage() {
    if (isAwaited) [[unlikely]]
      noteDeath();
    setHeld(false);
    if (release)
      release(owner, data, bytes);
  }
  void setHeld(bool value) {
    if (isHeld.load(std::memory_order_relaxed) != value &&
        isHeld.exchange(value) != value)
      noteHeld(value);
  }
  /// Tells the flush policy.
  void noteHeld(bool value);
  void noteDeath();

  std::atomic<uint32_t> refs{0};
  std::atomic<int32_t> users{0};
  std::atomic<int32_t> sharers{0};
  std::atomic<bool> isHeld{false};
  std::atomic<bool> everShared{false};
  bool own = false;
  bool isAwaited = false;
  Device device;
  void *data;
  size_t bytes;
  ReleaseFn release;
  void *owner;
  /// Scratch of the evaluator: the traversal that found an update of what lies
  /// here.
  uint64_t updatedIn = 0;
  uint64_t cut = 0;
};

/// A counted reference to a Storage.
class StorageRef {
public:
  StorageRef() = default;
  explicit StorageRef(Storage *storage) : storage(storage) { retain(); }
  StorageRef(const StorageRef &other) : storage(other.storage) { retain(); }
  StorageRef(StorageRef &&other) noexcept
      : storage(std::exchange(other.storage, nullptr)) {}
  StorageRef &operator=(StorageRef other) noexcept {
    std::swap(storage, other.storage);
    return *this;
  }
  ~StorageRef() {
    if (storage && storage->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete storage;
  }

  /// Wraps memory that `owner` keeps alive until `release` is called, also if
  /// this throws.
  static StorageRef external(void *data, size_t bytes,
                             Storage::ReleaseFn release, void *owner,
                             Device device = {}) {
    try {
      return StorageRef(new Storage(data, bytes, release, owner, device));
    } catch (const std::bad_alloc &) {
      if (release)
        release(owner, data, bytes);
      throw;
    }
  }
  /// A reference to what may be dying: null if the last one is gone. Its
  /// destructor must not have ended.
  static StorageRef lock(Storage *storage) {
    StorageRef ref;
    uint32_t refs = storage->refs.load(std::memory_order_relaxed);
    while (refs && !storage->refs.compare_exchange_weak(
                       refs, refs + 1, std::memory_order_acq_rel))
      ;
    ref.storage = refs ? storage : nullptr;
    return ref;
  }

  /// Uninitialised memory of the device's allocator. Throws Error (Memory) for
  /// the CPU, what cuda::allocate throws for a GPU.
  static StorageRef allocate(size_t bytes, Device device = {});

  Storage *get() const { return storage; }
  Storage *operator->() const { return storage; }
  explicit operator bool() const { return storage != nullptr; }

private:
  void retain() {
    if (storage)
      storage->refs.fetch_add(1, std::memory_order_relaxed);
  }

  Storage *storage = nullptr;
};

} // namespace numloom

#endif // NUMLOOM_TRACE_STORAGE_H
