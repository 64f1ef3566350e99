// The schedule of short reduced rows whose operands are broadcast: a thread
// computes neighbouring rows, and loads once what they share.

#include "GpuReductionScheduler.h"
#include "Schedules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {

namespace {
/// Options:
///   threads  of a block
///   vector   elements of a step
///   steps    of a row: all of it
///   rows     of a thread, along the outer of the two loops that are kept;
///   where
///            fewer are left they begin earlier, so that there must be as many
class RowTileScheduler : public GpuReductionScheduler {
public:
  using GpuReductionScheduler::GpuReductionScheduler;

  LogicalResult schedule() override {
    if (getStages().size() != 1 || getLoops(false).size() != 2 ||
        getReducedResults().size() != kernel.getNumResults())
      return kernel.emitError(
          "tiles of rows have one stage, two loops that are "
          "kept, and no results over the rows");
    stage = getStages().front();
    outer = getLoops(false)[0];
    inner = getLoops(false)[1];
    height = getOption("rows", 4);
    int64_t threads = getOption("threads", 256);
    openFunction("", getAllBufferIds(), threads);
    Walk walk = makeWalk(getLoops(true), getOption("vector", 1));
    Value tile = emitMulAdd(getBlockId(), threads, getThreadId());
    Value width = emitter->emitMonomial(inner.extent);
    Value rows = emitter->emitMonomial(outer.extent);
    Value count =
        arith::MulIOp::create(builder, emitCeilDiv(rows, height), width);
    emitIf(emitLess(tile, count), {}, [&](const States &) -> States {
      emitter->pushScope();
      bindTile(tile, width, rows);
      emitTile(walk);
      emitter->popScope();
      return {};
    });
    Monomial elements = getProduct(getLoops(false)) * Monomial(kLeastBands + 1);
    closeFunction(getSize(elements, kLeastBands * threads * height));
    return success();
  }

private:
  void bindTile(Value tile, Value width, Value rows) {
    Value band = arith::DivUIOp::create(builder, tile, width);
    Value x = arith::RemUIOp::create(builder, tile, width);
    Value y = arith::MulIOp::create(builder, band, getConstant(height));
    Value last = arith::SubIOp::create(builder, rows, getConstant(height));
    emitter->bindIv(outer.dim, arith::MinUIOp::create(builder, y, last));
    emitter->bindIv(inner.dim, x);
  }

  void emitTile(const Walk &walk) {
    WalkSteps steps = openSteps(walk, getConstant(0), 1, getOption("steps", 1));
    SmallVector<unsigned> results = getReducedResults();
    SmallVector<SmallVector<Elem>> computed;
    for (int64_t y = 0; y < height; ++y) {
      space.setShift(outer.dim, y);
      beginVectors(walk);
      States states = emitSteps(stage, steps, {}, {});
      endVectors();
      bindReductions(stage.reductions,
                     reduceLanes(stage.reductions, states, walk.lanes));
      computed.push_back(emitResults(results));
    }
    for (auto [y, elements] : llvm::enumerate(computed)) {
      space.setShift(outer.dim, y);
      storeElements(results, elements);
    }
    space.setShift(outer.dim, 0);
  }

  Stage stage;
  LoopDim outer, inner;
  int64_t height;
};
} // namespace

LogicalResult scheduleGpuRowTile(func::FuncOp kernel,
                                 const IterationSpace &space,
                                 const CudaTarget &target) {
  return RowTileScheduler(kernel, space, target).schedule();
}

} // namespace numloom::array
