// A program that is expected to be recorded again as it was.
#ifndef NUMLOOM_LIB_TRACE_FORESEENPROGRAM_H
#define NUMLOOM_LIB_TRACE_FORESEENPROGRAM_H

#include "Linearizer.h"
#include "numloom/Runtime/Plan.h"

#include <memory>
#include <vector>

namespace numloom {

/// What a program was run with, and how its recording tells that it comes
/// again. Does not change once it is made.
class ForeseenProgram {
public:
  /// The first of the program's nodes to read some memory: while it is pending,
  /// nobody writes there.
  struct Reader {
    /// From the program's first node on in the recorded sequence.
    uint64_t distance;
    /// Its place among the program's nodes, and the operand that it reads.
    size_t position, operand;
    OpCode op;
    DType dtype;
    /// Of the memory.
    size_t bytes;
    std::vector<int64_t> shape;

    /// The memory, if `node` reads some as the reader did, directly or through
    /// views; else null. Under the evaluator's lock. Where the views begin, and
    /// how they step, is not looked at: that the flush does.
    Storage *match(const Node &node) const;
  };

  /// Whether what the linearizer holds may be foreseen: it does nothing but
  /// compute arrays, from what its parameters say. An index in memory may be
  /// out of bounds as long as nobody has checked it.
  static bool isSuited(const Linearizer &linear);
  /// Whether a GPU takes longer for it than the host for what a launch ahead
  /// costs.
  static bool isLong(const Linearizer &linear);
  /// Tells parameters and numbers apart, as a rule.
  static uint64_t hashArguments(const Linearizer &linear);

  /// The node of what the linearizer holds that was recorded first.
  static const Node &findFirst(const Linearizer &linear);

  /// What the linearizer holds and `plan` has computed, of which `first` was
  /// recorded first, at the site `site`; null where it cannot be told from its
  /// recording soon enough.
  static std::shared_ptr<const ForeseenProgram>
  make(const Linearizer &linear, std::weak_ptr<const Plan> plan,
       const Node &first, uint64_t site);

  Device getDevice() const { return device; }
  /// Null if the program cache has dropped it.
  std::shared_ptr<const Plan> getPlan() const { return plan.lock(); }
  std::span<const int64_t> getParams() const { return params; }
  /// In recorded order.
  std::span<const Reader> getReaders() const { return readers; }
  std::span<const size_t> getOutputBytes() const { return outputBytes; }
  /// The site of the first node.
  uint64_t getSite() const { return site; }

  /// Where the inputs lie, for the memory that the readers read.
  std::vector<void *> getInputs(std::span<void *const> memory) const;
  /// Whether the linearizer holds the program with the same plan, parameters
  /// and numbers, and with `pointers` as its inputs.
  bool isHeldBy(const Linearizer &linear, const Plan &plan,
                std::span<void *const> pointers) const;
  /// Whether `nodes` are its readers in what the linearizer holds and read
  /// `memory`, its first node having been number `first` of the recorded
  /// sequence. They may be dead.
  bool areReaders(std::span<const Node *const> nodes,
                  std::span<void *const> memory, uint64_t first,
                  const Linearizer &linear) const;

private:
  /// A number, or so many bytes behind the beginning of a reader's memory.
  struct Input {
    bool isNumber = false;
    ScalarBytes number;
    size_t reader = 0;
    ptrdiff_t offset = 0;
  };

  ForeseenProgram() = default;
  bool findInputs(const Linearizer &linear);
  bool addInput(const Linearizer &linear, const void *data);
  void sortReaders();
  bool isSoonEnough(const Linearizer &linear) const;

  std::weak_ptr<const Plan> plan;
  Device device;
  std::vector<int64_t> params;
  std::vector<Input> inputs;
  std::vector<Reader> readers;
  std::vector<size_t> outputBytes;
  uint64_t site = 0, first = 0;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_FORESEENPROGRAM_H
