// Buffers: reading views of the newest version, and making the next one.
#include "Buffer.h"

#include "Errors.h"
#include "PendingArrays.h"
#include "Selection.h"
#include "SharedMemory.h"

#include "numloom/Trace/Flush.h"

#include <algorithm>
#include <new>

namespace numloom::python {

namespace {

void setHandle(Buffer &buffer, bool hasHandle) {
  if (buffer.hasHandle == hasHandle)
    return;
  buffer.hasHandle = hasHandle;
  hasHandle ? buffer.value->addHandle() : buffer.value->dropHandle();
}

void addReader(View &view) {
  if (view.isReader)
    return;
  Buffer &buffer = *view.buffer;
  view.isReader = true;
  view.previous = nullptr;
  view.next = buffer.readers;
  if (buffer.readers)
    buffer.readers->previous = &view;
  buffer.readers = &view;
}

void dropReader(View &view) {
  if (!view.isReader)
    return;
  view.isReader = false;
  (view.previous ? view.previous->next : view.buffer->readers) = view.next;
  if (view.next)
    view.next->previous = view.previous;
}

/// Gives the array a node of the newest version.
void setReader(ArrayObject *array, NodeRef node) {
  array->node = NodeHandle(std::move(node));
  addReader(*array->view);
  notePending(array);
}

/// The next version.
void setValue(Buffer &buffer, NodeRef node) {
  dropReaders(buffer);
  buffer.isUpdated = true;
  setHandle(buffer, true);
  node =
      isExposed(buffer) ? writeThrough(buffer, node) : detach(std::move(node));
  setNode(buffer, std::move(node));
}

/// Gives the value a form of which the layout can be read.
void prepare(Buffer &buffer, const Layout &layout) {
  while (!isReadable(buffer.value, layout)) {
    NodeRef node = makeContiguous(buffer.value);
    if (node != buffer.value)
      setNode(buffer, node);
    evaluateNode(node);
  }
  const Node &value = *buffer.value;
  bool isFramed = std::ranges::equal(value.getShape(), layout.frame.get());
  if (!isFramed && value.isEvaluated() && value.isContiguous())
    setNode(buffer, makeFramed(buffer.value, layout));
}

/// True if the array's node is the newest version's and may be read again. What
/// was recorded on memory and evaluated since has become another array on that
/// memory; programs that update it must see what they read of it.
bool isCurrent(const ArrayObject &array) {
  if (!array.node)
    return false;
  if (!array.view || array.node->isPending())
    return true;
  const Buffer &buffer = *array.view->buffer;
  return array.node.get() == buffer.value || buffer.value->isPending() ||
         !array.view->layout.isSliced;
}

ArrayObject *makeMember(Buffer &buffer, Layout layout) {
  PyRef object =
      PyRef::steal(reinterpret_cast<PyObject *>(makeArrayObject({})));
  ArrayObject *array = asArray(object.get());
  array->view =
      new View{.buffer = &buffer, .array = array, .layout = std::move(layout)};
  ++buffer.numArrays;
  return asArray(object.release());
}

/// An update that the flush policy wants evaluated. Never destroyed: what it
/// names may live as long as the process.
NodeRef &getDueUpdate() {
  static auto *node = new NodeRef;
  return *node;
}

/// The caller still holds what is assigned, which would be stored if it was
/// evaluated now. A launch stores nothing.
void evaluateSoonIfDue(const NodeRef &node) {
  if (isLaunchDue(*node))
    submitNode(node);
  else if (isFlushDue(*node))
    getDueUpdate() = node;
}

/// Where work for a GPU is to be found: the owner's node, or the updated
/// array's.
void noteUpdate(ArrayObject *array) {
  Buffer &buffer = *array->view->buffer;
  ArrayObject *reader = buffer.owner ? buffer.owner : array;
  const Layout &layout = reader->view->layout;
  bool isValue =
      layout.isWhole() &&
      std::ranges::equal(layout.shape.get(), buffer.value->getShape());
  if (buffer.owner && isValue)
    setReader(reader, buffer.value);
  else if (buffer.value->getDevice().isCuda())
    getNodeRef(reinterpret_cast<PyObject *>(reader));
}

/// Updates an array without a buffer.
void updatePrivate(ArrayObject *array, const Layout &layout,
                   const NodeRef &value) {
  const NodeRef &base = array->node.get();
  NodeRef node =
      detach(makeReshape(recordUpdate(base, layout, value), base->getShape()));
  array->node = NodeHandle(node);
  notePending(array);
  evaluateSoonIfDue(node);
}

} // namespace

Buffer &makeBuffer(ArrayObject *array) {
  if (array->view)
    return *array->view->buffer;
  std::unique_ptr<Buffer> made(
      new Buffer{.value = array->node.get(), .owner = array});
  array->view = new View{.buffer = made.get(),
                         .array = array,
                         .layout = Layout::makeWhole(array->node->getDType(),
                                                     array->node->getShape())};
  Buffer &buffer = *made.release();
  setHandle(buffer, true);
  buffer.numArrays = 1;
  addReader(*array->view);
  return buffer;
}

void setNode(Buffer &buffer, NodeRef node) {
  bool hasHandle = buffer.hasHandle;
  if (hasHandle)
    node->addHandle();
  std::swap(buffer.value, node);
  if (hasHandle)
    node->dropHandle();
}

void dropReaders(Buffer &buffer) {
  for (View *view = buffer.readers; view; view = view->next) {
    view->isReader = false;
    forgetPending(view->array);
    view->array->node = NodeHandle();
  }
  buffer.readers = nullptr;
}

const NodeRef &getNodeRef(PyObject *object) {
  ArrayObject *array = asArray(object);
  if (isCurrent(*array))
    return array->node.get();
  if (array->selection) {
    resolveSelection(array);
    return array->node.get();
  }
  View &view = *array->view;
  prepare(*view.buffer, view.layout);
  setReader(array, readView(view.buffer->value, view.layout));
  return array->node.get();
}

std::span<const int64_t> getShape(PyObject *object) {
  ArrayObject *array = asArray(object);
  if (array->selection)
    resolveSelection(array);
  return array->view ? array->view->layout.shape.get()
                     : array->node->getShape();
}

int getRank(PyObject *object) {
  const Selection *selection = asArray(object)->selection;
  return selection ? selection->getRank()
                   : static_cast<int>(getShape(object).size());
}

DType getDType(PyObject *object) {
  ArrayObject *array = asArray(object);
  if (array->selection)
    return array->selection->value->getDType();
  return array->view ? array->view->layout.dtype : array->node->getDType();
}

Device getDevice(PyObject *object) {
  ArrayObject *array = asArray(object);
  if (array->selection)
    return array->selection->value->getDevice();
  return (array->view ? array->view->buffer->value : array->node.get())
      ->getDevice();
}

Layout getLayout(PyObject *object) {
  ArrayObject *array = asArray(object);
  return array->view ? array->view->layout
                     : Layout::makeWhole(getDType(object), getShape(object));
}

DType getBufferDType(PyObject *object) {
  ArrayObject *array = asArray(object);
  return (array->view ? array->view->buffer->value : array->node.get())
      ->getDType();
}

bool shareBuffer(PyObject *a, PyObject *b) {
  return a == b || (asArray(a)->view && asArray(b)->view &&
                    asArray(a)->view->buffer == asArray(b)->view->buffer);
}

bool isOwner(PyObject *object) {
  const View *view = asArray(object)->view;
  return !view || view->buffer->owner == asArray(object);
}

PyObject *wrapView(PyObject *base, Layout layout) {
  Buffer &buffer = makeBuffer(asArray(base));
  ArrayObject *array = makeMember(buffer, std::move(layout));
  array->isReadOnly = asArray(base)->isReadOnly;
  return reinterpret_cast<PyObject *>(array);
}

void evaluateDueUpdate() {
  if (NodeRef node = std::exchange(getDueUpdate(), {}))
    evaluateNode(node);
}

NodeRef readElements(PyObject *object, const Layout &layout) {
  ArrayObject *array = asArray(object);
  if (!array->view)
    return readView(array->node.get(), layout);
  prepare(*array->view->buffer, layout);
  return readView(array->view->buffer->value, layout);
}

void checkWriteable(PyObject *array) {
  if (asArray(array)->isReadOnly)
    throwPython(PyExc_ValueError, "assignment destination is read-only");
}

void setReadOnly(PyObject *object, bool isReadOnly) {
  ArrayObject *array = asArray(object);
  const ArrayObject *owner = array->view ? array->view->buffer->owner : array;
  // A view that repeats elements has no place of its own for each.
  bool isFixed = owner ? owner != array && owner->isReadOnly
                       : array->view->buffer->wasReadOnly;
  bool repeats = array->view && array->view->layout.mayOverlapItself();
  if (!isReadOnly && array->isReadOnly && (isFixed || repeats))
    throwPython(PyExc_ValueError,
                "cannot set WRITEABLE flag to True of this array");
  array->isReadOnly = isReadOnly;
}

void updateElements(PyObject *object, const Layout &layout, NodeRef value) {
  checkWriteable(object);
  ArrayObject *array = asArray(object);
  if (!array->view)
    return updatePrivate(array, layout, value);
  Buffer &buffer = *array->view->buffer;
  prepare(buffer, layout);
  NodeRef updated = recordUpdate(buffer.value, layout, value);
  setValue(buffer, updated);
  noteUpdate(array);
  evaluateSoonIfDue(updated);
}

void updateArray(PyObject *array, NodeRef value) {
  updateElements(array, getLayout(array), std::move(value));
}

PyObject *getBaseArray(PyObject *object) {
  ArrayObject *array = asArray(object);
  if (isOwner(object))
    Py_RETURN_NONE;
  Buffer &buffer = *array->view->buffer;
  if (!buffer.owner) {
    buffer.owner =
        makeMember(buffer, buffer.ownerLayout
                               ? *buffer.ownerLayout
                               : Layout::makeWhole(buffer.value->getDType(),
                                                   buffer.value->getShape()));
    buffer.owner->isReadOnly = buffer.wasReadOnly;
    setHandle(buffer, true);
    return reinterpret_cast<PyObject *>(buffer.owner);
  }
  return Py_NewRef(reinterpret_cast<PyObject *>(buffer.owner));
}

void setLayout(PyObject *object, Layout layout) {
  ArrayObject *array = asArray(object);
  makeBuffer(array);
  dropReader(*array->view);
  forgetPending(array);
  array->node = NodeHandle();
  array->view->layout = std::move(layout);
}

void makeOwner(PyObject *object) {
  ArrayObject *array = asArray(object);
  if (!array->view || array->view->buffer->numArrays != 1)
    return;
  array->view->buffer->owner = array;
  setHandle(*array->view->buffer, true);
}

/// A destructor throws nothing: where there is no memory the order is C's.
static void keepLayout(Buffer &buffer, const Layout &layout) noexcept {
  try {
    buffer.ownerLayout = std::make_unique<Layout>(layout);
  } catch (const std::bad_alloc &) {
  }
}

void leaveBuffer(ArrayObject *array) {
  View *view = array->view;
  if (!view)
    return;
  Buffer *buffer = view->buffer;
  dropReader(*view);
  if (buffer->owner == array) {
    buffer->owner = nullptr;
    buffer->wasReadOnly = array->isReadOnly;
    if (buffer->numArrays > 1 && !view->layout.isWhole())
      keepLayout(*buffer, view->layout);
    if (!buffer->isUpdated && buffer->value->isPending())
      setHandle(*buffer, false);
  }
  delete view;
  if (--buffer->numArrays == 0) {
    setHandle(*buffer, false);
    delete buffer;
  }
}

} // namespace numloom::python
