// Loads and stores of elements on machines whose accesses have a longest size
// and must lie at multiples of it.

#include "ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// Alignment
//===----------------------------------------------------------------------===//

bool MemoryModel::isMultiple(const Monomial &size, int64_t powerOfTwo) const {
  int64_t rest = powerOfTwo / std::gcd(powerOfTwo, size.factor);
  SmallVector<int64_t, 2> params = size.params;
  for (const auto &[product, multiple] : multiples) {
    SmallVector<int64_t, 2> others;
    if (rest == 1 ||
        !std::includes(params.begin(), params.end(), product.params.begin(),
                       product.params.end()))
      continue;
    std::set_difference(params.begin(), params.end(), product.params.begin(),
                        product.params.end(), std::back_inserter(others));
    params = others;
    rest /= std::gcd(rest, multiple);
  }
  return rest == 1;
}

/// Whether element 0 of a run at `offset` is a multiple of `size`, given that
/// the index along `vectorDim` is a multiple of `lanes`.
static bool isMultiple(const LinearExpr &offset, int64_t size,
                       const MemoryModel &memory,
                       std::optional<unsigned> vectorDim, int64_t lanes) {
  auto divides = [&](const Monomial &part) {
    return memory.isMultiple(part, size);
  };
  return llvm::all_of(offset.constants, divides) &&
         llvm::all_of(offset.terms, [&](const auto &term) {
           bool alongLanes = vectorDim && term.first == *vectorDim;
           return divides(alongLanes ? term.second * Monomial(lanes)
                                     : term.second);
         });
}

int64_t ElementEmitter::getPieceSize(Value buffer, const LinearExpr &offset,
                                     int64_t count) const {
  if (unaligned.contains(buffer))
    return 1;
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  int64_t longest = memory.maxAccessBytes * 8 / element.getIntOrFloatBitWidth();
  int64_t size =
      std::min<int64_t>(llvm::bit_floor<uint64_t>(longest), count & -count);
  while (size > 1 &&
         !isMultiple(offset, size, memory, vectorDim, laneMode.lanes))
    size /= 2;
  return size;
}

//===----------------------------------------------------------------------===//
// Runs of neighbouring elements
//===----------------------------------------------------------------------===//

Value ElementEmitter::addOffset(Value index, const Monomial &offset) {
  if (offset.isZero())
    return index;
  // Offsets of elements fit the index type, so that the sum does not wrap: a
  // constant becomes part of the access.
  return arith::AddIOp::create(builder, index, emitMonomial(offset),
                               arith::IntegerOverflowFlags::nsw);
}

static llvm::MaybeAlign getAlignment(VectorType piece) {
  return llvm::MaybeAlign(piece.getNumElements() *
                          piece.getElementTypeBitWidth() / 8);
}

Value ElementEmitter::loadRun(Value buffer, const LinearExpr &offset,
                              int64_t count, Value first) {
  Value flat = getFlat(buffer);
  if (count == 1)
    return memref::LoadOp::create(builder, flat, first);
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  auto type = VectorType::get({count}, element);
  int64_t size = getPieceSize(buffer, offset, count);
  auto piece = VectorType::get({size}, element);
  if (size == 1) {
    SmallVector<Value> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(
          memref::LoadOp::create(builder, flat, addOffset(first, Monomial(i))));
    return vector::FromElementsOp::create(builder, type, values);
  }
  if (size == count)
    return vector::LoadOp::create(builder, type, flat, first,
                                  /*nontemporal=*/readOnce,
                                  getAlignment(piece));
  Value run = arith::ConstantOp::create(builder, builder.getZeroAttr(type));
  for (int64_t i = 0; i < count; i += size) {
    Value part = vector::LoadOp::create(
        builder, piece, flat, addOffset(first, Monomial(i)),
        /*nontemporal=*/readOnce, getAlignment(piece));
    run = vector::InsertStridedSliceOp::create(
        builder, part, run, ArrayRef<int64_t>{i}, ArrayRef<int64_t>{1});
  }
  return run;
}

