// Memory for nodes.
#ifndef NUMLOOM_LIB_TRACE_NODEPOOL_H
#define NUMLOOM_LIB_TRACE_NODEPOOL_H

namespace numloom::nodepool {

/// Memory for one Node, from the thread's free list.
void *take();

/// Gives it back, to the list of the calling thread.
void give(void *memory);

} // namespace numloom::nodepool

#endif // NUMLOOM_LIB_TRACE_NODEPOOL_H
