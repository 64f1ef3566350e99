// The arrays whose work waits for a GPU.
#ifndef NUMLOOM_PYTHON_PENDINGARRAYS_H
#define NUMLOOM_PYTHON_PENDINGARRAYS_H

#include "Array.h"

namespace numloom::python {

/// The list is a ring around this link.
extern PendingLink pendingRing;

/// Adds the array to the list, at its front. Under the GIL, as all of these.
inline void linkPending(ArrayObject *array) {
  PendingLink &link = array->pending;
  link = {&pendingRing, pendingRing.next, PyThread_get_thread_ident()};
  link.next->previous = &link;
  pendingRing.next = &link;
}

/// Takes the array off the list if it is there.
inline void forgetPending(ArrayObject *array) {
  PendingLink &link = array->pending;
  if (!link.next)
    return;
  link.previous->next = link.next;
  link.next->previous = link.previous;
  link = {};
}

/// Called when the array has got a node: remembers it if that is work for a
/// GPU. What has no operands is computed where it is needed, on whatever
/// stream.
inline void notePending(ArrayObject *array) {
  const Node &node = *array->node;
  if (node.getDevice().isCuda() && node.isPending() && !array->pending.next &&
      !node.getOperands().empty())
    linkPending(array);
}

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_PENDINGARRAYS_H
