// The upper halves of products of 32-bit integers on NVIDIA's GPUs.

#include "DeviceIntrinsic.h"
#include "DeviceMath.h"
#include "DeviceOps.h"

#include "mlir/IR/Matchers.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace numloom {

/// The number that a scalar is, or all lanes of a vector are.
static std::optional<APInt> getNumber(Value value) {
  APInt number;
  if (matchPattern(skipBroadcast(value), m_ConstantInt(&number)))
    return number;
  return std::nullopt;
}

static bool isWord(Value value) {
  auto isSmall = [](Value x) {
    std::optional<APInt> number = getNumber(x);
    return number && number->isIntN(32);
  };
  if (isSmall(value))
    return true;
  if (auto mask = value.getDefiningOp<arith::AndIOp>())
    return isSmall(mask.getLhs()) || isSmall(mask.getRhs());
  auto extension = value.getDefiningOp<arith::ExtUIOp>();
  return extension && getElementTypeOrSelf(extension.getIn().getType())
                              .getIntOrFloatBitWidth() <= 32;
}

static bool isUpperHalf(arith::ShRUIOp op) {
  if (!getElementTypeOrSelf(op.getType()).isInteger(64))
    return false;
  std::optional<APInt> count = getNumber(op.getRhs());
  auto product = op.getLhs().getDefiningOp<arith::MulIOp>();
  return count && *count == 32 && product && isWord(product.getLhs()) &&
         isWord(product.getRhs());
}

/// A half of a number of 64 bits, a float64 in the eyes of the intrinsics.
static Value getHalf(ImplicitLocOpBuilder &b, StringRef intrinsic, Value x) {
  Expr half =
      callDeviceIntrinsic(b, intrinsic, Expr(b, x).toFloat(), b.getI32Type());
  return arith::ExtUIOp::create(b, x.getType(), half.get());
}

/// Makes a factor plainly a word: as a masked number it would be multiplied
/// with what lies above the mask, a zero.
static void extendFactors(arith::MulIOp product) {
  for (OpOperand &factor : product->getOpOperands()) {
    auto mask = factor.get().getDefiningOp<arith::AndIOp>();
    if (!mask)
      continue;
    ImplicitLocOpBuilder b(product.getLoc(), product);
    factor.set(getHalf(b, "llvm.nvvm.d2i.lo", mask));
  }
}

void expandUpperHalves(Operation *kernel) {
  SmallVector<arith::ShRUIOp> ops;
  llvm::SetVector<arith::MulIOp> products;
  kernel->walk([&](arith::ShRUIOp op) {
    if (!isUpperHalf(op))
      return;
    ops.push_back(op);
    products.insert(op.getLhs().getDefiningOp<arith::MulIOp>());
  });
  llvm::for_each(products, extendFactors);
  for (arith::ShRUIOp op : ops) {
    ImplicitLocOpBuilder b(op->getLoc(), op);
    op.replaceAllUsesWith(getHalf(b, "llvm.nvvm.d2i.hi", op.getLhs()));
    op.erase();
  }
}

} // namespace numloom
