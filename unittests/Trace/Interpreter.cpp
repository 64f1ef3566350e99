// Runs programs node by node, in double precision.
#include "../../lib/Trace/Shapes.h"
#include "Elements.h"
#include "FakeCompiler.h"

#include <algorithm>
#include <bit>
#include <deque>

using namespace numloom;

namespace {
/// Runs one program on given buffers.
class Interpreter {
public:
  Interpreter(const Program &program, void **buffers, const int64_t *params)
      : program(program), buffers(buffers), params(params) {}
  void run();

private:
  using Values = std::vector<double>;
  using Index = std::vector<int64_t>;

  Index evaluateAll(const std::vector<int64_t> &values) const {
    Index result;
    for (int64_t value : values)
      result.push_back(numloom::evaluate(value, params));
    return result;
  }
  const Index &shapeOf(int32_t value) const { return shapes[value]; }
  void loadInput(size_t number);
  Values compute(const ProgramNode &node, const Index &shape);
  Values gather(const ProgramNode &node, const Index &shape,
                const std::function<int64_t(const Index &)> &position);
  Values sum(const ProgramNode &node, const Index &shape);
  Values update(const ProgramNode &node, const Index &shape,
                const Index &attrs);
  Values compress(const ProgramNode &node);
  double getElement(int32_t value, const Index &index) const;

  const Program &program;
  void **buffers;
  const int64_t *params;
  std::vector<Values> values;
  std::deque<Index> shapes;
};
} // namespace

