// Reductions of whole arrays in NumPy's default dtypes: one call of the module
// in place of one for each node. What needs more is Python's (_reductions.py).
#include "Reductions.h"

#include "Array.h"
#include "Convert.h"
#include "Module.h"
#include "Selection.h"
#include "SourceLocation.h"

#include "numloom/Trace/Flush.h"
#include "numloom/Trace/Recorder.h"

#include <array>
#include <bit>
#include <optional>

namespace numloom::python {

NodeRef settle(NodeRef node) {
  if (isFlushDue(*node))
    submitNode(node);
  return node;
}

NodeRef convertTo(const NodeRef &x, DType dtype) {
  return settle(recordCast(x, dtype));
}

NodeRef applyOp(OpCode op, const NodeRef &x) {
  Operand operand(x);
  return settle(recordElementwise(op, {&operand, 1}));
}

NodeRef combine(OpCode op, const NodeRef &x, const Operand &y) {
  std::array<Operand, 2> operands = {Operand(x), y};
  return settle(recordElementwise(op, operands));
}

NodeRef reduceAxes(OpCode op, const NodeRef &x, uint64_t axes, bool keepDims) {
  std::array<int64_t, kMaxRank> dropped, kept;
  std::array<int64_t, kMaxRank + 1> attrs;
  size_t rank = 0, count = 0;
  std::span<const int64_t> shape = x->getShape();
  for (size_t i = 0; i < shape.size(); ++i) {
    bool isReduced = axes >> i & 1;
    kept[i] = isReduced ? 1 : shape[i];
    if (isReduced)
      attrs[++count] = static_cast<int64_t>(i);
    else
      dropped[rank++] = shape[i];
  }
  attrs[0] = static_cast<int64_t>(count);
  bool isPosition = op == OpCode::ArgMax || op == OpCode::ArgMin;
  NodeRef result = settle(record(op, {&x, 1}, {dropped.data(), rank},
                                 isPosition ? DType::Int64 : x->getDType(),
                                 {attrs.data(), count + 1}));
  return keepDims ? makeReshape(result, {kept.data(), shape.size()}) : result;
}

/// The zeros are constants of programs, one for all sums of a dtype on a
/// device.
NodeRef addZero(const NodeRef &sum) {
  static auto *zeros =
      new std::array<std::array<NodeRef, 1 + kMaxCudaDevices>, kNumDTypes>;
  DType dtype = sum->getDType();
  Device device = sum->getDevice();
  NodeRef &zero = (*zeros)[static_cast<size_t>(dtype)]
                          [device.isCpu() ? 0 : 1 + device.getOrdinal()];
  if (!zero)
    zero = recordConstant(0, {}, dtype, device);
  return combine(OpCode::Add, sum, zero);
}

namespace {

PyScalar makeCount(int64_t count) {
  PyScalar scalar;
  scalar.integer = count;
  return scalar;
}

//===----------------------------------------------------------------------===//
// The axes
//===----------------------------------------------------------------------===//

/// Adds an axis to `axes`, a bit for each; false for what is none, or known.
bool addAxis(PyObject *object, int rank, uint64_t &axes) {
  if (!PyLong_CheckExact(object))
    return false;
  int overflow = 0;
  long long axis = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (overflow || axis < -rank || axis >= rank)
    return false;
  uint64_t bit = uint64_t(1) << (axis < 0 ? axis + rank : axis);
  bool isNew = !(axes & bit);
  axes |= bit;
  return isNew;
}

/// The axes of None, an axis, or a tuple of different axes; else none.
uint64_t parseAxes(PyObject *object, int rank) {
  uint64_t axes = 0;
  if (object == Py_None)
    return rank == kMaxRank ? ~uint64_t(0) : (uint64_t(1) << rank) - 1;
  if (!PyTuple_CheckExact(object))
    return addAxis(object, rank, axes) ? axes : 0;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(object); ++i)
    if (!addAxis(PyTuple_GET_ITEM(object, i), rank, axes))
      return 0;
  return axes;
}

//===----------------------------------------------------------------------===//
// The reductions
//===----------------------------------------------------------------------===//

/// A call whose arguments need no conversion.
struct Call {
  NodeRef x;
  /// Of `x[mask]`, which has one axis: what takes part; null: everything does.
  NodeRef mask;
  /// A bit for each.
  uint64_t axes;
  bool keepDims;
  int64_t ddof = 0;
  /// The order of the result's axes, empty for C order; those of `x` are
  /// permuted.
  AxisOrder order = {};

