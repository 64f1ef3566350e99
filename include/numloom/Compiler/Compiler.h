// The compiler's door: programs in, plans out. Free of LLVM.
#ifndef NUMLOOM_COMPILER_COMPILER_H
#define NUMLOOM_COMPILER_COMPILER_H

#include "numloom/Runtime/Plan.h"
#include "numloom/Trace/Program.h"

#include <cstdint>
#include <memory>
#include <string>

namespace numloom {

/// Counters of the compiler since the process began (or the last reset).
struct CompilerStats {
  int64_t programsCompiled = 0;
  int64_t kernelsCompiled = 0;
  int64_t kernelsFromMemory = 0;
  int64_t kernelsFromDisk = 0;
  double compileMilliseconds = 0;
};

/// A GPU as the compiler sees it.
struct CudaTarget {
  /// 10 * major + minor.
  int computeCapability = 90;
  int multiprocessors = 132;
  /// Shared memory that one block may have when it opts in.
  int64_t sharedBytesPerBlock = 227 * 1024;
  /// The second-level cache.
  int64_t cacheBytes = 60 << 20;

  friend bool operator==(const CudaTarget &, const CudaTarget &) = default;
};

/// The compiler lives in a shared library of its own, loaded at the first
/// compilation: importing Numloom does not map LLVM. No exception crosses this
/// interface; failures are an empty result and a message. Thread-safe.
class Compiler {
public:
  virtual ~Compiler() = default;

  /// Compiles `program` for this machine's CPU.
  virtual std::shared_ptr<const Plan> compileForCpu(const Program &program,
                                                    std::string &error) = 0;

  /// Compiles `program` for a GPU. The plan's guards say for which parameters
  /// it is right; the program's hints pass them.
  virtual std::shared_ptr<const Plan> compileForCuda(const Program &program,
                                                     const CudaTarget &target,
                                                     std::string &error) = 0;

  /// The fused program as text, as it is for a CPU or a GPU: kernels, what each
  /// reads and writes, and why groups were not fused further.
  virtual std::string explain(const Program &program, bool isForGpu,
                              std::string &error) = 0;

  virtual CompilerStats getStats() = 0;
  virtual void resetStats() = 0;
};

/// Name and type of the shared library's only exported function, which returns
/// the process's compiler. `libraryDir` is where the math library lies.
inline constexpr const char *kCompilerEntry = "numloomGetCompiler";
using CompilerEntryFn = Compiler *(*)(const char *libraryDir);

} // namespace numloom

#endif // NUMLOOM_COMPILER_COMPILER_H
