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
  bool function(KernelFunction &value) {
    llvm::StringRef name;
    if (!text(name) || !integers(value.bufferIds) || !formula(value.work) ||
        !formula(value.itemCost))
      return false;
    value.name = name.str();
    return true;
  }
  /// Grows with what is there: the number alone may be anything.
  bool functions(std::vector<KernelFunction> &values) {
    int64_t count;
    if (!size(count))
      return false;
    while (count--)
      if (!function(values.emplace_back()))
        return false;
    return true;
  }
  bool isAtEnd() const { return rest.empty(); }

private:
  llvm::StringRef rest;
};

} // namespace

std::string writeKernelFile(const CompiledKernel &kernel,
                            llvm::ArrayRef<char> object) {
  Writer writer;
  writer.integer(kernel.numParams);
  writer.integers(kernel.partialBytes);
  writer.integer(kernel.functions.size());
  for (const KernelFunction &function : kernel.functions) {
    writer.text(function.name);
    writer.integers(function.bufferIds);
    writer.formula(function.work);
    writer.formula(function.itemCost);
  }
  writer.text(llvm::StringRef(object.data(), object.size()));
  return std::move(writer.bytes);
}

std::shared_ptr<CompiledKernel> readKernelFile(llvm::StringRef content,
                                               llvm::ArrayRef<char> &object) {
  Reader reader(content);
  auto kernel = std::make_shared<CompiledKernel>();
  llvm::StringRef code;
  if (!reader.integer(kernel->numParams) ||
      !reader.integers(kernel->partialBytes) ||
      !reader.functions(kernel->functions) || !reader.text(code) ||
      !reader.isAtEnd() || kernel->functions.empty())
    return nullptr;
  object = llvm::ArrayRef<char>(code.data(), code.size());
  return kernel;
}

} // namespace numloom