  DType getDType() const { return x->getDType(); }
  /// How many elements make one of the result.
  int64_t countElements() const {
    int64_t count = 1;
    for (size_t i = 0; i < x->getShape().size(); ++i)
      count *= axes >> i & 1 ? x->getShape()[i] : 1;
    return count;
  }
};

/// The dtype of sums and products.
DType getSumDType(DType dtype) {
  switch (getKind(dtype)) {
  case DTypeKind::Bool:
  case DTypeKind::Signed:
    return DType::Int64;
  case DTypeKind::Unsigned:
    return DType::UInt64;
  default:
    return dtype;
  }
}

/// The dtypes that means of `dtype` have and that they are computed in.
DType getMeanDType(DType dtype) {
  return isInexact(dtype) ? dtype : DType::Float64;
}
DType getWorkDType(DType dtype) {
  return isHalf(dtype) ? DType::Float32 : dtype;
}

/// `x`, and `neutral` where the mask does not hold.
NodeRef keepSelected(const Call &call, NodeRef x, double neutral) {
  if (!call.mask)
    return x;
  PyScalar number;
  number.kind = PyScalar::Kind::Complex;
  number.real = neutral;
  number.imag = neutral == 0 ? neutral : 0;
  NodeRef fill = recordScalar(number, x->getDType(), x->getDevice());
  return settle(record(OpCode::Where, std::array{call.mask, x, fill},
                       x->getShape(), x->getDType()));
}

/// Sums and products.
template <OpCode op>
NodeRef accumulate(const Call &call) {
  DType dtype = getSumDType(call.getDType());
  NodeRef x = keepSelected(call, convertTo(call.x, getWorkDType(dtype)),
                           op == OpCode::Sum ? -0.0 : 1.0);
  NodeRef result =
      convertTo(reduceAxes(op, x, call.axes, call.keepDims), dtype);
  return op == OpCode::Sum && isInexact(dtype) ? addZero(result) : result;
}

/// Sums and products of all beginnings, along one axis that has several.
template <OpCode op>
NodeRef runAlong(const Call &call) {
  if (call.mask || !std::has_single_bit(call.axes) || call.countElements() == 1)
    return {};
  NodeRef x = convertTo(call.x, getSumDType(call.getDType()));
  int64_t axes[] = {1, std::countr_zero(call.axes)};
  return record(op, {&x, 1}, x->getShape(), x->getDType(), axes);
}

template <OpCode op>
NodeRef selectExtreme(const Call &call) {
  // Of nothing they are an error.
  if (call.mask)
    return {};
  return reduceAxes(op, call.x, call.axes, call.keepDims);
}

template <OpCode op>
NodeRef quantify(const Call &call) {
  NodeRef x =
      keepSelected(call, convertTo(call.x, DType::Bool), op == OpCode::All);
  return reduceAxes(op, x, call.axes, call.keepDims);
}

/// The sum over `count`; zeros may have either sign.
NodeRef divideSum(const Call &call, const NodeRef &x, bool keepDims,
                  int64_t count) {
  return combine(OpCode::Divide,
                 reduceAxes(OpCode::Sum, x, call.axes, keepDims),
                 makeCount(count));
}

NodeRef averageSelected(const Call &call, const NodeRef &x) {
  NodeRef total = reduceAxes(OpCode::Sum, keepSelected(call, x, -0.0),
                             call.axes, /*keepDims=*/false);
  NodeRef count = reduceAxes(OpCode::Sum, convertTo(call.mask, DType::Int64),
                             call.axes, /*keepDims=*/false);
  return combine(OpCode::Divide, total, convertTo(count, x->getDType()));
}

NodeRef average(const Call &call) {
  DType dtype = getMeanDType(call.getDType());
  NodeRef x = convertTo(call.x, getWorkDType(dtype));
  NodeRef mean = call.mask
                     ? averageSelected(call, x)
                     : divideSum(call, x, call.keepDims, call.countElements());
  return convertTo(addZero(mean), dtype);
}

/// Null without degrees of freedom, and for complex numbers and masks.
NodeRef getVariance(const Call &call) {
  DType dtype = getMeanDType(call.getDType());
  int64_t count = call.countElements();
  if (count <= call.ddof || isComplex(dtype) || call.mask)
    return {};
  NodeRef x = convertTo(call.x, getWorkDType(dtype));
  NodeRef distance =
      combine(OpCode::Subtract, x, divideSum(call, x, true, count));
  NodeRef squares = applyOp(OpCode::Square, distance);
  return convertTo(divideSum(call, squares, call.keepDims, count - call.ddof),
                   dtype);
}

NodeRef getDeviation(const Call &call) {
  NodeRef variance = getVariance(call);
  return variance ? applyOp(OpCode::Sqrt, variance) : variance;
}

/// What a mask of all axes selected, reduced as a whole.
std::optional<Call> parseSelection(const Selection &selection, PyObject *axis,
                                   bool keepDims) {
  int rank = selection.value->getRank();
  if (selection.getRank() != 1 || !parseAxes(axis, 1) || keepDims)
    return std::nullopt;
  return Call{selection.value, selection.mask, parseAxes(Py_None, rank), false};
}

/// A call on an array, whose axes are taken in their order in memory.
Call makeCall(PyObject *array, uint64_t axes, bool keepDims) {
  if (keepsCOrder(array))
    return {getNodeRef(array), {}, axes, keepDims};
  OperandHolder holder;
  AxisOrder order =
      parseInOrder({&array, 1}, Home(), Order::Keep, {&holder, 1});
  NodeRef x(holder.get().getNode());
  if (order.size() == 0)
    return {x, {}, axes, keepDims};
  Call call{x, {}, findPlaces(order, axes), keepDims};
  call.order = keepDims ? order : dropAxes(order, axes);
  return call;
}

/// The arguments `(a, axis, keepdims)`, then `ddof` where there is one; empty
/// for what is no array with elements and axes that need no look at the rules.
std::optional<Call> parseCall(PyObject *const *arguments, Py_ssize_t count) {
  if (count < 3 || !isArray(arguments[0]) || !PyBool_Check(arguments[2]))
    return std::nullopt;
  bool keepDims = arguments[2] == Py_True;
  if (const Selection *selection = asArray(arguments[0])->selection)
    return parseSelection(*selection, arguments[1], keepDims);
  uint64_t axes = parseAxes(arguments[1], getRank(arguments[0]));
  if (!axes || std::ranges::count(getShape(arguments[0]), 0))
    return std::nullopt;
  Call call = makeCall(arguments[0], axes, keepDims);
  if (count > 3) {
    if (!PyLong_CheckExact(arguments[3]))
      return std::nullopt;
    int overflow = 0;
    call.ddof = PyLong_AsLongLongAndOverflow(arguments[3], &overflow);
    if (overflow || call.ddof < 0)
      return std::nullopt;
  }
  return call;
}

template <NodeRef (*reduction)(const Call &)>
PyObject *reduce(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&]() -> PyObject * {
    std::optional<Call> call = parseCall(arguments, count);
    if (!call)
      Py_RETURN_NONE;
    markSourceLocation();
    NodeRef result = reduction(*call);
    if (!result)
      Py_RETURN_NONE;
    return wrapInOrder(std::move(result), call->order);
  });
}

