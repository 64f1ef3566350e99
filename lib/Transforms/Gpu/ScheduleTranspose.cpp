// The schedule of elementwise kernels with operands that lie transposed: tiles
// of these operands pass through shared memory, so that every access of a warp
// is contiguous.

#include "ElementwiseChoice.h"
#include "GpuKernelScheduler.h"
#include "Schedules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {
namespace {

/// Vectors of an operand that a thread loads before it stores the first: four
/// of 16 bytes.
constexpr int64_t kLoadsInFlight = 4;
/// Of shared memory.
constexpr int64_t kBanks = 32;

class TransposeSchedule : public GpuKernelScheduler {
public:
  using GpuKernelScheduler::GpuKernelScheduler;
  LogicalResult schedule() override;

private:
  /// The two dimensions of a tile: the one along which the staged operands are
  /// contiguous, and the innermost one of the results.
  enum Side { kLoad, kStore };
  /// A load that passes through shared memory.
  struct Staged {
    Access access;
    /// One array for each part of the elements.
    SmallVector<Value, 2> tiles;
  };
  /// A vector of a tile: where it lies in the tile, and whether it exists.
  struct Position {
    Side side;
    Value index[2];
    Value exists;
  };

  using Elems = SmallVector<Elem>;

  LogicalResult findLoops();
  LogicalResult findTile();
  void addSharedTiles();
  Value countTiles(Side side);
  /// Splits the number of a tile and binds the loops outside of tiles.
  void locateTile(Value tile);
  void emitTile();

  /// Walks the thread's vectors of a tile, which lie along `side`, a few at a
  /// time: `load` for each, then `store` for each. A vector beyond the edge
  /// loads the last one, so that no load waits for a branch.
  void emitVectors(Side side, function_ref<Elems(const Position &)> load,
                   function_ref<void(const Position &, const Elems &)> store);
  Position bindPosition(Side side, Value along, Value across);

  void storeStaged(const Staged &load, const Elem &element,
                   const Position &position);
  Elem loadStaged(const Staged &load, const Position &position);
  /// Where lane `lane` of a vector lies in a tile.
  Value getTileOffset(const Position &position, int64_t lane);

  int64_t threads, lanes;
  /// Vectors of results that a thread computes before it stores the first.
  int64_t unroll;
  /// A tile's extents, and how far its rows in shared memory lie apart.
  int64_t size[2], pitch;
  LoopDim loops[2];
  SmallVector<LoopDim> outer;
  SmallVector<Staged> staged;
  SmallVector<unsigned> results;
  /// The present tile's first index along each side.
  Value origin[2];
};

} // namespace

LogicalResult TransposeSchedule::schedule() {
  if (!space.getReductions().empty())
    return kernel.emitError("the transpose schedule is for kernels without "
                            "reductions");
  if (failed(findLoops()) || failed(findTile()))
    return failure();
  results = llvm::to_vector(llvm::seq<unsigned>(0, kernel.getNumResults()));

  openFunction("", getAllBufferIds(), threads);
  addSharedTiles();
  // A grid of as many blocks as the elements fill tiles: partial tiles are
  // what makes some blocks take a second one.
  Value tiles =
      arith::MulIOp::create(builder, countTiles(kLoad), countTiles(kStore));
  for (const LoopDim &loop : outer)
    tiles = arith::MulIOp::create(builder, tiles,
                                  emitter->emitMonomial(loop.extent));
  Value grid = gpu::GridDimOp::create(builder, gpu::Dimension::x);
  emitCountedLoop(getBlockId(), tiles, grid, {},
                  [&](Value tile, const States &) {
                    locateTile(tile);
                    emitTile();
                    return States();
                  });
  copyBorders(threads);
  closeFunction(
      getSize(getProduct(space.getLoops()), size[kLoad] * size[kStore]));
  return success();
}

LogicalResult TransposeSchedule::findTile() {
  threads = getOption("threads", 256);
  lanes = getOption("vector", 1);
  unroll = llvm::bit_floor<uint64_t>(getOption("unroll", 1));
  size[kLoad] = getOption("height", 32);
  size[kStore] = getOption("width", 32);
  if (threads * lanes > size[kLoad] * size[kStore] ||
      lanes > std::min(size[kLoad], size[kStore]))
    return kernel.emitError("a tile must have a vector for each thread");
  // Threads that write a column of a tile write different banks.
  pitch = size[kStore] + std::max<int64_t>(1, kBanks / size[kLoad]);
  return success();
}

