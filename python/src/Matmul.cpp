// Products of vectors and matrices: one call of the module in place of one for
// each node. What needs more is Python's (_linalg.py).
#include "Matmul.h"

#include "Array.h"
#include "Buffer.h"
#include "Errors.h"
#include "MemoryOrder.h"
#include "Module.h"
#include "Reductions.h"
#include "SourceLocation.h"

#include <algorithm>
#include <array>
#include <vector>

namespace numloom::python {

namespace {

/// The sum of products over the axes whose bits are set, in the operands'
/// dtype, of halves by way of float32; of bools whether any is true.
NodeRef multiplySumOver(const NodeRef &x, const NodeRef &y, uint64_t axes) {
  DType dtype = x->getDType();
  bool isBool = dtype == DType::Bool;
  NodeRef products =
      combine(isBool ? OpCode::LogicalAnd : OpCode::Multiply, x, y);
  if (isHalf(dtype))
    products = convertTo(products, DType::Float32);
  NodeRef sum =
      reduceAxes(isBool ? OpCode::Any : OpCode::Sum, products, axes, false);
  return isInexact(dtype) ? convertTo(addZero(sum), dtype) : sum;
}

NodeRef multiplySum(const NodeRef &x, const NodeRef &y, int axis) {
  return multiplySumOver(x, y, uint64_t(1) << axis);
}

/// A product with a vector, which fuses with what surrounds it: the rows of `x`
/// times a vector, or a vector times the columns of `y`.
NodeRef multiplyVector(const NodeRef &x, const NodeRef &y) {
  if (x->getRank() > 1)
    return multiplySum(x, y, 1);
  if (y->getRank() == 1)
    return multiplySum(x, y, 0);
  int64_t column[] = {x->getShape()[0], 1};
  return multiplySum(makeReshape(x, column), y, 0);
}

bool isRow(const Node &x) { return x.getRank() == 2 && x.getShape()[0] == 1; }
bool isColumn(const Node &y) {
  return y.getRank() == 2 && y.getShape()[1] == 1;
}

NodeRef flatten(const NodeRef &x) {
  int64_t shape[] = {x->getNumElements()};
  return makeReshape(x, shape);
}

/// Whether the product is one of vectors, which BLAS is not called for.
bool isOfVectors(const Node &x, const Node &y) {
  return x.getRank() == 1 || y.getRank() == 1 || isRow(x) || isColumn(y) ||
         (isColumn(x) && isRow(y));
}

/// The same where matrices of one row or column are the vectors.
NodeRef multiplyThin(const NodeRef &x, const NodeRef &y) {
  if (isColumn(*x) && isRow(*y)) {
    bool isBool = x->getDType() == DType::Bool;
    NodeRef products =
        combine(isBool ? OpCode::LogicalAnd : OpCode::Multiply, x, y);
    return isInexact(x->getDType()) ? addZero(products) : products;
  }
  NodeRef product =
      multiplyVector(isRow(*x) ? flatten(x) : x, isColumn(*y) ? flatten(y) : y);
  int64_t shape[] = {x->getShape()[0], y->getShape()[1]};
  return makeReshape(product, shape);
}

NodeRef multiplyMatrices(const NodeRef &x, const NodeRef &y) {
  std::vector<int64_t> shape(x->getShape().begin(), x->getShape().end());
  shape.back() = y->getShape().back();
  return record(OpCode::Matmul, std::array{x, y}, shape, x->getDType());
}

/// A matrix transposed; a vector as it is.
NodeRef transpose(const NodeRef &x) {
  int64_t axes[] = {1, 0};
  return x->getRank() == 2 ? makeTranspose(x, axes) : x;
}

/// A row as a column, or the other way round.
NodeRef transposeVector(const NodeRef &x) {
  int64_t shape[] = {x->getShape()[1], x->getShape()[0]};
  return makeReshape(x, shape);
}

/// Outputs up to which the fused sum of products over all rows of two tall
/// matrices is faster than cuBLAS, which computes whole tiles of outputs: us on
/// an H200 for a million rows,
///                     cuBLAS  sum
///   2 x 2, float32       111   10
///   8 x 8, float32       110   21
///   8 x 8, float64        81   42
///   8 x 8, complex64     251   48
/// The sum's time grows with the outputs, cuBLAS's hardly does. Two wide
/// matrices of 2 rows took 131 and 9; the sum reads them once for each output,
/// so that more outputs are cuBLAS's.
constexpr int64_t kMaxTallOutputs = 64, kMaxWideOutputs = 4;

/// Entries of a sum from which on that holds: below, either takes little more
/// than a launch.
constexpr int64_t kLeastSummedEntries = 16384;

/// Whether the product has no more than `maxOutputs` long sums, on a GPU.
bool hasFewLongSums(const Node &x, const Node &y, DType dtype,
                    int64_t maxOutputs) {
  return !x.getDevice().isCpu() && !isHalf(dtype) && x.getRank() == 2 &&
         y.getRank() == 2 && y.getShape()[0] >= kLeastSummedEntries &&
         x.getShape()[0] * y.getShape()[1] <= maxOutputs;
}

/// `x @ y` where `y` and what `x` is a transposed view of have their rows in
/// memory.
NodeRef multiplyTall(const NodeRef &x, const NodeRef &y) {
  int64_t rows = y->getShape()[0];
  int64_t columns[] = {rows, x->getShape()[0], 1};
  int64_t lines[] = {rows, 1, y->getShape()[1]};
  return multiplySum(makeReshape(transpose(x), columns), makeReshape(y, lines),
                     0);
}

/// `x @ y` where `x` and what `y` is a transposed view of have their rows in
/// memory.
NodeRef multiplyWide(const NodeRef &x, const NodeRef &y) {
  int64_t length = y->getShape()[0];
  int64_t lines[] = {x->getShape()[0], 1, length};
  int64_t columns[] = {1, y->getShape()[1], length};
  return multiplySum(makeReshape(x, lines), makeReshape(transpose(y), columns),
                     2);
}

/// The product of matrices whose sums are many fewer than long; null for
/// others.
NodeRef multiplyLong(const NodeRef &x, bool isLeftInCOrder, const NodeRef &y,
                     bool isRightInCOrder, DType dtype) {
  if (isLeftInCOrder == isRightInCOrder)
    return {};
  int64_t maxOutputs = isLeftInCOrder ? kMaxWideOutputs : kMaxTallOutputs;
  if (!hasFewLongSums(*x, *y, dtype, maxOutputs))
    return {};
  NodeRef left = convertTo(x, dtype), right = convertTo(y, dtype);
  return isLeftInCOrder ? multiplyWide(left, right) : multiplyTall(left, right);
}

/// Whether the matrices of a stack lie in C order.
bool isStackInCOrder(PyObject *operand) {
  int numAxes = getRank(operand) - 2;
  if (numAxes < 2 || keepsCOrder(operand))
    return true;
  Layout layout = getLayout(operand);
  return numloom::keepsCOrder(layout.shape.get().first(numAxes),
                              layout.strides.get().first(numAxes));
}

/// Whether the recorder takes the operands as they are: vectors and matrices
/// with elements; several matrices, of more than one row and column, if there
/// are as many of both.
bool isPlain(const Node &x, const Node &y) {
  auto isFit = [](std::span<const int64_t> shape) {
    size_t rank = shape.size();
    return rank == 1 || rank == 2 ||
           (rank > 2 && shape[rank - 1] > 1 && shape[rank - 2] > 1);
  };
  std::span<const int64_t> left = x.getShape(), right = y.getShape();
  if (!isFit(left) || !isFit(right) || !x.getNumElements() ||
      !y.getNumElements())
    return false;
  if (left.size() > 2 || right.size() > 2)
    if (left.size() != right.size() ||
        !std::ranges::equal(left.first(left.size() - 2),
                            right.first(right.size() - 2)))
      return false;
  return left.back() == right[right.size() > 1 ? right.size() - 2 : 0];
}

NodeRef multiply(const NodeRef &x, const NodeRef &y, DType dtype) {
  bool isVector = isOfVectors(*x, *y);
  // Only cuBLAS multiplies halves, and only matrices of them.
  if (isHalf(dtype) && (isVector || x->getDevice().isCpu()))
    return convertTo(multiply(x, y, DType::Float32), dtype);
  NodeRef left = convertTo(x, dtype), right = convertTo(y, dtype);
  if (!isVector)
    return settle(multiplyMatrices(left, right));
  return x->getRank() == 1 || y->getRank() == 1 ? multiplyVector(left, right)
                                                : multiplyThin(left, right);
}

/// Which operand is the matrix in its product with a vector, be that one of one
/// row or column.
bool isLeftMatrix(const Node &x, const Node &y) {
  return x.getRank() == 2 && (y.getRank() == 1 || (isColumn(y) && !isRow(x)));
}
bool isRightMatrix(const Node &x, const Node &y) {
  return y.getRank() == 2 && (x.getRank() == 1 || (isRow(x) && !isColumn(y)));
}

/// A product with a vector in the order of a transposed matrix in memory.
NodeRef multiplyTransposed(const NodeRef &x, const NodeRef &y, DType dtype) {
  NodeRef product = multiply(transpose(y), transpose(x), dtype);
  return product->getRank() == 2 ? transposeVector(product) : product;
}

PyObject *matmul(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&]() -> PyObject * {
    if (count != 2)
      throwPython(PyExc_TypeError, "matmul takes 2 arguments");
    PyObject *product = recordMatmul(arguments[0], arguments[1]);
    return product ? product : Py_NewRef(Py_None);
  });
}

