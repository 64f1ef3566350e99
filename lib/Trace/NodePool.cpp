// A free list of node memory for each thread.
#include "NodePool.h"
#include "numloom/Trace/Node.h"

#include <new>

using namespace numloom;

namespace {
struct FreeBlock {
  FreeBlock *next;
};

/// Nodes begin where cache lines do (Node.h).
constexpr std::align_val_t kAlignment{64};

/// A thread that only destroys nodes must not collect their memory without
/// bound; one program's nodes fit below this several times.
constexpr int kMaxFree = 4096;

struct FreeList {
  FreeBlock *head = nullptr;
  int count = 0;
  ~FreeList();
};

// Nodes may die after the thread's list: static destructors run late. The flag
// is trivially destructible and so outlives the list.
thread_local bool freeListGone = false;
thread_local FreeList freeList;

FreeList::~FreeList() {
  freeListGone = true;
  while (FreeBlock *block = head) {
    head = block->next;
    ::operator delete(block, kAlignment);
  }
}
} // namespace

void *nodepool::take() {
  if (!freeListGone) {
    FreeList &list = freeList;
    if (FreeBlock *block = list.head) {
      list.head = block->next;
      --list.count;
      return block;
    }
  }
  return ::operator new(sizeof(Node), kAlignment);
}

void nodepool::give(void *memory) {
  if (!freeListGone) {
    FreeList &list = freeList;
    if (list.count < kMaxFree) {
      list.head = new (memory) FreeBlock{list.head};
      ++list.count;
      return;
    }
  }
  ::operator delete(memory, kAlignment);
}
