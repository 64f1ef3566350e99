// A compiled program as the runtime sees it: a flat list of steps over
// buffers whose sizes are formulas of the parameters. Free of LLVM.
#ifndef NUMLOOM_RUNTIME_PLAN_H
#define NUMLOOM_RUNTIME_PLAN_H

#include "numloom/Support/DType.h"
#include "numloom/Support/Device.h"
#include "numloom/Support/Param.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace numloom {

/// ceil(multiplier * product of `factors` / divisor) * scale * product of
/// `outer`; a factor is a constant or a parameter (Support/Param.h).
struct SizeFormula {
  std::vector<int64_t> factors;
  int64_t multiplier = 1;
  int64_t divisor = 1;
  int64_t scale = 1;
  std::vector<int64_t> outer;

  static SizeFormula constant(int64_t value) {
    SizeFormula formula;
    formula.multiplier = value;
    return formula;
  }

  int64_t evaluate(const int64_t *params) const {
    int64_t product = multiplier, times = scale;
    for (int64_t factor : factors)
      product *= numloom::evaluate(factor, params);
    for (int64_t factor : outer)
      times *= numloom::evaluate(factor, params);
    return times * (divisor == 1 ? product : (product + divisor - 1) / divisor);
  }
  friend bool operator==(const SizeFormula &, const SizeFormula &) = default;
};

/// Where a buffer of a plan lives.
enum class BufferKind : uint8_t {
  Input,  ///< `index`-th input of the program, given by the caller
  Output, ///< `index`-th output of the program, given by the caller
  Arena   ///< `index`-th slot of the plan's arena
};

struct BufferRef {
  BufferKind kind;
  int32_t index;

  friend bool operator==(BufferRef, BufferRef) = default;
};

/// A compiled CPU kernel. Work item indices run from `begin` to `end`; items
/// are independent, so any split of the range gives the same result.
using CpuKernelFn = void (*)(void **buffers, const int64_t *sizes,
                             int64_t begin, int64_t end);

/// Keeps the machine code of a kernel alive.
struct KernelCode {
  virtual ~KernelCode() = default;
  CpuKernelFn function = nullptr;
  std::string name;
};

/// Runs a kernel over `work` items, in pieces of at least `grain` items.
struct LaunchStep {
  std::shared_ptr<const KernelCode> kernel;
  std::vector<BufferRef> buffers;
  /// For each buffer: whether the kernel writes it. Empty: it may write all.
  std::vector<bool> isWritten;
  /// The kernel's `sizes`: constants or parameters.
  std::vector<int64_t> sizes;
  SizeFormula work;
  /// What one work item is worth in bytes of an addition: the executor derives
  /// the grain from it.
  SizeFormula itemCost;
  /// What `stats()` and `explain()` report; each the sum of its terms.
  std::vector<SizeFormula> bytesRead, bytesWritten;
};

/// Machine code for one GPU architecture: a cubin, or PTX text that the driver
/// compiles. The runtime loads it into a device's context at first use.
struct GpuImage {
  std::string bytes;
  mutable std::array<std::atomic<void *>, kMaxCudaDevices> modules{};
};

/// One entry of an image.
struct GpuKernelCode {
  std::shared_ptr<const GpuImage> image;
  std::string entry;
  mutable std::array<std::atomic<void *>, kMaxCudaDevices> functions{};
};

/// A bound of what a kernel computes: so many operations at each point of the
/// largest of some spaces, which are lists of extents (constants or
/// parameters).
struct KernelWork {
  std::vector<std::vector<int64_t>> spaces;
  int64_t operations = 0;

  /// Of the extents' product no int64 need be large enough.
  double evaluate(const int64_t *params) const {
    double largest = 0;
    for (const std::vector<int64_t> &space : spaces) {
      double points = 1;
      for (int64_t extent : space)
        points *= static_cast<double>(numloom::evaluate(extent, params));
      largest = points > largest ? points : largest;
    }
    return largest * static_cast<double>(operations);
  }
};

