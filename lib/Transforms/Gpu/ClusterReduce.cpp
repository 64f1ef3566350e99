// Combines states across the blocks of a cluster, which read each other's
// shared memory.

#include "GpuReductionScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace numloom::array {

using NVVM::NVVMMemorySpace;

/// The address of the only entry of `array`, in the shared memory of the
/// cluster's block `rank` (i32).
static Value getRemoteAddress(ElementBuilder &builder, Value array,
                              Value rank) {
  auto getPointer = [&](NVVMMemorySpace space) {
    return LLVM::LLVMPointerType::get(builder.getContext(),
                                      static_cast<unsigned>(space));
  };
  Value index = memref::ExtractAlignedPointerAsIndexOp::create(builder, array);
  Value address =
      arith::IndexCastOp::create(builder, builder.getI32Type(), index);
  Value pointer = LLVM::IntToPtrOp::create(
      builder, getPointer(NVVMMemorySpace::Shared), address);
  return NVVM::MapaOp::create(
      builder, getPointer(NVVMMemorySpace::SharedCluster), pointer, rank);
}

GpuReductionScheduler::States
GpuReductionScheduler::reduceCluster(Reductions reductions, States states,
                                     int64_t blocks) {
  SmallVector<Value> arrays = addSharedStates(states, 1);
  emitIf(emitEqual(getThreadId(), 0), {}, [&](const States &) -> States {
    storeStates(states, arrays, getConstant(0));
    return {};
  });
  NVVM::ClusterArriveOp::create(builder, builder.getUnitAttr());
  NVVM::ClusterWaitOp::create(builder, builder.getUnitAttr());
  // Each warp reads the states of all blocks, in the order of their ranks.
  Value rank = arith::IndexCastOp::create(
      builder, builder.getI32Type(),
      arith::RemUIOp::create(builder, getThreadId(), getConstant(blocks)));
  SmallVector<Value> loaded;
  for (auto [value, array] : llvm::zip_equal(flatten(states), arrays)) {
    Type type = cast<MemRefType>(array.getType()).getElementType();
    Value entry = LLVM::LoadOp::create(builder, builder.getLoc(), type,
                                       getRemoteAddress(builder, array, rank));
    lastRemoteRead = entry.getDefiningOp();
    if (type != value.getType())
      entry = arith::TruncIOp::create(builder, value.getType(), entry);
    loaded.push_back(entry);
  }
  return exchange(reductions, unflatten(states, loaded), blocks);
}

void GpuReductionScheduler::closeCluster() {
  assert(lastRemoteRead && "blocks of a cluster combine states");
  {
    // Said as soon as it is so: what is stored behind the last read takes
    // longer than the others need.
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointAfter(lastRemoteRead);
    NVVM::ClusterArriveOp::create(builder, builder.getUnitAttr());
  }
  NVVM::ClusterWaitOp::create(builder, builder.getUnitAttr());
}

} // namespace numloom::array
