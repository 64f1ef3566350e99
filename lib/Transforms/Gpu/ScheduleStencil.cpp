// The schedule of elementwise kernels that read neighbouring elements of one
// array. A thread computes a tile of the results, a few rows of neighbouring
// elements: each element that the tile needs is loaded once.

#include "GpuKernelScheduler.h"
#include "Schedules.h"
#include "StencilLoads.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {
namespace {

/// Tiles of a warp.
constexpr int64_t kWarpTiles = 32;

/// Options:
///   threads  of a block
///   vector   columns of a tile; they divide the rows' length
///   rows     of a tile; where fewer are left a tile begins earlier, so
///            that there must be as many
///   bands    tiles one above the other that neighbouring warps take, so that
///            what both read comes from the first-level cache; 1: warps follow
///            each other along the rows
class StencilSchedule : public GpuKernelScheduler {
public:
  using GpuKernelScheduler::GpuKernelScheduler;
  LogicalResult schedule() override;

private:
  LogicalResult verify();
  /// Tiles one above the other.
  Value countBands();
  Value roundUp(Value number, int64_t multiple);
  /// A tile: the vector in its row, its band, and the row-major item of the
  /// loops outside.
  struct Place {
    Value x, band, item;
  };
  Place findPlace(Value tile, Value width, Value bands);
  void bindTile(const Place &place);
  void emitTile();
  /// The element of `value` that lies `row` and `lane` from the tile's first.
  Point getPoint(Value value, int64_t row, int64_t lane);
  std::optional<Elem> emitShared(StencilLoads &loads, Value tensor,
                                 const LinearExpr &offset);
  Elem join(ArrayRef<Elem> lanes);

  int64_t threads, lanes, height, grouped;
  LoopDim column, row;
  SmallVector<LoopDim> outer;
};

} // namespace

LogicalResult StencilSchedule::verify() {
  threads = getOption("threads", 256);
  lanes = getOption("vector", 1);
  height = getOption("rows", 1);
  grouped = getOption("bands", 1);
  if (!space.getReductions().empty() || space.getLoops().size() < 2)
    return kernel.emitError("the stencil schedule is for kernels of two loops "
                            "and more without reductions");
  outer = llvm::to_vector(space.getLoops().drop_back(2));
  row = space.getLoops().drop_back().back();
  column = space.getLoops().back();
  return success();
}

LogicalResult StencilSchedule::schedule() {
  if (failed(verify()))
    return failure();
  openFunction("", getAllBufferIds(), threads);
  emitter->setVectorDim(column.dim);
  Value width = arith::DivUIOp::create(
      builder, emitter->emitMonomial(column.extent), getConstant(lanes));
  Value bands = countBands();
  // With bands in groups, places without a tile fill up warps and groups.
  Value places = roundUp(width, grouped > 1 ? kWarpTiles : 1);
  Value tile = arith::AddIOp::create(
      builder,
      arith::MulIOp::create(builder, getBlockId(), getConstant(threads)),
      getThreadId());
  bands = roundUp(bands, grouped);
  Value count = arith::MulIOp::create(builder, places, bands);
  if (!outer.empty())
    count = arith::MulIOp::create(builder, count,
                                  emitter->emitMonomial(getProduct(outer)));
  Value exists =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, tile, count);
  Place place = findPlace(tile, places, bands);
  if (grouped > 1)
    exists = arith::AndIOp::create(
        builder, exists,
        arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, place.x,
                              width));
  emitIf(exists, {}, [&](const States &none) {
    emitter->pushScope();
    bindTile(place);
    emitTile();
    emitter->popScope();
    return none;
  });
  copyBorders(threads);
  int64_t excess = grouped > 1 ? kGroupedExcess : 1;
  Monomial elements =
      getProduct(space.getLoops()) * Monomial(kLeastBands + excess);
  closeFunction(getSize(elements, kLeastBands * threads * lanes * height));
  return success();
}

Value StencilSchedule::countBands() {
  Value rows = emitter->emitMonomial(row.extent);
  if (height == 1)
    return rows;
  Value last = arith::AddIOp::create(builder, rows, getConstant(height - 1));
  return arith::DivUIOp::create(builder, last, getConstant(height));
}

Value StencilSchedule::roundUp(Value number, int64_t multiple) {
  if (multiple == 1)
    return number;
  Value unit = getConstant(multiple);
  Value last =
      arith::AddIOp::create(builder, number, getConstant(multiple - 1));
  return arith::SubIOp::create(builder, last,
                               arith::RemUIOp::create(builder, last, unit));
}

