// A free list of node memory for each thread.
#include "NodePool.h"

using namespace numloom;

thread_local constinit RecordingThread numloom::recordingThread;

/// Nodes begin where cache lines do (Node.h).
static constexpr std::align_val_t kAlignment{64};

/// A thread that only destroys nodes must not collect their memory without
/// bound; one program's nodes fit below this several times.
static constexpr int kMaxFree = 4096;

namespace {
/// Empties the list when the thread ends. Nodes may die later still: static
/// destructors run late.
struct FreeListOwner {
  NodeFreeList &list;
  ~FreeListOwner() {
    list.limit = 0;
    while (NodeFreeList::Block *block = list.head) {
      list.head = block->next;
      nodepool::giveBack(block);
    }
    list.count = 0;
    isGone = true;
  }
  static thread_local constinit bool isGone;
};

thread_local constinit bool FreeListOwner::isGone = false;
} // namespace

void *nodepool::takeNew(NodeFreeList &list) {
  if (list.limit == 0 && !FreeListOwner::isGone) {
    static thread_local FreeListOwner owner{list};
    list.limit = kMaxFree;
  }
  return ::operator new(sizeof(Node), kAlignment);
}

void nodepool::giveBack(void *memory) { ::operator delete(memory, kAlignment); }
