// The functions of the C library that ops stand for, and calls of them.
#include "LibraryCalls.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace numloom {

/// Library functions take the floats of the dtypes, or vectors of them with one
/// dimension.
static bool isCallable(Operation *op) {
  return op->getNumOperands() > 0 &&
         llvm::all_of(op->getOperandTypes(), [](Type type) {
           auto vector = dyn_cast<VectorType>(type);
           return isa<Float16Type, BFloat16Type, Float32Type, Float64Type>(
                      getElementTypeOrSelf(type)) &&
                  (!vector || (vector.getRank() == 1 && !vector.isScalable()));
         });
}

std::optional<LibraryFunction> getLibraryFunction(Operation *op) {
  static const llvm::StringMap<LibraryFunction> functions = {
      {"math.acos", {"acos", "u10"}},   {"math.acosh", {"acosh", "u10"}},
      {"math.asin", {"asin", "u10"}},   {"math.asinh", {"asinh", "u10"}},
      {"math.atan", {"atan", "u10"}},   {"math.atan2", {"atan2", "u10"}},
      {"math.atanh", {"atanh", "u10"}}, {"math.cbrt", {"cbrt", "u10"}},
      {"math.cos", {"cos", "u10"}},     {"math.cosh", {"cosh", "u10"}},
      {"math.erf", {"erf", "u10"}},     {"math.exp", {"exp", "u10"}},
      {"math.exp2", {"exp2", "u10"}},   {"math.expm1", {"expm1", "u10"}},
      {"math.log", {"log", "u10"}},     {"math.log10", {"log10", "u10"}},
      {"math.log1p", {"log1p", "u10"}}, {"math.log2", {"log2", "u10"}},
      {"math.powf", {"pow", "u10"}},    {"math.sin", {"sin", "u10"}},
      {"math.sinh", {"sinh", "u10"}},   {"math.tan", {"tan", "u10"}},
      {"math.tanh", {"tanh", "u10"}},   {"hypot", {"hypot", "u05"}},
  };
  if (!isCallable(op))
    return std::nullopt;
  auto libm = dyn_cast<array::LibmOp>(op);
  StringRef key = libm ? libm.getCallee() : op->getName().getStringRef();
  auto found = functions.find(key);
  if (found != functions.end())
    return found->second;
  if (libm)
    return LibraryFunction{libm.getCallee(), ""};
  return std::nullopt;
}

SmallVector<Value>
callWidened(ImplicitLocOpBuilder &b, ValueRange operands, TypeRange results,
            function_ref<SmallVector<Value>(ValueRange, TypeRange)> call) {
  Type type = operands.front().getType();
  if (getElementTypeOrSelf(type).getIntOrFloatBitWidth() >= 32)
    return call(operands, results);
  Type wide = b.getF32Type();
  if (auto vector = dyn_cast<VectorType>(type))
    wide = VectorType::get(vector.getShape(), wide);
  SmallVector<Value> widened;
  for (Value x : operands)
    widened.push_back(arith::ExtFOp::create(b, wide, x));
  SmallVector<Type> wideTypes(results.size(), wide);
  SmallVector<Value> returned = call(widened, wideTypes);
  for (auto [value, narrow] : llvm::zip_equal(returned, results))
    value = arith::TruncFOp::create(b, narrow, value);
  return returned;
}

LLVM::LLVMFuncOp LibraryCalls::declare(ImplicitLocOpBuilder &b,
                                       const Twine &name,
                                       ArrayRef<Type> operands, Type result) {
  std::string symbol = name.str();
  if (auto existing = symbols.lookup<LLVM::LLVMFuncOp>(symbol))
    return existing;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&symbols.getOp()->getRegion(0).front());
  auto function = LLVM::LLVMFuncOp::create(
      b, symbol, LLVM::LLVMFunctionType::get(result, operands));
  // errno is no one's business here, so calls may be hoisted and merged.
  std::array<LLVM::ModRefInfo, 6> none;
  none.fill(LLVM::ModRefInfo::NoModRef);
  function.setMemoryEffectsAttr(
      LLVM::MemoryEffectsAttr::get(b.getContext(), none));
  function.setNoUnwind(true);
  function.setWillReturn(true);
  symbols.insert(function);
  return function;
}

SmallVector<Value> LibraryCalls::callScalar(ImplicitLocOpBuilder &b,
                                            StringRef function,
                                            ValueRange operands,
                                            TypeRange results, bool outOfLine) {
  // Complex functions return a pair, in registers on every 64-bit target.
  Type result = results.size() == 1
                    ? results.front()
                    : LLVM::LLVMStructType::getLiteral(
                          b.getContext(), llvm::to_vector(results));
  LLVM::LLVMFuncOp callee =
      declare(b, getName(function, operands.front().getType()),
              llvm::to_vector(operands.getTypes()), result);
  auto call = LLVM::CallOp::create(b, callee, operands);
  call.setNoInline(outOfLine);
  Value returned = call.getResult();
  if (results.size() == 1)
    return {returned};
  SmallVector<Value> parts;
  for (size_t i = 0; i < results.size(); ++i)
    parts.push_back(LLVM::ExtractValueOp::create(b, returned, i));
  return parts;
}

SmallVector<Value> LibraryCalls::callPerLane(ImplicitLocOpBuilder &b,
                                             StringRef function,
                                             ValueRange operands,
                                             TypeRange results,
                                             bool outOfLine) {
  auto vector = dyn_cast<VectorType>(operands.front().getType());
  if (!vector)
    return callScalar(b, function, operands, results, outOfLine);
  SmallVector<Type> scalars(results.size(), vector.getElementType());
  SmallVector<Value> gathered;
  for (Type type : results)
    gathered.push_back(arith::ConstantOp::create(b, b.getZeroAttr(type)));
  for (int64_t lane = 0; lane < vector.getNumElements(); ++lane) {
    SmallVector<Value> elements;
    for (Value operand : operands)
      elements.push_back(vector::ExtractOp::create(b, operand, lane));
    SmallVector<Value> returned =
        callScalar(b, function, elements, scalars, outOfLine);
    for (auto [whole, element] : llvm::zip_equal(gathered, returned))
      whole = vector::InsertOp::create(b, element, whole, lane);
  }
  return gathered;
}

} // namespace numloom
