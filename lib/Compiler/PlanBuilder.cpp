// Walks a planned program and emits the runtime's steps.

#include "PlanBuilder.h"

#include "GemmOperands.h"
#include "KernelWork.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/Attributes.h"
#include "numloom/Transforms/Destinations.h"
#include "numloom/Transforms/OutlineKernels.h"

using namespace mlir;

namespace numloom {
namespace {

/// A kernel where the program calls it, to be compiled with the others.
struct KernelCall {
  OutlinedKernel kernel;
  /// Operands, then results.
  SmallVector<BufferRef> buffers;
  size_t numOperands;

  /// Whether `buffer` is that of a result, which may be an operand's too.
  bool isWritten(BufferRef buffer) const {
    return llvm::is_contained(ArrayRef(buffers).drop_front(numOperands),
                              buffer);
  }
  /// What the launch reports.
  std::vector<SizeFormula> bytesRead, bytesWritten;
  KernelWork work;
};

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
  bool addSteps();
  bool visit(Operation *op);
  bool visitFusion(array::FusionOp op);
  bool addProduct(Operation *op, Value x, Value y);
  bool visitGemm(array::GemmOp op);
  /// One copying kernel if `operand`, a part of its owner's result, was not
  /// computed in its place.
  void addPart(OpOperand &operand);
  void bindResults(Operation *op);

  SizeFormula getBytes(Type tensor) const;
  /// Sets `operand` to what `value` is of a buffer; else says why not.
  bool addGemmOperand(Value value, GemmOperand &operand);
  void addKernel(array::FusionOp fusion, ArrayRef<BufferRef> results);
  /// Adds what `op` assumes of the program's parameters, or of its own ones
  /// that stand for `params`.
  void addGuards(Operation *op,
                 std::optional<ArrayRef<int64_t>> params = std::nullopt);
  void addLaunches(KernelCall &call, const CompiledKernel &kernel);
  static void setWork(LaunchStep &, KernelWork) {}
  static void setWork(GpuLaunchStep &launch, KernelWork work) {
    launch.work = std::move(work);
  }
  static void setByValue(LaunchStep &) {}
  void setByValue(GpuLaunchStep &launch);

