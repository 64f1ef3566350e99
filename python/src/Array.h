// The Python type `ndarray`: its object and how the module makes and sees one.
#ifndef NUMLOOM_PYTHON_ARRAY_H
#define NUMLOOM_PYTHON_ARRAY_H

#include "PyRef.h"

#include "numloom/Trace/Node.h"

namespace numloom::python {

/// Counts the array objects that would share memory in NumPy. An array without
/// a counter is the only one. Under the GIL.
struct ViewCounter {
  Py_ssize_t arrays;
};

/// A place in the list of arrays whose work waits for a GPU; null pointers: in
/// no list.
struct PendingLink {
  PendingLink *previous, *next;
  /// The thread that recorded the work (PyThread_get_thread_ident).
  unsigned long thread;
};

/// An array of the user's program. In-place operators give it another node;
/// the nodes themselves never change.
struct ArrayObject {
  PyObject_HEAD NodeHandle node;
  ViewCounter *views;
  /// What in NumPy is an immutable scalar: a 0-d result of a ufunc, a reduction
  /// or an integer index. In-place operators make a new object of it.
  bool isScalarLike;
  PyObject *weakReferences;
  PendingLink pending;
};

/// The type; lives as long as the process.
extern PyTypeObject *arrayType;

inline bool isArray(PyObject *object) { return Py_TYPE(object) == arrayType; }
inline ArrayObject *asArray(PyObject *object) {
  return reinterpret_cast<ArrayObject *>(object);
}
inline Node &getNode(PyObject *array) { return *asArray(array)->node; }
inline const NodeRef &getNodeRef(PyObject *array) {
  return asArray(array)->node.get();
}

/// A new array that shares memory with no other.
PyObject *wrapNode(NodeRef node);

/// As wrapNode, for a result of the recorder: evaluates it when the flush
/// policy says so. Zero-dimensional results are scalar-like.
PyObject *wrapResult(NodeRef node);

/// A new array that in NumPy would share `base`'s memory.
PyObject *wrapView(PyObject *base, NodeRef node);

/// Gives `array` the value `node` of the same shape and dtype, as an update of
/// its memory would. `operand`, which may be null, is an operand of the update:
/// a temporary does not count as another view. Raises NotImplementedError if
/// another array shares the memory.
void rebind(PyObject *array, NodeRef node, PyObject *operand);

/// Enqueues the work for `device` that this thread recorded and that arrays
/// wait for, on the thread's current stream. Work on the CPU is not touched.
void submitPending(Device device);

/// Computes `node` without the GIL.
void evaluateNode(const NodeRef &node);

/// Creates the type and adds it to `module`.
void initArrayType(PyObject *module);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_ARRAY_H
