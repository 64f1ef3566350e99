// What numloom-run does outside the compiler, behind functions that do not
// throw: code that includes LLVM is compiled without exceptions.
#ifndef NUMLOOM_TOOLS_NUMLOOM_RUN_HOST_H
#define NUMLOOM_TOOLS_NUMLOOM_RUN_HOST_H

#include "numloom/Runtime/Plan.h"
#include "tools/numloom-run/Npy.h"

#include <optional>

namespace numloom {

/// Empty, and `error` set, where readNpy throws.
std::optional<HostArray> tryReadNpy(const std::string &path,
                                    std::string &error);

/// False, and `error` set, where writeNpy throws.
bool tryWriteNpy(const std::string &path, const HostArray &array,
                 std::string &error);

/// What one result of a program is.
struct ResultType {
  DType dtype;
  std::vector<int64_t> shape;
};

/// Allocates results and runs `plan` on CPU; empty, and `error` set, when there
/// is no room or a step cannot run.
std::optional<std::vector<HostArray>>
tryExecute(const Plan &plan, const std::vector<HostArray> &inputs,
           const std::vector<ResultType> &resultTypes,
           const std::vector<int64_t> &params, const std::string &libraryDir,
           std::string &error);

} // namespace numloom

#endif // NUMLOOM_TOOLS_NUMLOOM_RUN_HOST_H
