// Files and execution with errors as strings.
#include "tools/numloom-run/Host.h"

#include "numloom/Runtime/Blas.h"
#include "numloom/Runtime/Executor.h"

#include <cstring>

using namespace numloom;

/// Calls `body` and turns its exception into `error`.
template <typename Fn>
static bool guard(std::string &error, Fn body) {
  try {
    body();
    return true;
  } catch (const std::exception &exception) {
    error = exception.what();
    return false;
  }
}

std::optional<HostArray> numloom::tryReadNpy(const std::string &path,
                                             std::string &error) {
  std::optional<HostArray> array;
  guard(error, [&] { array = readNpy(path); });
  return array;
}

bool numloom::tryWriteNpy(const std::string &path, const HostArray &array,
                          std::string &error) {
  return guard(error, [&] { writeNpy(path, array); });
}

std::optional<std::vector<HostArray>>
numloom::tryExecute(const Plan &plan, const std::vector<HostArray> &inputs,
                    const std::vector<ResultType> &resultTypes,
                    const std::vector<int64_t> &params,
                    const std::string &libraryDir, std::string &error) {
  std::vector<HostArray> results;
  bool succeeded = guard(error, [&] {
    std::vector<void *> inputPointers, resultPointers;
    for (const HostArray &input : inputs)
      inputPointers.push_back(input.data.data());
    for (const ResultType &type : resultTypes)
      results.push_back(HostArray::allocate(type.dtype, type.shape));
    // What is reported (array.report) begins with 0.
    for (HostArray &result : results)
      std::memset(result.data.data(), 0, result.data.getCapacity());
    // The file's contents are this process's own copy.
    for (size_t i = 0; i < plan.donations.size(); ++i)
      if (int32_t input = plan.donations[i]; input >= 0)
        results[i].data = inputs[input].data;
    for (const HostArray &result : results)
      resultPointers.push_back(result.data.data());
    setLibraryDir(libraryDir);
    execute(plan, {inputPointers, resultPointers, params});
  });
  if (!succeeded)
    return std::nullopt;
  return results;
}
