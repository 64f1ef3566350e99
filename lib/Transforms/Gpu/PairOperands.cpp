// Tiles of operands in shared memory, for reductions over pairs.

#include "PairScheduler.h"
#include "VectorChoice.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// Facts
//===----------------------------------------------------------------------===//

std::optional<PairLoops> PairLoops::find(const IterationSpace &space) {
  SmallVector<LoopDim> kept = space.getLoops(false);
  SmallVector<LoopDim> reduced = space.getLoops(true);
  if (kept.size() < 2 || reduced.size() != 1)
    return std::nullopt;
  PairLoops loops{{kept.end()[-2], kept.back()}, reduced.front(), {}};
  loops.outer.append(kept.begin(), kept.end() - 2);
  return loops;
}

SmallVector<PairOperand>
PairLoops::findOperands(const IterationSpace &space) const {
  SmallVector<PairOperand> operands;
  bool has[2] = {false, false};
  for (const Access &each : space.getAccesses()) {
    Access access = each;
    access.offset = space.dropCollapsed(access.offset);
    const LinearExpr &offset = access.offset;
    if (!access.indexedDims.empty())
      return {};
    if (access.isStore || !offset.dependsOn(reduced.dim))
      continue;
    bool differs[2] = {offset.dependsOn(sides[kRow].dim),
                       offset.dependsOn(sides[kColumn].dim)};
    if (differs[kRow] && differs[kColumn])
      return {};
    if (!differs[kRow] && !differs[kColumn])
      continue;
    PairSide side = differs[kRow] ? kRow : kColumn;
    has[side] = true;
    bool isAlongSide = isContiguous(access, sides[side].dim);
    bool isAlongReduced =
        !isAlongSide && offset.getCoefficient(reduced.dim).isConstant();
    bool areNeighbours = isAlongSide || isContiguous(access, reduced.dim);
    operands.push_back({access, side, isAlongReduced, areNeighbours});
  }
  return has[kRow] && has[kColumn] ? operands : SmallVector<PairOperand>();
}

//===----------------------------------------------------------------------===//
// From memory to shared memory
//===----------------------------------------------------------------------===//

void PairScheduler::addSharedTiles() {
  for (Staged &operand : operands) {
    Type tensor = operand.access.tensor.getType();
    int64_t bytes = getElementBytes(operand.access.tensor);
    bool isPair = isComplex(getDType(tensor));
    // Lines begin at multiples of an access, and not all in the same bank.
    operand.pitch = size[operand.side] + kMaxAccessBytes / (bytes >> isPair);
    for (int64_t part = 0; part <= isPair; ++part)
      operand.arrays.push_back(
          addSharedArray(getMemoryType(tensor), depth * operand.pitch));
  }
}

PairScheduler::Place PairScheduler::findPlace(const Staged &operand,
                                              int64_t step, int64_t lanes) {
  int64_t vectors = size[operand.side] * depth / lanes;
  Value index = arith::AddIOp::create(builder, getThreadId(),
                                      getConstant(step * threads));
  // Threads without a vector repeat the last one.
  if ((step + 1) * threads > vectors)
    index = arith::MinUIOp::create(builder, index, getConstant(vectors - 1));
  Value perLine = getConstant(getRun(operand) / lanes);
  Value along = emitMulAdd(arith::RemUIOp::create(builder, index, perLine),
                           lanes, getConstant(0));
  Value across = arith::DivUIOp::create(builder, index, perLine);
  return operand.isAlongReduced ? Place{across, along} : Place{along, across};
}

void PairScheduler::bindPlace(const Staged &operand, const Place &place,
                              Value first, int64_t lanes) {
  Value at = arith::AddIOp::create(builder, first, place.depth);
  if (!isWhole) {
    // What lies behind the end is never read from shared memory.
    Value end = emitter->emitMonomial(loops.reduced.extent);
    Value last = arith::SubIOp::create(
        builder, end, getConstant(operand.isAlongReduced ? lanes : 1));
    at = arith::MinUIOp::create(builder, at, last);
  }
  emitter->bindIv(loops.reduced.dim, at);
  emitter->bindIv(
      loops.sides[operand.side].dim,
      arith::AddIOp::create(builder, origin[operand.side], place.line));
}

