// Schedules, lowers and links kernels for the CPU.

#include "CpuBackend.h"

#include "../RunPasses.h"
#include "HostTarget.h"
#include "Jit.h"
#include "ObjectEmitter.h"

#include "numloom/Transforms/Attributes.h"
#include "numloom/Transforms/Pipelines.h"

using namespace mlir;

namespace numloom {

/// Results above this size are gone from the caches before they are read
/// again. Storing past the caches saves reading what is overwritten: a third
/// of the traffic of a + b.
static constexpr int64_t kStreamedBytes = int64_t(32) << 20;

/// Whether the first result is written over an operand, whose lines are in the
/// cache when they are stored.
static bool overwritesOperand(array::FusionOp fusion) {
  auto inPlace = fusion->getAttrOfType<DenseI64ArrayAttr>(array::kInPlaceAttr);
  return inPlace && inPlace[0] >= 0;
}

std::string CpuBackend::getTarget() const {
  const HostTarget &host = HostTarget::get();
  return host.triple + '\n' + host.cpu + '\n' + host.features;
}

void CpuBackend::specialize(func::FuncOp kernel, const KernelUse &use) const {
  auto kind = kernel->getAttrOfType<array::FusionKindAttr>(array::kKindAttr);
  // Parts of a larger array begin at any multiple of their elements.
  if (!kind || kind.getValue() != array::FusionKind::Loop ||
      kernel.getNumResults() == 0 || kernel->hasAttr(array::kIntoAttr) ||
      overwritesOperand(use.fusion))
    return;
  Type result = kernel.getResultTypes().front();
  SmallVector<int64_t> hints = use.getHints();
  int64_t bytes = getBytes(array::getDType(result));
  for (int64_t extent : array::getExtents(result)) {
    if (isParam(extent) && hints.empty())
      return;
    bytes *= evaluate(extent, hints.data());
  }
  if (bytes > kStreamedBytes)
    kernel->setAttr(array::kStreamingAttr, UnitAttr::get(kernel.getContext()));
}

static SizeFormula getFormula(array::ParamsAttr factors, int64_t divisor) {
  SizeFormula formula;
  formula.factors.assign(factors.getValues().begin(),
                         factors.getValues().end());
  formula.divisor = divisor;
  return formula;
}

/// Reads what the schedule left on `function`.
static KernelFunction describe(func::FuncOp function) {
  KernelFunction result;
  result.name = function.getName().str();
  result.bufferIds =
      function->getAttrOfType<DenseI64ArrayAttr>(array::kBuffersAttr)
          .asArrayRef();
  LaunchStep launch;
  launch.work = getFormula(
      function->getAttrOfType<array::ParamsAttr>(array::kWorkAttr),
      function->getAttrOfType<IntegerAttr>(array::kWorkDivisorAttr).getInt());
  if (auto outer =
          function->getAttrOfType<array::ParamsAttr>(array::kWorkOuterAttr))
    launch.work.outer.assign(outer.getValues().begin(),
                             outer.getValues().end());
  launch.itemCost = getFormula(
      function->getAttrOfType<array::ParamsAttr>(array::kItemCostAttr), 1);
  result.launch = std::move(launch);
  return result;
}

static std::shared_ptr<CompiledKernel> describeKernel(ModuleOp scheduled) {
  auto kernel = std::make_shared<CompiledKernel>();
  for (auto function : scheduled.getOps<func::FuncOp>()) {
    kernel->functions.push_back(describe(function));
    auto partials = function->getAttrOfType<ArrayAttr>(array::kPartialsAttr);
    if (!partials)
      continue;
    // One entry per work item.
    for (Type type : partials.getAsValueRange<TypeAttr>()) {
      SizeFormula bytes =
          std::get<LaunchStep>(kernel->functions.back().launch).work;
      bytes.scale *= type.getIntOrFloatBitWidth() / 8;
      kernel->partials.push_back({bytes});
    }
  }
  return kernel;
}

std::shared_ptr<CompiledKernel> CpuBackend::build(ModuleOp module,
                                                  StringRef hash,
                                                  std::string &code,
                                                  std::string &error) const {
  const HostTarget &host = HostTarget::get();
  auto numParams = (*module.getOps<func::FuncOp>().begin())
                       ->getAttrOfType<IntegerAttr>(array::kNumParamsAttr);
  Dump dump = Dump::startKernel();
  dump.write("kernel.mlir", module);
  if (!runPasses(module, dump, [&](OpPassManager &manager) {
        buildCpuSchedulePipeline(manager, {host.vectorBytes});
      })) {
    error = "scheduling failed";
    return nullptr;
  }
  std::shared_ptr<CompiledKernel> kernel = describeKernel(module);
  SmallVector<EntryShape> shapes;
  for (const KernelFunction &function : kernel->functions)
    shapes.push_back({function.name,
                      static_cast<unsigned>(function.bufferIds.size()),
                      static_cast<unsigned>(numParams.getInt())});
  static constexpr const char *kAbis[] = {"avx512", "avx2", "scalar"};
  if (!runPasses(module, dump, [&](OpPassManager &manager) {
        buildCpuLoweringPipeline(manager,
                                 kAbis[static_cast<int>(host.vectorAbi)]);
      })) {
    error = "lowering failed";
    return nullptr;
  }
  auto llvmIr = dump.open("kernel.ll"), assembly = dump.open("kernel.s");
  code =
      emitObject(module, shapes, hash, {llvmIr.get(), assembly.get()}, error);
  return code.empty() ? nullptr : kernel;
}

bool CpuBackend::link(CompiledKernel &kernel, StringRef code, StringRef hash,
                      std::string &error) const {
  std::vector<std::string> entries;
  for (const KernelFunction &function : kernel.functions)
    entries.push_back(getEntryName(hash, function.name));
  auto linked = linkObject(code, entries, libraryDir, error);
  if (linked.empty())
    return false;
  for (auto [function, entry] : llvm::zip_equal(kernel.functions, linked)) {
    auto *launch = std::get_if<LaunchStep>(&function.launch);
    if (!launch) {
      error = "the kernel is not for the CPU";
      return false;
    }
    launch->kernel = entry;
  }
  return true;
}

} // namespace numloom
