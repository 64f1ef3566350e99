// What a mask selects of an array, as long as nobody asks how much it is.
#ifndef NUMLOOM_PYTHON_SELECTION_H
#define NUMLOOM_PYTHON_SELECTION_H

#include "Array.h"

#include "numloom/Trace/AxisOrder.h"
#include "numloom/Trace/Recorder.h"

#include <optional>
#include <span>

namespace numloom::python {

/// The elements of `value` along whose leading axes `mask`, which has these,
/// holds. An array with a selection has neither node nor view: it gets a node
/// when somebody needs its extent.
struct Selection {
  NodeRef mask, value;
  /// Of the axes of what is selected; empty for C order.
  AxisOrder order = {};

  int getRank() const { return value->getRank() - mask->getRank() + 1; }
};

/// Whether `object` is an array that has its elements, or a node for them.
inline bool isWhole(PyObject *object) {
  return isArray(object) && !asArray(object)->selection;
}

/// The order of what a mask of the leading axes selects of `array`; empty for C
/// order.
AxisOrder findSelectedOrder(PyObject *array, int maskRank);

/// A new array with a selection.
PyObject *wrapSelection(Selection selection);

/// Gives the array its node: counts, which waits for the mask.
void resolveSelection(ArrayObject *array);

/// Called when `array` dies.
void dropSelection(ArrayObject *array);

/// Whether two masks are known to hold at the same places.
bool isSameMask(const Node &a, const Node &b);

/// True if one of the operands has a selection.
bool hasSelection(std::span<PyObject *const> operands);

/// The elementwise op on all elements in place of those that are selected;
/// empty where the operands have elements for each of them and are not selected
/// by one mask.
std::optional<Selection> recordOnSelections(OpCode op,
                                            std::span<PyObject *const> operands,
                                            const LoopRequest *request);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_SELECTION_H
