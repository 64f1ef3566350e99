// The parameters of a program: integers that it does not depend on.
#ifndef NUMLOOM_LIB_TRACE_PARAMTABLE_H
#define NUMLOOM_LIB_TRACE_PARAMTABLE_H

#include "numloom/Support/Param.h"

#include <cstdint>
#include <span>
#include <vector>

namespace numloom {

/// Numbers integers by first appearance. Extents and steps (starts, steps,
/// strides) are numbered apart, so that a start that equals an extent by
/// coincidence does not make another program. Of one kind, different numbers
/// are different integers: passes rely on it (Transforms/UpdateHazards.cpp).
class ParamTable {
public:
  void clear();

  /// 0 and 1 are constants; equal extents share a parameter.
  int64_t encodeExtent(int64_t extent) {
    return extent == 0 || extent == 1 ? extent : encode(extent, Space::Extent);
  }
  /// -1, 0 and 1 are constants, and what lies between -`largest` and `largest`.
  int64_t encodeStep(int64_t step, int64_t largest = 1) {
    return step >= -largest && step <= largest ? step
                                               : encode(step, Space::Step);
  }

  std::span<const int64_t> getValues() const { return values; }

private:
  enum class Space : uint8_t { Extent, Step };
  struct Slot {
    int64_t value;
    int32_t param = kFree;
    Space space;
  };
  static constexpr int32_t kFree = -1;

  int64_t encode(int64_t value, Space space);
  Slot &find(int64_t value, Space space);
  void grow();

  std::vector<int64_t> values;
  std::vector<Space> spaces;
  /// Open addressing; a power of two slots, at most half of them taken.
  std::vector<Slot> slots;
};

} // namespace numloom

#endif // NUMLOOM_LIB_TRACE_PARAMTABLE_H
