// Operands that need no parsing: most of those that programs have.
#ifndef NUMLOOM_PYTHON_PLAINOPERANDS_H
#define NUMLOOM_PYTHON_PLAINOPERANDS_H

#include "Array.h"

#include "numloom/Trace/Recorder.h"

#include <array>
#include <cstddef>
#include <memory>

namespace numloom::python {

/// The operands of a call if each is an array that is no view, or a Python
/// number of 64 bits: nothing must be made, derived or kept alive for them.
template <size_t count>
class PlainOperands {
public:
  /// False for all others, with no exception.
  bool parse(std::span<PyObject *const, count> objects) {
    for (size_t i = 0; i < count; ++i)
      if (!parse(objects[i], operands[i]))
        return false;
    return true;
  }

  const std::array<Operand, count> &get() const { return operands; }

private:
  static bool parse(PyObject *object, Operand &operand) {
    if (isArray(object)) {
      ArrayObject *array = asArray(object);
      std::construct_at(&operand, array->node.get().get());
      return operand.getNode() && !array->view;
    }
    if (PyFloat_CheckExact(object)) {
      std::construct_at(&operand, PyFloat_AS_DOUBLE(object));
      return true;
    }
    if (!PyLong_CheckExact(object))
      return false;
    int overflow = 0;
    int64_t value = PyLong_AsLongLongAndOverflow(object, &overflow);
    std::construct_at(&operand, value);
    return !overflow;
  }

  std::array<Operand, count> operands;
};

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_PLAINOPERANDS_H
