// Calls of the library that processes open as their driver: counted, and made
// to fail where a test wants it.
#ifndef NUMLOOM_UNITTESTS_RUNTIME_CUDA_FAKECALLS_H
#define NUMLOOM_UNITTESTS_RUNTIME_CUDA_FAKECALLS_H

#include "numloom/Runtime/Cuda/DriverTypes.h"

#include <map>
#include <mutex>
#include <string>

namespace numloom::cuda {

/// The process's. Thread-safe.
class FakeCalls {
public:
  static FakeCalls &get();

  /// Lets as many calls pass and fails the one after with `result`; negative:
  /// never.
  void failAfter(int64_t count, Result result);
  /// The function whose call was failed since then; null without one.
  const char *getFailed();
  /// Whether this call may go on; if not, what it reports.
  Result enter(const char *name);
  /// A call succeeded.
  void count(const char *name);
  int64_t getCount(const char *name);

private:
  std::mutex mutex;
  int64_t callsUntilFailure = -1;
  Result result = Result::Success;
  const char *failed = nullptr;
  std::map<std::string, int64_t> counts;
};

} // namespace numloom::cuda

#endif // NUMLOOM_UNITTESTS_RUNTIME_CUDA_FAKECALLS_H
