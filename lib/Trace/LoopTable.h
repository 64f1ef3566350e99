// The loops of all ops, and which of them operand types select.
#ifndef NUMLOOM_LIB_TRACE_LOOPTABLE_H
#define NUMLOOM_LIB_TRACE_LOOPTABLE_H

#include "numloom/Trace/DTypeResolution.h"

#include <atomic>
#include <memory>
#include <vector>

namespace numloom {

/// dtypes, then the weak kinds.
inline constexpr size_t kNumTypeIds = kNumDTypes + 3;

inline size_t getTypeId(const OperandType &type) {
  return type.weak == WeakKind::None
             ? static_cast<size_t>(type.dtype)
             : kNumDTypes + static_cast<size_t>(type.weak) - 1;
}

/// The loops of an op. Which of them every combination of operand types selects
/// is filled in as the combinations are met.
struct OpLoops {
  explicit OpLoops(const OpInfo &info);

  static constexpr int8_t kUnknown = -1;
  std::vector<Loop> loops;
  int numOperands;
  /// By the operands' type ids, the last one's fastest.
  std::unique_ptr<std::atomic<int8_t>[]> selected;
};

const OpLoops &getOpLoops(OpCode op);

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_LOOPTABLE_H