LogicalResult TransposeSchedule::findLoops() {
  int64_t dim = getOption("dim", -1);
  ArrayRef<LoopDim> all = space.getLoops();
  for (const LoopDim &loop : all.drop_back(all.empty() ? 0 : 1)) {
    if (loop.dim == dim)
      loops[kLoad] = loop;
    else
      outer.push_back(loop);
  }
  if (outer.size() + 2 != all.size())
    return kernel.emitError("the transpose schedule needs the dimension along "
                            "which its operands are contiguous");
  loops[kStore] = all.back();
  for (const Access &access : getTransposedLoads(space, dim))
    staged.push_back({access, {}});
  return success();
}

void TransposeSchedule::addSharedTiles() {
  for (Staged &load : staged) {
    Type tensor = load.access.tensor.getType();
    for (int64_t part = 0; part < (isComplex(getDType(tensor)) ? 2 : 1); ++part)
      load.tiles.push_back(
          addSharedArray(getMemoryType(tensor), size[kLoad] * pitch));
  }
}

Value TransposeSchedule::countTiles(Side side) {
  Value extent = emitter->emitMonomial(loops[side].extent);
  return arith::DivUIOp::create(
      builder,
      arith::AddIOp::create(builder, extent, getConstant(size[side] - 1)),
      getConstant(size[side]));
}

void TransposeSchedule::locateTile(Value tile) {
  // Neighbouring blocks write neighbouring tiles.
  for (Side side : {kStore, kLoad}) {
    Value count = countTiles(side);
    Value rest = arith::DivUIOp::create(builder, tile, count);
    Value index = arith::SubIOp::create(
        builder, tile, arith::MulIOp::create(builder, rest, count));
    origin[side] =
        arith::MulIOp::create(builder, index, getConstant(size[side]));
    tile = rest;
  }
  bindDelinearized(tile, outer);
}

void TransposeSchedule::emitTile() {
  emitVectors(
      kLoad,
      [&](const Position &) {
        Elems elements;
        for (const Staged &load : staged)
          elements.push_back(
              emitter->emitLoad(load.access.tensor, load.access.offset));
        return elements;
      },
      [&](const Position &position, const Elems &elements) {
        for (auto [load, element] : llvm::zip_equal(staged, elements))
          storeStaged(load, element, position);
      });
  emitBarrier();
  emitVectors(
      kStore,
      [&](const Position &position) {
        emitter->setHeldElements(
            [&](Value tensor, const LinearExpr &offset) -> std::optional<Elem> {
              for (const Staged &load : staged)
                if (load.access.tensor == tensor &&
                    load.access.offset == offset)
                  return loadStaged(load, position);
              return std::nullopt;
            });
        Elems elements = emitResults(results);
        emitter->setHeldElements(nullptr);
        return elements;
      },
      [&](const Position &position, const Elems &elements) {
        emitIf(position.exists, {}, [&](const States &none) {
          storeElements(results, elements);
          return none;
        });
      });
  // The next tile overwrites what slower threads still read.
  emitBarrier();
}

//===----------------------------------------------------------------------===//
// Vectors of a tile
//===----------------------------------------------------------------------===//

TransposeSchedule::Position
TransposeSchedule::bindPosition(Side side, Value along, Value across) {
  Position position{side, {}, {}};
  position.index[side] = along;
  position.index[side == kLoad ? kStore : kLoad] = across;
  for (Side each : {kLoad, kStore}) {
    Value extent = emitter->emitMonomial(loops[each].extent);
    Value index =
        arith::AddIOp::create(builder, origin[each], position.index[each]);
    Value exists = arith::CmpIOp::create(builder, arith::CmpIPredicate::ult,
                                         index, extent);
    position.exists =
        position.exists
            ? arith::AndIOp::create(builder, position.exists, exists)
                  .getResult()
            : exists;
    // Along the vectors, extents are whole vectors.
    Value last = arith::SubIOp::create(builder, extent,
                                       getConstant(each == side ? lanes : 1));
    emitter->bindIv(loops[each].dim,
                    arith::MinUIOp::create(builder, index, last));
  }
  return position;
}

