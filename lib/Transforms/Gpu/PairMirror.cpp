// Tiles of pairs that are equal to their mirror images, as distances of points
// from one another: computed once and stored twice.

#include "PairScheduler.h"

#include "numloom/Dialect/Array/IR/ArrayDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// Which kernels have them
//===----------------------------------------------------------------------===//

namespace {
/// What becomes of a value where row and column change places.
enum class Swapped {
  Other, ///< unknown
  Row,   ///< the column's operand, and the other way round
  Column,
  Same,   ///< the same bits
  Negated ///< the negative number, or a zero of any sign
};
} // namespace

static bool isRealFloat(Value value) {
  DType dtype = getDType(value.getType());
  return isFloat(dtype) && !isComplex(dtype);
}

/// Of an op on two values that are each other's mirror image.
static Swapped swapPair(Operation *op) {
  if (isa<SubtractOp>(op) && isRealFloat(op->getResult(0)))
    return Swapped::Negated;
  return isa<AddOp, MultiplyOp>(op) ? Swapped::Same : Swapped::Other;
}

static Swapped swapOperands(Operation *op, ArrayRef<Swapped> operands) {
  auto are = [&](Swapped swapped) {
    return llvm::all_of(operands,
                        [=](Swapped each) { return each == swapped; });
  };
  if (isa<ConstantOp>(op))
    return Swapped::Same;
  if (isa<BroadcastOp>(op))
    return operands.front();
  if (!isa<ElementwiseOpInterface, ReductionOpInterface>(op))
    return Swapped::Other;
  if (are(Swapped::Same))
    return Swapped::Same;
  if (operands.size() == 2 && llvm::is_contained(operands, Swapped::Row) &&
      llvm::is_contained(operands, Swapped::Column))
    return swapPair(op);
  bool isEven = isa<SquareOp, AbsoluteOp>(op) ||
                (isa<MultiplyOp>(op) && op->getOperand(0) == op->getOperand(1));
  return are(Swapped::Negated) && isEven ? Swapped::Same : Swapped::Other;
}

/// Whether `lhs` is along one side what `rhs` is along the other.
static bool areMirrored(const PairOperand &lhs, const PairOperand &rhs,
                        const PairLoops &loops) {
  auto swap = [&](const LinearExpr &offset) {
    LinearExpr swapped;
    swapped.constants = offset.constants;
    for (auto [dim, coefficient] : offset.terms) {
      unsigned other = dim == loops.sides[kRow].dim ? loops.sides[kColumn].dim
                       : dim == loops.sides[kColumn].dim ? loops.sides[kRow].dim
                                                         : dim;
      swapped = swapped + LinearExpr::dim(other) * coefficient;
    }
    return swapped;
  };
  return lhs.side != rhs.side &&
         getDType(lhs.access.tensor.getType()) ==
             getDType(rhs.access.tensor.getType()) &&
         swap(lhs.access.offset) == rhs.access.offset;
}

bool PairLoops::areMirrored(func::FuncOp kernel, const IterationSpace &space,
                            ArrayRef<PairOperand> operands) const {
  if (!outer.empty() || operands.size() != 2 ||
      !(sides[kRow].extent == sides[kColumn].extent) ||
      !array::areMirrored(operands[0], operands[1], *this))
    return false;
  llvm::DenseMap<Value, Swapped> swapped;
  for (Value argument : kernel.getArguments())
    swapped[argument] = Swapped::Same;
  for (const PairOperand &operand : operands)
    swapped[operand.access.tensor] =
        operand.side == kRow ? Swapped::Row : Swapped::Column;
  for (const Access &access : space.getAccesses()) {
    bool isOperand = llvm::any_of(operands, [&](const PairOperand &operand) {
      return operand.access.tensor == access.tensor;
    });
    if (!access.isStore && !isOperand &&
        llvm::any_of(sides, [&](const LoopDim &side) {
          return access.offset.dependsOn(side.dim);
        }))
      return false;
  }
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    SmallVector<Swapped> own;
    for (Value operand : op.getOperands())
      own.push_back(swapped.lookup(operand));
    Swapped result = swapOperands(&op, own);
    for (Value value : op.getResults())
      swapped[value] = result;
  }
  return llvm::all_of(
      kernel.getBody().front().getTerminator()->getOperands(),
      [&](Value result) { return swapped.lookup(result) == Swapped::Same; });
}

