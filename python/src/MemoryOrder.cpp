// Results in the memory order of their operands: nodes on permuted operands,
// which the array shows through the permutation.
#include "MemoryOrder.h"

#include "Buffer.h"
#include "Convert.h"
#include "Errors.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace numloom::python {

namespace {

/// The most operands of a call: a loop's and a mask.
constexpr size_t kMaxOperands = kMaxLoopOperands + 1;

/// Shape and strides of an operand; of NumPy's arrays as it has them, though
/// the node of one is a copy in C order.
Layout describe(PyObject *object, const OperandHolder &holder) {
  if (isArray(object))
    return getLayout(object);
  const Node *node = holder.get().getNode();
  if (!node)
    return Layout::makeWhole(DType::Bool, {});
  Layout layout = Layout::makeWhole(node->getDType(), node->getShape());
  if (PyArray_Check(object)) {
    auto *array = reinterpret_cast<PyArrayObject *>(object);
    for (int i = 0; i < PyArray_NDIM(array); ++i)
      layout.strides[i] = PyArray_STRIDE(array, i) / PyArray_ITEMSIZE(array);
  }
  return layout;
}

/// True where the order of axes shows: the shapes broadcast to one that is not
/// empty and has several elements along two axes.
bool hasOrder(std::span<const Layout> operands, size_t rank) {
  std::array<int64_t, kMaxRank> extents;
  std::fill_n(extents.begin(), rank, 1);
  for (const Layout &operand : operands) {
    int64_t *aligned = extents.data() + (rank - operand.shape.size());
    for (int64_t extent : operand.shape.get()) {
      if (extent != 1 && *aligned != 1 && extent != *aligned)
        return false; // The call will raise.
      *aligned = extent == 1 ? *aligned : extent;
      ++aligned;
    }
  }
  auto isLong = [](int64_t extent) { return extent > 1; };
  return std::count_if(extents.begin(), extents.begin() + rank, isLong) > 1 &&
         std::count(extents.begin(), extents.begin() + rank, 0) == 0;
}

AxisOrder keepOrder(std::span<const Layout> operands, size_t rank) {
  std::array<AxisSteps, kMaxOperands> steps;
  for (size_t i = 0; i < operands.size(); ++i)
    steps[i] =
        makeSteps(operands[i].shape.get(), operands[i].strides.get(), rank);
  return mergeOrders({steps.data(), operands.size()}, rank);
}

} // namespace

AxisOrder findOrder(std::span<const Layout> operands, Order order) {
  size_t rank = 0;
  for (const Layout &operand : operands)
    rank = std::max<size_t>(rank, operand.shape.size());
  auto isFortran = [](const Layout &operand) {
    return operand.isFortranContiguous();
  };
  if (order == Order::Any)
    order =
        std::ranges::all_of(operands, isFortran) ? Order::Fortran : Order::C;
  if (order == Order::C || !hasOrder(operands, rank))
    return {};
  AxisOrder axes =
      order == Order::Keep ? keepOrder(operands, rank) : makeFortranOrder(rank);
  return isCOrder(axes) ? AxisOrder() : axes;
}

Layout permute(const Layout &layout, const AxisOrder &order) {
  size_t rank = layout.shape.size();
  if (rank == order.size())
    return transposeLayout(layout, order.get());
  std::array<int64_t, kMaxRank> shape;
  std::fill_n(shape.begin(), order.size() - rank, 1);
  std::ranges::copy(layout.shape.get(), shape.begin() + order.size() - rank);
  return transposeLayout(
      *reshapeLayout(layout, std::span(shape.data(), order.size())),
      order.get());
}

Order parseOrder(PyObject *object) {
  if (object == Py_None)
    return Order::Keep;
  if (!PyUnicode_Check(object))
    throwPython(PyExc_TypeError, "order must be str, not %s",
                Py_TYPE(object)->tp_name);
  const char *text = PyUnicode_AsUTF8(object);
  if (!text)
    throw PythonError();
  size_t i = std::string_view("CFAKcfak").find(text[0] ? text : "?");
  if (i == std::string_view::npos || text[1])
    throwPython(PyExc_ValueError,
                "order must be one of 'C', 'F', 'A', or 'K' (got '%s')", text);
  return static_cast<Order>(i % 4);
}

