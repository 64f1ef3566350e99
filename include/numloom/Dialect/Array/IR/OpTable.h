// The ops as the recorder sees them: codes and facts, generated from the
// dialect's definitions. Free of LLVM.
#ifndef NUMLOOM_DIALECT_ARRAY_IR_OPTABLE_H
#define NUMLOOM_DIALECT_ARRAY_IR_OPTABLE_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace numloom {

/// One enumerator per op of the array dialect, `Add` for `array.add`.
enum class OpCode : uint16_t {
#define NUMLOOM_OP(Enum, Mnemonic, NumPyName, Kind, NumOperands, Loops,        \
                   Identity, Attrs)                                            \
  Enum,
#include "numloom/Dialect/Array/IR/OpTable.inc"
};

enum class OpKind : uint8_t { Elementwise, Reduction, Scan, View, Structure };

/// How an attribute is stored in ProgramNode::attrs. Number is the bit pattern
/// of a double for float and complex results, else an integer.
enum class AttrKind : uint8_t { None, Int, Bool, IntList, ParamList, Number };

struct AttrInfo {
  std::string_view name;
  AttrKind kind = AttrKind::None;
};

/// The facts of an op.
struct OpInfo {
  std::string_view mnemonic;  ///< "add" for array.add
  std::string_view numpyName; ///< the ufunc's name, or empty
  OpKind kind;
  int8_t numOperands; ///< -1: any number
  /// NumPy's type signatures separated by spaces, the dtype rule of ufuncs.
  std::string_view loops;
  std::string_view identity;
  std::array<AttrInfo, 3> attrs;
};

#define NUMLOOM_STRIP(...) __VA_ARGS__
inline constexpr OpInfo kOpInfos[] = {
#define NUMLOOM_OP(Enum, Mnemonic, NumPyName, Kind, NumOperands, Loops,        \
                   Identity, Attrs)                                            \
  {Mnemonic, NumPyName, OpKind::Kind,       NumOperands,                       \
   Loops,    Identity,  NUMLOOM_STRIP Attrs},
#include "numloom/Dialect/Array/IR/OpTable.inc"
};
#undef NUMLOOM_STRIP

inline constexpr size_t kNumOps = sizeof(kOpInfos) / sizeof(OpInfo);

inline constexpr const OpInfo &getInfo(OpCode op) {
  return kOpInfos[static_cast<size_t>(op)];
}

} // namespace numloom

#endif // NUMLOOM_DIALECT_ARRAY_IR_OPTABLE_H
