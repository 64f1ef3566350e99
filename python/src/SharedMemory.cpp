// Memory that other libraries see: results keep apart from it, updates go
// there.
#include "SharedMemory.h"

#include "numloom/Trace/Transfer.h"

namespace numloom::python {

NodeRef detachShared(NodeRef node) {
  evaluateNode(node);
  if (!node->readsSharedMemory())
    return node;
  GilRelease release;
  return duplicate(node);
}

bool isExposed(Buffer &buffer) {
  if (buffer.memory && !buffer.memory->getStorage()->isShared())
    buffer.memory = {};
  return static_cast<bool>(buffer.memory);
}

NodeRef writeThrough(const Buffer &buffer, const NodeRef &node) {
  {
    GilRelease release;
    overwrite(*buffer.memory, node);
  }
  return makeReshape(buffer.memory, node->getShape());
}

NodeRef exposeMemory(PyObject *object) {
  Buffer &buffer = makeBuffer(asArray(object));
  if (isExposed(buffer))
    return buffer.memory;
  dropReaders(buffer);
  evaluateNode(NodeRef(buffer.value));
  NodeRef value = buffer.value;
  // Two references: the buffer's and this one. Whatever else refers to the
  // memory must not see what others write there.
  bool isPrivate = value->isEvaluated() && value->isContiguous() &&
                   value->getStorage()->isOwn() &&
                   value->getStorage()->isUnique() &&
                   value.countReferences() == 2;
  if (!isPrivate) {
    GilRelease release;
    value = duplicate(value);
  }
  setNode(buffer, value);
  return buffer.memory = value;
}

PyObject *wrapMemory(NodeRef leaf, bool isWritable) {
  ArrayObject *array = makeArrayObject(NodeHandle(leaf));
  array->isReadOnly = !isWritable || !leaf->isContiguous();
  if (isWritable)
    leaf->getStorage()->addSharer();
  if (!array->isReadOnly)
    makeBuffer(array).memory = std::move(leaf);
  return reinterpret_cast<PyObject *>(array);
}

} // namespace numloom::python
