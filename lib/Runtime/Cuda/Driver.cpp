// Opens libcuda and fills the table of its functions.
#include "numloom/Runtime/Cuda/Driver.h"

#include "ContextTable.h"

#include <atomic>
#include <dlfcn.h>
#include <mutex>
#include <pthread.h>

using namespace numloom;
using namespace numloom::cuda;

using GetProcAddress = Result (*)(const char *symbol, void **function,
                                  int version, uint64_t flags);

/// What `Driver::get` returns; null before the first use and in a child.
static std::atomic<const Driver *> current{nullptr};
static std::atomic<bool> isChildOfUser{false};
static std::mutex loadMutex;

/// CUDA's state does not survive a fork: calls in the child would hang or
/// fail in ways that hide the reason.
static void registerForkHandler() {
  static std::once_flag once;
  std::call_once(once, [] {
    pthread_atfork(nullptr, nullptr, [] {
      if (current.exchange(nullptr))
        isChildOfUser = true;
    });
  });
}

static std::string formatVersion(int version) {
  return std::to_string(version / 1000) + "." +
         std::to_string(version % 1000 / 10);
}

[[noreturn]] static void throwTooOld(int version) {
  throw CudaError(Result::DriverTooOld,
                  "the CUDA driver is too old: it supports CUDA " +
                      formatVersion(version) + ", and " +
                      formatVersion(kMinDriverVersion) + " is needed");
}

static void *openLibrary(const char *library) {
  if (void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL))
    return handle;
  throw CudaError(Result::LibraryNotFound,
                  std::string("no CUDA driver: ") + dlerror());
}

/// Asked by its exported name: versioned look-up fails on drivers that are
/// older than the version asked for.
static int readVersion(void *handle) {
  auto getVersion =
      reinterpret_cast<Result (*)(int *)>(dlsym(handle, "cuDriverGetVersion"));
  int version = 0;
  if (getVersion)
    getVersion(&version);
  return version;
}

template <typename... Args>
static void resolve(GetProcAddress getProcAddress, const char *name,
                    DriverFunction<Args...> &function) {
  void *address = nullptr;
  Result result = getProcAddress(name, &address, kMinDriverVersion, 0);
  if (result != Result::Success || !address)
    throw CudaError(Result::DriverTooOld,
                    std::string("the CUDA driver has no function ") + name);
  function.pointer =
      reinterpret_cast<typename DriverFunction<Args...>::Pointer>(address);
  function.name = name;
}

[[noreturn]] static void throwNoDevice() {
  std::string message = "no CUDA device: the driver finds none";
  if (const char *visible = std::getenv("CUDA_VISIBLE_DEVICES"))
    message += std::string(" (CUDA_VISIBLE_DEVICES is '") + visible + "')";
  throw CudaError(Result::NoDevice, message);
}

[[noreturn]] static void throwInitialisationError(const Driver &driver,
                                                  Result result) {
  const char *name = nullptr;
  if (driver.cuGetErrorName.attempt(result, &name) != Result::Success || !name)
    name = "error";
  throw CudaError(
      result, std::string("the CUDA driver cannot be initialised: ") + name +
                  " (" + std::to_string(int(result)) + ") from cuInit");
}

Driver Driver::load(const char *library) {
  void *handle = openLibrary(library);
  Driver driver;
  driver.version = readVersion(handle);
  auto getProcAddress =
      reinterpret_cast<GetProcAddress>(dlsym(handle, "cuGetProcAddress"));
  if (driver.version < kMinDriverVersion || !getProcAddress)
    throwTooOld(driver.version);
#define NUMLOOM_DRIVER_FUNCTION(NAME, ...)                                     \
  resolve(getProcAddress, #NAME, driver.NAME);
#include "numloom/Runtime/Cuda/DriverFunctions.def"
  Result result = driver.cuInit.attempt(0);
  if (result == Result::NoDevice)
    throwNoDevice();
  if (result != Result::Success)
    throwInitialisationError(driver, result);
  return driver;
}

const Driver &Driver::get() {
  if (const Driver *driver = current.load(std::memory_order_acquire))
    return *driver;
  if (isChildOfUser)
    throw CudaError(Result::NotInitialized,
                    "CUDA cannot be used in a forked process whose parent "
                    "used it; start the process with spawn instead");
  std::lock_guard lock(loadMutex);
  if (const Driver *driver = current.load())
    return *driver;
  // Failures are not kept: a later call may find what is missing now.
  static const Driver driver = load("libcuda.so.1");
  registerForkHandler();
  current.store(&driver, std::memory_order_release);
  return driver;
}

const Driver *Driver::getIfUsable() noexcept {
  return current.load(std::memory_order_acquire);
}

void Driver::replace(const Driver *driver) {
  resetContexts();
  registerForkHandler();
  isChildOfUser = false;
  current = driver;
}