StencilSchedule::Place StencilSchedule::findPlace(Value tile, Value width,
                                                  Value bands) {
  Value rest = tile;
  auto split = [&](Value extent) -> Value {
    Value quotient = arith::DivUIOp::create(builder, rest, extent);
    Value remainder = arith::SubIOp::create(
        builder, rest, arith::MulIOp::create(builder, quotient, extent));
    rest = quotient;
    return remainder;
  };
  auto join = [&](Value high, int64_t factor, Value low) -> Value {
    Value start = arith::MulIOp::create(builder, high, getConstant(factor));
    return arith::AddIOp::create(builder, start, low);
  };
  Place place;
  if (grouped == 1) {
    place.x = split(width);
  } else {
    Value lane = split(getConstant(kWarpTiles));
    Value below = split(getConstant(grouped));
    Value warps =
        arith::DivUIOp::create(builder, width, getConstant(kWarpTiles));
    place.x = join(split(warps), kWarpTiles, lane);
    rest = join(rest, grouped, below);
  }
  place.band = outer.empty() ? rest : split(bands);
  place.item = rest;
  return place;
}

void StencilSchedule::bindTile(const Place &place) {
  bindDelinearized(place.item, outer);
  Value x = arith::MulIOp::create(builder, place.x, getConstant(lanes));
  Value y = arith::MulIOp::create(builder, place.band, getConstant(height));
  if (height > 1)
    y = arith::MinUIOp::create(
        builder, y,
        arith::SubIOp::create(builder, emitter->emitMonomial(row.extent),
                              getConstant(height)));
  emitter->bindIv(row.dim, y);
  emitter->bindIv(column.dim, x);
}

Point StencilSchedule::getPoint(Value value, int64_t y, int64_t x) {
  Point point = space.getIdentityPoint(value);
  point[row.dim] = point[row.dim] + LinearExpr::constant(y);
  point[column.dim] = point[column.dim] + LinearExpr::constant(x);
  return point;
}

std::optional<Elem> StencilSchedule::emitShared(StencilLoads &loads,
                                                Value tensor,
                                                const LinearExpr &offset) {
  std::optional<int64_t> lane = loads.findLane(tensor, offset);
  if (!lane)
    return std::nullopt;
  LinearExpr first = offset + LinearExpr::constant(-*lane);
  Elem vector;
  if (Elem *known = loads.findVector(tensor, first)) {
    vector = *known;
  } else {
    emitter->setLaneMode({lanes, {}});
    vector = emitter->emitLoad(tensor, first);
    emitter->setLaneMode({});
    loads.addVector(tensor, first, vector);
  }
  auto extract = [&](Value part) -> Value {
    if (!part)
      return {};
    return vector::ExtractOp::create(builder, part, ArrayRef<int64_t>{*lane});
  };
  return Elem{vector.dtype, extract(vector.re), extract(vector.im)};
}

Elem StencilSchedule::join(ArrayRef<Elem> elements) {
  if (elements.size() == 1)
    return elements.front();
  auto pack = [&](auto getPart) -> Value {
    SmallVector<Value> parts = llvm::map_to_vector(elements, getPart);
    if (!parts.front())
      return {};
    auto type = VectorType::get({static_cast<int64_t>(parts.size())},
                                parts.front().getType());
    return vector::FromElementsOp::create(builder, type, parts);
  };
  return {elements.front().dtype, pack([](const Elem &e) { return e.re; }),
          pack([](const Elem &e) { return e.im; })};
}

void StencilSchedule::emitTile() {
  StencilLoads loads(space, row, column, height, lanes);
  if (lanes > 1)
    emitter->setHeldElements([&](Value tensor, const LinearExpr &offset) {
      return emitShared(loads, tensor, offset);
    });
  // All elements first: no load waits for a store.
  struct Row {
    unsigned result;
    int64_t y;
    Elem elements;
  };
  SmallVector<Row> rows;
  Operation *terminator = kernel.getBody().front().getTerminator();
  for (auto [result, value] : llvm::enumerate(terminator->getOperands()))
    for (int64_t y = 0; y < height; ++y) {
      SmallVector<Elem> elements;
      for (int64_t x = 0; x < lanes; ++x)
        elements.push_back(emitter->emit(value, getPoint(value, y, x)));
      rows.push_back({static_cast<unsigned>(result), y, join(elements)});
    }
  emitter->setHeldElements({});
  emitter->setLaneMode({lanes, {}});
  for (const Row &each : rows) {
    Value value = terminator->getOperand(each.result);
    emitter->store(each.elements, each.result, value,
                   getResultBuffer(each.result), getPoint(value, each.y, 0));
  }
  emitter->setLaneMode({});
}

LogicalResult scheduleGpuStencil(func::FuncOp kernel,
                                 const IterationSpace &space,
                                 const CudaTarget &target) {
  return StencilSchedule(kernel, space, target).schedule();
}

} // namespace numloom::array