void PairScheduler::loadTiles(Value first) {
  struct Vector {
    const Staged *operand;
    Place place;
    Elem element;
  };
  SmallVector<Vector> vectors;
  for (const Staged &operand : operands) {
    int64_t lanes = getLoadLanes(operand);
    int64_t steps =
        llvm::divideCeil(size[operand.side] * depth, threads * lanes);
    emitter->setVectorDim(operand.isAlongReduced
                              ? loops.reduced.dim
                              : loops.sides[operand.side].dim);
    emitter->setLaneMode({lanes, {}});
    for (int64_t step = 0; step < steps; ++step) {
      emitter->pushScope();
      Place place = findPlace(operand, step, lanes);
      bindPlace(operand, place, first, lanes);
      vectors.push_back(
          {&operand, place,
           emitter->emitLoad(operand.access.tensor, operand.access.offset)});
      emitter->popScope();
    }
  }
  emitter->setLaneMode({});
  for (const Vector &vector : vectors)
    stageVector(*vector.operand, vector.place, vector.element);
}

void PairScheduler::stageVector(const Staged &operand, const Place &place,
                                const Elem &element) {
  Value first = emitMulAdd(place.depth, operand.pitch, place.line);
  int64_t distance = operand.isAlongReduced ? operand.pitch : 1;
  Value parts[] = {element.re, element.im};
  for (auto [array, part] : llvm::zip_first(operand.arrays, parts)) {
    if (element.dtype == DType::Bool)
      part = arith::ExtUIOp::create(
          builder, builder.getTypeLike(builder.getI8Type(), part), part);
    auto type = dyn_cast<VectorType>(part.getType());
    if (!type) {
      memref::StoreOp::create(builder, part, array, first);
      continue;
    }
    for (int64_t lane = 0; lane < type.getNumElements(); ++lane) {
      Value value =
          vector::ExtractOp::create(builder, part, ArrayRef<int64_t>{lane});
      Value at =
          arith::AddIOp::create(builder, first, getConstant(lane * distance));
      memref::StoreOp::create(builder, value, array, at);
    }
  }
}

//===----------------------------------------------------------------------===//
// From shared memory to registers
//===----------------------------------------------------------------------===//

Elem PairScheduler::loadShared(const Staged &operand, Value index,
                               int64_t count) {
  Value parts[2];
  for (auto [array, part] : llvm::zip_first(operand.arrays, parts)) {
    Type element = cast<MemRefType>(array.getType()).getElementType();
    if (count == 1) {
      part = memref::LoadOp::create(builder, array, index);
      continue;
    }
    int64_t bytes = element.getIntOrFloatBitWidth() / 8;
    int64_t size = std::min(count, kMaxAccessBytes / bytes);
    auto type = VectorType::get({count}, element);
    auto piece = VectorType::get({size}, element);
    part = arith::ConstantOp::create(builder, builder.getZeroAttr(type));
    for (int64_t i = 0; i < count; i += size) {
      Value at = arith::AddIOp::create(builder, index, getConstant(i));
      Value values = vector::LoadOp::create(builder, piece, array, at,
                                            /*nontemporal=*/false,
                                            llvm::MaybeAlign(size * bytes));
      part = vector::InsertStridedSliceOp::create(
          builder, values, part, ArrayRef<int64_t>{i}, ArrayRef<int64_t>{1});
    }
  }
  DType dtype = getDType(operand.access.tensor.getType());
  if (dtype == DType::Bool)
    parts[0] = arith::TruncIOp::create(
        builder, builder.getTypeLike(builder.getI1Type(), parts[0]), parts[0]);
  return {dtype, parts[0], parts[1]};
}

PairScheduler::Elements PairScheduler::loadElements(const Staged &operand,
                                                    Value at) {
  Value first = emitMulAdd(at, operand.pitch, start[operand.side]);
  Elements elements;
  if (operand.side == kColumn) {
    for (int64_t i = 0; i < count[kColumn]; ++i) {
      Value index = arith::AddIOp::create(builder, first,
                                          getConstant(i * across * lanes));
      elements.push_back(loadShared(operand, index, lanes));
    }
    return elements;
  }
  auto extract = [&](Value part, int64_t row) -> Value {
    if (!part || run == 1)
      return part;
    return vector::ExtractOp::create(builder, part, ArrayRef<int64_t>{row});
  };
  for (int64_t row = 0; row < count[kRow]; row += run) {
    Value index =
        arith::AddIOp::create(builder, first, getConstant(getRowDistance(row)));
    Elem all = loadShared(operand, index, run);
    for (int64_t i = 0; i < run; ++i)
      elements.push_back({all.dtype, extract(all.re, i), extract(all.im, i)});
  }
  return elements;
}

} // namespace numloom::array
