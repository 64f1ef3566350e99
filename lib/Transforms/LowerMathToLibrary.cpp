// Turns math functions into calls of vector and C libraries.

#include "numloom/Transforms/Passes.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

#include "llvm/ADT/StringMap.h"

#include <numbers>

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_LOWERMATHTOLIBRARYPASS
#include "numloom/Transforms/Passes.h.inc"

namespace {
/// A function by its name in the C library, and SLEEF's suffix for the variant
/// within 1 ULP, empty where the vector library has none that is exact enough.
struct LibraryFunction {
  StringRef name, accuracy;
};

} // namespace

/// The library function of an op of the math dialect or of an `array.libm`.
static std::optional<LibraryFunction> getLibraryFunction(Operation *op) {
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
  auto libm = dyn_cast<array::LibmOp>(op);
  StringRef key = libm ? libm.getCallee() : op->getName().getStringRef();
  auto found = functions.find(key);
  if (found != functions.end())
    return found->second;
  if (libm)
    return LibraryFunction{libm.getCallee(), ""};
  return std::nullopt;
}

namespace {
/// Calls library functions on scalars and on vectors of any length.
class LibraryCaller {
public:
  LibraryCaller(ModuleOp module, unsigned registerBytes, StringRef isa)
      : module(module), symbols(module), registerBytes(registerBytes),
        isa(isa) {}

  SmallVector<Value> call(ImplicitLocOpBuilder &b, LibraryFunction function,
                          ValueRange operands, TypeRange results);

private:
  using Values = SmallVector<Value>;

  Value callInRange(ImplicitLocOpBuilder &b, LibraryFunction function,
                    ValueRange operands);
  Value callOnRoot(ImplicitLocOpBuilder &b, LibraryFunction function, Value x,
                   double limit, double offset);
  Value callOnPredecessor(ImplicitLocOpBuilder &b, LibraryFunction function,
                          Value x, double limit);
  Value callVector(ImplicitLocOpBuilder &b, LibraryFunction function,
                   ValueRange operands);
  Values callPerLane(ImplicitLocOpBuilder &b, StringRef name,
                     ValueRange operands, TypeRange results);
  Values callScalar(ImplicitLocOpBuilder &b, StringRef name,
                    ValueRange operands, TypeRange results);
  LLVM::LLVMFuncOp declare(ImplicitLocOpBuilder &b, const Twine &name,
                           ArrayRef<Type> operands, Type result);

  ModuleOp module;
  SymbolTable symbols;
  unsigned registerBytes; ///< 0: the vector library is not used
  StringRef isa;          ///< SLEEF's suffix
};
} // namespace