  func::FuncOp program;
  KernelCompiler &compiler;
  std::string &error;
  std::shared_ptr<Plan> plan;
  DenseMap<Value, BufferRef> buffers;
  /// The program's steps in order.
  std::vector<std::variant<KernelCall, GemmStep>> calls;
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
  return addSteps() ? plan : nullptr;
}

bool PlanBuilder::addSteps() {
  SmallVector<ModuleOp> modules;
  for (const auto &call : calls)
    if (auto *kernelCall = std::get_if<KernelCall>(&call))
      modules.push_back(kernelCall->kernel.module.get());
  KernelCompiler::Kernels kernels = compiler.compile(modules, error);
  if (kernels.size() != modules.size())
    return false;
  auto kernel = kernels.begin();
  for (auto &call : calls)
    if (auto *kernelCall = std::get_if<KernelCall>(&call))
      addLaunches(*kernelCall, **kernel++);
    else
      plan->steps.push_back(std::move(std::get<GemmStep>(call)));
  return true;
}

void PlanBuilder::bindArguments() {
  for (auto [i, argument] : llvm::enumerate(program.getArguments()))
    buffers[argument] = {BufferKind::Input, static_cast<int32_t>(i)};
  auto donations =
      program->getAttrOfType<DenseI64ArrayAttr>(array::kDonationsAttr);
  if (donations)
    plan->donations.assign(donations.asArrayRef().begin(),
                           donations.asArrayRef().end());
}

void PlanBuilder::addSlots() {
  auto arena = program->getAttrOfType<ArrayAttr>(array::kArenaAttr);
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
    return addProduct(matmul, matmul.getX(), matmul.getY());
  if (auto gemm = dyn_cast<array::GemmOp>(op))
    return visitGemm(gemm);
  if (isa<array::ConcatenateOp, array::ReportOp>(op)) {
    for (OpOperand &part : op->getOpOperands())
      addPart(part);
    return true;
  }
  if (auto update = dyn_cast<array::UpdateOp>(op)) {
    addPart(update.getValueMutable());
    return true;
  }
  if (isa<array::ReshapeOp>(op)) {
    // What it gives of a view is read through that.
    auto whole = buffers.find(op->getOperand(0));
    if (whole == buffers.end())
      return true;
    // A copy: the new entry may move the others.
    BufferRef buffer = whole->second;
    buffers[op->getResult(0)] = buffer;
    return true;
  }
  // Views of a product's operands are read through its strides.
  if (isa<array::ViewOpInterface>(op))
    return true;
  error = "no step for " + op->getName().getStringRef().str();
  return false;
}

void PlanBuilder::bindResults(Operation *op) {
  auto slots = op->getAttrOfType<DenseI64ArrayAttr>(array::kSlotsAttr);
  if (!slots)
    return;
  for (auto [result, slot] :
       llvm::zip_equal(op->getResults(), slots.asArrayRef()))
    buffers[result] =
        slot >= 0
            ? BufferRef{BufferKind::Arena, static_cast<int32_t>(slot)}
            : BufferRef{BufferKind::Output, static_cast<int32_t>(-slot - 1)};
}

bool PlanBuilder::visitFusion(array::FusionOp op) {
  SmallVector<BufferRef> results;
  for (Value result : op->getResults())
    results.push_back(buffers.at(result));
  addKernel(op, results);
  return true;
}

void PlanBuilder::addPart(OpOperand &operand) {
  if (isPlaced(operand))
    return;
  Operation *op = operand.getOwner();
  OpBuilder builder(op);
  array::FusionOp copy = createCopy(builder, operand.get());
  placeInto(copy->getResult(0), operand);
  addKernel(copy, buffers.at(op->getResult(0)));
  copy->erase();
}

/// Whether the kernel stores at most a word of `result`.
static bool isReported(OpResult result) {
  OpOperand *operand = getPlacedOperand(result);
  return operand && isa<array::ReportOp>(operand->getOwner());
}

void PlanBuilder::addKernel(array::FusionOp op, ArrayRef<BufferRef> results) {
  KernelCall call{outlineKernel(op, "kernel"), {}, {}, {}, {}, measureWork(op)};
  for (Value operand : op->getOperands())
    call.buffers.push_back(buffers.at(operand));
  auto kernel = *call.kernel.module->getOps<func::FuncOp>().begin();
  compiler.getBackend().specialize(
      kernel, {program, op, call.kernel.params, call.buffers});
  addGuards(kernel, call.kernel.params);
  addGuards(op);
  call.numOperands = call.buffers.size();
  llvm::append_range(call.buffers, results);
  // Of what is scattered into only the entries' places are written.
  OpOperand *base = getUpdatedBase(op);
  for (OpOperand &operand : op->getOpOperands())
    if (&operand != base && array::hasNamedExtents(operand.get().getType()))
      call.bytesRead.push_back(getBytes(operand.get().getType()));
  for (OpOperand &yielded :
       op.getBody().front().getTerminator()->getOpOperands())
    if (Value result = yielded.get();
        !isReported(op->getResult(yielded.getOperandNumber())))
      call.bytesWritten.push_back(getBytes(
          base ? result.getDefiningOp<array::ScatterOp>().getValue().getType()
               : result.getType()));
  calls.push_back(std::move(call));
}

void PlanBuilder::addGuards(Operation *op,
                            std::optional<ArrayRef<int64_t>> params) {
  auto guards = op->getAttrOfType<ArrayAttr>(array::kGuardsAttr);
  if (!guards)
    return;
  for (auto attr : guards.getAsRange<array::GuardAttr>()) {
    SizeFormula value = getFormula(attr.getValue());
    PlanGuard guard{params ? substitute(value, *params) : value,
                    attr.getMinimum(), attr.getMaximum(), attr.getMultiple()};
    // Kernels over one space assume the same; every execution checks them all.
    if (!llvm::is_contained(plan->guards, guard))
      plan->guards.push_back(std::move(guard));
  }
}

static void substitute(LaunchStep &launch, ArrayRef<int64_t> params) {
  launch.work = substitute(launch.work, params);
  launch.itemCost = substitute(launch.itemCost, params);
}

static void substitute(GpuLaunchStep &launch, ArrayRef<int64_t> params) {
  launch.blocks = substitute(launch.blocks, params);
  launch.sharedBytes = substitute(launch.sharedBytes, params);
}

void PlanBuilder::setByValue(GpuLaunchStep &launch) {
  for (BufferRef buffer : launch.buffers)
    launch.byValue.push_back(
        buffer.kind == BufferKind::Input &&
        program.getArgAttr(buffer.index, array::kScalarAttr));
}

void PlanBuilder::addLaunches(KernelCall &call, const CompiledKernel &kernel) {
  ArrayRef<int64_t> params = call.kernel.params;
  // Partial states live in slots of their own.
  for (const ArenaSlot &partial : kernel.partials) {
    call.buffers.push_back(
        {BufferKind::Arena, static_cast<int32_t>(plan->slots.size())});
    plan->slots.push_back({substitute(partial.bytes, params), partial.content});
  }
  auto addLaunch = [&](auto launch, ArrayRef<int64_t> bufferIds) {
    for (int64_t id : bufferIds) {
      launch.buffers.push_back(call.buffers[id]);
      launch.isWritten.push_back(call.isWritten(call.buffers[id]));
    }
    setByValue(launch);
    for (int64_t param : params)
      launch.sizes.push_back(makeParam(param));
    substitute(launch, params);
    // Traffic and work are counted once.
    setWork(launch, std::exchange(call.work, {}));
    launch.bytesRead = std::exchange(call.bytesRead, {});
    launch.bytesWritten = std::exchange(call.bytesWritten, {});
    plan->steps.push_back(std::move(launch));
  };
  for (const KernelFunction &function : kernel.functions)
    std::visit(
        [&](const auto &launch) { addLaunch(launch, function.bufferIds); },
        function.launch);
}

/// The step of the product `x @ y` without an epilogue.
bool PlanBuilder::addProduct(Operation *op, Value x, Value y) {
  GemmStep step;
  Value result = op->getResult(0);
  step.dtype = array::getDType(result.getType());
  SmallVector<int64_t> extents = array::getExtents(result.getType());
  step.batch.assign(extents.begin(), extents.end() - 2);
  step.m = extents[extents.size() - 2];
  step.n = extents.back();
  step.c = getGemmResult(cast<OpResult>(result), buffers.at(result));
  step.k = array::getExtents(x.getType()).back();
  if (!addGemmOperand(x, step.a) || !addGemmOperand(y, step.b))
    return false;
  addGuards(op);
  calls.push_back(std::move(step));
  return true;
}

bool PlanBuilder::visitGemm(array::GemmOp op) {
  if (!addProduct(op, op.getX(), op.getY()))
    return false;
  GemmEpilogue &epilogue = std::get<GemmStep>(calls.back()).epilogue;
  if (op.getAlpha())
    epilogue.alpha = buffers.at(op.getAlpha());
  if (op.getBeta())
    epilogue.beta = buffers.at(op.getBeta());
  epilogue.negatesProduct = op.getNegateProduct();
  epilogue.negatesAddend = op.getNegateAddend();
  return llvm::all_of(op.getAddends(), [&](Value addend) {
    return addGemmOperand(addend, epilogue.addends.emplace_back());
  });
}

bool PlanBuilder::addGemmOperand(Value value, GemmOperand &operand) {
  auto found = getGemmOperand(value, buffers);
  if (found)
    operand = *std::move(found);
  else
    error = "a product's operand is no linear view of a buffer";
  return found.has_value();
}

} // namespace

std::shared_ptr<const Plan>
buildPlan(func::FuncOp program, KernelCompiler &compiler, std::string &error) {
  return PlanBuilder(program, compiler, error).build();
}

} // namespace numloom
