// A driver without devices: memory is the host's, kernels are functions, and
// streams run when they are let.
#ifndef NUMLOOM_UNITTESTS_RUNTIME_CUDA_FAKEDRIVER_H
#define NUMLOOM_UNITTESTS_RUNTIME_CUDA_FAKEDRIVER_H

#include "numloom/Runtime/Cuda/Driver.h"

#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace numloom::cuda {

/// The arguments of a launch, copied when it is enqueued.
struct FakeLaunch {
  unsigned blocks, threads, sharedBytes;
  std::vector<std::vector<char>> arguments;

  template <typename T>
  T get(size_t index) const {
    T value;
    std::memcpy(&value, arguments[index].data(), sizeof(T));
    return value;
  }
};

/// A kernel that images can contain.
struct FakeKernel {
  std::vector<size_t> argumentBytes;
  std::function<void(const FakeLaunch &)> run;
  int sharedBytes = 0;
  int maxDynamicSharedBytes = 48 << 10;
};

struct FakeEvent {
  int device;
  unsigned flags;
  /// Counts up from record to completion.
  int64_t recorded = 0, completed = 0;
  bool isDone() const { return completed >= recorded; }
};

/// A graph, or what is instantiated from it: work, and what it must follow.
struct FakeGraph {
  struct Node {
    std::function<bool()> work;
    std::vector<size_t> dependencies;
  };
  std::vector<Node> nodes;

  /// Of what may run, the last node goes first: orders that nobody asked for
  /// show.
  void run() const;
};

struct FakeStream {
  int device;
  unsigned flags = 0;
  int priority = 0;
  /// Work is kept while this is set.
  bool isHeld = false;
  /// Each returns whether it could be run.
  std::deque<std::function<bool()>> work;
  /// Where work goes that is captured.
  std::unique_ptr<FakeGraph> capture;
};

/// The process's fake. Thread-safe. Calls check that a context is current and
/// that handles and addresses are valid.
class FakeDriver {
public:
  static constexpr int kNumDevices = 2;
  static constexpr size_t kDefaultBytes = size_t(1) << 30;

  static FakeDriver &get();
  const Driver &getTable() const { return table; }
  /// Undoes what the members below changed; keeps memory and streams, but for
  /// the memory of devices that fail.
  void reset();

  /// Lets all streams that are not held run as far as they can.
  void progress();
  /// The stream behind a handle; null is device 0's null stream.
  FakeStream &getStream(StreamHandle handle, int device = 0);
  /// Fails every later call on the device.
  void fault(int device, Result result) { faults[device] = result; }
  /// The same on the calling thread's device.
  void faultCurrent(Result result);
  /// What a call reports that finds no device (negative) or a failed one.
  Result getFault(int device) const {
    return device < 0 ? kInvalidContext : faults[device];
  }
  static constexpr Result kInvalidContext = Result(201);
  /// Whether the allocation that is to fail is this one.
  bool injectFailure();
  /// Frees all memory of the device.
  void dropMemory(int device);
  /// Whether [address, address + bytes) lies within one allocation.
  bool isValid(DeviceAddress address, size_t bytes);
  /// The device in whose memory `address` lies, or kNoDevice.
  int findDevice(DeviceAddress address);
  /// What the driver says of addresses that it does not know.
  static constexpr int kNoDevice = -2;
  /// Whether `pointer` lies in page-locked memory.
  bool isPinned(const void *pointer);

  std::recursive_mutex mutex;
  Driver table;
  /// Memory of each device.
  size_t totalBytes[kNumDevices];
  size_t usedBytes[kNumDevices] = {};
  struct Memory {
    int device;
    size_t bytes;
  };
  std::map<DeviceAddress, Memory> memory;
  std::map<void *, size_t> pinned;
  /// Lets as many allocations pass and fails the one after; negative: never.
  int64_t allocationsUntilFailure;
  Result faults[kNumDevices];
  bool canAccessPeers;
  std::set<std::pair<int, int>> peers;
  std::map<std::string, FakeKernel> kernels;
  /// Whether kernels that are not in `kernels` are found; they do nothing.
  bool findsAnyKernel = false;
  /// How often each function was called, by its name.
  std::map<std::string, int> calls;
  std::set<FakeStream *> streams;
  /// Never freed: work may refer to destroyed ones.
  std::vector<std::unique_ptr<FakeEvent>> events;
  FakeStream nullStreams[kNumDevices];
  std::vector<std::unique_ptr<std::string>> images;

private:
  FakeDriver();
};

/// Counts a call and returns the calling thread's device; -1 without one.
int enterFake(const char *name);

/// Appends `work` to the stream, which must be of the current device, and runs
/// what can be run.
Result enqueueFake(const char *name, StreamHandle handle,
                   std::function<bool()> work);

/// Fills a part of the table each.
void fillDeviceFunctions(Driver &table);
void fillMemoryFunctions(Driver &table);
void fillStreamFunctions(Driver &table);
void fillModuleFunctions(Driver &table);

} // namespace numloom::cuda

#endif // NUMLOOM_UNITTESTS_RUNTIME_CUDA_FAKEDRIVER_H
