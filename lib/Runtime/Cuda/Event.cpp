// Events.
#include "numloom/Runtime/Cuda/Stream.h"

#include "ContextTable.h"
#include "Polling.h"

using namespace numloom;
using namespace numloom::cuda;

Event::Event(int ordinal, Options options) : ordinal(ordinal) {
  ContextScope scope(ordinal);
  unsigned flags = (options.hasTiming ? 0 : kEventDisableTiming) |
                   (options.isBlocking ? kEventBlockingSync : 0);
  scope->cuEventCreate(&handle, flags);
}

Event::~Event() {
  runQuietly(ordinal,
             [&](ContextScope &scope) { scope->cuEventDestroy(handle); });
}

void Event::record(const Stream &stream) {
  ContextScope scope(stream.getOrdinal());
  scope->cuEventRecord(handle, stream.getHandle());
}

bool Event::isDone() const {
  ContextScope scope(ordinal);
  return isReady(scope->cuEventQuery, handle);
}

void Event::synchronize() const {
  ContextScope scope(ordinal);
  poll(scope->cuEventQuery, handle);
}

float cuda::getElapsedTime(const Event &start, const Event &end) {
  ContextScope scope(start.getOrdinal());
  float milliseconds = 0;
  scope->cuEventElapsedTime(&milliseconds, start.getHandle(), end.getHandle());
  return milliseconds;
}
