// Op codes by name, at compile time.
#ifndef NUMLOOM_PYTHON_OPS_H
#define NUMLOOM_PYTHON_OPS_H

#include "numloom/Dialect/Array/IR/OpTable.h"

#include <optional>
#include <string_view>

namespace numloom::python {

/// The op that records NumPy's ufunc `name`.
constexpr std::optional<OpCode> lookUpUfunc(std::string_view name) {
  for (size_t i = 0; i < kNumOps; ++i)
    if (kOpInfos[i].kind == OpKind::Elementwise &&
        kOpInfos[i].numpyName == name)
      return static_cast<OpCode>(i);
  return std::nullopt;
}

} // namespace numloom::python

#endif // NUMLOOM_PYTHON_OPS_H
