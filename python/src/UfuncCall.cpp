// What a ufunc's call records.
#include "Array.h"
#include "Convert.h"
#include "Errors.h"
#include "Output.h"
#include "Selection.h"
#include "SourceLocation.h"
#include "Ufunc.h"

#include <algorithm>
#include <array>
#include <functional>

namespace numloom::python {

namespace {

/// The mask of `where=`, an array of bool or anything by its truth; null for
/// what is true.
NodeRef makeMask(PyObject *where, const Operand &operand) {
  if (Node *node = operand.getNode()) {
    if (node->getDType() != DType::Bool)
      throwPython(PyExc_TypeError,
                  "Cannot cast array data from dtype('%s') to dtype('bool') "
                  "according to the rule 'safe'",
                  getName(node->getDType()));
    return NodeRef(node);
  }
  int truth = PyObject_IsTrue(where);
  checkStatus(truth);
  return truth ? NodeRef() : makeScalar(DType::Bool, {}, Device());
}

/// `node` where `mask` is true, 0 elsewhere: NumPy leaves such elements as
/// they happen to be.
NodeRef selectOrZero(const NodeRef &mask, const NodeRef &node) {
  std::array<int64_t, kMaxRank> shape;
  std::array<std::span<const int64_t>, 2> shapes = {mask->getShape(),
                                                    node->getShape()};
  size_t rank = broadcastShapes(shapes, shape.data());
  NodeRef zero = makeScalar(node->getDType(), {}, node->getDevice());
  return record(OpCode::Where, std::array{mask, node, zero},
                std::span(shape.data(), rank), node->getDType());
}

/// One call, from its parsed operands to its results.
class UfuncCall {
public:
  UfuncCall(const UfuncInfo &info, const UfuncArguments &arguments)
      : info(info), arguments(arguments) {
    parse();
    if (arguments.where)
      mask = makeMask(arguments.where, holders[info.numInputs].get());
    for (size_t i = 0; i < info.numInputs; ++i)
      operands[i] = holders[i].get();
  }

  PyObject *run() {
    markSourceLocation();
    if (info.getNumOutputs() == 1)
      return finish(0, recordOne(info.getOp()));
    convertOperands();
    PyRef results = PyRef::steal(PyTuple_New(info.getNumOutputs()));
    std::array<NodeRef, kMaxOutputs> nodes;
    for (size_t i = 0; i < info.getNumOutputs(); ++i)
      nodes[i] = recordElementwise(info.ops[i], getOperands());
    for (size_t i = 0; i < info.getNumOutputs(); ++i)
      PyTuple_SET_ITEM(results.get(), i, finish(i, std::move(nodes[i])));
    return results.release();
  }

private:
  /// The operands and, behind them, the mask.
  void parse() {
    std::array<PyObject *, kMaxLoopOperands + 1> buffer;
    std::copy_n(arguments.inputs, info.numInputs, buffer.begin());
    buffer[info.numInputs] = arguments.where;
    std::span<PyObject *const> objects(
        buffer.data(), info.numInputs + (arguments.where ? 1 : 0));
    Home home(objects.first(info.numInputs));
    if (info.getNumOutputs() == 1 && arguments.outs[0] &&
        !keepsCOrder(arguments.outs[0])) {
      order = parseInOrderOf(arguments.outs[0], objects, home, holders);
      return;
    }
    if (!isInCOrder(objects)) {
      order = parseInOrder(objects, home, arguments.order, holders);
      return;
    }
    for (size_t i = 0; i < objects.size(); ++i)
      holders[i].parseAny(objects[i], home);
  }

  /// Whether the results lie in C order for sure, or in arrays that exist.
  bool isInCOrder(std::span<PyObject *const> objects) const {
    return std::ranges::any_of(arguments.outs, std::identity()) ||
           arguments.order == Order::C ||
           (arguments.order == Order::Keep &&
            std::ranges::all_of(objects, keepsCOrder));
  }

  std::span<const Operand> getOperands() const {
    return {operands.data(), info.numInputs};
  }

  NodeRef recordOne(OpCode op) const {
    return arguments.request
               ? recordElementwise(op, getOperands(), *arguments.request)
               : recordElementwise(op, getOperands());
  }

  /// Gives the operands the dtypes of the first op's loop, so that every op
  /// selects that loop.
  void convertOperands() {
    std::array<OperandType, kMaxLoopOperands> types;
    for (size_t i = 0; i < info.numInputs; ++i)
      types[i] = operands[i].getType();
    std::span<const OperandType> used(types.data(), info.numInputs);
    OpCode op = info.getOp();
    int index = arguments.request ? resolveLoop(op, used, *arguments.request)
                                  : resolveLoop(op, used);
    const Loop &loop = getLoops(op)[index];
    for (size_t i = 0; i < info.numInputs; ++i) {
      Node *node = operands[i].getNode();
      converted[i] =
          node ? recordCast(NodeRef(node), loop.inputs[i])
               : recordScalar(operands[i].getScalar(), loop.inputs[i]);
      operands[i] = Operand(converted[i]);
    }
  }

  PyObject *finish(size_t output, NodeRef node) {
    PyObject *out = arguments.outs[output];
    if (!out)
      return wrapInOrder(mask ? selectOrZero(mask, node) : std::move(node),
                         order);
    Store store{.op = info.getOp(),
                .out = out,
                .mask = mask.get(),
                .casting = arguments.getCasting(),
                .order = order};
    storeResult(store, std::move(node), getOperands());
    return Py_NewRef(out);
  }

  const UfuncInfo &info;
  const UfuncArguments &arguments;
  std::array<OperandHolder, kMaxLoopOperands + 1> holders;
  AxisOrder order;
  NodeRef mask;
  std::array<NodeRef, kMaxLoopOperands> converted;
  std::array<Operand, kMaxLoopOperands> operands{static_cast<Node *>(nullptr),
                                                 static_cast<Node *>(nullptr),
                                                 static_cast<Node *>(nullptr)};
};

/// A call with operands alone, which most are: nothing of UfuncCall is needed.
template <size_t numInputs>
PyObject *recordPlain(OpCode op, std::span<PyObject *const, numInputs> inputs) {
  ParsedOperands operands(inputs);
  markSourceLocation();
  return operands.wrap(recordElementwise(op, operands.get()));
}

} // namespace

PyObject *callUfunc(const UfuncInfo &info, const UfuncArguments &arguments) {
  std::span<PyObject *const> inputs(arguments.inputs, info.numInputs);
  bool isPlain = info.getNumOutputs() == 1 && !arguments.outs[0] &&
                 !arguments.where && arguments.order == Order::Keep;
  if (hasSelection(inputs) && isPlain)
    if (auto selection = recordOnSelections(
            info.getOp(), inputs,
            arguments.request ? &*arguments.request : nullptr))
      return wrapSelection(std::move(*selection));
  if (isPlain && !arguments.request && inputs.size() == 1)
    return recordPlain<1>(info.getOp(), inputs.first<1>());
  if (isPlain && !arguments.request && inputs.size() == 2)
    return recordPlain<2>(info.getOp(), inputs.first<2>());
  return UfuncCall(info, arguments).run();
}

} // namespace numloom::python
