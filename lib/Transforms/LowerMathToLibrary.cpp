// Turns math functions into calls of vector and C libraries.

#include "LibraryCalls.h"

#include "numloom/Transforms/Passes.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

#include <numbers>

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_LOWERMATHTOLIBRARYPASS
#include "numloom/Transforms/Passes.h.inc"

namespace {
/// Calls library functions on scalars and on vectors of any length.
class LibraryCaller {
public:
  LibraryCaller(ModuleOp module, unsigned registerBytes, StringRef isa)
      : calls(module, getName), registerBytes(registerBytes), isa(isa) {}

  SmallVector<Value> call(ImplicitLocOpBuilder &b, LibraryFunction function,
                          ValueRange operands, TypeRange results);

private:
  using Values = SmallVector<Value>;

  /// The C library's name of the variant for `type`.
  static std::string getName(StringRef function, Type type) {
    return (function + (type.isF32() ? "f" : "")).str();
  }

  Value callInRange(ImplicitLocOpBuilder &b, LibraryFunction function,
                    ValueRange operands);
  Value callOnPredecessor(ImplicitLocOpBuilder &b, LibraryFunction function,
                          Value x, double limit);
  Value callVector(ImplicitLocOpBuilder &b, LibraryFunction function,
                   ValueRange operands);

  LibraryCalls calls;
  unsigned registerBytes; ///< 0: the vector library is not used
  StringRef isa;          ///< SLEEF's suffix
};
} // namespace

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
  auto callee = calls.declare(
      b,
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
  // Of float64 alone: float32's is expanded.
  if (function.name == "sinh")
    return callOnPredecessor(b, function, operands.front(), 708);
  return callVector(b, function, operands);
}

SmallVector<Value> LibraryCaller::call(ImplicitLocOpBuilder &b,
                                       LibraryFunction function,
                                       ValueRange operands, TypeRange results) {
  return callWidened(
      b, operands, results, [&](ValueRange floats, TypeRange types) -> Values {
        if (registerBytes == 0 || function.accuracy.empty())
          return calls.callPerLane(b, function.name, floats, types);
        return {callInRange(b, function, floats)};
      });
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

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
      if (auto function = getLibraryFunction(op))
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
