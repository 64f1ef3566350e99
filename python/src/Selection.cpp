// What a mask selects of an array, as long as nobody asks how much it is.
#include "Selection.h"

#include "Convert.h"
#include "Errors.h"
#include "MemoryOrder.h"
#include "Module.h"
#include "PendingArrays.h"
#include "SharedMemory.h"
#include "SourceLocation.h"

#include "numloom/Trace/Compression.h"

#include <algorithm>
#include <array>

namespace numloom::python {

PyObject *wrapSelection(Selection selection) {
  ArrayObject *array = makeArrayObject({});
  PyRef object = PyRef::steal(reinterpret_cast<PyObject *>(array));
  array->selection = new Selection(std::move(selection));
  // Other libraries may write to what would be read later.
  if (array->selection->mask->readsSharedMemory() ||
      array->selection->value->readsSharedMemory())
    resolveSelection(array);
  return object.release();
}

void dropSelection(ArrayObject *array) {
  delete std::exchange(array->selection, nullptr);
}

AxisOrder findSelectedOrder(PyObject *array, int maskRank) {
  AxisOrder kept = findCopyOrder(array);
  if (kept.size() == 0 || getRank(array) < maskRank + 2)
    return {};
  // The axis of what is selected goes first.
  uint64_t others = (uint64_t(1) << maskRank) - 2;
  kept = dropAxes(kept, others);
  auto first = std::ranges::find(kept.get(), 0);
  std::rotate(kept.get().begin(), first, first + 1);
  return isCOrder(kept) ? AxisOrder() : kept;
}

void resolveSelection(ArrayObject *array) {
  NodeRef mask = array->selection->mask, value = array->selection->value;
  std::vector<NodeRef> selected;
  {
    GilRelease release;
    selected = selectElements(mask, {&value, 1});
  }
  NodeRef elements = detach(std::move(selected.front()));
  // Another thread may have been faster.
  if (!array->selection)
    return;
  AxisOrder order = array->selection->order;
  if (order.size())
    elements = makeTranspose(elements, order.get(), ViewForm::Recorded);
  array->node = NodeHandle(std::move(elements));
  dropSelection(array);
  notePending(array);
  if (order.size())
    showPermuted(reinterpret_cast<PyObject *>(array), order);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static const Selection *getSelection(PyObject *object) {
  return isArray(object) ? asArray(object)->selection : nullptr;
}

bool hasSelection(std::span<PyObject *const> operands) {
  return std::ranges::any_of(operands, getSelection);
}

bool isSameMask(const Node &a, const Node &b) {
  return &a == &b ||
         (a.isEvaluated() && b.isEvaluated() && a.getData() == b.getData() &&
          std::ranges::equal(a.getShape(), b.getShape()) &&
          std::ranges::equal(a.getStrides(), b.getStrides()));
}

std::optional<Selection> recordOnSelections(OpCode op,
                                            std::span<PyObject *const> objects,
                                            const LoopRequest *request) {
  std::array<OperandHolder, kMaxLoopOperands> holders;
  std::array<Operand, kMaxLoopOperands> operands;
  const Selection *first = getSelection(*std::ranges::find_if(
      objects, [](PyObject *object) { return getSelection(object); }));
  for (size_t i = 0; i < objects.size(); ++i) {
    if (const Selection *selection = getSelection(objects[i])) {
      if (!isSameMask(*selection->mask, *first->mask) ||
          selection->getRank() != first->getRank())
        return std::nullopt;
      operands[i] = Operand(selection->value);
      continue;
    }
    if (!holders[i].parse(objects[i], Home(first->value->getDevice())))
      return std::nullopt;
    operands[i] = holders[i].get();
    // Axes behind the selected one broadcast as they do after the selection.
    const Node *node = operands[i].getNode();
    if (node && node->getRank() >= first->getRank())
      return std::nullopt;
  }
  std::span<const Operand> used(operands.data(), objects.size());
  markSourceLocation();
  return Selection{first->mask,
                   request ? recordElementwise(op, used, *request)
                           : recordElementwise(op, used),
                   first->order};
}

//===----------------------------------------------------------------------===//
// Functions of the module
//===----------------------------------------------------------------------===//

namespace {

PyObject *select(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *mask, *array;
    if (!PyArg_ParseTuple(args, "O!O!:select", arrayType, &mask, arrayType,
                          &array))
      throw PythonError();
    Selection selection{getNodeRef(mask), getNodeRef(array),
                        findSelectedOrder(array, getRank(mask))};
    std::span<const int64_t> leading = selection.mask->getShape();
    if (selection.mask->getDType() != DType::Bool || leading.empty() ||
        leading.size() > size_t(selection.value->getRank()) ||
        !std::ranges::equal(leading,
                            selection.value->getShape().first(leading.size())))
      throwPython(PyExc_ValueError,
                  "expected a bool array with the leading axes of the array");
    findDevice(std::array{selection.mask.get(), selection.value.get()});
    return wrapSelection(std::move(selection));
  });
}

PyObject *getSelectionOf(PyObject *, PyObject *object) {
  return guard([&]() -> PyObject * {
    const Selection *selection = getSelection(object);
    if (!selection)
      Py_RETURN_NONE;
    PyRef mask = PyRef::steal(wrapNode(selection->mask));
    PyRef value = PyRef::steal(wrapNode(selection->value));
    return PyRef::steal(PyTuple_Pack(2, mask.get(), value.get())).release();
  });
}

PyObject *count(PyObject *, PyObject *mask) {
  return guard([&] {
    if (!isArray(mask) || getDType(mask) != DType::Bool)
      throwPython(PyExc_TypeError, "expected a numloom.ndarray of bool");
    NodeRef node = getNodeRef(mask);
    int64_t count = 0;
    {
      GilRelease release;
      count = countTrue(node);
    }
    return PyLong_FromLongLong(count);
  });
}

PyObject *compress(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *mask, *arrays;
    if (!PyArg_ParseTuple(args, "O!O!:compress", arrayType, &mask, &PyList_Type,
                          &arrays))
      throw PythonError();
    NodeRef node = getNodeRef(mask);
    std::vector<NodeRef> values;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(arrays); ++i) {
      PyObject *array = PyList_GET_ITEM(arrays, i);
      if (!isArray(array))
        throwPython(PyExc_TypeError, "expected a list of numloom.ndarray");
      values.push_back(getNodeRef(array));
      findDevice(std::array{node.get(), values.back().get()});
    }
    {
      GilRelease release;
      values = selectElements(node, values);
    }
    PyRef list = PyRef::steal(PyList_New(0));
    for (NodeRef &value : values)
      if (PyList_Append(list.get(), PyRef::steal(wrapNode(value)).get()) < 0)
        throw PythonError();
    return list.release();
  });
}

