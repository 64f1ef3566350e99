// Recording of ufunc calls: loop, broadcast shape, Python numbers.
#include "NodeFactory.h"
#include "Shapes.h"
#include "numloom/Trace/Recorder.h"

#include <algorithm>

using namespace numloom;

[[noreturn]] static void
throwNoBroadcast(std::span<const std::span<const int64_t>> shapes) {
  // NumPy's message ends in a space.
  std::string message = "operands could not be broadcast together with shapes ";
  for (std::span<const int64_t> shape : shapes)
    message += formatShape(shape) + " ";
  throw Error(ErrorKind::Value, message);
}

int numloom::broadcastShapes(std::span<const std::span<const int64_t>> shapes,
                             int64_t *result) {
  size_t rank = 0;
  for (std::span<const int64_t> shape : shapes)
    rank = std::max(rank, shape.size());
  std::fill_n(result, rank, 1);
  for (std::span<const int64_t> shape : shapes) {
    int64_t *aligned = result + (rank - shape.size());
    for (size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == aligned[i] || shape[i] == 1)
        continue;
      if (aligned[i] != 1)
        throwNoBroadcast(shapes);
      aligned[i] = shape[i];
    }
  }
  return static_cast<int>(rank);
}

[[noreturn]] static void throwDevicesDiffer(Device a, Device b) {
  throw Error(ErrorKind::Value,
              "operands must lie on one device, but one is on " + a.getName() +
                  " and another on " + b.getName() +
                  "; to_device() copies an array");
}

Device numloom::findDevice(std::span<Node *const> operands) {
  const Node *array = nullptr, *number = nullptr;
  for (const Node *operand : operands) {
    if (!operand)
      continue;
    if (operand->isScalar())
      number = number ? number : operand;
    else if (!array)
      array = operand;
    else if (array->getDevice() != operand->getDevice())
      throwDevicesDiffer(array->getDevice(), operand->getDevice());
  }
  if (array)
    return array->getDevice();
  return number ? number->getDevice() : getDefaultDevice();
}

/// Broadcast shape of the operands that are nodes; most often they agree.
static std::span<const int64_t> inferShape(std::span<const Operand> operands,
                                           int64_t *buffer) {
  std::span<const int64_t> shapes[kMaxLoopOperands];
  size_t count = 0;
  bool agree = true;
  for (const Operand &operand : operands) {
    if (!operand.getNode() || operand.getNode()->getRank() == 0)
      continue;
    shapes[count++] = operand.getNode()->getShape();
    agree &= std::ranges::equal(shapes[count - 1], shapes[0]);
  }
  if (count == 0)
    return {};
  if (agree)
    return shapes[0];
  int rank = broadcastShapes(std::span(shapes, count), buffer);
  return {buffer, static_cast<size_t>(rank)};
}

/// The answer of a comparison with a Python integer that no element equals: +1
/// and -1 say on which side of the dtype's range the right operand lies.
static std::optional<bool> compareWithFar(std::string_view comparison,
                                          int side) {
  if (comparison == "less" || comparison == "less_equal")
    return side > 0;
  if (comparison == "greater" || comparison == "greater_equal")
    return side < 0;
  if (comparison == "equal" || comparison == "not_equal")
    return comparison == "not_equal";
  return std::nullopt;
}

/// Comparisons accept Python integers out of the loop's range, which has no
/// bytes for them: the result is a constant. Null for all other calls.
static NodeRef recordFarComparison(OpCode op, std::span<const Operand> operands,
                                   const Loop &loop,
                                   std::span<const int64_t> shape,
                                   Device device) {
  for (size_t i = 0; i < operands.size(); ++i) {
    const PyScalar &scalar = operands[i].getScalar();
    if (operands[i].getNode() || scalar.getWeakKind() != WeakKind::Int ||
        !isInteger(loop.inputs[i]) || fitsInteger(scalar, loop.inputs[i]))
      continue;
    bool above = scalar.kind == PyScalar::Kind::UInt || scalar.integer > 0 ||
                 (scalar.kind == PyScalar::Kind::HugeInt && scalar.real > 0);
    int side = above == (i == 1) ? 1 : -1;
    if (auto answer = compareWithFar(getInfo(op).numpyName, side)) {
      int64_t value = *answer;
      return recordCreation(OpCode::Constant, shape, DType::Bool,
                            std::span(&value, 1), device);
    }
  }
  return {};
}

