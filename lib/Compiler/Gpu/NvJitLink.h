// NVIDIA's assembler and linker as a library, opened at run time.
#ifndef NUMLOOM_LIB_COMPILER_GPU_NVJITLINK_H
#define NUMLOOM_LIB_COMPILER_GPU_NVJITLINK_H

#include <cstddef>
#include <optional>
#include <string>

namespace numloom {

/// nvJitLink. Thread-safe.
class NvJitLink {
public:
  /// The process's library, looked for at the first call; null if there is
  /// none that makes code for the driver. `packageDir` is where Numloom's own
  /// libraries lie.
  static const NvJitLink *find(const std::string &packageDir);

  /// "nvJitLink 13.0".
  const std::string &getName() const { return name; }

  /// Whether it knows the architecture ("sm_90").
  bool supports(const std::string &chip) const;

  /// The machine code of `ptx` for `chip`. Nothing, and the library's messages
  /// in `error`, on failure.
  std::optional<std::string> assemble(const std::string &ptx,
                                      const std::string &chip,
                                      std::string &error) const;

private:
  using Handle = void *;
  using QueryFn = int(Handle, size_t *);
  using ReadFn = int(Handle, void *);
  class Link;

  bool resolve(void *library);
  /// Drivers do not load the code of newer major versions.
  bool suitsDriver() const;

  std::string name;
  unsigned majorVersion = 12;
  int (*getVersion)(unsigned *major, unsigned *minor) = nullptr;
  int (*create)(Handle *, unsigned count, const char **options) = nullptr;
  int (*addData)(Handle, int kind, const void *data, size_t size,
                 const char *name) = nullptr;
  int (*destroy)(Handle *) = nullptr;
  int (*complete)(Handle) = nullptr;
  QueryFn *getCubinSize = nullptr, *getErrorLogSize = nullptr;
  ReadFn *getCubin = nullptr, *getErrorLog = nullptr;
};

} // namespace numloom

#endif // NUMLOOM_LIB_COMPILER_GPU_NVJITLINK_H
