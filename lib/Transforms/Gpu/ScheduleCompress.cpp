// The schedule of kernels that compress: a block for each tile counts what the
// mask lets through, packs it in shared memory, and writes it behind what the
// tiles before it let through. One pass over memory.

#include "../Compression.h"
#include "../Schedule/VerifyKernel.h"
#include "Schedules.h"
#include "TiledScanScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {
namespace {

/// Stores of a thread that are in flight at once.
constexpr int64_t kStoresInFlight = 4;

/// Options: those of tiled scans.
class CompressScheduler : public TiledScanScheduler {
public:
  CompressScheduler(func::FuncOp kernel, const IterationSpace &space,
                    const CudaTarget &target)
      : TiledScanScheduler(kernel, space, target) {
    // One mask for all results: the scan of one is that of all.
    for (auto [i, scan] : llvm::enumerate(scans))
      if (isa<CompressOp>(scan)) {
        scans = scans.slice(i, 1);
        break;
      }
  }

  LogicalResult schedule() override;

private:
  /// One step of a thread: one bit (of i32) for each lane that the mask lets
  /// through, how many these are, and the elements of each result.
  struct PackStep {
    Value bits, count;
    SmallVector<Elem> elements;
  };
  /// The counts of several steps in fields of i32: those of the warp's threads
  /// before this one, and of all.
  struct PackedCounts {
    Value before, total;
  };

  LogicalResult verify();
  /// Opens the function, with shared memory for the results.
  void openWithTiles(int64_t threads);
  SmallVector<PackStep> emitPackSteps(WalkSteps &steps);
  PackStep emitPackStep(Value active);
  /// Steps whose counts share a word, and the bits of each: a field holds what
  /// a warp can have.
  int64_t getFieldBits() {
    return kWarpThreads * getOption("vector", 1) < 256 ? 8 : 16;
  }
  int64_t getFields() { return 32 / getFieldBits(); }
  Value getField(Value word, int64_t field);
  SmallVector<PackedCounts> scanCounts(ArrayRef<PackStep> steps);
  void stage(const PackStep &step, Value begin);
  void writeTile(Value count, Value begin);
  /// Stores how many elements all tiles let through, `end` being where this one
  /// ends: by one thread of the last tile.
  void storeCounts(Value end);

  // Numbers of elements, i32 inside a tile.
  Value getInt(int64_t value) {
    return arith::ConstantOp::create(builder, builder.getI32IntegerAttr(value));
  }
  Value toIndex(Value value) {
    return arith::IndexCastUIOp::create(builder, builder.getIndexType(), value);
  }
  Value getLane(Value value, int64_t lane) {
    if (!isa<VectorType>(value.getType()))
      return value;
    return vector::ExtractOp::create(builder, value, ArrayRef<int64_t>{lane});
  }
  Value add(Value x, Value y) { return arith::AddIOp::create(builder, x, y); }
  Value shuffleInt(Value value, gpu::ShuffleMode mode, Value operand) {
    return gpu::ShuffleOp::create(builder, value, operand, getInt(kWarpThreads),
                                  mode)
        .getShuffleResult();
  }

  /// A result that takes elements, and the tile's in shared memory: one array
  /// for each part, with a place of each thread behind them for what the mask
  /// leaves out.
  struct Packed {
    CompressOp op;
    unsigned result;
    SmallVector<Value, 2> tile;
  };
  SmallVector<Packed> packed;
  /// Results that take how many there are.
  SmallVector<unsigned> counts;
  int64_t tileElements = 0;
};

} // namespace

LogicalResult CompressScheduler::verify() {
  return verifyCompressKernel(kernel);
}

void CompressScheduler::openWithTiles(int64_t threads) {
  SmallVector<Partial> boards = getBoards(tileElements);
  SmallVector<int64_t> ids = getAllBufferIds();
  for (int64_t board = 0; board < NumBoards; ++board)
    ids.push_back(getNumBuffers() + board);
  openFunction("", ids, threads, boards);
  setPartials(boards);
  Operation *terminator = kernel.getBody().front().getTerminator();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    auto op = value.getDefiningOp<CompressOp>();
    if (!op) {
      counts.push_back(i);
      continue;
    }
    Type type = value.getType();
    Packed &result = packed.emplace_back(Packed{op, unsigned(i), {}});
    for (int part = 0; part < (isComplex(getDType(type)) ? 2 : 1); ++part)
      result.tile.push_back(
          addSharedArray(getMemoryType(type), tileElements + threads));
  }
}