/// In C order, so that operands in another one are Python's.
PyObject *multiplySums(PyObject *, PyObject *const *arguments,
                       Py_ssize_t count) {
  return guard([&]() -> PyObject * {
    if (count < 3 || !isArray(arguments[0]) || !isArray(arguments[1]))
      throwPython(PyExc_TypeError, "multiply_sum takes 2 arrays and axes");
    if (!keepsCOrder(arguments[0]) || !keepsCOrder(arguments[1]))
      return Py_NewRef(Py_None);
    NodeRef x = getNodeRef(arguments[0]), y = getNodeRef(arguments[1]);
    int rank = int(std::max(x->getRank(), y->getRank()));
    uint64_t axes = 0;
    for (Py_ssize_t i = 2; i < count; ++i) {
      long axis = PyLong_AsLong(arguments[i]);
      if (axis == -1 && PyErr_Occurred())
        throw PythonError();
      if (axis < -rank || axis >= rank)
        throwPython(PyExc_ValueError, "no such axis");
      axes |= uint64_t(1) << (axis < 0 ? axis + rank : axis);
    }
    markSourceLocation();
    return wrapResult(multiplySumOver(x, y, axes));
  });
}

/// Of more than two axes `dot` takes all pairs of matrices.
PyObject *dot(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&]() -> PyObject * {
    if (count != 2)
      throwPython(PyExc_TypeError, "dot takes 2 arguments");
    bool isLarge = isArray(arguments[0]) && getRank(arguments[0]) > 2;
    PyObject *product =
        isLarge ? nullptr : recordMatmul(arguments[0], arguments[1]);
    return product ? product : Py_NewRef(Py_None);
  });
}

} // namespace