/// Of `(a, axis, True)`, since all axes stay; NumPy takes no tuple of them.
template <OpCode op>
PyObject *scan(PyObject *module, PyObject *const *arguments, Py_ssize_t count) {
  if (count != 3 || arguments[2] != Py_True || PyTuple_Check(arguments[1]))
    Py_RETURN_NONE;
  return reduce<runAlong<op>>(module, arguments, count);
}

/// The arguments of argmax and argmin, `(a, axis, keepdims)`; empty as by
/// parseCall, and where the result would not lie in C order, as NumPy's does.
/// Positions in the whole array count in C order.
std::optional<Call> parseArgCall(PyObject *const *arguments, Py_ssize_t count) {
  if (count != 3 || !isArray(arguments[0]) || !PyBool_Check(arguments[2]) ||
      PyTuple_Check(arguments[1]) || asArray(arguments[0])->selection)
    return std::nullopt;
  uint64_t axes = parseAxes(arguments[1], getRank(arguments[0]));
  if (!axes || std::ranges::count(getShape(arguments[0]), 0))
    return std::nullopt;
  bool keepDims = arguments[2] == Py_True;
  if (arguments[1] == Py_None)
    return Call{getNodeRef(arguments[0]), {}, axes, keepDims};
  Call call = makeCall(arguments[0], axes, keepDims);
  return isCOrder(call.order) ? std::optional(std::move(call)) : std::nullopt;
}

