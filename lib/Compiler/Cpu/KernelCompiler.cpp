// Kernel by kernel: memory cache, disk cache, then the passes and LLVM.

#include "KernelCompiler.h"

#include "HostTarget.h"
#include "Jit.h"
#include "KernelFile.h"
#include "ObjectEmitter.h"

#include "numloom/Compiler/DiskCache.h"
#include "numloom/Compiler/Dump.h"
#include "numloom/Dialect/Array/IR/ArrayDialect.h"
#include "numloom/Transforms/Pipelines.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;

namespace numloom {

/// The kernel's text and the machine's name: equal keys are equal code.
static std::string getKey(ModuleOp module) {
  std::string key;
  llvm::raw_string_ostream stream(key);
  const HostTarget &host = HostTarget::get();
  stream << host.triple << '\n' << host.cpu << '\n' << host.features << '\n';
  module->print(stream, OpPrintingFlags().useLocalScope());
  return key;
}

static std::string getHash(const std::string &key) {
  llvm::SHA256 sha;
  sha.update(key);
  return llvm::toHex(sha.final(), /*LowerCase=*/true);
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
      function->getAttrOfType<DenseI64ArrayAttr>("array.buffers").asArrayRef();
  result.work = getFormula(
      function->getAttrOfType<array::ParamsAttr>("array.work"),
      function->getAttrOfType<IntegerAttr>("array.work_divisor").getInt());
  if (auto outer =
          function->getAttrOfType<array::ParamsAttr>("array.work_outer"))
    result.work.outer.assign(outer.getValues().begin(),
                             outer.getValues().end());
  result.itemCost = getFormula(
      function->getAttrOfType<array::ParamsAttr>("array.item_cost"), 1);
  return result;
}

static std::shared_ptr<CompiledKernel> describeKernel(ModuleOp scheduled,
                                                      int64_t numParams) {
  auto kernel = std::make_shared<CompiledKernel>();
  kernel->numParams = numParams;
  for (auto function : scheduled.getOps<func::FuncOp>()) {
    kernel->functions.push_back(describe(function));
    if (auto partials = function->getAttrOfType<ArrayAttr>("array.partials"))
      for (Type type : partials.getAsValueRange<TypeAttr>())
        kernel->partialBytes.push_back(type.getIntOrFloatBitWidth() / 8);
  }
  return kernel;
}

std::shared_ptr<const CompiledKernel>
KernelCompiler::compile(ModuleOp module, std::string &error) {
  std::string key = getKey(module);
  {
    std::lock_guard lock(mutex);
    if (auto it = kernels.find(key); it != kernels.end()) {
      ++counters.fromMemory;
      return it->second;
    }
  }
  std::shared_ptr<CompiledKernel> kernel = loadFromDisk(key, error);
  if (!kernel)
    kernel = build(module, key, error);
  if (!kernel)
    return nullptr;
  std::lock_guard lock(mutex);
  evictUnused();
  return kernels.try_emplace(key, std::move(kernel)).first->second;
}

void KernelCompiler::evictUnused() {
  // Each kernel takes three or four memory mappings, of which Linux gives a
  // process 65530; the disk cache still has what is freed here.
  constexpr size_t kMostKernels = 8192;
  if (kernels.size() < kMostKernels)
    return;
  std::erase_if(kernels, [](const auto &entry) {
    return llvm::all_of(entry.second->functions, [](const auto &function) {
      return function.code.use_count() == 1;
    });
  });
}

std::shared_ptr<CompiledKernel>
KernelCompiler::loadFromDisk(const std::string &key, std::string &error) {
  std::optional<std::string> content = DiskCache::get().load(key);
  if (!content)
    return nullptr;
  llvm::ArrayRef<char> object;
  std::shared_ptr<CompiledKernel> kernel = readKernelFile(*content, object);
  if (!kernel || !link(*kernel, object, getHash(key), error))
    return nullptr;
  ++counters.fromDisk;
  return kernel;
}

bool KernelCompiler::link(CompiledKernel &kernel, llvm::ArrayRef<char> object,
                          const std::string &hash, std::string &error) {
  std::vector<std::string> entries;
  for (const KernelFunction &function : kernel.functions)
    entries.push_back(getEntryName(hash, function.name));
  auto codes = linkObject(object, entries, libraryDir, error);
  if (codes.empty())
    return false;
  for (auto [function, code] : llvm::zip_equal(kernel.functions, codes))
    function.code = code;
  return true;
}

std::shared_ptr<CompiledKernel> KernelCompiler::build(ModuleOp module,
                                                      const std::string &key,
                                                      std::string &error) {
  OwningOpRef<ModuleOp> lowered = module.clone();
  auto function = *lowered->getOps<func::FuncOp>().begin();
  int64_t numParams =
      function->getAttrOfType<IntegerAttr>("array.num_params").getInt();
  Dump dump = Dump::startKernel();
  dump.write("kernel.mlir", *lowered);

  PassManager schedule(module.getContext());
  schedule.enableVerifier(false);
  buildCpuSchedulePipeline(schedule, {HostTarget::get().vectorBytes});
  dump.watch(schedule);
  if (failed(schedule.run(*lowered))) {
    error = "scheduling failed";
    return nullptr;
  }
  std::shared_ptr<CompiledKernel> kernel = describeKernel(*lowered, numParams);

  PassManager lowering(module.getContext());
  lowering.enableVerifier(false);
  static constexpr const char *kAbis[] = {"avx512", "avx2", "scalar"};
  buildCpuLoweringPipeline(
      lowering, kAbis[static_cast<int>(HostTarget::get().vectorAbi)]);
  dump.watch(lowering);
  if (failed(lowering.run(*lowered))) {
    error = "lowering failed";
    return nullptr;
  }
  llvm::SmallVector<EntryShape> shapes;
  for (const KernelFunction &f : kernel->functions)
    shapes.push_back({f.name, static_cast<unsigned>(f.bufferIds.size()),
                      static_cast<unsigned>(numParams)});
  std::string hash = getHash(key);
  auto llvmIr = dump.open("kernel.ll"), assembly = dump.open("kernel.s");
  llvm::SmallVector<char, 0> object =
      emitObject(*lowered, shapes, hash, {llvmIr.get(), assembly.get()}, error);
  if (object.empty() || !link(*kernel, object, hash, error))
    return nullptr;
  ++counters.compiled;
  DiskCache::get().store(key, writeKernelFile(*kernel, object));
  return kernel;
}

} // namespace numloom
