// Reading the environment's switches; free of LLVM.
#ifndef NUMLOOM_SUPPORT_ENVIRONMENT_H
#define NUMLOOM_SUPPORT_ENVIRONMENT_H

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace numloom {

/// The value of `name`; nothing when it is unset or empty.
inline std::optional<std::string_view> getEnvironment(const char *name) {
  const char *value = std::getenv(name);
  if (!value || !*value)
    return std::nullopt;
  return value;
}

/// The non-negative number that `name` holds, followed by `suffix` and nothing
/// else; nothing when it holds anything else.
inline std::optional<int64_t>
getEnvironmentNumber(const char *name, std::string_view suffix = {}) {
  auto value = getEnvironment(name);
  if (!value || value->front() < '0' || value->front() > '9')
    return std::nullopt;
  char *end = nullptr;
  int64_t number = std::strtoll(value->data(), &end, 10);
  if (std::string_view(end) != suffix)
    return std::nullopt;
  return number;
}

} // namespace numloom

#endif // NUMLOOM_SUPPORT_ENVIRONMENT_H