/// Launches a GPU kernel. Its arguments are the buffers in order, as pointers
/// or by value, then the sizes, of which the kernel takes 32 or 64 bits each.
struct GpuLaunchStep {
  std::shared_ptr<const GpuKernelCode> kernel;
  std::vector<BufferRef> buffers;
  /// For each buffer: whether the number that lies there is the argument.
  std::vector<bool> byValue;
  /// As in LaunchStep.
  std::vector<bool> isWritten;
  /// Constants or parameters.
  std::vector<int64_t> sizes;
  /// Blocks of the one-dimensional grid; no launch when there are none.
  SizeFormula blocks;
  int32_t threads = 256;
  /// Dynamic shared memory of a block.
  SizeFormula sharedBytes = SizeFormula::constant(0);
  /// Empty for the later launches of one kernel, which combine a few results.
  KernelWork work;
  /// As in LaunchStep.
  std::vector<SizeFormula> bytesRead, bytesWritten;
};

/// An operand of a matrix product, or its result, batch dimensions first.
/// Strides are in elements.
struct GemmOperand {
  BufferRef buffer;
  std::vector<SizeFormula> batchStrides;
  SizeFormula rowStride, colStride;
  /// Where in the buffer the element of index (0, ..., 0) lies: the sum of
  /// these.
  std::vector<SizeFormula> offset = {};
};

/// What is done with a product on its way to memory: alpha * product +
/// beta * addends[0] + addends[1], in this order. GPU plans only. The first
/// addend may be what lies where the product goes; else neither overlaps it.
struct GemmEpilogue {
  /// Numbers that the caller gives on the host; 1 if absent.
  std::optional<BufferRef> alpha, beta;
  bool negatesProduct = false, negatesAddend = false;
  /// At most two, of the product's shape.
  std::vector<GemmOperand> addends;
};

/// c[b] = a[b] @ b[b] through BLAS (float and complex dtypes) or the runtime's
/// own loop (integer dtypes); the elements of a row of c are neighbours.
struct GemmStep {
  DType dtype;
  std::vector<int64_t> batch;
  int64_t m, n, k;
  GemmOperand a, b, c;
  GemmEpilogue epilogue;
};

using Step = std::variant<LaunchStep, GpuLaunchStep, GemmStep>;

/// One slot of the arena; values with disjoint lifetimes and equal formulas
/// share a slot.
struct ArenaSlot {
  SizeFormula bytes;
  /// What lies there before the first step (GPU plans only): counters are zero
  /// before a kernel and after it, so that all of a stream can be the same.
  enum class Content : uint8_t { Any, Zeros, Counters };
  Content content = Content::Any;
};

/// What a compiler assumed of the parameters, guided by their hints: `value`
/// lies in [minimum, maximum] and is a multiple of `multiple`.
struct PlanGuard {
  SizeFormula value;
  int64_t minimum = 0;
  int64_t maximum = std::numeric_limits<int64_t>::max();
  int64_t multiple = 1;

  friend bool operator==(const PlanGuard &, const PlanGuard &) = default;

  bool holds(const int64_t *params) const {
    int64_t actual = value.evaluate(params);
    return actual >= minimum && actual <= maximum && actual % multiple == 0;
  }
};

/// What an executor keeps with a plan between its executions. A copy of a plan
/// begins without.
class PlanMemo {
public:
  struct Content {
    virtual ~Content() = default;
  };

  PlanMemo() = default;
  PlanMemo(const PlanMemo &) {}
  PlanMemo &operator=(const PlanMemo &) { return *this; }
  ~PlanMemo() { delete content.load(std::memory_order_acquire); }

  /// Null before `set`.
  Content *get() const { return content.load(std::memory_order_acquire); }
  /// Keeps `made`, or what another thread was first to set; returns it.
  Content *set(std::unique_ptr<Content> made) const {
    Content *expected = nullptr;
    if (content.compare_exchange_strong(expected, made.get()))
      return made.release();
    return expected;
  }

private:
  mutable std::atomic<Content *> content{nullptr};
};

/// What executing a program means. Immutable once built, shared by threads.
struct Plan {
  std::vector<ArenaSlot> slots;
  std::vector<Step> steps;
  /// For each output the input whose memory it must be given, or -1 where it
  /// must have its own; empty if all have their own.
  std::vector<int32_t> donations;
  /// The plan is right for parameters that pass all of these.
  std::vector<PlanGuard> guards;
  PlanMemo memo;

  bool isValidFor(const int64_t *params) const {
    for (const PlanGuard &guard : guards)
      if (!guard.holds(params))
        return false;
    return true;
  }
};

} // namespace numloom

#endif // NUMLOOM_RUNTIME_PLAN_H
