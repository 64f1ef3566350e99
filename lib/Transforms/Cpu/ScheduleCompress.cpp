// The schedule of kernels that compress: blocks of elements count what the mask
// lets through, one item sums the counts up, and each block writes at its
// place.

#include "KernelScheduler.h"

#include "../Compression.h"
#include "../Schedule/VerifyKernel.h"

#include "numloom/Transforms/Attributes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace numloom::array {

LogicalResult KernelScheduler::scheduleCompress() {
  if (failed(verifyCompressKernel(kernel)))
    return failure();
  emitBlockCounts();
  emitBlockOffsets();
  emitCompression();
  return success();
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

Value KernelScheduler::getMask() {
  Operation *terminator = kernel.getBody().front().getTerminator();
  return getCompressionMask(terminator->getOperand(0).getDefiningOp());
}

Value KernelScheduler::emitMask() {
  const LaneMode &mode = emitter->getLaneMode();
  Value tensor = getMask();
  Elem mask = emitter->emit(tensor, space.getIdentityPoint(tensor));
  if (mode.lanes > 1 && !mask.isVector())
    mask = builder.splat(mask, mode.lanes);
  if (!mode.active)
    return mask.re;
  Value live = vector::CreateMaskOp::create(builder, mask.re.getType(),
                                            ValueRange{mode.active});
  return arith::AndIOp::create(builder, mask.re, live);
}

KernelScheduler::States
KernelScheduler::walkBlock(Value item, const States &states, StepFn step) {
  SmallVector<LoopDim> loops = space.getLoops(true);
  if (loops.empty())
    return step(states);
  auto [lower, upper] = bindBlock(item, loops);
  // One register: what is compressed is one instruction's.
  unsigned dim = loops.back().dim;
  return emitVectorLoop(dim, lower, upper, chooseLanes(1, dim), states, step);
}

/// How many lanes of `mask`, i1 or a vector of it, are true.
static Value countLanes(ElementBuilder &builder, Value mask) {
  Type index = builder.getIndexType();
  if (auto type = dyn_cast<VectorType>(mask.getType())) {
    Type bits = builder.getIntegerType(type.getNumElements());
    mask = vector::BitCastOp::create(builder, VectorType::get({1}, bits), mask);
    mask = vector::ExtractOp::create(builder, mask, ArrayRef<int64_t>{0});
    mask = math::CtPopOp::create(builder, mask);
  }
  return arith::IndexCastUIOp::create(builder, index, mask);
}

/// `position` of a block, to be carried through loops.
static SmallVector<Elem> makeState(ElementBuilder &builder, Value position) {
  return {{DType::Int64,
           arith::IndexCastOp::create(builder, builder.getI64Type(), position),
           {}}};
}

static Value getIndex(ElementBuilder &builder, ArrayRef<Elem> state) {
  return arith::IndexCastOp::create(builder, builder.getIndexType(),
                                    state.front().re);
}

void KernelScheduler::emitBlockCounts() {
  SmallVector<Type> partials{builder.getI64Type()};
  SmallVector<int64_t> ids =
      llvm::to_vector(llvm::seq<int64_t>(0, kernel.getNumArguments()));
  ids.push_back(getNumBuffers());
  KernelSignature signature = createFunction("_count", ids, partials);
  signature.function->setAttr(kPartialsAttr,
                              builder.getTypeArrayAttr(partials));
  openFunction(signature, ids);
  forEachItem(signature, {}, [&](Value item) {
    Value none = arith::ConstantIndexOp::create(builder, 0);
    States count =
        walkBlock(item, makeState(builder, none), [&](const States &states) {
          Value more = countLanes(builder, emitMask());
          return makeState(
              builder,
              arith::AddIOp::create(builder, getIndex(builder, states), more));
        });
    emitter->storePartial(count.front().re, signature.buffers.back(), item);
  });
  setBlockWork(signature.function, space.getLoops(true));
  closeFunction();
}

void KernelScheduler::emitBlockOffsets() {
  SmallVector<int64_t> ids;
  for (auto [i, value] :
       llvm::enumerate(kernel.getBody().front().getTerminator()->getOperands()))
    if (getCountedMask(value.getDefiningOp()))
      ids.push_back(kernel.getNumArguments() + i);
  ids.push_back(getNumBuffers());
  KernelSignature signature =
      createFunction("_offsets", ids, builder.getI64Type());
  openFunction(signature, ids);
  Value counts = signature.buffers.back();
  forEachItem(signature, {}, [&](Value) {
    Value zero = arith::ConstantIndexOp::create(builder, 0);
    Value one = arith::ConstantIndexOp::create(builder, 1);
    States total = emitCountedLoop(
        zero, emitNumBlocks(space.getLoops(true)), one,
        makeState(builder, zero), [&](Value block, const States &before) {
          Value offset = before.front().re;
          Value count = emitter->loadPartial(offset.getType(), counts, block);
          emitter->storePartial(offset, counts, block);
          States next = before;
          next.front().re = arith::AddIOp::create(builder, offset, count);
          return next;
        });
    for (Value result : ArrayRef(signature.buffers).drop_back())
      emitter->storePartial(total.front().re, result, zero);
  });
  setWork(signature.function, Monomial(1), 1, Monomial(1));
  closeFunction();
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

void KernelScheduler::emitCompression() {
  SmallVector<int64_t> ids = getAllBufferIds();
  ids.push_back(getNumBuffers());
  KernelSignature signature = createFunction("", ids, builder.getI64Type());
  openFunction(signature, ids);
  SmallVector<Compressed> results;
  for (auto [i, value] :
       llvm::enumerate(kernel.getBody().front().getTerminator()->getOperands()))
    if (auto op = value.getDefiningOp<CompressOp>())
      results.push_back({op, getResultBuffer(signature, ids, i)});
  Value offsets = signature.buffers.back();
  auto loadOffset = [&](Value block) -> Value {
    Value offset = emitter->loadPartial(builder.getI64Type(), offsets, block);
    return arith::IndexCastOp::create(builder, builder.getIndexType(), offset);
  };
  Monomial extent(getExtents(results.front().op.getType()).front());
  forEachItem(signature, {}, [&](Value item) {
    // A block ends where the next one begins, the last one at the result's end.
    Value one = arith::ConstantIndexOp::create(builder, 1);
    Value last = arith::SubIOp::create(
        builder, emitNumBlocks(space.getLoops(true)), one);
    Value next = arith::AddIOp::create(builder, item, one);
    Value isLast =
        arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, item, last);
    Value size = emitter->emitMonomial(extent);
    Value end = arith::SelectOp::create(
        builder, isLast, size,
        loadOffset(arith::MinUIOp::create(builder, next, last)));
    end = arith::MinUIOp::create(builder, end, size);
    Value begin = arith::MinUIOp::create(builder, loadOffset(item), end);
    walkBlock(item, makeState(builder, begin), [&](const States &states) {
      Value mask = emitMask(), position = getIndex(builder, states);
      storeCompressed(results, mask, position, end);
      Value count = countLanes(builder, mask);
      Value behind = arith::AddIOp::create(builder, position, count);
      return makeState(builder, arith::MinUIOp::create(builder, behind, end));
    });
  });
  setBlockWork(signature.function, space.getLoops(true));
  closeFunction();
}

/// The elements of a vector where `mask` holds, in its first lanes. Every
/// machine with an instruction for it has one for 32 and 64 bits.
static Value compressLanes(ElementBuilder &builder, Value mask, Value vector) {
  auto type = cast<VectorType>(vector.getType());
  VectorType narrow =
      type.clone(builder.getIntegerType(type.getElementTypeBitWidth()));
  VectorType wide = narrow;
  if (type.getElementTypeBitWidth() < 32)
    wide = type.clone(builder.getI32Type());
  Value bits = builder.createOrFold<vector::BitCastOp>(narrow, vector);
  if (wide != narrow)
    bits = arith::ExtUIOp::create(builder, wide, bits);
  Value rest = LLVM::PoisonOp::create(builder, wide);
  bits = LLVM::CallIntrinsicOp::create(
             builder, wide,
             builder.getStringAttr("llvm.experimental.vector.compress"),
             ValueRange{bits, mask, rest})
             .getResult(0);
  if (wide != narrow)
    bits = arith::TruncIOp::create(builder, narrow, bits);
  return builder.createOrFold<vector::BitCastOp>(type, bits);
}

/// `element` as it lies in memory: bytes for bool.
static Elem toMemory(ElementBuilder &builder, const Elem &element) {
  if (element.dtype != DType::Bool)
    return element;
  Type bytes = builder.getTypeLike(builder.getI8Type(), element.re);
  return {DType::UInt8, arith::ExtUIOp::create(builder, bytes, element.re), {}};
}

/// The parts of `elements`, one behind the other.
static Value packLanes(ElementBuilder &builder, Value mask,
                       const Elem &elements) {
  Value packed = compressLanes(builder, mask, elements.re);
  if (!elements.im)
    return packed;
  return vector::InterleaveOp::create(
      builder, packed, compressLanes(builder, mask, elements.im));
}

void KernelScheduler::storeCompressed(ArrayRef<Compressed> results, Value mask,
                                      Value position, Value end) {
  int64_t lanes = emitter->getLaneMode().lanes;
  SmallVector<Elem> elements;
  for (const Compressed &result : results) {
    Value tensor = CompressOp(result.op).getValue();
    Elem element = emitter->emit(tensor, space.getIdentityPoint(tensor));
    if (lanes > 1 && !element.isVector())
      element = builder.splat(element, lanes);
    elements.push_back(toMemory(builder, element));
  }
  if (lanes == 1)
    storeIfLet(results, elements, mask, position, end);
  else
    storePacked(results, elements, mask, position, end);
}

/// `position` counted in the parts of elements like `element`.
static Value getPartPosition(ElementBuilder &builder, const Elem &element,
                             Value position) {
  return element.im
             ? arith::AddIOp::create(builder, position, position).getResult()
             : position;
}

void KernelScheduler::storeIfLet(ArrayRef<Compressed> results,
                                 ArrayRef<Elem> elements, Value mask,
                                 Value position, Value end) {
  Value hasRoom =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, position, end);
  Value writes = arith::AndIOp::create(builder, mask, hasRoom);
  emitIf(writes, {}, [&](const States &none) {
    for (auto [result, element] : llvm::zip_equal(results, elements)) {
      Value flat = emitter->getFlat(result.buffer);
      Value at = getPartPosition(builder, element, position);
      memref::StoreOp::create(builder, element.re, flat, at);
      if (!element.im)
        continue;
      Value one = arith::ConstantIndexOp::create(builder, 1);
      at = arith::AddIOp::create(builder, at, one);
      memref::StoreOp::create(builder, element.im, flat, at);
    }
    return none;
  });
}

