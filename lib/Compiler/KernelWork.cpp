// How much a fusion computes: its operations, and the spaces they run over.

#include "KernelWork.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace mlir;

namespace numloom {

/// Adds a space unless a known one holds it: `extents` are sorted, and one list
/// that includes another has no fewer points but for extents of 0.
static void addSpace(KernelWork &work, std::vector<int64_t> extents) {
  llvm::sort(extents);
  auto isWithin = [](const auto &inner, const auto &outer) {
    return std::ranges::includes(outer, inner);
  };
  for (const std::vector<int64_t> &known : work.spaces)
    if (isWithin(extents, known))
      return;
  std::erase_if(work.spaces,
                [&](auto &known) { return isWithin(known, extents); });
  work.spaces.push_back(std::move(extents));
}

static void addSpace(KernelWork &work, Value value) {
  if (!array::hasNamedExtents(value.getType()))
    return;
  SmallVector<int64_t> extents = array::getExtents(value.getType());
  addSpace(work, {extents.begin(), extents.end()});
}

KernelWork measureWork(array::FusionOp fusion) {
  KernelWork work;
  Block &body = fusion.getBody().front();
  // Reading and writing is work where nothing is computed.
  work.operations = 1;
  for (Value result : body.getTerminator()->getOperands())
    addSpace(work, result);
  for (Operation &op : body.without_terminator()) {
    work.operations += !isa<array::ViewOpInterface>(op);
    for (Value result : op.getResults())
      addSpace(work, result);
    // Reductions run over what they read, scatters over their values; gathers
    // do not read all of their source, nor views.
    if (isa<array::ReductionOpInterface>(op))
      for (Value operand : op.getOperands())
        addSpace(work, operand);
    else if (auto scatter = dyn_cast<array::ScatterOp>(op))
      addSpace(work, scatter.getValue());
  }
  return work;
}

} // namespace numloom
