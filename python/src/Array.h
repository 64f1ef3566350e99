// The Python type `ndarray`: its object and how the module makes and sees one.
#ifndef NUMLOOM_PYTHON_ARRAY_H
#define NUMLOOM_PYTHON_ARRAY_H

#include "PyRef.h"

#include "numloom/Trace/Node.h"

namespace numloom::python {

/// A place in the list of arrays whose work waits for a GPU; null pointers: in
/// no list.
struct PendingLink {
  PendingLink *previous, *next;
  /// The thread that recorded the work (PyThread_get_thread_ident).
  unsigned long thread;
};

struct View;      // Buffer.h
struct Selection; // Selection.h

/// An array of the user's program. Updates give it another node; the nodes
/// themselves never change.
struct ArrayObject {
  /// The value; null in an array with a view whose buffer was updated. Read it
  /// through getNodeRef().
  PyObject_HEAD NodeHandle node;
  /// The array's place in a buffer that other arrays may see; null: in none.
  View *view;
  /// What a mask selects of an array, before it is counted: then there is no
  /// node; null: nothing of the kind.
  Selection *selection;
  /// What in NumPy is an immutable scalar: a 0-d result of a ufunc, a reduction
  /// or an integer index. In-place operators make a new object of it.
  bool isScalarLike;
  bool isReadOnly;
  PyObject *weakReferences;
  PendingLink pending;
};

/// The type; lives as long as the process.
extern PyTypeObject *arrayType;

inline bool isArray(PyObject *object) { return Py_TYPE(object) == arrayType; }
inline ArrayObject *asArray(PyObject *object) {
  return reinterpret_cast<ArrayObject *>(object);
}
/// The array's value, derived from its buffer where that is newer. Evaluates
/// the buffer first where the view is no slice of it. The reference is good
/// until the array is read again.
const NodeRef &getNodeRef(PyObject *array);
inline Node &getNode(PyObject *array) { return *getNodeRef(array); }

/// Facts that need no value; the shape of a selection needs its mask's.
std::span<const int64_t> getShape(PyObject *array);
int getRank(PyObject *array);
DType getDType(PyObject *array);
Device getDevice(PyObject *array);

/// A new array with this value and nothing else in it.
ArrayObject *makeArrayObject(NodeHandle node);

/// A new array that shares memory with no other.
PyObject *wrapNode(NodeRef node);

/// As wrapNode, for a result of the recorder: evaluates it when the flush
/// policy says so. Zero-dimensional results are scalar-like.
PyObject *wrapResult(NodeRef node);

/// Enqueues the work for `device` that this thread recorded and that arrays
/// wait for, on the thread's current stream. Work on the CPU is not touched.
void submitPending(Device device);

/// Computes `node` without the GIL.
void evaluateNode(const NodeRef &node);
/// Computes the node, or leaves it to another thread, as the flush policy
/// wants.
void submitNode(const NodeRef &node);

/// Creates the type and adds it to `module`.
void initArrayType(PyObject *module);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_ARRAY_H
