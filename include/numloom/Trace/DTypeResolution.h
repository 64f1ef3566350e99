// NumPy's promotion, casting and loop selection rules.
#ifndef NUMLOOM_TRACE_DTYPERESOLUTION_H
#define NUMLOOM_TRACE_DTYPERESOLUTION_H

#include "numloom/Dialect/Array/IR/OpTable.h"
#include "numloom/Support/DType.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace numloom {

/// NumPy's casting rules, each allowing what the ones before it allow.
enum class Casting : uint8_t { No, Equiv, Safe, SameKind, Unsafe };

/// The rule with NumPy's name `name`.
std::optional<Casting> getCastingFromName(std::string_view name);
std::string_view getName(Casting casting);

/// Python's numbers take part in promotion by their kind alone (NEP 50). A
/// Python bool is not weak: it is a numpy bool.
enum class WeakKind : uint8_t { None, Int, Float, Complex };

/// What promotion sees of an operand; `dtype` is ignored if `weak` is not None.
struct OperandType {
  DType dtype = DType::Bool;
  WeakKind weak = WeakKind::None;
};

/// The smallest dtype to which both can be cast safely; of bfloat16 and
/// float16 it is float32.
DType promoteTypes(DType a, DType b);

/// numpy.can_cast on dtypes.
bool canCast(DType from, DType to, Casting casting);
/// Whether a Python number may become `to` under `casting`.
bool canCast(WeakKind from, DType to, Casting casting);

/// numpy.result_type of dtypes and Python numbers; weak ones alone give int64,
/// float64 or complex128. `types` must not be empty.
DType resultType(std::span<const OperandType> types);

/// The most operands of a ufunc.
inline constexpr int kMaxLoopOperands = 3;

/// One signature of a ufunc.
struct Loop {
  std::array<DType, kMaxLoopOperands> inputs{};
  DType output{};
  uint8_t numInputs = 0;
};

/// All signatures of `op` in NumPy's order.
std::span<const Loop> getLoops(OpCode op);

/// Index into getLoops(op) of the signature that NumPy selects; memoized.
/// Throws Error (Type) in NumPy's words when there is none.
int resolveLoop(OpCode op, std::span<const OperandType> operands);

/// What a caller demands of the loop: `dtype=` and `casting=` of a ufunc call.
struct LoopRequest {
  /// Demanded dtypes of the inputs, then of the output (`signature=`; `dtype=`
  /// sets the output alone).
  std::array<std::optional<DType>, kMaxLoopOperands> inputs{};
  std::optional<DType> output;
  Casting casting = Casting::SameKind;
};

/// As resolveLoop, under demands. Throws Error (UfuncType) in NumPy's words
/// when an operand cannot be cast to the demanded loop.
int resolveLoop(OpCode op, std::span<const OperandType> operands,
                const LoopRequest &request);

} // namespace numloom

#endif // NUMLOOM_TRACE_DTYPERESOLUTION_H
