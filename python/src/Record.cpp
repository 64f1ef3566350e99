// Functions that record an op by its mnemonic, and views.
#include "Array.h"
#include "Convert.h"
#include "DTypeConvert.h"
#include "Errors.h"
#include "Module.h"
#include "Ops.h"
#include "Output.h"
#include "SourceLocation.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace numloom::python {

namespace {

/// A number of an op's attribute, as ProgramNode::attrs holds it.
int64_t encodeNumber(PyObject *value, DType dtype) {
  if (isFloat(dtype) || isComplex(dtype)) {
    double number = PyFloat_AsDouble(value);
    if (number == -1 && PyErr_Occurred())
      throw PythonError();
    return std::bit_cast<int64_t>(number);
  }
  return parseIntegers(value).front();
}

/// Attributes in the order of OpInfo::attrs, in the flat form of
/// ProgramNode::attrs.
std::vector<int64_t> flattenAttrs(OpCode op, PyObject *attrs, DType dtype) {
  PyRef items =
      PyRef::steal(PySequence_Fast(attrs, "attrs must be a sequence"));
  std::vector<int64_t> flat;
  Py_ssize_t given = PySequence_Fast_GET_SIZE(items.get()), used = 0;
  for (const AttrInfo &attr : getInfo(op).attrs) {
    if (attr.kind == AttrKind::None)
      break;
    if (used == given)
      break;
    PyObject *value = PySequence_Fast_GET_ITEM(items.get(), used++);
    if (attr.kind == AttrKind::Number) {
      flat.push_back(encodeNumber(value, dtype));
      continue;
    }
    std::vector<int64_t> values = parseIntegers(value);
    if (attr.kind != AttrKind::Int && attr.kind != AttrKind::Bool)
      flat.push_back(values.size());
    flat.insert(flat.end(), values.begin(), values.end());
  }
  size_t expected = std::ranges::count_if(
      getInfo(op).attrs,
      [](const AttrInfo &attr) { return attr.kind != AttrKind::None; });
  if (used != given || static_cast<size_t>(given) != expected)
    throwPython(PyExc_TypeError, "op '%s' has %zu attributes but %zd were given",
                std::string(getInfo(op).mnemonic).c_str(), expected, given);
  return flat;
}

std::vector<NodeRef> parseNodes(PyObject *operands) {
  PyRef items =
      PyRef::steal(PySequence_Fast(operands, "operands must be a sequence"));
  std::vector<NodeRef> nodes;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i)
    nodes.push_back(
        convertFromObject(PySequence_Fast_GET_ITEM(items.get(), i),
                          std::nullopt, CopyMode::IfNeeded));
  return nodes;
}

/// Views of arrays in memory need no op: the recorder knows these maps.
NodeRef recordView(OpCode op, const NodeRef &node,
                   std::span<const int64_t> shape,
                   std::span<const int64_t> attrs) {
  size_t rank = node->getRank();
  if (op == OpCode::Reshape)
    return makeReshape(node, shape);
  if (op == OpCode::Transpose)
    return makeTranspose(node, attrs.subspan(1));
  if (op == OpCode::Slice)
    return makeSlice(node, attrs.subspan(1, rank), attrs.subspan(rank + 2),
                     shape);
  return record(op, {&node, 1}, shape, node->getDType(), attrs);
}

