// Subscripts, len() and iteration of `ndarray`.
#include "Array.h"
#include "ArraySlots.h"
#include "Errors.h"
#include "NumPyApi.h"
#include "SourceLocation.h"

#include "numloom/Trace/Recorder.h"

#include <vector>

namespace numloom::python {

namespace {

[[noreturn]] void throwAdvanced(const char *what) {
  throwPython(PyExc_NotImplementedError,
              "indexing with %s is not implemented; integers, slices, Ellipsis "
              "and None are",
              what);
}

[[noreturn]] void throwInvalidKey() {
  throwPython(PyExc_IndexError,
              "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis "
              "(`None`) and integer or boolean arrays are valid indices");
}

IndexItem parseInteger(PyObject *key) {
  Py_ssize_t value = PyNumber_AsSsize_t(key, PyExc_IndexError);
  if (value == -1 && PyErr_Occurred())
    throw PythonError();
  return {.kind = IndexItem::Kind::Integer, .start = value};
}

IndexItem parseSlice(PyObject *key) {
  Py_ssize_t start, stop, step;
  checkStatus(PySlice_Unpack(key, &start, &stop, &step));
  return {IndexItem::Kind::Slice, start, stop, step};
}

bool isIntegerArray(PyObject *key) {
  if (isArray(key))
    return getNode(key).getRank() == 0 && isInteger(getNode(key).getDType());
  auto *array = reinterpret_cast<PyArrayObject *>(key);
  return PyArray_NDIM(array) == 0 && PyArray_ISINTEGER(array);
}

IndexItem parseItem(PyObject *key) {
  if (PyLong_CheckExact(key))
    return parseInteger(key);
  if (PySlice_Check(key))
    return parseSlice(key);
  if (key == Py_Ellipsis)
    return {.kind = IndexItem::Kind::Ellipsis};
  if (key == Py_None)
    return {.kind = IndexItem::Kind::NewAxis};
  if (PyBool_Check(key) || PyArray_IsScalar(key, Bool))
    throwAdvanced("a boolean");
  if ((isArray(key) || PyArray_Check(key)) && !isIntegerArray(key))
    throwAdvanced("an array");
  if (PyList_Check(key) || PyTuple_Check(key))
    throwAdvanced("a sequence");
  if (PyIndex_Check(key))
    return parseInteger(key);
  throwInvalidKey();
}

using Items = std::vector<IndexItem>;

Items parseItems(PyObject *key) {
  if (!PyTuple_Check(key))
    return {parseItem(key)};
  Items items(PyTuple_GET_SIZE(key));
  for (size_t i = 0; i < items.size(); ++i)
    items[i] = parseItem(PyTuple_GET_ITEM(key, i));
  return items;
}

PyObject *index(PyObject *self, std::span<const IndexItem> items) {
  markSourceLocation();
  NodeRef node = makeIndexed(getNodeRef(self), items);
  // In NumPy an element is a scalar, hence a copy.
  bool isElement = node->getRank() == 0 &&
                   items.size() == static_cast<size_t>(getNode(self).getRank());
  if (isElement)
    return wrapResult(std::move(node));
  return wrapView(self, std::move(node));
}

PyObject *getSubscript(PyObject *self, PyObject *key) {
  return guard([&] { return index(self, parseItems(key)); });
}

/// What iteration calls.
PyObject *getItem(PyObject *self, Py_ssize_t position) {
  return guard([&] {
    IndexItem item{.kind = IndexItem::Kind::Integer, .start = position};
    return index(self, {&item, 1});
  });
}

int setSubscript(PyObject *, PyObject *, PyObject *) {
  PyErr_SetString(PyExc_NotImplementedError,
                  "writing to elements of an array is not implemented; build "
                  "the new array with where() or concatenate()");
  return -1;
}

Py_ssize_t getLength(PyObject *self) {
  return guardWith(Py_ssize_t(-1), [&]() -> Py_ssize_t {
    if (getNode(self).getRank() == 0)
      throwPython(PyExc_TypeError, "len() of unsized object");
    return getNode(self).getShape()[0];
  });
}

PyObject *iterate(PyObject *self) {
  return guard([&] {
    if (getNode(self).getRank() == 0)
      throwPython(PyExc_TypeError, "iteration over a 0-d array");
    // Rows of one computed array are views; rows of a pending one would each
    // compute it.
    evaluateNode(NodeRef(getNodeRef(self)));
    return PySeqIter_New(self);
  });
}

} // namespace

void addIndexingSlots(Slots &slots) {
  slots.insert(slots.end(),
               {slot(Py_mp_subscript, getSubscript),
                slot(Py_mp_ass_subscript, setSubscript),
                slot(Py_mp_length, getLength), slot(Py_sq_length, getLength),
                slot(Py_sq_item, getItem), slot(Py_tp_iter, iterate)});
}

} // namespace numloom::python
