// Copies in the order of what is copied, and the module's functions about
// memory orders.
#include "MemoryOrder.h"

#include "Buffer.h"
#include "Convert.h"
#include "Errors.h"
#include "Module.h"

#include <algorithm>
#include <vector>

namespace numloom::python {

AxisOrder findCopyOrder(PyObject *array) {
  if (asArray(array)->selection || !asArray(array)->view)
    return {};
  const Layout &layout = asArray(array)->view->layout;
  if (layout.isContiguous())
    return {};
  AxisOrder order = sortAxes(layout.shape.get(), layout.strides.get());
  return isCOrder(order) ? AxisOrder() : order;
}

PyObject *copyInOrder(PyObject *array, DType dtype) {
  AxisOrder order = findCopyOrder(array);
  if (order.size() == 0)
    return wrapNode(recordCast(getNodeRef(array), dtype));
  NodeRef node = readElements(array, permute(getLayout(array), order));
  return wrapPermuted(recordCast(node, dtype), order);
}

namespace {

//===----------------------------------------------------------------------===//
// Functions of the module
//===----------------------------------------------------------------------===//

void checkArrays(std::span<PyObject *const> objects) {
  if (objects.empty() || !std::ranges::all_of(objects, isArray))
    throwPython(PyExc_TypeError, "expected arrays");
}

/// None for C order.
PyObject *makeAxes(const AxisOrder &order) {
  if (order.size() == 0 || isCOrder(order))
    Py_RETURN_NONE;
  return makeTuple(order.get()).release();
}

PyObject *getKeptOrder(PyObject *, PyObject *array) {
  return guard([&]() -> PyObject * {
    checkArrays({&array, 1});
    if (keepsCOrder(array))
      Py_RETURN_NONE;
    Layout layout = getLayout(array);
    return makeAxes(findOrder({&layout, 1}, Order::Keep));
  });
}

PyObject *getCopyOrder(PyObject *, PyObject *array) {
  return guard([&] {
    checkArrays({&array, 1});
    return makeAxes(findCopyOrder(array));
  });
}

PyObject *getJoinedOrder(PyObject *, PyObject *const *arguments,
                         Py_ssize_t count) {
  return guard([&]() -> PyObject * {
    std::span<PyObject *const> arrays(arguments, count);
    checkArrays(arrays);
    if (std::ranges::all_of(arrays, keepsCOrder))
      Py_RETURN_NONE;
    size_t rank = getRank(arrays[0]);
    std::vector<AxisSteps> steps;
    for (PyObject *array : arrays) {
      Layout layout = getLayout(array);
      steps.push_back(
          makeSteps(layout.shape.get(), layout.strides.get(), rank));
    }
    return makeAxes(joinOrders(steps, rank));
  });
}

/// The steps of `array` along `rank` axes, of which `places` are its own.
AxisSteps placeSteps(PyObject *array, PyObject *places, size_t rank) {
  checkArrays({&array, 1});
  Layout layout = getLayout(array);
  AxisSteps own =
      makeSteps(layout.shape.get(), layout.strides.get(), layout.shape.size());
  std::vector<int64_t> axes = parseIntegers(places);
  AxisSteps steps;
  std::fill_n(steps.allocate(static_cast<uint32_t>(rank)), rank, 0);
  for (size_t i = 0; i < axes.size() && i < own.size(); ++i) {
    if (axes[i] < 0 || static_cast<size_t>(axes[i]) >= rank)
      throwPython(PyExc_ValueError, "an axis is out of bounds");
    steps[axes[i]] = own[i];
  }
  return steps;
}

/// For what is no elementwise call: the operands' axes stand anywhere among
/// those of the loop.
PyObject *getMergedOrder(PyObject *, PyObject *const *arguments,
                         Py_ssize_t count) {
  return guard([&] {
    if (count % 2 == 0)
      throwPython(PyExc_TypeError, "expected a rank, then arrays and axes");
    Py_ssize_t rank = PyNumber_AsSsize_t(arguments[0], PyExc_ValueError);
    if (rank < 0 || rank > static_cast<Py_ssize_t>(kMaxRank))
      throwPython(PyExc_ValueError, "the rank is out of bounds");
    std::vector<AxisSteps> steps;
    for (Py_ssize_t i = 1; i < count; i += 2)
      steps.push_back(placeSteps(arguments[i], arguments[i + 1], rank));
    return makeAxes(mergeOrders(steps, rank));
  });
}

PyObject *permuted(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&] {
    if (count != 2)
      throwPython(PyExc_TypeError, "expected an ndarray and axes");
    checkArrays({arguments, 1});
    std::vector<int64_t> axes = parseIntegers(arguments[1]);
    NodeRef node = getNodeRef(arguments[0]);
    AxisOrder order{std::span<const int64_t>(axes)};
    return isCOrder(order) ? wrapNode(std::move(node))
                           : wrapPermuted(std::move(node), order);
  });
}

} // namespace

PyMethodDef orderFunctions[] = {
    {"keep_order", getKeptOrder, METH_O,
     "keep_order(a, /)\n--\n\nThe axes, slowest first, of results of `a` in "
     "memory; None for C order."},
    {"copy_order", getCopyOrder, METH_O,
     "copy_order(a, /)\n--\n\nThe axes, slowest first, of copies of `a` in "
     "memory; None for C order."},
    {"join_order", asCFunction(getJoinedOrder), METH_FASTCALL,
     "join_order(*arrays)\n--\n\nThe axes, slowest first, of what joins "
     "arrays of one rank; None for C order."},
    {"merge_order", asCFunction(getMergedOrder), METH_FASTCALL,
     "merge_order(rank, *arrays_and_places)\n--\n\nThe axes, slowest first, "
     "of a loop of `rank` axes over arrays, each followed by the places of its "
     "first axes among them; None for C order."},
    {"permuted", asCFunction(permuted), METH_FASTCALL,
     "permuted(a, axes, /)\n--\n\nAn array of the elements of `a` that lies "
     "as `a` is, its axes from slowest to fastest being `axes`."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
