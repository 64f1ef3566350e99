// Memory for nodes.
#ifndef NUMLOOM_LIB_TRACE_NODEPOOL_H
#define NUMLOOM_LIB_TRACE_NODEPOOL_H

#include "RecordingThread.h"

#include <cstdint>
#include <new>

namespace numloom::nodepool {

/// What `take` and `give` do where the free list cannot serve.
void *takeNew(NodeFreeList &list);
void giveBack(void *memory);

/// Memory for one Node, from the free list of the calling thread.
inline void *take(NodeFreeList &list) {
  NodeFreeList::Block *block = list.head;
  if (!block) [[unlikely]]
    return takeNew(list);
  list.head = block->next;
  --list.count;
  // The next node's lines are on their way while this one is recorded; of none,
  // nothing comes of it.
  auto next = reinterpret_cast<uintptr_t>(list.head);
  for (uintptr_t line = 0; line < 3; ++line)
    __builtin_prefetch(reinterpret_cast<void *>(next + 64 * line), 1);
  return block;
}

/// Gives it back, to the list of the calling thread.
inline void give(NodeFreeList &list, void *memory) {
  if (list.count >= list.limit) [[unlikely]]
    return giveBack(memory);
  list.head = new (memory) NodeFreeList::Block{list.head};
  ++list.count;
}

} // namespace numloom::nodepool

#endif // NUMLOOM_LIB_TRACE_NODEPOOL_H
