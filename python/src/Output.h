// Results that go into an existing array: in-place operators and `out=`.
#ifndef NUMLOOM_PYTHON_OUTPUT_H
#define NUMLOOM_PYTHON_OUTPUT_H

#include "PyRef.h"

#include "numloom/Trace/AxisOrder.h"
#include "numloom/Trace/Recorder.h"

#include <span>

namespace numloom::python {

struct Selection; // Selection.h

/// What a result is stored by.
struct Store {
  OpCode op;
  PyObject *out;
  /// Where false, `out` keeps its elements; null: true everywhere.
  Node *mask = nullptr;
  Casting casting = Casting::SameKind;
  /// In which the axes of result, operands and mask were taken; empty: in that
  /// of `out`.
  AxisOrder order = {};
};

/// Makes `node` the value of the array `store.out`, converted to its dtype and
/// broadcast to its shape. Raises what NumPy raises where either is not
/// allowed; `operands` are the op's, for the error's text.
void storeResult(const Store &store, NodeRef node,
                 std::span<const Operand> operands);

/// The same for an array with a selection of the same mask; false where the
/// result would stretch it.
bool storeSelection(const Store &store, const Selection &selection);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_OUTPUT_H
