// Loads and stores of elements: contiguous either way, uniform and strided,
// whole vectors and partial ones.

#include "ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace numloom::array {

Value ElementEmitter::getFlat(Value buffer) {
  if (Value known = flatBuffers.lookup(buffer))
    return known;
  // The flat view only gives loads a base: its extent is never used.
  OpBuilder::InsertionGuard guard(builder);
  moveTo(0);
  auto element = cast<MemRefType>(buffer.getType()).getElementType();
  auto type = MemRefType::get({ShapedType::kDynamic}, element);
  Value size = arith::ConstantIndexOp::create(builder, 0);
  Value flat = memref::ReinterpretCastOp::create(
      builder, type, buffer, /*offset=*/builder.getIndexAttr(0),
      /*sizes=*/ArrayRef<OpFoldResult>{size},
      /*strides=*/ArrayRef<OpFoldResult>{builder.getIndexAttr(1)});
  return flatBuffers[buffer] = flat;
}

/// A mask of the first `count` of `lanes` elements of `factor` parts each.
static Value createMask(ElementBuilder &builder, int64_t lanes, Value count,
                        int64_t factor) {
  if (factor != 1)
    count = arith::MulIOp::create(
        builder, count, arith::ConstantIndexOp::create(builder, factor));
  auto type = VectorType::get({lanes * factor}, builder.getI1Type());
  return vector::CreateMaskOp::create(builder, type, ValueRange{count});
}

Value ElementEmitter::getMask(int64_t factor) {
  return createMask(builder, laneMode.lanes, laneMode.active, factor);
}

Value ElementEmitter::getLastLanesMask(int64_t factor) {
  Value dead = arith::SubIOp::create(
      builder, arith::ConstantIndexOp::create(builder, laneMode.lanes),
      laneMode.active);
  Value mask = createMask(builder, laneMode.lanes, dead, factor);
  auto type = cast<VectorType>(mask.getType());
  return arith::XOrIOp::create(
      builder, mask,
      arith::ConstantOp::create(builder, DenseElementsAttr::get(type, true)));
}

Value ElementEmitter::reverseLanes(Value vector) {
  int64_t lanes = cast<VectorType>(vector.getType()).getNumElements();
  SmallVector<int64_t> reversed(llvm::reverse(llvm::seq<int64_t>(0, lanes)));
  return vector::ShuffleOp::create(builder, vector, vector, reversed);
}

Value ElementEmitter::emitNeighboursIndex(const LinearExpr &offset,
                                          int64_t parts) {
  LinearExpr lowest = offset;
  if (isReversed(offset))
    lowest = offset + LinearExpr::constant(1 - laneMode.lanes);
  return emitIndex(lowest * Monomial(parts));
}

Value ElementEmitter::getNeighboursMask(const LinearExpr &offset,
                                        int64_t parts) {
  return isReversed(offset) ? getLastLanesMask(parts) : getMask(parts);
}

std::pair<Value, Value>
ElementEmitter::getLaneOffsets(const LinearExpr &offset) {
  Value lanes = emitLaneOffsets(offset);
  if (laneMode.active)
    return {lanes, getMask(1)};
  auto maskType = VectorType::get({laneMode.lanes}, builder.getI1Type());
  return {lanes, arith::ConstantOp::create(
                     builder, DenseElementsAttr::get(maskType, true))};
}

Value ElementEmitter::loadLanes(VectorType type, Value flat, Value base,
                                Value lanes) {
  // What is not live may be anywhere; the base itself is an element.
  if (laneMode.active)
    lanes = arith::SelectOp::create(
        builder, getMask(1), lanes,
        arith::ConstantOp::create(builder,
                                  builder.getZeroAttr(lanes.getType())));
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < laneMode.lanes; ++lane) {
    Value at = arith::AddIOp::create(
        builder, base,
        vector::ExtractOp::create(builder, lanes, ArrayRef<int64_t>{lane}));
    elements.push_back(memref::LoadOp::create(builder, flat, at));
  }
  return vector::FromElementsOp::create(builder, type, elements);
}

void ElementEmitter::prefetch(Value flat, Value base, const LinearExpr &offset,
                              bool isWrite) {
  if (!prefetchDistance || !vectorDim || laneMode.lanes != 1)
    return;
  Monomial stride = offset.getCoefficient(*vectorDim);
  if (stride.isConstant())
    return;
  Value ahead = arith::AddIOp::create(
      builder, base, emitMonomial(stride * Monomial(prefetchDistance)));
  constexpr uint32_t kNearest = 3;
  memref::PrefetchOp::create(builder, flat, ahead, isWrite, kNearest,
                             /*isDataCache=*/true);
}

Value ElementEmitter::loadPart(Value buffer, const LinearExpr &offset,
                               Type memoryType) {
  Value flat = getFlat(buffer);
  Value base = emitIndex(offset);
  if (isSameInLanes(offset)) {
    prefetch(flat, base, offset, /*isWrite=*/false);
    return memref::LoadOp::create(builder, flat, base);
  }
  auto type = VectorType::get({laneMode.lanes}, memoryType);
  auto [lanes, mask] = getLaneOffsets(offset);
  if (isIndexedByLane(offset))
    return loadLanes(type, flat, base, lanes);
  Value zero = arith::ConstantOp::create(builder, builder.getZeroAttr(type));
  return vector::GatherOp::create(builder, type, flat, base, lanes, mask, zero);
}

