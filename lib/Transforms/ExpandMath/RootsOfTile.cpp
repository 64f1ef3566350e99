// The square roots of a tile of results on NVIDIA's GPUs: as those of one
// vector.

#include "RootsOfTile.h"

#include "DeviceMath.h"
#include "DeviceOps.h"
#include "Guard.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom {

static bool isRootOfVector(Operation &op) {
  auto root = dyn_cast<math::SqrtOp>(op);
  auto type = root ? dyn_cast<VectorType>(root.getType()) : VectorType();
  return type && type.getElementType().isF32();
}

static bool containsMeeting(Operation &op) {
  return op
      .walk([](Operation *nested) {
        return isMeeting(nested) ? WalkResult::interrupt()
                                 : WalkResult::advance();
      })
      .wasInterrupted();
}

/// The roots, if there are several, in groups of which nothing is used before
/// the last one.
static SmallVector<SmallVector<Operation *>> findRoots(Block &block) {
  constexpr int64_t kLeastRoots = 4, kMostLanes = 16;
  SmallVector<SmallVector<Operation *>> groups;
  int64_t count = 0;
  bool meets = false;
  for (Operation &op : block) {
    meets |= containsMeeting(op);
    if (!meets || !isRootOfVector(op))
      continue;
    auto isUsedLater = [&](Operation *root) {
      return llvm::all_of(root->getUses(), [&](OpOperand &use) {
        return use.getOwner() != &op && isBehind(use, &op);
      });
    };
    int64_t lanes = getLanes(&op);
    if (groups.empty() || getLanes(groups.back().front()) != lanes ||
        int64_t(groups.back().size() + 1) * lanes > kMostLanes ||
        !llvm::all_of(groups.back(), isUsedLater))
      groups.emplace_back();
    groups.back().push_back(&op);
    ++count;
  }
  if (count < kLeastRoots)
    groups.clear();
  return groups;
}

/// The roots of several vectors as those of one, in the place of the last of
/// them, with a branch that has none of the assembler's own.
static void expandRoots(ArrayRef<Operation *> roots) {
  ImplicitLocOpBuilder b(roots.back()->getLoc(), roots.back());
  int64_t lanes = getLanes(roots.front()), count = roots.size();
  auto type = VectorType::get({count * lanes}, b.getF32Type());
  Value all = arith::ConstantOp::create(b, b.getZeroAttr(type));
  for (auto [i, root] : llvm::enumerate(roots))
    all = vector::InsertStridedSliceOp::create(b, root->getOperand(0), all,
                                               ArrayRef<int64_t>(i * lanes),
                                               ArrayRef<int64_t>(1));
  auto plain = math::SqrtOp::create(b, all);
  Expansion expansion = *expandForDevice(b, plain);
  auto getOthers = [&] {
    Expr root = getRootOfFloat32(b, Expr(b, all), expansion.value);
    return SmallVector<Value>{root.get()};
  };
  Value chosen =
      branchOnDevice(b, expansion.value, *expansion.isValid, getOthers).front();
  plain->erase();
  for (auto [i, root] : llvm::enumerate(roots)) {
    root->getResult(0).replaceAllUsesWith(vector::ExtractStridedSliceOp::create(
        b, chosen, ArrayRef<int64_t>(i * lanes), ArrayRef<int64_t>(lanes),
        ArrayRef<int64_t>(1)));
    root->erase();
  }
}

void expandRootsOfTile(Block &block) {
  llvm::for_each(findRoots(block), expandRoots);
}

} // namespace numloom
