// The schedules of scatters whose entries may name one place more than once:
// a thread for each run of neighbours that do, or one thread for all.

#include "ElementwiseChoice.h"
#include "GpuKernelScheduler.h"
#include "Schedules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// The choice
//===----------------------------------------------------------------------===//

ScheduleChoice chooseScatterSchedule(func::FuncOp kernel,
                                     const IterationSpace &space,
                                     const SizeHints &hints) {
  ScatterOp op = getScatter(kernel);
  ScatterRepeats repeats = op.getRepeats();
  if (combinesOnce(op) || getAtomicKind(op))
    return chooseLoopSchedule(kernel, space, hints);
  bool isLine = getExtents(op.getIndices().front().getType()).size() == 1;
  if (repeats == ScatterRepeats::Neighbours && isLine)
    return {"scatter_runs", {{"threads", 256}}, {}};
  return {"scatter_serial", {{"threads", 32}}, {}};
}

//===----------------------------------------------------------------------===//
// One thread
//===----------------------------------------------------------------------===//

namespace {

class SerialSchedule : public GpuKernelScheduler {
public:
  using GpuKernelScheduler::GpuKernelScheduler;
  LogicalResult schedule() override;
};

} // namespace

LogicalResult SerialSchedule::schedule() {
  if (failed(verifyScatter()))
    return failure();
  openFunction("", getAllBufferIds(), getOption("threads", 32));
  Value isFirst = arith::CmpIOp::create(builder, arith::CmpIPredicate::eq,
                                        getThreadId(), getConstant(0));
  emitIf(isFirst, {}, [&](const States &none) {
    return emitLoops(space.getLoops(), none, [&](const States &states) {
      storeEntry(emitScatterEntry(), getResultBuffer(0));
      return states;
    });
  });
  closeFunction(getSize(Monomial(1)));
  return success();
}

//===----------------------------------------------------------------------===//
// A thread for each run
//===----------------------------------------------------------------------===//

namespace {

class RunsSchedule : public GpuKernelScheduler {
public:
  using GpuKernelScheduler::GpuKernelScheduler;
  LogicalResult schedule() override;

private:
  /// The elements of all indices at `position` of their only axis.
  SmallVector<Value> emitIndices(const LinearExpr &position);
  /// Whether `a` and `b` name one place.
  Value areEqual(ArrayRef<Value> a, ArrayRef<Value> b);
  void emitRun();
  /// Combines entries from `first` on while they name the place of `indices`.
  void emitWalk(Value first, ArrayRef<Value> indices);

  /// The dimension of the indices' axis.
  unsigned dim = 0;
};

} // namespace

LogicalResult RunsSchedule::schedule() {
  if (failed(verifyScatter()))
    return failure();
  ScatterOp op = getScatter();
  if (getExtents(op.getIndices().front().getType()).size() != 1)
    return kernel.emitError("runs are of indices with one axis");
  dim = op.getAxes().front();
  int64_t threads = getOption("threads", 256);
  Monomial elements = getProduct(space.getLoops());
  openFunction("", getAllBufferIds(), threads);
  Value item = arith::AddIOp::create(
      builder,
      arith::MulIOp::create(builder, getBlockId(), getConstant(threads)),
      getThreadId());
  Value exists = arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, item,
                                       emitter->emitMonomial(elements));
  emitIf(exists, {}, [&](const States &none) {
    bindDelinearized(item, space.getLoops());
    emitRun();
    return none;
  });
  closeFunction(getSize(elements, threads));
  return success();
}

SmallVector<Value> RunsSchedule::emitIndices(const LinearExpr &position) {
  SmallVector<Value> values;
  for (Value index : getScatter().getIndices())
    values.push_back(emitter->emit(index, {position}).re);
  return values;
}

Value RunsSchedule::areEqual(ArrayRef<Value> a, ArrayRef<Value> b) {
  Value all;
  for (auto [x, y] : llvm::zip_equal(a, b)) {
    Value equal =
        arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, x, y);
    all = all ? arith::AndIOp::create(builder, all, equal).getResult() : equal;
  }
  return all;
}

void RunsSchedule::emitRun() {
  LinearExpr here = LinearExpr::dim(dim);
  Value position = emitter->emitPosition(here).re;
  Value zero = arith::ConstantIntOp::create(builder, builder.getI64Type(), 0);
  Value isFirst =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, position, zero);
  SmallVector<Value> indices = emitIndices(here);
  Elem yes{DType::Bool,
           arith::ConstantIntOp::create(builder, builder.getI1Type(), 1),
           {}};
  States isHead = emitIf(
      isFirst, {yes}, [](const States &states) { return states; },
      [&](const States &) {
        Value differs = arith::XOrIOp::create(
            builder,
            areEqual(emitIndices(here + LinearExpr::constant(-1)), indices),
            yes.re);
        return States{{DType::Bool, differs, {}}};
      });
  emitIf(isHead.front().re, {}, [&](const States &none) {
    emitWalk(
        arith::IndexCastOp::create(builder, builder.getIndexType(), position),
        indices);
    return none;
  });
}

void RunsSchedule::emitWalk(Value first, ArrayRef<Value> indices) {
  ScatterOp op = getScatter();
  Value extent = emitter->emitMonomial(
      Monomial(getExtents(op.getIndices().front().getType()).front()));
  Point point = space.getIdentityPoint(op.getValue());
  ElementEmitter::Target target = emitter->emitTarget(op, point);
  emitIf(target.isInside, {}, [&](const States &none) {
    DType dtype = getDType(op.getType());
    States start{emitter->loadAt(dtype, getResultBuffer(0), target.offset)};
    States sum = emitWhile(
        first, start,
        [&](Value iv) {
          // Past the end nothing is loaded.
          Value exists = arith::CmpIOp::create(
              builder, arith::CmpIPredicate::ult, iv, extent);
          Elem no{DType::Bool,
                  arith::ConstantIntOp::create(builder, builder.getI1Type(), 0),
                  {}};
          return emitIf(exists, {no},
                        [&](const States &) {
                          emitter->bindIv(dim, iv);
                          return States{
                              {DType::Bool,
                               areEqual(emitIndices(LinearExpr::dim(dim)),
                                        indices),
                               {}}};
                        })
              .front()
              .re;
        },
        [&](Value iv, const States &states) {
          emitter->bindIv(dim, iv);
          return States{combineEntry(states.front(),
                                     emitter->emit(op.getValue(), point))};
        });
    emitter->storeAt(sum.front(), getResultBuffer(0), target.offset);
    return none;
  });
}

LogicalResult scheduleGpuScatterSerial(func::FuncOp kernel,
                                       const IterationSpace &space,
                                       const CudaTarget &target) {
  return SerialSchedule(kernel, space, target).schedule();
}

LogicalResult scheduleGpuScatterRuns(func::FuncOp kernel,
                                     const IterationSpace &space,
                                     const CudaTarget &target) {
  return RunsSchedule(kernel, space, target).schedule();
}

} // namespace numloom::array
