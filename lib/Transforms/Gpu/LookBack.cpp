// How a tile of a scan learns what comes before it.

#include "TiledScanScheduler.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace numloom::array {

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

int64_t TiledScanScheduler::countWords() {
  int64_t words = 0;
  for (Type type : getStateTypes(scans))
    words += llvm::divideCeil(type.getIntOrFloatBitWidth(), 32);
  return words;
}

void TiledScanScheduler::publish(Board board, Value index,
                                 const States &states) {
  Value flat = emitter->getFlat(getBoard(board));
  Value mark = arith::ConstantOp::create(
      builder, builder.getI64IntegerAttr(int64_t(1) << 32));
  Value at = arith::MulIOp::create(builder, index, getConstant(countWords()));
  for (Value value : flatten(states))
    for (Value word : toWords(builder, value)) {
      word = arith::ExtUIOp::create(builder, builder.getI64Type(), word);
      word = arith::OrIOp::create(builder, word, mark);
      memref::AtomicRMWOp::create(builder, arith::AtomicRMWKind::assign, word,
                                  flat, at);
      at = arith::AddIOp::create(builder, at, getConstant(1));
    }
}

TiledScanScheduler::Words TiledScanScheduler::readWords(Board board,
                                                        Value index) {
  Value flat = emitter->getFlat(getBoard(board));
  Value zero = arith::ConstantOp::create(builder, builder.getI64IntegerAttr(0));
  int64_t count = countWords();
  Value first = arith::MulIOp::create(builder, index, getConstant(count));
  Words words;
  for (int64_t i = 0; i < count; ++i)
    words.push_back(memref::AtomicRMWOp::create(
        builder, arith::AtomicRMWKind::ori, zero, flat,
        arith::AddIOp::create(builder, first, getConstant(i)).getResult()));
  return words;
}

Value TiledScanScheduler::areMarked(ValueRange words) {
  Value all = words.front();
  for (Value word : words.drop_front())
    all = arith::AndIOp::create(builder, all, word);
  Value mark = arith::ConstantOp::create(
      builder, builder.getI64IntegerAttr(int64_t(1) << 32));
  return arith::CmpIOp::create(builder, arith::CmpIPredicate::uge, all, mark);
}

TiledScanScheduler::States
TiledScanScheduler::fromMarked(ArrayRef<Value> words) {
  States like = getInitialStates(scans, 1);
  SmallVector<Value> values;
  for (Value value : flatten(like)) {
    Type type = value.getType();
    size_t count = llvm::divideCeil(type.getIntOrFloatBitWidth(), 32);
    SmallVector<Value> parts;
    for (Value word : words.take_front(count))
      parts.push_back(
          arith::TruncIOp::create(builder, builder.getI32Type(), word));
    values.push_back(fromWords(builder, type, parts));
    words = words.drop_front(count);
  }
  return unflatten(like, values);
}

//===----------------------------------------------------------------------===//
// Waiting
//===----------------------------------------------------------------------===//

Value TiledScanScheduler::emitBallot(Value condition) {
  Value all = arith::ConstantOp::create(builder, builder.getI32IntegerAttr(-1));
  return NVVM::VoteSyncOp::create(builder, builder.getI32Type(), all, condition,
                                  NVVM::VoteSyncKind::ballot);
}

Value TiledScanScheduler::emitNot(Value condition) {
  Value truth = arith::ConstantOp::create(builder, builder.getBoolAttr(true));
  return arith::XOrIOp::create(builder, condition, truth);
}

TiledScanScheduler::Words
TiledScanScheduler::emitWhile(const Words &first,
                              function_ref<Value(ValueRange)> goesOn,
                              function_ref<Words()> read) {
  SmallVector<Type> types(first.size(), builder.getI64Type());
  auto loop = scf::WhileOp::create(
      builder, types, first,
      [&](OpBuilder &, Location, ValueRange words) {
        scf::ConditionOp::create(builder, goesOn(words), words);
      },
      [&](OpBuilder &, Location, ValueRange) {
        scf::YieldOp::create(builder, read());
      });
  return Words(loop.getResults());
}

TiledScanScheduler::Words
TiledScanScheduler::awaitTiles(Value peer, Value exists, Value group) {
  // The groups are looked at at the same time: mostly they are there too.
  auto read = [&] {
    Words words = readWords(Tiles, peer);
    words.append(readGroups(group));
    return words;
  };
  return emitWhile(
      read(),
      [&](ValueRange words) -> Value {
        Value misses =
            emitAnd(exists, emitNot(areMarked(words.take_front(countWords()))));
        return emitNotZero(emitBallot(misses));
      },
      read);
}

TiledScanScheduler::Words TiledScanScheduler::readGroups(Value group) {
  Words words = readWords(GroupPrefixes, group);
  words.append(readWords(GroupTotals, group));
  return words;
}

Value TiledScanScheduler::emitNotZero(Value bits) {
  Value zero = arith::ConstantOp::create(builder, builder.getI32IntegerAttr(0));
  return arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, bits, zero);
}

Value TiledScanScheduler::findNearest(ValueRange words, Value exists) {
  // What lies left of the first group is known: nothing.
  Value isKnown = arith::OrIOp::create(
      builder, areMarked(words.take_front(countWords())), emitNot(exists));
  return math::CountTrailingZerosOp::create(builder, emitBallot(isKnown));
}