template <OpCode op>
PyObject *findExtreme(PyObject *, PyObject *const *arguments,
                      Py_ssize_t count) {
  return guard([&]() -> PyObject * {
    std::optional<Call> call = parseArgCall(arguments, count);
    if (!call)
      Py_RETURN_NONE;
    markSourceLocation();
    return wrapResult(reduceAxes(op, call->x, call->axes, call->keepDims));
  });
}

template <NodeRef (*reduction)(const Call &)>
PyMethodDef reductionFunction(const char *name, const char *doc) {
  return {name, asCFunction(reduce<reduction>), METH_FASTCALL, doc};
}

} // namespace

PyMethodDef reductionFunctions[] = {
    reductionFunction<accumulate<OpCode::Sum>>(
        "sum", "sum(a, axis, keepdims, /)\n--\n\nThe sum; None for what is not "
               "an array with elements, or not one axis or different ones."),
    reductionFunction<accumulate<OpCode::Prod>>(
        "prod", "prod(a, axis, keepdims, /)\n--\n\nThe product, or None as of "
                "sum."),
    reductionFunction<selectExtreme<OpCode::Max>>(
        "max", "max(a, axis, keepdims, /)\n--\n\nThe largest element, or None "
               "as of sum."),
    reductionFunction<selectExtreme<OpCode::Min>>(
        "min", "min(a, axis, keepdims, /)\n--\n\nThe smallest element, or None "
               "as of sum."),
    reductionFunction<quantify<OpCode::Any>>(
        "any", "any(a, axis, keepdims, /)\n--\n\nWhether any element is true, "
               "or None as of sum."),
    reductionFunction<quantify<OpCode::All>>(
        "all", "all(a, axis, keepdims, /)\n--\n\nWhether all elements are "
               "true, or None as of sum."),
    reductionFunction<average>("mean",
                               "mean(a, axis, keepdims, /)\n--\n\nThe mean, "
                               "or None as of sum."),
    reductionFunction<getVariance>(
        "var", "var(a, axis, keepdims, ddof, /)\n--\n\nThe variance; None also "
               "of complex numbers and without degrees of freedom."),
    reductionFunction<getDeviation>(
        "std", "std(a, axis, keepdims, ddof, /)\n--\n\nThe standard deviation, "
               "or None as of var."),
    {"cumsum", asCFunction(scan<OpCode::ScanSum>), METH_FASTCALL,
     "cumsum(a, axis, keepdims, /)\n--\n\nRunning sums, or None as of sum."},
    {"cumprod", asCFunction(scan<OpCode::ScanProd>), METH_FASTCALL,
     "cumprod(a, axis, keepdims, /)\n--\n\nRunning products, or None as of "
     "sum."},
    {"argmax", asCFunction(findExtreme<OpCode::ArgMax>), METH_FASTCALL,
     "argmax(a, axis, keepdims, /)\n--\n\nThe position of the first largest "
     "element along one axis or of all, or None as of sum and where the result "
     "needs another order."},
    {"argmin", asCFunction(findExtreme<OpCode::ArgMin>), METH_FASTCALL,
     "argmin(a, axis, keepdims, /)\n--\n\nThe position of the first smallest "
     "element, or None as of argmax."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
