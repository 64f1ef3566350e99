// Positions of extreme elements: the extremes of blocks first, then the place
// in the block that has the best one.

#include "KernelScheduler.h"

#include "numloom/Transforms/Attributes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

/// Vectors of a block. Carrying a position for each lane costs more than the
/// extremes themselves; so it is done once in as many steps, and one block is
/// walked again up to the place.
static constexpr int64_t kBlockSteps = 16;

/// Additions per element up to which computing a block again, which is much of
/// a short row, costs less than positions.
static constexpr int64_t kMaxCostTwice = 8;

static Elem toElem(ElementBuilder &builder, Value index) {
  return {DType::Int64,
          arith::IndexCastOp::create(builder, builder.getI64Type(), index),
          {}};
}

static Value toIndex(ElementBuilder &builder, const Elem &elem) {
  return arith::IndexCastOp::create(builder, builder.getIndexType(), elem.re);
}

bool KernelScheduler::findsPositionsLater() {
  auto kind = kernel->getAttrOfType<FusionKindAttr>(kKindAttr).getValue();
  bool isSplit = kind == FusionKind::Split;
  if ((!isSplit && kind != FusionKind::Row) ||
      (!isSplit && space.getLoops(true).size() != 1) ||
      getElementCost() > kMaxCostTwice)
    return false;
  SmallVector<Stage> stages = getStages();
  return stages.size() == 1 && stages.front().results.empty() &&
         llvm::all_of(stages.front().reductions,
                      [](ReductionOpInterface reduction) {
                        return reduction.needsPosition() &&
                               !isComplex(reduction.getStateDTypes().front());
                      });
}

Elem KernelScheduler::emitOperand(ReductionOpInterface reduction) {
  Value operand = reduction->getOperand(0);
  return emitter->emit(operand, space.getIdentityPoint(operand));
}

KernelScheduler::States
KernelScheduler::emitExtremes(ArrayRef<ReductionOpInterface> reductions,
                              unsigned dim, Value start, Value end,
                              int64_t lanes) {
  States initial;
  for (ReductionOpInterface reduction : reductions)
    initial.push_back(
        builder.splat(reduction.emitInitial(builder).front(), lanes));
  return emitVectorLoop(
      dim, start, end, lanes, initial, [&](const States &extremes) {
        Value mask;
        if (Value active = emitter->getLaneMode().active)
          mask = vector::CreateMaskOp::create(
              builder, VectorType::get({lanes}, builder.getI1Type()),
              ValueRange{active});
        States next;
        for (auto [i, none] : llvm::enumerate(initial)) {
          ReductionOpInterface reduction = reductions[i];
          Elem element = emitOperand(reduction);
          if (mask)
            element = builder.select({DType::Bool, mask, {}}, element, none);
          next.push_back(reduction.emitExtreme(builder, extremes[i], element));
        }
        return next;
      });
}

/// Whether `extreme`, which is `old` or better, is better. NaN is the best.
static Elem isBetter(ElementBuilder &builder, Elem extreme, Elem old) {
  Elem differs = builder.notEqual(extreme, old);
  return isFloat(old.dtype)
             ? builder.bitAnd(differs, builder.bitNot(builder.isNan(old)))
             : differs;
}

KernelScheduler::States KernelScheduler::emitBestBlocks(
    ArrayRef<ReductionOpInterface> reductions, unsigned dim, int64_t lanes,
    Value lower, Value upper, Value block, function_ref<Value(Value)> getEnd) {
  auto splatIndex = [&](Value index) {
    return builder.splat(toElem(builder, index), lanes);
  };
  // What is nowhere better than nothing is found in the first block.
  States initial = getInitialStates(reductions, lanes);
  for (size_t i = 0; i < reductions.size(); ++i)
    initial[2 * i + 1] = splatIndex(lower);
  return emitCountedLoop(
      lower, upper, block, initial, [&](Value start, const States &carried) {
        States extremes =
            emitExtremes(reductions, dim, start, getEnd(start), lanes);
        States next;
        for (auto [i, extreme] : llvm::enumerate(extremes)) {
          ReductionOpInterface reduction = reductions[i];
          Elem old = carried[2 * i], begin = carried[2 * i + 1];
          Elem best = reduction.emitExtreme(builder, old, extreme);
          next.push_back(best);
          next.push_back(builder.select(isBetter(builder, best, old),
                                        splatIndex(start), begin));
        }
        return next;
      });
}

/// Whether x and y are equal, or NaN both.
static Elem isSame(ElementBuilder &builder, Elem x, Elem y) {
  return builder.bitOr(builder.equal(x, y),
                       builder.bitAnd(builder.isNan(y), builder.isNan(x)));
}