TiledScanScheduler::States
TiledScanScheduler::awaitGroups(const Words &first, Value group, Value exists) {
  Value lane =
      arith::IndexCastOp::create(builder, builder.getI32Type(), getThreadId());
  auto isLeftOf = [&](Value nearest, arith::CmpIPredicate predicate) {
    return arith::CmpIOp::create(builder, predicate, lane, nearest).getResult();
  };
  Words words = emitWhile(
      first,
      [&](ValueRange words) -> Value {
        Value nearest = findNearest(words, exists);
        Value misses =
            emitAnd(isLeftOf(nearest, arith::CmpIPredicate::ult),
                    emitNot(areMarked(words.take_back(countWords()))));
        // With no prefix in sight the farthest total is missing or useless.
        Value noLane = arith::ConstantOp::create(
            builder, builder.getI32IntegerAttr(kWarpThreads));
        Value isFar = arith::CmpIOp::create(builder, arith::CmpIPredicate::eq,
                                            nearest, noLane);
        return arith::OrIOp::create(builder, isFar,
                                    emitNotZero(emitBallot(misses)));
      },
      [&] { return readGroups(group); });
  Value nearest = findNearest(words, exists);
  Value isPrefix = emitAnd(exists, isLeftOf(nearest, arith::CmpIPredicate::eq));
  States prefix = maskStates(
      scans, isPrefix, fromMarked(ArrayRef(words).take_front(countWords())), 1);
  return selectStates(isLeftOf(nearest, arith::CmpIPredicate::ult),
                      fromMarked(ArrayRef(words).take_back(countWords())),
                      prefix);
}

TiledScanScheduler::States
TiledScanScheduler::foldFromLeft(const States &states) {
  // The thread with the highest number has what lies farthest to the left.
  return emitCountedLoop(
      getConstant(0), getConstant(kWarpThreads), getConstant(1),
      getInitialStates(scans, 1), [&](Value i, const States &folded) {
        Value thread =
            arith::SubIOp::create(builder, getConstant(kWarpThreads - 1), i);
        thread =
            arith::IndexCastOp::create(builder, builder.getI32Type(), thread);
        return combineStates(scans, folded,
                             shuffle(states, gpu::ShuffleMode::IDX, thread));
      });
}

//===----------------------------------------------------------------------===//
// Looking back
//===----------------------------------------------------------------------===//

TiledScanScheduler::States
TiledScanScheduler::lookBackInWarp(const States &total, const TilePlace &at) {
  auto publishIf = [&](Value condition, Board board, Value index,
                       const States &states) {
    emitIf(emitAnd(condition, emitEqual(getThreadId(), 0)), {},
           [&](const States &) -> States {
             publish(board, index, states);
             return {};
           });
  };
  Value size = getConstant(kGroupTiles);
  Value inGroup = arith::RemUIOp::create(builder, at.tile, size);
  Value group = arith::DivUIOp::create(builder, at.tile, size);
  Value firstTile = arith::MulIOp::create(builder, at.row, at.tilesPerRow);
  Value ownTile = arith::AddIOp::create(builder, firstTile, at.tile);
  Value firstGroup = arith::MulIOp::create(
      builder, at.row, emitCeilDiv(at.tilesPerRow, kGroupTiles));
  Value ownGroup = arith::AddIOp::create(builder, firstGroup, group);
  publishIf({}, Tiles, ownTile, total);

  Value hasPeer = emitLess(getThreadId(), inGroup);
  Value peer = arith::AddIOp::create(
      builder, arith::SubIOp::create(builder, ownTile, inGroup),
      arith::MinUIOp::create(builder, getThreadId(), inGroup));
  // Thread i looks at the i-th group to the left.
  Value hasGroup = emitLess(getThreadId(), group);
  Value last = arith::SubIOp::create(builder, ownGroup, getConstant(1));
  Value other = arith::SelectOp::create(
      builder, hasGroup, arith::SubIOp::create(builder, last, getThreadId()),
      ownGroup);
  Words words = awaitTiles(peer, hasPeer, other);
  States inner = maskStates(
      scans, hasPeer, fromMarked(ArrayRef(words).take_front(countWords())), 1);
  inner = reduceGroup(scans, inner, kWarpThreads);
  States groupTotal = combineStates(scans, inner, total);
  Value isLast = emitEqual(inGroup, kGroupTiles - 1);
  publishIf(isLast, GroupTotals, ownGroup, groupTotal);

  Words groups(ArrayRef(words).drop_front(countWords()));
  States outer =
      emitIf(emitNot(emitEqual(group, 0)), getInitialStates(scans, 1),
             [&](const States &) {
               return foldFromLeft(awaitGroups(groups, other, hasGroup));
             });
  publishIf(isLast, GroupPrefixes, ownGroup,
            combineStates(scans, outer, groupTotal));
  return combineStates(scans, outer, inner);
}

TiledScanScheduler::States TiledScanScheduler::lookBack(const States &total,
                                                        const TilePlace &at) {
  SmallVector<Value> arrays = addSharedStates(total, 1);
  Value isFirstWarp = emitLess(getThreadId(), getConstant(kWarpThreads));
  emitIf(isFirstWarp, {}, [&](const States &) -> States {
    States before = lookBackInWarp(total, at);
    emitIf(emitEqual(getThreadId(), 0), {}, [&](const States &) -> States {
      storeStates(before, arrays, getConstant(0));
      return {};
    });
    return {};
  });
  emitBarrier();
  return loadStates(total, arrays, getConstant(0));
}

} // namespace numloom::array
