// Python objects as nodes and nodes as NumPy arrays.
#ifndef NUMLOOM_PYTHON_CONVERT_H
#define NUMLOOM_PYTHON_CONVERT_H

#include "Devices.h"
#include "MemoryOrder.h"
#include "NumPyApi.h"

#include "numloom/Trace/Recorder.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

namespace numloom::python {

/// Whether memory may be, must be or must not be copied (NumPy's `copy=`).
enum class CopyMode { IfNeeded, Always, Never };
CopyMode parseCopyMode(PyObject *copy);

/// Whether an operator takes `object` beside an array: arrays, numbers, NumPy's
/// arrays and scalars, lists and tuples. All others, also subclasses of
/// numpy.ndarray that have their own __array_ufunc__, may know better.
bool canBeOperand(PyObject *object);

/// An operand of a ufunc, parsed from a Python object. Borrows arrays: the
/// object must outlive it.
class OperandHolder {
public:
  /// False, with no exception, for what cannot be an operand. Raises TypeError
  /// for NumPy's arrays beside arrays on a GPU.
  bool parse(PyObject *object, const Home &home);
  /// As `parse`, and whatever numpy.asarray takes; TypeError otherwise.
  void parseAny(PyObject *object, const Home &home);

  const Operand &get() const { return operand; }
  void setNode(NodeRef node);

private:
  bool parseNumber(PyObject *object);
  void parseInt(PyObject *object);

  NodeRef owned;
  PyRef digits;
  Operand operand{static_cast<Node *>(nullptr)};
};

/// The operands of an elementwise call, parsed by `parseAny`. The result keeps
/// their order in memory.
template <size_t count>
class ParsedOperands {
public:
  explicit ParsedOperands(std::span<PyObject *const, count> objects) {
    Home home(objects);
    if (std::ranges::all_of(objects, keepsCOrder)) [[likely]] {
      for (size_t i = 0; i < count; ++i)
        holders[i].parseAny(objects[i], home);
    } else {
      order = parseInOrder(objects, home, Order::Keep, holders);
    }
    for (size_t i = 0; i < count; ++i)
      operands[i] = holders[i].get();
  }

  const std::array<Operand, count> &get() const { return operands; }
  /// The array of what was recorded on the operands.
  PyObject *wrap(NodeRef result) const {
    return wrapInOrder(std::move(result), order);
  }

private:
  std::array<OperandHolder, count> holders;
  std::array<Operand, count> operands;
  AxisOrder order;
};

/// A node on `device` with a copy of `array`'s elements, or on its memory
/// itself if `mode` is Never; ValueError where that cannot be.
NodeRef convertFromNumPy(PyArrayObject *array, CopyMode mode, Device device);

/// The node that numpy.asarray(object, dtype) describes. Arrays stay on their
/// device.
NodeRef convertFromObject(PyObject *object, std::optional<DType> dtype,
                          CopyMode mode, const Home &home);

/// An array of NumPy on the value of `node`, which is computed if need be. On
/// the CPU it is read-only: nodes share memory and never change. Of a GPU's
/// memory it is a copy.
PyRef convertToNumPy(const NodeRef &node);

/// An array of NumPy on the memory of `array`, of the CPU: each sees the
/// other's updates. ValueError where the elements lie in no memory of the
/// array's own.
PyRef shareWithNumPy(PyObject *array);

/// The integers of `object`: a sequence, or one integer.
std::vector<int64_t> parseIntegers(PyObject *object);

/// A tuple of Python integers.
PyRef makeTuple(std::span<const int64_t> values);

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_CONVERT_H
