// Integers of a program that are either constants or known only at run time.
#ifndef NUMLOOM_SUPPORT_PARAM_H
#define NUMLOOM_SUPPORT_PARAM_H

#include <cstdint>
#include <limits>

namespace numloom {

/// An extent, start, step or stride in a program is an int64_t that is either
/// a constant or the index of a run-time parameter. Parameters sit at the
/// bottom of the value range, where no extent or stride can be, so that both
/// fit one integer: programs hash, compare and serialise without a tag.
inline constexpr int64_t kParamBase = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kMaxParams = int64_t(1) << 32;

inline constexpr bool isParam(int64_t value) {
  return value < kParamBase + kMaxParams;
}
inline constexpr int64_t makeParam(int64_t index) { return kParamBase + index; }
inline constexpr int64_t getParamIndex(int64_t param) {
  return param - kParamBase;
}

/// The value of `value` when the parameters are `params`.
inline constexpr int64_t evaluate(int64_t value, const int64_t *params) {
  return isParam(value) ? params[getParamIndex(value)] : value;
}

} // namespace numloom

#endif // NUMLOOM_SUPPORT_PARAM_H
