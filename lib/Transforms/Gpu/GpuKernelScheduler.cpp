// Functions of scheduled kernels: signature, operands, attributes.

#include "GpuKernelScheduler.h"

#include "ScheduleChoice.h"
#include "VectorChoice.h"

#include "numloom/Transforms/Attributes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;

namespace numloom::array {

GpuKernelScheduler::GpuKernelScheduler(func::FuncOp kernel,
                                       IterationSpace space,
                                       const CudaTarget &target)
    : KernelEmitter(kernel, std::move(space)), target(target) {}

gpu::GPUModuleOp GpuKernelScheduler::getModule() {
  auto bits = kernel->getAttrOfType<IntegerAttr>(kIndexBitsAttr);
  bool wide = !bits || bits.getInt() == 64;
  StringRef moduleName = wide ? "kernels_wide" : "kernels";
  auto parent = kernel->getParentOfType<ModuleOp>();
  if (auto known = parent.lookupSymbol<gpu::GPUModuleOp>(moduleName))
    return known;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(parent.getBody());
  auto module = gpu::GPUModuleOp::create(builder, moduleName);
  module->setAttr(kIndexBitsAttr, builder.getI64IntegerAttr(wide ? 64 : 32));
  return module;
}

//===----------------------------------------------------------------------===//
// Signature
//===----------------------------------------------------------------------===//

/// The type of `tensor`'s only element as an argument.
static Type getScalarType(Type tensor) {
  Type part = getMemoryType(tensor);
  return isComplex(getDType(tensor)) ? VectorType::get({2}, part) : part;
}

void GpuKernelScheduler::openFunction(StringRef suffix, ArrayRef<int64_t> ids,
                                      int64_t threads,
                                      ArrayRef<Partial> partials) {
  bufferIds.assign(ids.begin(), ids.end());
  SmallVector<Type> partialTypes;
  for (const Partial &partial : partials)
    partialTypes.push_back(partial.type);
  SmallVector<Type> types = getBufferTypes(ids, partialTypes);
  for (auto [id, type] : llvm::zip_equal(ids, types))
    if (id < kernel.getNumArguments() && kernel.getArgAttr(id, kScalarAttr))
      type = getScalarType(kernel.getArgument(id).getType());
  types.append(getNumParams(), builder.getIndexType());

  gpu::GPUModuleOp module = getModule();
  builder.setInsertionPointToEnd(module.getBody());
  function = gpu::GPUFuncOp::create(builder, name + suffix.str(),
                                    builder.getFunctionType(types, {}));
  function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    builder.getUnitAttr());
  function.setKnownBlockSizeAttr(
      builder.getDenseI32ArrayAttr({static_cast<int32_t>(threads), 1, 1}));
  function->setAttr(kBuffersAttr, builder.getDenseI64ArrayAttr(ids));
  function->setAttr(kThreadsAttr, builder.getI64IntegerAttr(threads));
  if (int64_t blocks = getOption("blocks", 0))
    function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                      builder.getI32IntegerAttr(blocks));
  setKeptBlocks();
  for (StringRef choice : {kScheduleAttr, kGuardsAttr})
    if (Attribute value = kernel->getAttr(choice))
      function->setAttr(choice, value);
  setArgumentAttributes();

  builder.setInsertionPointToEnd(&function.getBody().front());
  ArrayRef<BlockArgument> arguments = function.getArguments();
  buffers.assign(arguments.begin(), arguments.begin() + ids.size());
  ValueRange params = arguments.slice(ids.size(), getNumParams());
  threadId = gpu::ThreadIdOp::create(builder, gpu::Dimension::x);
  blockId = gpu::BlockIdOp::create(builder, gpu::Dimension::x);
  emitter.emplace(builder, space, params);
  emitter->pushScope();
  setMemoryModel();
  emitter->setReadOnce(getOption("kept_blocks", 0) > 0);
  bindOperands();
}

void GpuKernelScheduler::setKeptBlocks() {
  int64_t blocks = getOption("kept_blocks", 0);
  if (blocks == 0)
    return;
  Attribute entry =
      builder.getStrArrayAttr({kKeptBlocksAttr, std::to_string(blocks)});
  function->setAttr("passthrough", builder.getArrayAttr(entry));
}