LLVM::LLVMFuncOp LibraryCaller::declare(ImplicitLocOpBuilder &b,
                                        const Twine &name,
                                        ArrayRef<Type> operands, Type result) {
  std::string symbol = name.str();
  if (auto existing = symbols.lookup<LLVM::LLVMFuncOp>(symbol))
    return existing;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
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

//===----------------------------------------------------------------------===//
// Scalars
//===----------------------------------------------------------------------===//

SmallVector<Value> LibraryCaller::callScalar(ImplicitLocOpBuilder &b,
                                             StringRef name,
                                             ValueRange operands,
                                             TypeRange results) {
  StringRef suffix = operands.front().getType().isF32() ? "f" : "";
  // Complex functions return a pair, in registers on every 64-bit target.
  Type result = results.size() == 1
                    ? results.front()
                    : LLVM::LLVMStructType::getLiteral(
                          b.getContext(), llvm::to_vector(results));
  auto function =
      declare(b, name + suffix, llvm::to_vector(operands.getTypes()), result);
  Value returned = LLVM::CallOp::create(b, function, operands).getResult();
  if (results.size() == 1)
    return {returned};
  Values parts;
  for (size_t i = 0; i < results.size(); ++i)
    parts.push_back(LLVM::ExtractValueOp::create(b, returned, i));
  return parts;
}

SmallVector<Value> LibraryCaller::callPerLane(ImplicitLocOpBuilder &b,
                                              StringRef name,
                                              ValueRange operands,
                                              TypeRange results) {
  auto vector = dyn_cast<VectorType>(operands.front().getType());
  if (!vector)
    return callScalar(b, name, operands, results);
  SmallVector<Type> scalars(results.size(), vector.getElementType());
  Values gathered;
  for (Type type : results)
    gathered.push_back(arith::ConstantOp::create(b, b.getZeroAttr(type)));
  for (int64_t lane = 0; lane < vector.getNumElements(); ++lane) {
    Values elements;
    for (Value operand : operands)
      elements.push_back(vector::ExtractOp::create(b, operand, lane));
    Values returned = callScalar(b, name, elements, scalars);
    for (auto [whole, element] : llvm::zip_equal(gathered, returned))
      whole = vector::InsertOp::create(b, element, whole, lane);
  }
  return gathered;
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

/// Lanes [begin, begin + count) of `x`; lanes beyond its end repeat the last.
static Value takeLanes(ImplicitLocOpBuilder &b, Value x, int64_t begin,
                       int64_t count) {
  int64_t lanes = cast<VectorType>(x.getType()).getNumElements();
  if (begin == 0 && count == lanes)
    return x;
  SmallVector<int64_t> mask;
  for (int64_t lane = begin; lane < begin + count; ++lane)
    mask.push_back(std::min(lane, lanes - 1));
  return vector::ShuffleOp::create(b, x, x, mask);
}

/// The lanes of all `pieces`, which have one type, in order; their number is
/// made a power of two by repetition, for only equal lengths concatenate.
static Value concatenate(ImplicitLocOpBuilder &b, SmallVector<Value> pieces) {
  pieces.resize(llvm::PowerOf2Ceil(pieces.size()), pieces.back());
  while (pieces.size() > 1) {
    int64_t lanes = cast<VectorType>(pieces.front().getType()).getNumElements();
    auto all = llvm::to_vector(llvm::seq<int64_t>(0, 2 * lanes));
    for (size_t i = 0; i < pieces.size() / 2; ++i)
      pieces[i] =
          vector::ShuffleOp::create(b, pieces[2 * i], pieces[2 * i + 1], all);
    pieces.resize(pieces.size() / 2);
  }
  return pieces.front();
}

/// Splits vectors into registers. Scalars take the vector function too, so
/// that an element does not depend on where in an array it lies.
Value LibraryCaller::callVector(ImplicitLocOpBuilder &b,
                                LibraryFunction function, ValueRange operands) {
  Type element = getElementTypeOrSelf(operands.front().getType());
  int64_t width = registerBytes * 8 / element.getIntOrFloatBitWidth();
  auto registerType = VectorType::get({width}, element);
  auto callee =
      declare(b,
              Twine("Sleef_") + function.name + (element.isF32() ? "f" : "d") +
                  Twine(width) + "_" + function.accuracy + isa,
              SmallVector<Type>(operands.size(), registerType), registerType);
  auto type = dyn_cast<VectorType>(operands.front().getType());
  if (!type) {
    Values splats;
    for (Value operand : operands)
      splats.push_back(vector::BroadcastOp::create(b, registerType, operand));
    Value result = LLVM::CallOp::create(b, callee, splats).getResult();
    return vector::ExtractOp::create(b, result, int64_t(0));
  }
  Values pieces;
  for (int64_t begin = 0; begin < type.getNumElements(); begin += width) {
    Values slices;
    for (Value operand : operands)
      slices.push_back(takeLanes(b, operand, begin, width));
    pieces.push_back(LLVM::CallOp::create(b, callee, slices).getResult());
  }
  return takeLanes(b, concatenate(b, pieces), 0, type.getNumElements());
}

//===----------------------------------------------------------------------===//
// Range
//===----------------------------------------------------------------------===//

namespace {
/// A limit for each float type.
struct RangeLimit {
  double f32, f64;

  double get(Type type) const {
    return getElementTypeOrSelf(type).isF32() ? f32 : f64;
  }
};
} // namespace

static Value createNumber(ImplicitLocOpBuilder &b, Type type, double value) {
  TypedAttr attr = b.getFloatAttr(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, Attribute(attr));
  return arith::ConstantOp::create(b, attr);
}

static Value isAbove(ImplicitLocOpBuilder &b, Value x, double limit) {
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x,
                               createNumber(b, x.getType(), limit));
}

/// Beyond `limit`, f(x) = 2 f(sqrt x) - `offset`: SLEEF squares x.
Value LibraryCaller::callOnRoot(ImplicitLocOpBuilder &b,
                                LibraryFunction function, Value x, double limit,
                                double offset) {
  Value magnitude = math::AbsFOp::create(b, x);
  // Only asinh takes negative numbers of that size.
  bool isOdd = function.name == "asinh";
  Value isLarge = isAbove(b, isOdd ? magnitude : x, limit);
  Value root = math::SqrtOp::create(b, magnitude);
  Value argument = arith::SelectOp::create(b, isLarge, root, x);
  Value near = callVector(b, function, argument);
  Value twice = arith::AddFOp::create(b, near, near);
  Value far =
      arith::SubFOp::create(b, twice, createNumber(b, x.getType(), offset));
  far = math::CopySignOp::create(b, far, x);
  return arith::SelectOp::create(b, isLarge, far, near);
}

/// Beyond `limit`, f(x) = e f(x - 1), where x - 1 is exact: SLEEF overflows
/// in an intermediate result.
Value LibraryCaller::callOnPredecessor(ImplicitLocOpBuilder &b,
                                       LibraryFunction function, Value x,
                                       double limit) {
  Type type = x.getType();
  Value isLarge = isAbove(b, math::AbsFOp::create(b, x), limit);
  Value one = math::CopySignOp::create(b, createNumber(b, type, 1), x);
  Value predecessor = arith::SubFOp::create(b, x, one);
  Value argument = arith::SelectOp::create(b, isLarge, predecessor, x);
  Value near = callVector(b, function, argument);
  Value far =
      arith::MulFOp::create(b, near, createNumber(b, type, std::numbers::e));
  return arith::SelectOp::create(b, isLarge, far, near);
}

/// Calls the function within the range in which SLEEF's is right.
Value LibraryCaller::callInRange(ImplicitLocOpBuilder &b,
                                 LibraryFunction function,
                                 ValueRange operands) {
  constexpr RangeLimit kLog1p{0x1p100, 0x1p900}, kSquare{0x1p50, 0x1p400},
      kExponential{88, 708};
  Value x = operands.front();
  if (function.name == "log1p")
    return callOnRoot(b, function, x, kLog1p.get(x.getType()), 0);
  if (function.name == "asinh" || function.name == "acosh")
    return callOnRoot(b, function, x, kSquare.get(x.getType()),
                      std::numbers::ln2);
  if (function.name == "sinh" || function.name == "cosh")
    return callOnPredecessor(b, function, x, kExponential.get(x.getType()));
  return callVector(b, function, operands);
}

SmallVector<Value> LibraryCaller::call(ImplicitLocOpBuilder &b,
                                       LibraryFunction function,
                                       ValueRange operands, TypeRange results) {
  Type element = getElementTypeOrSelf(operands.front().getType());
  if (element.isF32() || element.isF64()) {
    if (registerBytes == 0 || function.accuracy.empty())
      return callPerLane(b, function.name, operands, results);
    return {callInRange(b, function, operands)};
  }
  // Half types are computed in float32.
  Type wide = b.getF32Type();
  if (auto vector = dyn_cast<VectorType>(operands.front().getType()))
    wide = VectorType::get(vector.getShape(), wide);
  Values widened;
  for (Value x : operands)
    widened.push_back(arith::ExtFOp::create(b, wide, x));
  SmallVector<Type> wideTypes(results.size(), wide);
  Values returned = call(b, function, widened, wideTypes);
  for (auto [value, type] : llvm::zip_equal(returned, results))
    value = arith::TruncFOp::create(b, type, value);
  return returned;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Library functions take floats, or vectors of them with one dimension.
static bool isCallable(Operation *op) {
  return op->getNumOperands() > 0 &&
         llvm::all_of(op->getOperandTypes(), [](Type type) {
           auto vector = dyn_cast<VectorType>(type);
           return isa<FloatType>(getElementTypeOrSelf(type)) &&
                  (!vector || (vector.getRank() == 1 && !vector.isScalable()));
         });
}

namespace {
struct LowerMathToLibraryPass
    : impl::LowerMathToLibraryPassBase<LowerMathToLibraryPass> {
  using Base::Base;

  void runOnOperation() override {
    static constexpr struct {
      StringLiteral abi;
      unsigned registerBytes;
      StringLiteral isa;
    } kAbis[] = {
        {"avx512", 64, "avx512f"}, {"avx2", 32, "avx2"}, {"scalar", 0, ""}};
    const auto *abi = llvm::find_if(
        kAbis, [&](const auto &entry) { return entry.abi == vectorAbi; });
    if (abi == std::end(kAbis)) {
      getOperation().emitError("unknown vector-abi '") << vectorAbi << "'";
      return signalPassFailure();
    }
    LibraryCaller caller(getOperation(), abi->registerBytes, abi->isa);
    SmallVector<std::pair<Operation *, LibraryFunction>> calls;
    getOperation().walk([&](Operation *op) {
      auto function = getLibraryFunction(op);
      if (function && isCallable(op))
        calls.push_back({op, *function});
    });
    for (auto [op, function] : calls) {
      ImplicitLocOpBuilder b(op->getLoc(), op);
      op->replaceAllUsesWith(
          caller.call(b, function, op->getOperands(), op->getResultTypes()));
      op->erase();
    }
  }
};
} // namespace
} // namespace numloom
