// Elements that kernels copy around those that they compute. They are numbered
// in the order in which they lie in memory, so that any number of threads can
// share them.

#include "KernelEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace numloom::array {
namespace {

/// One axis of an array around a box, or of one of its slabs along the axes
/// before: `head` elements, slabs that hold a part of the box, the rest.
struct Level {
  /// Elements before the slabs, elements of all slabs' own borders, and where
  /// the elements behind the slabs begin.
  Value head, body, tail;
  /// The first slab, elements of a slab, and those of its border; this is not
  /// empty, and null on the last level, where a slab is one box.
  Value start, slab, inner;
  /// Elements of the whole border.
  Value size;
};

class BorderWalk {
public:
  BorderWalk(ElementBuilder &builder, ElementEmitter &emitter, BorderAttr attr);

  Value getSize() const { return levels.front().size; }
  std::pair<Value, Value> findRun(Value number) const {
    return findRun(levels, number);
  }

private:
  void addLevel(size_t axis, bool isLast);
  std::pair<Value, Value> findRun(ArrayRef<Level> levels, Value number) const;

  Value add(Value a, Value b) const {
    return arith::AddIOp::create(builder, a, b);
  }
  Value subtract(Value a, Value b) const {
    return arith::SubIOp::create(builder, a, b);
  }
  Value multiply(Value a, Value b) const {
    return arith::MulIOp::create(builder, a, b);
  }
  std::pair<Value, Value> choose(Value a, Value below,
                                 std::pair<Value, Value> then,
                                 std::pair<Value, Value> otherwise) const;

  ElementBuilder &builder;
  ElementEmitter &emitter;
  ArrayRef<int64_t> starts, extents, whole;
  SmallVector<Level> levels;
};

} // namespace

BorderWalk::BorderWalk(ElementBuilder &builder, ElementEmitter &emitter,
                       BorderAttr attr)
    : builder(builder), emitter(emitter), starts(attr.getStarts().getValues()),
      extents(attr.getExtents().getValues()),
      whole(attr.getWhole().getValues()) {
  // Axes that are whole behind the last that is not are part of its elements.
  size_t last = whole.size() - 1;
  while (extents[last] == whole[last])
    --last;
  for (size_t axis = 0; axis <= last; ++axis)
    addLevel(axis, axis == last);
}

static Monomial countElements(ArrayRef<int64_t> extents) {
  Monomial product(1);
  for (int64_t extent : extents)
    product = product * Monomial(extent);
  return product;
}

void BorderWalk::addLevel(size_t axis, bool isLast) {
  auto emit = [&](const Monomial &monomial) {
    return emitter.emitMonomial(monomial);
  };
  auto emitSize = [&](size_t first) {
    return subtract(emit(countElements(whole.drop_front(first))),
                    emit(countElements(extents.drop_front(first))));
  };
  Monomial slab = countElements(whole.drop_front(axis + 1));
  Level level;
  level.size = emitSize(axis);
  level.head = emit(Monomial(starts[axis]) * slab);
  level.tail = add(level.head, emit(Monomial(extents[axis]) * slab));
  level.body = emit(Monomial(0));
  if (!isLast) {
    level.start = emit(Monomial(starts[axis]));
    level.slab = emit(slab);
    level.inner = emitSize(axis + 1);
    level.body = multiply(emit(Monomial(extents[axis])), level.inner);
  }
  levels.push_back(level);
}

/// a < below ? then : otherwise.
std::pair<Value, Value>
BorderWalk::choose(Value a, Value below, std::pair<Value, Value> then,
                   std::pair<Value, Value> otherwise) const {
  Value isBelow =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, a, below);
  return {
      arith::SelectOp::create(builder, isBelow, then.first, otherwise.first),
      arith::SelectOp::create(builder, isBelow, then.second, otherwise.second)};
}

/// Everything is computed and the right one chosen: what is computed of numbers
/// that wrapped around is never chosen.
std::pair<Value, Value> BorderWalk::findRun(ArrayRef<Level> rest,
                                            Value number) const {
  const Level &level = rest.front();
  Value behindHead = subtract(number, level.head);
  std::pair<Value, Value> run = {
      add(level.tail, subtract(behindHead, level.body)),
      subtract(level.size, number)};
  if (rest.size() > 1) {
    Value slab = arith::DivUIOp::create(builder, behindHead, level.inner);
    auto [offset, length] = findRun(
        rest.drop_front(), subtract(behindHead, multiply(slab, level.inner)));
    Value begin = multiply(add(slab, level.start), level.slab);
    run = choose(behindHead, level.body, {add(begin, offset), length}, run);
  }
  return choose(number, level.head, {number, subtract(level.head, number)},
                run);
}

SmallVector<KernelEmitter::Border> KernelEmitter::getBorders() {
  SmallVector<Border> borders;
  if (auto attr = kernel->getAttrOfType<ArrayAttr>(kBordersAttr))
    for (auto [result, entry] : llvm::enumerate(attr))
      if (auto border = dyn_cast<BorderAttr>(entry))
        borders.push_back({static_cast<unsigned>(result), border});
  return borders;
}

Value KernelEmitter::emitBorderSize(const Border &border) {
  return BorderWalk(builder, *emitter, border.attr).getSize();
}

KernelEmitter::BorderRun KernelEmitter::emitBorderRun(const Border &border,
                                                      Value number) {
  auto [offset, length] =
      BorderWalk(builder, *emitter, border.attr).findRun(number);
  return {offset, length};
}

} // namespace numloom::array
