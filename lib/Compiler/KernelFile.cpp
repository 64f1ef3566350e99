// A kernel's file: a sequence of 64-bit integers and length-prefixed bytes.
// The disk cache guards its integrity; the reader still checks every bound.

#include "KernelFile.h"

#include <cstring>

namespace numloom {
namespace {

class Writer {
public:
  void integer(int64_t value) {
    bytes.append(reinterpret_cast<const char *>(&value), sizeof(value));
  }
  void integers(const std::vector<int64_t> &values) {
    integer(values.size());
    for (int64_t value : values)
      integer(value);
  }
  void text(llvm::StringRef value) {
    integer(value.size());
    bytes.append(value.data(), value.size());
  }
  void formula(const SizeFormula &value) {
    integers(value.factors);
    integer(value.multiplier);
    integer(value.divisor);
    integer(value.scale);
    integers(value.outer);
  }
  void launch(const LaunchStep &value) {
    formula(value.work);
    formula(value.itemCost);
  }
  void launch(const GpuLaunchStep &value) {
    formula(value.blocks);
    integer(value.threads);
    formula(value.sharedBytes);
  }
  void function(const KernelFunction &value) {
    text(value.name);
    integers(value.bufferIds);
    integer(value.launch.index());
    std::visit([&](const auto &step) { launch(step); }, value.launch);
  }
  void slot(const ArenaSlot &value) {
    formula(value.bytes);
    integer(int64_t(value.content));
  }

  std::string bytes;
};

class Reader {
public:
  explicit Reader(llvm::StringRef bytes) : rest(bytes) {}

  bool integer(int64_t &value) {
    if (rest.size() < sizeof(value))
      return false;
    std::memcpy(&value, rest.data(), sizeof(value));
    rest = rest.drop_front(sizeof(value));
    return true;
  }
  bool size(int64_t &value) {
    return integer(value) && value >= 0 &&
           value <= static_cast<int64_t>(rest.size());
  }
  bool integers(std::vector<int64_t> &values) {
    int64_t count;
    if (!size(count))
      return false;
    while (count--)
      if (!integer(values.emplace_back()))
        return false;
    return true;
  }
  bool text(llvm::StringRef &value) {
    int64_t count;
    if (!size(count))
      return false;
    value = rest.take_front(count);
    rest = rest.drop_front(count);
    return true;
  }
  bool formula(SizeFormula &value) {
    return integers(value.factors) && integer(value.multiplier) &&
           integer(value.divisor) && integer(value.scale) &&
           integers(value.outer);
  }
  bool launch(LaunchStep &value) {
    return formula(value.work) && formula(value.itemCost);
  }
  bool launch(GpuLaunchStep &value) {
    int64_t threads;
    if (!formula(value.blocks) || !integer(threads) ||
        !formula(value.sharedBytes))
      return false;
    value.threads = threads;
    return value.threads == threads;
  }
  bool function(KernelFunction &value) {
    llvm::StringRef name;
    int64_t kind;
    if (!text(name) || !integers(value.bufferIds) || !integer(kind))
      return false;
    value.name = name.str();
    if (kind == 1)
      return launch(value.launch.emplace<GpuLaunchStep>());
    return kind == 0 && launch(std::get<LaunchStep>(value.launch));
  }
  bool slot(ArenaSlot &value) {
    int64_t content;
    if (!formula(value.bytes) || !integer(content))
      return false;
    value.content = ArenaSlot::Content(content);
    return content >= 0 && content <= int64_t(ArenaSlot::Content::Counters);
  }
  /// Grows with what is there: the number alone may be anything.
  template <typename T>
  bool list(std::vector<T> &values, bool (Reader::*read)(T &)) {
    int64_t count;
    if (!size(count))
      return false;
    while (count--)
      if (!(this->*read)(values.emplace_back()))
        return false;
    return true;
  }
  bool isAtEnd() const { return rest.empty(); }

private:
  llvm::StringRef rest;
};

} // namespace

std::string writeKernelFile(const CompiledKernel &kernel,
                            llvm::StringRef code) {
  Writer writer;
  writer.integer(kernel.partials.size());
  for (const ArenaSlot &slot : kernel.partials)
    writer.slot(slot);
  writer.integer(kernel.functions.size());
  for (const KernelFunction &function : kernel.functions)
    writer.function(function);
  writer.text(code);
  return std::move(writer.bytes);
}

std::shared_ptr<CompiledKernel> readKernelFile(llvm::StringRef content,
                                               llvm::StringRef &code) {
  Reader reader(content);
  auto kernel = std::make_shared<CompiledKernel>();
  if (!reader.list(kernel->partials, &Reader::slot) ||
      !reader.list(kernel->functions, &Reader::function) ||
      !reader.text(code) || !reader.isAtEnd() || kernel->functions.empty())
    return nullptr;
  return kernel;
}

} // namespace numloom
