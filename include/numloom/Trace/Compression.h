// What masks select of arrays, and how much that is.
#ifndef NUMLOOM_TRACE_COMPRESSION_H
#define NUMLOOM_TRACE_COMPRESSION_H

#include "numloom/Trace/Node.h"

#include <cstdint>
#include <span>
#include <vector>

namespace numloom {

/// How often the bool array `mask` holds; stores it unless it is cheap to
/// repeat. Call it without the interpreter's lock. Throws as evaluate().
int64_t countTrue(const NodeRef &mask);

/// For each of `values`, of whose leading axes `mask` is a bool array, the
/// elements where it holds, in row-major order: of the shape (count, other
/// axes...). Waits for the mask; the elements may be pending. On a GPU they are
/// computed while they are counted, if there is memory for as many as there can
/// be. Call it without the interpreter's lock. Throws as evaluate().
std::vector<NodeRef> selectElements(const NodeRef &mask,
                                    std::span<const NodeRef> values);

} // namespace numloom

#endif // NUMLOOM_TRACE_COMPRESSION_H
