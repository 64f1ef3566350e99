// Builds the array dialect's function of a recorded program.
#include "numloom/Compiler/BuildModule.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace numloom;

namespace {

/// Reads a node's flattened attributes one by one.
class AttrReader {
public:
  AttrReader(Builder &builder, const ProgramNode &node)
      : builder(builder), dtype(node.dtype), rest(node.attrs) {}

  Attribute read(AttrKind kind) {
    switch (kind) {
    case AttrKind::Int:
      return builder.getI64IntegerAttr(readInt());
    case AttrKind::Bool:
      return builder.getBoolAttr(readInt());
    case AttrKind::IntList:
      return builder.getDenseI64ArrayAttr(readList());
    case AttrKind::ParamList:
      return array::ParamsAttr::get(builder.getContext(), readList());
    case AttrKind::Number:
      if (isFloat(dtype) || isComplex(dtype))
        return builder.getF64FloatAttr(llvm::bit_cast<double>(readInt()));
      return builder.getI64IntegerAttr(readInt());
    case AttrKind::None:
      break;
    }
    llvm_unreachable("no kind of attribute");
  }

private:
  int64_t readInt() { return rest.consume_front(); }

  ArrayRef<int64_t> readList() {
    size_t size = readInt();
    ArrayRef<int64_t> list = rest.take_front(size);
    rest = rest.drop_front(size);
    return list;
  }

  Builder &builder;
  DType dtype;
  ArrayRef<int64_t> rest;
};

/// Builds `@main` and holds the values built so far.
class FunctionBuilder {
public:
  FunctionBuilder(MLIRContext &context, const Program &program)
      : program(program), builder(&context) {}

  OwningOpRef<ModuleOp> build();

private:
  Location getLoc(const ProgramNode &node);
  /// The type of `input` as an argument.
  Type getArgumentType(const ProgramInput &input);
  func::FuncOp buildFunction();
  /// The value of `input`, which `argument` holds.
  Value buildInput(const ProgramInput &input, BlockArgument argument);
  Value buildNode(const ProgramNode &node);

  RankedTensorType getType(DType dtype, ArrayRef<int64_t> shape) {
    return array::getTensorType(builder.getContext(), dtype, shape);
  }

  const Program &program;
  OpBuilder builder;
  SmallVector<Value> values;
};

} // namespace

Location FunctionBuilder::getLoc(const ProgramNode &node) {
  if (node.line < 0)
    return builder.getUnknownLoc();
  const SourceLine &line = program.lines[node.line];
  return FileLineColLoc::get(builder.getStringAttr(line.file), line.line, 0);
}

Type FunctionBuilder::getArgumentType(const ProgramInput &input) {
  if (input.contiguous)
    return getType(input.dtype, input.shape);
  return RankedTensorType::get(
      ShapedType::kDynamic,
      array::getElementType(builder.getContext(), input.dtype));
}

func::FuncOp FunctionBuilder::buildFunction() {
  SmallVector<Type> inputs, results;
  for (const ProgramInput &input : program.inputs)
    inputs.push_back(getArgumentType(input));
  size_t numInputs = inputs.size();
  for (size_t output : program.outputs) {
    if (output < numInputs) {
      const ProgramInput &input = program.inputs[output];
      results.push_back(getType(input.dtype, input.shape));
    } else {
      const ProgramNode &node = program.nodes[output - numInputs];
      results.push_back(getType(node.dtype, node.shape));
    }
  }
  auto function =
      func::FuncOp::create(builder, builder.getUnknownLoc(), "main",
                           builder.getFunctionType(inputs, results));
  function->setAttr(array::kParamHintsAttr,
                    builder.getDenseI64ArrayAttr(program.paramHints));
  if (program.needsWideIndices)
    function->setAttr(array::kIndexBitsAttr, builder.getI64IntegerAttr(64));
  for (auto [i, input] : llvm::enumerate(program.inputs)) {
    if (input.isScalar)
      function.setArgAttr(i, array::kScalarAttr, builder.getUnitAttr());
    if (input.isDonated)
      function.setArgAttr(i, array::kDonatedAttr, builder.getUnitAttr());
    if (!input.isAligned)
      function.setArgAttr(i, array::kUnalignedAttr, builder.getUnitAttr());
  }
  return function;
}

Value FunctionBuilder::buildInput(const ProgramInput &input,
                                  BlockArgument argument) {
  if (input.contiguous)
    return argument;
  return array::AsStridedOp::create(
      builder, builder.getUnknownLoc(), getType(input.dtype, input.shape),
      argument, array::ParamsAttr::get(builder.getContext(), input.strides));
}

Value FunctionBuilder::buildNode(const ProgramNode &node) {
  const OpInfo &info = getInfo(node.op);
  OperationState state(getLoc(node),
                       (array::ArrayDialect::getDialectNamespace() + "." +
                        StringRef(info.mnemonic))
                           .str());
  for (int32_t operand : node.operands)
    state.operands.push_back(values[operand]);
  state.addTypes(getType(node.dtype, node.shape));
  AttrReader reader(builder, node);
  for (const AttrInfo &attr : info.attrs)
    if (attr.kind != AttrKind::None)
      state.addAttribute(StringRef(attr.name), reader.read(attr.kind));
  return builder.create(state)->getResult(0);
}

OwningOpRef<ModuleOp> FunctionBuilder::build() {
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  func::FuncOp function = buildFunction();
  builder.setInsertionPointToStart(function.addEntryBlock());
  for (auto [input, argument] :
       llvm::zip(program.inputs, function.getArguments()))
    values.push_back(buildInput(input, argument));
  for (const ProgramNode &node : program.nodes)
    values.push_back(buildNode(node));
  auto results = llvm::map_to_vector(
      program.outputs, [&](int32_t output) { return values[output]; });
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  return module;
}

OwningOpRef<ModuleOp> numloom::buildModule(MLIRContext &context,
                                           const Program &program) {
  OwningOpRef<ModuleOp> module = FunctionBuilder(context, program).build();
  if (failed(verify(*module)))
    return {};
  return module;
}
