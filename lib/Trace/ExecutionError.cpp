// What the runtime throws, as the recorder's errors.
#include "ExecutionError.h"

#include "numloom/Runtime/Allocator.h"
#include "numloom/Runtime/Blas.h"
#include "numloom/Runtime/Cuda/Error.h"
#include "numloom/Trace/Error.h"
#include "numloom/Trace/Recorder.h"

using namespace numloom;

/// "; recorded at program.py:12", or nothing where that is unknown.
static std::string describeOrigin(const Node &node) {
  SourceLine line = resolveLocation(node.getLocation());
  if (line.file.empty())
    return {};
  return "; recorded at " + line.file + ":" + std::to_string(line.line);
}

namespace {
/// Memory that ran out, with the line.
class OutOfMemoryAt : public OutOfMemory {
public:
  OutOfMemoryAt(const OutOfMemory &error, const Node &node)
      : OutOfMemory(error), text(error.what() + describeOrigin(node)) {}
  const char *what() const noexcept override { return text.c_str(); }

private:
  std::string text;
};
} // namespace

void numloom::rethrowFor(const Node &result) {
  try {
    throw;
  } catch (const OutOfMemory &error) {
    if (result.getDevice().isCuda())
      throw OutOfMemoryAt(error, result);
    throw Error(ErrorKind::Memory, error.what());
  } catch (const BlasError &error) {
    throw Error(ErrorKind::Runtime, error.what() + describeOrigin(result));
  } catch (const cuda::CudaError &error) {
    throw cuda::CudaError(error.getResult(),
                          error.what() + describeOrigin(result));
  }
}