bool keepsCOrderByStrides(PyObject *operand) {
  if (isArray(operand)) {
    const Layout &layout = asArray(operand)->view->layout;
    return numloom::keepsCOrder(layout.shape.get(), layout.strides.get());
  }
  if (!PyArray_Check(operand))
    return true;
  auto *array = reinterpret_cast<PyArrayObject *>(operand);
  static_assert(sizeof(npy_intp) == sizeof(int64_t));
  size_t rank = PyArray_NDIM(array);
  return numloom::keepsCOrder(
      {reinterpret_cast<const int64_t *>(PyArray_DIMS(array)), rank},
      {reinterpret_cast<const int64_t *>(PyArray_STRIDES(array)), rank});
}

namespace {

/// The operands of a call, parsed but for the arrays among them.
struct ParsedCall {
  std::span<PyObject *const> objects;
  const Home &home;
  std::span<OperandHolder> holders;
  std::array<Layout, kMaxOperands> layouts;

  ParsedCall(std::span<PyObject *const> objects, const Home &home,
             std::span<OperandHolder> holders)
      : objects(objects), home(home), holders(holders) {
    for (size_t i = 0; i < objects.size(); ++i) {
      if (!isArray(objects[i]))
        holders[i].parseAny(objects[i], home);
      layouts[i] = describe(objects[i], holders[i]);
    }
  }

  std::span<const Layout> getLayouts() const {
    return {layouts.data(), objects.size()};
  }

  /// Parses the arrays, and permutes all operands unless `order` is empty.
  void finish(const AxisOrder &order) {
    for (size_t i = 0; i < objects.size(); ++i) {
      bool isPermuted = order.size() && layouts[i].shape.size();
      Node *node = holders[i].get().getNode();
      if (isArray(objects[i]) && isPermuted)
        holders[i].setNode(
            readElements(objects[i], permute(layouts[i], order)));
      else if (isArray(objects[i]))
        holders[i].parse(objects[i], home);
      else if (node && isPermuted)
        holders[i].setNode(readView(
            NodeRef(node),
            permute(Layout::makeWhole(node->getDType(), node->getShape()),
                    order)));
    }
  }
};

/// Whether an operand broadcasts to the shape `to`.
bool broadcasts(const Layout &operand, std::span<const int64_t> to) {
  std::span<const int64_t> shape = operand.shape.get();
  return shape.size() <= to.size() &&
         std::ranges::equal(shape, to.last(shape.size()),
                            [](int64_t extent, int64_t target) {
                              return extent == 1 || extent == target;
                            });
}

} // namespace

AxisOrder parseInOrder(std::span<PyObject *const> objects, const Home &home,
                       Order order, std::span<OperandHolder> holders) {
  ParsedCall call(objects, home, holders);
  AxisOrder axes = findOrder(call.getLayouts(), order);
  call.finish(axes);
  return axes;
}

AxisOrder parseInOrderOf(PyObject *out, std::span<PyObject *const> objects,
                         const Home &home, std::span<OperandHolder> holders) {
  ParsedCall call(objects, home, holders);
  Layout layout = getLayout(out);
  bool fit = std::ranges::all_of(call.getLayouts(), [&](const Layout &operand) {
    return broadcasts(operand, layout.shape.get());
  });
  AxisOrder axes = fit ? findOrder({&layout, 1}, Order::Keep) : AxisOrder();
  call.finish(axes);
  return axes;
}

void showPermuted(PyObject *array, const AxisOrder &order) {
  const Node &node = *asArray(array)->node;
  setLayout(array,
            transposeLayout(Layout::makeWhole(node.getDType(), node.getShape()),
                            invert(order).get()));
  // What waits for a GPU is found by the arrays' nodes.
  if (getDevice(array).isCuda())
    getNodeRef(array);
}

PyObject *wrapPermuted(NodeRef node, const AxisOrder &order) {
  PyRef object = PyRef::steal(wrapResult(std::move(node)));
  showPermuted(object.get(), order);
  return object.release();
}

} // namespace numloom::python
