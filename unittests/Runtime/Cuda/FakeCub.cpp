// The library that sorts, searches and counts, in the fake driver's
// (NUMLOOM_CUB=libcuda.so.1): each function takes memory and enqueues work that
// computes nothing. Calls are counted and made to fail as the driver's.
#include "FakeCalls.h"
#include "FakeDriver.h"

#include "../../../lib/Runtime/Cub/CubLibrary.h"

using namespace numloom;
using namespace numloom::cuda;
using namespace numloom::cub_library;

/// Two blocks of memory, and a launch behind each.
static int run(const Call &call, const char *name) {
  for (int i = 0; i < 2; ++i) {
    if (!call.allocate(call.context, 4096))
      return int(Result::OutOfMemory);
    Result result = FakeCalls::get().enter(name);
    if (result == Result::Success)
      result = enqueueFake(name, static_cast<StreamHandle>(call.stream),
                           [] { return true; });
    else if (isSticky(result))
      FakeDriver::get().faultCurrent(result);
    if (result != Result::Success)
      return int(result);
    FakeCalls::get().count(name);
  }
  return 0;
}

/// A function of the table with any parameters.
template <typename... Parameters>
static int runSorting(const Call &call, Parameters...) {
  return run(call, "cub");
}

static const Functions kFunctions{
    .version = kVersion,
    .getErrorName = [](int) { return "cudaErrorOfSomeKind"; },
    .sortRows = runSorting,
    .argsortRows = runSorting,
    .selectRows = runSorting,
    .partitionRows = runSorting,
    .argpartitionRows = runSorting,
    .searchSorted = runSorting,
    .countBins = runSorting,
    .sumBins = runSorting,
    .countHistogram = runSorting,
    .findBins = runSorting,
};

extern "C" [[gnu::visibility("default")]] const Functions *
numloomGetCubFunctions() {
  return &kFunctions;
}
