// Results that go into an existing array: in-place operators and `out=`.
#ifndef NUMLOOM_PYTHON_OUTPUT_H
#define NUMLOOM_PYTHON_OUTPUT_H

#include "PyRef.h"

#include "numloom/Trace/Recorder.h"

#include <span>

namespace numloom::python {

/// What a result is stored by.
struct Store {
  OpCode op;
  PyObject *out;
  /// An operand that may be a temporary view of `out`; see rebind().
  PyObject *operand = nullptr;
  /// Where false, `out` keeps its elements; null: true everywhere.
  Node *mask = nullptr;
  Casting casting = Casting::SameKind;
};

/// Makes `node` the value of the array `store.out`, converted to its dtype and
/// broadcast to its shape. Raises what NumPy raises where either is not
/// allowed; `operands` are the op's, for the error's text.
void storeResult(const Store &store, NodeRef node,
                 std::span<const Operand> operands);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_OUTPUT_H