void KernelScheduler::storePacked(ArrayRef<Compressed> results,
                                  ArrayRef<Elem> elements, Value mask,
                                  Value position, Value end) {
  struct Packed {
    Value vector, flat, position;
  };
  SmallVector<Packed> packed;
  for (auto [result, element] : llvm::zip_equal(results, elements))
    packed.push_back({packLanes(builder, mask, element),
                      emitter->getFlat(result.buffer),
                      getPartPosition(builder, element, position)});
  Value lanes =
      arith::ConstantIndexOp::create(builder, emitter->getLaneMode().lanes);
  Value room = arith::SubIOp::create(builder, end, position);
  Value isWhole =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::uge, room, lanes);
  // What a whole vector writes behind the elements let through, the block's
  // next elements overwrite: there are some as long as there is room.
  auto storeWhole = [&](const States &none) {
    for (const Packed &each : packed)
      vector::StoreOp::create(builder, each.vector, each.flat, each.position);
    return none;
  };
  auto storeRest = [&](const States &none) {
    Value count =
        arith::MinUIOp::create(builder, countLanes(builder, mask), room);
    for (auto [each, element] : llvm::zip_equal(packed, elements)) {
      auto type = cast<VectorType>(each.vector.getType());
      Value live = vector::CreateMaskOp::create(
          builder, type.clone(builder.getI1Type()),
          ValueRange{getPartPosition(builder, element, count)});
      vector::MaskedStoreOp::create(builder, each.flat, each.position, live,
                                    each.vector);
    }
    return none;
  };
  emitIf(isWhole, {}, storeWhole, storeRest);
}

} // namespace numloom::array
