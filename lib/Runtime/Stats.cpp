// The runtime's counters.
#include "numloom/Runtime/Stats.h"

#include <atomic>

using namespace numloom;

namespace {
struct Counter {
  int64_t RuntimeStats::*field;
  std::atomic<int64_t> value{0};
};
} // namespace

static Counter counters[] = {
    {&RuntimeStats::executions},   {&RuntimeStats::launches},
    {&RuntimeStats::gemms},        {&RuntimeStats::bytesRead},
    {&RuntimeStats::bytesWritten}, {&RuntimeStats::arenaBytes},
    {&RuntimeStats::allocations},  {&RuntimeStats::poolMisses},
};
static_assert(sizeof(RuntimeStats) / sizeof(int64_t) == std::size(counters));

RuntimeStats numloom::getRuntimeStats() {
  RuntimeStats stats;
  for (Counter &counter : counters)
    stats.*counter.field = counter.value.load(std::memory_order_relaxed);
  return stats;
}

void numloom::resetRuntimeStats() {
  for (Counter &counter : counters)
    counter.value.store(0, std::memory_order_relaxed);
}

void numloom::addRuntimeStats(const RuntimeStats &delta) {
  for (Counter &counter : counters)
    if (int64_t value = delta.*counter.field)
      counter.value.fetch_add(value, std::memory_order_relaxed);
}