void GpuKernelScheduler::setPartials(ArrayRef<Partial> partials) {
  SmallVector<Attribute> types, entries;
  SmallVector<bool> zeroed, counters;
  for (const Partial &partial : partials) {
    types.push_back(TypeAttr::get(partial.type));
    entries.push_back(partial.entries);
    zeroed.push_back(partial.content == Partial::Zeros);
    counters.push_back(partial.content == Partial::Counters);
  }
  function->setAttr(kPartialsAttr, builder.getArrayAttr(types));
  function->setAttr(kPartialEntriesAttr, builder.getArrayAttr(entries));
  function->setAttr(kPartialZeroedAttr, builder.getDenseBoolArrayAttr(zeroed));
  function->setAttr(kPartialCountersAttr,
                    builder.getDenseBoolArrayAttr(counters));
}

/// Whether a result is written over operand `argument`, or over one that may be
/// another view of the same buffer: equal dtypes.
static bool mayBeOverwritten(func::FuncOp kernel, unsigned argument) {
  return llvm::any_of(getInPlace(kernel), [&](int64_t operand) {
    return operand >= 0 && getDType(kernel.getArgument(operand).getType()) ==
                               getDType(kernel.getArgument(argument).getType());
  });
}

void GpuKernelScheduler::setArgumentAttributes() {
  ArrayRef<int64_t> inPlace = getInPlace(kernel);
  int64_t numOperands = kernel.getNumArguments();
  for (auto [i, id] : llvm::enumerate(bufferIds)) {
    if (!isa<MemRefType>(function.getArgument(i).getType()))
      continue;
    auto add = [&, i = i](StringRef attr, Attribute value) {
      function.setArgAttr(i, attr, value);
    };
    bool isOperand = id < numOperands;
    if (isOperand && !mayBeOverwritten(kernel, id)) {
      add(LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr());
      add(LLVM::LLVMDialect::getReadonlyAttrName(), builder.getUnitAttr());
    }
    int64_t result = id - numOperands;
    bool isResult = !isOperand && result < kernel.getNumResults();
    if (isResult && (inPlace.empty() || inPlace[result] < 0))
      add(LLVM::LLVMDialect::getNoAliasAttrName(), builder.getUnitAttr());
    if (!isOperand || !kernel.getArgAttr(id, kUnalignedAttr))
      add(LLVM::LLVMDialect::getAlignAttrName(),
          builder.getI64IntegerAttr(kMaxAccessBytes));
  }
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// What the kernel's guards promise of products of parameters.
static void addMultiples(func::FuncOp kernel, MemoryModel &memory) {
  auto guards = kernel->getAttrOfType<ArrayAttr>(kGuardsAttr);
  if (!guards)
    return;
  for (auto guard : guards.getAsRange<GuardAttr>()) {
    SizeAttr value = guard.getValue();
    if (guard.getMultiple() == 1 || value.getDivisor() != 1)
      continue;
    Monomial product(value.getMultiplier() * value.getScale());
    for (int64_t factor : value.getFactors().getValues())
      product = product * Monomial(factor);
    // The guard is on the product as a whole: a constant factor takes its part.
    int64_t constant = product.factor;
    product.factor = 1;
    memory.multiples.push_back(
        {product,
         guard.getMultiple() / std::gcd(constant, guard.getMultiple())});
  }
}

void GpuKernelScheduler::setMemoryModel() {
  MemoryModel memory;
  memory.maxAccessBytes = kMaxAccessBytes;
  addMultiples(kernel, memory);
  emitter->setMemoryModel(std::move(memory));
}

/// The element of a number passed by value.
static Elem unpackScalar(ElementBuilder &builder, DType dtype, Value argument) {
  if (isComplex(dtype))
    return {dtype,
            vector::ExtractOp::create(builder, argument, ArrayRef<int64_t>{0}),
            vector::ExtractOp::create(builder, argument, ArrayRef<int64_t>{1})};
  if (dtype != DType::Bool)
    return {dtype, argument, {}};
  Value zero = arith::ConstantOp::create(
      builder, builder.getZeroAttr(argument.getType()));
  return {
      DType::Bool,
      arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, argument, zero),
      {}};
}

