// The arrays whose work waits for a GPU. Arrays that were evaluated meanwhile
// leave the list when it is next read.
#include "PendingArrays.h"

#include "numloom/Trace/Flush.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace numloom::python {

PendingLink pendingRing = {&pendingRing, &pendingRing, 0};

namespace {

ArrayObject *getArray(PendingLink *link) {
  return reinterpret_cast<ArrayObject *>(reinterpret_cast<char *>(link) -
                                         offsetof(ArrayObject, pending));
}

/// The nodes of arrays that wait for work of `device` that this thread
/// recorded, oldest first. Their arrays leave the list: where submitting fails
/// the error is raised there, once, and again when an array is read.
std::vector<NodeRef> takePending(Device device) {
  std::vector<NodeRef> nodes;
  unsigned long thread = PyThread_get_thread_ident();
  for (PendingLink *link = pendingRing.previous; link != &pendingRing;) {
    ArrayObject *array = getArray(link);
    link = link->previous;
    bool isPending = array->node->isPending();
    // Work of another thread belongs to that thread's stream.
    if (isPending &&
        (array->node->getDevice() != device || array->pending.thread != thread))
      continue;
    forgetPending(array);
    if (isPending)
      nodes.push_back(array->node.get());
  }
  return nodes;
}

} // namespace

void submitPending(Device device) {
  std::vector<NodeRef> nodes = takePending(device);
  GilRelease release;
  // The program may hold none of the arrays that another thread computes.
  finishSubmissions();
  // One program for a thousand arrays would be another one for each number of
  // arrays.
  constexpr size_t kMaxTargets = 16;
  for (std::span<NodeRef> rest(nodes); !rest.empty();) {
    size_t count = std::min(kMaxTargets, rest.size());
    evaluate(rest.first(count));
    rest = rest.subspan(count);
  }
}

} // namespace numloom::python