/// Integer powers have integer results, so negative exponents have none.
static void checkExponent(const PyScalar &exponent) {
  bool isHuge = exponent.kind == PyScalar::Kind::HugeInt;
  if (isHuge ? exponent.real < 0 : exponent.integer < 0)
    throw Error(ErrorKind::Value,
                "Integers to negative integer powers are not allowed.");
}

static NodeRef recordLoop(OpCode op, std::span<const Operand> operands,
                          int loopIndex) {
  const Loop &loop = getLoops(op)[loopIndex];
  if (op == OpCode::Power && getKind(loop.output) == DTypeKind::Signed &&
      !operands[1].getNode() &&
      operands[1].getScalar().kind != PyScalar::Kind::UInt)
    checkExponent(operands[1].getScalar());
  int64_t buffer[kMaxRank];
  std::span<const int64_t> shape = inferShape(operands, buffer);
  Node *nodes[kMaxLoopOperands];
  for (size_t i = 0; i < operands.size(); ++i)
    nodes[i] = operands[i].getNode();
  Device device = findDevice(std::span(nodes, operands.size()));
  if (loop.output == DType::Bool)
    if (NodeRef constant =
            recordFarComparison(op, operands, loop, shape, device))
      return constant;
  NodeRef scalars[kMaxLoopOperands];
  for (size_t i = 0; i < operands.size(); ++i) {
    if (nodes[i])
      continue;
    scalars[i] = recordScalar(operands[i].getScalar(), loop.inputs[i], device);
    nodes[i] = scalars[i].get();
  }
  return NodeFactory::makePending(op, loop.output, device, shape,
                                  std::span(nodes, operands.size()), {},
                                  static_cast<uint8_t>(loopIndex), scalars);
}

/// The types of the operands, written to `types`.
static std::span<const OperandType> getTypes(std::span<const Operand> operands,
                                             OperandType *types) {
  if (operands.size() > kMaxLoopOperands)
    throw Error(ErrorKind::Type, "too many operands");
  for (size_t i = 0; i < operands.size(); ++i)
    types[i] = operands[i].getType();
  return {types, operands.size()};
}

NodeRef numloom::recordElementwise(OpCode op,
                                   std::span<const Operand> operands) {
  OperandType types[kMaxLoopOperands];
  return recordLoop(op, operands, resolveLoop(op, getTypes(operands, types)));
}

NodeRef numloom::recordElementwise(OpCode op, std::span<const Operand> operands,
                                   const LoopRequest &request) {
  OperandType types[kMaxLoopOperands];
  return recordLoop(op, operands,
                    resolveLoop(op, getTypes(operands, types), request));
}

NodeRef numloom::record(OpCode op, std::span<const NodeRef> operands,
                        std::span<const int64_t> shape, DType dtype,
                        std::span<const int64_t> attrs) {
  SmallArray<Node *, 8> nodes;
  Node **out = nodes.allocate(static_cast<uint32_t>(operands.size()));
  for (const NodeRef &operand : operands)
    *out++ = operand.get();
  return NodeFactory::makePending(op, dtype, findDevice(nodes.get()), shape,
                                  nodes.get(), attrs);
}

NodeRef numloom::recordCreation(OpCode op, std::span<const int64_t> shape,
                                DType dtype, std::span<const int64_t> attrs,
                                Device device) {
  return NodeFactory::makePending(op, dtype, device, shape, {}, attrs);
}

NodeRef numloom::recordCast(const NodeRef &node, DType dtype) {
  if (node->getDType() == dtype)
    return node;
  return record(OpCode::Cast, std::span(&node, 1), node->getShape(), dtype);
}
