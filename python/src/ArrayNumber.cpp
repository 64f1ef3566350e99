// The operators of `ndarray`.
#include "Array.h"
#include "ArraySlots.h"
#include "Convert.h"
#include "Errors.h"
#include "Matmul.h"
#include "Module.h"
#include "Output.h"
#include "PlainOperands.h"
#include "Selection.h"
#include "SourceLocation.h"

#include <algorithm>
#include <array>

namespace numloom::python {

namespace {

template <size_t count>
PyObject *recordPlain(OpCode op, const PlainOperands<count> &operands) {
  markSourceLocation();
  return wrapResult(recordElementwise(op, operands.get()));
}

/// Null where the operator must see the elements selected.
PyObject *recordSelected(OpCode op, std::span<PyObject *const> operands) {
  std::optional<Selection> selection =
      recordOnSelections(op, operands, nullptr);
  return selection ? wrapSelection(std::move(*selection)) : nullptr;
}

PyObject *recordUnary(OpCode op, PyObject *x) {
  if (PlainOperands<1> plain; plain.parse(std::span<PyObject *const, 1>(&x, 1)))
      [[likely]]
    return recordPlain(op, plain);
  if (asArray(x)->selection)
    return recordSelected(op, std::span(&x, 1));
  if (!keepsCOrder(x)) {
    ParsedOperands operands(std::span<PyObject *const, 1>(&x, 1));
    markSourceLocation();
    return operands.wrap(recordElementwise(op, operands.get()));
  }
  markSourceLocation();
  Operand operands[] = {Operand(&getNode(x))};
  return wrapResult(recordElementwise(op, operands));
}

/// The two operands of an operator, parsed.
struct OperandPair {
  OperandHolder x, y;

