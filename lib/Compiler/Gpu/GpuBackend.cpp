// Schedules, lowers and assembles kernels for a CUDA device.

#include "GpuBackend.h"

#include "../RunPasses.h"

#include "numloom/Compiler/EmitPtx.h"
#include "numloom/Transforms/Attributes.h"
#include "numloom/Transforms/ChooseGpuSchedule.h"
#include "numloom/Transforms/Pipelines.h"

using namespace mlir;

namespace numloom {

std::unique_ptr<GpuBackend> GpuBackend::create(const CudaTarget &target,
                                               const std::string &packageDir,
                                               std::string &error) {
  const GpuChip *chip = GpuChip::find(target.computeCapability, error);
  if (!chip)
    return nullptr;
  const NvJitLink *assembler = NvJitLink::find(packageDir);
  if (assembler && !assembler->supports(chip->getName()))
    assembler = nullptr;
  return std::unique_ptr<GpuBackend>(new GpuBackend(target, *chip, assembler));
}

std::string GpuBackend::getTarget() const {
  return chip.getName() + ' ' + chip.getFeatures() + '\n' +
         std::to_string(target.multiprocessors) + " multiprocessors of " +
         std::to_string(target.sharedBytesPerBlock) + " bytes, cache of " +
         std::to_string(target.cacheBytes) + '\n' +
         (assembler ? assembler->getName() : "PTX");
}

void GpuBackend::mark(func::FuncOp program) {
  program->setAttr(array::kGpuAttr, UnitAttr::get(program.getContext()));
}

/// Says of every operand whether it is a number and whether it is aligned.
static void describeOperands(func::FuncOp kernel, const KernelUse &use) {
  auto unit = UnitAttr::get(kernel.getContext());
  for (auto [i, operand] : llvm::enumerate(use.operands))
    for (StringRef fact : {array::kScalarAttr, array::kUnalignedAttr})
      if (use.hasInputAttr(operand, fact))
        kernel.setArgAttr(i, fact, unit);
}

void GpuBackend::specialize(func::FuncOp kernel, const KernelUse &use) const {
  Builder builder(kernel.getContext());
  describeOperands(kernel, use);
  if (Attribute inPlace = use.fusion->getAttr(array::kInPlaceAttr))
    kernel->setAttr(array::kInPlaceAttr, inPlace);
  Attribute indexBits = use.program->getAttr(array::kIndexBitsAttr);
  kernel->setAttr(array::kIndexBitsAttr,
                  indexBits ? indexBits : builder.getI64IntegerAttr(32));
  array::chooseGpuSchedule(kernel, use.getHints(), target);
}

/// Reads what the schedule left on `function`.
static KernelFunction describe(gpu::GPUFuncOp function) {
  KernelFunction result;
  result.name = function.getName().str();
  result.bufferIds =
      function->getAttrOfType<DenseI64ArrayAttr>(array::kBuffersAttr)
          .asArrayRef();
  GpuLaunchStep launch;
  launch.blocks =
      getFormula(function->getAttrOfType<array::SizeAttr>(array::kBlocksAttr));
  launch.threads =
      function->getAttrOfType<IntegerAttr>(array::kThreadsAttr).getInt();
  result.launch = std::move(launch);
  return result;
}

static void describePartials(gpu::GPUFuncOp function, CompiledKernel &kernel) {
  auto types = function->getAttrOfType<ArrayAttr>(array::kPartialsAttr);
  if (!types)
    return;
  auto entries = function->getAttrOfType<ArrayAttr>(array::kPartialEntriesAttr);
  auto zeroed =
      function->getAttrOfType<DenseBoolArrayAttr>(array::kPartialZeroedAttr);
  auto counters =
      function->getAttrOfType<DenseBoolArrayAttr>(array::kPartialCountersAttr);
  for (auto [type, count, isZeroed, isCounter] :
       llvm::zip_equal(types.getAsValueRange<TypeAttr>(),
                       entries.getAsRange<array::SizeAttr>(),
                       zeroed.asArrayRef(), counters.asArrayRef())) {
    SizeFormula bytes = getFormula(count);
    bytes.scale *= type.getIntOrFloatBitWidth() / 8;
    kernel.partials.push_back({bytes, isCounter  ? ArenaSlot::Content::Counters
                                      : isZeroed ? ArenaSlot::Content::Zeros
                                                 : ArenaSlot::Content::Any});
  }
}

static std::shared_ptr<CompiledKernel>
describeKernel(gpu::GPUModuleOp scheduled) {
  auto kernel = std::make_shared<CompiledKernel>();
  for (auto function : scheduled.getOps<gpu::GPUFuncOp>()) {
    kernel->functions.push_back(describe(function));
    describePartials(function, *kernel);
  }
  return kernel;
}

std::shared_ptr<CompiledKernel> GpuBackend::build(ModuleOp module,
                                                  StringRef hash,
                                                  std::string &code,
                                                  std::string &error) const {
  Dump dump = Dump::startKernel();
  dump.write("kernel.mlir", module);
  if (!runPasses(module, dump, [&](OpPassManager &manager) {
        buildGpuSchedulePipeline(manager, target);
      })) {
    error = "scheduling failed";
    return nullptr;
  }
  auto kernels = *module.getOps<gpu::GPUModuleOp>().begin();
  std::shared_ptr<CompiledKernel> kernel = describeKernel(kernels);
  if (!runPasses(module, dump, buildGpuLoweringPipeline)) {
    error = "lowering failed";
    return nullptr;
  }
  auto getEntry = [&](StringRef name) { return getEntryName(hash, name); };
  std::string ptx = emitPtx(kernels, chip.computeCapability, getEntry,
                            dump.open("kernel.ll").get(), error);
  if (ptx.empty())
    return nullptr;
  if (auto file = dump.open("kernel.ptx"))
    *file << ptx;
  if (!assembler) {
    code = std::move(ptx);
    return kernel;
  }
  auto cubin = assembler->assemble(ptx, chip.getName(), error);
  if (!cubin)
    return nullptr;
  code = std::move(*cubin);
  return kernel;
}

bool GpuBackend::link(CompiledKernel &kernel, StringRef code, StringRef hash,
                      std::string &error) const {
  auto image = std::make_shared<GpuImage>();
  image->bytes = code.str();
  for (KernelFunction &function : kernel.functions) {
    auto *launch = std::get_if<GpuLaunchStep>(&function.launch);
    if (!launch) {
      error = "the kernel is not for the GPU";
      return false;
    }
    auto entry = std::make_shared<GpuKernelCode>();
    entry->image = image;
    entry->entry = getEntryName(hash, function.name);
    launch->kernel = std::move(entry);
  }
  return true;
}

} // namespace numloom
