// Combines states across the threads of a warp and of a block.

#include "GpuReductionScheduler.h"
#include "VectorChoice.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

GpuReductionScheduler::States
GpuReductionScheduler::combineState(ReductionOpInterface reduction,
                                    ArrayRef<Elem> lhs, ArrayRef<Elem> rhs) {
  Elem x = lhs.front(), y = rhs.front();
  // Instructions from sm_80 on.
  bool isShort = x.dtype == DType::Float32 || x.dtype == DType::Float16;
  if (isShort && isa<MaxOp, ScanMaxOp>(reduction))
    return {{x.dtype, arith::MaximumFOp::create(builder, x.re, y.re), {}}};
  if (isShort && isa<MinOp, ScanMinOp>(reduction))
    return {{x.dtype, arith::MinimumFOp::create(builder, x.re, y.re), {}}};
  return KernelEmitter::combineState(reduction, lhs, rhs);
}

//===----------------------------------------------------------------------===//
// Shuffles
//===----------------------------------------------------------------------===//

SmallVector<Value, 2> toWords(ElementBuilder &builder, Value value) {
  unsigned width = value.getType().getIntOrFloatBitWidth();
  if (!value.getType().isInteger())
    value =
        arith::BitcastOp::create(builder, builder.getIntegerType(width), value);
  Type word = builder.getI32Type();
  if (width < 32)
    return {arith::ExtUIOp::create(builder, word, value)};
  if (width == 32)
    return {value};
  Value shift = arith::ConstantOp::create(
      builder, builder.getIntegerAttr(value.getType(), 32));
  Value high = arith::ShRUIOp::create(builder, value, shift);
  return {arith::TruncIOp::create(builder, word, value),
          arith::TruncIOp::create(builder, word, high)};
}

Value fromWords(ElementBuilder &builder, Type type, ArrayRef<Value> words) {
  unsigned width = type.getIntOrFloatBitWidth();
  Type bits = builder.getIntegerType(width);
  Value value = words.front();
  if (width < 32)
    value = arith::TruncIOp::create(builder, bits, value);
  if (width > 32) {
    Value low = arith::ExtUIOp::create(builder, bits, words[0]);
    Value high = arith::ExtUIOp::create(builder, bits, words[1]);
    Value shift =
        arith::ConstantOp::create(builder, builder.getIntegerAttr(bits, 32));
    value = arith::OrIOp::create(builder, low,
                                 arith::ShLIOp::create(builder, high, shift));
  }
  if (type != bits)
    value = arith::BitcastOp::create(builder, type, value);
  return value;
}

GpuReductionScheduler::States
GpuReductionScheduler::shuffle(const States &states, gpu::ShuffleMode mode,
                               Value operand) {
  Value width = arith::ConstantOp::create(
      builder, builder.getI32IntegerAttr(kWarpThreads));
  SmallVector<Value> moved;
  for (Value value : flatten(states)) {
    // A shuffle moves 32 bits.
    SmallVector<Value, 2> words = toWords(builder, value);
    for (Value &word : words)
      word = gpu::ShuffleOp::create(builder, word, operand, width, mode)
                 .getShuffleResult();
    moved.push_back(fromWords(builder, value.getType(), words));
  }
  return unflatten(states, moved);
}

GpuReductionScheduler::States
GpuReductionScheduler::shuffle(const States &states, gpu::ShuffleMode mode,
                               int64_t operand) {
  return shuffle(
      states, mode,
      arith::ConstantOp::create(builder, builder.getI32IntegerAttr(operand)));
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

/// `type`, where bool takes a byte.
static Type getSharedType(Type type) {
  auto byte = IntegerType::get(type.getContext(), 8);
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.getElementType().isInteger(1) ? vector.clone(byte) : vector;
  return type.isInteger(1) ? byte : type;
}

SmallVector<Value> GpuReductionScheduler::addSharedStates(const States &like,
                                                          int64_t entries) {
  SmallVector<Value> arrays;
  for (Value value : flatten(like))
    arrays.push_back(addSharedArray(getSharedType(value.getType()), entries));
  return arrays;
}

/// Of a vector in an array of its elements.
static llvm::MaybeAlign getSharedAlignment(VectorType type) {
  int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  return llvm::MaybeAlign(std::min<int64_t>(bytes & -bytes, kMaxAccessBytes));
}

void GpuReductionScheduler::storeStates(const States &states, ValueRange arrays,
                                        Value index) {
  for (auto [value, array] : llvm::zip_equal(flatten(states), arrays)) {
    Type type = getSharedType(value.getType());
    if (type != value.getType())
      value = arith::ExtUIOp::create(builder, type, value);
    if (type == cast<MemRefType>(array.getType()).getElementType())
      memref::StoreOp::create(builder, value, array, index);
    else
      vector::StoreOp::create(builder, value, array, index,
                              /*nontemporal=*/false,
                              getSharedAlignment(cast<VectorType>(type)));
  }
}

GpuReductionScheduler::States
GpuReductionScheduler::loadStates(const States &like, ValueRange arrays,
                                  Value index) {
  SmallVector<Value> loaded;
  for (auto [value, array] : llvm::zip_equal(flatten(like), arrays)) {
    Type type = getSharedType(value.getType());
    Value entry;
    if (type == cast<MemRefType>(array.getType()).getElementType())
      entry = memref::LoadOp::create(builder, array, index);
    else
      entry = vector::LoadOp::create(
          builder, cast<VectorType>(type), array, index, /*nontemporal=*/false,
          getSharedAlignment(cast<VectorType>(type)));
    if (type != value.getType())
      entry = arith::TruncIOp::create(builder, value.getType(), entry);
    loaded.push_back(entry);
  }
  return unflatten(like, loaded);
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

GpuReductionScheduler::States
GpuReductionScheduler::exchange(Reductions reductions, States states,
                                int64_t threads) {
  // Combinations are commutative, so both partners get the same.
  for (int64_t offset = threads / 2; offset > 0; offset /= 2)
    states = combineStates(reductions, states,
                           shuffle(states, gpu::ShuffleMode::XOR, offset));
  return states;
}

GpuReductionScheduler::States
GpuReductionScheduler::reduceGroup(Reductions reductions, States states,
                                   int64_t threads) {
  states = exchange(reductions, states, std::min(threads, kWarpThreads));
  if (threads <= kWarpThreads)
    return states;
  int64_t warps = threads / kWarpThreads;
  Value warpThreads = getConstant(kWarpThreads);
  Value warp = arith::DivUIOp::create(builder, getThreadId(), warpThreads);
  Value lane = arith::RemUIOp::create(builder, getThreadId(), warpThreads);
  SmallVector<Value> arrays =
      addSharedStates(states, getBlockThreads() / kWarpThreads);
  emitIf(emitEqual(lane, 0), {}, [&](const States &) -> States {
    storeStates(states, arrays, warp);
    return {};
  });
  emitBarrier();
  // Every warp combines the warps' states for itself: no second barrier.
  Value firstWarp = arith::SubIOp::create(
      builder, warp, arith::RemUIOp::create(builder, warp, getConstant(warps)));
  Value other = arith::AddIOp::create(
      builder, firstWarp,
      arith::RemUIOp::create(builder, lane, getConstant(warps)));
  return exchange(reductions, loadStates(states, arrays, other), warps);
}

} // namespace numloom::array
