// Turns math functions into calls of libdevice.

#include "../LibraryCalls.h"

#include "numloom/Transforms/Passes.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_LOWERMATHTOLIBDEVICEPASS
#include "numloom/Transforms/Passes.h.inc"

/// The symbol of the C library's `function`: libdevice has the real ones, and
/// the compiler's own library those of complex128 and what those of float64
/// need.
static std::string getSymbol(StringRef function, Type type) {
  static constexpr StringLiteral kOwn[] = {
      "cexp",  "clog",   "csqrt",  "cpow",   "csin",        "ccos",
      "ctan",  "csinh",  "ccosh",  "ctanh",  "casin",       "cacos",
      "catan", "casinh", "cacosh", "catanh", "reduce_angle"};
  if (function == "cis")
    return type.isF32() ? "__numloom_cisf" : "__numloom_cis";
  if (llvm::is_contained(kOwn, function))
    return ("__numloom_" + function).str();
  return ("__nv_" + function + (type.isF32() ? "f" : "")).str();
}

/// The cosine of the argument of `sine` in the same block, if there is one.
static math::CosOp findCosine(math::SinOp sine) {
  for (Operation *user : sine.getOperand().getUsers())
    if (auto cosine = dyn_cast<math::CosOp>(user))
      if (cosine->getBlock() == sine->getBlock())
        return cosine;
  return {};
}

/// Sines and cosines of one argument share its reduction to a quadrant, which
/// is most of their work, and are what they were.
static void pairSinesWithCosines(Operation *module, LibraryCalls &library) {
  // A cosine is of one pair, whatever number of equal sines there is.
  llvm::MapVector<math::CosOp, math::SinOp> pairs;
  module->walk([&](math::SinOp sine) {
    if (math::CosOp cosine = findCosine(sine);
        cosine && getLibraryFunction(sine))
      pairs.insert({cosine, sine});
  });
  for (auto [cosine, sine] : pairs) {
    Operation *first = sine->isBeforeInBlock(cosine) ? sine : cosine;
    ImplicitLocOpBuilder b(first->getLoc(), first);
    SmallVector<Type> types(2, sine.getType());
    SmallVector<Value> parts =
        callWidened(b, sine->getOperands(), types,
                    [&, sine = sine](ValueRange operands, TypeRange results) {
                      return library.callPerLane(b, "cis", operands, results,
                                                 sine->hasAttr(kOutOfLineAttr));
                    });
    cosine.replaceAllUsesWith(parts[0]);
    sine.replaceAllUsesWith(parts[1]);
    cosine.erase();
    sine.erase();
  }
}

namespace {
struct LowerMathToLibdevicePass
    : impl::LowerMathToLibdevicePassBase<LowerMathToLibdevicePass> {
  void runOnOperation() override {
    LibraryCalls library(getOperation(), getSymbol);
    pairSinesWithCosines(getOperation(), library);
    SmallVector<std::pair<Operation *, StringRef>> calls;
    getOperation().walk([&](Operation *op) {
      if (auto function = getLibraryFunction(op))
        calls.push_back({op, function->name});
    });
    for (auto [op, name] : calls) {
      ImplicitLocOpBuilder b(op->getLoc(), op);
      op->replaceAllUsesWith(callWidened(
          b, op->getOperands(), op->getResultTypes(),
          [&, op = op, name = name](ValueRange operands, TypeRange results) {
            return library.callPerLane(b, name, operands, results,
                                       op->hasAttr(kOutOfLineAttr));
          }));
      op->erase();
    }
  }
};
} // namespace
} // namespace numloom