void TransposeSchedule::emitVectors(
    Side side, function_ref<Elems(const Position &)> load,
    function_ref<void(const Position &, const Elems &)> store) {
  int64_t steps = size[kLoad] * size[kStore] / (threads * lanes);
  int64_t inFlight = std::min(side == kLoad ? kLoadsInFlight : unroll, steps);
  Value rowVectors = getConstant(size[side] / lanes);
  emitter->setVectorDim(loops[side].dim);
  emitter->setLaneMode({lanes, {}});
  struct Vector {
    Position position;
    Elems loaded;
    ElementEmitter::SuspendedScope scope;
  };
  auto emitSteps = [&](Value step, const States &none) {
    Value first = arith::AddIOp::create(
        builder, getThreadId(),
        arith::MulIOp::create(builder, step, getConstant(threads * inFlight)));
    SmallVector<Vector, 0> vectors;
    for (int64_t i = 0; i < inFlight; ++i) {
      emitter->pushScope();
      Value index =
          arith::AddIOp::create(builder, first, getConstant(i * threads));
      Value along = arith::MulIOp::create(
          builder, arith::RemUIOp::create(builder, index, rowVectors),
          getConstant(lanes));
      Value across = arith::DivUIOp::create(builder, index, rowVectors);
      Position position = bindPosition(side, along, across);
      Elems loaded = load(position);
      vectors.push_back({position, loaded, emitter->suspendScope()});
    }
    for (Vector &vector : vectors) {
      emitter->resumeScope(std::move(vector.scope));
      store(vector.position, vector.loaded);
      emitter->popScope();
    }
    return none;
  };
  emitCountedLoop(getConstant(0), getConstant(steps / inFlight), getConstant(1),
                  {}, emitSteps);
  emitter->setLaneMode({});
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

Value TransposeSchedule::getTileOffset(const Position &position, int64_t lane) {
  Value index[2] = {position.index[kLoad], position.index[kStore]};
  Value &along = index[position.side];
  if (lane > 0)
    along = arith::AddIOp::create(builder, along, getConstant(lane));
  return arith::AddIOp::create(
      builder, arith::MulIOp::create(builder, index[kLoad], getConstant(pitch)),
      index[kStore]);
}

/// The parts of `element` as they lie in memory.
static SmallVector<Value, 2> getParts(ElementBuilder &builder,
                                      const Elem &element) {
  if (element.im)
    return {element.re, element.im};
  if (element.dtype != DType::Bool)
    return {element.re};
  return {arith::ExtUIOp::create(
      builder, builder.getTypeLike(builder.getI8Type(), element.re),
      element.re)};
}

void TransposeSchedule::storeStaged(const Staged &load, const Elem &element,
                                    const Position &position) {
  SmallVector<Value, 2> parts = getParts(builder, element);
  for (auto [values, tile] : llvm::zip_equal(parts, load.tiles))
    for (int64_t lane = 0; lane < emitter->getLaneMode().lanes; ++lane) {
      Value value = values;
      if (isa<VectorType>(values.getType()))
        value =
            vector::ExtractOp::create(builder, values, ArrayRef<int64_t>{lane});
      memref::StoreOp::create(builder, value, tile,
                              getTileOffset(position, lane));
    }
}

Elem TransposeSchedule::loadStaged(const Staged &load,
                                   const Position &position) {
  int64_t count = emitter->getLaneMode().lanes;
  SmallVector<Value, 2> parts;
  for (Value tile : load.tiles) {
    SmallVector<Value> values;
    for (int64_t lane = 0; lane < count; ++lane)
      values.push_back(
          memref::LoadOp::create(builder, tile, getTileOffset(position, lane)));
    Value part = values.front();
    if (count > 1)
      part = vector::FromElementsOp::create(
          builder, VectorType::get({count}, part.getType()), values);
    parts.push_back(part);
  }
  DType dtype = getDType(load.access.tensor.getType());
  if (dtype == DType::Bool)
    parts[0] = arith::TruncIOp::create(
        builder, builder.getTypeLike(builder.getI1Type(), parts[0]), parts[0]);
  return {dtype, parts[0], parts.size() > 1 ? parts[1] : Value()};
}

LogicalResult scheduleGpuTranspose(func::FuncOp kernel,
                                   const IterationSpace &space,
                                   const CudaTarget &target) {
  return TransposeSchedule(kernel, space, target).schedule();
}

} // namespace numloom::array
