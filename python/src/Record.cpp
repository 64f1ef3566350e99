// Functions that record an op by its mnemonic, and views.
#include "Array.h"
#include "Convert.h"
#include "DTypeConvert.h"
#include "Devices.h"
#include "Errors.h"
#include "Module.h"
#include "Ops.h"
#include "Output.h"
#include "SourceLocation.h"

#include <algorithm>
#include <bit>
#include <string>
#include <unordered_map>

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

size_t countAttrs(OpCode op) {
  return std::ranges::count_if(getInfo(op).attrs, [](const AttrInfo &attr) {
    return attr.kind != AttrKind::None;
  });
}

void appendAttr(std::vector<int64_t> &flat, AttrKind kind, PyObject *value,
                DType dtype) {
  if (kind == AttrKind::Number) {
    flat.push_back(encodeNumber(value, dtype));
    return;
  }
  std::vector<int64_t> values = parseIntegers(value);
  if (kind == AttrKind::IntList || kind == AttrKind::ParamList)
    flat.push_back(values.size());
  flat.insert(flat.end(), values.begin(), values.end());
}

/// `attrs`, null or in the order of OpInfo::attrs, in the flat form of
/// ProgramNode::attrs.
std::vector<int64_t> flattenAttrs(OpCode op, PyObject *attrs, DType dtype) {
  PyRef items;
  if (attrs)
    items = PyRef::steal(PySequence_Fast(attrs, "attrs must be a sequence"));
  size_t given = attrs ? PySequence_Fast_GET_SIZE(items.get()) : 0;
  if (given != countAttrs(op))
    throwPython(
        PyExc_TypeError, "op '%s' has %zu attributes but %zu were given",
        std::string(getInfo(op).mnemonic).c_str(), countAttrs(op), given);
  std::vector<int64_t> flat;
  for (size_t i = 0; i < given; ++i)
    appendAttr(flat, getInfo(op).attrs[i].kind,
               PySequence_Fast_GET_ITEM(items.get(), i), dtype);
  return flat;
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

/// The op with mnemonic `name`; LookupError if there is none.
OpCode parseOp(std::string_view name) {
  static const auto *ops = [] {
    auto *table = new std::unordered_map<std::string_view, OpCode>;
    for (size_t i = 0; i < kNumOps; ++i)
      table->emplace(kOpInfos[i].mnemonic, static_cast<OpCode>(i));
    return table;
  }();
  auto entry = ops->find(name);
  if (entry == ops->end())
    throwPython(PyExc_LookupError, "no op is named '%s'",
                std::string(name).c_str());
  return entry->second;
}

/// The arguments of `record`.
struct RecordCall {
  OpCode op;
  /// A tuple or list, which keeps `nodes` alive.
  PyRef operands;
  std::vector<NodeRef> nodes;
  std::vector<int64_t> shape;
  DType dtype;
  std::vector<int64_t> attrs;
  /// Of an op without operands.
  std::optional<Device> device;

  RecordCall(PyObject *args, PyObject *kwargs) {
    static const char *names[] = {"op",    "operands", "shape", "dtype",
                                  "attrs", "device",   nullptr};
    const char *name;
    PyObject *items, *shapeObject, *dtypeObject, *attrsObject = nullptr,
                                                 *deviceObject = nullptr;
    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "sOOO|OO:record", const_cast<char **>(names), &name,
            &items, &shapeObject, &dtypeObject, &attrsObject, &deviceObject))
      throw PythonError();
    op = parseOp(name);
    parseNodes(items);
    shape = parseIntegers(shapeObject);
    dtype = parseDType(dtypeObject);
    attrs = flattenAttrs(op, attrsObject, dtype);
    device = parseOptionalDevice(deviceObject);
  }

  PyObject *run() const {
    if (op == OpCode::Cast)
      return wrapResult(recordCast(nodes[0], dtype));
    OpKind kind = getInfo(op).kind;
    if (kind == OpKind::View) {
      PyObject *base = PySequence_Fast_GET_ITEM(operands.get(), 0);
      NodeRef view = recordView(op, nodes[0], shape, attrs);
      return isArray(base) ? wrapView(base, std::move(view))
                           : wrapNode(std::move(view));
    }
    if (kind == OpKind::Structure && nodes.empty())
      return wrapNode(recordCreation(op, shape, dtype, attrs,
                                     device ? *device : getDefaultDevice()));
    return wrapResult(record(op, nodes, shape, dtype, attrs));
  }

private:
  void parseNodes(PyObject *items) {
    operands =
        PyRef::steal(PySequence_Fast(items, "operands must be a sequence"));
    Py_ssize_t count = PySequence_Fast_GET_SIZE(operands.get());
    int expected = getInfo(op).numOperands;
    if (expected >= 0 && count != expected)
      throwPython(PyExc_TypeError, "op '%s' has %d operands but %zd were given",
                  std::string(getInfo(op).mnemonic).c_str(), expected, count);
    std::span<PyObject *const> objects(PySequence_Fast_ITEMS(operands.get()),
                                       count);
    nodes.reserve(count);
    for (PyObject *object : objects)
      nodes.push_back(isArray(object) ? getNodeRef(object)
                                      : convertFromObject(object, std::nullopt,
                                                          CopyMode::IfNeeded,
                                                          Home(objects)));
  }
};

PyObject *recordByName(PyObject *, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    markSourceLocation();
    return RecordCall(args, kwargs).run();
  });
}

/// assign(out, value): `value` becomes the value of `out`.
PyObject *assign(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *out, *value;
    if (!PyArg_ParseTuple(args, "O!O!:assign", arrayType, &out, arrayType,
                          &value))
      throw PythonError();
    DType from = getNode(value).getDType(), to = getNode(out).getDType();
    if (!canCast(from, to, Casting::SameKind))
      throwPython(PyExc_TypeError,
                  "Cannot cast array data from dtype('%s') to dtype('%s') "
                  "according to the rule 'same_kind'",
                  getName(from), getName(to));
    storeResult({.op = OpCode::Cast, .out = out}, getNodeRef(value), {});
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
  return {name, asCFunction(view<makeView>), METH_FASTCALL, doc};
}

} // namespace

PyMethodDef recordFunctions[] = {
    {"record", asCFunction(recordByName), METH_VARARGS | METH_KEYWORDS,
     "record(op, operands, shape, dtype, attrs=(), device=None)\n--\n\nRecords "
     "the op with this mnemonic; shape and dtype are the result's, device is "
     "that of an op without operands."},
    {"assign", assign, METH_VARARGS,
     "assign(out, value, /)\n--\n\nStores an array in another one, as `out=` "
     "does; returns `out`."},
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
