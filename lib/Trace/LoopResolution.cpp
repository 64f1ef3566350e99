// Selection of a ufunc's loop from the dtypes of its operands.
#include "LoopTable.h"
#include "numloom/Trace/Error.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace numloom;

static std::string getUfuncName(OpCode op) {
  const OpInfo &info = getInfo(op);
  return std::string(info.numpyName.empty() ? info.mnemonic : info.numpyName);
}

//===----------------------------------------------------------------------===//
// The loops of all ops
//===----------------------------------------------------------------------===//

/// Parses "dd->d"; only the first output counts, an op has one result.
static Loop parseLoop(std::string_view signature) {
  Loop loop;
  size_t arrow = signature.find("->");
  for (char c : signature.substr(0, arrow))
    loop.inputs[loop.numInputs++] = getDTypeFromChar(c).value();
  loop.output = getDTypeFromChar(signature[arrow + 2]).value();
  return loop;
}

static std::vector<Loop> parseLoops(std::string_view signatures) {
  std::vector<Loop> loops;
  while (!signatures.empty()) {
    size_t end = std::min(signatures.find(' '), signatures.size());
    loops.push_back(parseLoop(signatures.substr(0, end)));
    signatures.remove_prefix(std::min(end + 1, signatures.size()));
  }
  return loops;
}

OpLoops::OpLoops(const OpInfo &info)
    : loops(parseLoops(info.loops)), numOperands(info.numOperands) {
  size_t size = loops.empty() ? 0 : 1;
  for (int i = 0; i < numOperands; ++i)
    size *= kNumTypeIds;
  selected = std::make_unique<std::atomic<int8_t>[]>(size);
  for (size_t i = 0; i < size; ++i)
    selected[i].store(kUnknown, std::memory_order_relaxed);
}

const OpLoops &numloom::getOpLoops(OpCode op) {
  // Never destroyed: other threads may record while the process exits.
  static const auto *all =
      new std::vector<OpLoops>(std::begin(kOpInfos), std::end(kOpInfos));
  return (*all)[static_cast<size_t>(op)];
}

std::span<const Loop> numloom::getLoops(OpCode op) {
  return getOpLoops(op).loops;
}

//===----------------------------------------------------------------------===//
// NumPy's search
//===----------------------------------------------------------------------===//

/// A Python number of a higher kind than all arrays joins them as the dtype
/// that the arrays and it promote to; one of no higher kind stays weak and fits
/// every loop of its kind or above. `out` gets the operands after this.
static void settleWeakOperands(std::span<const OperandType> operands,
                               OperandType *out) {
  bool anyStrong = false;
  OperandType strong;
  for (const OperandType &type : operands) {
    if (type.weak != WeakKind::None)
      continue;
    strong.dtype =
        anyStrong ? promoteTypes(strong.dtype, type.dtype) : type.dtype;
    anyStrong = true;
  }
  for (size_t i = 0; i < operands.size(); ++i) {
    out[i] = operands[i];
    if (operands[i].weak == WeakKind::None)
      continue;
    OperandType pair[] = {operands[i], strong};
    DType joined = resultType(std::span(pair, anyStrong ? 2 : 1));
    if (!anyStrong || joined != strong.dtype)
      out[i] = {joined, WeakKind::None};
  }
}

static bool canCast(const OperandType &type, DType to, Casting casting) {
  return type.weak == WeakKind::None ? canCast(type.dtype, to, casting)
                                     : canCast(type.weak, to, casting);
}

/// The ufuncs for which NumPy excludes bool although it casts to their loops,
/// with what it says.
static void rejectBool(OpCode op, std::span<const OperandType> operands) {
  auto isBool = [](const OperandType &type) {
    return type.weak == WeakKind::None && type.dtype == DType::Bool;
  };
  if (!std::all_of(operands.begin(), operands.end(), isBool))
    return;
  std::string name = getUfuncName(op);
  if (name == "subtract")
    throw Error(ErrorKind::Type,
                "numpy boolean subtract, the `-` operator, is not supported, "
                "use the bitwise_xor, the `^` operator, or the logical_xor "
                "function instead.");
  if (name == "negative")
    throw Error(ErrorKind::Type,
                "The numpy boolean negative, the `-` operator, is not "
                "supported, use the `~` operator or the logical_not function "
                "instead.");
  std::string type = "<class 'numpy.dtypes.BoolDType'>";
  if (name == "gcd" || name == "lcm")
    type = "(" + type + ", " + type + ")";
  else if (name != "sign" && name != "positive")
    return;
  throw Error(ErrorKind::UfuncType,
              "ufunc '" + name +
                  "' did not contain a loop with signature matching types " +
                  type + " -> None");
}

