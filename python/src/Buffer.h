// What arrays share that are views of each other: a value that updates replace.
#ifndef NUMLOOM_PYTHON_BUFFER_H
#define NUMLOOM_PYTHON_BUFFER_H

#include "Array.h"

#include "numloom/Trace/Updates.h"

#include <memory>

namespace numloom::python {

/// The elements that an array and its views show. Lives as long as one of them.
/// Under the GIL.
struct Buffer {
  /// The newest version, in whatever shape.
  NodeRef value;
  /// `value` counts as held by the user: all but the temporary that only views
  /// outlived, of which only what they show need ever be computed.
  bool hasHandle = false;
  bool isUpdated = false;
  /// What other libraries see: evaluated, in memory that they share, which gets
  /// every new version at once. Null: nobody sees the buffer.
  NodeRef memory{};
  Py_ssize_t numArrays = 0;
  /// The array of which the others are views, while it lives.
  ArrayObject *owner = nullptr;
  /// Whether that array was read-only when it went.
  bool wasReadOnly = false;
  /// What that showed, if it died and was not in C order.
  std::unique_ptr<Layout> ownerLayout{};
  /// The arrays whose nodes show the newest version.
  View *readers = nullptr;
};

/// An array's place in a buffer.
struct View {
  Buffer *buffer;
  ArrayObject *array;
  Layout layout;
  /// Neighbours in Buffer::readers.
  View *previous = nullptr, *next = nullptr;
  bool isReader = false;
};

/// The layout of an array, in its buffer or in one of its own.
Layout getLayout(PyObject *array);

/// The dtype of the buffer's elements. Differs from the array's where that
/// shows parts of them.
DType getBufferDType(PyObject *array);
inline int64_t getElementBytes(PyObject *array) {
  return static_cast<int64_t>(getBytes(getBufferDType(array)));
}

/// Whether updates of one array may show in the other.
bool shareBuffer(PyObject *a, PyObject *b);

/// True for all arrays but views.
bool isOwner(PyObject *array);

/// A new array that sees, and takes part in, the updates of `base`. Read-only
/// if that is.
PyObject *wrapView(PyObject *base, Layout layout);

/// The elements of `array`'s buffer that `layout` shows, as they are now.
NodeRef readElements(PyObject *array, const Layout &layout);

/// Gives the elements of `array` that `layout` shows those of `value`, which
/// has the layout's dtype and broadcasts to its shape. Raises ValueError if the
/// array is read-only.
void updateElements(PyObject *array, const Layout &layout, NodeRef value);
/// The same for all elements of `array`.
void updateArray(PyObject *array, NodeRef value);

/// Evaluates the last update if the flush policy wants it. Called where the
/// operands of that update are likely gone: by the next subscript or update.
void evaluateDueUpdate();

/// ValueError "assignment destination is read-only" if it is.
void checkWriteable(PyObject *array);

/// Makes the array read-only, or writeable again: ValueError for a view of what
/// is read-only.
void setReadOnly(PyObject *array, bool isReadOnly);

/// The array of which `array` is a view, made anew if it died; None if it is
/// none. Returns a new reference.
PyObject *getBaseArray(PyObject *array);

/// Gives an array another layout of its buffer.
void setLayout(PyObject *array, Layout layout);

/// Makes the array, the only one of its buffer, the buffer's owner.
void makeOwner(PyObject *array);

/// The array's buffer, made if it has none.
Buffer &makeBuffer(ArrayObject *array);

/// Replaces the node of the value by one with the same elements.
void setNode(Buffer &buffer, NodeRef node);

/// Lets go of the nodes that arrays hold: a cached one would keep its memory
/// alive, and count as held.
void dropReaders(Buffer &buffer);

/// Called when `array` dies.
void leaveBuffer(ArrayObject *array);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_BUFFER_H