Elem KernelScheduler::meetInExtreme(ReductionOpInterface reduction, Elem lanes,
                                    int64_t count) {
  auto take = [&](int64_t offset, int64_t size) -> Elem {
    return {lanes.dtype,
            vector::ExtractStridedSliceOp::create(
                builder, lanes.re, ArrayRef<int64_t>{offset},
                ArrayRef<int64_t>{size}, ArrayRef<int64_t>{1}),
            {}};
  };
  for (int64_t half = count / 2; half > 0; half /= 2)
    lanes = reduction.emitExtreme(builder, take(0, half), take(half, half));
  return {lanes.dtype,
          vector::ExtractOp::create(builder, lanes.re, ArrayRef<int64_t>{0}),
          {}};
}

/// Whether any lane of `condition` holds.
static Value holdsAnywhere(ElementBuilder &builder, Elem condition) {
  if (!condition.isVector())
    return condition.re;
  return vector::ReductionOp::create(builder, vector::CombiningKind::OR,
                                     condition.re);
}

/// The number of the first lane for which `condition` holds.
static Value findLane(ElementBuilder &builder, Elem condition, int64_t lanes) {
  auto type = VectorType::get({lanes}, builder.getI32Type());
  Value numbers = arith::IndexCastOp::create(
      builder, type,
      vector::StepOp::create(builder,
                             VectorType::get({lanes}, builder.getIndexType())));
  Elem chosen = builder.select(condition, {DType::Int32, numbers, {}},
                               builder.highest(DType::Int32));
  Value least = vector::ReductionOp::create(
      builder, vector::CombiningKind::MINSI, chosen.re);
  return arith::IndexCastOp::create(builder, builder.getIndexType(), least);
}

Elem KernelScheduler::emitHits(const Sought &sought, Value index) {
  emitter->bindIv(sought.dim, index);
  return isSame(builder, emitOperand(sought.reduction), sought.value);
}

KernelScheduler::States KernelScheduler::walkToHit(const Sought &sought,
                                                   Value start, Value end,
                                                   Value width) {
  Value next;
  return emitWhile(
      start, {builder.constant(DType::Bool, 0), toElem(builder, start)},
      [&](Value index) -> Value {
        return arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, index,
                                     end);
      },
      [&](Value index, const States &) -> States {
        Value found = holdsAnywhere(builder, emitHits(sought, index));
        next = arith::SelectOp::create(
            builder, found, end, arith::AddIOp::create(builder, index, width));
        return {{DType::Bool, found, {}}, toElem(builder, index)};
      },
      [&](Value) { return next; });
}

Elem KernelScheduler::findPosition(const Sought &sought, Value start, Value end,
                                   int64_t lanes) {
  Value width = arith::ConstantIndexOp::create(builder, lanes);
  Value count = arith::SubIOp::create(builder, end, start);
  Value rest = arith::RemUIOp::create(builder, count, width);
  Value fullEnd = arith::SubIOp::create(builder, end, rest);
  emitter->setVectorDim(sought.dim);
  emitter->setLaneMode({lanes, {}});
  States walked = walkToHit(sought, start, fullEnd, width);
  // Lanes beyond the end lie behind the place.
  auto emitPlace = [&](Value index, LaneMode mode) -> States {
    emitter->setLaneMode(mode);
    Value lane = findLane(builder, emitHits(sought, index), lanes);
    return {toElem(builder, arith::AddIOp::create(builder, index, lane))};
  };
  States place = emitIf(
      walked[0].re, {walked[1]},
      [&](const States &last) {
        return emitPlace(toIndex(builder, last.front()), {lanes, {}});
      },
      [&](const States &) { return emitPlace(fullEnd, {lanes, rest}); });
  emitter->setLaneMode({});
  emitter->pushScope();
  emitter->bindIv(sought.dim, toIndex(builder, place.front()));
  Elem position = emitter->emitPosition(space.getReducedPosition());
  emitter->popScope();
  return position;
}

KernelScheduler::States
KernelScheduler::emitArgStage(ArrayRef<ReductionOpInterface> reductions,
                              unsigned dim, int64_t lanes, Value lower,
                              Value upper) {
  Value block = arith::ConstantIndexOp::create(builder, lanes * kBlockSteps);
  auto getEnd = [&](Value start) -> Value {
    return arith::MinUIOp::create(builder, upper,
                                  arith::AddIOp::create(builder, start, block));
  };
  States best =
      emitBestBlocks(reductions, dim, lanes, lower, upper, block, getEnd);
  States found;
  for (auto [i, reduction] : llvm::enumerate(reductions)) {
    Elem inLanes = best[2 * i], begins = best[2 * i + 1];
    Elem value = meetInExtreme(reduction, inLanes, lanes);
    Elem holders = builder.select(isSame(builder, inLanes, value), begins,
                                  builder.highest(DType::Int64));
    Value first = vector::ReductionOp::create(
        builder, vector::CombiningKind::MINSI, holders.re);
    Value start = toIndex(builder, {DType::Int64, first, {}});
    found.push_back(value);
    found.push_back(
        findPosition({reduction, value, dim}, start, getEnd(start), lanes));
  }
  return found;
}

} // namespace numloom::array