Elem ElementEmitter::loadNeighbours(DType dtype, Value buffer,
                                    const LinearExpr &offset) {
  int64_t parts = isComplex(dtype) ? 2 : 1;
  auto type =
      VectorType::get({laneMode.lanes * parts},
                      cast<MemRefType>(buffer.getType()).getElementType());
  Value flat = getFlat(buffer), index = emitNeighboursIndex(offset, parts);
  Value values;
  if (!laneMode.active)
    values = vector::LoadOp::create(builder, type, flat, index);
  else
    values = vector::MaskedLoadOp::create(
        builder, type, flat, index, getNeighboursMask(offset, parts),
        arith::ConstantOp::create(builder, builder.getZeroAttr(type)));
  Elem element{dtype, values, {}};
  if (parts == 2) {
    auto split = vector::DeinterleaveOp::create(builder, values);
    element = {dtype, split.getRes1(), split.getRes2()};
  }
  return isReversed(offset) ? reverseLanes(element) : element;
}

Elem ElementEmitter::reverseLanes(Elem element) {
  return {element.dtype, reverseLanes(element.re),
          element.im ? reverseLanes(element.im) : Value()};
}

static Elem fromBytes(ElementBuilder &builder, Value bytes) {
  Value zero =
      arith::ConstantOp::create(builder, builder.getZeroAttr(bytes.getType()));
  return {DType::Bool,
          arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, bytes, zero),
          {}};
}

Elem ElementEmitter::loadAt(DType dtype, Value buffer,
                            const LinearExpr &offset) {
  Elem element = loadMemoryElem(dtype, buffer, offset);
  return dtype == DType::Bool ? fromBytes(builder, element.re) : element;
}

Elem ElementEmitter::loadMemoryElem(DType dtype, Value buffer,
                                    const LinearExpr &offset) {
  if (memory.maxAccessBytes)
    return loadPieces(dtype, buffer, offset);
  if (isSideBySide(offset))
    return loadNeighbours(dtype, buffer, offset);
  Type part = cast<MemRefType>(buffer.getType()).getElementType();
  if (isComplex(dtype)) {
    LinearExpr real = offset * Monomial(2);
    return {dtype, loadPart(buffer, real, part),
            loadPart(buffer, real + LinearExpr::constant(1), part)};
  }
  return {dtype, loadPart(buffer, offset, part), {}};
}

void ElementEmitter::storePart(Value value, Value buffer,
                               const LinearExpr &offset) {
  Value flat = getFlat(buffer), base = emitIndex(offset);
  if (!isa<VectorType>(value.getType())) {
    prefetch(flat, base, offset, /*isWrite=*/true);
    memref::StoreOp::create(builder, value, flat, base);
    return;
  }
  auto [lanes, mask] = getLaneOffsets(offset);
  vector::ScatterOp::create(builder, Type(), flat, base, lanes, mask, value);
}

void ElementEmitter::storeNeighbours(Elem element, Value buffer,
                                     const LinearExpr &offset) {
  bool backwards = isReversed(offset);
  if (backwards)
    element = reverseLanes(element);
  Value values = element.re;
  if (element.im)
    values = vector::InterleaveOp::create(builder, element.re, element.im);
  int64_t parts = element.im ? 2 : 1;
  Value flat = getFlat(buffer), index = emitNeighboursIndex(offset, parts);
  if (laneMode.active) {
    vector::MaskedStoreOp::create(builder, flat, index,
                                  getNeighboursMask(offset, parts), values);
    return;
  }
  auto type = cast<VectorType>(values.getType());
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  // Streaming begins at multiples of the size, where backwards vectors end.
  bool isStreamed = streaming && !backwards;
  vector::StoreOp::create(builder, values, flat, index, isStreamed,
                          isStreamed
                              ? llvm::MaybeAlign(std::min<int64_t>(bytes, 64))
                              : llvm::MaybeAlign());
}

void ElementEmitter::combineAtomically(arith::AtomicRMWKind kind, Elem element,
                                       Value buffer, const LinearExpr &offset) {
  Value value = element.re;
  if (element.dtype == DType::Bool)
    value = arith::ExtUIOp::create(builder, builder.getI8Type(), value);
  memref::AtomicRMWOp::create(builder, kind, value, getFlat(buffer),
                              emitIndex(offset));
}

llvm::MaybeAlign ElementEmitter::getPartialAlignment(VectorType vector) const {
  int64_t bytes = vector.getNumElements() * vector.getElementTypeBitWidth() / 8;
  return llvm::MaybeAlign(std::min(bytes, memory.maxAccessBytes));
}

void ElementEmitter::storePartial(Value value, Value buffer, Value index) {
  if (getElementTypeOrSelf(value.getType()).isInteger(1))
    value = arith::ExtUIOp::create(
        builder, builder.getTypeLike(builder.getI8Type(), value), value);
  auto vector = dyn_cast<VectorType>(value.getType());
  if (!vector) {
    memref::StoreOp::create(builder, value, getFlat(buffer), index);
    return;
  }
  vector::StoreOp::create(builder, value, getFlat(buffer), index,
                          /*nontemporal=*/false, getPartialAlignment(vector));
}

Value ElementEmitter::loadPartial(Type type, Value buffer, Value index) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  Value value;
  if (auto vector = dyn_cast<VectorType>(type))
    value = vector::LoadOp::create(
        builder, vector.clone(element), getFlat(buffer), index,
        /*nontemporal=*/false, getPartialAlignment(vector.clone(element)));
  else
    value = memref::LoadOp::create(builder, getFlat(buffer), index);
  if (value.getType() != type)
    value = arith::TruncIOp::create(builder, type, value);
  return value;
}

} // namespace numloom::array
