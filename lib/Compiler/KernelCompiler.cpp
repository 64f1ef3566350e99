// Kernel by kernel: memory cache, disk cache, then the backend.

#include "KernelCompiler.h"

#include "KernelFile.h"
#include "Session.h"

#include "numloom/Compiler/DiskCache.h"

#include "mlir/Parser/Parser.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

#include <string_view>
#include <thread>
#include <unordered_map>

using namespace mlir;

namespace numloom {

/// Ends the machine's name in a key.
static constexpr StringLiteral kTextMark = "\n---\n";

static std::string getHash(const std::string &key) {
  llvm::SHA256 sha;
  sha.update(key);
  return llvm::toHex(sha.final(), /*LowerCase=*/true);
}

/// Calls `run` for each of `count` jobs, in this thread and others.
static void forEachInParallel(size_t count,
                              function_ref<void(size_t, bool isCaller)> run) {
  std::atomic<size_t> next{0};
  auto work = [&](bool isCaller) {
    for (size_t job; (job = next++) < count;)
      run(job, isCaller);
  };
  size_t most = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> helpers;
  while (helpers.size() + 1 < std::min(count, most))
    helpers.emplace_back(work, false);
  work(true);
  for (std::thread &helper : helpers)
    helper.join();
}

/// The machine's name and the kernel's text: equal keys are equal code.
std::string KernelCompiler::getKey(ModuleOp module) const {
  std::string key = (backend->getTarget() + kTextMark).str();
  llvm::raw_string_ostream stream(key);
  module->print(stream, OpPrintingFlags().useLocalScope());
  return key;
}

/// The kernel of `key` in another context: contexts are not shared by threads.
static OwningOpRef<ModuleOp> parseKey(StringRef key, MLIRContext &context) {
  return parseSourceString<ModuleOp>(key.split(kTextMark).second, &context);
}

KernelCompiler::Kernels KernelCompiler::compile(ArrayRef<ModuleOp> modules,
                                                std::string &error) {
  auto keys = llvm::map_to_vector(
      modules, [&](ModuleOp module) { return getKey(module); });
  Kernels kernels;
  SmallVector<size_t> missing;
  // Where each key occurs first.
  std::unordered_map<std::string_view, size_t> firstOf;
  for (size_t i = 0; i < keys.size(); ++i) {
    bool isRepeated = !firstOf.try_emplace(keys[i], i).second;
    kernels.push_back(isRepeated ? nullptr : find(keys[i]));
    if (!isRepeated && !kernels.back())
      missing.push_back(i);
  }
  SmallVector<std::string> errors(missing.size());
  forEachInParallel(missing.size(), [&](size_t job, bool isCaller) {
    size_t i = missing[job];
    if (isCaller) {
      kernels[i] = build(modules[i], keys[i], errors[job]);
      return;
    }
    Session session;
    if (auto module = parseKey(keys[i], session.getContext()))
      kernels[i] = build(*module, keys[i], errors[job]);
    errors[job] += session.takeMessages();
  });
  for (auto [i, message] : llvm::zip_equal(missing, errors))
    if (!kernels[i]) {
      error = message;
      return {};
    }
  for (size_t i = 0; i < keys.size(); ++i)
    if (!kernels[i]) {
      kernels[i] = kernels[firstOf.at(keys[i])];
      ++counters.fromMemory;
    }
  return kernels;
}

std::shared_ptr<const CompiledKernel>
KernelCompiler::find(const std::string &key) {
  {
    std::lock_guard lock(mutex);
    if (auto it = kernels.find(key); it != kernels.end()) {
      ++counters.fromMemory;
      return it->second;
    }
  }
  std::optional<std::string> content = DiskCache::get().load(key);
  if (!content)
    return nullptr;
  StringRef code;
  std::string error; // what cannot be linked is built anew
  std::shared_ptr<CompiledKernel> kernel = readKernelFile(*content, code);
  if (!kernel || !backend->link(*kernel, code, getHash(key), error))
    return nullptr;
  ++counters.fromDisk;
  return keep(key, std::move(kernel));
}

std::shared_ptr<const CompiledKernel>
KernelCompiler::build(ModuleOp module, const std::string &key,
                      std::string &error) {
  std::string code, hash = getHash(key);
  OwningOpRef<ModuleOp> copy = module.clone();
  std::shared_ptr<CompiledKernel> kernel =
      backend->build(*copy, hash, code, error);
  if (!kernel || !backend->link(*kernel, code, hash, error))
    return nullptr;
  ++counters.compiled;
  DiskCache::get().store(key, writeKernelFile(*kernel, code));
  return keep(key, std::move(kernel));
}

std::shared_ptr<const CompiledKernel>
KernelCompiler::keep(const std::string &key,
                     std::shared_ptr<const CompiledKernel> kernel) {
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
  auto isUnused = [](const KernelFunction &function) {
    return std::visit(
        [](const auto &launch) { return launch.kernel.use_count() == 1; },
        function.launch);
  };
  std::erase_if(kernels, [&](const auto &entry) {
    return llvm::all_of(entry.second->functions, isUnused);
  });
}

} // namespace numloom
