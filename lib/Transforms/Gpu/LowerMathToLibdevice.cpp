// Turns math functions into calls of libdevice.

#include "../LibraryCalls.h"

#include "numloom/Transforms/Passes.h"

using namespace mlir;

namespace numloom {
#define GEN_PASS_DEF_LOWERMATHTOLIBDEVICEPASS
#include "numloom/Transforms/Passes.h.inc"

/// The symbol of the C library's `function`: libdevice has the real ones, and
/// the compiler's own library those of complex128.
static std::string getSymbol(StringRef function, Type type) {
  static constexpr StringLiteral kComplex[] = {
      "cexp",  "clog",   "csqrt",  "cpow",  "csin",  "ccos",
      "ctan",  "csinh",  "ccosh",  "ctanh", "casin", "cacos",
      "catan", "casinh", "cacosh", "catanh"};
  if (llvm::is_contained(kComplex, function))
    return ("__numloom_" + function).str();
  return ("__nv_" + function + (type.isF32() ? "f" : "")).str();
}

namespace {
struct LowerMathToLibdevicePass
    : impl::LowerMathToLibdevicePassBase<LowerMathToLibdevicePass> {
  void runOnOperation() override {
    LibraryCalls library(getOperation(), getSymbol);
    SmallVector<std::pair<Operation *, StringRef>> calls;
    getOperation().walk([&](Operation *op) {
      if (auto function = getLibraryFunction(op))
        calls.push_back({op, function->name});
    });
    for (auto [op, name] : calls) {
      ImplicitLocOpBuilder b(op->getLoc(), op);
      op->replaceAllUsesWith(
          callWidened(b, op->getOperands(), op->getResultTypes(),
                      [&, name = name](ValueRange operands, TypeRange results) {
                        return library.callPerLane(b, name, operands, results);
                      }));
      op->erase();
    }
  }
};
} // namespace
} // namespace numloom