PyObject *isSelectedBy(PyObject *, PyObject *const *arguments,
                       Py_ssize_t count) {
  return guard([&] {
    if (count != 2 || !isArray(arguments[1]))
      throwPython(PyExc_TypeError, "expected an object and an ndarray");
    const Selection *selection = getSelection(arguments[0]);
    return PyBool_FromLong(selection &&
                           isSameMask(*selection->mask, getNode(arguments[1])));
  });
}

} // namespace

PyMethodDef selectionFunctions[] = {
    {"select", select, METH_VARARGS,
     "select(mask, a, /)\n--\n\nThe elements of `a` along whose leading axes "
     "the bool array `mask`, which has these, holds. They are counted when "
     "somebody asks for the result's shape."},
    {"get_selection", getSelectionOf, METH_O,
     "get_selection(object, /)\n--\n\nThe mask and the whole array of a result "
     "of `select` whose elements nobody has counted; None for other objects."},
    {"count", count, METH_O,
     "count(mask, /)\n--\n\nHow often the bool array `mask` holds: waits for "
     "it."},
    {"compress", compress, METH_VARARGS,
     "compress(mask, arrays, /)\n--\n\nWhat `select` gives for each of the "
     "list `arrays`, counted once: waits for `mask`."},
    {"is_selected_by", asCFunction(isSelectedBy), METH_FASTCALL,
     "is_selected_by(object, mask, /)\n--\n\nWhether `object` is such a "
     "result, "
     "selected by `mask`."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