LogicalResult CompressScheduler::schedule() {
  if (failed(verify()))
    return failure();
  int64_t threads = getOption("threads", 256), steps = getOption("steps", 4);
  int64_t lanes = getOption("vector", 1), warpVectors = kWarpThreads * steps;
  tileElements = threads * steps * lanes;
  SmallVector<LoopDim> loops = getLoops(true);
  openWithTiles(threads);
  Walk walk = makeWalk(loops, lanes);
  TilePlace at{getConstant(0), getBlockId(),
               emitCeilDiv(walk.end, threads * steps)};
  emitter->pushScope();
  beginVectors(walk);
  Value size = getConstant(kWarpThreads);
  Value warpLane = arith::RemUIOp::create(builder, getThreadId(), size);
  Value warp = arith::DivUIOp::create(builder, getThreadId(), size);
  Value first =
      add(arith::MulIOp::create(builder, at.tile, getConstant(threads * steps)),
          emitMulAdd(warp, warpVectors, warpLane));
  WalkSteps open = openSteps(walk, first, kWarpThreads, steps);
  SmallVector<PackStep> own = emitPackSteps(open);
  endVectors();

  SmallVector<PackedCounts> words = scanCounts(own);
  Value warpCount = getInt(0);
  for (size_t i = 0; i < own.size(); ++i)
    warpCount =
        add(warpCount, getField(words[i / getFields()].total, i % getFields()));
  ScanTile tile;
  ReductionOpInterface scan = scans.front();
  Elem count = builder.cast({DType::Int32, warpCount, {}},
                            scan.getStateDTypes().front());
  scanWarps(tile, {count}, warp, threads / kWarpThreads);
  auto getCount = [&](const States &states) -> Value {
    return arith::IndexCastOp::create(builder, builder.getIndexType(),
                                      states.front().re);
  };
  // Only now, to hold no place across the barrier: each takes a register.
  Value stepBegin = getCount(tile.before);
  for (auto [i, step] : llvm::enumerate(own)) {
    const PackedCounts &word = words[i / getFields()];
    int64_t field = i % getFields();
    stage(step, add(stepBegin, toIndex(getField(word.before, field))));
    stepBegin = add(stepBegin, toIndex(getField(word.total, field)));
  }
  Value begin = getCount(lookBack(tile.total, at));
  Value kept = getCount(tile.total);
  writeTile(kept, begin);
  storeCounts(add(begin, kept));
  emitter->popScope();
  closeFunction(getSize(getProduct(loops), tileElements));
  return success();
}

//===----------------------------------------------------------------------===//
// Counting
//===----------------------------------------------------------------------===//

SmallVector<CompressScheduler::PackStep>
CompressScheduler::emitPackSteps(WalkSteps &steps) {
  SmallVector<PackStep> own;
  for (WalkStep &step : steps) {
    emitter->resumeScope(std::move(step.scope));
    own.push_back(emitPackStep(step.active));
    step.scope = emitter->suspendScope();
  }
  return own;
}

CompressScheduler::PackStep CompressScheduler::emitPackStep(Value active) {
  int64_t lanes = emitter->getLaneMode().lanes;
  auto emitAll = [&](Value tensor) {
    Elem element = emitter->emit(tensor, space.getIdentityPoint(tensor));
    return lanes > 1 && !element.isVector() ? builder.splat(element, lanes)
                                            : element;
  };
  PackStep step;
  Elem mask = emitAll(packed.front().op.getMask());
  Elem none = builder.constant(DType::Bool, 0);
  mask = builder.select({DType::Bool, active, {}}, mask, none);
  for (Packed &result : packed)
    step.elements.push_back(emitAll(result.op.getValue()));
  step.bits = getInt(0);
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value bit = arith::ExtUIOp::create(builder, builder.getI32Type(),
                                       getLane(mask.re, lane));
    step.bits = arith::OrIOp::create(
        builder, step.bits, arith::ShLIOp::create(builder, bit, getInt(lane)));
  }
  step.count = math::CtPopOp::create(builder, step.bits);
  return step;
}

Value CompressScheduler::getField(Value word, int64_t field) {
  word = arith::ShRUIOp::create(builder, word, getInt(field * getFieldBits()));
  return arith::AndIOp::create(builder, word,
                               getInt((int64_t(1) << getFieldBits()) - 1));
}