/// True division of integers is float64 whatever their size, while other
/// ufuncs take the smallest float.
static bool dividesIntegers(OpCode op, std::span<const OperandType> operands) {
  auto isExact = [](const OperandType &type) {
    return type.weak == WeakKind::Int ||
           (type.weak == WeakKind::None &&
            (isInteger(type.dtype) || type.dtype == DType::Bool));
  };
  return getUfuncName(op) == "divide" &&
         std::all_of(operands.begin(), operands.end(), isExact);
}

/// The first loop to which all operands cast safely, or -1.
static int searchLoops(OpCode op, std::span<const OperandType> operands) {
  rejectBool(op, operands);
  OperandType types[kMaxLoopOperands];
  settleWeakOperands(operands, types);
  if (dividesIntegers(op, operands))
    std::fill_n(types, operands.size(), OperandType{DType::Float64});
  std::span<const Loop> loops = getLoops(op);
  for (size_t l = 0; l < loops.size(); ++l) {
    bool matches = loops[l].numInputs == operands.size();
    for (size_t i = 0; matches && i < operands.size(); ++i)
      matches = canCast(types[i], loops[l].inputs[i], Casting::Safe);
    if (matches)
      return static_cast<int>(l);
  }
  return -1;
}

[[noreturn]] static void throwNoLoop(OpCode op) {
  throw Error(ErrorKind::Type,
              "ufunc '" + getUfuncName(op) +
                  "' not supported for the input types, and the inputs could "
                  "not be safely coerced to any supported types according to "
                  "the casting rule ''safe''");
}

//===----------------------------------------------------------------------===//
// Memoization
//===----------------------------------------------------------------------===//

int numloom::resolveLoop(OpCode op, std::span<const OperandType> operands) {
  const OpLoops &known = getOpLoops(op);
  if (static_cast<int>(operands.size()) != known.numOperands ||
      known.loops.empty())
    throwNoLoop(op);
  size_t index = 0;
  for (const OperandType &type : operands)
    index = index * kNumTypeIds + getTypeId(type);
  std::atomic<int8_t> &entry = known.selected[index];
  int loop = entry.load(std::memory_order_relaxed);
  if (loop != OpLoops::kUnknown)
    return loop;
  loop = searchLoops(op, operands);
  if (loop < 0)
    throwNoLoop(op);
  entry.store(static_cast<int8_t>(loop), std::memory_order_relaxed);
  return loop;
}

//===----------------------------------------------------------------------===//
// Under demands
//===----------------------------------------------------------------------===//

static bool meetsDemands(const Loop &loop, const LoopRequest &request) {
  for (int i = 0; i < loop.numInputs; ++i)
    if (request.inputs[i] && *request.inputs[i] != loop.inputs[i])
      return false;
  return !request.output || *request.output == loop.output;
}

/// The first loop that meets the demands and to whose other inputs the
/// operands cast safely; else the one with the demanded output throughout.
static int searchDemanded(OpCode op, std::span<const OperandType> operands,
                          const LoopRequest &request) {
  OperandType types[kMaxLoopOperands];
  settleWeakOperands(operands, types);
  std::span<const Loop> loops = getLoops(op);
  int uniform = -1;
  for (size_t l = 0; l < loops.size(); ++l) {
    if (loops[l].numInputs != operands.size() ||
        !meetsDemands(loops[l], request))
      continue;
    bool isSafe = true, isUniform = true;
    for (size_t i = 0; i < operands.size(); ++i) {
      DType input = loops[l].inputs[i];
      isSafe &= request.inputs[i] || canCast(types[i], input, Casting::Safe);
      isUniform &= input == loops[l].output;
    }
    if (isSafe)
      return static_cast<int>(l);
    if (isUniform && uniform < 0)
      uniform = static_cast<int>(l);
  }
  if (uniform < 0)
    throw Error(ErrorKind::Type, "No loop matching the specified signature and "
                                 "casting was found for ufunc " +
                                     getUfuncName(op));
  return uniform;
}

static void checkInputCasts(OpCode op, std::span<const OperandType> operands,
                            const Loop &loop, Casting casting) {
  for (size_t i = 0; i < operands.size(); ++i) {
    if (canCast(operands[i], loop.inputs[i], casting))
      continue;
    DType from = resultType(operands.subspan(i, 1));
    std::string position = operands.size() > 1 ? " " + std::to_string(i) : "";
    throw Error(ErrorKind::UfuncType,
                "Cannot cast ufunc '" + getUfuncName(op) + "' input" +
                    position + " from dtype('" + getName(from) +
                    "') to dtype('" + getName(loop.inputs[i]) +
                    "') with casting rule '" + std::string(getName(casting)) +
                    "'");
  }
}

int numloom::resolveLoop(OpCode op, std::span<const OperandType> operands,
                         const LoopRequest &request) {
  bool demands = request.output.has_value();
  for (const std::optional<DType> &input : request.inputs)
    demands |= input.has_value();
  int loop = demands ? searchDemanded(op, operands, request)
                     : resolveLoop(op, operands);
  checkInputCasts(op, operands, getLoops(op)[loop], request.casting);
  return loop;
}
