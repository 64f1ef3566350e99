// Process-wide counters of the runtime.
#ifndef NUMLOOM_RUNTIME_STATS_H
#define NUMLOOM_RUNTIME_STATS_H

#include <cstdint>

namespace numloom {

/// What the runtime did since the process began (or the last reset). Bytes are
/// those that the plans' formulas promise, not measured ones.
struct RuntimeStats {
  int64_t executions = 0;   ///< plans run
  int64_t launches = 0;     ///< kernels run
  int64_t gemms = 0;        ///< matrix products run, a batch being one
  int64_t bytesRead = 0;    ///< by kernels and matrix products
  int64_t bytesWritten = 0; ///< by kernels and matrix products
  int64_t arenaBytes = 0;   ///< sum of the arenas' sizes
  int64_t allocations = 0;  ///< buffers given out by the pool
  int64_t poolMisses = 0;   ///< of these, taken from the system
};

RuntimeStats getRuntimeStats();
void resetRuntimeStats();

/// Adds `delta` to the counters. Thread-safe.
void addRuntimeStats(const RuntimeStats &delta);

} // namespace numloom

#endif // NUMLOOM_RUNTIME_STATS_H