void GpuKernelScheduler::bindOperands() {
  for (auto [id, buffer] : llvm::zip_equal(bufferIds, buffers)) {
    if (id >= kernel.getNumArguments())
      continue;
    Value tensor = kernel.getArgument(id);
    if (isa<MemRefType>(buffer.getType()))
      emitter->bindBuffer(tensor, buffer,
                          kernel.getArgAttr(id, kUnalignedAttr) != nullptr);
    else
      emitter->bindElement(
          tensor, unpackScalar(builder, getDType(tensor.getType()), buffer));
  }
}

void GpuKernelScheduler::closeFunction(SizeAttr blocks) {
  emitter->popScope();
  builder.setInsertionPointToEnd(&function.getBody().front());
  gpu::ReturnOp::create(builder);
  function->setAttr(kBlocksAttr, blocks);
  emitter.reset();
}

//===----------------------------------------------------------------------===//
// Helpers of schedules
//===----------------------------------------------------------------------===//

Value GpuKernelScheduler::addSharedArray(Type elementType, int64_t elements) {
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  BlockArgument array = function.addWorkgroupAttribution(
      MemRefType::get({elements}, elementType, MemRefLayoutAttrInterface(),
                      space),
      builder.getLoc());
  // Where none is given, LLVM's passes count on an array's preferred alignment
  // but the PTX printer gives it its elements': vectors would be misaligned.
  function.setWorkgroupAttributionAttr(
      function.getNumWorkgroupAttributions() - 1,
      LLVM::LLVMDialect::getAlignAttrName(),
      builder.getI64IntegerAttr(kMaxAccessBytes));
  return array;
}

Value GpuKernelScheduler::getBuffer(int64_t id) const {
  const int64_t *it = llvm::find(bufferIds, id);
  assert(it != bufferIds.end() && "the function lacks this buffer");
  return buffers[it - bufferIds.begin()];
}

Value GpuKernelScheduler::getResultBuffer(unsigned result) {
  return getBuffer(kernel.getNumArguments() + result);
}

void GpuKernelScheduler::storeElements(ArrayRef<unsigned> results,
                                       ArrayRef<Elem> elements) {
  KernelEmitter::storeElements(results, elements, [&](unsigned result) {
    return getResultBuffer(result);
  });
}

void GpuKernelScheduler::storeResults(ArrayRef<unsigned> results) {
  storeElements(results, emitResults(results));
}

void GpuKernelScheduler::copyBorders(int64_t threads) {
  for (const Border &border : getBorders()) {
    Value size = emitBorderSize(border), width = getConstant(threads);
    Value first = arith::AddIOp::create(
        builder, arith::MulIOp::create(builder, getBlockId(), width),
        getThreadId());
    Value grid = gpu::GridDimOp::create(builder, gpu::Dimension::x);
    Value source = getBuffer(border.attr.getOperand());
    Value target = getResultBuffer(border.result);
    DType dtype = getDType(kernel.getResultTypes()[border.result]);
    emitCountedLoop(first, size, arith::MulIOp::create(builder, grid, width),
                    {}, [&](Value number, const States &none) {
                      LinearExpr place = emitter->bindPlace(
                          emitBorderRun(border, number).offset);
                      emitter->storeAt(emitter->loadAt(dtype, source, place),
                                       target, place);
                      return none;
                    });
  }
}

Value GpuKernelScheduler::getConstant(int64_t value) {
  return arith::ConstantIndexOp::create(builder, value);
}

void GpuKernelScheduler::emitBarrier() { gpu::BarrierOp::create(builder); }

SizeAttr GpuKernelScheduler::getSize(const Monomial &factors, int64_t divisor,
                                     int64_t scale, const Monomial &outer) {
  return getSizeAttr(builder.getContext(), factors, divisor, scale, outer);
}

int64_t GpuKernelScheduler::getOption(StringRef option,
                                      int64_t otherwise) const {
  auto schedule = kernel->getAttrOfType<DictionaryAttr>(kScheduleAttr);
  auto value = schedule ? schedule.getAs<IntegerAttr>(option) : IntegerAttr();
  return value ? value.getInt() : otherwise;
}

} // namespace numloom::array
