// Functions that record an op by its mnemonic, and that store its result.
#include "Assignment.h"
#include "Convert.h"
#include "DTypeConvert.h"
#include "Devices.h"
#include "Errors.h"
#include "Module.h"
#include "Output.h"
#include "SourceLocation.h"

#include <algorithm>
#include <array>
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

/// Whether the result keeps the operands' order in memory: NumPy's positions of
/// extremes do not.
bool keepsOrder(OpCode op) {
  OpKind kind = getInfo(op).kind;
  return op != OpCode::ArgMax && op != OpCode::ArgMin &&
         (kind == OpKind::Elementwise || kind == OpKind::Reduction ||
          kind == OpKind::Scan);
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
  /// The axes of the result, where they do not lie in C order.
  AxisOrder order;

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
    if (order.size())
      permute();
  }

  PyObject *run() const {
    if (op == OpCode::Cast)
      return wrapInOrder(recordCast(nodes[0], dtype), order);
    OpKind kind = getInfo(op).kind;
    if (kind == OpKind::View)
      return wrapNode(recordView(op, nodes[0], shape, attrs));
    if (kind == OpKind::Structure && nodes.empty())
      return wrapNode(recordCreation(op, shape, dtype, attrs,
                                     device ? *device : getDefaultDevice()));
    return wrapInOrder(record(op, nodes, shape, dtype, attrs), order);
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
    if (keepsOrder(op) && !std::ranges::all_of(objects, keepsCOrder))
      return parseInMemoryOrder(objects);
    for (PyObject *object : objects)
      nodes.push_back(isArray(object) ? getNodeRef(object)
                                      : convertFromObject(object, std::nullopt,
                                                          CopyMode::IfNeeded,
                                                          Home(objects)));
  }

  void parseInMemoryOrder(std::span<PyObject *const> objects) {
    std::array<OperandHolder, kMaxLoopOperands> holders;
    Home home(objects);
    order = parseInOrder(objects, home, Order::Keep, holders);
    for (size_t i = 0; i < objects.size(); ++i) {
      Node *node = holders[i].get().getNode();
      nodes.push_back(node ? NodeRef(node)
                           : convertFromObject(objects[i], std::nullopt,
                                               CopyMode::IfNeeded, home));
    }
  }

  /// Takes the operands' axes, and those of the result, in their order.
  void permute() {
    OpKind kind = getInfo(op).kind;
    if (kind == OpKind::Scan)
      attrs[1] = invert(order)[attrs[1]];
    if (kind == OpKind::Reduction)
      return permuteReduction();
    std::vector<int64_t> given = std::exchange(shape, {});
    for (int64_t axis : order.get())
      shape.push_back(given[axis]);
  }

  void permuteReduction() {
    uint64_t axes = 0;
    for (int64_t axis : std::span(attrs).subspan(1))
      axes |= uint64_t(1) << axis;
    uint64_t places = findPlaces(order, axes);
    attrs.resize(1);
    shape.clear();
    for (size_t i = 0; i < order.size(); ++i)
      if (places >> i & 1)
        attrs.push_back(static_cast<int64_t>(i));
      else
        shape.push_back(nodes[0]->getShape()[i]);
    order = dropAxes(order, axes);
  }
};

PyObject *recordByName(PyObject *, PyObject *args, PyObject *kwargs) {
  return guard([&] {
    markSourceLocation();
    return RecordCall(args, kwargs).run();
  });
}

/// cast(array, dtype): `array` itself if it has the dtype.
PyObject *cast(PyObject *, PyObject *const *arguments, Py_ssize_t count) {
  return guard([&] {
    if (count != 2 || !isArray(arguments[0]))
      throwPython(PyExc_TypeError, "cast takes an ndarray and a dtype");
    DType dtype = parseDType(arguments[1]);
    if (getDType(arguments[0]) == dtype)
      return Py_NewRef(arguments[0]);
    ParsedOperands operands(std::span<PyObject *const, 1>(arguments, 1));
    markSourceLocation();
    return operands.wrap(
        recordCast(NodeRef(operands.get()[0].getNode()), dtype));
  });
}

/// assign(out, value): `value` becomes the value of `out`.
PyObject *assign(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *out, *value;
    if (!PyArg_ParseTuple(args, "O!O!:assign", arrayType, &out, arrayType,
                          &value))
      throw PythonError();
    DType from = getDType(value), to = getDType(out);
    if (!canCast(from, to, Casting::SameKind))
      throwPython(PyExc_TypeError,
                  "Cannot cast array data from dtype('%s') to dtype('%s') "
                  "according to the rule 'same_kind'",
                  getName(from), getName(to));
    storeResult({.op = OpCode::Cast, .out = out}, getNodeRef(value), {});
    return Py_NewRef(out);
  });
}

/// as_value(array, value): `value` as elements of `array`.
PyObject *asValue(PyObject *, PyObject *args) {
  return guard([&] {
    PyObject *array, *value;
    if (!PyArg_ParseTuple(args, "O!O:as_value", arrayType, &array, &value))
      throw PythonError();
    return wrapNode(convertValue(value, getDType(array), getDevice(array)));
  });
}

} // namespace

PyMethodDef recordFunctions[] = {
    {"record", asCFunction(recordByName), METH_VARARGS | METH_KEYWORDS,
     "record(op, operands, shape, dtype, attrs=(), device=None)\n--\n\nRecords "
     "the op with this mnemonic; shape and dtype are the result's, device is "
     "that of an op without operands."},
    {"cast", asCFunction(cast), METH_FASTCALL,
     "cast(array, dtype, /)\n--\n\nThe array converted as by astype; itself "
     "if it has the dtype."},
    {"assign", assign, METH_VARARGS,
     "assign(out, value, /)\n--\n\nStores an array in another one, as `out=` "
     "does; returns `out`."},
    {"as_value", asValue, METH_VARARGS,
     "as_value(array, value, /)\n--\n\n`value` as elements of `array`, in "
     "its own shape: converted to the dtype and device as by an assignment."},
    {nullptr, nullptr, 0, nullptr}};

} // namespace numloom::python
