// From linearised nodes to the program that the compiler gets: conversions that
// nodes imply become ops, integers become parameters.
#include "KnownNumbers.h"
#include "Linearizer.h"
#include "numloom/Trace/DTypeResolution.h"
#include "numloom/Trace/Recorder.h"

#include <map>

namespace numloom {

/// One use builds one program.
class ProgramBuilder {
public:
  ProgramBuilder(Linearizer &linear, std::span<const size_t> constants)
      : linear(linear), constants(constants) {}
  Program build();

private:
  void addInputs();
  void addInput(const Linearizer::Input &known);
  int32_t addSlice(const Node &view, const ViewFrames::Member &member);
  void addNumbers();
  void addNode(const Node &node);
  int32_t castTo(int32_t value, DType dtype);
  int32_t broadcastTo(int32_t value, const std::vector<int64_t> &shape);
  int32_t append(ProgramNode node);
  int32_t addLine(SourceLocation location);

  bool isInput(int32_t value) const {
    return static_cast<size_t>(value) < program.inputs.size();
  }
  const ProgramNode &getNode(int32_t value) const {
    return program.nodes[value - program.inputs.size()];
  }
  const std::vector<int64_t> &getShape(int32_t value) const {
    return isInput(value) ? program.inputs[value].shape : getNode(value).shape;
  }
  DType getDType(int32_t value) const {
    return isInput(value) ? program.inputs[value].dtype : getNode(value).dtype;
  }
  /// Value of an input (below 0) or node of the linearisation.
  int32_t getValue(int32_t number) const {
    return number < 0 ? inputValues[-1 - number] : values[number];
  }

  Linearizer &linear;
  std::span<const size_t> constants;
  Program program;
  /// Of the linearisation's inputs and nodes.
  std::vector<int32_t> inputValues, values;
  /// Conversions made so far: an operand of many nodes is converted once.
  std::map<std::pair<int32_t, DType>, int32_t> casts;
  std::map<std::pair<int32_t, std::vector<int64_t>>, int32_t> broadcasts;
  std::map<std::pair<const void *, int64_t>, int32_t> lineNumbers;
  int32_t currentLine = -1;
};

} // namespace numloom

using namespace numloom;

void ProgramBuilder::addInput(const Linearizer::Input &known) {
  ProgramInput input{
      known.dtype,    {}, {}, known.strides.empty(), known.isScalar,
      known.isAligned};
  linear.appendShape(known.shape, input.shape);
  linear.appendStrides(known.shape, known.strides, input.strides);
  program.inputs.push_back(std::move(input));
}

/// Inputs come before nodes, hence slices of frames after all inputs.
void ProgramBuilder::addInputs() {
  for (const ViewFrame &frame : linear.frames.get())
    addInput(linear.describe(frame));
  size_t numInputs = linear.inputs.size();
  inputValues.resize(numInputs);
  for (size_t i = 0; i < numInputs; ++i)
    if (!linear.frames.getMember(i)) {
      inputValues[i] = static_cast<int32_t>(program.inputs.size());
      addInput(linear.describe(*linear.inputs[i]));
      program.inputs.back().isDonated = linear.donated[i];
    }
  for (size_t i = 0; i < numInputs; ++i)
    if (const auto *member = linear.frames.getMember(i))
      inputValues[i] = addSlice(*linear.inputs[i], *member);
}

int32_t ProgramBuilder::addSlice(const Node &view,
                                 const ViewFrames::Member &member) {
  ProgramNode slice{OpCode::Slice, view.getDType(), {}, {member.frame}, {}, -1};
  linear.appendShape(view.getShape(), slice.shape);
  auto rank = static_cast<int64_t>(member.starts.size());
  slice.attrs.push_back(rank);
  slice.attrs.insert(slice.attrs.end(), member.starts.begin(),
                     member.starts.end());
  slice.attrs.push_back(rank);
  slice.attrs.insert(slice.attrs.end(), member.starts.size(), 1);
  return append(std::move(slice));
}

/// Numbers become constants. They stay inputs, so that the plan takes the
/// buffers of the program with numbers as arguments.
void ProgramBuilder::addNumbers() {
  for (size_t i : constants)
    inputValues[i] = append({OpCode::Constant,
                             linear.inputs[i]->getDType(),
                             {},
                             {},
                             {getNumberBits(*linear.inputs[i])},
                             -1});
}

int32_t ProgramBuilder::addLine(SourceLocation location) {
  if (!location.code)
    return -1;
  auto [entry, isNew] =
      lineNumbers.try_emplace({location.code, location.offset},
                              static_cast<int32_t>(program.lines.size()));
  if (isNew)
    program.lines.push_back(resolveLocation(location));
  return entry->second;
}

int32_t ProgramBuilder::append(ProgramNode node) {
  node.line = currentLine;
  program.nodes.push_back(std::move(node));
  return static_cast<int32_t>(program.inputs.size() + program.nodes.size() - 1);
}

int32_t ProgramBuilder::castTo(int32_t value, DType dtype) {
  if (getDType(value) == dtype)
    return value;
  auto [entry, isNew] = casts.try_emplace({value, dtype}, -1);
  if (isNew)
    entry->second =
        append({OpCode::Cast, dtype, getShape(value), {value}, {}, -1});
  return entry->second;
}

int32_t ProgramBuilder::broadcastTo(int32_t value,
                                    const std::vector<int64_t> &shape) {
  size_t rank = getShape(value).size();
  if (getShape(value) == shape)
    return value;
  auto [entry, isNew] = broadcasts.try_emplace({value, shape}, -1);
  if (isNew) {
    std::vector<int64_t> attrs{static_cast<int64_t>(rank)};
    for (size_t i = 0; i < rank; ++i)
      attrs.push_back(static_cast<int64_t>(shape.size() - rank + i));
    entry->second = append({OpCode::Broadcast,
                            getDType(value),
                            shape,
                            {value},
                            std::move(attrs),
                            -1});
  }
  return entry->second;
}

void ProgramBuilder::addNode(const Node &node) {
  currentLine = addLine(node.getLocation());
  ProgramNode out{node.getOp(), node.getDType(), {}, {}, {}, -1};
  linear.appendShape(node.getShape(), out.shape);
  linear.appendAttrs(node, out.attrs);
  bool isElementwise = getInfo(node.getOp()).kind == OpKind::Elementwise;
  std::span<Node *const> operands = node.getOperands();
  for (size_t i = 0; i < operands.size(); ++i) {
    int32_t value = getValue(operands[i]->valueNumber);
    if (node.getLoop() != Node::kNoLoop)
      value = castTo(value, getLoops(node.getOp())[node.getLoop()].inputs[i]);
    // Casts come first: fewer elements.
    if (isElementwise)
      value = broadcastTo(value, out.shape);
    out.operands.push_back(value);
  }
  values.push_back(append(std::move(out)));
}

Program ProgramBuilder::build() {
  addInputs();
  addNumbers();
  for (const Node *node : linear.getNodes())
    addNode(*node);
  for (const Node *node : linear.getOutputs())
    program.outputs.push_back(getValue(node->valueNumber));
  std::span<const int64_t> params = linear.getParams();
  program.paramHints.assign(params.begin(), params.end());
  program.needsWideIndices =
      linear.getDevice().isCuda() && linear.needsWideIndices();
  return std::move(program);
}

Program Linearizer::buildProgram(std::span<const size_t> constants) {
  return ProgramBuilder(*this, constants).build();
}