PyObject *recordMatmul(PyObject *left, PyObject *right) {
  if (!isArray(left) || !isArray(right) || asArray(left)->selection ||
      asArray(right)->selection)
    return nullptr;
  NodeRef x = getNodeRef(left), y = getNodeRef(right);
  if (!isPlain(*x, *y) || x->getDevice() != y->getDevice() ||
      !isStackInCOrder(left) || !isStackInCOrder(right))
    return nullptr;
  OperandType types[] = {{x->getDType()}, {y->getDType()}};
  DType dtype = resultType(types);
  // BLAS has no integers.
  if (!isInexact(dtype) && !isOfVectors(*x, *y))
    return nullptr;
  markSourceLocation();
  PyObject *matrix = isLeftMatrix(*x, *y)    ? left
                     : isRightMatrix(*x, *y) ? right
                                             : nullptr;
  if (matrix && !keepsCOrder(matrix))
    return wrapResult(multiplyTransposed(x, y, dtype));
  if (NodeRef sums =
          multiplyLong(x, keepsCOrder(left), y, keepsCOrder(right), dtype))
    return wrapResult(sums);
  return wrapResult(multiply(x, y, dtype));
}

PyMethodDef matmulFunctions[] = {
    {"matmul", asCFunction(matmul), METH_FASTCALL,
     "matmul(x, y, /)\n--\n\nThe product of vectors and matrices that are "
     "arrays of Numloom's, with elements and extents that fit; else None."},
    {"dot", asCFunction(dot), METH_FASTCALL,
     "dot(x, y, /)\n--\n\nThe same for arrays of one or two axes alone."},
    {"multiply_sum", asCFunction(multiplySums), METH_FASTCALL,
     "multiply_sum(x, y, /, *axes)\n--\n\nThe products of two arrays of one "
     "dtype that broadcast, summed over one or more axes in this dtype; of "
     "bools "
     "whether any is true. None where an operand is not in C order."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