PyObject *recordByName(PyObject *, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    static const char *names[] = {"op",    "operands", "shape",
                                  "dtype", "attrs",    nullptr};
    const char *name;
    PyObject *operands, *shapeObject, *dtypeObject, *attrs = nullptr;
    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "sOOO|O:record", const_cast<char **>(names), &name,
            &operands, &shapeObject, &dtypeObject, &attrs))
      throw PythonError();
    std::optional<OpCode> op = lookUpOp(name);
    if (!op)
      throwPython(PyExc_LookupError, "no op is named '%s'", name);
    markSourceLocation();
    std::vector<NodeRef> nodes = parseNodes(operands);
    std::vector<int64_t> shape = parseIntegers(shapeObject);
    DType dtype = parseDType(dtypeObject);
    PyRef none = PyRef::steal(PyTuple_New(0));
    std::vector<int64_t> flat =
        flattenAttrs(*op, attrs ? attrs : none.get(), dtype);
    if (*op == OpCode::Cast)
      return wrapResult(recordCast(nodes.at(0), dtype));
    if (getInfo(*op).kind == OpKind::View) {
      PyRef base = PyRef::borrow(PySequence_GetItem(operands, 0));
      Py_DECREF(base.get());
      NodeRef view = recordView(*op, nodes.at(0), shape, flat);
      return isArray(base.get()) ? wrapView(base.get(), std::move(view))
                                 : wrapNode(std::move(view));
    }
    NodeRef node = record(*op, nodes, shape, dtype, flat);
    return getInfo(*op).kind == OpKind::Structure && nodes.empty()
               ? wrapNode(std::move(node))
               : wrapResult(std::move(node));
  });
}

/// assign(out, value, casting='same_kind'): `value` becomes the value of `out`.
PyObject *assign(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *out, *value;
    const char *rule = "same_kind";
    if (!PyArg_ParseTuple(args, "O!O!|s:assign", arrayType, &out, arrayType,
                          &value, &rule))
      throw PythonError();
    std::optional<Casting> casting = getCastingFromName(rule);
    if (!casting)
      throwPython(PyExc_ValueError, "unknown casting rule '%s'", rule);
    NodeRef node = getNodeRef(value);
    DType from = node->getDType(), to = getNode(out).getDType();
    if (!canCast(from, to, *casting))
      throwPython(PyExc_TypeError,
                  "Cannot cast array data from dtype('%s') to dtype('%s') "
                  "according to the rule '%s'",
                  getName(from), getName(to), rule);
    storeResult({.op = OpCode::Cast, .out = out, .casting = Casting::Unsafe},
                std::move(node), {});
    return Py_NewRef(out);
  });
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

using MakeViewFn = NodeRef (*)(const NodeRef &, std::span<const int64_t>);

template <MakeViewFn makeView>
PyObject *view(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&] {
    if (count != 2 || !isArray(arguments[0]))
      throwPython(PyExc_TypeError, "expected an ndarray and integers");
    std::vector<int64_t> values = parseIntegers(arguments[1]);
    markSourceLocation();
    return wrapView(arguments[0], makeView(getNodeRef(arguments[0]), values));
  });
}

template <MakeViewFn makeView>
PyMethodDef viewFunction(const char *name, const char *doc) {
  return {name,
          reinterpret_cast<PyCFunction>(
              reinterpret_cast<void (*)()>(view<makeView>)),
          METH_FASTCALL, doc};
}

} // namespace

PyMethodDef recordFunctions[] = {
    {"record",
     reinterpret_cast<PyCFunction>(
         reinterpret_cast<void (*)()>(recordByName)),
     METH_VARARGS | METH_KEYWORDS,
     "record(op, operands, shape, dtype, attrs=())\n--\n\nRecords the op with "
     "this mnemonic; shape and dtype are the result's."},
    {"assign", assign, METH_VARARGS,
     "assign(out, value, casting='same_kind', /)\n--\n\nStores an array in "
     "another one, as `out=` does; returns `out`."},
    viewFunction<makeReshape>("reshape",
                              "reshape(a, shape, /)\n--\n\nThe elements in "
                              "row-major order; one extent may be -1."),
    viewFunction<makeTranspose>("transpose",
                                "transpose(a, axes, /)\n--\n\nAxis i of the "
                                "result is axis axes[i]."),
    viewFunction<makeBroadcastTo>("broadcast_to",
                                  "broadcast_to(a, shape, /)\n--\n\nThe array "
                                  "repeated along new and unit axes."),
    viewFunction<makeExpandDims>("expand_dims",
                                 "expand_dims(a, axes, /)\n--\n\nNew unit axes "
                                 "at these axes of the result."),
    viewFunction<makeSqueeze>("squeeze", "squeeze(a, axes, /)\n--\n\nThe array "
                                         "without these unit axes."),
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
