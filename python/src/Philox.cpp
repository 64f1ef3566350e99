// The bits of random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw,
// "Parallel random numbers: as easy as 1, 2, 3", SC'11). A block of four 32-bit
// words is a function of a key and a counter, so it is computed wherever it is
// needed, in any order, on any device.
#include "Array.h"
#include "Convert.h"
#include "Errors.h"
#include "Module.h"
#include "SourceLocation.h"

#include <vector>

namespace numloom::python {

namespace {

/// A number of the program, not of the machine code.
NodeRef makeNumber(uint64_t value) {
  return recordScalar(PyScalar{.kind = PyScalar::Kind::UInt,
                               .integer = static_cast<int64_t>(value)},
                      DType::UInt64);
}

/// `first`, `first` + 1, ... in `shape`. It is no range reshaped: that the
/// product of extents is its length, a compiled program does not know, and
/// would store the reshaped array.
NodeRef makeCounter(std::span<const int64_t> shape, uint64_t first) {
  NodeRef counter = makeNumber(first);
  uint64_t stride = 1;
  for (int64_t axis = shape.size() - 1; axis >= 0; --axis) {
    NodeRef index = recordCreation(OpCode::Iota, shape, DType::Int64,
                                   {&axis, 1}, getDefaultDevice());
    index = recordCast(index, DType::UInt64);
    if (stride != 1)
      index = recordBinary(OpCode::Multiply, index, makeNumber(stride));
    counter = recordBinary(OpCode::Add, counter, index);
    stride *= shape[axis];
  }
  return counter;
}

PyObject *philoxBlocks(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *shapeObject;
    unsigned long long key, upper, first;
    if (!PyArg_ParseTuple(args, "OKKK:philox_blocks", &shapeObject, &key,
                          &upper, &first))
      throw PythonError();
    std::vector<int64_t> shape = parseIntegers(shapeObject);
    markSourceLocation();
    NodeRef numbers[] = {makeCounter(shape, first), makeNumber(upper),
                         makeNumber(key)};
    Operand operands[] = {Operand(numbers[0]), Operand(numbers[1]),
                          Operand(numbers[2])};
    PyRef result = PyRef::steal(PyTuple_New(2));
    Py_ssize_t next = 0;
    for (OpCode half : {OpCode::PhiloxOuter, OpCode::PhiloxInner})
      PyTuple_SET_ITEM(
          result.get(), next++,
          PyRef::steal(wrapNode(recordElementwise(half, operands))).release());
    return result.release();
  });
}

} // namespace

PyMethodDef philoxFunctions[] = {
    {"philox_blocks", philoxBlocks, METH_VARARGS,
     "philox_blocks(shape, key, upper, first, /)\n--\n\nTwo uint64 arrays of "
     "'shape', row-major: the words of Philox4x32-10's blocks from number "
     "'first' on, modulo 2**64, under the upper half 'upper' of the counter; "
     "word 0 above word 1, and word 3 above word 2."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