  bool parse(PyObject *left, PyObject *right) {
    PyObject *const both[] = {left, right};
    Home home(both);
    return x.parse(left, home) && y.parse(right, home);
  }
  std::array<Operand, 2> get() const { return {x.get(), y.get()}; }
};

/// Operands that do not both lie in C order.
PyObject *recordPermuted(OpCode op, std::span<PyObject *const, 2> operands) {
  if (!std::ranges::all_of(operands, canBeOperand))
    Py_RETURN_NOTIMPLEMENTED;
  ParsedOperands parsed(operands);
  markSourceLocation();
  return parsed.wrap(recordElementwise(op, parsed.get()));
}

/// An array that only its node describes, or a number: most operands are.
bool isPlain(PyObject *operand) {
  if (isArray(operand))
    return !asArray(operand)->view && !asArray(operand)->selection;
  return PyFloat_CheckExact(operand) || PyLong_CheckExact(operand);
}

/// Null where the operands lie in C order. Apart from what most calls run.
[[gnu::noinline]] PyObject *recordSpecial(OpCode op, PyObject *left,
                                          PyObject *right) {
  PyObject *const both[] = {left, right};
  if (PlainOperands<2> plain; plain.parse(both)) [[likely]]
    return recordPlain(op, plain);
  if (hasSelection(both))
    if (PyObject *selected = recordSelected(op, both))
      return selected;
  return std::ranges::all_of(both, keepsCOrder) ? nullptr
                                                : recordPermuted(op, both);
}

PyObject *recordBinary(OpCode op, PyObject *left, PyObject *right) {
  if (!isPlain(left) || !isPlain(right))
    if (PyObject *special = recordSpecial(op, left, right))
      return special;
  OperandPair operands;
  if (!operands.parse(left, right))
    Py_RETURN_NOTIMPLEMENTED;
  markSourceLocation();
  return wrapResult(recordElementwise(op, operands.get()));
}

/// In an array that does not lie in C order.
PyObject *recordInPlacePermuted(OpCode op, std::span<PyObject *const, 2> both) {
  if (!std::ranges::all_of(both, canBeOperand))
    Py_RETURN_NOTIMPLEMENTED;
  std::array<OperandHolder, 2> holders;
  Store store{.op = op, .out = both[0]};
  store.order = parseInOrderOf(both[0], both, Home(both), holders);
  std::array<Operand, 2> operands = {holders[0].get(), holders[1].get()};
  markSourceLocation();
  storeResult(store, recordElementwise(op, operands), operands);
  return Py_NewRef(both[0]);
}

PyObject *recordInPlace(OpCode op, PyObject *self, PyObject *other) {
  PyObject *const both[] = {self, other};
  if (asArray(self)->selection)
    if (auto selection = recordOnSelections(op, both, nullptr))
      if (storeSelection({.op = op, .out = self}, *selection))
        return Py_NewRef(self);
  if (!keepsCOrder(self))
    return recordInPlacePermuted(op, both);
  OperandPair operands;
  // Of what is a scalar in NumPy Python makes a new object by the operator.
  if (asArray(self)->isScalarLike || !operands.parse(self, other))
    Py_RETURN_NOTIMPLEMENTED;
  markSourceLocation();
  std::array<Operand, 2> pair = operands.get();
  storeResult({.op = op, .out = self}, recordElementwise(op, pair), pair);
  return Py_NewRef(self);
}

template <OpCode op>
PyObject *unary(PyObject *x) {
  return guard([&] { return recordUnary(op, x); });
}

template <OpCode op>
PyObject *binary(PyObject *left, PyObject *right) {
  return guard([&] { return recordBinary(op, left, right); });
}

/// Whether Python repeats the list `x`, as it does for NumPy's integer scalars.
bool isRepetition(PyObject *x, PyObject *count) {
  return (PyList_Check(x) || PyTuple_Check(x)) && isArray(count) &&
         asArray(count)->isScalarLike && isInteger(getDType(count));
}

PyObject *multiply(PyObject *left, PyObject *right) {
  if (isRepetition(left, right) || isRepetition(right, left)) [[unlikely]]
    Py_RETURN_NOTIMPLEMENTED;
  return binary<OpCode::Multiply>(left, right);
}

template <OpCode op>
PyObject *inPlace(PyObject *self, PyObject *other) {
  return guard([&] { return recordInPlace(op, self, other); });
}

//===----------------------------------------------------------------------===//
// Powers
//===----------------------------------------------------------------------===//

/// The op that NumPy's ** operator takes in place of a power by a Python
/// number; the results differ in their last bits, so it is part of the
/// operator's meaning.
OpCode selectPower(PyObject *base, PyObject *exponent) {
  if (!isArray(base) ||
      !(PyFloat_CheckExact(exponent) || PyLong_CheckExact(exponent)))
    return OpCode::Power;
  DType dtype = getDType(base);
  bool isInexact = isFloat(dtype) || isComplex(dtype);
  if (!isInexact && !PyLong_CheckExact(exponent))
    return OpCode::Power;
  double value = PyFloat_AsDouble(exponent);
  PyErr_Clear();
  if (value == 1 && dtype != DType::Bool)
    return OpCode::Positive;
  if (value == 2)
    return OpCode::Square;
  if (isInexact && value == -1)
    return OpCode::Reciprocal;
  if (isInexact && value == 0.5)
    return OpCode::Sqrt;
  return OpCode::Power;
}

PyObject *power(PyObject *base, PyObject *exponent, PyObject *modulus) {
  if (modulus != Py_None)
    Py_RETURN_NOTIMPLEMENTED;
  return guard([&] {
    OpCode op = selectPower(base, exponent);
    return op == OpCode::Power ? recordBinary(op, base, exponent)
                               : recordUnary(op, base);
  });
}

PyObject *inPlacePower(PyObject *self, PyObject *exponent, PyObject *) {
  return inPlace<OpCode::Power>(self, exponent);
}

PyObject *divmod(PyObject *left, PyObject *right) {
  PyObject *quotient = binary<OpCode::FloorDivide>(left, right);
  if (!quotient || quotient == Py_NotImplemented)
    return quotient;
  PyObject *remainder = binary<OpCode::Remainder>(left, right);
  PyObject *pair = remainder ? PyTuple_Pack(2, quotient, remainder) : nullptr;
  Py_XDECREF(remainder);
  Py_DECREF(quotient);
  return pair;
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

constexpr OpCode kComparisons[] = {OpCode::Less,    OpCode::LessEqual,
                                   OpCode::Equal,   OpCode::NotEqual,
                                   OpCode::Greater, OpCode::GreaterEqual};
static_assert(Py_LT == 0 && Py_LE == 1 && Py_EQ == 2 && Py_NE == 3 &&
              Py_GT == 4 && Py_GE == 5);

PyObject *compare(PyObject *self, PyObject *other, int comparison) {
  return guard([&] {
    // NumPy compares each element with None and with strings.
    bool isEquality = comparison == Py_EQ || comparison == Py_NE;
    if (isEquality && (other == Py_None || PyUnicode_Check(other))) {
      const Node &node = getNode(self);
      return wrapResult(recordConstant(comparison == Py_NE, node.getShape(),
                                       DType::Bool, node.getDevice()));
    }
    return recordBinary(kComparisons[comparison], self, other);
  });
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

PyObject *matmul(PyObject *left, PyObject *right) {
  return guard([&]() -> PyObject * {
    if (!canBeOperand(left) || !canBeOperand(right))
      Py_RETURN_NOTIMPLEMENTED;
    PyObject *product = recordMatmul(left, right);
    return product ? product : callHook("matmul", {left, right});
  });
}

PyObject *inPlaceMatmul(PyObject *self, PyObject *other) {
  return guard([&]() -> PyObject * {
    if (!canBeOperand(other))
      Py_RETURN_NOTIMPLEMENTED;
    PyRef result = PyRef::steal(callHook("matmul", {self, other}));
    if (!isArray(result.get()))
      return result.release();
    if (getRank(result.get()) < getRank(self))
      throwPython(PyExc_ValueError,
                  "inplace matrix multiplication requires the first operand to "
                  "have at least one and the second at least two dimensions.");
    // The columns of an output do not stretch.
    int64_t have = getShape(self).back();
    int64_t want = getShape(result.get()).back();
    if (have != want)
      throwPython(PyExc_ValueError,
                  "matmul: Output operand 0 has a mismatch in its last core "
                  "dimension (size %lld is different from %lld)",
                  static_cast<long long>(have), static_cast<long long>(want));
    storeResult({.op = OpCode::Matmul, .out = self}, getNodeRef(result.get()),
                {});
    return Py_NewRef(self);
  });
}

} // namespace

void addNumberSlots(Slots &slots) {
  const PyType_Slot unaries[] = {slot(Py_nb_negative, unary<OpCode::Negative>),
                                 slot(Py_nb_positive, unary<OpCode::Positive>),
                                 slot(Py_nb_absolute, unary<OpCode::Absolute>),
                                 slot(Py_nb_invert, unary<OpCode::Invert>)};
  const PyType_Slot binaries[] = {
      slot(Py_nb_add, binary<OpCode::Add>),
      slot(Py_nb_subtract, binary<OpCode::Subtract>),
      slot(Py_nb_multiply, multiply),
      slot(Py_nb_true_divide, binary<OpCode::Divide>),
      slot(Py_nb_floor_divide, binary<OpCode::FloorDivide>),
      slot(Py_nb_remainder, binary<OpCode::Remainder>),
      slot(Py_nb_lshift, binary<OpCode::LeftShift>),
      slot(Py_nb_rshift, binary<OpCode::RightShift>),
      slot(Py_nb_and, binary<OpCode::BitwiseAnd>),
      slot(Py_nb_or, binary<OpCode::BitwiseOr>),
      slot(Py_nb_xor, binary<OpCode::BitwiseXor>),
      slot(Py_nb_power, power),
      slot(Py_nb_divmod, divmod),
      slot(Py_nb_matrix_multiply, matmul),
      slot(Py_tp_richcompare, compare)};
  const PyType_Slot inPlaces[] = {
      slot(Py_nb_inplace_add, inPlace<OpCode::Add>),
      slot(Py_nb_inplace_subtract, inPlace<OpCode::Subtract>),
      slot(Py_nb_inplace_multiply, inPlace<OpCode::Multiply>),
      slot(Py_nb_inplace_true_divide, inPlace<OpCode::Divide>),
      slot(Py_nb_inplace_floor_divide, inPlace<OpCode::FloorDivide>),
      slot(Py_nb_inplace_remainder, inPlace<OpCode::Remainder>),
      slot(Py_nb_inplace_lshift, inPlace<OpCode::LeftShift>),
      slot(Py_nb_inplace_rshift, inPlace<OpCode::RightShift>),
      slot(Py_nb_inplace_and, inPlace<OpCode::BitwiseAnd>),
      slot(Py_nb_inplace_or, inPlace<OpCode::BitwiseOr>),
      slot(Py_nb_inplace_xor, inPlace<OpCode::BitwiseXor>),
      slot(Py_nb_inplace_power, inPlacePower),
      slot(Py_nb_inplace_matrix_multiply, inPlaceMatmul)};
  slots.insert(slots.end(), std::begin(unaries), std::end(unaries));
  slots.insert(slots.end(), std::begin(binaries), std::end(binaries));
  slots.insert(slots.end(), std::begin(inPlaces), std::end(inPlaces));
}

} // namespace numloom::python
