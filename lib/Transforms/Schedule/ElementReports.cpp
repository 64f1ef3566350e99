// Elements that kernels combine into one place, where they are not 0.

#include "ElementEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

/// The greatest of the live lanes.
Value ElementEmitter::reduceReport(Value lanes) {
  if (laneMode.active)
    lanes = arith::SelectOp::create(
        builder, getMask(1), lanes,
        arith::ConstantOp::create(builder,
                                  builder.getZeroAttr(lanes.getType())));
  return vector::ReductionOp::create(builder, vector::CombiningKind::MAXUI,
                                     lanes);
}

void ElementEmitter::report(Elem element, Value buffer,
                            const LinearExpr &offset) {
  // Before the branch, outside of which others may need them.
  Value flat = getFlat(buffer), place = emitIndex(offset);
  Value greatest = element.isVector() ? reduceReport(element.re) : element.re;
  Value zero = arith::ConstantOp::create(
      builder, builder.getZeroAttr(greatest.getType()));
  Value isReported =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, greatest, zero);
  auto branch = scf::IfOp::create(builder, isReported, /*withElse=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  memref::AtomicRMWOp::create(builder, arith::AtomicRMWKind::maxu, greatest,
                              flat, place);
}

} // namespace numloom::array
