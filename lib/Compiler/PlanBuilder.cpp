// Walks a planned program and emits the runtime's steps.

#include "PlanBuilder.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/OutlineKernels.h"

using namespace mlir;

namespace numloom {
namespace {

class PlanBuilder {
public:
  PlanBuilder(func::FuncOp program, KernelCompiler &compiler,
              std::string &error)
      : program(program), compiler(compiler), error(error),
        plan(std::make_shared<Plan>()) {}

  std::shared_ptr<const Plan> build();

private:
  void bindArguments();
  void addSlots();
  bool visit(Operation *op);
  bool visitFusion(array::FusionOp op);
  bool isStreamed(array::FusionOp op) const;
  bool visitMatmul(array::MatmulOp op);
  bool visitConcatenate(array::ConcatenateOp op);
  void bindResults(Operation *op);

  SizeFormula getBytes(Type tensor) const;
  /// The buffer and strides (in elements) of a matrix product's operand.
  bool getGemmOperand(Value value, GemmOperand &operand);
  bool addKernel(array::FusionOp fusion, ArrayRef<BufferRef> results);
  void addLaunches(const CompiledKernel &kernel, ArrayRef<int64_t> params,
                   array::FusionOp fusion, ArrayRef<BufferRef> results);

  func::FuncOp program;
  KernelCompiler &compiler;
  std::string &error;
  std::shared_ptr<Plan> plan;
  DenseMap<Value, BufferRef> buffers;
};

/// `formula` of a kernel as one of the program.
SizeFormula substitute(SizeFormula formula, ArrayRef<int64_t> params) {
  for (std::vector<int64_t> *factors : {&formula.factors, &formula.outer})
    for (int64_t &factor : *factors)
      if (isParam(factor))
        factor = makeParam(params[getParamIndex(factor)]);
  return formula;
}

std::shared_ptr<const Plan> PlanBuilder::build() {
  bindArguments();
  addSlots();
  for (Operation &op : program.getBody().front().without_terminator())
    if (!visit(&op))
      return nullptr;
  return plan;
}

void PlanBuilder::bindArguments() {
  for (auto [i, argument] : llvm::enumerate(program.getArguments()))
    buffers[argument] = {BufferKind::Input, static_cast<int32_t>(i)};
}

void PlanBuilder::addSlots() {
  auto arena = program->getAttrOfType<ArrayAttr>("array.arena");
  if (!arena)
    return;
  for (auto factors : arena.getAsRange<array::ParamsAttr>()) {
    SizeFormula bytes;
    bytes.factors.assign(factors.getValues().begin(),
                         factors.getValues().end());
    plan->slots.push_back({bytes});
  }
}

SizeFormula PlanBuilder::getBytes(Type tensor) const {
  SmallVector<int64_t> extents = array::getExtents(tensor);
  SizeFormula formula;
  formula.factors.assign(extents.begin(), extents.end());
  formula.multiplier = numloom::getBytes(array::getDType(tensor));
  return formula;
}

bool PlanBuilder::visit(Operation *op) {
  bindResults(op);
  if (auto fusion = dyn_cast<array::FusionOp>(op))
    return visitFusion(fusion);
  if (auto matmul = dyn_cast<array::MatmulOp>(op))
    return visitMatmul(matmul);
  if (auto concatenate = dyn_cast<array::ConcatenateOp>(op))
    return visitConcatenate(concatenate);
  if (isa<array::ReshapeOp>(op)) {
    buffers[op->getResult(0)] = buffers.at(op->getOperand(0));
    return true;
  }
  // Views of a product's operands are read through its strides.
  if (isa<array::ViewOpInterface>(op))
    return true;
  error = "no step for " + op->getName().getStringRef().str();
  return false;
}

void PlanBuilder::bindResults(Operation *op) {
  auto slots = op->getAttrOfType<DenseI64ArrayAttr>("array.slots");
  if (!slots)
    return;
  for (auto [result, slot] :
       llvm::zip_equal(op->getResults(), slots.asArrayRef()))
    buffers[result] =
        slot >= 0
            ? BufferRef{BufferKind::Arena, static_cast<int32_t>(slot)}
            : BufferRef{BufferKind::Output, static_cast<int32_t>(-slot - 1)};
}

/// Results above this size are gone from the caches before they are read
/// again. Storing past the caches saves reading what is overwritten: a third
/// of the traffic of a + b.
static constexpr int64_t kStreamedBytes = int64_t(32) << 20;

bool PlanBuilder::isStreamed(array::FusionOp op) const {
  auto hints = program->getAttrOfType<DenseI64ArrayAttr>("array.param_hints");
  auto kind = op->getAttrOfType<StringAttr>("kind");
  if (!hints || !kind || kind.getValue() != "loop" || op->getNumResults() == 0)
    return false;
  SizeFormula bytes = getBytes(op->getResultTypes().front());
  bool known = llvm::all_of(bytes.factors, [&](int64_t extent) {
    return !isParam(extent) || getParamIndex(extent) < hints.size();
  });
  return known && bytes.evaluate(hints.asArrayRef().data()) > kStreamedBytes;
}

bool PlanBuilder::visitFusion(array::FusionOp op) {
  if (isStreamed(op))
    op->setAttr("array.streaming", UnitAttr::get(op.getContext()));
  SmallVector<BufferRef> results;
  for (Value result : op->getResults())
    results.push_back(buffers.at(result));
  return addKernel(op, results);
}

/// A concatenation is one copying kernel per operand, each into its part of
/// the result.
bool PlanBuilder::visitConcatenate(array::ConcatenateOp op) {
  OpBuilder builder(op);
  SmallVector<int64_t> starts;
  SmallVector<int64_t> extents = array::getExtents(op.getType());
  auto getParams = [&](ArrayRef<int64_t> values) {
    return array::ParamsAttr::get(op.getContext(), values);
  };
  for (Value operand : op.getOperands()) {
    auto copy = array::FusionOp::create(builder, op.getLoc(), operand.getType(),
                                        operand);
    Block *body = &copy.getBody().emplaceBlock();
    Value argument = body->addArgument(operand.getType(), op.getLoc());
    OpBuilder atEnd = OpBuilder::atBlockEnd(body);
    array::YieldOp::create(atEnd, op.getLoc(), argument);
    copy->setAttr("kind", builder.getStringAttr("loop"));
    copy->setAttr("array.into", getParams(extents));
    copy->setAttr("array.into_axis", op.getAxisAttr());
    copy->setAttr("array.into_start", getParams(starts));
    if (!addKernel(copy, buffers.at(op.getResult())))
      return false;
    starts.push_back(array::getExtents(operand.getType())[op.getAxis()]);
    copy->erase();
  }
  return true;
}

bool PlanBuilder::addKernel(array::FusionOp op, ArrayRef<BufferRef> results) {
  OutlinedKernel outlined = outlineKernel(op, "kernel");
  std::shared_ptr<const CompiledKernel> kernel =
      compiler.compile(*outlined.module, error);
  if (!kernel)
    return false;
  addLaunches(*kernel, outlined.params, op, results);
  return true;
}

void PlanBuilder::addLaunches(const CompiledKernel &kernel,
                              ArrayRef<int64_t> params, array::FusionOp fusion,
                              ArrayRef<BufferRef> results) {
  SmallVector<BufferRef> refs;
  for (Value operand : fusion->getOperands())
    refs.push_back(buffers.at(operand));
  llvm::append_range(refs, results);
  // Partial states live in slots of their own: one entry per work item.
  for (int64_t bytes : kernel.partialBytes) {
    SizeFormula formula = substitute(kernel.functions.front().work, params);
    formula.scale *= bytes;
    refs.push_back(
        {BufferKind::Arena, static_cast<int32_t>(plan->slots.size())});
    plan->slots.push_back({formula});
  }
  for (const KernelFunction &function : kernel.functions) {
    LaunchStep step;
    step.kernel = function.code;
    for (int64_t id : function.bufferIds)
      step.buffers.push_back(refs[id]);
    for (int64_t param : params)
      step.sizes.push_back(makeParam(param));
    step.work = substitute(function.work, params);
    step.itemCost = substitute(function.itemCost, params);
    if (&function == &kernel.functions.front()) {
      for (Value operand : fusion->getOperands())
        if (cast<RankedTensorType>(operand.getType()).getEncoding() ||
            cast<RankedTensorType>(operand.getType()).hasStaticShape())
          step.bytesRead.push_back(getBytes(operand.getType()));
      for (Value result : fusion->getResults())
        step.bytesWritten.push_back(getBytes(result.getType()));
    }
    plan->steps.push_back(std::move(step));
  }
}

bool PlanBuilder::visitMatmul(array::MatmulOp op) {
  GemmStep step;
  step.dtype = array::getDType(op.getType());
  SmallVector<int64_t> x = array::getExtents(op.getX().getType());
  SmallVector<int64_t> result = array::getExtents(op.getType());
  step.batch.assign(result.begin(), result.end() - 2);
  step.m = result[result.size() - 2];
  step.n = result.back();
  step.k = x.back();
  if (!getGemmOperand(op.getX(), step.a) ||
      !getGemmOperand(op.getY(), step.b) ||
      !getGemmOperand(op.getResult(), step.c))
    return false;
  plan->steps.push_back(std::move(step));
  return true;
}

/// The stride of each dimension of `value` as a formula, and the buffer below
/// its views.
bool PlanBuilder::getGemmOperand(Value value, GemmOperand &operand) {
  size_t rank = array::getExtents(value.getType()).size();
  // Walk an identity point down the views: the coefficient of dimension d in
  // the buffer's offset is its stride.
  SmallVector<array::LinearExpr> point;
  for (unsigned dim = 0; dim < rank; ++dim)
    point.push_back(array::LinearExpr::dim(dim));
  while (!buffers.contains(value)) {
    auto view = cast<array::ViewOpInterface>(value.getDefiningOp());
    SmallVector<array::LinearExpr> operandPoint;
    if (failed(view.mapIndex(point, operandPoint))) {
      error = "a product's operand is no linear view of a buffer";
      return false;
    }
    point = std::move(operandPoint);
    value = view->getOperand(0);
  }
  array::LinearExpr offset = array::getBufferOffset(value.getType(), point);
  auto getStride = [&](unsigned dim) {
    array::Monomial coefficient = offset.getCoefficient(dim);
    SizeFormula formula;
    formula.multiplier = coefficient.factor;
    for (int64_t param : coefficient.params)
      formula.factors.push_back(makeParam(param));
    return formula;
  };
  operand.buffer = buffers.at(value);
  for (unsigned dim = 0; dim + 2 < rank; ++dim)
    operand.batchStrides.push_back(getStride(dim));
  operand.rowStride = getStride(rank - 2);
  operand.colStride = getStride(rank - 1);
  return true;
}

} // namespace

std::shared_ptr<const Plan>
buildPlan(func::FuncOp program, KernelCompiler &compiler, std::string &error) {
  return PlanBuilder(program, compiler, error).build();
}

} // namespace numloom
