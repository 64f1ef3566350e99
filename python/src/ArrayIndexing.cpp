// Subscripts, len() and iteration of `ndarray`.
#include "Array.h"
#include "ArraySlots.h"
#include "Assignment.h"
#include "Buffer.h"
#include "Errors.h"
#include "IndexSubscripts.h"
#include "MaskIndexing.h"
#include "MemoryOrder.h"
#include "Module.h"
#include "NumPyApi.h"
#include "SourceLocation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace numloom::python {

namespace {

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
    return getRank(key) == 0 && isInteger(getDType(key));
  auto *array = reinterpret_cast<PyArrayObject *>(key);
  return PyArray_NDIM(array) == 0 && PyArray_ISINTEGER(array);
}

/// True for arrays, sequences and booleans: they select elements one by one.
bool isAdvanced(PyObject *key) {
  if (PyBool_Check(key) || PyArray_IsScalar(key, Bool))
    return true;
  if (isArray(key) || PyArray_Check(key))
    return !isIntegerArray(key);
  return PySequence_Check(key) && !PyUnicode_Check(key) &&
         !PyBytes_Check(key) && !PyArray_CheckScalar(key);
}

/// Empty for advanced items.
std::optional<IndexItem> parseItem(PyObject *key) {
  if (PyLong_CheckExact(key))
    return parseInteger(key);
  if (PySlice_Check(key))
    return parseSlice(key);
  if (key == Py_Ellipsis)
    return IndexItem{.kind = IndexItem::Kind::Ellipsis};
  if (key == Py_None)
    return IndexItem{.kind = IndexItem::Kind::NewAxis};
  if (isAdvanced(key))
    return std::nullopt;
  if (PyIndex_Check(key))
    return parseInteger(key);
  throwInvalidKey();
}

/// A key taken apart; most have few items.
class Key {
public:
  explicit Key(PyObject *key) : object(key) {
    if (!PyTuple_Check(key)) {
      append(key);
      return;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(key); ++i)
      append(PyTuple_GET_ITEM(key, i));
  }

  bool hasAdvanced() const { return advanced; }
  /// Whether an integer is a 0-d array, which in NumPy selects a copy.
  bool hasZeroDim() const { return zeroDim; }
  /// The items of a basic key.
  std::span<const IndexItem> getItems() const {
    return more.empty() ? std::span(few.data(), count) : std::span(more);
  }
  /// All items as the program gave them.
  PyRef getTuple() const {
    return PyTuple_Check(object) ? PyRef::borrow(object)
                                 : PyRef::steal(PyTuple_Pack(1, object));
  }

private:
  void append(PyObject *key) {
    std::optional<IndexItem> item = parseItem(key);
    if (!item) {
      advanced = true;
      return;
    }
    if (item->kind == IndexItem::Kind::Integer)
      zeroDim |=
          isArray(key) ? !asArray(key)->isScalarLike : bool(PyArray_Check(key));
    if (count == few.size() && more.empty())
      more.assign(few.begin(), few.end());
    if (count < few.size())
      few[count] = *item;
    else
      more.push_back(*item);
    ++count;
  }

  PyObject *object;
  bool advanced = false;
  bool zeroDim = false;
  size_t count = 0;
  std::array<IndexItem, 4> few;
  std::vector<IndexItem> more;
};

/// In NumPy an element is a scalar, hence a copy.
bool isElement(PyObject *self, std::span<const IndexItem> items) {
  return items.size() == static_cast<size_t>(getRank(self)) &&
         std::ranges::all_of(items, [](const IndexItem &item) {
           return item.kind == IndexItem::Kind::Integer;
         });
}

PyObject *index(PyObject *self, std::span<const IndexItem> items) {
  markSourceLocation();
  Layout layout = indexLayout(getLayout(self), items);
  return isElement(self, items) ? wrapResult(readElements(self, layout))
                                : wrapView(self, std::move(layout));
}

PyObject *getSubscript(PyObject *self, PyObject *object) {
  return guard([&] {
    evaluateDueUpdate();
    if (PyObject *selected = readAtMask(self, object))
      return selected;
    if (PyObject *entries = readAtIndices(self, object))
      return entries;
    Key key(object);
    if (key.hasAdvanced())
      return callHook("getitem", {self, key.getTuple().get()});
    if (!key.hasZeroDim() || isElement(self, key.getItems()))
      return index(self, key.getItems());
    PyRef view = PyRef::steal(index(self, key.getItems()));
    return copyInOrder(view.get(), getDType(view.get()));
  });
}

/// What iteration calls.
PyObject *getItem(PyObject *self, Py_ssize_t position) {
  return guard([&] {
    IndexItem item{.kind = IndexItem::Kind::Integer, .start = position};
    return index(self, {&item, 1});
  });
}

/// True where `value` is what it would be assigned to: the second half of
/// `a[key] += b`.
bool isItself(PyObject *self, const Layout &layout, PyObject *value) {
  const View *to = asArray(self)->view;
  const View *from = isArray(value) ? asArray(value)->view : nullptr;
  return to && from && to->buffer == from->buffer && layout == from->layout;
}

int setSubscript(PyObject *self, PyObject *object, PyObject *value) {
  return guardStatus([&] {
    if (!value)
      throwPython(PyExc_ValueError, "cannot delete array elements");
    evaluateDueUpdate();
    if (asArray(self)->isScalarLike)
      throwPython(PyExc_TypeError,
                  "'numpy.%s' object does not support item assignment",
                  getName(getDType(self)));
    checkWriteable(self);
    markSourceLocation();
    if (writeAtMask(self, object, value) || writeAtIndices(self, object, value))
      return 0;
    Key key(object);
    if (key.hasAdvanced()) {
      Py_DECREF(callHook("setitem", {self, key.getTuple().get(), value}));
      return 0;
    }
    Layout layout = indexLayout(getLayout(self), key.getItems());
    if (isElement(self, key.getItems()))
      assignElement(self, layout, value);
    else if (!isItself(self, layout, value))
      assignElements(self, layout, value);
    return 0;
  });
}

Py_ssize_t getLength(PyObject *self) {
  return guardWith(Py_ssize_t(-1), [&]() -> Py_ssize_t {
    if (getRank(self) == 0)
      throwPython(PyExc_TypeError, "len() of unsized object");
    return getShape(self)[0];
  });
}

PyObject *iterate(PyObject *self) {
  return guard([&] {
    if (getRank(self) == 0)
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
