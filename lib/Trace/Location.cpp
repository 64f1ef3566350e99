// Source locations of recorded nodes.
#include "RecordingThread.h"
#include "numloom/Trace/Recorder.h"

#include <atomic>

using namespace numloom;

static std::atomic<LocationResolverFn> locationResolver{nullptr};

void numloom::setSourceLocation(SourceLocation location) {
  recordingThread.location = location;
}

void numloom::setLocationResolver(LocationResolverFn resolver) {
  locationResolver = resolver;
}

SourceLine numloom::resolveLocation(SourceLocation location) {
  LocationResolverFn resolver = locationResolver;
  return resolver && location.code ? resolver(location) : SourceLine{};
}
