// The choice of vectors by alignment.

#include "VectorChoice.h"

#include "../Schedule/ElementEmitter.h"

#include <numeric>

using namespace mlir;

namespace numloom::array {

/// Where addresses are not multiples of an access, lanes are accessed one by
/// one: as many as make the warp's 32 threads touch one line of 128 bytes.
static constexpr int64_t kNarrowLaneBytes = 4;

int64_t getElementBytes(Value tensor) {
  return getBytes(getDType(tensor.getType()));
}

/// The stride of an access along `dim`; none where it is a sum, as on a
/// diagonal.
static std::optional<Monomial> getStride(const Access &access, unsigned dim) {
  auto isAlong = [&](const auto &term) { return term.first == dim; };
  if (llvm::count_if(access.offset.terms, isAlong) > 1)
    return std::nullopt;
  return access.offset.getCoefficient(dim);
}

bool isContiguous(const Access &access, unsigned dim) {
  std::optional<Monomial> stride = getStride(access, dim);
  return stride && stride->isOne() && !access.indexedDims.contains(dim);
}

bool hasUnitStride(const Access &access, unsigned dim) {
  std::optional<Monomial> stride = getStride(access, dim);
  bool isBackwards = stride && stride->factor == -1 && stride->params.empty();
  return isContiguous(access, dim) ||
         (isBackwards && !access.indexedDims.contains(dim));
}

bool isUniform(const Access &access, unsigned dim) {
  return !access.offset.dependsOn(dim) && !access.indexedDims.contains(dim);
}

static void addMultiple(SmallVectorImpl<Monomial> &sizes,
                        const Monomial &size) {
  if (!llvm::is_contained(sizes, size))
    sizes.push_back(size);
}

bool VectorChoice::isUnaligned(Value tensor) {
  auto argument = dyn_cast<BlockArgument>(tensor);
  return argument && kernel.getArgAttr(argument.getArgNumber(), kUnalignedAttr);
}

void VectorChoice::addAccess(const Access &access, unsigned dim) {
  if (isUniform(access, dim))
    return;
  widest = std::max(widest, getElementBytes(access.tensor));
  // Each lane goes to a place of its own: the more of them, the more loads a
  // thread has on their way.
  if (access.indexedDims.contains(dim))
    return;
  isAligned &= isContiguous(access, dim) && !isUnaligned(access.tensor);
  LinearExpr offset = space.dropCollapsed(access.offset);
  for (const auto &[termDim, coefficient] : offset.terms)
    if (termDim != dim)
      addMultiple(addresses, coefficient);
  for (const Monomial &part : offset.constants)
    addMultiple(addresses, part);
}

void VectorChoice::addRow(const Monomial &size) { addMultiple(rows, size); }

bool VectorChoice::addGuards(ArrayRef<Monomial> sizes, int64_t lanes,
                             SmallVectorImpl<GuardAttr> &guards) const {
  MemoryModel known;
  SmallVector<GuardAttr> needed;
  for (const Monomial &size : sizes) {
    if (known.isMultiple(size, lanes))
      continue;
    std::optional<int64_t> value = hints.evaluate(size);
    if (!value || *value % lanes != 0)
      return false;
    // Strides may be negative.
    int64_t minimum = *value < 0 ? std::numeric_limits<int64_t>::min() : 0;
    needed.push_back(getGuard(kernel->getContext(), size, lanes, minimum));
    Monomial product = size;
    product.factor = 1;
    known.multiples.push_back({product, lanes / std::gcd(lanes, size.factor)});
  }
  guards.append(needed);
  return true;
}

int64_t VectorChoice::choose(int64_t maxLanes,
                             SmallVectorImpl<GuardAttr> &guards) {
  auto getLanes = [&](int64_t bytes) {
    return std::clamp<int64_t>(bytes / widest, 1, maxLanes);
  };
  SmallVector<Monomial> all = addresses;
  for (const Monomial &size : rows)
    addMultiple(all, size);
  // Products after their factors, which may settle them.
  llvm::sort(all, [](const Monomial &a, const Monomial &b) {
    return std::tuple(a.params.size(), a.params, a.factor) <
           std::tuple(b.params.size(), b.params, b.factor);
  });
  if (isAligned)
    for (int64_t lanes = getLanes(kMaxAccessBytes); lanes > 1; lanes /= 2)
      if (addGuards(all, lanes, guards))
        return lanes;
  for (int64_t lanes = getLanes(kNarrowLaneBytes); lanes > 1; lanes /= 2)
    if (addGuards(rows, lanes, guards))
      return lanes;
  return 1;
}

} // namespace numloom::array
