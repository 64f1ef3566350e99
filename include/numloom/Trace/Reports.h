// What programs report of their elements (array.report).
#ifndef NUMLOOM_TRACE_REPORTS_H
#define NUMLOOM_TRACE_REPORTS_H

#include "numloom/Trace/Node.h"

#include <cstdint>
#include <optional>

namespace numloom {

/// Memory for a report, with nothing in it: on a GPU the host's, for work that
/// the calling thread enqueues next. Throws what StorageRef::allocate throws.
StorageRef allocateReport(Device device);

/// What was reported in `report`, an evaluated array.report; 0 is nothing. On a
/// GPU none while the program runs, unless on the calling thread's current
/// stream, which is waited for. Throws CudaError.
std::optional<uint64_t> readReport(const Node &report);

} // namespace numloom

#endif // NUMLOOM_TRACE_REPORTS_H