SmallVector<CompressScheduler::PackedCounts>
CompressScheduler::scanCounts(ArrayRef<PackStep> steps) {
  Value lane =
      arith::RemUIOp::create(builder, getThreadId(), getConstant(kWarpThreads));
  SmallVector<PackedCounts> counts;
  while (!steps.empty()) {
    ArrayRef<PackStep> group = steps.take_front(getFields());
    steps = steps.drop_front(group.size());
    Value own = getInt(0);
    for (auto [i, step] : llvm::enumerate(group))
      own =
          add(own, arith::ShLIOp::create(builder, step.count,
                                         getInt(int64_t(i) * getFieldBits())));
    Value inclusive = own;
    for (int64_t offset = 1; offset < kWarpThreads; offset *= 2) {
      Value left = shuffleInt(inclusive, gpu::ShuffleMode::UP, getInt(offset));
      Value hasLeft = emitLess(getConstant(offset - 1), lane);
      inclusive = arith::SelectOp::create(builder, hasLeft,
                                          add(inclusive, left), inclusive);
    }
    counts.push_back({arith::SubIOp::create(builder, inclusive, own),
                      shuffleInt(inclusive, gpu::ShuffleMode::IDX,
                                 getInt(kWarpThreads - 1))});
  }
  return counts;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

void CompressScheduler::stage(const PackStep &step, Value begin) {
  Value aside = add(getConstant(tileElements), getThreadId()), place = begin;
  for (int64_t lane = 0; lane < getOption("vector", 1); ++lane) {
    Value bit = arith::AndIOp::create(
        builder, arith::ShRUIOp::create(builder, step.bits, getInt(lane)),
        getInt(1));
    Value holds = arith::TruncIOp::create(builder, builder.getI1Type(), bit);
    Value at = arith::SelectOp::create(builder, holds, place, aside);
    for (auto [element, result] : llvm::zip_equal(step.elements, packed)) {
      SmallVector<Value> values{element.re};
      if (element.im)
        values.push_back(element.im);
      for (auto [value, part] : llvm::zip_equal(values, result.tile)) {
        Value one = getLane(value, lane);
        if (element.dtype == DType::Bool)
          one = arith::ExtUIOp::create(builder, builder.getI8Type(), one);
        memref::StoreOp::create(builder, one, part, at);
      }
    }
    place = add(place, toIndex(bit));
  }
}

void CompressScheduler::writeTile(Value count, Value begin) {
  // A mask that is counted one way holds as often the other: the bound keeps
  // writes inside the result whatever it is.
  Monomial extent(getExtents(packed.front().op.getType()).front());
  Value size = emitter->emitMonomial(extent);
  Value room = arith::SubIOp::create(
      builder, size, arith::MinUIOp::create(builder, begin, size));
  count = arith::MinUIOp::create(builder, count, room);
  int64_t threads = getBlockThreads();
  auto write = [&](Value index) {
    for (const Packed &result : packed) {
      Value flat = emitter->getFlat(getResultBuffer(result.result));
      Value at = add(begin, index);
      if (result.tile.size() > 1)
        at = add(at, at);
      for (auto [number, part] : llvm::enumerate(result.tile)) {
        Value value = memref::LoadOp::create(builder, part, index);
        memref::StoreOp::create(builder, value, flat,
                                number ? add(at, getConstant(number)) : at);
      }
    }
  };
  emitCountedLoop(
      getThreadId(), count, getConstant(threads * kStoresInFlight), {},
      [&](Value first, const States &none) {
        for (int64_t i = 0; i < kStoresInFlight; ++i) {
          Value index = i ? add(first, getConstant(i * threads)) : first;
          emitIf(emitLess(index, count), {}, [&](const States &inner) {
            write(index);
            return inner;
          });
        }
        return none;
      });
}

void CompressScheduler::storeCounts(Value end) {
  if (counts.empty())
    return;
  // A number that the machine keeps takes no register until here.
  Value blocks = gpu::GridDimOp::create(builder, gpu::Dimension::x);
  Value isLast =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::eq,
                            add(getBlockId(), getConstant(1)), blocks);
  emitIf(emitAnd(isLast, emitEqual(getThreadId(), 0)), {},
         [&](const States &none) {
           Value all =
               arith::IndexCastOp::create(builder, builder.getI64Type(), end);
           for (unsigned result : counts)
             memref::StoreOp::create(builder, all,
                                     emitter->getFlat(getResultBuffer(result)),
                                     getConstant(0));
           return none;
         });
}

LogicalResult scheduleGpuCompress(func::FuncOp kernel,
                                  const IterationSpace &space,
                                  const CudaTarget &target) {
  return CompressScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