//===----------------------------------------------------------------------===//
// What a block does
//===----------------------------------------------------------------------===//

void PairScheduler::emitIsMirror() {
  Value addresses[2];
  for (auto [address, operand] : llvm::zip_equal(addresses, operands))
    address = memref::ExtractAlignedPointerAsIndexOp::create(
        builder,
        getBuffer(cast<BlockArgument>(operand.access.tensor).getArgNumber()));
  isMirror = arith::CmpIOp::create(builder, arith::CmpIPredicate::eq,
                                   addresses[0], addresses[1]);
}

/// The upper triangle of n x n tiles is a rectangle of half as many rows, whose
/// lower left part is the triangle's end, turned round.
Value PairScheduler::countMirrorTiles(PairSide side) {
  Value count = countTiles(side), one = getConstant(1);
  Value half = side == kColumn
                   ? arith::OrIOp::create(builder, count, one).getResult()
                   : arith::DivUIOp::create(
                         builder, arith::AddIOp::create(builder, count, one),
                         getConstant(2));
  return arith::SelectOp::create(builder, isMirror, half, count);
}

void PairScheduler::unfoldTriangle(Value (&place)[2]) {
  Value count = countTiles(kColumn), row = place[kRow], column = place[kColumn];
  auto subtract = [&](Value lhs, Value rhs) -> Value {
    return arith::SubIOp::create(builder, lhs, rhs);
  };
  Value offset = subtract(countMirrorTiles(kColumn), count);
  Value diagonal = arith::AddIOp::create(builder, row, offset);
  Value isTurned = emitAnd(isMirror, emitLess(column, diagonal));
  place[kRow] = arith::SelectOp::create(builder, isTurned,
                                        subtract(count, diagonal), row);
  place[kColumn] = arith::SelectOp::create(
      builder, isTurned, subtract(subtract(count, getConstant(1)), column),
      subtract(column, offset));
}

void PairScheduler::storeMirrored(ArrayRef<Elem> rows, int64_t row,
                                  Value column) {
  SmallVector<unsigned> results = getReducedResults();
  size_t each = results.size();
  emitter->setVectorDim(loops.sides[kColumn].dim);
  emitter->setLaneMode({run, {}});
  Value first = arith::AddIOp::create(builder, firstRow,
                                      getConstant(getRowDistance(row)));
  for (int64_t lane = 0; lane < lanes; ++lane) {
    emitter->pushScope();
    emitter->bindIv(loops.sides[kColumn].dim, first);
    emitter->bindIv(loops.sides[kRow].dim,
                    arith::AddIOp::create(builder, column, getConstant(lane)));
    SmallVector<Elem> turned;
    for (size_t result = 0; result < each; ++result) {
      SmallVector<Elem> elements;
      for (int64_t i = 0; i < run; ++i)
        elements.push_back(rows[i * each + result]);
      turned.push_back(gatherLane(elements, lane));
    }
    storeElements(results, turned);
    emitter->popScope();
  }
}

Elem PairScheduler::gatherLane(ArrayRef<Elem> elements, int64_t lane) {
  auto gather = [&](auto getPart) -> Value {
    Value first = getPart(elements.front());
    if (!first || !isa<VectorType>(first.getType()))
      return first;
    Type element = getElementTypeOrSelf(first.getType());
    auto type =
        VectorType::get({static_cast<int64_t>(elements.size())}, element);
    Value gathered =
        arith::ConstantOp::create(builder, builder.getZeroAttr(type));
    for (auto [i, each] : llvm::enumerate(elements)) {
      Value part = vector::ExtractOp::create(builder, getPart(each), lane);
      gathered = vector::InsertOp::create(builder, part, gathered, i);
    }
    return gathered;
  };
  return {elements.front().dtype, gather([](const Elem &e) { return e.re; }),
          gather([](const Elem &e) { return e.im; })};
}

} // namespace numloom::array
