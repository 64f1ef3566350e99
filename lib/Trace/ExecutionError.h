// What the runtime throws, as the recorder's errors.
#ifndef NUMLOOM_LIB_TRACE_EXECUTIONERROR_H
#define NUMLOOM_LIB_TRACE_EXECUTIONERROR_H

#include "numloom/Trace/Node.h"

namespace numloom {

/// Throws the exception in flight again: the runtime's as Error, those of CUDA
/// with the line that recorded `result`.
[[noreturn]] void rethrowFor(const Node &result);

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_EXECUTIONERROR_H
