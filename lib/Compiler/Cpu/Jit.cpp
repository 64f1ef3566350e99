// The process's JIT linker.

#include "Jit.h"

#include "HostTarget.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/Path.h"

#include <atomic>
#include <utility>

using namespace llvm::orc;

namespace numloom {
namespace {

/// `x` rounded once to float16.
_Float16 roundToFloat16(double x) {
  llvm::APFloat half(x);
  bool losesInfo;
  half.convert(llvm::APFloat::IEEEhalf(), llvm::APFloat::rmNearestTiesToEven,
               &losesInfo);
  auto bits = static_cast<uint16_t>(half.bitcastToAPInt().getZExtValue());
  return llvm::bit_cast<_Float16>(bits);
}

/// The linker and the libraries that kernels call.
class Linker {
public:
  static Linker &get(llvm::StringRef libraryDir) {
    // Never destroyed: kernels may outlive every other static object.
    static Linker *linker = new Linker(libraryDir);
    return *linker;
  }

  LLJIT &operator*() { return *jit; }
  LLJIT *operator->() { return jit.get(); }
  const std::string &getError() const { return error; }
  /// What the linker found wrong in this thread since the last call: a failed
  /// look-up names the functions that it was for, not those that they lack.
  static std::string takeReports() { return std::exchange(reports, {}); }

private:
  explicit Linker(llvm::StringRef libraryDir) {
    HostTarget::get();
    llvm::Expected<std::unique_ptr<LLJIT>> created = LLJITBuilder().create();
    if (!created) {
      error = llvm::toString(created.takeError());
      return;
    }
    jit = std::move(*created);
    jit->getExecutionSession().setErrorReporter([](llvm::Error reported) {
      reports += llvm::toString(std::move(reported)) + "; ";
    });
    defineCompilerFunctions();
    char prefix = jit->getDataLayout().getGlobalPrefix();
    addLibrary(DynamicLibrarySearchGenerator::GetForCurrentProcess(prefix));
    addLibrary(DynamicLibrarySearchGenerator::Load("libm.so.6", prefix));
    // The library beside this one first, then the system's.
    llvm::SmallString<128> bundled(libraryDir);
    llvm::sys::path::append(bundled, "libsleef.so.3");
    auto sleef = DynamicLibrarySearchGenerator::Load(bundled.c_str(), prefix);
    if (!sleef) {
      llvm::consumeError(sleef.takeError());
      sleef = DynamicLibrarySearchGenerator::Load("libsleef.so.3", prefix);
    }
    addLibrary(std::move(sleef));
  }

  /// Functions of the compiler's own library, which the process may lack. LLVM
  /// calls this one where the sign of a float64 goes to a scalar float16.
  void defineCompilerFunctions() {
    llvm::cantFail(jit->getMainJITDylib().define(
        absoluteSymbols({{jit->mangleAndIntern("__truncdfhf2"),
                          {ExecutorAddr::fromPtr(&roundToFloat16),
                           llvm::JITSymbolFlags::Exported |
                               llvm::JITSymbolFlags::Callable}}})));
  }

  void addLibrary(
      llvm::Expected<std::unique_ptr<DynamicLibrarySearchGenerator>> library) {
    if (library)
      jit->getMainJITDylib().addGenerator(std::move(*library));
    else
      error = llvm::toString(library.takeError());
  }

  static inline thread_local std::string reports;
  std::unique_ptr<LLJIT> jit;
  std::string error;
};

/// The linked memory of one object, shared by its entries. Every object has a
/// symbol table of its own, in which names are unique: two threads may compile
/// the same kernel at once.
class LinkedObject {
public:
  explicit LinkedObject(LLJIT &jit)
      : session(jit.getExecutionSession()),
        symbols(
            session.createBareJITDylib("kernel-" + std::to_string(count++))) {
    symbols.addToLinkOrder(jit.getMainJITDylib());
  }
  ~LinkedObject() { llvm::consumeError(session.removeJITDylib(symbols)); }
  LinkedObject(const LinkedObject &) = delete;
  LinkedObject &operator=(const LinkedObject &) = delete;

  JITDylib &getSymbols() { return symbols; }

private:
  static inline std::atomic<uint64_t> count{0};
  ExecutionSession &session;
  JITDylib &symbols;
};

struct LinkedKernel : KernelCode {
  std::shared_ptr<LinkedObject> object;
};

} // namespace

std::vector<std::shared_ptr<const KernelCode>>
linkObject(llvm::StringRef object, llvm::ArrayRef<std::string> entries,
           llvm::StringRef libraryDir, std::string &error) {
  Linker &linker = Linker::get(libraryDir);
  if (!linker.getError().empty()) {
    error = linker.getError();
    return {};
  }
  auto linked = std::make_shared<LinkedObject>(*linker);
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(object, entries.front());
  if (llvm::Error failed =
          linker->addObjectFile(linked->getSymbols(), std::move(buffer))) {
    error = llvm::toString(std::move(failed));
    return {};
  }
  std::vector<std::shared_ptr<const KernelCode>> kernels;
  for (const std::string &entry : entries) {
    llvm::Expected<ExecutorAddr> address =
        linker->lookup(linked->getSymbols(), entry);
    if (!address) {
      error = Linker::takeReports() + llvm::toString(address.takeError());
      return {};
    }
    auto kernel = std::make_shared<LinkedKernel>();
    kernel->function = address->toPtr<CpuKernelFn>();
    kernel->name = entry;
    kernel->object = linked;
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

} // namespace numloom
