// Recording of ufunc calls: loop, broadcast shape, Python numbers.
#include "LoopTable.h"
#include "NodeFactory.h"
#include "numloom/Trace/Recorder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

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

namespace {
/// The shape of a result.
struct ResultShape {
  /// The operand that has it; null if none has, or only numbers.
  const Node *model = nullptr;
  std::span<const int64_t> extents;
};
} // namespace

/// Broadcast shape of the operands that are nodes, which do not agree. `buffer`
/// has room for kMaxRank extents.
static std::span<const int64_t> broadcastNodes(std::span<Node *const> nodes,
                                               int64_t *buffer) {
  std::span<const int64_t> shapes[kMaxLoopOperands];
  size_t count = 0;
  for (const Node *node : nodes)
    if (node)
      shapes[count++] = node->getShape();
  int rank = broadcastShapes(std::span(shapes, count), buffer);
  return {buffer, static_cast<size_t>(rank)};
}

/// Most often the operands that are nodes agree, or have no axes.
template <size_t count>
static ResultShape inferShape(const std::array<Node *, count> &nodes,
                              int64_t *buffer) {
  const Node *model = nullptr;
  for (const Node *node : nodes) {
    if (!node || node->getRank() == 0)
      continue;
    if (!model)
      model = node;
    else if (!model->hasShapeOf(*node)) [[unlikely]]
      return {nullptr, broadcastNodes(nodes, buffer)};
  }
  return model ? ResultShape{model, model->getShape()} : ResultShape{};
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
    if (auto answer = compareWithFar(getInfo(op).numpyName, side))
      return recordConstant(*answer, shape, DType::Bool, device);
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

/// Integers over a power of two, as a shift or a mask: NumPy rounds down, and
/// remainders have the divisor's sign. Takes a tenth of a division's time. Null
/// for all other calls.
static NodeRef recordByBits(OpCode op, std::span<const Operand, 2> operands,
                            const Loop &loop) {
  Node *x = operands[0].getNode();
  const PyScalar &divisor = operands[1].getScalar();
  if (!x || operands[1].getNode() || !isInteger(loop.output) ||
      x->getDType() != loop.output || divisor.kind != PyScalar::Kind::Int ||
      divisor.integer <= 0 || !fitsInteger(divisor, loop.output) ||
      !std::has_single_bit(uint64_t(divisor.integer)))
    return {};
  bool isQuotient = op == OpCode::FloorDivide;
  int64_t number = isQuotient ? std::countr_zero(uint64_t(divisor.integer))
                              : divisor.integer - 1;
  return recordElementwise(isQuotient ? OpCode::RightShift : OpCode::BitwiseAnd,
                           std::array{operands[0], Operand(number)});
}

template <size_t count>
static NodeRef recordLoop(OpCode op, std::span<const Operand, count> operands,
                          int loopIndex) {
  const Loop &loop = getLoops(op)[static_cast<size_t>(loopIndex)];
  if constexpr (count == 2)
    if (op == OpCode::FloorDivide || op == OpCode::Remainder) [[unlikely]]
      if (NodeRef node = recordByBits(op, operands, loop))
        return node;
  if (op == OpCode::Power && getKind(loop.output) == DTypeKind::Signed &&
      !operands[1].getNode() &&
      operands[1].getScalar().kind != PyScalar::Kind::UInt)
    checkExponent(operands[1].getScalar());
  std::array<Node *, count> nodes;
  for (size_t i = 0; i < count; ++i)
    nodes[i] = operands[i].getNode();
  int64_t buffer[kMaxRank];
  ResultShape shape = inferShape(nodes, buffer);
  Device device = findDevice(nodes);
  if (loop.output == DType::Bool)
    if (NodeRef constant =
            recordFarComparison(op, operands, loop, shape.extents, device))
      return constant;
  std::array<NodeRef, count> scalars;
  for (size_t i = 0; i < count; ++i) {
    if (nodes[i])
      continue;
    scalars[i] = recordScalar(operands[i].getScalar(), loop.inputs[i], device);
    nodes[i] = scalars[i].get();
  }
  return NodeFactory::makeElementwise(op, static_cast<uint8_t>(loopIndex),
                                      loop.output, device, shape.model,
                                      shape.extents, nodes, scalars);
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

/// The loop that the operands select; most often it was selected before.
template <size_t count>
static int selectLoop(OpCode op, std::span<const Operand, count> operands) {
  const OpLoops &known = getOpLoops(op);
  if (known.numOperands == count && !known.loops.empty()) [[likely]] {
    size_t index = 0;
    for (const Operand &operand : operands)
      index = index * kNumTypeIds + getTypeId(operand.getType());
    int loop = known.selected[index].load(std::memory_order_relaxed);
    if (loop != OpLoops::kUnknown) [[likely]]
      return loop;
  }
  OperandType types[kMaxLoopOperands];
  return resolveLoop(op, getTypes(operands, types));
}

/// Calls `record` with the operands as a span of fixed extent.
template <typename Fn>
static NodeRef withExtent(std::span<const Operand> operands, Fn &&record) {
  assert(!operands.empty() && operands.size() <= kMaxLoopOperands);
  switch (operands.size()) {
  case 1:
    return record(operands.first<1>());
  case 2:
    return record(operands.first<2>());
  default:
    return record(operands.first<3>());
  }
}

NodeRef numloom::recordElementwise(OpCode op,
                                   std::span<const Operand> operands) {
  return withExtent(operands, [op](auto fixed) {
    return recordLoop(op, fixed, selectLoop(op, fixed));
  });
}

NodeRef numloom::recordBinary(OpCode op, const Operand &x, const Operand &y) {
  return recordElementwise(op, std::array{x, y});
}

NodeRef numloom::recordBinary(OpCode op, const NodeRef &x, int64_t number) {
  return recordBinary(op, x, Operand(number));
}

NodeRef numloom::recordWithConstant(OpCode op, const NodeRef &x,
                                    int64_t number) {
  return recordBinary(
      op, x, recordConstant(number, {}, x->getDType(), x->getDevice()));
}

NodeRef numloom::recordWhereElse(const NodeRef &condition, const NodeRef &x,
                                 int64_t other) {
  NodeRef constant =
      recordConstant(other, x->getShape(), x->getDType(), x->getDevice());
  return record(OpCode::Where, std::array{condition, x, constant},
                x->getShape(), x->getDType());
}

NodeRef numloom::recordElementwise(OpCode op, std::span<const Operand> operands,
                                   const LoopRequest &request) {
  OperandType types[kMaxLoopOperands];
  int loop = resolveLoop(op, getTypes(operands, types), request);
  return withExtent(operands,
                    [=](auto fixed) { return recordLoop(op, fixed, loop); });
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

NodeRef numloom::recordConstant(int64_t value, std::span<const int64_t> shape,
                                DType dtype, Device device) {
  return recordCreation(OpCode::Constant, shape, dtype, {&value, 1}, device);
}

NodeRef numloom::recordCast(const NodeRef &node, DType dtype) {
  if (node->getDType() == dtype)
    return node;
  return record(OpCode::Cast, std::span(&node, 1), node->getShape(), dtype);
}
