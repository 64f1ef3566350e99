// Opens nvJitLink and assembles PTX with it.

#include "NvJitLink.h"

#include "numloom/Support/CudaToolkit.h"

#include <dlfcn.h>
#include <memory>
#include <type_traits>

namespace numloom {

/// nvJitLinkInputType: NVJITLINK_INPUT_PTX.
static constexpr int kPtxInput = 2;

/// The registers of functions that kernels call. The linker compiles these by
/// themselves and gives each kernel as many registers as any function in it:
/// libdevice's for special arguments have 46 to 54, of which a kernel of 30 ran
/// at half its occupancy (sin, cos, exp and log of float64: 99 us in place of
/// 71). Kernels say how many threads a block has, for which the limit has no
/// effect on themselves.
static constexpr const char *kMaxFunctionRegisters = "-maxrregcount=32";

/// One linking run.
class NvJitLink::Link {
public:
  Link(const NvJitLink &library, const std::string &chip) : library(library) {
    std::string arch = "-arch=" + chip;
    const char *options[] = {arch.c_str(), "-O3", kMaxFunctionRegisters};
    if (library.create(&handle, std::size(options), options) != 0)
      handle = nullptr;
  }
  ~Link() {
    if (handle)
      library.destroy(&handle);
  }
  Link(const Link &) = delete;
  Link &operator=(const Link &) = delete;

  bool isOpen() const { return handle != nullptr; }

  bool run(const std::string &ptx) {
    return library.addData(handle, kPtxInput, ptx.data(), ptx.size(),
                           "kernel") == 0 &&
           library.complete(handle) == 0;
  }
  std::string getCubin() {
    return read(library.getCubinSize, library.getCubin);
  }
  std::string getErrors() {
    std::string log = read(library.getErrorLogSize, library.getErrorLog);
    return log.substr(0, log.find('\0'));
  }

private:
  std::string read(QueryFn *getSize, ReadFn *getBytes) {
    size_t size = 0;
    if (getSize(handle, &size) != 0 || size == 0)
      return {};
    std::string bytes(size, '\0');
    return getBytes(handle, bytes.data()) == 0 ? bytes : std::string();
  }

  const NvJitLink &library;
  Handle handle = nullptr;
};

/// The function `nvJitLink<name>`. The libraries of CUDA 12 may export it under
/// its version's name alone.
static void *findFunction(void *library, const std::string &name) {
  if (void *function = dlsym(library, ("nvJitLink" + name).c_str()))
    return function;
  static constexpr const char *kVersions[] = {
      "_13_0", "_12_9", "_12_8", "_12_6", "_12_5",
      "_12_4", "_12_3", "_12_2", "_12_1", "_12_0"};
  for (const char *version : kVersions)
    if (void *function =
            dlsym(library, ("__nvJitLink" + name + version).c_str()))
      return function;
  return nullptr;
}

bool NvJitLink::resolve(void *library) {
  auto find = [&](const char *function, auto &pointer) {
    pointer = reinterpret_cast<std::remove_reference_t<decltype(pointer)>>(
        findFunction(library, function));
    return pointer != nullptr;
  };
  if (!find("Create", create) || !find("AddData", addData) ||
      !find("Destroy", destroy) || !find("Complete", complete) ||
      !find("GetLinkedCubinSize", getCubinSize) ||
      !find("GetLinkedCubin", getCubin) ||
      !find("GetErrorLogSize", getErrorLogSize) ||
      !find("GetErrorLog", getErrorLog))
    return false;
  unsigned minorVersion = 0;
  if (find("Version", getVersion)) // the first ones have none
    getVersion(&majorVersion, &minorVersion);
  name = "nvJitLink " + std::to_string(majorVersion) + "." +
         std::to_string(minorVersion);
  return true;
}

bool NvJitLink::suitsDriver() const {
  void *driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!driver) // compiling for another machine
    return true;
  auto getDriverVersion =
      reinterpret_cast<int (*)(int *)>(dlsym(driver, "cuDriverGetVersion"));
  int version = 0; // 1000 * major + 10 * minor
  bool isKnown = getDriverVersion && getDriverVersion(&version) == 0;
  return !isKnown || version / 1000 >= static_cast<int>(majorVersion);
}

const NvJitLink *NvJitLink::find(const std::string &packageDir) {
  // Never closed: cubins are made until the process ends.
  static const NvJitLink *found = [&]() -> const NvJitLink * {
    auto library = std::make_unique<NvJitLink>();
    for (const std::string &path :
         getCudaLibraryPaths(packageDir, "nvjitlink",
                             {"libnvJitLink.so.13", "libnvJitLink.so.12"}))
      if (void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL))
        if (library->resolve(handle) && library->suitsDriver())
          return library.release();
    return nullptr;
  }();
  return found;
}

bool NvJitLink::supports(const std::string &chip) const {
  return Link(*this, chip).isOpen();
}

std::optional<std::string> NvJitLink::assemble(const std::string &ptx,
                                               const std::string &chip,
                                               std::string &error) const {
  Link link(*this, chip);
  if (link.isOpen() && link.run(ptx))
    if (std::string cubin = link.getCubin(); !cubin.empty())
      return cubin;
  error = "the GPU's assembler failed";
  if (link.isOpen())
    error += ": " + link.getErrors();
  return std::nullopt;
}

} // namespace numloom
