// Source locations of recorded nodes.
#include "numloom/Trace/Recorder.h"

#include <atomic>

using namespace numloom;

static thread_local SourceLocation currentLocation;
static std::atomic<LocationResolverFn> locationResolver{nullptr};

void numloom::setSourceLocation(SourceLocation location) {
  currentLocation = location;
}

SourceLocation numloom::getSourceLocation() { return currentLocation; }

void numloom::setLocationResolver(LocationResolverFn resolver) {
  locationResolver = resolver;
}

SourceLine numloom::resolveLocation(SourceLocation location) {
  LocationResolverFn resolver = locationResolver;
  return resolver && location.code ? resolver(location) : SourceLine{};
}
