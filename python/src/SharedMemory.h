// Memory that other libraries see, and may write to at any time.
#ifndef NUMLOOM_PYTHON_SHAREDMEMORY_H
#define NUMLOOM_PYTHON_SHAREDMEMORY_H

#include "Buffer.h"

namespace numloom::python {

/// The value of `node`, which other libraries may change, as it is now.
NodeRef detachShared(NodeRef node);

/// `node`, or where other libraries may change what it shows, a copy.
inline NodeRef detach(NodeRef node) {
  if (node->readsSharedMemory()) [[unlikely]]
    return detachShared(std::move(node));
  return node;
}

/// Whether other libraries see the buffer. When the last one lets go of the
/// memory it becomes that of any array.
bool isExposed(Buffer &buffer);

/// Writes the next version of an exposed buffer to its memory; returns what it
/// is there.
NodeRef writeThrough(const Buffer &buffer, const NodeRef &node);

/// The evaluated memory of the array's buffer, contiguous and of no other
/// array; later updates are written there as long as the storage is shared.
NodeRef exposeMemory(PyObject *array);

/// A new array on another library's memory: writable if that is contiguous and
/// `isWritable`.
PyObject *wrapMemory(NodeRef leaf, bool isWritable);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_SHAREDMEMORY_H