void numloom::forEachIndex(
    const std::vector<int64_t> &shape,
    const std::function<void(const std::vector<int64_t> &)> &fn) {
  std::vector<int64_t> index(shape.size());
  for (int64_t n = countElements(shape), i = 0; i < n; ++i) {
    int64_t rest = i;
    for (size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
      index[axis] = rest % shape[axis];
    fn(index);
  }
}

static int64_t linearize(const std::vector<int64_t> &index,
                         const std::vector<int64_t> &shape) {
  int64_t position = 0;
  for (size_t i = 0; i < shape.size(); ++i)
    position = position * shape[i] + index[i];
  return position;
}

double numloom::loadElement(DType dtype, const void *data, int64_t position) {
  switch (dtype) {
  case DType::Float64:
    return static_cast<const double *>(data)[position];
  case DType::Float32:
    return static_cast<const float *>(data)[position];
  case DType::Int64:
    return static_cast<double>(static_cast<const int64_t *>(data)[position]);
  case DType::UInt64:
    return static_cast<double>(static_cast<const uint64_t *>(data)[position]);
  case DType::Bool:
    return static_cast<const uint8_t *>(data)[position];
  default:
    ADD_FAILURE() << "dtype " << getName(dtype) << " not interpreted";
    return 0;
  }
}

static void storeElement(DType dtype, void *data, int64_t position,
                         double value) {
  if (dtype == DType::Float64)
    static_cast<double *>(data)[position] = value;
  else if (dtype == DType::Float32)
    static_cast<float *>(data)[position] = static_cast<float>(value);
  else if (dtype == DType::Int64)
    static_cast<int64_t *>(data)[position] = static_cast<int64_t>(value);
  else if (dtype == DType::UInt64)
    static_cast<uint64_t *>(data)[position] = static_cast<uint64_t>(value);
  else
    static_cast<uint8_t *>(data)[position] = value != 0;
}

void Interpreter::loadInput(size_t number) {
  const ProgramInput &input = program.inputs[number];
  Index shape = evaluateAll(input.shape);
  Index strides = evaluateAll(input.strides);
  Values elements;
  forEachIndex(shape, [&](const Index &index) {
    int64_t position = linearize(index, shape);
    if (!input.contiguous) {
      position = 0;
      for (size_t i = 0; i < index.size(); ++i)
        position += index[i] * strides[i];
    }
    elements.push_back(loadElement(input.dtype, buffers[number], position));
  });
  values.push_back(std::move(elements));
  shapes.push_back(std::move(shape));
}

double Interpreter::getElement(int32_t value, const Index &index) const {
  return values[value][linearize(index, shapes[value])];
}

Interpreter::Values Interpreter::sum(const ProgramNode &node,
                                     const Index &shape) {
  std::vector<int64_t> axes(node.attrs.begin() + 1, node.attrs.end());
  Values result(countElements(shape));
  forEachIndex(shapeOf(node.operands[0]), [&](const Index &index) {
    Index kept;
    for (size_t i = 0; i < index.size(); ++i)
      if (std::ranges::find(axes, static_cast<int64_t>(i)) == axes.end())
        kept.push_back(index[i]);
    result[linearize(kept, shape)] += getElement(node.operands[0], index);
  });
  return result;
}

Interpreter::Values Interpreter::update(const ProgramNode &node,
                                        const Index &shape,
                                        const Index &attrs) {
  size_t rank = shape.size();
  Values result = values[node.operands[0]];
  forEachIndex(shapeOf(node.operands[1]), [&](const Index &index) {
    Index target(rank);
    for (size_t i = 0; i < rank; ++i)
      target[i] = attrs[1 + i] + index[i] * attrs[2 + rank + i];
    result[linearize(target, shape)] = getElement(node.operands[1], index);
  });
  return result;
}

/// What lies behind the elements that the mask lets through is not written.
Interpreter::Values Interpreter::compress(const ProgramNode &node) {
  Values result;
  const Values &mask = values[node.operands[0]];
  for (size_t i = 0; i < mask.size(); ++i)
    if (mask[i] != 0)
      result.push_back(values[node.operands[1]][i]);
  return result;
}

Interpreter::Values
Interpreter::gather(const ProgramNode &node, const Index &shape,
                    const std::function<int64_t(const Index &)> &position) {
  Values result;
  forEachIndex(shape, [&](const Index &index) {
    result.push_back(values[node.operands[0]][position(index)]);
  });
  return result;
}

Interpreter::Values Interpreter::compute(const ProgramNode &node,
                                         const Index &shape) {
  Index attrs = evaluateAll(node.attrs);
  Index from = node.operands.empty() ? Index{} : shapeOf(node.operands[0]);
  size_t rank = from.size();
  for (int32_t operand : node.operands)
    if (getInfo(node.op).kind == OpKind::Elementwise)
      EXPECT_EQ(shapeOf(operand), shape) << "operands must have one shape";
  switch (node.op) {
  case OpCode::Add:
  case OpCode::Multiply: {
    Values result;
    for (int64_t i = 0; i < countElements(shape); ++i) {
      double x = values[node.operands[0]][i], y = values[node.operands[1]][i];
      result.push_back(node.op == OpCode::Add ? x + y : x * y);
    }
    return result;
  }
  case OpCode::Alongside:
  case OpCode::Cast:
  case OpCode::Concatenate:
  case OpCode::Reshape:
    return values[node.operands[0]];
  case OpCode::Constant:
    return Values(countElements(shape), isFloat(node.dtype)
                                            ? std::bit_cast<double>(attrs[0])
                                            : static_cast<double>(attrs[0]));
  case OpCode::Compress:
    return compress(node);
  case OpCode::Report:
    return {*std::ranges::max_element(values[node.operands[0]])};
  case OpCode::Sum:
    return sum(node, shape);
  case OpCode::Update:
    return update(node, shape, attrs);
  case OpCode::Slice:
    return gather(node, shape, [&](const Index &index) {
      Index source(rank);
      for (size_t i = 0; i < rank; ++i)
        source[i] = attrs[1 + i] + index[i] * attrs[2 + rank + i];
      return linearize(source, from);
    });
  case OpCode::Transpose:
    return gather(node, shape, [&](const Index &index) {
      Index source(rank);
      for (size_t i = 0; i < rank; ++i)
        source[attrs[1 + i]] = index[i];
      return linearize(source, from);
    });
  case OpCode::Broadcast:
    return gather(node, shape, [&](const Index &index) {
      Index source(rank);
      for (size_t i = 0; i < rank; ++i)
        source[i] = from[i] == 1 ? 0 : index[attrs[1 + i]];
      return linearize(source, from);
    });
  default:
    ADD_FAILURE() << getInfo(node.op).mnemonic << " not interpreted";
    return Values(countElements(shape));
  }
}

void Interpreter::run() {
  size_t numInputs = program.inputs.size();
  for (size_t i = 0; i < numInputs; ++i)
    loadInput(i);
  for (const ProgramNode &node : program.nodes) {
    Index shape = evaluateAll(node.shape);
    values.push_back(compute(node, shape));
    shapes.push_back(std::move(shape));
  }
  for (size_t i = 0; i < program.outputs.size(); ++i) {
    int32_t value = program.outputs[i];
    DType dtype = program.nodes[value - numInputs].dtype;
    for (size_t k = 0; k < values[value].size(); ++k)
      storeElement(dtype, buffers[numInputs + i], static_cast<int64_t>(k),
                   values[value][k]);
  }
}

void numloom::interpret(const Program &program, void **buffers,
                        const int64_t *params) {
  Interpreter(program, buffers, params).run();
}
