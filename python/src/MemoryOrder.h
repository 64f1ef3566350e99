// Results in the memory order of their operands, or in one that the caller
// demands.
#ifndef NUMLOOM_PYTHON_MEMORYORDER_H
#define NUMLOOM_PYTHON_MEMORYORDER_H

#include "Array.h"
#include "Devices.h"

#include "numloom/Trace/AxisOrder.h"
#include "numloom/Trace/Layout.h"

namespace numloom::python {

class OperandHolder; // Convert.h

/// NumPy's `order=` of results.
enum class Order : uint8_t {
  C,
  Fortran,
  Any, ///< Fortran where all operands are, else C
  Keep ///< the operands' own
};

/// The order that a str says; None is `Keep`. ValueError for others.
Order parseOrder(PyObject *object);

/// keepsCOrder for what is no array without a view.
bool keepsCOrderByStrides(PyObject *operand);

/// Whether results of this operand alone lie in C order. Next to free for what
/// nobody made a view of.
inline bool keepsCOrder(PyObject *operand) {
  if (isArray(operand) ? !asArray(operand)->view
                       : PyFloat_CheckExact(operand) ||
                             PyLong_CheckExact(operand)) [[likely]]
    return true;
  return keepsCOrderByStrides(operand);
}

/// Parses the operands of an elementwise call, at most kMaxLoopOperands and a
/// mask, whose results are to lie in `order`. Where that is no C order, the
/// operands are permuted so that the results' axes follow it, and it is
/// returned; else an empty one.
AxisOrder parseInOrder(std::span<PyObject *const> objects, const Home &home,
                       Order order, std::span<OperandHolder> holders);

/// The same for a call whose result goes into `out`, in the order of that.
/// Nothing is permuted where the operands do not broadcast to its shape.
AxisOrder parseInOrderOf(PyObject *out, std::span<PyObject *const> objects,
                         const Home &home, std::span<OperandHolder> holders);

/// `layout` with unit axes in front, so that it has those of the order, in that
/// order.
Layout permute(const Layout &layout, const AxisOrder &order);

/// The order of results of operands of these layouts; empty for C order.
AxisOrder findOrder(std::span<const Layout> operands, Order order);

/// Lets an array that has but a node show it with its axes, which lie in
/// `order`, in the order of the program.
void showPermuted(PyObject *array, const AxisOrder &order);

/// As wrapResult, for a result whose axes lie in `order`: the array shows them
/// in the order of the program.
PyObject *wrapPermuted(NodeRef node, const AxisOrder &order);

/// The same where `order` may be C order, or empty for it.
inline PyObject *wrapInOrder(NodeRef node, const AxisOrder &order) {
  return order.size() == 0 || isCOrder(order)
             ? wrapResult(std::move(node))
             : wrapPermuted(std::move(node), order);
}

/// The order of copies of an array; empty for C order.
AxisOrder findCopyOrder(PyObject *array);

/// A copy of `array` as elements of `dtype` in its own order, as NumPy's copies
/// have it.
PyObject *copyInOrder(PyObject *array, DType dtype);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_MEMORYORDER_H
