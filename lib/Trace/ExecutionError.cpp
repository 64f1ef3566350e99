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

void numloom::rethrowFor(const Node &result) {
  try {
    throw;
  } catch (const OutOfMemory &error) {
    if (result.getDevice().isCuda())
      throw;
    throw Error(ErrorKind::Memory, error.what());
  } catch (const BlasError &error) {
    throw Error(ErrorKind::Runtime, error.what());
  } catch (const cuda::CudaError &error) {
    throw cuda::CudaError(error.getResult(),
                          error.what() + describeOrigin(result));
  }
}
