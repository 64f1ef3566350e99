// Which loads of a stencil's tile are vectors.

#include "StencilLoads.h"

using namespace mlir;

namespace numloom::array {

/// The part of `offset` that is a number, and the rest.
static std::pair<int64_t, LinearExpr> splitConstant(const LinearExpr &offset) {
  LinearExpr rest = offset;
  int64_t constant = 0;
  llvm::erase_if(rest.constants, [&](const Monomial &part) {
    if (part.isConstant())
      constant = part.factor;
    return part.isConstant();
  });
  return {constant, rest};
}

StencilLoads::StencilLoads(const IterationSpace &space, const LoopDim &row,
                           const LoopDim &column, int64_t height, int64_t lanes)
    : lanes(lanes) {
  for (const Access &access : space.getAccesses()) {
    LinearExpr offset = space.dropCollapsed(access.offset);
    if (access.isStore || !offset.getCoefficient(column.dim).isOne())
      continue;
    Monomial stride = offset.getCoefficient(row.dim);
    for (int64_t y = 0; y < height; ++y) {
      LinearExpr down;
      if (y > 0 && !stride.isZero())
        down.constants.push_back(stride * Monomial(y));
      addRow(access.tensor, offset + down);
    }
  }
  findBounds();
}

void StencilLoads::addRow(Value tensor, const LinearExpr &offset) {
  auto [constant, start] = splitConstant(offset);
  auto *it = llvm::find_if(rows, [&, &start = start](const Row &row) {
    return row.tensor == tensor && row.start == start;
  });
  if (it == rows.end()) {
    rows.push_back({tensor, start, constant, constant + lanes - 1});
    return;
  }
  it->first = std::min(it->first, constant);
  it->last = std::max(it->last, constant + lanes - 1);
}

/// How many rows `start` lies below that of `other`, if they are whole rows of
/// one array apart; rows are longer than a tile is wide.
static std::optional<int64_t> countRowsBetween(const LinearExpr &start,
                                               const LinearExpr &other) {
  LinearExpr distance = start + other * Monomial(-1);
  if (!distance.terms.empty() || distance.constants.size() > 1)
    return std::nullopt;
  return distance.constants.empty() ? 0 : distance.constants.front().factor;
}

void StencilLoads::findBounds() {
  for (Row &row : rows)
    for (const Row &other : rows) {
      if (other.tensor != row.tensor)
        continue;
      std::optional<int64_t> below = countRowsBetween(row.start, other.start);
      row.isFirst &= !below || *below <= 0;
      row.isLast &= !below || *below >= 0;
    }
}

std::optional<int64_t> StencilLoads::findLane(Value tensor,
                                              const LinearExpr &offset) const {
  auto [constant, start] = splitConstant(offset);
  auto *row = llvm::find_if(rows, [&, &start = start](const Row &candidate) {
    return candidate.tensor == tensor && candidate.start == start;
  });
  if (row == rows.end())
    return std::nullopt;
  int64_t lane = (constant % lanes + lanes) % lanes;
  int64_t first = constant - lane, last = first + lanes - 1;
  if ((row->isFirst && first < row->first) || (row->isLast && last > row->last))
    return std::nullopt;
  return lane;
}

Elem *StencilLoads::findVector(Value tensor, const LinearExpr &first) {
  auto *it = llvm::find_if(vectors, [&](const LoadedVector &vector) {
    return vector.tensor == tensor && vector.first == first;
  });
  return it == vectors.end() ? nullptr : &it->elements;
}

} // namespace numloom::array