void ElementEmitter::storeRun(Value values, Value buffer,
                              const LinearExpr &offset, Value first) {
  Value flat = getFlat(buffer);
  auto type = dyn_cast<VectorType>(values.getType());
  if (!type) {
    memref::StoreOp::create(builder, values, flat, first);
    return;
  }
  int64_t count = type.getNumElements();
  int64_t size = getPieceSize(buffer, offset, count);
  for (int64_t i = 0; i < count; i += size) {
    Value at = addOffset(first, Monomial(i));
    if (size == 1) {
      memref::StoreOp::create(
          builder,
          vector::ExtractOp::create(builder, values, ArrayRef<int64_t>{i}),
          flat, at);
      continue;
    }
    Value part = values;
    if (size != count)
      part = vector::ExtractStridedSliceOp::create(
          builder, values, ArrayRef<int64_t>{i}, ArrayRef<int64_t>{size},
          ArrayRef<int64_t>{1});
    vector::StoreOp::create(builder, part, flat, at, /*nontemporal=*/false,
                            getAlignment(cast<VectorType>(part.getType())));
  }
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

SmallVector<Value> ElementEmitter::getLaneStarts(const LinearExpr &offset,
                                                 int64_t parts) {
  Monomial stride = getLaneStride(offset);
  Value first = emitIndex(offset * Monomial(parts));
  SmallVector<Value> starts;
  for (int64_t lane = 0; lane < laneMode.lanes; ++lane) {
    Value start = addOffset(first, stride * Monomial(lane * parts));
    for (const auto &[dim, coefficient] : offset.terms)
      if (Value iv = ivs.at(dim).second; isa<VectorType>(iv.getType()))
        start = addScaledLane(start, iv, lane, coefficient * Monomial(parts));
    starts.push_back(start);
  }
  return starts;
}

Value ElementEmitter::addScaledLane(Value start, Value indices, int64_t lane,
                                    const Monomial &factor) {
  Value index =
      vector::ExtractOp::create(builder, indices, ArrayRef<int64_t>{lane});
  if (!factor.isOne())
    index = arith::MulIOp::create(builder, index, emitMonomial(factor));
  return arith::AddIOp::create(builder, start, index,
                               arith::IntegerOverflowFlags::nsw);
}

/// `values` as lanes of one vector.
static Value pack(ElementBuilder &builder, ArrayRef<Value> values) {
  auto type = VectorType::get({static_cast<int64_t>(values.size())},
                              values.front().getType());
  return vector::FromElementsOp::create(builder, type, values);
}

Elem ElementEmitter::loadPieces(DType dtype, Value buffer,
                                const LinearExpr &offset) {
  int64_t parts = isComplex(dtype) ? 2 : 1;
  LinearExpr begin = offset * Monomial(parts);
  auto split = [&](Value run) -> std::pair<Value, Value> {
    if (parts == 1)
      return {run, {}};
    return {vector::ExtractOp::create(builder, run, ArrayRef<int64_t>{0}),
            vector::ExtractOp::create(builder, run, ArrayRef<int64_t>{1})};
  };
  if (isSameInLanes(offset)) {
    auto [re, im] = split(loadRun(buffer, begin, parts, emitIndex(begin)));
    return {dtype, re, im};
  }
  if (isContiguous(offset)) {
    Value run =
        loadRun(buffer, begin, laneMode.lanes * parts, emitIndex(begin));
    if (parts == 1)
      return {dtype, run, {}};
    auto both = vector::DeinterleaveOp::create(builder, run);
    return {dtype, both.getRes1(), both.getRes2()};
  }
  SmallVector<Value> re, im;
  for (Value start : getLaneStarts(offset, parts)) {
    auto [laneRe, laneIm] = split(loadRun(buffer, begin, parts, start));
    re.push_back(laneRe);
    im.push_back(laneIm);
  }
  return {dtype, pack(builder, re), parts == 1 ? Value() : pack(builder, im)};
}

void ElementEmitter::storePieces(Elem element, Value buffer,
                                 const LinearExpr &offset) {
  int64_t parts = element.im ? 2 : 1;
  LinearExpr begin = offset * Monomial(parts);
  auto join = [&](Value re, Value im) -> Value {
    return im ? pack(builder, {re, im}) : re;
  };
  if (!element.isVector())
    return storeRun(join(element.re, element.im), buffer, begin,
                    emitIndex(begin));
  if (isContiguous(offset)) {
    Value run = element.im ? vector::InterleaveOp::create(builder, element.re,
                                                          element.im)
                                 .getResult()
                           : element.re;
    return storeRun(run, buffer, begin, emitIndex(begin));
  }
  for (auto [lane, start] : llvm::enumerate(getLaneStarts(offset, parts))) {
    auto extract = [&](Value lanes) -> Value {
      if (!lanes)
        return {};
      return vector::ExtractOp::create(
          builder, lanes, ArrayRef<int64_t>{static_cast<int64_t>(lane)});
    };
    storeRun(join(extract(element.re), extract(element.im)), buffer, begin,
             start);
  }
}

} // namespace numloom::array
