// A compiler whose plans interpret the program, and helpers of the tests.
#include "FakeCompiler.h"
#include "../../lib/Trace/Shapes.h"
#include "Elements.h"

#include <algorithm>

using namespace numloom;

namespace {
/// A kernel that carries its program.
struct InterpretedKernel : KernelCode {
  explicit InterpretedKernel(const Program &program) : program(program) {
    name = "interpreted";
    function = run;
  }
  /// The first of `sizes` is the address of the program.
  static void run(void **buffers, const int64_t *sizes, int64_t begin,
                  int64_t end) {
    if (begin < end)
      interpret(*reinterpret_cast<const Program *>(sizes[0]), buffers,
                sizes + 1);
  }
  Program program;
};
} // namespace

/// The donated input that `value` is a version of, or -1.
static int32_t findDonor(const Program &program, int32_t value) {
  auto numInputs = static_cast<int32_t>(program.inputs.size());
  while (value >= numInputs) {
    const ProgramNode &node = program.nodes[value - numInputs];
    if (node.op != OpCode::Update && node.op != OpCode::Reshape)
      return -1;
    value = node.operands[0];
    if (std::ranges::find(program.outputs, value) != program.outputs.end())
      return -1;
  }
  return program.inputs[value].isDonated ? value : -1;
}

std::shared_ptr<Plan> FakeCompiler::start(const Program &program,
                                          std::string &error) {
  if (!failure.empty()) {
    error = failure;
    return nullptr;
  }
  programs.push_back(program);
  auto plan = std::make_shared<Plan>();
  plan->guards = guards;
  for (int32_t output : program.outputs)
    plan->donations.push_back(findDonor(program, output));
  return plan;
}

std::shared_ptr<const Plan> FakeCompiler::compileForCpu(const Program &program,
                                                        std::string &error) {
  auto plan = start(program, error);
  if (!plan || emptyPlans)
    return plan;
  auto kernel = std::make_shared<InterpretedKernel>(program);
  LaunchStep step;
  for (size_t i = 0; i < program.inputs.size(); ++i)
    step.buffers.push_back({BufferKind::Input, static_cast<int32_t>(i)});
  for (size_t i = 0; i < program.outputs.size(); ++i)
    step.buffers.push_back({BufferKind::Output, static_cast<int32_t>(i)});
  step.sizes.push_back(reinterpret_cast<int64_t>(&kernel->program));
  for (size_t i = 0; i < program.paramHints.size(); ++i)
    step.sizes.push_back(makeParam(static_cast<int64_t>(i)));
  step.kernel = std::move(kernel);
  plan->steps.emplace_back(std::move(step));
  return plan;
}

std::string FakeCompiler::explain(const Program &program, bool, std::string &) {
  return std::to_string(program.nodes.size()) + " nodes";
}

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

NodeRef numloom::makeRange(const Shape &shape) {
  int64_t count = countElements(toSpan(shape));
  StorageRef storage = StorageRef::allocate(count * sizeof(double));
  for (int64_t i = 0; i < count; ++i)
    static_cast<double *>(storage->getData())[i] = static_cast<double>(i);
  return makeLeaf(DType::Float64, toSpan(shape), storage);
}

NodeRef numloom::sliceVector(const NodeRef &vector, int64_t start, int64_t step,
                             int64_t extent, ViewForm form) {
  return makeSlice(vector, {&start, 1}, {&step, 1}, {&extent, 1}, form);
}

std::vector<double> numloom::getElements(const NodeRef &node) {
  std::vector<double> result;
  std::span<const int64_t> strides = node->getStrides();
  forEachIndex(getShape(node), [&](const std::vector<int64_t> &index) {
    int64_t position = 0;
    for (size_t i = 0; i < index.size(); ++i)
      position += index[i] * strides[i];
    result.push_back(loadElement(node->getDType(), node->getData(), position));
  });
  return result;
}

std::vector<double> numloom::compute(const NodeRef &node) {
  numloom::evaluate(node);
  return getElements(node);
}

PyScalar numloom::makeInt(int64_t value) {
  PyScalar scalar;
  scalar.kind = PyScalar::Kind::Int;
  scalar.integer = value;
  return scalar;
}

PyScalar numloom::makeFloat(double value) {
  PyScalar scalar;
  scalar.kind = PyScalar::Kind::Float;
  scalar.real = value;
  return scalar;
}

NodeRef numloom::add(const Operand &x, const Operand &y) {
  return recordBinary(OpCode::Add, x, y);
}

NodeRef numloom::multiply(const Operand &x, const Operand &y) {
  return recordBinary(OpCode::Multiply, x, y);
}

NodeRef numloom::sum(const NodeRef &x, std::initializer_list<int64_t> axes) {
  std::vector<int64_t> attrs{static_cast<int64_t>(axes.size())}, shape;
  attrs.insert(attrs.end(), axes);
  for (size_t i = 0; i < x->getShape().size(); ++i)
    if (std::ranges::find(axes, static_cast<int64_t>(i)) == axes.end())
      shape.push_back(x->getShape()[i]);
  return record(OpCode::Sum, std::span(&x, 1), shape, DType::Float64, attrs);
}

std::vector<int64_t> numloom::getShape(const NodeRef &node) {
  return {node->getShape().begin(), node->getShape().end()};
}
