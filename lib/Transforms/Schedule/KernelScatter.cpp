// Elements that kernels put where indices say.

#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

ScatterOp getScatter(func::FuncOp kernel) {
  Operation *terminator = kernel.getBody().front().getTerminator();
  return terminator->getOperand(0).getDefiningOp<ScatterOp>();
}

LogicalResult KernelEmitter::verifyScatter() {
  ScatterOp scatter = getScatter();
  if (scatter && kernel.getNumResults() == 1 && space.getReductions().empty())
    return success();
  return kernel.emitError("array.kind scatter is for kernels whose only result "
                          "is that of a scatter");
}

KernelEmitter::ScatterEntry KernelEmitter::emitScatterEntry() {
  ScatterOp op = getScatter();
  Point point = space.getIdentityPoint(op.getValue());
  ScatterEntry entry;
  entry.value = emitter->emit(op.getValue(), point);
  entry.target = emitter->emitTarget(op, point);
  return entry;
}

Elem KernelEmitter::combineEntry(Elem old, Elem value) {
  switch (getScatter().getCombine()) {
  case ScatterCombiner::Replace:
    return value;
  case ScatterCombiner::Add:
    return builder.add(old, value);
  case ScatterCombiner::Maximum:
    return builder.maximum(old, value);
  case ScatterCombiner::Minimum:
    return builder.minimum(old, value);
  case ScatterCombiner::Multiply:
    return builder.mul(old, value);
  case ScatterCombiner::BitwiseAnd:
    return builder.bitAnd(old, value);
  case ScatterCombiner::BitwiseOr:
    return builder.bitOr(old, value);
  case ScatterCombiner::BitwiseXor:
    return builder.bitXor(old, value);
  case ScatterCombiner::Subtract:
    return builder.sub(old, value);
  case ScatterCombiner::Divide:
    return builder.divide(old, value);
  }
  llvm_unreachable("unknown combiner");
}

/// Whether to combine with a value again changes nothing.
static bool isIdempotent(ScatterCombiner combiner) {
  return combiner == ScatterCombiner::Replace ||
         combiner == ScatterCombiner::Maximum ||
         combiner == ScatterCombiner::Minimum;
}

bool combinesOnce(ScatterOp op) {
  return op.getRepeats() == ScatterRepeats::None ||
         (op.getRepeats() == ScatterRepeats::Equal &&
          isIdempotent(op.getCombine()));
}

/// Sums of float64, whose atomic additions round as others do. Those of float32
/// in memory take subnormal numbers for zero.
static std::optional<arith::AtomicRMWKind> getKindOfFloats(ScatterOp op) {
  bool isSum = op.getCombine() == ScatterCombiner::Add ||
               op.getCombine() == ScatterCombiner::Subtract;
  if (isSum && op.getRepeats() == ScatterRepeats::Equal &&
      getDType(op.getType()) == DType::Float64)
    return arith::AtomicRMWKind::addf;
  return std::nullopt;
}

std::optional<arith::AtomicRMWKind> getAtomicKind(ScatterOp op) {
  using Kind = arith::AtomicRMWKind;
  DType dtype = getDType(op.getType());
  if (dtype != DType::Bool && !isInteger(dtype))
    return getKindOfFloats(op);
  bool isSigned = getKind(dtype) == DTypeKind::Signed;
  switch (op.getCombine()) {
  case ScatterCombiner::Add:
    return dtype == DType::Bool ? Kind::ori : Kind::addi;
  case ScatterCombiner::Maximum:
    return isSigned ? Kind::maxs : Kind::maxu;
  case ScatterCombiner::Minimum:
    return isSigned ? Kind::mins : Kind::minu;
  case ScatterCombiner::BitwiseAnd:
    return Kind::andi;
  case ScatterCombiner::BitwiseOr:
    return Kind::ori;
  case ScatterCombiner::BitwiseXor:
    return Kind::xori;
  default:
    return std::nullopt;
  }
}

void KernelEmitter::storeEntry(const ScatterEntry &entry, Value buffer) {
  // There are no atomic operations on vectors.
  bool isLaneByLane = combinesAtomically() ||
                      isa<VectorType>(entry.target.isInside.getType()) ||
                      !emitter->isAccessedAsOne(entry.target.offset);
  if (emitter->getLaneMode().lanes > 1 && isLaneByLane)
    return storeLanes(entry, buffer);
  emitIf(entry.target.isInside, {}, [&](const States &none) {
    storeCombined(entry.value, buffer, entry.target.offset);
    return none;
  });
}

void KernelEmitter::storeCombined(Elem value, Value buffer,
                                  const LinearExpr &offset) {
  ScatterOp op = getScatter();
  if (combinesAtomically()) {
    if (op.getCombine() == ScatterCombiner::Subtract)
      value = builder.neg(value);
    return emitter->combineAtomically(*getAtomicKind(op), value, buffer,
                                      offset);
  }
  if (op.getCombine() == ScatterCombiner::Replace)
    return emitter->storeAt(value, buffer, offset);
  Elem old = emitter->loadAt(value.dtype, buffer, offset);
  value = combineEntry(old, value);
  if (!isIdempotent(op.getCombine()) || value.isVector())
    return emitter->storeAt(value, buffer, offset);
  // Part of a sector of memory is read and merged when it is written.
  emitIf(builder.notEqual(value, old).re, {}, [&](const States &none) {
    emitter->storeAt(value, buffer, offset);
    return none;
  });
}

/// Lane `lane` of `elements`, which may be the same in all.
static Elem extractLane(ElementBuilder &builder, Elem elements, int64_t lane) {
  if (!elements.isVector())
    return elements;
  auto extract = [&](Value lanes) -> Value {
    if (!lanes)
      return {};
    return vector::ExtractOp::create(builder, lanes, ArrayRef<int64_t>{lane});
  };
  return {elements.dtype, extract(elements.re), extract(elements.im)};
}

void KernelEmitter::storeLanes(const ScatterEntry &entry, Value buffer) {
  const LaneMode mode = emitter->getLaneMode();
  SmallVector<Value> offsets =
      emitter->getLaneStarts(entry.target.offset, /*parts=*/1);
  Value isInside = entry.target.isInside;
  auto maskType = VectorType::get({mode.lanes}, builder.getI1Type());
  if (!isa<VectorType>(isInside.getType()))
    isInside = vector::BroadcastOp::create(builder, maskType, isInside);
  if (mode.active)
    isInside =
        arith::AndIOp::create(builder, isInside,
                              vector::CreateMaskOp::create(
                                  builder, maskType, ValueRange{mode.active}));
  // One after the other: where two go to one place, the later one comes last.
  for (auto [lane, offset] : llvm::enumerate(offsets)) {
    Value isLaneInside = vector::ExtractOp::create(
        builder, isInside, ArrayRef<int64_t>{static_cast<int64_t>(lane)});
    emitIf(isLaneInside, {},
           [&, offset = offset, lane = lane](const States &none) {
             emitter->setLaneMode({});
             LinearExpr place = emitter->bindPlace(offset);
             storeCombined(extractLane(builder, entry.value, lane), buffer,
                           place);
             emitter->setLaneMode(mode);
             return none;
           });
  }
}

} // namespace numloom::array
