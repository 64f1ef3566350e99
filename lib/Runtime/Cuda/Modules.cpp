// Loads images into contexts.
#include "Modules.h"

#include <mutex>

using namespace numloom;
using namespace numloom::cuda;

static constexpr size_t kLogBytes = 8192;

/// Guards the loading of images and their entries: two threads must not load
/// one twice, and loading is rare.
static std::mutex loadMutex;

static ModuleHandle loadModule(const ContextScope &scope,
                               const GpuImage &image) {
  char log[kLogBytes] = {};
  JitOption options[] = {JitOption::ErrorLogBuffer,
                         JitOption::ErrorLogBufferBytes};
  void *values[] = {log, reinterpret_cast<void *>(kLogBytes)};
  ModuleHandle module = nullptr;
  Result result = scope->cuModuleLoadDataEx.attemptFreeing(
      &module, image.bytes.c_str(), std::size(options), options, values);
  if (result != Result::Success)
    throwError(result, scope->cuModuleLoadDataEx.name,
               *log ? std::string("\n") + log : std::string());
  return module;
}

static ModuleHandle getModule(const ContextScope &scope, int ordinal,
                              const GpuImage &image) {
  std::atomic<void *> &slot = image.modules[ordinal];
  if (!slot)
    slot = loadModule(scope, image);
  return static_cast<ModuleHandle>(slot.load());
}

/// Lets a launch take all the shared memory of a block that the kernel does
/// not use itself: more than 48 KiB must be asked for, and asking costs
/// nothing.
static void allowSharedMemory(const ContextScope &scope, int ordinal,
                              FunctionHandle function) {
  int used = 0;
  scope->cuFuncGetAttribute(&used, FunctionAttribute::SharedBytes, function);
  int most =
      getAttribute(ordinal, DeviceAttribute::MaxSharedBytesPerBlockOptIn);
  scope->cuFuncSetAttribute(function, FunctionAttribute::MaxDynamicSharedBytes,
                            most - used);
}

static FunctionHandle loadFunction(const ContextScope &scope, int ordinal,
                                   const GpuKernelCode &kernel) {
  std::lock_guard lock(loadMutex);
  std::atomic<void *> &slot = kernel.functions[ordinal];
  if (!slot) {
    ModuleHandle module = getModule(scope, ordinal, *kernel.image);
    FunctionHandle function = nullptr;
    scope->cuModuleGetFunction(&function, module, kernel.entry.c_str());
    allowSharedMemory(scope, ordinal, function);
    slot = function;
  }
  return static_cast<FunctionHandle>(slot.load());
}

FunctionHandle cuda::getFunction(const ContextScope &scope, int ordinal,
                                 const GpuKernelCode &kernel) {
  void *function = kernel.functions[ordinal].load(std::memory_order_acquire);
  if (function) [[likely]]
    return static_cast<FunctionHandle>(function);
  return loadFunction(scope, ordinal, kernel);
}
