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

/// The sum of products over an axis, in the operands' dtype; of bools whether
/// any is true.
NodeRef multiplySum(const NodeRef &x, const NodeRef &y, int axis) {
  bool isBool = x->getDType() == DType::Bool;
  NodeRef products =
      combine(isBool ? OpCode::LogicalAnd : OpCode::Multiply, x, y);
  NodeRef sum = reduceAxes(isBool ? OpCode::Any : OpCode::Sum, products,
                           uint64_t(1) << axis, false);
  return isInexact(x->getDType()) ? addZero(sum) : sum;
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

PyObject *matmul(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&]() -> PyObject * {
    if (count != 2)
      throwPython(PyExc_TypeError, "matmul takes 2 arguments");
    PyObject *product = recordMatmul(arguments[0], arguments[1]);
    return product ? product : Py_NewRef(Py_None);
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
  return wrapResult(multiply(x, y, dtype));
}

PyMethodDef matmulFunctions[] = {
    {"matmul", asCFunction(matmul), METH_FASTCALL,
     "matmul(x, y, /)\n--\n\nThe product of vectors and matrices that are "
     "arrays of Numloom's, with elements and extents that fit; else None."},
    {"dot", asCFunction(dot), METH_FASTCALL,
     "dot(x, y, /)\n--\n\nThe same for arrays of one or two axes alone."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
